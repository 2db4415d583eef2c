"""Processes and helpers for tests (in plumpy 0.14)."""

from __future__ import annotations

import collections
import importlib
import sys
from typing import Any, ClassVar, Collection, Dict, Iterable, List, Mapping, Optional, Sequence, Set

from plumpy_compat.base.state_machine import StateEventHook
from plumpy_compat.legacy import loops, persistence, process_states, processes
from plumpy_compat.legacy.futures import Future
from plumpy_compat.legacy.warn import warn
from plumpy_compat.process_listener import ProcessListener
from plumpy_compat.process_states import ProcessState
from plumpy_compat.utils import PID_TYPE

if __name__ != "plumpy.test_utils":  # see the end
    warn("the module `plumpy.test_utils`", "PLM101")

#: A saved process, with the state that it was in and its outputs.
Snapshot = collections.namedtuple("Snapshot", ["state", "bundle", "outputs"])


class DummyProcess(processes.Process):
    """Does nothing."""

    EXPECTED_STATE_SEQUENCE: ClassVar[List[ProcessState]] = [
        ProcessState.CREATED,
        ProcessState.RUNNING,
        ProcessState.FINISHED,
    ]
    EXPECTED_OUTPUTS: ClassVar[Dict[str, Any]] = {}


class DummyProcessWithOutput(processes.Process):
    """Has one output, which its spec has a port for."""

    EXPECTED_OUTPUTS: ClassVar[Dict[str, Any]] = {"default": 5}

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.inputs.dynamic = True
        spec.outputs.dynamic = True
        spec.output("default", valid_type=int)

    def run(self, **kwargs: Any) -> Any:
        self.out("default", 5)


class DummyProcessWithDynamicOutput(processes.Process):
    """Has one output, which its spec has no port for."""

    EXPECTED_OUTPUTS: ClassVar[Dict[str, Any]] = {"default": 5}

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.inputs.dynamic = True
        spec.outputs.dynamic = True

    def run(self, **kwargs: Any) -> Any:
        self.out("default", 5)


class KeyboardInterruptProc(processes.Process):
    """Is interrupted from the keyboard."""

    def run(self) -> Any:
        raise KeyboardInterrupt


class ProcessWithCheckpoint(processes.Process):
    """Has two steps."""

    def run(self) -> Any:
        return process_states.Continue(self.last_step)

    def last_step(self) -> Any:
        """Do nothing."""


class WaitForSignalProcess(processes.Process):
    """Waits until it's resumed."""

    def run(self) -> Any:
        return process_states.Wait(self.last_step)

    def last_step(self) -> Any:
        """Do nothing."""


class MissingOutputProcess(processes.Process):
    """Lacks an output that its spec requires."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.output("default", required=True)


class NewLoopProcess(processes.Process):
    """Has a loop of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["loop"] = loops.new()
        super().__init__(*args, **kwargs)


class EventsTesterMixin:
    """Has the class remember which events happened since the last process of it was made."""

    EVENTS = ("create", "run", "finish", "emitted", "wait", "resume", "stop", "terminate")

    called_events: ClassVar[List[str]] = []

    @classmethod
    def called(cls, event: str) -> None:
        """Remember an event.

        :raises AssertionError: if there is no such event.
        """
        if event not in cls.EVENTS:
            raise AssertionError(f"Unknown event '{event}'")
        cls.called_events.append(event)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        type(self).called_events = []
        super().__init__(*args, **kwargs)

    def on_create(self) -> None:
        super().on_create()  # type: ignore[misc]
        self.called("create")

    def on_run(self) -> None:
        super().on_run()  # type: ignore[misc]
        self.called("run")

    def _on_output_emitted(self, output_port: str, value: Any, dynamic: bool) -> None:
        self.called("emitted")

    def on_wait(self, wait_on: Any) -> None:
        super().on_wait(wait_on)  # type: ignore[misc]
        self.called("wait")

    def on_resume(self) -> None:
        self.called("resume")

    def on_finish(self, result: Any, successful: bool) -> None:
        super().on_finish(result, successful)  # type: ignore[misc]
        self.called("finish")

    def on_stop(self) -> None:
        self.called("stop")

    def on_terminate(self) -> None:
        self.called("terminate")


