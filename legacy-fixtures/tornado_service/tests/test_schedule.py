# -*- coding: utf-8 -*-
from __future__ import absolute_import

import threading
import unittest

from tornado import gen, locks
from tornado.concurrent import Future
from tornado.ioloop import IOLoop
from tornado.testing import AsyncTestCase, gen_test

from jobrunner.backlog import Mailbox
from jobrunner.schedule import Collector, Heartbeat, Poller, Schedule

from .utils import logged_errors


class ScheduleTest(AsyncTestCase):

    def setUp(self):
        super(ScheduleTest, self).setUp()
        self.schedule = Schedule(self.io_loop)
        self.calls = []
        self.finished = locks.Event()

    def finish(self, *args):
        self.calls.extend(args)
        self.finished.set()

    @gen_test
    def test_all_kinds(self):
        self.schedule.at_loop_time(0.001, 'first', self.calls.append, 'first')
        self.schedule.after_delta(0.02, 'second', self.calls.append, 'second')
        self.schedule.at_wall_clock(0.04, 'third', self.calls.append, 'third')
        self.schedule.after(0.06, 'last', self.finish, 'last')
        self.assertIn('second', self.schedule)
        yield self.finished.wait()
        self.assertEqual(self.calls, ['first', 'second', 'third', 'last'])
        self.assertNotIn('second', self.schedule)

    @gen_test
    def test_cancel(self):
        self.schedule.after(0.001, 'cancelled', self.calls.append, 'cancelled')
        self.schedule.after_delta(0.001, 'too', self.calls.append, 'too')
        self.schedule.after(0.01, 'kept', self.finish)
        self.assertTrue(self.schedule.cancel('cancelled'))
        self.assertTrue(self.schedule.cancel('too'))
        self.assertFalse(self.schedule.cancel('unknown'))
        yield self.finished.wait()
        self.assertEqual(self.calls, [])

    @gen_test
    def test_cancel_all(self):
        self.schedule.at_wall_clock(0.001, 'a', self.calls.append, 'a')
        self.schedule.at_loop_time(0.001, 'b', self.calls.append, 'b')
        self.schedule.cancel_all()
        yield gen.sleep(0.01)
        self.assertEqual(self.calls, [])

    @gen_test
    def test_from_a_thread(self):
        thread = threading.Thread(target=self.io_loop.add_callback, args=(self.finish, 'from a thread'))
        thread.start()
        yield self.finished.wait()
        thread.join()
        self.assertEqual(self.calls, ['from a thread'])

    def test_stop_and_wait(self):
        self.io_loop.add_callback(self.stop, 'a result')
        self.assertEqual(self.wait(), 'a result')


class PollerTest(AsyncTestCase):

    @gen_test
    def test_plain_source(self):
        answers = iter([None, None, 'found'])
        delivered = Future()
        poller = Poller(lambda: next(answers), delivered.set_result)
        poller.start()
        self.assertEqual((yield delivered), 'found')
        self.assertEqual(poller.polls, 3)

    @gen_test
    def test_coroutine_source(self):
        answers = [None, 'found']

        @gen.coroutine
        def source():
            yield gen.moment
            raise gen.Return(answers.pop(0))

        delivered = Future()
        poller = Poller(source, delivered.set_result, io_loop=self.io_loop)
        poller.start()
        self.assertEqual((yield gen.with_timeout(self.io_loop.time() + 4, delivered)), 'found')
        self.assertEqual((poller.polls, answers), (2, []))

    @gen_test
    def test_stop(self):
        polled = locks.Event()

        def source():
            # it is asked once, and stopped before it can be asked again
            polled.set()
            self.io_loop.add_callback(poller.stop)

        poller = Poller(source, self.fail)
        poller.start()
        yield polled.wait()
        yield gen.sleep(0.02)
        polls = poller.polls
        yield gen.sleep(0.02)
        self.assertEqual(poller.polls, polls)


class PeriodicTest(AsyncTestCase):

    @gen_test
    def test_beats(self):
        beaten = Future()
        heartbeat = Heartbeat(2)
        heartbeat.listen(lambda beats: beaten.set_result(beats) if beats == 3 else None)
        self.assertFalse(heartbeat.is_beating)
        heartbeat.start()
        self.assertTrue(heartbeat.is_beating)
        self.assertEqual((yield beaten), 3)
        heartbeat.stop()
        self.assertFalse(heartbeat.is_beating)
        beats = heartbeat.beats
        yield gen.sleep(0.01)
        self.assertEqual(heartbeat.beats, beats)

    @gen_test
    def test_goes_on_after_an_error(self):
        beaten = Future()

        def listen(beats):
            if beats == 1:
                raise RuntimeError('no beat')
            heartbeat.stop()
            beaten.set_result(beats)

        heartbeat = Heartbeat(2, io_loop=self.io_loop)
        heartbeat.listen(listen)
        with logged_errors() as errors:
            heartbeat.start()
            self.assertEqual((yield beaten), 2)
        self.assertEqual([str(error) for error in errors], ['no beat'])

    @gen_test
    def test_coroutine(self):
        mailbox = Mailbox()
        with Collector(mailbox, 2) as collector:
            mailbox.post('a', 'b')
            while len(collector.collected) < 2:
                yield gen.sleep(0.001)
            mailbox.post('c')
            while mailbox.unread:
                yield gen.sleep(0.001)
        self.assertEqual(collector.collected, ['a', 'b', 'c'])


class LoggedErrorsTest(unittest.TestCase):
    """On a loop that isn't a test case's: that would take the errors for its own."""

    def setUp(self):
        self.loop = IOLoop()
        self.loop.make_current()

    def tearDown(self):
        IOLoop.clear_current()
        self.loop.close()

    def test_callback(self):
        called = locks.Event()
        with logged_errors() as errors:
            self.loop.add_callback({}.__getitem__, 'missing')
            self.loop.add_callback(called.set)
            self.loop.run_sync(called.wait)
        self.assertEqual([type(error) for error in errors], [KeyError])

    def test_coroutine_callback(self):
        @gen.coroutine
        def fail(text):
            yield gen.moment
            raise ValueError(text)

        with logged_errors() as errors:
            self.loop.add_callback(fail, text='failed')
            self.loop.run_sync(lambda: gen.sleep(0.01))
        self.assertEqual([str(error) for error in errors], ['failed'])

    def test_periodic_coroutine(self):
        mailbox = Mailbox()
        mailbox.post(None, 'after it')

        @gen.coroutine
        def collect():
            with Collector(mailbox, 2) as collector:
                while not collector.collected:
                    yield gen.sleep(0.001)
            raise gen.Return(collector.collected)

        with logged_errors() as errors:
            self.assertEqual(self.loop.run_sync(collect), ['after it'])
        self.assertEqual([str(error) for error in errors], ['an empty message'])
