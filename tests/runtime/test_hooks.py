"""What is called when a process changes, in which order, and what becomes of errors in what is called.

The orders in the tables are those of plumpy 0.15 and 0.26 (section 1.16.4 of the specification); the same scenarios
were run on plumpy 0.26.1.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Callable, Dict, List, Optional

import kiwipy
import pytest

import plumpy_compat as plumpy
from plumpy_compat import Process, ProcessListener, ProcessState
from tests.runtime.helpers import LoopErrors, ended, looked_at, own_loop, run, turns, until

HOOKS = """
    on_create on_exit_running on_exit_waiting on_run on_running on_wait on_waiting on_pausing on_paused on_playing
    on_finish on_finished on_except on_excepted on_kill on_killed on_terminated on_close init
    on_entering on_entered on_exiting on_output_emitting on_output_emitted
""".split()
CHECKED = HOOKS[: HOOKS.index("on_entering")]
EVENTS = "running waiting paused played finished excepted killed".split()


def short(argument: Any) -> str:
    """An argument of a hook, as the tables have it."""
    if isinstance(argument, plumpy.process_states.State):
        return argument.label.name
    if isinstance(argument, dict):
        return repr(argument["message"]) if "message" in argument else "outputs"
    if isinstance(argument, tuple):
        return f"{argument[0].__name__}, {argument[1]!r}, {type(argument[2]).__name__}"
    return repr(argument)


class Recorded(Process):
    """Writes down each hook with its arguments, before it does what it does."""

    log: List[str]

    def __init__(self, log: List[str], **kwargs: Any) -> None:
        self.log = log
        super().__init__(**kwargs)

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True


def _recording(name: str) -> Callable[..., None]:
    def hook(self: Recorded, *args: Any) -> None:
        self.log.append(f"{name}({', '.join(map(short, args))})")
        getattr(super(Recorded, self), name)(*args)

    hook.__name__ = name
    return hook


for _name in HOOKS:
    setattr(Recorded, _name, _recording(_name))


class Listener(ProcessListener):
    def __init__(self, log: List[str]) -> None:
        super().__init__()
        self.log = log

    def on_output_emitted(self, process: Any, output_port: str, value: Any, dynamic: bool) -> None:
        self.log.append(f"listener output_emitted({output_port!r}, {value!r}, {dynamic!r})")


def _told(event: str) -> Callable[..., None]:
    def told(self: Listener, process: Any, *args: Any) -> None:
        self.log.append(f"listener {event}({', '.join(map(short, args))})")

    return told


for _name in EVENTS:
    setattr(Listener, f"on_process_{_name}", _told(_name))


class Broadcasts(kiwipy.LocalCommunicator):
    def __init__(self, log: List[str]) -> None:
        super().__init__()
        self.log = log

    def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> Any:
        assert (body, sender) == (None, "pid")
        self.log.append(f"broadcast {subject}")
        return super().broadcast_send(body, sender, subject, correlation_id)


# --- The processes ----------------------------------------------------------------------------------------------------


class Finishes(Recorded):
    def run(self) -> int:
        return 7


class HasOutputs(Recorded):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.output("a", valid_type=int)

    def run(self) -> None:
        self.out("a", 1)
        self.out("b.c", 2)


class Unsuccessful(Recorded):
    def run(self) -> Any:
        return plumpy.UnsuccessfulResult(3)


class LacksOutput(Recorded):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.output("needed", valid_type=int)

    def run(self) -> int:
        return 5


class Waits(Recorded):
    def run(self) -> Any:
        return plumpy.Wait(self.then, "msg", "data")

    def then(self, value: Any = None) -> Any:
        return value


class Continues(Recorded):
    def run(self) -> Any:
        return plumpy.Continue(self.then, 1)

    def then(self, value: Any) -> Any:
        return value


class Fails(Recorded):
    def run(self) -> None:
        raise ValueError("x")


class KillsByCommand(Recorded):
    def run(self) -> Any:
        return plumpy.Kill(plumpy.MessageBuilder.kill("text"))


class AsksToBeKilled(Recorded):
    def run(self) -> Any:
        self.kill("asked")
        return plumpy.Continue(self.run)


class AsksToBePaused(Recorded):
    def run(self) -> Any:
        self.pause("lull")
        return plumpy.Continue(self.then)

    def then(self) -> int:
        return 1


class PausesAtLast(Recorded):
    def run(self) -> int:
        self.pause("lull")
        return 1


# --- What is done with them -------------------------------------------------------------------------------------------


async def resume(process: Any) -> None:
    process.resume("v")


async def kill(process: Any) -> None:
    assert await answer(process.kill("why")) is True


async def fail(process: Any) -> None:
    process.fail(ValueError("y"))


async def pause(process: Any) -> None:
    assert await answer(process.pause("lull")) is True
    assert process.status == "lull"


async def play(process: Any) -> None:
    assert process.play() is True
    assert process.status is None


async def answer(given: Any) -> Any:
    return await given if asyncio.isfuture(given) else given


# --- The tables -------------------------------------------------------------------------------------------------------

CREATION = """
    on_entering(CREATED)
    on_create()
    on_entered(None)
    broadcast state_changed.None.created
    init()
