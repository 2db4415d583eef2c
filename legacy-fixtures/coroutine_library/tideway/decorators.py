# -*- coding: utf-8 -*-
"""Decorators for coroutines: some go outside of `gen.coroutine`, some inside, some do without it."""
from __future__ import absolute_import

import functools

from tornado import gen
from tornado.concurrent import Future, is_future


class Busy(Exception):
    pass


def synchronized(name):
    """Let only one such method of an object run at a time; for plain methods and coroutines.

    To be put outside of `gen.coroutine`.
    """

    def decorate(method):
        @functools.wraps(method)
        def wrapper(self, *args, **kwargs):
            running = self.__dict__.setdefault('_running', [])
            if running:
                raise Busy('{} runs, so {} cannot'.format(running[-1], name))
            running.append(name)
            try:
                result = method(self, *args, **kwargs)
            except Exception:
                running.remove(name)
                raise
            if is_future(result):
                result.add_done_callback(lambda _: running.remove(name))
            else:
                running.remove(name)
            return result

        return wrapper

    return decorate


def counted(method):
    """Count what is under way; outside of `gen.coroutine`."""

    @functools.wraps(method)
    def wrapper(self, *args, **kwargs):
        result = method(self, *args, **kwargs)
        if isinstance(result, Future):
            self.under_way = getattr(self, 'under_way', 0) + 1
            result.add_done_callback(functools.partial(finished, self))
        return result

    def finished(self, future):
        self.under_way -= 1
        if future.exception() is not None:
            self.failures = getattr(self, 'failures', 0) + 1

    return wrapper


def noted(function):
    """Note the calls; inside of `gen.coroutine`, around the generator function."""

    @functools.wraps(function)
    def wrapper(self, *args, **kwargs):
        self.calls.append((function.__name__, args))
        return function(self, *args, **kwargs)

    return wrapper


def retried(times, errors=(IOError,)):
    """Call a function that may be a coroutine again if it fails: the result is a coroutine."""

    def decorate(function):
        @gen.coroutine
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    result = yield gen.maybe_future(function(*args, **kwargs))
                except errors:
                    if attempt == times:
                        raise
                else:
                    break
            raise gen.Return(result)

        return wrapper

    return decorate


def cached_once(function):
    """A coroutine without parameters is run once; all callers get the same future."""
    futures = []

    @functools.wraps(function)
    def wrapper():
        if not futures:
            futures.append(function())
        return futures[0]

    return wrapper
