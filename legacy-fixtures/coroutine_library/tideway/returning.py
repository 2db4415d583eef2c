# -*- coding: utf-8 -*-
"""All the places from which a coroutine may return."""
from __future__ import absolute_import

import contextlib

from tornado import gen
from tornado.gen import Return, coroutine


@coroutine
def answer(value):
    yield gen.moment
    if isinstance(value, Exception):
        raise value
    raise Return(value)


class Journal(object):
    """Tries things, and writes down how it went."""

    def __init__(self):
        self.entries = []

    @contextlib.contextmanager
    def entry(self, name):
        """A plain generator, and it treats returns as what they are."""
        self.entries.append('enter ' + name)
        try:
            yield self.entries
        except gen.Return:
            raise
        except Exception as error:
            self.entries.append('{} in {}'.format(type(error).__name__, name))
            raise
        finally:
            self.entries.append('leave ' + name)

    @gen.coroutine
    def in_try_finally(self, value):
        try:
            raise gen.Return((yield answer(value)))
        finally:
            self.entries.append('finally')

    @gen.coroutine
    def in_except(self, value):
        try:
            value = yield answer(value)
        except KeyError as error:
            raise gen.Return(('missing', error.args[0]))
        except (ValueError, TypeError):
            raise gen.Return('wrong')
        raise gen.Return(value)

    @gen.coroutine
    def in_try_with_narrow_handler(self, value):
        try:
            result = yield answer(value)
            raise gen.Return(result)
        except KeyError:
            self.entries.append('no such key')
        raise gen.Return('default')

    @gen.coroutine
    def in_else(self, value):
        try:
            result = yield answer(value)
        except KeyError:
            self.entries.append('no such key')
        else:
            raise gen.Return([result])
        finally:
            self.entries.append('finally')

    @gen.coroutine
    def counting(self, value):
        """Count successes apart from failures."""
        try:
            result = yield answer(value)
            if result is None:
                raise gen.Return
            raise gen.Return(result * 2)
        except gen.Return:
            self.entries.append('success')
            raise
        except Exception:
            self.entries.append('failure')
            raise
        finally:
            self.entries.append('over')

    @gen.coroutine
    def in_with(self, value):
        with self.entry('with'):
            result = yield answer(value)
            raise gen.Return(result)

    @gen.coroutine
    def in_nested_with(self, values):
        for value in values:
            with self.entry('outer'), self.entry('inner') as entries:
                if value:
                    yield answer(value)
                    raise gen.Return(len(entries))
        raise gen.Return()

    @gen.coroutine
    def in_loops(self, values):
        for value in values:
            while value:
                value = yield answer(value - 1)
                if value == 5:
                    raise gen.Return('five')
            else:
                continue
            break
        else:
            raise gen.Return('none')

    @gen.coroutine
    def nothing(self):
        """Not even a yield."""

    @gen.coroutine
    def without_yield(self, value):
        if value:
            raise gen.Return(value)
        self.entries.append('no value')

    @gen.coroutine
    def late_value(self, value):
        result = None
        try:
            result = yield answer(value)
        finally:
            yield answer('cleaned up')
            self.entries.append('cleaned up')
        raise gen.Return(result)

    @gen.coroutine
    def from_nested(self, value):
        @gen.coroutine
        def inner(number):
            raise gen.Return((yield answer(number + value)))

        def plain(number):
            return number * 10

        raise gen.Return(plain((yield inner(1))))
