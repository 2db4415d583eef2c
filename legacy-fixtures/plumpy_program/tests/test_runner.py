# -*- coding: utf-8 -*-
from __future__ import absolute_import

import functools
import threading

import plumpy
import pytest
from plumpy import ProcessState
from tornado import gen, ioloop

from gauges import stations
from gauges.listeners import Journal, Saver
from gauges.processes import AwaitLevel, Calibrate, Measure, Nap
from gauges.runner import Runner, loop_scope
from gauges.store import Store

from . import utils


def is_waiting(process):
    return process.state == ProcessState.WAITING


@pytest.fixture
def runner():
    with Runner() as runner:
        yield runner
    assert runner.is_closed()


@pytest.fixture
def pier():
    return stations.add_station(stations.SimulatedStation('pier', {'level': [1.0, 2.0, 3.0]}))


def test_run(runner, pier):
    assert runner.run(Measure, station='pier')['mean'] == 2.0
    assert pier.reads == 3
    assert runner.processes == []


def test_two_runners(runner, pier):
    with Runner() as other:
        assert other.loop is not runner.loop
        assert other.run(Measure, station='pier', count=1)['mean'] == 1.0
        assert runner.run(Measure, station='pier', count=1)['mean'] == 2.0


def test_submit_and_wait(runner, pier):
    processes = [runner.submit(Measure, station='pier', count=count) for count in (1, 2)]
    assert runner.processes == processes
    assert [process.state for process in processes] == 2 * [ProcessState.CREATED]
    outputs = runner.wait_all(processes)
    assert [len(output['values']) for output in outputs] == [1, 2]
    assert runner.processes == []


def test_a_deadline(runner):
    process = runner.submit(Nap, seconds=5., deadline=0.005)
    with pytest.raises(plumpy.KilledError):
        runner.wait(process)
    assert process.killed_msg() == 'too late'


def test_a_deadline_that_is_kept(runner):
    process = runner.submit(Nap, seconds=0.001, deadline=5.)
    runner.wait(process, timeout=2)
    assert process.outputs == {'how': 'rested'}


def test_wait_is_given_up(runner):
    process = runner.submit(Nap, seconds=5.)
    with pytest.raises(gen.TimeoutError):
        runner.wait(process, timeout=0.005)
    assert not process.has_terminated()
    assert runner.shut_down() == 1
    assert process.killed()


def test_kill_all(runner):
    processes = [runner.submit(Nap, seconds=5.) for _ in range(3)]
    utils.run_until(runner.loop, lambda: all(is_waiting(process) for process in processes))
    assert runner.loop.run_sync(lambda: runner.kill_all('storm')) == 3
    assert [process.killed_msg() for process in processes] == 3 * ['storm']


def test_pause_and_play_all(runner, pier):
    calibration = runner.submit(Calibrate, station='pier')
    nap = runner.submit(Nap, seconds=5.)
    for process in (calibration, nap):
        utils.run_until(runner.loop, functools.partial(is_waiting, process))
    assert runner.loop.run_sync(runner.pause_all) == {calibration.pid: True, nap.pid: True}
    assert calibration.paused and calibration.status == 'the runner is paused'
    assert runner.play_all()
    assert not calibration.paused
    assert calibration.status == 'read 1.0'
    runner.call(calibration.resume, 1.0)
    assert runner.wait(calibration) == {'offset': 0.0}
    runner.shut_down()


def test_start_and_stop(runner, pier):
    journal = Journal()
    process = runner.submit(Measure, station='pier')
    process.add_process_listener(journal)
    process.future().add_done_callback(lambda _: runner.stop())
    runner.start()
    assert process.has_terminated()
    assert journal.of(process)[-1] == 'finished'


def test_stop_after(runner):
    process = runner.submit(Nap, seconds=5.)
    runner.stop_after(0.01)
    runner.start()
    assert not process.has_terminated()
    assert runner.shut_down() == 1


