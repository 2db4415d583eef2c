# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division

import plumpy
import pytest
import six
from plumpy import ProcessState
from tornado import gen
from tornado.concurrent import is_future

from gauges import stations
from gauges.listeners import Journal
from gauges.processes import AwaitLevel, Calibrate, Campaign, Measure, Nap

from . import utils


class MeasureTest(utils.RunnerTestCase):

    def test_execute(self):
        process = Measure(inputs={'station': 'pier'}, loop=self.loop)
        self.assertIs(self.loop, process.loop())
        outputs = process.execute()
        self.assertEqual({'mean': 2.0, 'values': [1.0, 2.0, 3.0]}, dict(outputs))
        self.assertEqual(3, process.result())
        self.assertTrue(process.is_successful)

    def test_step_by_step(self):
        process = Measure(inputs={'station': 'pier', 'count': 1}, loop=self.loop)
        states = [process.state]
        while not process.has_terminated():
            self.loop.run_sync(process.step)
            states.append(process.state)
        self.assertEqual([ProcessState.CREATED] + 3 * [ProcessState.RUNNING] + [ProcessState.FINISHED], states)
        self.assertEqual('connected', process.status)

    def test_inputs_are_checked(self):
        with six.assertRaisesRegex(self, ValueError, 'something to read'):
            Measure(inputs={'station': 'pier', 'count': 0})
        with self.assertRaises(ValueError):
            Measure(inputs={'station': 3})
        with self.assertRaises(ValueError):
            Measure()

    def test_a_coroutine_step_that_fails(self):
        process = Measure(inputs={'station': 'pier', 'channel': 'wind'}, loop=self.loop)
        with self.assertRaises(stations.StationError):
            process.execute()
        self.assertEqual(ProcessState.EXCEPTED, process.state)
        self.assertIsInstance(process.exception(), stations.StationError)

    def test_the_current_process(self):
        seen = []

        class Looker(Measure):

            def report(self, values):
                seen.append(plumpy.Process.current())
                return super(Looker, self).report(values)

        process = Looker(inputs={'station': 'pier'}, loop=self.loop)
        process.execute()
        self.assertEqual([process], seen)
        self.assertIsNone(plumpy.Process.current())

    def test_journal(self):
        journal = Journal()
        process = Measure(inputs={'station': 'pier'}, loop=self.loop)
        process.add_process_listener(journal)
        process.execute()
        self.assertEqual(['running', 'running', 'running', 'finished'], journal.of(process))
        self.assertEqual(['values', 'mean'], list(journal.outputs))


class CalibrateTest(utils.RunnerTestCase):

    def run_until_waiting(self, process):
        """Run the loop until the process waits."""
        waiting = plumpy.Future()

        class Listener(plumpy.ProcessListener):

            def on_process_waiting(self, process):
                process.remove_process_listener(self)
                waiting.set_result(process.state)

        process.add_process_listener(Listener())
        return self.runner.run_until_complete(waiting)

    def start(self, **inputs):
        process = self.runner.submit(Calibrate, station='pier', **inputs)
        self.assertEqual(ProcessState.WAITING, self.run_until_waiting(process))
        return process

    def test_resume(self):
        process = self.start()
        self.assertEqual('read 1.0', process.status)
        process.resume(1.5)
        self.assertEqual({'offset': 0.5}, dict(self.runner.wait(process)))

    def test_an_unsuccessful_result(self):
        process = self.start(limits={'offset': 0.25})
        self.loop.add_callback(process.resume, 3.0)
        self.runner.wait(process)
        self.assertFalse(process.is_successful)
        self.assertEqual('off by 2.0', process.result())

    def test_pause_and_play(self):
        process = self.start()

        @gen.coroutine
        def pause_and_play():
            paused = process.pause('at lunch')
            if is_future(paused):
                paused = yield paused
            seen = (paused, process.paused, process.status)
            process.resume(1.0)
            yield gen.sleep(0.005)
            self.assertFalse(process.has_terminated())
            self.assertTrue(process.play())
            yield process.future()
            raise gen.Return(seen)

        self.assertEqual((True, True, 'at lunch'), self.loop.run_sync(pause_and_play))
        self.assertEqual({'offset': 0.0}, dict(process.outputs))

    def test_kill(self):
        process = self.start()

        @gen.coroutine
        def kill():
            result = yield process.kill(msg='enough')
            raise gen.Return(result)

        self.assertTrue(self.loop.run_sync(kill))
        self.assertTrue(process.killed())
        self.assertEqual('enough', process.killed_msg())
        self.assertFalse(process.pause())
        with self.assertRaises(plumpy.KilledError):
            self.runner.wait(process)

    def test_kill_before_it_runs(self):
        process = Calibrate(inputs={'station': 'pier'}, loop=self.loop)
        self.assertIs(True, process.kill('not wanted'))
        with self.assertRaises(plumpy.KilledError):
            process.result()

    def test_fail(self):
        process = self.start()
        process.fail(stations.StationError('washed away'), None)
        with self.assertRaises(stations.StationError):
            self.runner.wait(process)

    def test_a_checkpoint(self):
        process = self.start()
        bundle = plumpy.Bundle(process)
        process.kill()
        loaded = bundle.unbundle(plumpy.LoadSaveContext(loop=self.loop))
        self.assertEqual((process.pid, ProcessState.WAITING), (loaded.pid, loaded.state))
        self.assertEqual('read 1.0', loaded.status)
        self.runner.adopt(loaded)
        self.loop.add_callback(loaded.step_until_terminated)
        loaded.call_soon(loaded.resume, 2.0)
        self.assertEqual({'offset': 1.0}, dict(self.runner.wait(loaded)))


