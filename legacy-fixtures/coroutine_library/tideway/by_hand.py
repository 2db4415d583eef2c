# -*- coding: utf-8 -*-
"""What only tornado can do. To be rewritten some day."""
from __future__ import absolute_import

import datetime
import functools

from tornado import gen


def finish(value):
    """Leave the coroutine that calls this, with a result."""
    raise gen.Return(value)


@gen.coroutine
def find(values, wanted):
    for value in values:
        yield gen.moment
        if value == wanted:
            finish(value)


def traced(function):
    """Inside of `gen.coroutine`: when the generator was made, not when it ran."""

    @functools.wraps(function)
    def wrapper(trace, *args):
        trace.append('before')
        try:
            return function(trace, *args)
        finally:
            trace.append('after')

    return wrapper


@gen.coroutine
@traced
def step(trace):
    yield gen.moment
    trace.append('step')


@gen.coroutine
def ask_nested(future, troubles):
    """What is late is no trouble of the system, so the inner handler lets it through."""
    try:
        try:
            yield gen.with_timeout(datetime.timedelta(seconds=0.002), future)
        except EnvironmentError:
            troubles.append('system')
            raise
    except gen.TimeoutError:
        troubles.append('late')
    except EnvironmentError:
        troubles.append('raised again')


class Gauge(object):
    """A coroutine that is a property."""

    def __init__(self, values):
        self._values = iter(values)

    @property
    @gen.coroutine
    def value(self):
        yield gen.moment
        raise gen.Return(next(self._values))