class ProcessEventsTester(EventsTesterMixin, processes.Process):
    """Has one output, and remembers events."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True

    def run(self) -> Any:
        self.out("test", 5)


class ThreeSteps(ProcessEventsTester):
    """Has three steps."""

    EXPECTED_OUTPUTS: ClassVar[Dict[str, Any]] = {"test": 5}

    _last_checkpoint: Any = None

    def run(self) -> Any:
        self.out("test", 5)
        return process_states.Continue(self.middle_step)

    def middle_step(self) -> Any:
        return process_states.Continue(self.last_step)

    def last_step(self) -> Any:
        """Do nothing."""


class TwoCheckpointNoFinish(ProcessEventsTester):
    """Has two steps."""

    def run(self) -> Any:
        self.out("test", 5)
        return process_states.Continue(self.middle_step)

    def middle_step(self) -> Any:
        """Do nothing."""


class ExceptionProcess(ProcessEventsTester):
    """Fails after it had an output."""

    def run(self) -> Any:
        self.out("test", 5)
        raise RuntimeError("Great scott!")


class ThreeStepsThenException(ThreeSteps):
    """Fails in its third step."""

    def last_step(self) -> Any:
        raise RuntimeError("Great scott!")


class ProcessListenerTester(ProcessListener):
    """Collects the names of the events of a process, to be compared with those expected."""

    def __init__(self, process: Any, expected_events: Iterable[str]) -> None:
        super().__init__()
        self.expected_events: Set[str] = set(expected_events)
        self.called: Set[str] = set()
        process.add_process_listener(self)

    def on_process_created(self, process: Any) -> None:
        self.called.add("created")

    def on_process_running(self, process: Any) -> None:
        self.called.add("running")

    def on_process_waiting(self, process: Any) -> None:
        self.called.add("waiting")

    def on_process_paused(self, process: Any) -> None:
        self.called.add("paused")

    def on_output_emitted(self, process: Any, output_port: str, value: Any, dynamic: bool) -> None:
        self.called.add("output_emitted")

    def on_process_finished(self, process: Any, outputs: Any) -> None:
        self.called.add("finished")

    def on_process_excepted(self, process: Any, reason: str) -> None:
        self.called.add("excepted")

    def on_process_killed(self, process: Any, msg: Any) -> None:
        self.called.add("killed")


class Saver:
    """Collects checkpoints of processes, and their outputs at that time."""

    def __init__(self) -> None:
        self.snapshots: List[persistence.Bundle] = []
        self.outputs: List[Dict[str, Any]] = []

    def _save(self, p: Any) -> None:
        self.snapshots.append(persistence.Bundle(p))
        self.outputs.append(dict(p.outputs))


class ProcessSaver(ProcessListener, Saver):
    """Saves a process whenever it enters a state, or is paused."""

    def __init__(self, proc: Any) -> None:
        ProcessListener.__init__(self)
        Saver.__init__(self)
        self.process = proc
        proc.add_process_listener(self)

    def capture(self) -> None:
        """Save the process as it is, and run it to its end, whether that's an error or not."""
        self._save(self.process)
        try:
            self.process.execute()
        except Exception:
            if not self.process.has_terminated():
                raise

    def on_process_running(self, process: Any) -> None:
        self._save(process)

    # plumpy gives no data; with 0.14 this was an error that only got logged.
    def on_process_waiting(self, process: Any, data: Any = None) -> None:
        self._save(process)

    def on_process_paused(self, process: Any) -> None:
        self._save(process)

    def on_process_finished(self, process: Any, outputs: Any) -> None:
        self._save(process)

    def on_process_excepted(self, process: Any, reason: str) -> None:
        self._save(process)

    def on_process_killed(self, process: Any, msg: Any) -> None:
        self._save(process)


