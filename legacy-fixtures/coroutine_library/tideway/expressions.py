# -*- coding: utf-8 -*-
"""`yield` takes all that follows it; and it may stand anywhere."""
from __future__ import absolute_import
from __future__ import print_function

import collections

from tornado import gen

Point = collections.namedtuple('Point', 'x y')


@gen.coroutine
def get(value):
    yield gen.moment
    raise gen.Return(value)


class Expressions(object):

    def __init__(self, cached=None):
        self.cached = cached
        self.total = 1

    def fetch(self):
        return get('fetched')

    @gen.coroutine
    def either(self):
        value = yield self.cached or self.fetch()
        raise gen.Return(value)

    @gen.coroutine
    def both(self):
        raise gen.Return((yield self.cached and self.fetch()))

    @gen.coroutine
    def ternary(self, fresh):
        value = yield self.fetch() if fresh else get('stale')
        raise gen.Return(value)

    @gen.coroutine
    def attribute(self):
        raise gen.Return((yield get(Point(3, 4))).y)

    @gen.coroutine
    def item_and_call(self):
        item = (yield get([lambda number: number + 1]))[0](5)
        length = len((yield get('four'))) ** 2
        power = (yield get(2)) ** 3
        raise gen.Return((item, length, power, -(yield get(1))))

    @gen.coroutine
    def arithmetic(self):
        total = (yield get(1)) + (yield get(2)) * (yield get(3))
        raise gen.Return(total)

    @gen.coroutine
    def comparison(self):
        raise gen.Return(((yield get(1)) < (yield get(2)) < 3, 'a' in (yield get('tea')), not (yield get(0))))

    @gen.coroutine
    def arguments(self):
        text = '{} {last}'.format((yield get('first')), last=(yield get('last')))
        raise gen.Return(text + ' %s' % (yield get('old')))

    @gen.coroutine
    def displays(self):
        values = [(yield get(1)), (yield get(2))]
        named = {'a': (yield get(3)), (yield get('b')): 4}
        raise gen.Return((values, sorted(named.items()), ((yield get(5)),)))

    @gen.coroutine
    def conditions(self, start):
        steps = 0
        while (yield get(start)):
            start -= 1
            steps += 1
        if (yield get(steps)) > 2:
            raise gen.Return('many')
        elif not (yield get(steps)):
            raise gen.Return('none')
        raise gen.Return('few' if (yield get(True)) else 'never')

    @gen.coroutine
    def loop(self):
        found = []
        for number in (yield get([3, 1, 2])):
            found.append(number)
        raise gen.Return(sorted(found, key=lambda number: -number))

    @gen.coroutine
    def augmented(self):
        self.total += yield get(10)
        self.total -= (yield get(1))
        first, (second, third) = yield get((1, (2, 3)))
        raise gen.Return((self.total, first, second, third))

    @gen.coroutine
    def assertion(self):
        assert (yield get(True)), (yield get('unused'))
        both = other = yield get('both')
        raise gen.Return(both is other)

    @gen.coroutine
    def longer_than_a_line(self):
        value = yield get(
            'first'  # the first part
        ) if self.cached is None \
            else get('second')
        raise gen.Return(
            # the only one
            value
        )
