# -*- coding: utf-8 -*-
from __future__ import absolute_import

import gc

from tornado import gen
from tornado.testing import AsyncTestCase, gen_test

from tideway.watching import Notifier, Recorder, Switchboard, Topic

from .support import logged


class TopicTest(AsyncTestCase):

    @gen_test
    def test_publish(self):
        topic = Topic()
        recorder = Recorder(topic, expected=2)
        told = []
        topic.listen(told.append)
        topic.publish(1)
        topic.publish(2)
        self.assertEqual(told, [1, 2])
        self.assertEqual((yield recorder.complete), [1, 2])

    @gen_test
    def test_publish_and_wait(self):
        topic = Topic()
        topic.listen(lambda value: value * 2)
        recorder = Recorder(topic, expected=1)
        self.assertEqual((yield topic.publish_and_wait(3)), [6, 'heard 3'])
        self.assertEqual(recorder.heard, [3])


class NotifierTest(AsyncTestCase):

    def setUp(self):
        super(NotifierTest, self).setUp()
        self.delivered = []
        self.notifier = Notifier(self.deliver)

    @gen.coroutine
    def deliver(self, note):
        yield gen.moment
        if note == 'bad':
            raise ValueError(note)
        self.delivered.append(note)
        raise gen.Return('got ' + note)

    @gen.coroutine
    def wait_for(self, *notes):
        while self.delivered != list(notes):
            yield gen.sleep(0.001)

    @gen_test
    def test_notify(self):
        self.notifier.notify('a')
        self.notifier.notify('b')
        self.assertEqual(self.delivered, [])
        yield self.wait_for('a', 'b')

    @gen_test
    def test_notify_all(self):
        self.assertEqual((yield self.notifier.notify_all('abc')), 3)
        self.assertEqual(self.delivered, ['a', 'b', 'c'])

    @gen_test
    def test_errors_are_kept(self):
        self.notifier.notify_checked('bad')
        self.notifier.notify_checked('good')
        yield self.wait_for('good')
        yield gen.sleep(0.001)
        self.assertEqual([error.args for error in self.notifier.errors], [('bad',)])

    @gen_test
    def test_lost_errors_are_logged(self):
        with logged() as records:
            self.notifier.notify('bad')
            self.notifier.notify('good')
            yield self.wait_for('good')
            yield gen.moment
            gc.collect()
        self.assertTrue(records)
        for record in records:
            self.assertIn('never retrieved', record.getMessage())

    @gen_test
    def test_tracked(self):
        self.assertEqual([self.notifier.notify_tracked(note) for note in 'ab'], [1, 2])
        self.assertTrue((yield self.notifier.flush()))
        self.assertEqual((self.delivered, self.notifier.under_way), (['a', 'b'], []))
        self.assertFalse((yield self.notifier.flush()))

    @gen_test
    def test_later_and_observed(self):
        observed = []
        self.notifier.notify_later('later')
        yield self.wait_for('later')
        self.notifier.notify_observed('watched', observed.append)
        yield self.wait_for('later', 'watched')
        yield gen.sleep(0.001)
        self.assertEqual(observed, ['watched'])

    @gen_test
    def test_ask(self):
        self.assertEqual((yield self.notifier.ask('name')), ('got name', ['name']))
        with self.assertRaises(ValueError):
            yield self.notifier.ask('bad')
        self.assertEqual(self.notifier.open_requests, [])

    @gen_test
    def test_switchboard(self):
        switchboard = Switchboard()
        answers = []
        for name in ('ping', 'echo', 'later', 'shout', 'whisper'):
            answers.append((yield switchboard.dispatch(name, 'Text')))
        self.assertEqual(answers, ['pong Text', 'Text', 'Text', 'TEXT', 'text'])
        with self.assertRaises(LookupError):
            yield switchboard.dispatch('unknown', 'Text')
