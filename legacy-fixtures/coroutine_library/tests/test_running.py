# -*- coding: utf-8 -*-
from __future__ import absolute_import

import unittest

from tornado import gen
from tornado.concurrent import Future
from tornado.ioloop import IOLoop

from tideway import running
from tideway.returning import answer
from tideway.shapes import Counter, triple


class RunningTest(unittest.TestCase):

    def setUp(self):
        self.loop = IOLoop()
        self.loop.make_current()

    def tearDown(self):
        IOLoop.clear_current()
        self.loop.close()

    def test_run_until_complete(self):
        self.assertEqual(running.run_until_complete(triple, 2), 6)
        self.assertEqual(running.run_until_complete(triple, number=3), 9)
        with self.assertRaises(KeyError):
            running.run_until_complete(answer, KeyError())

    def test_run_partial(self):
        self.assertEqual(running.run_partial(Counter.add, 1, 2), 3)

    def test_run_all(self):
        self.assertEqual(running.run_all([triple(1), triple(2)]), [3, 6])

    def test_run_list(self):
        self.assertEqual(running.run_list([lambda: triple(1), lambda: answer(2)]), [3, 2])

    def test_run_future(self):
        self.assertEqual(running.run_future(triple(3)), 9)
        self.assertIsNone(running.run_future(Future(), timeout=0.002))

    def test_run_on_new_loop(self):
        loops = []

        @gen.coroutine
        def which():
            yield gen.moment
            loops.append(IOLoop.current())

        running.run_on_new_loop(which)
        self.assertIs(IOLoop.current(), self.loop)
        self.loop.run_sync(which)
        self.assertIsNot(loops[0], self.loop)
        self.assertIs(loops[1], self.loop)

    def test_run_main(self):
        @gen.coroutine
        def main():
            yield gen.sleep(0.001)
            raise gen.Return((yield triple(5)))

        self.assertEqual(running.run_main(main), [15, 'over'])
