# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import functools
import threading

import kiwipy
import plumpy
import pytest
from plumpy import ProcessState
from tornado import gen
from tornado.concurrent import is_future

from quarry.calculations import SumJob
from quarry.engine import Daemon, Runner, get_runner, set_runner, submit_to_daemon
from quarry.workflows import Halve

from .helpers import run_until


def is_waiting(process):
    return process.state == ProcessState.WAITING


def test_the_runner_of_the_interpreter():
    runner = get_runner()
    assert get_runner() is runner
    assert Runner().loop is not runner.loop
    set_runner(None)
    runner.close()
    assert runner.is_closed()


def test_a_process_future(runner):
    process = runner.submit(Halve, number=2)
    future = runner.get_process_future(process.pid)
    assert not future.done()
    assert runner.run_until_complete(future) is process.node
    assert runner.get_process_future(process.pid).done()


@pytest.mark.parametrize('communicate, poll', [(True, None), (False, 0.001), (True, 0.001)])
def test_wait_for(communicate, poll):
    communicator = kiwipy.LocalCommunicator() if communicate else None
    with Runner(communicator=communicator, poll_interval=poll) as runner:
        process = runner.submit(Halve, number=2)
        assert runner.wait_for(process.pid, timeout=10).outputs == {'odd': 1, 'asked': 1}


def test_wait_for_too_long(runner, computer):
    computer.open_interval = 20
    process = runner.submit(SumJob, x=1, y=2)
    with pytest.raises(RuntimeError):
        runner.wait_for(process.pid, timeout=0.01)
    assert not process.has_terminated()
    process.kill()
    run_until(runner.loop, process.has_terminated)


def test_call_on_process_finish(runner):
    process = runner.submit(Halve, number=2)
    called = []

    def finished(pk):
        called.append(pk)
        runner.stop()

    runner.call_on_process_finish(process.pid, finished)
    runner.start()
    assert called == [process.pid]


class Control(object):
    """Steers a process as somebody elsewhere would."""

    def __init__(self, runner):
        self.controller = runner.controller
        self.runner = runner

    @gen.coroutine
    def send(self, name, pid):
        answer = getattr(self.controller, name)(pid)
        while is_future(answer):
            answer = yield answer
        raise gen.Return(answer)

    @gen.coroutine
    def pause(self, pid):
        # The first answer says that it was heard, the second that it was done.
        future = yield self.controller.pause_process(pid, msg='by request')
        result = yield future
        raise gen.Return(result)

    @gen.coroutine
    def play(self, pid):
        result = yield (yield self.controller.play_process(pid))
        raise gen.Return(result)

    @gen.coroutine
    def kill(self, pid):
        raise gen.Return((yield (yield self.controller.kill_process(pid, msg='by request'))))

    def run(self, coroutine, *args):
        return self.runner.loop.run_sync(lambda: coroutine(*args))

    def status(self, pid):
        return self.run(self.send, 'get_status', pid)


def test_control(runner, computer):
    computer.open_interval = 20
    process = runner.submit(SumJob, x=1, y=2)
    run_until(runner.loop, lambda: process.state == ProcessState.WAITING)
    control = Control(runner)
    pid = str(process.pid)  # that is how processes subscribe
    assert control.status(pid)['paused'] is False
    assert control.run(control.pause, pid) is True
    assert control.status(pid)['paused'] is True
    assert (process.paused, process.status) == (True, 'by request')
    assert control.run(control.play, pid) is True
    assert not process.paused
    assert control.run(control.kill, pid) is True
    assert process.killed_msg() == 'by request'


def test_the_coroutine_controller(runner, communicator, computer):
    computer.open_interval = 20
    process = runner.submit(SumJob, x=1, y=2)
    run_until(runner.loop, lambda: process.state == ProcessState.WAITING)
    controller = plumpy.RemoteProcessController(communicator)
    pid = str(process.pid)

    @gen.coroutine
    def steer():
        paused = yield controller.pause_process(pid, msg='by request')
        played = yield controller.play_process(pid)
        killed = yield controller.kill_process(pid)
        raise gen.Return([paused, played, killed])

    assert runner.loop.run_sync(steer) == [True, True, True]
    assert process.killed()


