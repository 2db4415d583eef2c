"""The whole life cycle of a process, steered at random and compared with the model of tests/runtime/model.py.

`PLUMPY_COMPAT_LIFE_CYCLES` sets how many lives are tried (the default takes 10 to 20 seconds).
"""

from __future__ import annotations

import asyncio
import collections
import logging
import os
import tempfile
from typing import Any, Deque, Iterator, List, Optional

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import plumpy_compat as plumpy
from plumpy_compat import checkpoints, futures
from plumpy_compat.base.state_machine import EventError, InvalidStateError
from tests.runtime.helpers import run, turns, until
from tests.runtime.model import NOTHING, Answer, HookError, Model

checkpoints.allow(HookError)

LIVES = int(os.environ.get("PLUMPY_COMPAT_LIFE_CYCLES", "1500"))
TEXTS = st.sampled_from([None, "one", "two"])
DEEDS = st.sampled_from(
    [
        "continue", "wait", "output", "await again", "finish", "stop", "fail", "wait at last", "kill command",
        "pause command", "pause itself", "kill itself", "force-kill itself", "fail itself",
    ]
)  # fmt: skip
ARMED = st.sampled_from(
    [
        "on_run", "on_running", "on_exit_running", "on_wait", "on_waiting", "on_exit_waiting", "on_finish",
        "on_finished", "on_except", "on_excepted", "on_kill", "on_killed", "on_terminated", "on_close", "on_pausing",
        "on_paused", "on_playing", "told_running", "told_waiting", "told_paused", "told_played", "told_finished",
        "told_excepted", "told_killed",
    ]
)  # fmt: skip


# Where a life begins: not driven yet, in a step that awaits something, or waiting.
SITUATIONS = st.sampled_from([[], ["continue"], ["wait"], ["wait at last"]])
REQUESTS = st.sampled_from(["pause", "play", "pause", "play", "resume", "kill", "force-kill"])


class Stage:
    """What the process and the test share: it isn't part of the process, so it outlives its checkpoints."""

    def __init__(self) -> None:
        self.script: Deque[str] = collections.deque()
        self.gate: Optional[asyncio.Future[str]] = None
        self.armed: Optional[str] = None
        self.log: List[str] = []
        self.asked: List[Any] = []  # what the process itself asked for, to be kept until it's answered

    def call(self, hook: str) -> None:
        self.log.append(hook)
        if self.armed == hook:
            self.armed = None
            raise HookError(hook)


STAGE = Stage()


class Listener(plumpy.ProcessListener):
    """Has no state, so it's saved and loaded with the process."""


