# -*- coding: utf-8 -*-
"""Between futures of coroutines and futures of threads."""
from __future__ import absolute_import

import concurrent.futures
import sys
import threading

from tornado import concurrent as tornado_concurrent
from tornado import gen, ioloop
from tornado.concurrent import Future, chain_future, is_future

__all__ = ['Pool', 'first_of', 'kind', 'outcome', 'settled', 'to_thread_future']


def settled(function, *args):
    """A future that is done, with what a plain function returned or raised."""
    future = Future()
    try:
        future.set_result(function(*args))
    except Exception:
        future.set_exc_info(sys.exc_info())
    return future


def kind(value):
    if isinstance(value, concurrent.futures.Future):
        return 'thread'
    if tornado_concurrent.is_future(value):
        return 'loop'
    return 'value'


def outcome(future):
    """What became of a future that is done: plain."""
    error = future.exception()
    return ('result', future.result()) if error is None else ('error', str(error))


def first_of(left, right):
    """A future of what comes first, good or bad."""
    target = Future()

    def copy(future):
        if not target.done():
            chain_future(future, target)

    for future in (left, right):
        future.add_done_callback(copy)
    return target


def to_thread_future(loop, function, *args):
    """Call a coroutine function on a loop from another thread; gives a thread's future."""
    target = concurrent.futures.Future()

    @gen.coroutine
    def call():
        try:
            result = yield function(*args)
        except Exception as error:
            target.set_exception(error)
        else:
            target.set_result(result)

    loop.add_callback(call)
    return target


class Pool(object):
    """Some threads."""

    def __init__(self, size=2):
        self._executor = concurrent.futures.ThreadPoolExecutor(size)
        self.done = []

    @gen.coroutine
    def call(self, function, *args):
        result = yield self._executor.submit(function, *args)
        raise gen.Return(result)

    def start(self, function, *args):
        """As `call`, but gives the thread's future."""
        return self._executor.submit(function, *args)

    @gen.coroutine
    def call_all(self, function, values):
        results = yield [self._executor.submit(function, value) for value in values]
        raise gen.Return(results)

    @gen.coroutine
    def call_twice(self, function):
        """The result of the first call is a thread's future too."""
        future = yield self._executor.submit(self.start, function)
        result = yield future
        raise gen.Return(result)

    def call_and_wait(self, function, *args):
        """Plain, and blocks."""
        return self._executor.submit(function, *args).result()

    def start_noted(self, function, *args):
        """A future of the loop that is done after it was noted which thread worked."""
        loop = ioloop.IOLoop.current()
        noted = Future()

        def work():
            result = function(*args)
            loop.add_callback(note, threading.current_thread() is not main, result)

        def note(other_thread, result):
            self.done.append(other_thread)
            noted.set_result(result)

        main = threading.current_thread()
        self._executor.submit(work)
        return noted

    def close(self):
        self._executor.shutdown()


def ensure_future(value):
    """Make a future of anything."""
    return value if is_future(value) else gen.maybe_future(value)
