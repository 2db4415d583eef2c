# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import plumpy
from plumpy import ProcessState
from tornado import gen
from tornado.concurrent import is_future

from quarry import orm
from quarry.calculations import SumJob
from quarry.common import CalcState, JobState
from quarry.engine.tasks import Waiting

from . import helpers

HISTORY = [
    CalcState.UPLOADING, CalcState.SUBMITTING, CalcState.WITHSCHEDULER, CalcState.RETRIEVING, CalcState.PARSING
]


class CalcJobTest(helpers.EngineTestCase):

    def test_run(self):
        outputs, node = self.runner.run_get_node(SumJob, x=1, y=2)
        self.assertEqual({'sum': 3}, outputs)
        self.assertEqual(HISTORY, node.history)
        self.assertEqual((0, 'finished', JobState.DONE), (node.exit_status, node.process_state, node.scheduler_state))
        self.assertIsNone(node.process_status)

    def test_transports_are_few(self):
        jobs = [self.runner.submit(SumJob, x=x, y=1) for x in range(5)]
        self.loop.run_sync(lambda: plumpy.gather(*[job.future() for job in jobs]))
        self.assertEqual([1, 2, 3, 4, 5], [job.outputs['sum'] for job in jobs])
        self.assertLess(self.computer.opened, 5 * 5)

    def test_no_output(self):
        outputs, node = self.runner.run_get_node(SumJob, x=1)
        self.assertEqual({}, outputs)
        self.assertEqual(300, node.exit_status)

    def test_wrong_inputs(self):
        with self.assertRaises(ValueError):
            self.runner.create(SumJob, x='1')
        with self.assertRaises(ValueError):
            self.runner.create(SumJob, x=1, computer='deep thought')

    def test_a_transport_that_fails_twice(self):
        self.computer.failures = 2
        self.assertEqual({'sum': 3}, self.runner.run(helpers.LazySumJob, x=1, y=2))

    def test_a_transport_that_fails_too_often_pauses(self):
        self.computer.failures = 4
        process = self.runner.submit(SumJob, x=1, y=2)
        self.run_until(lambda: process.paused)
        self.assertEqual(ProcessState.WAITING, process.state)
        self.assertEqual('Paused: upload has failed 3 times', process.status)
        self.assertTrue(process.node.paused)
        process.play()
        self.run_until(process.has_terminated)
        self.assertEqual({'sum': 3}, process.outputs)
        self.assertFalse(process.node.paused)

    def start(self):
        """A process whose job doesn't end."""
        self.computer.scheduler = type(self.computer.scheduler)(10**6)
        process = self.runner.submit(SumJob, x=1, y=2)
        self.run_until(lambda: process.node.state == CalcState.WITHSCHEDULER and self.computer.scheduler.queries)
        self.assertEqual(ProcessState.WAITING, process.state)
        return process

    def test_kill(self):
        process = self.start()

        @gen.coroutine
        def kill():
            result = process.kill(msg='too long')
            if is_future(result):
                result = yield result
            raise gen.Return(result)

        self.assertTrue(self.loop.run_sync(kill))
        self.assertEqual(ProcessState.KILLED, process.state)
        self.assertEqual('too long', process.killed_msg())
        self.assertEqual([process.node.job_id], self.computer.scheduler.killed)
        with self.assertRaises(plumpy.KilledError):
            process.result()

    def test_kill_before_it_is_submitted(self):
        self.computer.open_interval = 20
        process = self.runner.submit(SumJob, x=1, y=2)
        self.run_until(lambda: process.state == ProcessState.WAITING)
        self.loop.add_callback(process.kill)
        self.run_until(process.has_terminated)
        self.assertTrue(process.killed())
        self.assertEqual([], self.computer.scheduler.killed)

    def test_pause_and_play(self):
        process = self.start()

        @gen.coroutine
        def pause():
            paused = yield process.pause('for a while')
            queries = self.computer.scheduler.queries
            yield gen.sleep(0.02)
            raise gen.Return((paused, self.computer.scheduler.queries - queries))

        paused, queries = self.loop.run_sync(pause)
        self.assertTrue(paused)
        self.assertLessEqual(queries, 1)
        self.assertEqual('update was interrupted', process.node.process_status)
        self.computer.scheduler.kill(process.node.job_id)
        self.assertTrue(process.play())
        self.run_until(process.has_terminated)
        # The scheduler doesn't know the job any more, so it was taken for done.
        self.assertEqual(300, process.node.exit_status)

    def test_a_checkpoint(self):
        process = self.start()
        bundle = plumpy.Bundle(process)
        process.kill()
        self.run_until(process.has_terminated)

        self.computer.files['{}/output.json'.format(process.node.folder)] = b'{"sum": 7}'
        loaded = bundle.unbundle(plumpy.LoadSaveContext(runner=self.runner))
        self.assertIs(process.node, loaded.node)
        self.assertIs(self.loop, loaded.loop())
        self.loop.add_callback(loaded.step_until_terminated)
        self.run_until(loaded.has_terminated)
        self.assertEqual({'sum': 7}, loaded.outputs)

    def test_the_state(self):
        self.assertIs(Waiting, SumJob.get_state_classes()[ProcessState.WAITING])

        process = self.runner.submit(SumJob, x=1, y=2)
        states = []

        class Listener(plumpy.ProcessListener):

            def on_process_waiting(self, process):
                states.append(str(process.get_status_info.__name__) and orm.load_node(process.pid).process_state)

        process.add_process_listener(Listener())
        self.run_until(process.has_terminated)
        self.assertEqual(4 * ['waiting'], states)