def test_a_call_from_another_thread(runner, pier):
    process = runner.submit(Calibrate, station='pier')
    utils.run_until(runner.loop, lambda: is_waiting(process))
    thread = threading.Thread(target=runner.call, args=(process.resume, 1.25))
    thread.start()
    try:
        assert runner.wait(process, timeout=2) == {'offset': 0.25}
    finally:
        thread.join()


def test_a_coroutine_as_callback(runner):
    ticks = []

    @gen.coroutine
    def tick():
        while len(ticks) < 3:
            ticks.append(len(ticks))
            yield
        runner.stop()

    runner.call(tick)
    runner.start()
    assert ticks == [0, 1, 2]


def test_a_timer_that_is_removed(runner):
    fired = []
    kept = runner.loop.call_later(0.001, fired.append, 'kept')
    removed = runner.loop.call_later(0.001, fired.append, 'removed')
    assert kept is not removed
    runner.loop.remove_timeout(removed)
    runner.loop.run_sync(lambda: gen.sleep(0.01))
    assert fired == ['kept']


def test_loop_scope(runner):
    loop = ioloop.IOLoop()
    loop.make_current()
    with loop_scope(runner.loop) as scope:
        assert scope is runner.loop
        assert ioloop.IOLoop.current() is runner.loop
    assert ioloop.IOLoop.current() is loop
    loop.close()
    ioloop.IOLoop.clear_current()


def test_the_loop_that_plumpy_makes(pier):
    loop = plumpy.new_event_loop()
    assert plumpy.get_event_loop() is loop
    process = Measure(inputs={'station': 'pier'})
    assert process.loop() is loop
    loop.add_callback(process.step_until_terminated)
    assert plumpy.run_until_complete(process.future(), loop)['mean'] == 2.0
    loop.close()
    plumpy.set_event_loop(None)


def test_a_listener_for_all(pier):
    journal = Journal()
    with Runner(listener=journal) as runner:
        process = runner.submit(Nap, seconds=5.)
        runner.run(Measure, station='pier', count=1)
        utils.run_until(runner.loop, lambda: is_waiting(process))
        runner.loop.call_later(0.001, process.kill)
        with pytest.raises(plumpy.KilledError):
            runner.wait(process)
    assert journal.of(process) == ['running', 'waiting', 'killed']


class StoreTest(utils.RunnerTestCase):

    def test_continue_from_memory(self):
        store = self.runner.store
        process = self.runner.create(Measure, station='pier', count=2)
        store.save(process)
        self.assertEqual(1, len(store))
        loaded = self.runner.resume(process.pid)
        self.assertIsNot(process, loaded)
        self.assertEqual(1.5, self.runner.wait(loaded)['mean'])

    def test_a_process_that_watches(self):
        process = self.runner.submit(AwaitLevel, station='pier', level=2.0, interval=5.)
        process.add_process_listener(Saver(self.runner.store))
        utils.run_until(self.loop, lambda: is_waiting(process) and self.station.reads == 1)
        process.kill()
        loaded = self.runner.resume(process.pid, tag='waiting')
        self.assertEqual({'reached': 2.0}, dict(self.runner.wait(loaded)))


def test_continue_from_files(tmpdir, pier):
    directory = str(tmpdir.join('checkpoints'))
    with Runner(store=Store(directory)) as runner:
        process = runner.submit(Calibrate, station='pier')
        process.add_process_listener(Saver(runner.store))
        utils.run_until(runner.loop, lambda: is_waiting(process))
        assert runner.store.tags(process.pid) == ['waiting']
        assert runner.shut_down() == 1

    with Runner(store=Store(directory)) as runner:
        loaded = runner.resume(process.pid, 'waiting')
        assert loaded.state == ProcessState.WAITING
        runner.call(loaded.resume, 1.5)
        assert runner.wait(loaded) == {'offset': 0.5}
        runner.store.forget(process.pid)
        assert runner.store.tags(process.pid) == []
