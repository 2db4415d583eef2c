# -*- coding: utf-8 -*-
"""From plain code into coroutines: each of these runs a loop."""
from __future__ import absolute_import

from functools import partial

from tornado import gen, ioloop
from tornado.ioloop import IOLoop


def run_until_complete(function, *args, **kwargs):
    return IOLoop.current().run_sync(lambda: function(*args, **kwargs))


def run_partial(function, *args):
    return IOLoop.current().run_sync(partial(function, *args))


def run_all(futures):
    """Run until all are done; their results can be asked for then."""
    IOLoop.current().run_sync(gen.coroutine(lambda: (yield gen.multi(futures))))
    return [future.result() for future in futures]


def run_list(functions):
    loop = IOLoop.current()
    return loop.run_sync(lambda: [function() for function in functions])


def run_future(future, timeout=None):
    """Run until a future is done; None if that takes too long."""
    try:
        return IOLoop.current().run_sync(lambda: future, timeout=timeout)
    except ioloop.TimeoutError:
        return None


def run_on_new_loop(function):
    """On a loop that is made for it."""
    loop = IOLoop(make_current=False)
    old = IOLoop.current(instance=False)
    loop.make_current()
    try:
        return loop.run_sync(function)
    finally:
        if old is None:
            IOLoop.clear_current()
        else:
            old.make_current()
        loop.close()


def run_main(main):
    """Run the loop for as long as a coroutine function takes."""
    loop = IOLoop.current()
    results = []

    @gen.coroutine
    def run():
        try:
            results.append((yield main()))
        finally:
            results.append('over')
            loop.stop()

    loop.add_callback(run)
    loop.start()
    return results