"""
START = """
    on_exiting()
    on_entering(RUNNING)
    on_run()
    on_entered(CREATED)
    on_running()
    listener running()
    broadcast state_changed.created.running
"""
WAIT = """
    on_exiting()
    on_exit_running()
    on_entering(WAITING)
    on_wait('data')
    on_entered(RUNNING)
    on_waiting()
    listener waiting()
    broadcast state_changed.running.waiting
"""
NEXT_STEP = """
    on_exiting()
    on_exit_running()
    on_entering(RUNNING)
    on_run()
    on_entered(RUNNING)
    on_running()
    listener running()
    broadcast state_changed.running.running
"""
RESUMED = """
    on_exiting()
    on_exit_waiting()
    on_entering(RUNNING)
    on_run()
    on_entered(WAITING)
    on_running()
    listener running()
    broadcast state_changed.waiting.running
"""
PAUSED = """
    on_pausing('lull')
    on_paused('lull')
    listener paused()
"""
PLAYED = """
    on_playing()
    listener played()
"""
CLOSING = """
    on_terminated()
    on_close()
"""


def finished(result: str, successful: bool = True) -> str:
    return f"""
        on_exiting()
        on_exit_running()
        on_entering(FINISHED)
        on_finish({result}, {successful})
        on_entered(RUNNING)
        on_finished()
        listener finished(outputs)
        broadcast state_changed.running.finished
        {CLOSING}
    """


def killed(text: str, before: ProcessState) -> str:
    leaving = {"RUNNING": "on_exit_running()", "WAITING": "on_exit_waiting()", "CREATED": ""}[before.name]
    return f"""
        on_exiting()
        {leaving}
        on_entering(KILLED)
        on_kill({text!r})
        on_entered({before.name})
        on_killed()
        listener killed({text!r})
        broadcast state_changed.{before.value}.killed
        {CLOSING}
    """


def excepted(text: str, before: ProcessState, trace: str) -> str:
    return f"""
        on_exiting()
        on_exit_{before.value}()
        on_entering(EXCEPTED)
        on_except(ValueError, ValueError({text!r}), {trace})
        on_entered({before.name})
        on_excepted()
        listener excepted({text!r})
        broadcast state_changed.{before.value}.excepted
        {CLOSING}
    """


RUNNING, WAITING, CREATED = ProcessState.RUNNING, ProcessState.WAITING, ProcessState.CREATED

ORDERS = {
    "finishes": (Finishes, [], START + finished("7")),
    "has outputs": (
        HasOutputs,
        [],
        START
        + """
            on_output_emitting('a', 1)
            on_output_emitted('a', 1, False)
            listener output_emitted('a', 1, False)
            on_output_emitting('b.c', 2)
            on_output_emitted('b.c', 2, True)
            listener output_emitted('b.c', 2, True)
        """
        + finished("None"),
    ),
    "finishes without success": (Unsuccessful, [], START + finished("3", False)),
    "lacks an output": (
        LacksOutput,
        [],
        START
        + """
            on_exiting()
            on_exit_running()
            on_entering(FINISHED)
            on_finish(5, True)
        """
        + finished("5", False),
    ),
    "waits and is resumed": (Waits, [resume], START + WAIT + RESUMED + finished("'v'")),
    "waits and is killed": (Waits, [kill], START + WAIT + killed("why", WAITING)),
    "waits and is failed": (Waits, [fail], START + WAIT + excepted("y", WAITING, "NoneType")),
    "waits, is paused, played and resumed": (
        Waits,
        [pause, play, resume],
        START + WAIT + PAUSED + PLAYED + RESUMED + finished("'v'"),
    ),
    "waits, is paused and killed": (Waits, [pause, kill], START + WAIT + PAUSED + killed("why", WAITING)),
    "continues": (Continues, [], START + NEXT_STEP + finished("1")),
    "fails": (Fails, [], START + excepted("x", RUNNING, "traceback")),
    "is killed by its command": (KillsByCommand, [], START + killed("text", RUNNING)),
    "asks to be killed": (AsksToBeKilled, [], START + killed("asked", RUNNING)),
    "asks to be paused": (AsksToBePaused, [play], START + NEXT_STEP + PAUSED + PLAYED + finished("1")),
    "asks to be paused in its last step": (PausesAtLast, [], START + finished("1") + PAUSED),
}

# What is done with a process before it is run.
EARLY_ORDERS = {
    "is killed": ([kill], killed("why", CREATED)),
    "is paused and played": ([pause, play], PAUSED + PLAYED),
    "is paused and killed": ([pause, kill], PAUSED + killed("why", CREATED)),
}


def lines(order: str) -> List[str]:
    return [line.strip() for line in order.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_hooks(name: str):
    process_class, actions, order = ORDERS[name]

    async def scenario() -> List[str]:
        log: List[str] = []
        process = looked_at(process_class(log, pid="pid", communicator=Broadcasts(log)))
        process.add_process_listener(Listener(log))
        task = asyncio.ensure_future(process.step_until_terminated())
        for action in actions:
            await turns(30)
            await action(process)
        await task
        return log

    assert run(scenario()) == lines(CREATION + order)


@pytest.mark.parametrize("name", EARLY_ORDERS)
def test_the_order_of_hooks_before_the_start(name: str):
    actions, order = EARLY_ORDERS[name]

    async def scenario() -> List[str]:
        log: List[str] = []
        process = Finishes(log, pid="pid", communicator=Broadcasts(log))
        process.add_process_listener(Listener(log))
        for action in actions:
            await action(process)
        return log

    assert run(scenario()) == lines(CREATION + order)


def test_state_event_callbacks_come_after_the_hooks():
    log: List[str] = []
    with own_loop():
        process = Finishes(log)
        for hook in plumpy.base.state_machine.StateEventHook:
            process.add_state_event_callback(hook, lambda _, at, state: log.append(f"{at.name} {short(state)}"))
        log.clear()
        process.execute()
    callbacks = [line for line in log if line.isupper() or "_STATE " in line]
    assert callbacks == [
        "EXITING_STATE RUNNING",
        "ENTERING_STATE RUNNING",
        "ENTERED_STATE CREATED",
        "EXITING_STATE FINISHED",
        "ENTERING_STATE FINISHED",
        "ENTERED_STATE RUNNING",
    ]
    assert log.index("ENTERED_STATE RUNNING") == log.index("on_finished()") + 1


def test_the_state_is_the_old_one_on_entering_and_the_new_one_on_entered():
    states: List[Any] = []

    class Watched(Process):
        def on_entering(self, state: Any) -> None:
            states.append(("entering", state.label, self.state))
            super().on_entering(state)

        def on_entered(self, from_state: Any) -> None:
            states.append(("entered", from_state and from_state.label, self.state))
            super().on_entered(from_state)

    with own_loop():
        Watched().execute()
    assert states == [
        ("entering", CREATED, None),
        ("entered", None, CREATED),
        ("entering", RUNNING, CREATED),
        ("entered", CREATED, RUNNING),
        ("entering", ProcessState.FINISHED, RUNNING),
        ("entered", RUNNING, ProcessState.FINISHED),
    ]


# --- Hooks must chain up ----------------------------------------------------------------------------------------------

# What makes each hook be called, and whether its end is still what it would have been: once the end was announced,
# a hook that fails is only logged.
FORGETTABLE = {
    "on_run": (Finishes, [], ProcessState.EXCEPTED),
    "on_running": (Finishes, [], ProcessState.EXCEPTED),
    "on_exit_running": (Finishes, [], ProcessState.EXCEPTED),
    "on_wait": (Waits, [], ProcessState.EXCEPTED),
    "on_waiting": (Waits, [], ProcessState.EXCEPTED),
    "on_exit_waiting": (Waits, [resume], ProcessState.EXCEPTED),
    "on_finish": (Finishes, [], ProcessState.EXCEPTED),
    "on_finished": (Finishes, [], ProcessState.EXCEPTED),
    "on_kill": (KillsByCommand, [], ProcessState.EXCEPTED),
    "on_killed": (KillsByCommand, [], ProcessState.EXCEPTED),
    "on_except": (Fails, [], ProcessState.EXCEPTED),
    "on_excepted": (Fails, [], ProcessState.EXCEPTED),
    "on_terminated": (Finishes, [], ProcessState.FINISHED),
    "on_close": (Finishes, [], ProcessState.FINISHED),
}


def broken(process_class: Any, name: str, hook: Callable[..., None]) -> Any:
    """A class like the one given, with one more hook on top."""
    hook.__name__ = name
    return type(process_class.__name__, (process_class,), {name: hook})


async def run_to_the_end(process: Any, actions: List[Any]) -> None:
    looked_at(process)
    task = asyncio.ensure_future(process.step_until_terminated())
    for action in actions:
        await turns(30)
        await action(process)
    await task


@pytest.mark.parametrize("name", FORGETTABLE)
def test_a_hook_that_forgets_its_super_is_told_and_the_process_ends(name: str, caplog: pytest.LogCaptureFixture):
    process_class, actions, end = FORGETTABLE[name]

    async def scenario() -> Any:
        process = broken(process_class, name, lambda self, *_: None)([])
        await run_to_the_end(process, actions)
        return process, await ended(process)

    process, state = run(scenario())
    assert state is end
    text = f"Base '{name}' was not called from"
    if name in ("on_except", "on_excepted"):  # the error that it ends with is the first one
        assert isinstance(process.exception(), ValueError)
        assert text in caplog.text
    elif end is ProcessState.EXCEPTED:
        assert text in str(process.exception())
    else:
        assert text in caplog.text
    assert process._closed


@pytest.mark.parametrize("name", ["on_create", "init"])
def test_a_hook_of_the_creation_that_forgets_its_super_is_told_to_the_creator(name: str):
    with own_loop(), pytest.raises(AssertionError, match=f"Base '{name}' was not called from"):
        broken(Finishes, name, lambda self: None)([])


@pytest.mark.parametrize("name", ["on_pausing", "on_paused"])
def test_a_hook_of_a_pause_that_forgets_its_super_is_told_to_who_asked(name: str):
    async def scenario() -> None:
        process = broken(Waits, name, lambda self, *_: None)([])
        with pytest.raises(AssertionError, match=f"Base '{name}' was not called from"):
            process.pause()
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is WAITING)
        await turns()
        with pytest.raises(AssertionError, match=f"Base '{name}' was not called from"):
            await process.pause()
        process.resume()
        await task
        assert process.is_successful

    run(scenario())


def test_playing_without_super_is_told_to_who_asked():
    with own_loop():
        process = broken(Finishes, "on_playing", lambda self: None)([])
        process.pause()
        with pytest.raises(AssertionError, match="Base 'on_playing' was not called from"):
            process.play()


# --- Hooks that raise -------------------------------------------------------------------------------------------------


class Boom(Exception):
    pass


def raises_before(name: str) -> Callable[..., None]:
    def hook(self: Any, *args: Any) -> None:
        raise Boom(name)

    return hook


def raises_after(name: str) -> Callable[..., None]:
    def hook(self: Any, *args: Any) -> None:
        getattr(super(type(self), self), name)(*args)
        raise Boom(name)

    return hook


# What a process does, whose hook fails before or after it has chained up.
FAILING = {
    **{name: case[:2] for name, case in FORGETTABLE.items()},
    "on_entering": (Finishes, []),
    "on_exiting": (Finishes, []),
}


@pytest.mark.parametrize("when", [raises_before, raises_after])
@pytest.mark.parametrize("name", FAILING)
def test_a_process_whose_hook_raises_ends_and_answers_everybody(
    name: str, when: Callable[..., Any], caplog: pytest.LogCaptureFixture
):
    process_class, actions = FAILING[name]
    announced = name in ("on_terminated", "on_close") or (
        when is raises_after and name in ("on_finished", "on_killed", "on_excepted")
    )

    async def scenario() -> Any:
        errors = LoopErrors()
        if name == "on_entering":
            hook = when(name)

            def after_creation(self: Any, state: Any) -> None:
                if state.label is CREATED:
                    super(type(self), self).on_entering(state)
                else:
                    hook(self, state)

            process = broken(process_class, name, after_creation)([])
        else:
            process = broken(process_class, name, when(name))([])
        cleaned: List[int] = []
        process.add_cleanup(lambda: cleaned.append(1))
        future = process.future()
        await run_to_the_end(process, actions)
        await asyncio.wait([future])
        assert process.future() is future
        await turns()
        return process, future, cleaned, errors.contexts

    process, future, cleaned, errors = run(scenario())
    assert process.has_terminated()
    assert process._closed
    assert cleaned == [1]
    assert errors == []
    if announced:
        # The end had been announced, and is what it was.
        assert process.state is not ProcessState.EXCEPTED or isinstance(process.exception(), ValueError)
        assert f"Boom: {name}" in caplog.text
    else:
        assert process.is_excepted
        first = ValueError if name in ("on_except", "on_excepted") else Boom
        assert isinstance(process.exception(), first)
        assert future.exception() is process.exception()


@pytest.mark.parametrize("name", ["on_create", "on_entering", "on_entered", "init"])
def test_a_hook_that_raises_while_the_process_is_created_raises_to_the_creator(name: str):
    with own_loop(), pytest.raises(Boom):
        broken(Finishes, name, raises_before(name))([])


@pytest.mark.parametrize("when", [raises_before, raises_after])
@pytest.mark.parametrize("end", ["finished", "killed", "excepted"])
def test_on_entered_raises_at_the_end(end: str, when: Callable[..., Any], caplog: pytest.LogCaptureFixture):
    """Defect 4.2: in plumpy the future said that the process had finished, and then that it had excepted."""
    process_class = {"finished": Finishes, "killed": KillsByCommand, "excepted": Fails}[end]
    hook = when("on_entered")

    def at_the_end(self: Any, from_state: Any) -> None:
        if self.has_terminated():
            hook(self, from_state)
        else:
            super(type(self), self).on_entered(from_state)

    async def scenario() -> Any:
        process = broken(process_class, "on_entered", at_the_end)([])
        future, outcomes = process.future(), []
        future.add_done_callback(lambda done: outcomes.append(done.exception()))
        await process.step_until_terminated()
        await turns()
        return process, outcomes

    process, outcomes = run(scenario())
    assert process._closed
    assert len(outcomes) == 1
    if when is raises_after:  # it was announced
        assert process.state.value == end
        assert "Boom" in caplog.text
    else:
        assert process.is_excepted
        assert outcomes == [process.exception()]
    assert isinstance(
        outcomes[0], {"finished": type(None), "killed": plumpy.KilledError, "excepted": ValueError}[end]
    ) or (when is raises_before and isinstance(outcomes[0], Boom))


def test_a_hook_that_fails_while_the_process_excepts_keeps_the_first_error(caplog: pytest.LogCaptureFixture):
    class Unlucky(Fails):
        def on_exit_running(self) -> None:
            raise Boom("while leaving")

        def on_except(self, exc_info: Any) -> None:
            raise Boom("while excepting")

    async def scenario() -> Any:
        process = Unlucky([])
        await process.step_until_terminated()
        return process

    process = run(scenario())
    assert process.is_excepted
    assert isinstance(process.exception(), ValueError)
    assert isinstance(process.future().exception(), ValueError)
    assert "while leaving" in caplog.text
    assert "while excepting" in caplog.text
    assert process._state.in_state
    assert process._closed


@pytest.mark.parametrize("name", ["on_kill", "on_exit_waiting", "on_entering"])
def test_a_kill_that_fails_is_answered(name: str):
    """Who asked isn't left waiting: the process has ended, but wasn't killed."""

    async def scenario() -> Any:
        process = broken(Waits, name, raises_before(name))([]) if name != "on_entering" else None
        if process is None:

            def refuses(self: Any, state: Any) -> None:
                if state.label is ProcessState.KILLED:
                    raise Boom("on_entering")
                super(type(self), self).on_entering(state)

            process = broken(Waits, name, refuses)([])
        looked_at(process)
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is WAITING)
        await turns()
        told = await answer(process.kill())
        await task
        return process, told

    process, told = run(scenario())
    assert told is False
    assert process.is_excepted
    assert isinstance(process.exception(), Boom)


@pytest.mark.parametrize("name", ["on_output_emitting", "on_output_emitted"])
def test_a_hook_of_an_output_that_raises_fails_the_step(name: str):
    async def scenario() -> Any:
        process = looked_at(broken(HasOutputs, name, raises_before(name))([]))
        await process.step_until_terminated()
        return process

    assert isinstance(run(scenario()).exception(), Boom)


class Unsaveable(Process):
    def save_instance_state(self, out_state: Any, save_context: Any) -> None:
        raise Boom("can't be saved")


# --- Listeners, cleanups, subscribers ---------------------------------------------------------------------------------


class BadListener(ProcessListener):
    pass


for _name in [f"on_process_{event}" for event in EVENTS] + ["on_output_emitted"]:
    setattr(BadListener, _name, lambda self, *_: (_ for _ in ()).throw(Boom("listener")))


@pytest.mark.parametrize(
    ("process_class", "actions", "end"),
    [
        (HasOutputs, [], ProcessState.FINISHED),
        (Waits, [pause, play, resume], ProcessState.FINISHED),
        (Waits, [kill], ProcessState.KILLED),
        (Waits, [fail], ProcessState.EXCEPTED),
    ],
)
def test_a_listener_that_raises_changes_nothing(
    process_class: Any, actions: List[Any], end: ProcessState, caplog: pytest.LogCaptureFixture
):
    async def scenario() -> Any:
        process = process_class([])
        process.add_process_listener(BadListener())
        await run_to_the_end(process, actions)
        return process.state

    assert run(scenario()) is end
    assert "produced an exception" in caplog.text
    assert "Traceback" in caplog.text


def test_a_failing_save_in_a_listener_does_not_blame_a_hook(caplog: pytest.LogCaptureFixture):
    """Defect 4.2: in plumpy the process excepts with "Base 'on_running' was not called"."""

    class Saves(ProcessListener):
        def on_process_running(self, process: Any) -> None:
            plumpy.Bundle(process)

    with own_loop():
        process = Unsaveable()
        process.add_process_listener(Saves())
        process.execute()
    assert process.is_successful
    assert "can't be saved" in caplog.text


def test_a_listener_may_go_while_it_is_told():
    told: List[str] = []

    class Once(ProcessListener):
        def on_process_running(self, process: Any) -> None:
            told.append("running")
            process.remove_process_listener(self)

        def on_process_finished(self, process: Any, outputs: Any) -> None:
            told.append("finished")

    with own_loop():
        process = Finishes([])
        process.add_process_listener(Once())
        process.execute()
    assert told == ["running"]


def test_a_process_can_not_listen_to_itself():
    with own_loop():
        process = Finishes([])
        with pytest.raises(AssertionError, match=r"^Cannot listen to yourself!$"):
            process.add_process_listener(process)
        with pytest.raises(AssertionError, match=r"^Listener is not of right type$"):
            process.add_process_listener(object())


def test_removing_a_listener_that_was_never_added_is_no_error():
    with own_loop():
        process = Finishes([])
        process.remove_process_listener(BadListener())
        process.execute()
    assert process.is_successful


def test_cleanups_are_called_in_order_whatever_one_of_them_does(caplog: pytest.LogCaptureFixture):
    order: List[int] = []

    def bad() -> None:
        order.append(2)
        raise Boom("cleanup")

    with own_loop():
        process = Finishes([])
        for cleanup in (lambda: order.append(1), bad, lambda: order.append(3)):
            process.add_cleanup(cleanup)
        process.close()
        process.close()
    assert order == [1, 2, 3]
    assert "cleanup" in caplog.text


def test_no_cleanup_can_be_added_to_a_closed_process():
    with own_loop():
        process = Finishes([])
        process.close()
        with pytest.raises(plumpy.ClosedError, match=r"^Process is closed$"):
            process.add_cleanup(print)


def test_a_subscriber_of_broadcasts_that_raises_changes_nothing(caplog: pytest.LogCaptureFixture):
    def subscriber(_comm: Any, body: Any, sender: Any, subject: Any, correlation_id: Any) -> None:
        raise Boom(subject)

    communicator = kiwipy.LocalCommunicator()
    communicator.add_broadcast_subscriber(subscriber)
    with own_loop():
        process = Finishes([], communicator=communicator)
        process.execute()
    assert process.is_successful
    assert "state_changed.running.finished" in caplog.text


def test_hooks_still_run_and_are_told_when_a_process_was_closed_early():
    """A closed process that is killed afterwards tells who waits for it, but no broadcast leaves."""
    log: List[str] = []
    with own_loop() as loop:
        process = Finishes(log, pid="pid", communicator=Broadcasts(log))
        process.add_process_listener(Listener(log))
        process.close()
        log.clear()
        assert process.kill("late") is True
        assert process.future().done()
        loop.run_until_complete(turns(2))
    assert log == lines(
        """
        on_exiting()
        on_entering(KILLED)
        on_kill('late')
        on_entered(CREATED)
        on_killed()
        listener killed('late')
        on_terminated()
        """
    )


# --- What hooks do ----------------------------------------------------------------------------------------------------


def test_wrong_inputs_are_told_to_the_creator():
    class Picky(Process):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.input("number", valid_type=int)

    with own_loop():
        with pytest.raises(ValueError, match="required value was not provided for 'number'"):
            Picky()
        with pytest.raises(ValueError, match="'number' is not of the right type"):
            Picky({"number": "3"})
        assert Picky({"number": 3}).inputs.number == 3


def test_a_kill_without_text_empties_the_status():
    with own_loop():
        process = Finishes([])
        process.set_status("busy")
        process.kill()
        assert process.status == ""
        assert process.killed_msg()["message"] is None


def test_a_pause_without_text_keeps_the_status():
    with own_loop():
        process = Finishes([])
        process.set_status("busy")
        process.pause()
        assert process.status == "busy"
        process.set_status("other")
        process.play()
        assert process.status == "busy"


def test_what_a_hook_does_to_the_process_comes_after_the_transition():
    """`kill` and `pause` in a hook are carried out once the transition is over, and are answered."""
    answers: Dict[str, Any] = {}

    class Hasty(Waits):
        def on_waiting(self) -> None:
            super().on_waiting()
            answers["pause"] = self.pause("hook")

        def on_paused(self, msg: Optional[str] = None) -> None:
            super().on_paused(msg)
            answers["state"] = self.state

    async def scenario() -> None:
        process = Hasty([])
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.paused)
        assert await answer(answers["pause"]) is True
        assert answers["state"] is WAITING
        process.play()
        process.resume()
        await task
        assert process.is_successful

    run(scenario())


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("name", ["on_run", "on_running", "on_exit_running", "on_waiting", "on_finish"])
def test_a_kill_in_a_hook(name: str, force: bool):
    asked: List[Any] = []

    def hook(self: Any, *args: Any) -> None:
        getattr(super(type(self), self), name)(*args)
        if not asked:
            asked.append(self.kill("from a hook", force_kill=force))

    async def scenario() -> Any:
        process = broken(Waits, name, hook)([])
        task = asyncio.ensure_future(process.step_until_terminated())
        if name == "on_finish":
            await until(lambda: process.state is WAITING)
            await turns()
            process.resume()
        await task
        assert not asked[0].done() or isinstance(asked[0].result(), bool)
        return process.state, await asked[0]

    state, told = run(scenario())
    if name == "on_finish":  # it came too late
        assert (state, told) == (ProcessState.FINISHED, False)
    else:
        assert (state, told) == (ProcessState.KILLED, True)


def test_an_answer_to_a_kill_in_a_hook_may_be_withdrawn():
    asked: List[Any] = []

    class Undecided(Waits):
        def on_waiting(self) -> None:
            super().on_waiting()
            asked.append(self.kill())
            asked[0].cancel()

    async def scenario() -> None:
        process = Undecided([])
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is WAITING)
        await turns()
        assert process.state is WAITING
        process.resume()
        await task
        assert process.is_successful

    run(scenario())


class WaitsInHook(Process):
    """Has a hook that waits for something: meanwhile it's in the middle of a transition, and others have turns."""

    def on_running(self) -> None:
        super().on_running()
        self.awaited = self.loop.create_future()
        plumpy.sync_await(self.awaited)

    def run(self) -> Any:
        return plumpy.Continue(self.then)

    def then(self) -> str:
        return "end"


