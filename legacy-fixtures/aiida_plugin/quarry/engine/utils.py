# -*- coding: utf-8 -*-
"""Helpers around coroutines and loops."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import contextlib
import logging

import six
import tornado.ioloop
from six.moves import range
from tornado import concurrent, gen

LOGGER = logging.getLogger(__name__)


class InterruptableFuture(concurrent.Future):
    """The outcome of a task that can be interrupted."""

    def interrupt(self, reason):
        """End it with an exception, if it hasn't ended yet."""
        if not self.done():
            self.set_exception(reason)

    @gen.coroutine
    def with_interrupt(self, yieldable):
        """Wait for something, but not longer than until this future is interrupted."""
        iterator = gen.WaitIterator(yieldable, self)
        result = yield iterator.next()  # an interruption is raised here
        if iterator.current_index != 0:
            raise RuntimeError('the task has a result while it waits: {}'.format(result))
        raise gen.Return(result)


def interruptable_task(coro, loop=None):
    """Start a coroutine function as a task that can be interrupted.

    :param coro: is called with the future, to hand on what it waits for to :meth:`.with_interrupt`.
    :return: the future of its result.
    """
    loop = loop or tornado.ioloop.IOLoop.current()
    future = InterruptableFuture()

    @gen.coroutine
    def run_task():
        try:
            result = yield coro(future)
        except Exception as exception:  # pylint: disable=broad-except
            if not future.done():
                future.set_exception(exception)
            else:
                LOGGER.info('a task failed after it was interrupted: %s', exception)
        else:
            if not future.done():
                future.set_result(result)

    loop.add_callback(run_task)
    return future


def ensure_coroutine(function):
    """Give a coroutine function that does what a function does."""
    if gen.is_coroutine_function(function):
        return function

    @six.wraps(function)
    @gen.coroutine
    def wrapper(*args, **kwargs):
        raise gen.Return(function(*args, **kwargs))

    return wrapper


@gen.coroutine
def retry_with_backoff(function, interval, max_attempts, logger=None, ignore_exceptions=()):
    """Call a function until it doesn't fail; wait twice as long after each failure.

    :param ignore_exceptions: what isn't a failure and goes through at once.
    """
    logger = logger or LOGGER
    coro = ensure_coroutine(function)
    result = None
    for attempt in range(1, max_attempts + 1):
        try:
            result = yield coro()
            break
        except ignore_exceptions:
            raise
        except Exception as exception:  # pylint: disable=broad-except
            if attempt == max_attempts:
                logger.warning('%s has failed %d times', coro.__name__, attempt)
                raise
            logger.info('%s: attempt %d has failed: %s', coro.__name__, attempt, exception)
            yield gen.sleep(interval)
            interval *= 2
    raise gen.Return(result)


@contextlib.contextmanager
def loop_scope(loop):
    """Make a loop the current one for a while."""
    before = tornado.ioloop.IOLoop.current()
    try:
        loop.make_current()
        yield
    finally:
        before.make_current()