class AwaitLevelTest(utils.RunnerTestCase):

    def test_reached(self):
        self.assertEqual({'reached': 3.0}, dict(self.runner.run(AwaitLevel, station='pier', level=2.5)))

    def test_a_watch_that_fails(self):
        stations.add_station(stations.FlakyStation('buoy', {'level': [1.0]}, failures=1))
        process = self.runner.submit(AwaitLevel, station='buoy', level=1.0)
        with self.assertRaises(stations.StationError):
            self.runner.wait(process)
        self.assertEqual(ProcessState.EXCEPTED, process.state)

    def test_nap(self):
        self.assertEqual({'how': 'rested'}, dict(self.runner.run(Nap, seconds=0.001)))

    def test_a_nap_that_is_killed_has_no_timer(self):
        journal = Journal()
        process = self.runner.submit(Nap, seconds=0.05)
        process.add_process_listener(journal)
        utils.run_until(self.loop, lambda: process.state == ProcessState.WAITING)
        self.loop.add_callback(process.kill)
        with self.assertRaises(plumpy.KilledError):
            self.runner.wait(process)
        self.loop.run_sync(lambda: gen.sleep(0.1))
        self.assertEqual(['running', 'waiting', 'killed'], journal.of(process))


class CampaignTest(utils.RunnerTestCase):

    def setUp(self):
        super(CampaignTest, self).setUp()
        stations.add_station(stations.SimulatedStation('lock', {'level': [4.0, 6.0]}))

    def test_means(self):
        outputs = self.runner.run(Campaign, stations=['pier', 'lock'])
        self.assertEqual({'means': {'pier': 1.5, 'lock': 5.0}}, dict(outputs))

    def test_too_late(self):
        stations.add_station(stations.SimulatedStation('slow', {'level': [0.0]}, delay=0.4))
        process = self.runner.create(Campaign, stations=['pier', 'slow'], count=1, deadline=0.2)
        process.execute()
        self.assertEqual('too late', process.result())
        self.assertFalse(process.successful())
        self.assertEqual([ProcessState.FINISHED, ProcessState.KILLED], [child.state for child in process.children])

    def test_a_child_that_fails(self):
        stations.add_station(stations.FlakyStation('buoy', {'level': [0.0]}, failures=1))
        with self.assertRaises(stations.StationError):
            self.runner.run(Campaign, stations=['pier', 'buoy'])


@pytest.mark.parametrize('process_class, ports', [
    (Measure, ['channel', 'count', 'station']),
    (Calibrate, ['limits', 'station']),
    (AwaitLevel, ['interval', 'level', 'station']),
])
def test_specs(process_class, ports):
    assert sorted(process_class.spec().inputs) == ports
