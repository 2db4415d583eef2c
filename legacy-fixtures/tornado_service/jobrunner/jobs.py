# -*- coding: utf-8 -*-
"""A job, and how it is run."""
from __future__ import absolute_import

import sys

from tornado import gen
from tornado.concurrent import Future, is_future

from .errors import JobError


class Job(object):
    """A call to make later. `future` gets what it returns or raises."""

    def __init__(self, name, func, *args, **kwargs):
        self.name = name
        self.priority = kwargs.pop('priority', 10)
        self.attempts = kwargs.pop('attempts', 1)
        self.future = Future()
        self._func = func
        self._args = args
        self._kwargs = kwargs

    def __repr__(self):
        return '<Job {!r}>'.format(self.name)

    def call(self):
        """Call the function: the outcome is a value or a future."""
        return self._func(*self._args, **self._kwargs)

    @gen.coroutine
    def run(self):
        """Run it, with as many attempts as it has. Never raises: see `future`."""
        for attempt in range(self.attempts):
            try:
                result = self.call()
                if is_future(result):
                    result = yield result
            except JobError:
                # there is no use in another attempt
                self.future.set_exc_info(sys.exc_info())
                break
            except Exception:
                if attempt + 1 == self.attempts:
                    self.future.set_exc_info(sys.exc_info())
                    break
                yield gen.moment
            else:
                self.future.set_result(result)
                break
        raise gen.Return(self.future.exception() is None)