async def within_the_hook(process: Any) -> Any:
    task = asyncio.ensure_future(process.step_until_terminated())
    await until(lambda: process.state is RUNNING)
    assert process._transitioning
    return task


async def let_hooks_go_on(process: Any, task: Any) -> None:
    while not task.done():
        if not process.awaited.done():
            process.awaited.set_result(None)
        await asyncio.sleep(0)


@pytest.mark.parametrize("force", [False, True])
def test_a_kill_while_a_hook_waits_is_carried_out_before_the_next_step(force: bool):
    async def scenario() -> None:
        process = WaitsInHook()
        task = await within_the_hook(process)
        killing = process.kill("why", force_kill=force)
        assert process.kill("again") is killing
        await turns()
        assert not killing.done()
        process.awaited.set_result(None)
        assert await killing is True
        await task
        assert process.killed_msg() == "why"

    run(scenario())


def test_a_pause_while_a_hook_waits_is_carried_out_before_the_next_step():
    async def scenario() -> None:
        process = WaitsInHook()
        task = await within_the_hook(process)
        pausing = process.pause("lull")
        process.awaited.set_result(None)
        assert await pausing is True
        await turns()
        assert (process.state, process.status) == (RUNNING, "lull")
        process.play()
        await let_hooks_go_on(process, task)
        assert process.result() == "end"

    run(scenario())