def test_messages(runner, communicator, computer):
    computer.open_interval = 20
    processes = [runner.submit(SumJob, x=1, y=2), runner.submit(SumJob, x=3, y=4)]
    for process in processes:
        run_until(runner.loop, functools.partial(is_waiting, process))
    communicator.rpc_send(str(processes[0].pid), plumpy.PAUSE_MSG)
    run_until(runner.loop, lambda: processes[0].paused)
    assert not processes[1].paused
    communicator.rpc_send(str(processes[0].pid), plumpy.PLAY_MSG)
    run_until(runner.loop, lambda: not processes[0].paused)
    runner.controller.pause_all('a storm')
    run_until(runner.loop, lambda: all(process.paused for process in processes))
    assert [process.status for process in processes] == 2 * ['a storm']
    runner.controller.play_all()
    run_until(runner.loop, lambda: not any(process.paused for process in processes))
    runner.controller.kill_all(msg='a flood')
    run_until(runner.loop, lambda: all(process.has_terminated() for process in processes))
    assert [process.killed_msg() for process in processes] == 2 * ['a flood']


def test_broadcasts(runner, communicator):
    subjects = []

    def listen(_communicator, body, sender, subject, correlation_id):
        subjects.append((sender, subject))

    identifier = communicator.add_broadcast_subscriber(listen)
    process = runner.submit(Halve, number=1)
    runner.run_until_complete(process.future())
    communicator.remove_broadcast_subscriber(identifier)
    assert (process.pid, 'state_changed.created.running') in subjects
    assert subjects[-1] == (process.pid, 'state_changed.running.finished')


class DaemonThread(object):
    """A daemon that stops when its work is done."""

    def __init__(self, communicator, persister):
        self.daemon = Daemon(communicator, persister)

    def __enter__(self):
        return self.daemon

    def __exit__(self, *exc_info):
        self.daemon.close()

    def serve_until(self, predicate):
        loop = self.daemon.runner.loop

        def look():
            if predicate():
                self.daemon.stop()
            else:
                loop.call_later(0.001, look)

        loop.spawn_callback(look)
        self.daemon.start()


@pytest.fixture
def daemon(communicator, persister):
    thread = DaemonThread(communicator, persister)
    with thread:
        yield thread


def test_a_daemon(runner, daemon):
    node, answer = submit_to_daemon(runner, Halve, number=12)
    assert not node.is_terminated
    daemon.serve_until(lambda: node.is_terminated and daemon.daemon.beats)
    assert daemon.daemon.stopped
    assert node.outputs == {'odd': 3, 'asked': 2}
    assert answer.done()


def test_a_daemon_runs_calculation_jobs(runner, daemon, computer):
    nodes = [submit_to_daemon(runner, SumJob, x=x, y=1)[0] for x in (1, 2)]
    daemon.serve_until(lambda: all(node.is_terminated for node in nodes))
    assert [node.outputs for node in nodes] == [{'sum': 2}, {'sum': 3}]


def test_the_answer_of_a_daemon(runner, daemon):
    _, answer = submit_to_daemon(runner, Halve, number=2)

    @gen.coroutine
    def wait():
        result = yield answer
        while not isinstance(result, int):
            result = yield result
        raise gen.Return(result)

    assert daemon.daemon.runner.loop.run_sync(wait) == 1


def test_a_daemon_is_stopped_from_another_thread(daemon):
    thread = threading.Timer(0.005, daemon.daemon.stop)
    thread.start()
    daemon.daemon.start()
    thread.join()
    assert daemon.daemon.stopped


def test_a_process_that_has_no_checkpoint(daemon, runner):

    @gen.coroutine
    def ask():
        try:
            result = yield runner.controller.continue_process(12345)
            while not isinstance(result, int):
                result = yield result
        except Exception as exception:  # pylint: disable=broad-except
            raise gen.Return(type(exception).__name__)

    assert daemon.daemon.runner.loop.run_sync(ask) in ('KeyError', 'RemoteException')
