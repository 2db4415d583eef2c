# -*- coding: utf-8 -*-
from __future__ import absolute_import

import concurrent.futures
import operator
import threading

from tornado import gen
from tornado.concurrent import Future
from tornado.testing import AsyncTestCase, gen_test

from tideway import bridges
from tideway.shapes import triple


class BridgesTest(AsyncTestCase):

    @gen_test
    def test_settled(self):
        self.assertEqual((yield bridges.settled(operator.add, 1, 2)), 3)
        failed = bridges.settled({}.pop, 'key')
        with self.assertRaises(KeyError):
            yield failed
        self.assertEqual(bridges.outcome(failed), ('error', "'key'"))
        self.assertEqual(bridges.outcome(bridges.settled(len, 'four')), ('result', 4))

    @gen_test
    def test_kind(self):
        kinds = [bridges.kind(one) for one in (concurrent.futures.Future(), Future(), 1, None)]
        self.assertEqual(kinds, ['thread', 'loop', 'value', 'value'])
        self.assertEqual((yield bridges.ensure_future(1)), 1)
        future = bridges.settled(len, '')
        self.assertIs(bridges.ensure_future(future), future)

    @gen_test
    def test_first_of(self):
        left, right = Future(), Future()
        first = bridges.first_of(left, right)
        right.set_exception(ValueError('right'))
        with self.assertRaises(ValueError):
            yield first
        left.set_result('left')
        yield gen.moment
        self.assertEqual(bridges.outcome(first), ('error', 'right'))
        self.assertEqual((yield bridges.first_of(left, Future())), 'left')

    @gen_test
    def test_from_another_thread(self):
        futures = []

        def work():
            futures.append(bridges.to_thread_future(self.io_loop, triple, 4))
            futures.append(bridges.to_thread_future(self.io_loop, triple, None))
            futures[1].exception()

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            yield gen.sleep(0.001)
        self.assertEqual(futures[0].result(), 12)
        self.assertIsInstance(futures[1].exception(), TypeError)


class PoolTest(AsyncTestCase):

    def setUp(self):
        super(PoolTest, self).setUp()
        self.pool = bridges.Pool()
        self.addCleanup(self.pool.close)

    @gen_test
    def test_call(self):
        self.assertEqual((yield self.pool.call(operator.mul, 6, 7)), 42)
        self.assertEqual((yield self.pool.call_all(len, ['a', 'bc'])), [1, 2])
        self.assertEqual((yield self.pool.start(len, 'abc')), 3)
        self.assertEqual(self.pool.call_and_wait(len, 'abcd'), 4)
        with self.assertRaises(ZeroDivisionError):
            yield self.pool.call(operator.floordiv, 1, 0)

    @gen_test
    def test_futures_of_futures(self):
        self.assertEqual((yield self.pool.call_twice(dict)), {})

    @gen_test
    def test_noted(self):
        self.assertEqual((yield self.pool.start_noted(len, 'abc')), 3)
        self.assertEqual(self.pool.done, [True])
