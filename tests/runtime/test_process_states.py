"""The states of a process and the commands of its steps: what follows what, and what of it is saved."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, Iterator, List

import pytest

import plumpy_compat as plumpy
from plumpy_compat import process_states
from plumpy_compat.checkpoints import exception_text
from plumpy_compat.exceptions import InvalidStateError, PersistenceError
from plumpy_compat.persistence import Bundle, LoadSaveContext, Savable
from plumpy_compat.process_states import (
    Continue,
    Created,
    Excepted,
    Finished,
    Kill,
    Killed,
    Pause,
    ProcessState,
    Running,
    Stop,
    Wait,
    Waiting,
)
from tests.runtime import helpers
from tests.runtime.helpers import own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


class Steps(plumpy.Process):
    """Runs what it's given as its first step."""

    first: Callable[..., Any] = lambda self: None

    def run(self) -> Any:
        return self.first()

    def second(self, *args: Any, **kwargs: Any) -> Any:
        return args, kwargs


def process_of(first: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Steps, "first", first)
    return Steps(pid=1)


def finish(process: Any) -> Any:
    """Run a process to its end, and give its state."""
    process.loop.run_until_complete(asyncio.wait_for(process.step_until_terminated(), helpers.PATIENCE))
    if not process.future().cancelled():
        process.future().exception()
    return process.state


def step(process: Any, times: int = 1) -> None:
    for _ in range(times):
        process.loop.run_until_complete(asyncio.wait_for(process.step(), helpers.PATIENCE))


# --- What a step returns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, 0, False, "", "text", [1], {"a": 1}, (), 2.5], ids=repr)
def test_any_value_is_the_result(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: value, monkeypatch)
    assert finish(process) is ProcessState.FINISHED
    assert process.result() == value
    assert process.successful() is True


@pytest.mark.parametrize(
    ("returned", "result", "successful"),
    [
        (plumpy.UnsuccessfulResult(5), 5, False),
        (plumpy.UnsuccessfulResult(), None, False),
        (Stop(6, True), 6, True),
        (Stop(7, False), 7, False),
    ],
    ids=["unsuccessful", "unsuccessful without a value", "stop", "stop without success"],
)
def test_results_may_be_unsuccessful(
    returned: Any, result: Any, successful: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = process_of(lambda self: returned, monkeypatch)
    assert finish(process) is ProcessState.FINISHED
    assert (process.result(), process.successful(), process.is_successful) == (result, successful, successful)


def test_continue_passes_all_arguments_on(monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: Continue(self.second, 1, two=2), monkeypatch)
    finish(process)
    assert process.result() == ((1,), {"two": 2})


@pytest.mark.parametrize(
    ("msg", "text"),
    [
        (None, None), ("why", "why"), ({"message": "why"}, "why"),
        ({"intent": "kill", "message": "why", "force_kill": False}, "why"), ({}, None),
    ],
    ids=repr,
)  # fmt: skip
def test_kill_ends_it_as_killed(msg: Any, text: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: Kill(msg), monkeypatch)
    assert finish(process) is ProcessState.KILLED
    assert process.killed_msg() == text
    assert process.status == (text or "")
    with pytest.raises(plumpy.KilledError):
        process.result()


def test_kill_keeps_a_message_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: Kill("why"), monkeypatch)
    finish(process)
    assert dict(process.killed_msg()) == {"intent": "kill", "message": "why", "force_kill": False}


def test_pause_runs_the_step_again_once_it_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: List[int] = []

    def first(self: Any) -> Any:
        calls.append(1)
        return Pause("why") if len(calls) == 1 else "done"

    process = process_of(first, monkeypatch)
    step(process, 2)
    assert (process.paused, process.status, process.state) == (True, "why", ProcessState.RUNNING)
    process.play()
    finish(process)
    assert (process.result(), len(calls)) == ("done", 2)


def test_pause_may_say_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: Pause(continue_fn=self.second), monkeypatch)
    step(process, 2)
    assert process.paused
    process.play()
    finish(process)
    assert process.result() == ((), {})


class Unknown(process_states.Command):
    """Nobody knows it."""


@pytest.mark.parametrize("command", [Unknown(), process_states.Command()], ids=["subclass", "base"])
def test_an_unknown_command_is_an_error(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: command, monkeypatch)
    assert finish(process) is ProcessState.EXCEPTED
    assert str(process.exception()) == "Unrecognised command"