class Actor(plumpy.Process):
    """Does in each step what the script says, or waits at the gate to be told."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True

    async def run(self, *_value: Any) -> Any:
        did = STAGE.script.popleft() if STAGE.script else "await again"
        while did == "await again":
            STAGE.gate = self.loop.create_future()
            did = await STAGE.gate
        if did == "output":
            self.out("n", self.outputs.get("n", 0) + 1)
        elif did == "pause itself":
            STAGE.asked.append(self.pause(did))
        elif did == "kill itself":
            STAGE.asked.append(self.kill(did))
        elif did == "force-kill itself":
            assert self.kill(did, force_kill=True) is self.killed()
        elif did == "fail itself":
            self.fail(ValueError("itself"))
        elif did == "fail":
            raise ValueError("step")
        return {
            "finish": "done",
            "stop": plumpy.Stop("bad", False),
            "kill command": plumpy.Kill(did),
            "pause command": plumpy.process_states.Pause(did, self.run),
            "wait": plumpy.Wait(self.run),
            "wait at last": plumpy.Wait(),
        }.get(did, plumpy.Continue(self.run))


def _logged(name: str, base: Any) -> Any:
    def hook(self: Any, *args: Any) -> None:
        STAGE.call(name)
        base(self, *args)

    hook.__name__ = name.replace("told_", "on_process_")
    return hook


for _name in (
    "on_run on_running on_exit_running on_wait on_waiting on_exit_waiting on_finish on_finished on_except on_excepted"
    " on_kill on_killed on_terminated on_close on_pausing on_paused on_playing"
).split():
    setattr(Actor, _name, _logged(_name, getattr(Actor, _name)))
for _name in "running waiting paused played finished excepted killed".split():
    _event = f"on_process_{_name}"
    setattr(Listener, _event, _logged(f"told_{_name}", getattr(Listener, _event)))


def described(error: Optional[BaseException]) -> str:
    return f"{type(error).__name__}({error})"


def outcome_of(future: Any) -> Any:
    """What a future has come to, in the words of the model."""
    if not future.done():
        return NOTHING
    if future.cancelled():
        return "cancelled"
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    if isinstance(error, plumpy.KilledError):
        return error.args[0] if error.args else None
    return described(error)


class LifeCycle(RuleBasedStateMachine):
    """One process at a time: a checkpoint that is loaded takes the place of the process."""

    @initialize(pickled=st.booleans(), text=TEXTS, situation=SITUATIONS, paused=st.booleans())
    def begin(self, pickled: bool, text: Optional[str], situation: List[str], paused: bool) -> None:
        global STAGE
        STAGE = self.stage = Stage()
        self.loop = asyncio.new_event_loop()
        self.errors: List[Any] = []
        self.loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self.folder = tempfile.TemporaryDirectory() if pickled else None
        self.persister: Any = plumpy.PicklePersister(self.folder.name) if self.folder else plumpy.InMemoryPersister()
        self.saved: Optional[Model] = None
        self.answers: List[Any] = []  # pairs of a future and an Answer
        self.start(text, situation, paused)

    def start(self, text: Optional[str], situation: List[str], paused: bool) -> None:
        self.stage.script.clear()
        self.stage.log = []
        self.task: Optional[asyncio.Task[None]] = None
        self.settled = True
        self.model = Model(collections.deque())
        self.process = Actor(pid=1, loop=self.loop)
        self.process.set_status(text)
        self.model.status = text
        self.process.add_process_listener(Listener())
        for deed in situation:
            self.write_script(deed)
        if situation:
            self.drive(once=False)
            self.settle()
        if paused:
            self.pause(None)
            self.settle()

    @precondition(lambda self: self.model.terminated)
    @rule(text=TEXTS, situation=SITUATIONS, paused=st.booleans())
    def start_another(self, text: Optional[str], situation: List[str], paused: bool) -> None:
        self.leave()
        self.stage.armed = None
        self.start(text, situation, paused)

    def run_loop(self) -> None:
        """Run the loop until nothing moves any more; nothing here waits for time to pass."""
        while self.loop._ready:  # type: ignore[attr-defined]
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def both(self, ask: Any, expect: Any, refused: Any = HookError) -> None:
        """Ask the process and the model the same."""
        self.settled = False
        got = wanted = None
        try:
            got = ask()
        except refused as error:
            got = type(error)
        try:
            wanted = expect()
        except HookError as error:
            wanted = type(error)
        if isinstance(wanted, Answer):
            assert isinstance(got, futures.CancellableAction)
            self.answers.append((got, wanted))
        else:
            assert got == wanted

    # --- Rules: requests --------------------------------------------------------------------------------------------

    @rule(text=TEXTS)
    def pause(self, text: Optional[str]) -> None:
        self.both(lambda: self.process.pause(text), lambda: self.model.pause(text))

    @rule()
    def play(self) -> None:
        self.both(self.process.play, self.model.play)

    @rule(text=TEXTS, force=st.booleans())
    def kill(self, text: Optional[str], force: bool) -> None:
        self.both(lambda: self.process.kill(text, force_kill=force), lambda: self.model.kill(text, force))

    @rule()
    def fail(self) -> None:
        def expect() -> Any:
            return InvalidStateError if self.model.terminated else self.model.go("excepted", "ValueError(outside)")

        self.both(lambda: self.process.fail(ValueError("outside")), expect, InvalidStateError)

    @rule(value=st.sampled_from(["", "x"]))
    def resume(self, value: str) -> None:
        def expect() -> Any:
            if self.model.state != "waiting":
                return EventError
            if self.model.resumed is NOTHING:
                self.model.resumed = value
            return None

        self.both(lambda: self.process.resume(*filter(None, [value])), expect, EventError)

    @precondition(lambda self: not self.model.terminated)
    @rule(requests=st.lists(REQUESTS, min_size=1, max_size=4), deed=DEEDS)
    def ask_for_much_at_once(self, requests: List[str], deed: str) -> None:
        if self.at_the_gate():
            self.release(deed)
        for number, request in enumerate(requests):
            if request == "pause":
                self.pause(f"request {number}")
            elif request == "play":
                self.play()
            elif request == "resume":
                self.resume(f"value {number}")
            else:
                self.kill(f"request {number}", request == "force-kill")
        self.settle()

    @rule()
    def cancel_future(self) -> None:
        self.settle()
        expected = self.model.outcome is NOTHING
        assert self.process.future().cancel() is expected
        if expected:
            self.model.outcome = "cancelled"
            self.model.tell_waiters("cancelled")
            self.model.kill("Killed by future being cancelled")
            self.settle()

    @rule()
    def wait_for_the_end(self) -> None:
        waiter, answer = asyncio.ensure_future(self.wait(self.process.future()), loop=self.loop), Answer()
        answer.give(self.model.outcome)
        self.model.waiters.append(answer)
        self.answers.append((waiter, answer))
        self.settle()

    @staticmethod
    async def wait(future: Any) -> Any:
        return await asyncio.shield(future)

    # --- Rules: steps -----------------------------------------------------------------------------------------------

    def at_the_gate(self) -> bool:
        """Tell whether a step awaits what the test tells it to do."""
        at_all = self.model.in_step and self.model.state == "running"
        return at_all and self.stage.gate is not None and not self.stage.gate.done()

    @rule(deed=DEEDS)
    def write_script(self, deed: str) -> None:
        self.stage.script.append(deed)
        self.model.script.append(deed)

    @precondition(lambda self: self.at_the_gate())
    @rule(deed=DEEDS)
    def release(self, deed: str) -> None:
        self.settled = False
        self.stage.gate.set_result(deed)
        self.model.released = deed

    @precondition(lambda self: self.at_the_gate())
    @rule()
    def lose_what_the_step_awaits(self) -> None:
        self.settled = False
        self.stage.gate.cancel()
        self.model.released = "lose"

    @rule(hook=ARMED)
    def arm(self, hook: str) -> None:
        self.stage.armed = self.model.armed = hook

    # --- Rules: running ---------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.model.driven)
    @rule()
    def drive_and_settle(self) -> None:
        self.drive(once=False)
        self.settle()

    @precondition(lambda self: not self.model.driven)
    @rule(once=st.booleans())
    def drive(self, once: bool) -> None:
        self.settle()  # the task before this one has ended
        if self.model.terminated and once:
            # One that was loaded isn't closed, but has ended all the same.
            with pytest.raises((plumpy.ClosedError, AssertionError)):
                self.loop.run_until_complete(self.process.step())
            return
        self.task = self.loop.create_task(self.process.step() if once else self.process.step_until_terminated())
        self.model.driven, self.model.once, self.settled = True, once, False

    @precondition(lambda self: self.model.driven)
    @rule()
    def drive_twice(self) -> None:
        self.settle()
        if self.model.driven:
            with pytest.raises(RuntimeError, match="is being run already"):
                self.loop.run_until_complete(self.process.step_until_terminated())

    @precondition(lambda self: self.model.driven)
    @rule()
    def cancel_task(self) -> None:
        if self.model.once:
            self.settle()  # a single step that hasn't begun is nothing to the process
            if not self.model.driven:
                return
        self.settled = False
        self.task.cancel()
        self.model.cancelled = True

    @rule()
    def settle(self) -> None:
        self.run_loop()
        self.model.settle()
        self.settled = True

    # --- Rules: checkpoints -----------------------------------------------------------------------------------------

    @rule()
    def save(self) -> None:
        self.persister.save_checkpoint(self.process)
        self.saved = self.model.snapshot()

    @precondition(lambda self: self.saved is not None)
    @rule()
    def load(self) -> None:
        self.leave()
        self.stage.armed = None
        self.process.close()
        bundle = self.persister.load_checkpoint(1)
        self.process = bundle.unbundle(plumpy.LoadSaveContext(loop=self.loop))
        script = self.model.script
        self.model = self.saved.snapshot()
        self.model.script = script
        self.stage.log, self.task = [], None
        self.settled = True

    @rule()
    def hand_over(self) -> None:
        self.save()
        self.load()
        self.drive(once=False)
        self.settle()

    # --- Invariants -------------------------------------------------------------------------------------------------

    @invariant()
    def is_as_the_model_says(self) -> None:
        process, model = self.process, self.model
        assert process.state.value == model.state
        assert (process.paused, process.status, process.outputs) == (model.paused, model.status, model.outputs)
        assert process.is_killing == (model.pending == "kill")
        assert process.has_terminated() is model.terminated
        assert process._state.in_state
        assert self.stage.log == model.log
        if model.state == "finished":
            assert (process.result(), process.successful()) == model.end
        elif model.state == "excepted":
            assert described(process.exception()) == model.end
        elif model.state == "killed":
            assert process.killed_msg() == model.end

    @invariant()
    def has_the_right_outcome(self) -> None:
        outcome = outcome_of(self.process.future())
        assert outcome == self.model.outcome

    @invariant()
    def answers_requests(self) -> None:
        for future, answer in self.answers:
            if isinstance(future, futures.CancellableAction) or self.settled:
                assert outcome_of(future) == answer.value

    @invariant()
    def keeps_no_task(self) -> None:
        if self.settled:
            waiting = sum(answer.value is NOTHING and isinstance(f, asyncio.Task) for f, answer in self.answers)
            assert len(asyncio.all_tasks(self.loop)) == waiting + self.model.driven
            if self.task is not None:
                assert self.task.done() is not self.model.driven
        if not self.model.driven:
            asked = [one for one in self.stage.asked if isinstance(one, asyncio.Future)]
            assert all(one.done() and not one.cancelled() for one in asked)
        assert [context for context in self.errors if "never retrieved" not in context["message"]] == []

    def leave(self) -> None:
        """Nobody drives the process any more, and whoever waited for it knows."""
        if self.model.driven:
            self.cancel_task()
        self.settle()
        self.is_as_the_model_says()
        self.answers_requests()
        # Who waits for a process that nobody runs waits for the next one who does.
        for future, _ in self.answers:
            future.cancel()
        self.answers = []
        self.settle()
        self.keeps_no_task()

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            try:
                self.leave()
            finally:
                for task in asyncio.all_tasks(self.loop):
                    task.cancel()
                self.run_loop()
                self.loop.close()
                if self.folder is not None:
                    self.folder.cleanup()


@pytest.fixture(autouse=True)
def _empty_and_quiet() -> Iterator[None]:
    """Nothing is left of the life before; and hooks and listeners fail on purpose, by the thousand."""
    global STAGE
    STAGE = Stage()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.timeout(0)
def test_a_process_lives_as_the_model_does() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        LifeCycle,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=30,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_who_waits_is_told_if_the_task_is_cancelled_before_its_first_turn() -> None:
    async def scenario() -> None:
        process = Actor()
        waiting = process.future()
        task = asyncio.ensure_future(process.step_until_terminated())
        task.cancel()
        await asyncio.wait([task, waiting])
        assert (task.cancelled(), waiting.cancelled()) == (True, True)
        assert process.state is plumpy.ProcessState.CREATED
        STAGE.script.append("finish")
        await process.step_until_terminated()
        assert await process.future() == {}

    run(scenario())


@pytest.mark.parametrize("between", range(5))
def test_a_cancellation_beside_the_end_of_what_is_awaited_is_one_of_the_task(between: int) -> None:
    """Up to Python 3.10 a task can't be asked whether it's cancelled, so each turn in between counts."""

    async def scenario() -> None:
        process = Actor()
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: STAGE.gate is not None)
        assert STAGE.gate is not None
        STAGE.gate.set_result("await again")
        await turns(between)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert process.state is plumpy.ProcessState.RUNNING

    run(scenario())
