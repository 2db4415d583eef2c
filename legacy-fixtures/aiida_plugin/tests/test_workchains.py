# -*- coding: utf-8 -*-
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import copy

import plumpy
import pytest
import six
from plumpy import ProcessState

from quarry.engine import ToContext, WorkChain
from quarry.workflows import Halve, Sums

from .helpers import run_until


@pytest.mark.parametrize('numbers, total, rounds', [
    ([5], 5, 0),
    ([1, 2], 3, 1),
    ([1, 2, 3, 4, 5], 15, 3),
])
@pytest.mark.usefixtures('computer')
def test_sums(runner, numbers, total, rounds):
    assert runner.run(Sums, numbers=numbers) == {'sum': total, 'rounds': rounds}


def test_sums_that_cannot_be_submitted(runner):
    # There is no computer.
    process = runner.submit(Sums, numbers=[1, 2])
    run_until(runner.loop, process.has_terminated)
    assert process.state == ProcessState.EXCEPTED
    assert 'there is no computer localhost' in process.node.exception
    with pytest.raises(ValueError):
        process.result()


def test_the_status_while_it_waits(runner, computer):
    computer.open_interval = 20
    process = runner.submit(Sums, numbers=[1, 2, 3, 4])
    run_until(runner.loop, lambda: process.state == ProcessState.WAITING)
    assert process.node.process_status == 'Waiting for job_0, job_1'
    process.kill()
    run_until(runner.loop, process.has_terminated)
    assert process.killed()
    assert process.node.process_status is None


@pytest.mark.parametrize('number, outputs', [
    (12, {'odd': 3, 'asked': 2}),
    (7, {'odd': 7, 'asked': 0}),
    (0, {'odd': 0, 'asked': 0, 'note': u'zero is even for ever'}),
])
def test_halve(runner, number, outputs):
    assert runner.run(Halve, number=number) == outputs


def test_return(runner):
    outputs, node = runner.run_get_node(Halve, number=-2)
    assert outputs == {}
    assert node.exit_status == 410


def test_a_coroutine_that_fails(runner):
    process = runner.submit(Halve, number=64, patience=3)
    with six.assertRaisesRegex(_Case(), ValueError, 'patience'):
        runner.run_until_complete(process.future())
    assert process.ctx.number == 8


def test_a_checkpoint_between_steps(runner):
    bundles = []

    class Saver(plumpy.ProcessListener):

        def on_process_running(self, process):
            # A bundle shares its values with the process.
            bundles.append(copy.deepcopy(plumpy.Bundle(process)))

    process = runner.submit(Halve, number=4)
    process.add_process_listener(Saver())
    outputs = runner.run_until_complete(process.future())
    for bundle in bundles[:3]:
        loaded = bundle.unbundle(plumpy.LoadSaveContext(runner=runner))
        runner.loop.add_callback(loaded.step_until_terminated)
        assert runner.run_until_complete(loaded.future()) == outputs == {'odd': 1, 'asked': 2}


class Waiter(WorkChain):
    """Waits for a future that it's told."""

    told = None

    @classmethod
    def define(cls, spec):
        super(Waiter, cls).define(spec)
        spec.outline(cls.wait, cls.tell)

    def wait(self):
        type(self).told = plumpy.Future()
        return ToContext(answer=self.told)

    def tell(self):
        self.out('answer', self.ctx.answer)


def test_a_future_that_is_told(runner):
    process = runner.submit(Waiter)
    run_until(runner.loop, lambda: process.state == ProcessState.WAITING)
    assert process.node.process_status == 'Waiting for answer'
    Waiter.told.set_result(42)
    assert runner.run_until_complete(process.future()) == {'answer': 42}


def test_a_failure_that_is_told(runner):
    process = runner.submit(Waiter)
    run_until(runner.loop, lambda: process.state == ProcessState.WAITING)
    runner.loop.call_later(0.001, Waiter.told.set_exception, KeyError('nobody knows'))
    with pytest.raises(KeyError):
        runner.run_until_complete(process.future())
    assert process.node.process_state == 'excepted'


def test_the_outline():
    outline = Halve.get_description()['spec']['outline']
    assert [step if isinstance(step, str) else '...' for step in outline] == ['setup', '...', 'finish']


class _Case(object):
    """What six needs of a test case."""

    @staticmethod
    def assertRaisesRegex(error, pattern):  # pylint: disable=invalid-name
        return pytest.raises(error, match=pattern)

    assertRaisesRegexp = assertRaisesRegex
