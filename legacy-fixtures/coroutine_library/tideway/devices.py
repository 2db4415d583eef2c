# -*- coding: utf-8 -*-
"""Devices: hooks that are plain here and coroutines there, and the other way round."""
from __future__ import absolute_import

from tornado import gen
from tornado.concurrent import Future

from .decorators import counted, noted, synchronized


class Device(object):
    """Base of all devices."""

    def __init__(self, name):
        self.name = name
        self.calls = []
        self.position = 0

    def measure(self):
        """To be written by each device."""
        raise NotImplementedError

    @gen.coroutine
    def settle(self):
        """Wait until a measurement makes sense."""
        yield gen.moment
        self.calls.append(('settled', ()))

    def calibrate(self):
        """Does nothing unless a device needs it."""

    @gen.coroutine
    def read(self):
        """Settle and measure."""
        yield gen.maybe_future(self.calibrate())
        yield gen.maybe_future(self.settle())
        value = yield self.measure()
        raise gen.Return({self.name: value})

    sample = read

    def describe(self):
        return 'a device'


class Thermometer(Device):
    """Overrides the plain base by a coroutine."""

    @gen.coroutine
    def measure(self):
        yield gen.moment
        raise gen.Return(21)

    @gen.coroutine
    def calibrate(self):
        yield gen.moment
        self.calls.append(('calibrated', ()))


class Constant(Device):
    """Overrides the coroutine by a plain method, the plain one by one that gives a future."""

    def settle(self):
        self.calls.append(('needs no settling', ()))

    def measure(self):
        future = Future()
        future.set_result(42)
        return future


class Shifted(Thermometer):
    """Calls the methods of its base."""

    @gen.coroutine
    def measure(self):
        value = yield super(Shifted, self).measure()
        raise gen.Return(value + 1)

    def settle(self):
        self.calls.append(('shifted', ()))
        return super(Shifted, self).settle()


class Impatient(Thermometer):
    """Starts what its base does, and does not wait for it."""

    @gen.coroutine
    def settle(self):
        super(Impatient, self).settle()
        self.calls.append(('impatient', ()))


class Motor(Device):
    """Only one movement at a time."""

    @synchronized('move')
    @gen.coroutine
    def move(self, distance):
        for _ in range(distance):
            yield gen.moment
            self.position += 1
        if distance > 5:
            raise ValueError('too far')
        raise gen.Return(self.position)

    @synchronized('reset')
    def reset(self):
        self.position = 0
        return self.position

    @counted
    @gen.coroutine
    def turn(self, angle):
        yield gen.moment
        if angle < 0:
            raise ValueError(angle)
        raise gen.Return(angle % 360)

    @gen.coroutine
    @noted
    def push(self, force):
        yield gen.moment
        raise gen.Return(force * 2)

    def measure(self):
        return self.turn(self.position)


class Sequence(object):
    """Steps are coroutines or not; each one is told what came of the last one."""

    def steps(self):
        """A plain generator of what to call."""
        raise NotImplementedError

    @gen.coroutine
    def run(self):
        result = None
        for step in self.steps():
            result = yield gen.maybe_future(step(result))
        raise gen.Return(result)


class Warming(Sequence):

    def __init__(self, start):
        self.start = start

    def steps(self):
        yield lambda _: self.start
        yield self.warm
        yield self.warm
        yield str

    @gen.coroutine
    def warm(self, value):
        yield gen.moment
        raise gen.Return(value + 1)