def test_an_error_ends_it_with_the_traceback_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(self: Any) -> Any:
        raise ValueError("a")

    process = process_of(first, monkeypatch)
    assert finish(process) is ProcessState.EXCEPTED
    kind, error, trace = process._state.get_exc_info()
    assert (kind, error) == (ValueError, process.exception())
    assert trace.tb_frame.f_code.co_name == "run"
    assert trace.tb_next.tb_frame.f_code is first.__code__
    assert str(process._state) == "ProcessState.EXCEPTED(ValueError: a\n)"


def test_a_function_that_is_given_wrong_arguments_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: Continue(self.run, "too many"), monkeypatch)
    assert finish(process) is ProcessState.EXCEPTED
    assert type(process.exception()) is TypeError


# --- Coroutines ------------------------------------------------------------------------------------------------------


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


@pytest.mark.parametrize(
    ("returned", "result"),
    [(5, 5), (plumpy.UnsuccessfulResult(6), 6), (Stop(7, True), 7)],
    ids=["value", "unsuccessful", "command"],
)
def test_a_plain_function_may_return_a_coroutine(returned: Any, result: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: later(returned), monkeypatch)
    assert finish(process) is ProcessState.FINISHED
    assert process.result() == result


def test_a_generator_is_a_result_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """`asyncio.iscoroutine` says otherwise before Python 3.12."""
    process = process_of(lambda self: (one for one in "ab"), monkeypatch)
    assert finish(process) is ProcessState.FINISHED
    assert list(process.result()) == ["a", "b"]


class Async(plumpy.Process):
    async def run(self) -> Any:
        await asyncio.sleep(0)
        return Continue(self.middle)

    async def middle(self) -> Any:
        return Wait(self.last)

    async def last(self, value: Any) -> Any:
        return await later(value)


def test_steps_may_be_coroutine_functions() -> None:
    process = Async()
    step(process, 3)
    process.resume("word")
    finish(process)
    assert process.result() == "word"


def test_an_error_in_a_coroutine_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def first(self: Any) -> Any:
        await asyncio.sleep(0)
        raise KeyError("k")

    process = process_of(first, monkeypatch)
    assert finish(process) is ProcessState.EXCEPTED
    assert process.exception().args == ("k",)


