# -*- coding: utf-8 -*-
"""Waiting for so long, and no longer."""
from __future__ import absolute_import

import datetime
import socket
import time

from tornado import gen
from tornado.gen import TimeoutError, with_timeout


@gen.coroutine
def slow(value, seconds=0.005):
    yield gen.sleep(seconds)
    raise gen.Return(value)


@gen.coroutine
def at_least(seconds, future):
    """The result of a future, but not before so many seconds are over; and whether they were over first."""
    timer = gen.sleep(seconds)
    result = yield future
    early = not timer.done()
    yield timer
    yield timer
    raise gen.Return((result, early, timer.done()))


@gen.coroutine
def within(seconds, future, default=None):
    """The result of a future, or the default if there is none in time."""
    try:
        result = yield gen.with_timeout(datetime.timedelta(seconds=seconds), future)
    except gen.TimeoutError:
        result = default
    raise gen.Return(result)


@gen.coroutine
def until(deadline, future):
    """Wait for a future up to a time of the clock; tells whether it came."""
    try:
        yield with_timeout(deadline, future)
    except TimeoutError:
        raise gen.Return(False)
    raise gen.Return(True)


@gen.coroutine
def all_within(milliseconds, **futures):
    delta = datetime.timedelta(milliseconds=milliseconds)
    results = yield gen.with_timeout(delta, gen.multi(futures), quiet_exceptions=(ValueError,))
    raise gen.Return(results)


@gen.coroutine
def patient(future, pause=0.002):
    """Wait for a future, however long it takes, and count the pauses."""
    pauses = 0
    while True:
        try:
            result = yield gen.with_timeout(time.time() + pause, future)
            break
        except gen.TimeoutError:
            pauses += 1
    raise gen.Return((result, pauses > 0))


class Link(object):
    """A connection that is bad in several ways."""

    def __init__(self, future):
        self._future = future
        self.troubles = []

    def _wait(self, seconds=0.002):
        return gen.with_timeout(datetime.timedelta(seconds=seconds), self._future)

    @gen.coroutine
    def ask(self):
        """The handler of system errors comes first."""
        try:
            answer = yield self._wait()
        except (OSError, IOError) as error:
            self.troubles.append('system')
            raise gen.Return(str(error))
        except gen.TimeoutError:
            self.troubles.append('late')
            raise gen.Return('late')
        raise gen.Return(answer)

    @gen.coroutine
    def ask_socket(self):
        """One more; there is something to do in the end."""
        try:
            answer = yield self._wait()
        except socket.error:
            answer = 'system'
        except ValueError:
            answer = 'value'
        except TimeoutError:
            answer = 'late'
        else:
            answer = 'answer: {}'.format(answer)
        finally:
            self.troubles.append('asked')
        raise gen.Return(answer)

    @gen.coroutine
    def ask_late_first(self):
        """Here it comes last."""
        try:
            yield self._wait()
        except gen.TimeoutError:
            self.troubles.append('late')
        except EnvironmentError:
            self.troubles.append('system')


def give_up():
    raise gen.TimeoutError('gave up')
