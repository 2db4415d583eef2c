# -*- coding: utf-8 -*-
"""Lines that go on.
"""
from __future__ import \
    absolute_import, \
    print_function
import contextlib
import sys
from six.moves import \
    filter, \
    map
import six; import itertools
from tornado import gen, \
    ioloop

if six.PY2 \
        and sys.version_info \
        < (3, 0):
    LONG = long  # noqa
else: LONG = int


def evens(limit): return list(
    filter(lambda number: number % 2 == 0,
           six.moves.range(limit)))


def snow(): return six.u('\u2603') \
        + u'\u2603'


def magic(): return (six.b('\x89') +
    six.b('odd'))


def flat(values): return list(itertools.chain(*map(lambda value: value if \
    isinstance(value, (list, tuple)) else [value], values)))


@contextlib.contextmanager
def collected(into):
    try: yield into
    finally: into.append('end')


@gen.coroutine
def sums(left, right, \
         *more):
    total = yield \
        left
    total = total + \
        (yield right) \
        + sum((yield list(more)))
    if total > 100: raise gen.Return('much')
    with collected([]) as first, \
            collected(first) as second:
        second.append(total); yield gen.moment; raise gen.Return(
            first)


def run(coroutine): return ioloop.IOLoop.current() \
    .run_sync(
        coroutine
    )