def test_a_future_is_a_result_like_any_other(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    future = loop.create_future()
    process = process_of(lambda self: future, monkeypatch)
    finish(process)
    assert process.result() is future


# --- Waiting ---------------------------------------------------------------------------------------------------------


def waiting(monkeypatch: pytest.MonkeyPatch, command: Callable[[Any], Any] = lambda self: Wait(self.second)) -> Any:
    process = process_of(command, monkeypatch)
    step(process, 2)
    assert process.state is ProcessState.WAITING
    return process


@pytest.mark.parametrize(
    ("args", "result"), [((), ((), {})), ((None,), ((None,), {})), ((5,), ((5,), {}))], ids=["nothing", "None", "value"]
)
def test_a_wait_gives_its_value_to_what_goes_on(args: Any, result: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = waiting(monkeypatch)
    process.resume(*args)
    finish(process)
    assert process.result() == result


@pytest.mark.parametrize(("args", "result"), [((), None), ((5,), 5)], ids=["nothing", "value"])
def test_a_wait_without_a_continuation_is_the_last_step(
    args: Any, result: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = waiting(monkeypatch, lambda self: Wait())
    process.resume(*args)
    assert finish(process) is ProcessState.FINISHED
    assert (process.result(), process.successful()) == (result, True)


def test_only_the_first_resume_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    process = waiting(monkeypatch)
    process.resume(1)
    process.resume(2)
    finish(process)
    assert process.result() == ((1,), {})


def test_it_may_be_resumed_while_it_is_awaited(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    process = waiting(monkeypatch)

    async def main() -> None:
        task = asyncio.ensure_future(process.step_until_terminated())
        await helpers.until(lambda: process._state._waiting_future is not None)
        process.resume(1)
        process.resume(2)
        await asyncio.wait_for(task, helpers.PATIENCE)

    loop.run_until_complete(main())
    assert process.result() == ((1,), {})


def test_it_may_be_resumed_as_soon_as_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    class Eager(plumpy.ProcessListener):
        def on_process_waiting(self, process: Any) -> None:
            process.resume("at once")

    process = process_of(lambda self: Wait(self.second), monkeypatch)
    process.add_process_listener(Eager())
    finish(process)
    assert process.result() == (("at once",), {})


def test_a_resume_during_a_pause_counts_once_it_is_played(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    process = waiting(monkeypatch)
    process.pause()
    process.resume("word")

    async def main() -> None:
        task = asyncio.ensure_future(process.step_until_terminated())
        await helpers.turns()
        assert process.state is ProcessState.WAITING
        process.play()
        await asyncio.wait_for(task, helpers.PATIENCE)

    loop.run_until_complete(main())
    assert process.result() == (("word",), {})


def test_a_pause_and_a_resume_in_the_same_moment_lose_nothing(
    monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop
) -> None:
    process = waiting(monkeypatch)

    async def main() -> None:
        task = asyncio.ensure_future(process.step_until_terminated())
        await helpers.until(lambda: process._state._waiting_future is not None)
        paused = process.pause()
        process.resume("word")
        await asyncio.wait_for(asyncio.ensure_future(paused), helpers.PATIENCE)
        assert process.paused
        process.play()
        await asyncio.wait_for(task, helpers.PATIENCE)

    loop.run_until_complete(main())
    assert process.result() == (("word",), {})


@pytest.mark.parametrize("steps", [0, 1, 3], ids=["created", "running", "ended"])
def test_it_can_only_be_resumed_while_it_waits(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    process = process_of(lambda self: Continue(self.second), monkeypatch)
    step(process, steps)
    with pytest.raises(plumpy.base.state_machine.EventError, match="Event resume invalid in state"):
        process.resume()


def test_a_wait_that_fails_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    process = waiting(monkeypatch)
    process._state.fail(ValueError("first"))
    process._state.fail(ValueError("second"))
    assert finish(process) is ProcessState.EXCEPTED
    assert process.exception().args == ("first",)


def test_a_wait_says_what_for(monkeypatch: pytest.MonkeyPatch) -> None:
    process = waiting(monkeypatch, lambda self: Wait(self.second, "a word", {"data": 1}))
    assert (str(process._state), process._state.data) == ("ProcessState.WAITING (a word)", {"data": 1})
    assert str(waiting(monkeypatch)._state) == "ProcessState.WAITING"


def test_interrupting_twice_counts_once(monkeypatch: pytest.MonkeyPatch, loop: asyncio.AbstractEventLoop) -> None:
    state = Waiting(Steps(), None)
    state.interrupt(plumpy.PauseInterruption("before it waits"))

    async def main() -> None:
        task = asyncio.ensure_future(state.execute())
        await helpers.turns()
        state.interrupt(plumpy.PauseInterruption("first"))
        state.interrupt(plumpy.KillInterruption("second"))
        with pytest.raises(plumpy.PauseInterruption, match="first"):
            await task

    loop.run_until_complete(main())


# --- Interruptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [plumpy.KillInterruption, plumpy.PauseInterruption])
@pytest.mark.parametrize(("msg", "text"), [(None, ""), ("why", "why"), ({"message": "why"}, "why")], ids=repr)
def test_interruptions_have_a_message_and_a_text(kind: Any, msg: Any, text: str) -> None:
    interruption = kind(msg)
    assert str(interruption) == text
    assert interruption.msg["message"] == (text or None)
    assert interruption.msg["intent"] == ("kill" if kind is plumpy.KillInterruption else "pause")
    assert isinstance(interruption, plumpy.Interruption)


def test_a_forced_kill_says_so() -> None:
    assert plumpy.KillInterruption("x", force_kill=True).force_kill is True
    assert plumpy.KillInterruption("x", force_kill=True).msg["force_kill"] is True
    assert plumpy.KillInterruption("x").force_kill is False


def test_a_step_may_raise_an_interruption_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(self: Any) -> Any:
        raise plumpy.KillInterruption("enough")

    process = process_of(first, monkeypatch)
    assert finish(process) is ProcessState.KILLED
    assert process.killed_msg() == "enough"


# --- States by themselves --------------------------------------------------------------------------------------------

ALLOWED = {
    Created: {"running", "killed", "excepted"},
    Running: {"running", "waiting", "finished", "killed", "excepted"},
    Waiting: {"running", "waiting", "finished", "killed", "excepted"},
    Finished: set(),
    Excepted: set(),
    Killed: set(),
}


@pytest.mark.parametrize("kind", ALLOWED, ids=lambda one: one.__name__)
def test_what_may_follow_a_state(kind: Any) -> None:
    assert {label.value for label in kind.ALLOWED} == ALLOWED[kind]
    assert kind.LABEL.value == kind.__name__.lower()
    assert kind.is_terminal() is not bool(ALLOWED[kind])


@pytest.mark.parametrize("kind", [Created, Running])
def test_a_state_that_calls_something_must_have_it(kind: Any) -> None:
    with pytest.raises(TypeError, match="run_fn must be a function"):
        kind(Steps(), None)


def test_a_state_knows_its_process() -> None:
    process: Any = Steps()
    assert process._state.process is process
    assert process._state.interrupt(plumpy.PauseInterruption()) is None


def test_a_running_state_says_whether_its_function_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: List[bool] = []
    process = process_of(lambda self: seen.append(self._state._running), monkeypatch)
    step(process)
    state = process._state
    step(process)
    assert (seen, state._running) == ([True], False)


def test_an_error_without_an_exception_has_a_text() -> None:
    state = Excepted(Steps(), None)
    assert state.get_exc_info() == (None, None, None)
    assert str(state).startswith("ProcessState.EXCEPTED(None")


def test_outcomes_need_the_right_state() -> None:
    process = Steps()
    for question in (process.result, process.successful, process.killed_msg):
        with pytest.raises(InvalidStateError):
            question()


class OwnRunning(Running):
    """Takes the place of a state."""


class WithOwnState(plumpy.Process):
    @classmethod
    def get_state_classes(cls) -> Dict[Any, Any]:
        return {**super().get_state_classes(), ProcessState.RUNNING: OwnRunning}


def test_a_process_may_have_states_of_its_own() -> None:
    process = WithOwnState()
    step(process)
    assert type(process._state) is OwnRunning
    assert type(Bundle(process).unbundle()._state) is OwnRunning
    assert finish(process) is ProcessState.FINISHED


class NeedyState(Running):
    def __init__(self, process: Any, *args: Any, **kwargs: Any) -> None:
        raise KeyError("in the constructor")


class WithNeedyState(plumpy.Process):
    @classmethod
    def get_state_classes(cls) -> Dict[Any, Any]:
        return {**super().get_state_classes(), ProcessState.RUNNING: NeedyState}


def test_a_key_error_of_a_states_constructor_is_not_taken_for_an_unknown_label() -> None:
    process = WithNeedyState()
    with pytest.raises(KeyError, match="in the constructor"):
        process.create_state(ProcessState.RUNNING, process.run)
    with pytest.raises(ValueError, match="nowhere is not a valid state"):
        process.create_state("nowhere")


# --- What is saved ---------------------------------------------------------------------------------------------------


def saved(state: Any) -> Any:
    out = state.save()
    meta = out.pop("!!meta")
    assert meta["class_name"] == f"plumpy.process_states:{type(state).__name__}"
    return out


@pytest.mark.parametrize(
    ("make", "layout"),
    [
        (lambda p: Created(p, p.second, 1, k=2), {"args": (1,), "kwargs": {"k": 2}, "run_fn": "second"}),
        (lambda p: Running(p, p.second, 1, k=2), {"args": (1,), "kwargs": {"k": 2}, "run_fn": "second"}),
        (lambda p: Waiting(p, p.second, "m", [1]), {"msg": "m", "data": [1], "DONE_CALLBACK": "second"}),
        (lambda p: Waiting(p, None), {"msg": None, "data": None}),
        (lambda p: Finished(p, [1], False), {"result": [1], "successful": False}),
        (lambda p: Killed(p, None), {"msg": None}),
        (lambda p: Killed(p, "why"), {"msg": {"intent": "kill", "message": "why", "force_kill": False}}),
        (lambda p: Excepted(p, ValueError("a")), {"ex_value": "!!python/object/apply:builtins.ValueError\n- a\n"}),
    ],
    ids=["created", "running", "waiting", "waiting for nothing", "finished", "killed", "killed: text", "excepted"],
)  # fmt: skip
def test_the_layouts_are_plumpys(make: Callable[[Any], Any], layout: Any) -> None:
    process = Steps()
    state = make(process)
    assert saved(state) == {"in_state": False, **layout}
    loaded = Savable.load(state.save(), LoadSaveContext(process=process))
    assert saved(loaded) == saved(state)
    assert loaded.process is process


def test_the_message_of_a_killed_process_is_saved_as_a_plain_dictionary() -> None:
    assert type(Killed(Steps(), "why").save()["msg"]) is dict


def test_a_text_that_plumpy_saved_becomes_a_message() -> None:
    state = Killed(Steps(), None).save()
    state["msg"] = "why"
    loaded = Savable.load(state, LoadSaveContext(process=Steps()))
    assert loaded.msg == "why"
    assert loaded.msg["message"] == "why"


COMMANDS = [
    (lambda p: Kill("why"), {"msg": {"intent": "kill", "message": "why", "force_kill": False}}),
    (lambda p: Kill(), {"msg": None}),
    (lambda p: Pause("why", p.second), {"msg": "why", "continue_fn": "second"}),
    (lambda p: Pause(), {"msg": None}),
    (lambda p: Wait(p.second, "m", [1]), {"msg": "m", "data": [1], "continue_fn": "second"}),
    (lambda p: Wait(), {"msg": None, "data": None}),
    (lambda p: Stop([1], False), {"result": [1], "successful": False}),
    (lambda p: Continue(p.second, 1, k=2), {"args": (1,), "kwargs": {"k": 2}, "continue_fn": "second"}),
]


@pytest.mark.parametrize(("make", "layout"), COMMANDS)
def test_commands_are_saved_whole(make: Callable[[Any], Any], layout: Any) -> None:
    process = Steps()
    command = make(process)
    assert saved(command) == layout
    loaded = Savable.load(command.save(), LoadSaveContext(process=process))
    assert type(loaded) is type(command)
    assert saved(loaded) == layout
    assert getattr(loaded, "continue_fn", None) == getattr(command, "continue_fn", None)


@pytest.mark.parametrize(("make", "layout"), [one for one in COMMANDS if "continue_fn" in one[1]])
def test_a_continuation_that_is_gone_is_told(make: Callable[[Any], Any], layout: Any) -> None:
    process = Steps()
    state = make(process).save()
    state["continue_fn"] = "gone"
    with pytest.raises(PersistenceError, match="goes on with 'gone', which Steps hasn't got"):
        Savable.load(state, LoadSaveContext(process=process))


@pytest.mark.parametrize("name", ["os.system", f"{__name__}.later", "later"])
def test_a_continuation_is_a_method_of_the_process(name: str) -> None:
    """plumpy looks for a function first, anywhere: a checkpoint could have any program run."""
    state = Continue(Steps().second).save()
    state["continue_fn"] = name
    with pytest.raises(PersistenceError, match="which Steps hasn't got"):
        Savable.load(state, LoadSaveContext(process=Steps()))


def test_a_stop_that_plumpy_saved_is_successful() -> None:
    state = Stop(1, False).save()
    del state["successful"]
    assert Savable.load(state, LoadSaveContext(process=Steps())).successful is True


class SavedAtTheEnd(plumpy.Process):
    """Saves itself when its step has run, but has led nowhere yet."""

    ran = 0

    def run(self) -> Any:
        type(self).ran += 1
        return Continue(self.second, 1)

    def second(self, value: int) -> int:
        return value

    def on_exit_running(self) -> None:
        super().on_exit_running()
        if self.ran == 1 and not hasattr(self, "bundle"):
            self.bundle = Bundle(self)


def test_a_step_that_has_run_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SavedAtTheEnd, "ran", 0)
    process = SavedAtTheEnd(pid=1)
    finish(process)
    assert process.bundle["_state"]["command"]["continue_fn"] == "second"
    loaded = process.bundle.unbundle()
    finish(loaded)
    assert loaded.result() == 1
    assert SavedAtTheEnd.ran == 1


def test_the_error_of_a_state_must_be_allowed() -> None:
    class LocalError(Exception):
        """Nobody can import it."""

    state = Excepted(Steps(), LocalError("a")).save()
    with pytest.raises(PersistenceError, match="not allowed"):
        Savable.load(state, LoadSaveContext(process=Steps()))
    assert "LocalError" in exception_text.dump_exception(LocalError("a"))
