# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import plumpy
import pytest
from tornado import gen, ioloop, testing

from quarry.engine import utils


class InterruptableTest(testing.AsyncTestCase):

    def setUp(self):
        super(InterruptableTest, self).setUp()
        self.seen = []

    @testing.gen_test
    def test_a_task(self):

        @gen.coroutine
        def task(cancellable):
            self.seen.append(cancellable)
            yield gen.sleep(0.001)
            raise gen.Return(42)

        future = utils.interruptable_task(task, self.io_loop)
        result = yield future
        self.assertEqual(42, result)
        self.assertEqual([future], self.seen)

    @testing.gen_test
    def test_interrupt(self):

        @gen.coroutine
        def task(cancellable):
            self.seen.append('begin')
            yield cancellable.with_interrupt(gen.sleep(20))
            self.seen.append('end')

        future = utils.interruptable_task(task)
        self.io_loop.call_later(0.002, future.interrupt, RuntimeError('enough'))
        try:
            yield future
        except RuntimeError as exception:
            self.assertEqual('enough', str(exception))
        else:
            self.fail('the task went on')
        self.assertEqual(['begin'], self.seen)

    @testing.gen_test
    def test_interrupt_before_it_runs(self):

        @gen.coroutine
        def task(cancellable):
            yield cancellable.with_interrupt(gen.sleep(20))

        future = utils.interruptable_task(task)
        future.interrupt(plumpy.PauseInterruption('wait'))
        with self.assertRaises(plumpy.Interruption):
            yield future

    @testing.gen_test
    def test_with_interrupt_gives_the_result(self):

        @gen.coroutine
        def seven():
            yield gen.moment
            raise gen.Return(7)

        result = yield utils.InterruptableFuture().with_interrupt(seven())
        self.assertEqual(7, result)

    @testing.gen_test
    def test_a_result_that_comes_too_early(self):
        future = utils.InterruptableFuture()
        self.io_loop.add_callback(future.set_result, 'early')
        with self.assertRaises(RuntimeError):
            yield future.with_interrupt(gen.sleep(20))

    @testing.gen_test
    def test_an_interruption_that_comes_too_late(self):
        future = utils.interruptable_task(lambda _: gen.maybe_future('done'))
        result = yield future
        future.interrupt(RuntimeError('late'))
        self.assertEqual('done', result)
        self.assertEqual('done', future.result())


class RetryTest(testing.AsyncTestCase):

    def setUp(self):
        super(RetryTest, self).setUp()
        self.attempts = 0

    def plain(self):
        self.attempts += 1
        if self.attempts < 3:
            raise KeyError(self.attempts)
        return self.attempts

    @gen.coroutine
    def coroutine(self):
        yield gen.sleep(0.001)
        raise gen.Return(self.plain())

    @testing.gen_test
    def test_a_plain_function(self):
        result = yield utils.retry_with_backoff(self.plain, 0.001, 3)
        self.assertEqual(3, result)

    @testing.gen_test
    def test_a_coroutine(self):
        result = yield utils.retry_with_backoff(self.coroutine, 0.001, 4)
        self.assertEqual(3, result)

    @testing.gen_test
    def test_too_often(self):
        with self.assertRaises(KeyError) as caught:
            yield utils.retry_with_backoff(self.coroutine, 0.001, max_attempts=2)
        self.assertEqual((2,), caught.exception.args)

    @testing.gen_test
    def test_what_is_no_failure(self):
        with self.assertRaises(KeyError):
            yield utils.retry_with_backoff(self.coroutine, 0.001, 3, ignore_exceptions=(KeyError, plumpy.Interruption))
        self.assertEqual(1, self.attempts)

    def test_ensure_coroutine(self):
        coroutine = utils.ensure_coroutine(self.plain)
        self.assertTrue(gen.is_coroutine_function(coroutine))
        self.assertFalse(gen.is_coroutine_function(self.plain))
        self.assertIs(coroutine, utils.ensure_coroutine(coroutine))
        self.assertEqual('plain', coroutine.__name__)


def test_loop_scope():
    before, loop = ioloop.IOLoop(), ioloop.IOLoop()
    before.make_current()
    with pytest.raises(KeyError):
        with utils.loop_scope(loop):
            assert ioloop.IOLoop.current() is loop
            raise KeyError
    assert ioloop.IOLoop.current() is before
    for each in (loop, before):
        each.close()
    ioloop.IOLoop.clear_current()
