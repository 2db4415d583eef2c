# -*- coding: utf-8 -*-
"""Coroutines of all shapes, with plain generators and other sources between them."""
from __future__ import absolute_import

import functools

from tornado import gen
from tornado.concurrent import Future


class Counter(object):
    """All kinds of methods."""

    made = 0

    def __init__(self, start=0):
        self.value = start
        self._changed = Future()

    @classmethod
    @gen.coroutine
    def create(cls, start):
        yield gen.moment
        cls.made += 1
        raise gen.Return(cls(start))

    @staticmethod
    @gen.coroutine
    def add(left, right):
        yield None
        raise gen.Return(left + right)

    @gen.coroutine
    def __call__(self, step=1):
        self.value = yield self.add(self.value, step)
        if not self._changed.done():
            self._changed.set_result(self.value)
        raise gen.Return(self.value)

    @property
    def changed(self):
        return self._changed

    def __iter__(self):
        """A plain generator."""
        for number in range(self.value):
            yield number

    def pairs(self):
        previous = None
        for number in self:
            if previous is not None:
                yield previous, number
            previous = number

    @gen.coroutine
    def sum_of_pairs(self):
        """A coroutine around a plain generator, with another one inside."""
        def sums():
            for left, right in self.pairs():
                yield left + right

        total = 0
        for one in sums():
            total = yield self.add(total, one)
        raise gen.Return((total, sum(left * right for left, right in self.pairs())))


def multiplier(factor):
    """A coroutine function made in a function."""

    @gen.coroutine
    def multiply(number):
        yield gen.moment
        raise gen.Return(number * factor)

    return multiply


triple = multiplier(3)
add_five = functools.partial(Counter.add, 5)
shift = lambda number: add_five(number)  # noqa: E731


@gen.coroutine
def chained(number):
    for function in (triple, add_five, shift):
        number = yield function(number)
    raise gen.Return(number)


def apply_later(function, number):
    """Not a coroutine, but gives what one gives."""
    return function(number)


@gen.coroutine
def recursive(depth):
    if not depth:
        raise gen.Return([])
    below = yield recursive(depth - 1)
    raise gen.Return([depth] + below)


# sources: they have `read` and `close` in common, and nothing else

class CoroutineSource(object):

    def __init__(self, *texts):
        self._texts = list(texts)
        self.is_closed = False

    @gen.coroutine
    def read(self):
        yield gen.moment
        if not self._texts:
            raise EOFError
        raise gen.Return(self._texts.pop(0))

    @gen.coroutine
    def close(self):
        yield gen.moment
        self.is_closed = True


class FutureSource(object):

    def __init__(self, text):
        self._text = text
        self.is_closed = False

    def read(self):
        future = Future()
        if self._text is None:
            future.set_exception(EOFError())
        else:
            future.set_result(self._text)
            self._text = None
        return future

    def close(self):
        self.is_closed = True


class ThreadSource(object):

    def __init__(self, executor, *texts):
        self._executor = executor
        self._texts = iter(texts)
        self.is_closed = False

    def _next(self):
        for text in self._texts:
            return text
        raise EOFError

    def read(self):
        return self._executor.submit(self._next)

    def close(self):
        self.is_closed = True


@gen.coroutine
def drain(source):
    texts = []
    try:
        while True:
            texts.append((yield source.read()))
    except EOFError:
        source.close()
    raise gen.Return(texts)


@gen.coroutine
def drain_all(*sources):
    found = yield [drain(source) for source in sources]
    raise gen.Return(sum(found, []))
