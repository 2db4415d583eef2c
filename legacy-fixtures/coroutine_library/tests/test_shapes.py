# -*- coding: utf-8 -*-
from __future__ import absolute_import

from concurrent.futures import ThreadPoolExecutor

from tornado.testing import AsyncTestCase, gen_test

from tideway import shapes
from tideway.shapes import Counter, CoroutineSource, FutureSource, ThreadSource


class CounterTest(AsyncTestCase):

    @gen_test
    def test_kinds_of_methods(self):
        counter = yield Counter.create(2)
        changed = counter.changed
        self.assertEqual((yield counter()), 3)
        self.assertEqual((yield counter(step=2)), 5)
        self.assertEqual((yield changed), 3)
        self.assertEqual((yield Counter.add(1, right=2)), 3)
        self.assertEqual(Counter.made, 1)

    @gen_test
    def test_plain_generators(self):
        counter = Counter(4)
        self.assertEqual(list(counter), [0, 1, 2, 3])
        self.assertEqual(list(counter.pairs()), [(0, 1), (1, 2), (2, 3)])
        self.assertEqual((yield counter.sum_of_pairs()), (9, 8))


class FunctionsTest(AsyncTestCase):

    @gen_test
    def test_functions(self):
        self.assertEqual((yield shapes.chained(1)), 13)
        self.assertEqual((yield shapes.apply_later(shapes.shift, 1)), 6)
        self.assertEqual((yield shapes.multiplier(2)(4)), 8)
        self.assertEqual((yield shapes.recursive(3)), [3, 2, 1])


class SourcesTest(AsyncTestCase):

    @gen_test
    def test_drain_all(self):
        executor = ThreadPoolExecutor(1)
        self.addCleanup(executor.shutdown)
        sources = [CoroutineSource('a', 'b'), FutureSource('c'), ThreadSource(executor, 'd', 'e')]
        self.assertEqual((yield shapes.drain_all(*sources)), ['a', 'b', 'c', 'd', 'e'])
        yield shapes.drain(CoroutineSource())
        self.assertEqual([source.is_closed for source in sources], [True] * 3)
