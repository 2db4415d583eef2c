# -*- coding: utf-8 -*-
"""A spool of work: filled by threads, emptied by coroutines, or by hand."""
from __future__ import absolute_import
from __future__ import print_function

import abc
import functools
import sys

import six
from six.moves import queue
from tornado import concurrent, gen
from tornado.ioloop import IOLoop


@six.add_metaclass(abc.ABCMeta)
class Work(object):

    def __init__(self, name, **options):
        self.name = name
        self.options = {six.text_type(key): value for key, value in six.iteritems(options)}

    @abc.abstractmethod
    def do(self):
        """Do it: a coroutine, or not."""


class Echo(Work):

    @gen.coroutine
    def do(self):
        for _ in six.moves.range(self.options.get(u'turns', 1)):
            yield
        if u'error' in self.options:
            raise self.options[u'error']
        raise gen.Return(self.name)


class Plain(Work):

    def do(self):
        return six.text_type(self.name).upper()


class Spool(object):

    def __init__(self):
        self._queue = queue.Queue()
        self.results, self.errors = {}, {}

    def put(self, *works):
        for work in works:
            self._queue.put(work)
        return self

    @gen.coroutine
    def run_next(self):
        try:
            work = self._queue.get_nowait()
        except queue.Empty:
            raise gen.Return(False)
        try:
            self.results[work.name] = yield gen.maybe_future(work.do())
        except Exception:
            self.errors[work.name] = sys.exc_info()
        raise gen.Return(True)

    @gen.coroutine
    def run(self):
        while (yield self.run_next()):
            pass
        for name in sorted(six.iterkeys(self.errors)):
            six.reraise(*self.errors[name])
        raise gen.Return(dict(six.iteritems(self.results)))

    def run_by_hand(self, loop=None):
        loop = loop or IOLoop.current()
        return loop.run_sync(functools.partial(self.run))


def done(value):
    future = concurrent.Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future