def test_cancelling_the_future_while_a_hook_waits_kills():
    async def scenario() -> None:
        process = WaitsInHook()
        task = await within_the_hook(process)
        process.future().cancel()
        await turns()
        process.awaited.set_result(None)
        await task
        assert process.killed()

    run(scenario())


def test_failing_a_process_while_a_hook_waits_is_refused():
    async def scenario() -> None:
        process = WaitsInHook()
        task = await within_the_hook(process)
        with pytest.raises(AssertionError, match="when already transitioning state"):
            process.fail(ValueError("too early"))
        await let_hooks_go_on(process, task)
        assert process.result() == "end"

    run(scenario())


def test_a_callback_that_fails_while_a_hook_waits_fails_the_process_afterwards():
    def fails() -> None:
        raise ValueError("from the callback")

    class WaitsThen(WaitsInHook):
        async def run(self) -> None:
            await self.loop.create_future()

    async def scenario() -> None:
        errors = LoopErrors()
        process = looked_at(WaitsThen())
        task = await within_the_hook(process)
        process.call_soon(fails)
        await turns()
        assert not process.has_terminated()
        process.awaited.set_result(None)
        await task
        assert str(process.exception()) == "from the callback"
        assert errors.contexts == []

    run(scenario())


def test_cancelling_the_task_while_a_hook_waits_leaves_the_process_to_be_run_again():
    async def scenario() -> None:
        process = WaitsInHook()
        task = await within_the_hook(process)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert process.state is RUNNING
        assert process._state.in_state
        assert not process._transitioning
        again = asyncio.ensure_future(process.step_until_terminated())
        await asyncio.sleep(0)
        await let_hooks_go_on(process, again)
        assert process.result() == "end"

    run(scenario())


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_kill_in_a_hook_of_the_creation(withdrawn: bool):
    class KillsItself(Process):
        def on_create(self) -> None:
            super().on_create()
            self.asked = self.kill("not wanted")
            if withdrawn:
                self.asked.cancel()

    async def scenario() -> None:
        process = KillsItself()
        assert process.state is CREATED
        await turns(2)
        if withdrawn:
            assert process.state is CREATED
        else:
            assert await process.asked is True
            assert process.killed_msg() == "not wanted"

    run(scenario())


