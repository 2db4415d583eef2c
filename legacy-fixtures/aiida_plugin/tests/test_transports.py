# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import json

import pytest
from six.moves import range
from tornado import gen

from quarry import orm
from quarry.common import JobState, TransportError
from quarry.engine.manager import JobManager
from quarry.engine.transports import TransportQueue

from . import helpers


class TransportQueueTest(helpers.EngineTestCase):

    def setUp(self):
        super(TransportQueueTest, self).setUp()
        self.queue = TransportQueue()

    def test_the_current_loop(self):
        self.assertIs(self.loop, self.queue.loop())
        self.assertIs(self.loop, TransportQueue(self.loop).loop())

    def test_all_who_ask_share_one(self):

        @gen.coroutine
        def ask():
            with self.queue.request_transport(self.computer) as request:
                transport = yield request
                assert transport.is_open
                raise gen.Return(transport)

        transports = self.loop.run_sync(lambda: [ask() for _ in range(3)])
        self.assertEqual(1, self.computer.opened)
        self.assertEqual(1, len(set(transports)))
        self.assertFalse(transports[0].is_open)

    def test_another_one_later(self):

        @gen.coroutine
        def ask():
            with self.queue.request_transport(self.computer) as request:
                transport = yield request
            raise gen.Return(transport)

        first = self.loop.run_sync(ask)
        second = self.loop.run_sync(ask)
        self.assertIsNot(first, second)
        self.assertEqual(2, self.computer.opened)

    def test_it_stays_open_while_somebody_has_it(self):
        states = []

        @gen.coroutine
        def ask(seconds):
            with self.queue.request_transport(self.computer) as request:
                transport = yield request
                yield gen.sleep(seconds)
                states.append(transport.is_open)

        @gen.coroutine
        def ask_twice():
            yield {'short': ask(0), 'long': ask(0.01)}

        self.loop.run_sync(ask_twice)
        self.assertEqual([True, True], states)

    def test_one_that_cannot_be_opened(self):
        self.computer.failures = 1

        @gen.coroutine
        def ask():
            with self.queue.request_transport(self.computer) as request:
                try:
                    yield request
                except TransportError:
                    raise gen.Return('failed')
                finally:
                    assert request.done()

        self.assertEqual('failed', self.loop.run_sync(ask))
        self.assertEqual(0, self.computer.opened)

    def test_one_that_nobody_waits_for(self):
        with self.queue.request_transport(self.computer) as request:
            self.assertFalse(request.done())
        self.loop.run_sync(lambda: gen.sleep(0.01))
        self.assertEqual(0, self.computer.opened)

    def test_an_error_while_it_is_open(self):
        transports = []

        @gen.coroutine
        def ask():
            with self.queue.request_transport(self.computer) as request:
                transports.append((yield request))
                transports[0].get('nothing')

        with self.assertRaises(TransportError):
            self.loop.run_sync(ask)
        self.assertFalse(transports[0].is_open)


class JobManagerTest(helpers.EngineTestCase):

    def setUp(self):
        super(JobManagerTest, self).setUp()
        self.manager = JobManager(TransportQueue(self.loop))
        with self.computer.get_transport() as transport:
            for folder in (u'a', u'b'):
                transport.put('{}/input.json'.format(folder), json.dumps([1, 2]))
            self.job_ids = [self.computer.scheduler.submit(transport, folder) for folder in (u'a', u'b')]

    @gen.coroutine
    def ask(self, job_id):
        with self.manager.request_job_update(self.computer, job_id) as request:
            state = yield request
        raise gen.Return(state)

    def test_loop(self):
        self.assertIs(self.loop, self.manager.loop())

    def test_one_query_for_all(self):
        states = self.loop.run_sync(lambda: {job_id: self.ask(job_id) for job_id in self.job_ids})
        self.assertEqual(dict.fromkeys(self.job_ids, JobState.RUNNING), states)
        self.assertEqual(1, self.computer.scheduler.queries)

    def test_until_it_is_done(self):

        @gen.coroutine
        def watch():
            states = []
            while JobState.DONE not in states:
                states.append((yield self.ask(self.job_ids[0])))
            raise gen.Return(states)

        self.assertEqual([JobState.RUNNING, JobState.DONE], self.loop.run_sync(watch))
        self.assertIn('a/output.json', self.computer.files)

    def test_an_unknown_job(self):
        self.assertIsNone(self.loop.run_sync(lambda: self.ask('?')))

    def test_all_are_told_of_a_failure(self):
        self.computer.failures = 1

        @gen.coroutine
        def ask(job_id):
            try:
                yield self.ask(job_id)
            except TransportError as exception:
                raise gen.Return(str(exception))

        answers = self.loop.run_sync(lambda: [ask(job_id) for job_id in self.job_ids])
        self.assertEqual(2 * ['localhost does not answer'], answers)
        self.assertEqual(JobState.RUNNING, self.loop.run_sync(lambda: self.ask(self.job_ids[0])))


def test_a_computer_that_does_not_exist():
    with pytest.raises(ValueError) as caught:
        orm.load_computer('deep thought')
    assert 'deep thought' in str(caught.value)
