# -*- coding: utf-8 -*-
"""Coroutines, if tornado is there."""
from __future__ import absolute_import
try:
    from tornado import gen
    HAVE_COROUTINES = True
except ImportError:
    HAVE_COROUTINES = False

if HAVE_COROUTINES:
    @gen.coroutine
    def later(value):
        """A future of a value."""
        yield gen.moment
        raise gen.Return(value)
else:
    def later(value):
        """Without coroutines, the value."""
        return value


def wait(future):
    from tornado import ioloop
    return ioloop.IOLoop.current().run_sync(lambda: future)
