"""The module `test_utils` of plumpy 0.14."""

from __future__ import annotations

import inspect
from typing import Any, Dict, List

import pytest

import plumpy_compat.legacy as plumpy
from plumpy_compat.legacy import loops, test_utils

NAMES = """
    DummyProcess DummyProcessWithOutput DummyProcessWithDynamicOutput KeyboardInterruptProc ProcessWithCheckpoint
    WaitForSignalProcess MissingOutputProcess NewLoopProcess EventsTesterMixin ProcessEventsTester ThreeSteps
    TwoCheckpointNoFinish ExceptionProcess ThreeStepsThenException ProcessListenerTester Saver ProcessSaver
    TestPersister Snapshot TEST_PROCESSES TEST_WAITING_PROCESSES TEST_EXCEPTION_PROCESSES
    check_process_against_snapshots compare_dictionaries compare_value run_until_waiting run_until_paused
""".split()

# What 0.14.5 has for each: the outputs, and the events that happen when it's run to its end.
RUNS = [
    ("DummyProcess", {}, None),
    ("DummyProcessWithOutput", {"default": 5}, None),
    ("DummyProcessWithDynamicOutput", {"default": 5}, None),
    ("ProcessWithCheckpoint", {}, None),
    ("NewLoopProcess", {}, None),
    ("ProcessEventsTester", {"test": 5}, ["create", "run", "finish"]),
    ("ThreeSteps", {"test": 5}, ["create", "run", "run", "run", "finish"]),
    ("TwoCheckpointNoFinish", {"test": 5}, ["create", "run", "run", "finish"]),
]


@pytest.fixture(autouse=True)
def loop():
    loop = loops.new()
    loops.make_current(loop)
    yield loops.asyncio_loop(loop)
    loop.close()
    loops.clear_current()


def test_each_name_is_there() -> None:
    assert [name for name in NAMES if not hasattr(test_utils, name)] == []


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("check_process_against_snapshots", "(loop, proc_class, snapshots)"),
        ("compare_dictionaries", "(bundle1, bundle2, dict1, dict2, exclude)"),
        ("compare_value", "(bundle1, bundle2, v1, v2, exclude)"),
        ("run_until_paused", "(proc)"),
        ("run_until_waiting", "(proc)"),
        ("ProcessListenerTester", "(process, expected_events)"),
        ("ProcessSaver", "(proc)"),
        ("Snapshot", "(state, bundle, outputs)"),
    ],
)
def test_the_parameters_have_their_names(name: str, parameters: str) -> None:
    given = inspect.signature(getattr(test_utils, name)).parameters
    assert f"({', '.join(given)})" == parameters


@pytest.mark.parametrize(("name", "outputs", "events"), RUNS, ids=[one[0] for one in RUNS])
def test_the_processes_finish_with_these_outputs_and_events(name: str, outputs: Any, events: Any) -> None:
    process = getattr(test_utils, name)()
    process.execute()
    assert process.successful()
    assert process.outputs == outputs
    assert getattr(process, "called_events", None) == events


def test_events_are_those_of_the_last_process() -> None:
    test_utils.ThreeSteps().execute()
    process = test_utils.ThreeSteps()
    assert test_utils.ThreeSteps.called_events == ["create"]
    process.called("stop")
    assert process.called_events == ["create", "stop"]
    with pytest.raises(AssertionError, match="Unknown event 'other'"):
        process.called("other")
    assert test_utils.EventsTesterMixin.called_events == []


@pytest.mark.parametrize("name", ["ExceptionProcess", "ThreeStepsThenException"])
def test_two_fail_after_their_output(name: str) -> None:
    process = getattr(test_utils, name)()
    with pytest.raises(RuntimeError, match="Great scott!"):
        process.execute()
    assert process.outputs == {"test": 5}


def test_one_lacks_an_output() -> None:
    process = test_utils.MissingOutputProcess()
    process.execute()
    assert not process.successful()


def test_one_is_interrupted() -> None:
    with pytest.raises(KeyboardInterrupt):
        test_utils.KeyboardInterruptProc().execute()


def test_one_has_a_loop_of_its_own(loop: Any) -> None:
    process = test_utils.NewLoopProcess()
    assert process._loop is not loop
    process.execute()
    process._loop.close()


