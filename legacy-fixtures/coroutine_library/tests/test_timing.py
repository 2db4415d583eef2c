# -*- coding: utf-8 -*-
from __future__ import absolute_import

import errno
import time

from tornado import gen
from tornado.concurrent import Future
from tornado.testing import AsyncTestCase, gen_test

from tideway import by_hand, timing
from tideway.timing import Link


class TimingTest(AsyncTestCase):

    @gen_test
    def test_within(self):
        self.assertEqual((yield timing.within(4, timing.slow('value'))), 'value')
        self.assertEqual((yield timing.within(0.002, Future(), 'default')), 'default')
        with self.assertRaises(KeyError):
            yield timing.within(4, gen.maybe_future(failed(KeyError())))

    @gen_test
    def test_what_is_late_goes_on(self):
        slow = timing.slow('late', 0.1)
        self.assertIsNone((yield timing.within(0.001, slow)))
        self.assertEqual((yield slow), 'late')

    @gen_test
    def test_until(self):
        self.assertTrue((yield timing.until(time.time() + 4, timing.slow('value'))))
        self.assertFalse((yield timing.until(time.time() + 0.002, Future())))
        self.assertFalse((yield timing.until(time.time() - 4, Future())))

    @gen_test
    def test_all_within(self):
        self.assertEqual((yield timing.all_within(4000, a=timing.slow(1), b=timing.slow(2))), {'a': 1, 'b': 2})
        with self.assertRaises(gen.TimeoutError):
            yield timing.all_within(2, a=timing.slow(1), b=Future())

    @gen_test
    def test_patient(self):
        self.assertEqual((yield timing.patient(timing.slow('value', 0.1))), ('value', True))
        self.assertEqual((yield timing.patient(gen.maybe_future('value'))), ('value', False))

    @gen_test
    def test_at_least(self):
        self.assertEqual((yield timing.at_least(0.1, gen.maybe_future('value'))), ('value', True, True))
        self.assertEqual((yield timing.at_least(0.001, timing.slow('value', 0.1))), ('value', False, True))

    def test_give_up(self):
        with self.assertRaises(gen.TimeoutError):
            timing.give_up()


def failed(error):
    future = Future()
    future.set_exception(error)
    return future


def done(value):
    future = Future()
    future.set_result(value)
    return future


class LinkTest(AsyncTestCase):

    def links(self):
        return [Link(done(1)), Link(failed(IOError(errno.EIO, 'broken'))), Link(Future())]

    @gen_test
    def test_ask(self):
        links = self.links()
        answers = yield [link.ask() for link in links]
        self.assertEqual(answers[0], 1)
        self.assertIn('broken', answers[1])
        self.assertEqual(answers[2], 'late')
        self.assertEqual([link.troubles for link in links], [[], ['system'], ['late']])

    @gen_test
    def test_socket(self):
        links = self.links()[::2] + [Link(failed(ValueError()))]
        self.assertEqual((yield [link.ask_socket() for link in links]), ['answer: 1', 'late', 'value'])
        self.assertEqual([link.troubles for link in links], [['asked']] * 3)

    @gen_test
    def test_late_first(self):
        links = self.links()
        yield [link.ask_late_first() for link in links]
        self.assertEqual([link.troubles for link in links], [[], ['system'], ['late']])

    @gen_test
    def test_nested(self):
        troubles = [[], [], []]
        futures = [done(1), failed(IOError(errno.EIO, 'broken')), Future()]
        yield [by_hand.ask_nested(future, trouble) for future, trouble in zip(futures, troubles)]
        self.assertEqual(troubles, [[], ['system', 'raised again'], ['late']])
