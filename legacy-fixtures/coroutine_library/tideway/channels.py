# -*- coding: utf-8 -*-
"""Channels: futures that are made in plain code, stored, and yielded later or more than once."""
from __future__ import absolute_import

import collections

from tornado import gen
from tornado.concurrent import Future


class ChannelClosed(Exception):

    def __init__(self, name):
        super(ChannelClosed, self).__init__('{} is closed'.format(name))
        self.name = name


class Channel(object):
    """Values from one side to the other, in order."""

    def __init__(self, name):
        self.name = name
        self._values = collections.deque()
        self._readers = collections.deque()
        self._closed = Future()
        self._opening = None
        self.openings = 0

    def __repr__(self):
        return '<Channel {}>'.format(self.name)

    # opening: once, however often it is asked for

    def open(self):
        if self._opening is None:
            self._opening = self._open()
        return self._opening

    @gen.coroutine
    def _open(self):
        yield gen.moment
        self.openings += 1
        raise gen.Return(self)

    @gen.coroutine
    def opened_twice(self):
        opening = self.open()
        first = yield opening
        second = yield opening
        raise gen.Return((first, second))

    # values

    def send(self, value):
        """Plain: nobody has to wait for it."""
        if self._closed.done():
            raise ChannelClosed(self.name)
        while self._readers:
            reader = self._readers.popleft()
            if not reader.done():
                reader.set_result(value)
                return
        self._values.append(value)

    def receive(self):
        """Plain, but gives a future."""
        future = Future()
        if self._values:
            future.set_result(self._values.popleft())
        elif self._closed.done():
            future.set_exception(ChannelClosed(self.name))
        else:
            self._readers.append(future)
        return future

    @gen.coroutine
    def receive_many(self, count):
        """Some values, or as many as there are before it is closed."""
        values = []
        try:
            for _ in range(count):
                values.append((yield self.receive()))
        except ChannelClosed:
            pass
        raise gen.Return(values)

    @gen.coroutine
    def exchange(self, other):
        """Pass everything on. The end of this one is the end of the other one."""
        passed = 0
        while True:
            try:
                value = yield self.receive()
            except ChannelClosed:
                break
            else:
                other.send(value)
                passed += 1
        other.close()
        raise gen.Return(passed)

    def close(self):
        if not self._closed.done():
            self._closed.set_result(self.name)
        while self._readers:
            self._readers.popleft().set_exception(ChannelClosed(self.name))

    @property
    def closed(self):
        """A future; it may be yielded by many."""
        return self._closed


class Cache(object):
    """What was asked for once is not computed again, nor while it is being computed."""

    def __init__(self, compute):
        self._compute = compute
        self._futures = {}

    def get(self, key):
        try:
            future = self._futures[key]
        except KeyError:
            future = self._futures[key] = self._get(key)
        return future

    @gen.coroutine
    def _get(self, key):
        try:
            value = yield self._compute(key)
        except Exception:
            # the next one may have more luck
            del self._futures[key]
            raise
        raise gen.Return(value)

    @property
    def pending(self):
        return sorted(key for key, future in self._futures.items() if not future.done())

    @gen.coroutine
    def refresh(self, key):
        old = self._futures.pop(key, None)
        new = self.get(key)
        raise gen.Return((old is not new, (yield new)))
