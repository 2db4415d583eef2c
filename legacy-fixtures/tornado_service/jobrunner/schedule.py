# -*- coding: utf-8 -*-
"""Jobs at a given time, and again and again."""
from __future__ import absolute_import

import datetime
import logging
import time

from tornado import gen
from tornado.ioloop import IOLoop, PeriodicCallback

LOGGER = logging.getLogger(__name__)


class Schedule(object):
    """Calls to make later, by name."""

    def __init__(self, io_loop=None):
        self.io_loop = io_loop or IOLoop.current()
        self._handles = {}

    def __contains__(self, name):
        return name in self._handles

    def _fire(self, name, func, args):
        del self._handles[name]
        func(*args)

    def after(self, seconds, name, func, *args):
        self._handles[name] = self.io_loop.call_later(seconds, self._fire, name, func, args)

    def after_delta(self, seconds, name, func, *args):
        self._handles[name] = self.io_loop.add_timeout(
            datetime.timedelta(seconds=seconds), self._fire, name, func, args)

    def at_wall_clock(self, seconds, name, func, *args):
        self._handles[name] = self.io_loop.add_timeout(time.time() + seconds, self._fire, name, func, args)

    def at_loop_time(self, seconds, name, func, *args):
        self._handles[name] = self.io_loop.call_at(
            self.io_loop.time() + seconds, self._fire, name, func, args)

    def cancel(self, name):
        handle = self._handles.pop(name, None)
        if handle is None:
            return False
        self.io_loop.remove_timeout(handle)
        return True

    def cancel_all(self):
        for name in list(self._handles):
            self.cancel(name)


class Poller(object):
    """Asks a source until it has something, with pauses that grow."""

    def __init__(self, source, deliver, io_loop=None):
        self._source = source
        self._deliver = deliver
        self._loop = io_loop or IOLoop.current()
        self._handle = None
        self.polls = 0

    def start(self):
        self._loop.add_callback(self._poll, pause=0.001)

    def stop(self):
        if self._handle is not None:
            self._loop.remove_timeout(self._handle)
            self._handle = None

    @gen.coroutine
    def _poll(self, pause):
        self.polls += 1
        found = yield gen.maybe_future(self._source())
        if found is not None:
            self._deliver(found)
        else:
            self._handle = self._loop.call_later(pause, self._poll, pause=pause * 2)


class Heartbeat(object):
    """Beats at an interval, and says so to whoever listens."""

    def __init__(self, milliseconds, io_loop=None):
        self._callback = PeriodicCallback(self._beat, milliseconds, io_loop=io_loop)
        self._listeners = []
        self.beats = 0

    def listen(self, listener):
        self._listeners.append(listener)

    def _beat(self):
        self.beats += 1
        for listener in list(self._listeners):
            listener(self.beats)

    def start(self):
        self._callback.start()

    def stop(self):
        self._callback.stop()

    @property
    def is_beating(self):
        return self._callback.is_running()


class Collector(object):
    """Empties a mailbox at an interval."""

    def __init__(self, mailbox, milliseconds):
        self._mailbox = mailbox
        self._callback = PeriodicCallback(self._collect, milliseconds)
        self.collected = []

    @gen.coroutine
    def _collect(self):
        while self._mailbox.unread:
            message = yield self._mailbox.read()
            if message is None:
                raise ValueError('an empty message')
            self.collected.append(message)

    def __enter__(self):
        self._callback.start()
        return self

    def __exit__(self, *exc_info):
        self._callback.stop()
