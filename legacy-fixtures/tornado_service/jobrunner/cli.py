# -*- coding: utf-8 -*-
"""The command `jobrunner`: count the words of files."""
from __future__ import absolute_import
from __future__ import print_function

import argparse
import io
import sys

from tornado import gen
from tornado.ioloop import IOLoop

from .service import Service
from .threads import Hasher


def read(path):
    with io.open(path, encoding='utf-8') as stream:
        return stream.read().splitlines()


@gen.coroutine
def count(paths, workers):
    """Give the words in each file, in the order of the paths."""
    service = Service(workers=workers)
    hasher = Hasher(workers)
    service.start()
    try:
        counts = yield [service.submit(path, hasher.count, read(path)) for path in paths]
    finally:
        yield service.stop()
        hasher.close()
    raise gen.Return(list(zip(paths, counts)))


def main(args=None, out=None):
    parser = argparse.ArgumentParser(prog='jobrunner')
    parser.add_argument('paths', nargs='+')
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--timeout', type=float, default=None)
    options = parser.parse_args(args)
    loop = IOLoop()
    loop.make_current()
    try:
        counts = loop.run_sync(lambda: count(options.paths, options.workers), timeout=options.timeout)
    finally:
        IOLoop.clear_current()
        loop.close()
    for path, number in counts:
        print('{:6d} {}'.format(number, path), file=out or sys.stdout)
    return 0