@pytest.mark.parametrize("does", ["play", "kill", "fail", "pause"])
def test_a_listener_may_do_something_when_it_is_told_of_a_pause(does: str):
    class Acts(ProcessListener):
        def on_process_paused(self, process: Any) -> None:
            getattr(process, does)(*([ValueError("x")] if does == "fail" else []))

    async def scenario() -> Any:
        process = looked_at(Waits([]))
        process.add_process_listener(Acts())
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is WAITING)
        await turns()
        assert isinstance(await process.pause("lull"), bool)
        await turns()
        if does == "play":
            assert not process.paused
            assert process.status is None
            process.resume()
        elif does == "pause":
            assert process.paused
            process.play()
            process.resume()
        await task
        assert not process.paused
        return process.state

    expected = {"kill": ProcessState.KILLED, "fail": ProcessState.EXCEPTED}.get(does, ProcessState.FINISHED)
    assert run(scenario()) is expected


def test_a_hook_may_run_a_process():
    class Runs(Process):
        def on_running(self) -> None:
            super().on_running()
            self.other = Process()
            self.other.execute()

    with own_loop():
        process = Runs()
        process.execute()
    assert process.other.is_successful


def test_the_log_of_state_changes_takes_any_pid(caplog: pytest.LogCaptureFixture):
    with own_loop(), caplog.at_level(logging.DEBUG, logger="plumpy"):
        Finishes([], pid="pid", communicator=Broadcasts([])).execute()
    assert "Process<pid>: Broadcasting state change: state_changed.created.running" in caplog.text