def test_a_waiting_process_can_be_waited_for(loop: Any) -> None:
    process = test_utils.WaitForSignalProcess()
    waiting = test_utils.run_until_waiting(process)
    assert not waiting.done()
    done = process.step_until_terminated()
    loop.run_until_complete(wait(waiting))
    assert process.state == plumpy.ProcessState.WAITING
    assert test_utils.run_until_waiting(process).result() is True
    process.resume()
    loop.run_until_complete(wait(done))
    assert process.successful()


async def wait(future: Any) -> Any:
    return await future


def test_a_paused_process_can_be_waited_for() -> None:
    process = test_utils.DummyProcess()
    paused = test_utils.run_until_paused(process)
    assert not paused.done()
    process.pause()
    assert paused.result() is True
    assert test_utils.run_until_paused(process).result() is True
    process.play()
    process.pause()  # nobody listens any more


def test_a_listener_collects_events() -> None:
    process = test_utils.DummyProcessWithOutput()
    tester = test_utils.ProcessListenerTester(process, ("running", "output_emitted", "finished"))
    process.execute()
    assert tester.called == tester.expected_events


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("ThreeSteps", [{}, {}, {"test": 5}, {"test": 5}, {"test": 5}]),
        ("ExceptionProcess", [{}, {}, {"test": 5}]),
        ("ProcessWithCheckpoint", [{}, {}, {}, {}]),
    ],
)
def test_a_saver_saves_each_state_and_what_is_loaded_comes_to_the_same(name: str, outputs: Any, loop: Any) -> None:
    process_class = getattr(test_utils, name)
    saver = test_utils.ProcessSaver(process_class())
    saver.capture()
    assert saver.outputs == outputs
    assert [one.get(plumpy.BundleKeys.OUTPUTS, {}) for one in saver.snapshots] == outputs
    assert test_utils.check_process_against_snapshots(loop, process_class, saver.snapshots) is True
    saver.snapshots[-1]["_pid"] = "another"
    with pytest.raises(ValueError, match="another != "):
        test_utils.check_process_against_snapshots(loop, process_class, saver.snapshots)


def test_a_saver_saves_where_a_process_waits(loop: Any) -> None:
    process = test_utils.WaitForSignalProcess()
    saver = test_utils.ProcessSaver(process)
    process.step_until_terminated()
    loop.run_until_complete(wait(test_utils.run_until_waiting(process)))
    process.kill()
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert "Waiting" in saver.snapshots[1]["_state"]["!!meta"]["class_name"]


EQUAL: List[Any] = [(1, 1), ({"a": 1}, {"a": 1, "b": 2}), ([1], [1, 2]), (ValueError("x"), ValueError("x"))]
DIFFERENT: List[Any] = [(1, 2), ({"a": {"b": 1}}, {"a": {"b": 2}}), ([1, 2], [1, 3]), ([1], (1,)), (1, "1")]


@pytest.mark.parametrize("pair", EQUAL)
def test_values_are_equal_in_what_both_have(pair: Any) -> None:
    test_utils.compare_value({}, {}, *pair)


@pytest.mark.parametrize("pair", DIFFERENT)
def test_a_difference_is_an_error(pair: Any) -> None:
    with pytest.raises(ValueError, match="Dict values mismatch"):
        test_utils.compare_value({}, {}, *pair)


def test_keys_can_be_left_out() -> None:
    one: Dict[str, Any] = {"a": 1, "b": {"a": 3}}
    other: Dict[str, Any] = {"a": 2, "b": {"a": 4}}
    test_utils.compare_dictionaries(one, other, one, other, exclude={"a"})


def test_the_persister_only_tries(monkeypatch: Any) -> None:
    persister = test_utils.TestPersister()
    process = test_utils.DummyProcess()
    persister.save_checkpoint(process, "tag")

    def fail(*_: Any) -> None:
        raise ValueError("not to be saved")

    monkeypatch.setattr(test_utils.DummyProcess, "save_instance_state", fail)
    with pytest.raises(ValueError, match="not to be saved"):
        persister.save_checkpoint(process)
    for call in (persister.load_checkpoint, persister.get_process_checkpoints, persister.delete_checkpoint):
        with pytest.raises(NotImplementedError):
            call(1)
    with pytest.raises(NotImplementedError):
        persister.get_checkpoints()
    with pytest.raises(NotImplementedError):
        persister.delete_process_checkpoints(1)
