# -*- coding: utf-8 -*-
"""A loop, if there is one."""
from __future__ import absolute_import
try:
    from tornado.ioloop import IOLoop
except ImportError:
    IOLoop = None


def soon(function, *args):
    """Call it soon, or now if there is no loop."""
    if IOLoop is None:
        return function(*args)
    IOLoop.current().add_callback(function, *args)