class TestPersister(persistence.Persister):
    """Tests whether processes can be saved; it keeps nothing."""

    __test__ = False  # pytest is not to collect it

    def save_checkpoint(self, process: Any, tag: Optional[str] = None) -> None:
        persistence.Bundle(process)

    def load_checkpoint(self, pid: PID_TYPE, tag: Optional[str] = None) -> Any:
        raise NotImplementedError

    def get_checkpoints(self) -> Any:
        raise NotImplementedError

    def get_process_checkpoints(self, pid: PID_TYPE) -> Any:
        raise NotImplementedError

    def delete_checkpoint(self, pid: PID_TYPE, tag: Optional[str] = None) -> None:
        raise NotImplementedError

    def delete_process_checkpoints(self, pid: PID_TYPE) -> None:
        raise NotImplementedError


TEST_PROCESSES = [DummyProcess, DummyProcessWithOutput, DummyProcessWithDynamicOutput, ThreeSteps]

TEST_WAITING_PROCESSES = [
    ProcessWithCheckpoint,
    TwoCheckpointNoFinish,
    ExceptionProcess,
    ProcessEventsTester,
    ThreeStepsThenException,
]

TEST_EXCEPTION_PROCESSES = [ExceptionProcess, ThreeStepsThenException, MissingOutputProcess]


def check_process_against_snapshots(loop: Any, proc_class: Any, snapshots: Sequence[Any]) -> bool:
    """Load each checkpoint, run it, and compare what is saved on the way with the other checkpoints.

    :raises ValueError: if they differ.
    """
    for bundle in snapshots:
        saver = ProcessSaver(bundle.unbundle(persistence.LoadSaveContext(loop=loop)))
        saver.capture()
        for ours, theirs in zip(reversed(saver.snapshots), reversed(snapshots)):
            compare_dictionaries(theirs, ours, theirs, ours)
    return True


def compare_dictionaries(
    bundle1: Any, bundle2: Any, dict1: Mapping[Any, Any], dict2: Mapping[Any, Any], exclude: Optional[Set[Any]] = None
) -> None:
    """Compare what both dictionaries have.

    :raises ValueError: if that differs.
    """
    for key in dict1:
        if key in dict2 and key not in (exclude or ()):
            compare_value(bundle1, bundle2, dict1[key], dict2[key], exclude)


def compare_value(bundle1: Any, bundle2: Any, v1: Any, v2: Any, exclude: Optional[Collection[Any]] = None) -> None:
    """Compare two values; dictionaries and lists part by part.

    :raises ValueError: if they differ.
    """
    if isinstance(v1, Mapping) and isinstance(v2, Mapping):
        compare_dictionaries(bundle1, bundle2, v1, v2, None if exclude is None else set(exclude))
    elif isinstance(v1, list) and isinstance(v2, list):
        for part1, part2 in zip(v1, v2):
            compare_value(bundle1, bundle2, part1, part2, exclude)
    elif _comparable(v1) != _comparable(v2):
        raise ValueError(f"Dict values mismatch for :\n{v1} != {v2}")


def _comparable(value: Any) -> Any:
    """An error as its class and text, as two that are loaded from one checkpoint are not equal."""
    return (type(value), str(value)) if isinstance(value, BaseException) else value


def run_until_waiting(proc: Any) -> Future:
    """Give a future that is done when the process waits."""
    reached = Future()
    if proc.state == ProcessState.WAITING:
        reached.set_result(True)
        return reached

    def on_entered(*_: Any) -> None:
        if proc.state == ProcessState.WAITING:
            proc.remove_state_event_callback(StateEventHook.ENTERED_STATE, on_entered)
            reached.set_result(True)

    proc.add_state_event_callback(StateEventHook.ENTERED_STATE, on_entered)
    return reached


def run_until_paused(proc: Any) -> Future:
    """Give a future that is done when the process is paused."""
    reached = Future()
    if proc.paused:
        reached.set_result(True)
        return reached

    listener = _PauseListener(reached)
    proc.add_process_listener(listener)
    return reached


class _PauseListener(ProcessListener):
    """Tells when a process is paused, once."""

    def __init__(self, reached: Future) -> None:
        super().__init__()
        self._reached = reached

    def on_process_paused(self, process: Any) -> None:
        process.remove_process_listener(self)
        self._reached.set_result(True)


# By its name this file looks like a test to pytest, which then loads it as `plumpy.test_utils` by itself.
if __name__ == "plumpy.test_utils":
    sys.modules[__name__] = importlib.import_module("plumpy_compat.legacy.test_utils")
