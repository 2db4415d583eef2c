"""Pausing, playing, killing, failing and cancelling processes at every moment, and what becomes of who waits.

The numbers in the docstrings are those of the defects of plumpy in section 4.1 of the specification.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from typing import Any, List, Optional

import pytest

import plumpy_compat as plumpy
from plumpy_compat import Process, ProcessState
from plumpy_compat.process_states import Interruption, KillInterruption, PauseInterruption
from tests.runtime.helpers import PATIENCE, LoopErrors, ended, looked_at, own_loop, run, turns, until

CREATED, RUNNING, WAITING = ProcessState.CREATED, ProcessState.RUNNING, ProcessState.WAITING
FINISHED, EXCEPTED, KILLED = ProcessState.FINISHED, ProcessState.EXCEPTED, ProcessState.KILLED


class Waits(Process):
    """Waits to be resumed, then finishes with the value."""

    def run(self) -> Any:
        return plumpy.Wait(self.then)

    def then(self, value: Any = None) -> Any:
        return value


class Awaits(Process):
    """Awaits a future in its step, and writes down how that ends."""

    awaited: asyncio.Future[Any]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.log: List[str] = []

    async def run(self) -> Any:
        self.awaited = self.loop.create_future()
        try:
            self.log.append("begins")
            result = await self.awaited
            self.log.append("goes on")
            return result
        finally:
            self.log.append("finally")


class Stubborn(Process):
    """Doesn't let itself be interrupted."""

    interrupted = 0

    async def run(self) -> str:
        while self.interrupted < 2:
            try:
                await self.loop.create_future()
            except asyncio.CancelledError:
                self.interrupted += 1
        return "late"


def start(process: Any) -> asyncio.Task[Any]:
    return asyncio.ensure_future(looked_at(process).step_until_terminated())


async def started(process: Any, state: Optional[ProcessState] = None) -> asyncio.Task[Any]:
    """Drive a process until it waits for something."""
    task = start(process)
    state = state or (WAITING if isinstance(process, Waits) else RUNNING)
    await until(lambda: process.state is state)
    await turns()
    return task


async def answer(given: Any) -> Any:
    return await given if asyncio.isfuture(given) else given


# --- Killing ----------------------------------------------------------------------------------------------------------


def test_killing_a_paused_process_ends_its_run():
    """#1: in plumpy the coroutine that steps it waits for ever, and a worker's slot with it."""

    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        assert await answer(process.pause("lull")) is True
        await turns()
        assert process.kill("enough") is True
        await task
        assert process.state is KILLED
        assert process.status == "enough"
        assert not process.paused

    run(scenario())


def test_killing_a_process_that_was_paused_before_it_started_ends_its_run():
    async def scenario() -> None:
        process = Waits()
        assert process.pause() is True
        task = start(process)
        await turns()
        assert process.state is CREATED
        assert process.kill() is True
        await task
        assert process.killed()

    run(scenario())


loaded: List[Any] = []


class Known(Waits):
    def init(self) -> None:
        super().init()
        loaded.append(self)


def test_a_launched_process_that_is_killed_while_paused_frees_its_worker():
    """#1: what `ProcessLauncher` does for a task of a worker returns."""

    async def scenario() -> None:
        persister = plumpy.InMemoryPersister()
        process = Known(pid="kept")
        persister.save_checkpoint(process)
        launcher = plumpy.ProcessLauncher(persister=persister)
        loaded.clear()
        task = asyncio.ensure_future(launcher(None, plumpy.create_continue_body("kept")))
        await until(lambda: loaded and loaded[0].state is WAITING)
        loaded[0].pause()
        await turns()
        loaded[0].kill()
        with pytest.raises(plumpy.KilledError):
            await task

    run(scenario())


def test_killing_a_process_that_waits():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        assert await answer(process.kill("why")) is True
        await task
        assert process.killed_msg() == "why"
        assert process.killed_msg()["message"] == "why"
        with pytest.raises(plumpy.KilledError) as caught:
            process.result()
        assert caught.value.args[0]["message"] == "why"
        with pytest.raises(plumpy.KilledError, match=r"^why$"):
            process.future().result()

    run(scenario())


@pytest.mark.parametrize("made", ["text", "dict", "keyword"])
def test_the_message_of_a_kill(made: str):
    with own_loop():
        process = Waits()
        if made == "keyword":
            process.kill(msg="why")
        else:
            process.kill("why" if made == "text" else plumpy.MessageBuilder.kill("why"))
        assert process.killed_msg() == "why"
        assert process.status == "why"


def test_killing_at_an_await_runs_finally():
    """#7: plumpy lets a step run to its end, however long it awaits."""

    async def scenario() -> None:
        process = Awaits()
        task = await started(process)
        killing = process.kill("stop")
        assert process.is_killing
        assert await killing is True
        await task
        assert process.log == ["begins", "finally"]
        assert process.awaited.cancelled()
        assert process.killed()
        assert not process.is_killing

    run(scenario())


@pytest.mark.parametrize("awaits", ["future", "task", "gather", "sleep", "turns", "shield", "wait_for", "sync_await"])
def test_a_step_is_killed_wherever_it_awaits(awaits: str):
    ends: List[str] = []

    async def inner() -> None:
        await asyncio.sleep(3600)

    class Suspended(Process):
        async def run(self) -> None:
            try:
                if awaits == "future":
                    await self.loop.create_future()
                elif awaits == "task":
                    await self.loop.create_task(inner())
                elif awaits == "gather":
                    await asyncio.gather(inner(), inner())
                elif awaits == "sleep":
                    await asyncio.sleep(3600)
                elif awaits == "turns":
                    while True:
                        await asyncio.sleep(0)
                elif awaits == "shield":
                    await asyncio.shield(self.loop.create_future())
                elif awaits == "wait_for":
                    await asyncio.wait_for(inner(), 3600)
                else:
                    plumpy.sync_await(self.loop.create_future())
            finally:
                ends.append("finally")

    async def scenario() -> None:
        errors = LoopErrors()
        process = Suspended()
        task = await started(process)
        assert await answer(process.kill()) is True
        await task
        assert process.killed()
        assert ends == ["finally"]
        await turns()
        assert errors.contexts == []
        assert len(asyncio.all_tasks()) <= 2  # this one, and what bounds it

    run(scenario())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio has neither")
def test_a_timeout_and_a_task_group_in_a_step_keep_their_meaning():
    """They cancel the task that runs the step, and take that back."""

    class Uses(Process):
        async def run(self) -> Any:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    await self.loop.create_future()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.fails())
                    group.create_task(asyncio.sleep(3600))
            except BaseException as error:
                return type(error.exceptions[0])

        async def fails(self) -> None:
            await asyncio.sleep(0)
            raise ValueError

    async def scenario() -> None:
        process = Uses()
        await start(process)
        assert process.result() is ValueError

    run(scenario())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio has none")
def test_a_step_is_killed_within_a_task_group():
    ends: List[str] = []

    async def inner() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ends.append("inner")

    class Uses(Process):
        async def run(self) -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(inner())
                group.create_task(inner())

    async def scenario() -> None:
        process = Uses()
        task = await started(process)
        assert await process.kill() is True
        await task
        assert process.killed()
        assert ends == ["inner", "inner"]

    run(scenario())


def test_a_step_that_is_killed_before_its_first_await_runs_up_to_it():
    reached: List[str] = []

    class KillsItself(Process):
        async def run(self) -> None:
            self.kill("by itself")
            reached.append("after the kill")
            await asyncio.sleep(0)
            reached.append("after the await")

    async def scenario() -> None:
        process = KillsItself()
        await start(process)
        assert process.killed_msg() == "by itself"
        assert reached == ["after the kill"]

    run(scenario())


def test_a_synchronous_step_that_kills_itself_ends_first():
    class KillsItself(Process):
        def run(self) -> int:
            self.asked = self.kill()
            return 5

    async def scenario() -> None:
        process = KillsItself()
        await start(process)
        assert process.killed()
        assert await process.asked is True

    run(scenario())


def test_a_step_that_swallows_the_interruption_is_killed_when_it_ends():
    async def scenario() -> None:
        process = Stubborn()
        task = await started(process)
        first = process.kill("one")
        await until(lambda: process.interrupted == 1)
        await turns()
        assert not first.done()
        process.interrupt_step()
        assert await first is True
        await task
        assert process.killed_msg() == "one"

    run(scenario())


def test_a_step_that_fails_while_it_is_interrupted_is_killed_and_its_error_is_logged(caplog: pytest.LogCaptureFixture):
    class Breaks(Process):
        async def run(self) -> None:
            try:
                await self.loop.create_future()
            finally:
                raise ValueError("while cleaning up")

    async def scenario() -> None:
        process = Breaks()
        task = await started(process)
        killing = process.kill()
        await task
        assert process.killed()
        assert await killing is True
        assert "while cleaning up" in caplog.text

    run(scenario())


def test_killing_twice_joins_the_first():
    """#4: in plumpy the second one raises InvalidStateError, and the kill is lost."""

    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        first, second = process.kill("first"), process.kill("second")
        assert await answer(first) is True
        assert await answer(second) is True
        await task
        assert process.killed_msg() == "first"
        assert process.kill("third") is True  # it is killed already
        assert process.killed_msg() == "first"

    run(scenario())


def test_pausing_and_killing_in_one_tick_kills():
    """#4: in plumpy the kill is lost, and who paused gets CancelledError."""

    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        pausing, killing = process.pause("lull"), process.kill("why")
        assert await answer(killing) is True
        assert await answer(pausing) is False
        await task
        assert process.killed_msg() == "why"
        assert not process.paused

    run(scenario())


def test_killing_and_pausing_in_one_tick_kills():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        killing, pausing = process.kill("why"), process.pause("lull")
        assert pausing is False
        assert await answer(killing) is True
        await task
        assert process.killed()

    run(scenario())


def test_playing_does_not_withdraw_a_kill():
    async def scenario() -> None:
        process = Awaits()
        task = await started(process)
        killing = process.kill()
        assert process.play() is True
        assert await killing is True
        await task
        assert process.killed()

    run(scenario())


@pytest.mark.parametrize("end", [FINISHED, EXCEPTED])
def test_a_process_that_has_ended_otherwise_can_not_be_killed(end: ProcessState):
    class Ends(Process):
        def run(self) -> None:
            if end is EXCEPTED:
                raise ValueError

    async def scenario() -> None:
        process = Ends()
        await start(process)
        assert process.kill() is False
        assert process.kill(force_kill=True) is False
        assert process.pause() is False
        assert process.play() is False
        assert process.state is end
        if end is EXCEPTED:
            assert isinstance(process.future().exception(), ValueError)

    run(scenario())


def test_a_kill_that_is_withdrawn_by_its_caller():
    """Cancelling the answer takes the request back; the step, which was interrupted, can't go on all the same."""

    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        killing = process.kill()
        killing.cancel()
        await turns()
        assert process.state is WAITING
        process.resume(4)
        await task
        assert process.result() == 4

    run(scenario())


def test_a_step_is_not_run_again_though_nobody_waits_for_its_kill_any_more():
    """The step was interrupted: a caller that gives up waiting can't bring it back."""

    class Slow(Awaits):
        async def run(self) -> Any:
            try:
                return await super().run()
            finally:
                await turns()

    async def scenario() -> None:
        process = Slow()
        task = await started(process)
        killing = process.kill("why")
        await asyncio.sleep(0)
        killing.cancel()
        await task
        assert process.killed_msg() == "why"
        assert process.log == ["begins", "finally"]

    run(scenario())


def test_a_step_that_awaits_its_own_kill():
    """What it awaits is cancelled, which is the very answer to the kill."""

    class Suicidal(Awaits):
        async def run(self) -> Any:
            self.log.append("begins")
            await self.kill("why")

    async def scenario() -> None:
        process = Suicidal()
        await start(process)
        assert process.killed_msg() == "why"
        assert process.log == ["begins"]

    run(scenario())


@pytest.mark.parametrize("how", ["kill", "cancelled future"])
def test_a_task_that_caught_a_cancellation_may_run_a_process(how: str):
    """Such a task counts as one that is being cancelled (Python 3.11), but nobody cancels what it runs now."""

    async def scenario() -> None:
        process = Awaits()

        async def worker() -> None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(PATIENCE)
            await looked_at(process).step_until_terminated()

        task = asyncio.ensure_future(worker())
        await turns()
        task.cancel()
        await turns()
        assert process.log == ["begins"]
        if how == "kill":
            process.kill()
        else:
            process.awaited.cancel()
        await task
        assert process.state is (KILLED if how == "kill" else EXCEPTED)

    run(scenario())


def test_a_step_that_caught_a_cancellation_leaves_nothing_to_the_next():
    class Catches(Awaits):
        async def run(self) -> Any:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(PATIENCE)
            return plumpy.Continue(super().run)

    async def scenario() -> None:
        process = Catches()
        task = await started(process)
        task.cancel()
        await turns()
        assert process.log == ["begins"]
        process.kill()
        await task
        assert process.killed()

    run(scenario())


# --- Killing by force -------------------------------------------------------------------------------------------------


def test_force_kill_of_a_step_that_awaits_is_final():
    """#5: in plumpy the step goes on and the process ends excepted."""

    async def scenario() -> None:
        process = Awaits()
        task = await started(process)
        assert process.kill("now", force_kill=True) is True
        assert process.killed()
        assert process.future().done()
        await task
        assert process.log == ["begins", "finally"]
        assert process.killed_msg() == "now"

    run(scenario())


def test_force_kill_within_a_step_that_does_not_await_is_final():
    """#5: the outcome of the step doesn't count any more."""
    log: List[Any] = []

    class Blocks(Process):
        def run(self) -> Any:
            log.append(self.kill("now", force_kill=True))
            log.append(self.state)
            return plumpy.Continue(self.more)

        def more(self) -> None:
            log.append("more")

    async def scenario() -> None:
        process = Blocks()
        await start(process)
        assert log == [True, KILLED]
        assert process.state is KILLED
        with pytest.raises(plumpy.KilledError, match=r"^now$"):
            process.future().result()

    run(scenario())


@pytest.mark.parametrize("outcome", ["result", "error", "interruption"])
def test_the_outcome_of_a_step_that_was_killed_by_force_does_not_count(outcome: str):
    class Refuses(Process):
        async def run(self) -> Any:
            try:
                await self.loop.create_future()
            except asyncio.CancelledError:
                if outcome == "error":
                    raise ValueError from None
                if outcome == "interruption":
                    raise PauseInterruption from None
            return "a result"

    async def scenario() -> None:
        process = Refuses()
        task = await started(process)
        process.kill(force_kill=True)
        await task
        assert process.state is KILLED
        assert process.exception() is None

    run(scenario())


def test_force_kill_outranks_a_kill_and_a_pause():
    async def scenario() -> None:
        process = Stubborn()
        task = await started(process)
        pausing = process.pause()
        killing = process.kill("gentle")
        assert await answer(pausing) is False
        await until(lambda: process.interrupted == 1)
        await turns()
        assert not killing.done()
        assert process.kill("hard", force_kill=True) is True
        assert await killing is True
        await task
        assert process.killed_msg() == "hard"

    run(scenario())


def test_force_kill_of_a_paused_process():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        await answer(process.pause())
        assert process.kill(force_kill=True) is True
        await task
        assert process.killed()

    run(scenario())


# --- Failing ----------------------------------------------------------------------------------------------------------


def test_failing_a_process_that_waits_ends_its_run():
    """#2: in plumpy the wait goes on for ever."""

    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        process.fail(ValueError("from outside"))
        await task
        assert process.is_excepted
        with pytest.raises(ValueError, match=r"^from outside$"):
            process.future().result()

    run(scenario())


@pytest.mark.parametrize("process_class", [Waits, Awaits])
@pytest.mark.parametrize("target", [EXCEPTED, KILLED])
def test_any_transition_from_outside_releases_the_step(process_class: Any, target: ProcessState):
    """#2"""

    async def scenario() -> None:
        process = process_class()
        task = await started(process)
        argument = ValueError("x") if target is EXCEPTED else "x"
        process.transition_to(process.create_state(target, argument))
        await task
        assert process.state is target

    run(scenario())


def test_failing_a_paused_process_ends_its_run():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        await answer(process.pause())
        process.fail(ValueError("x"), None)
        await task
        assert process.is_excepted
        assert not process.paused

    run(scenario())


def test_failing_answers_a_kill_and_a_pause_that_are_pending():
    async def scenario() -> None:
        process = Stubborn()
        task = await started(process)
        killing = process.kill()
        await until(lambda: process.interrupted == 1)
        process.fail(ValueError("x"))
        assert await killing is False
        await task
        assert process.is_excepted

    run(scenario())


def test_a_process_that_has_ended_can_not_be_failed():
    async def scenario() -> None:
        process = Waits()
        process.kill()
        with pytest.raises(plumpy.base.state_machine.InvalidStateError):
            process.fail(ValueError("x"))
        assert process.killed()

    run(scenario())


# --- Pausing and playing ----------------------------------------------------------------------------------------------


def test_a_pause_waits_for_the_end_of_the_step():
    class TwoSteps(Awaits):
        async def run(self) -> Any:
            await super().run()
            return plumpy.Continue(self.second)

        def second(self) -> str:
            return "second"

    async def scenario() -> None:
        process = TwoSteps()
        task = await started(process)
        pausing = process.pause("lull")
        await turns()
        assert not pausing.done()
        assert not process.paused
        process.awaited.set_result(1)
        assert await pausing is True
        assert process.paused
        assert process.status == "lull"
        assert process.state is RUNNING
        await turns()
        assert process.play() is True
        await task
        assert process.result() == "second"
        assert process.status is None

    run(scenario())


def test_pausing_twice_joins_the_first():
    async def scenario() -> None:
        process = Awaits()
        task = await started(process)
        first = process.pause("one")
        assert process.pause("two") is first
        process.awaited.set_result(1)
        assert await first is True
        assert process.status == "one"
        assert process.pause("three") is False  # that step was its last one
        await task

    run(scenario())


def test_pausing_a_paused_process_keeps_its_status():
    with own_loop():
        process = Waits()
        assert process.pause("one") is True
        assert process.pause("two") is True
        assert process.status == "one"


@pytest.mark.parametrize("made", ["text", "dict", "keyword"])
def test_the_message_of_a_pause(made: str):
    with own_loop():
        process = Waits()
        if made == "keyword":
            process.pause(msg="lull")
        else:
            process.pause("lull" if made == "text" else plumpy.MessageBuilder.pause("lull"))
        assert process.status == "lull"


def test_playing_withdraws_a_pause():
    async def scenario() -> None:
        process = Awaits()
        task = await started(process)
        pausing = process.pause()
        assert process.play() is True
        assert await pausing is False
        process.awaited.set_result(3)
        await task
        assert process.result() == 3
        assert not process.paused

    run(scenario())


def test_playing_withdraws_a_pause_of_a_process_that_waits():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        pausing = process.pause()
        assert process.play() is True
        assert await answer(pausing) is False
        await turns()
        assert process.state is WAITING
        process.resume(3)
        await task
        assert process.result() == 3

    run(scenario())


def test_a_pause_after_a_withdrawn_pause():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        first = process.pause("one")
        process.play()
        second = process.pause("two")
        assert await answer(first) is False
        assert await answer(second) is True
        assert process.status == "two"
        process.play()
        process.resume()
        await task
        assert process.is_successful

    run(scenario())


def test_playing_a_process_that_is_not_paused():
    with own_loop():
        process = Waits()
        assert process.play() is True
        process.kill()
        assert process.play() is False


def test_a_process_that_pauses_in_its_last_step_is_finished_and_paused():
    """As in plumpy; who asked is told so."""

    class PausesAtLast(Process):
        def run(self) -> None:
            self.asked = self.pause("lull")

    async def scenario() -> None:
        process = PausesAtLast()
        await start(process)
        assert process.state is FINISHED
        assert process.paused
        assert await process.asked is True
        assert process.status == "lull"

    run(scenario())


def test_resuming_while_paused_counts():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        await answer(process.pause())
        process.resume(6)
        await turns()
        assert process.state is WAITING
        process.play()
        await task
        assert process.result() == 6

    run(scenario())


def test_resuming_and_pausing_in_one_tick():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        process.resume(6)
        assert await answer(process.pause()) is True
        process.play()
        await task
        assert process.result() == 6

    run(scenario())


def test_only_a_process_that_waits_can_be_resumed():
    with own_loop(), pytest.raises(plumpy.base.state_machine.EventError, match="Event resume invalid in state"):
        Waits().resume()


def test_a_paused_process_can_be_driven_before_it_is_played():
    """#8: `execute` says that it waits for somebody to play."""

    async def scenario() -> None:
        process = Waits()
        process.pause()
        task = start(process)
        await turns()
        assert process.state is CREATED
        process.play()
        await until(lambda: process.state is WAITING)
        process.resume(2)
        await task
        assert process.result() == 2

    run(scenario())


def test_executing_a_paused_process_says_so_and_returns_once_it_was_played(caplog: pytest.LogCaptureFixture):
    """#8: plumpy's `execute` blocks without a word, though it says that it returns."""

    class Quick(Process):
        def run(self) -> None:
            self.out("x", 1)

        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outputs.dynamic = True

    with own_loop() as loop:
        process = Quick()
        process.pause()
        loop.call_soon(process.play)
        assert process.execute() == {"x": 1}
    assert "is paused, execute() returns once it was played" in caplog.text


# --- Interruptions that a state raises --------------------------------------------------------------------------------


@pytest.mark.parametrize("interruption", [KillInterruption("why"), KillInterruption(plumpy.MessageBuilder.kill("why"))])
def test_a_step_may_raise_a_kill(interruption: Any):
    class Raises(Process):
        def run(self) -> None:
            raise interruption

    async def scenario() -> None:
        process = Raises()
        await start(process)
        assert process.killed_msg() == "why"

    run(scenario())


def test_a_step_may_raise_a_pause_and_runs_again_when_played():
    class Raises(Process):
        times = 0

        def run(self) -> Any:
            self.times += 1
            if self.times == 1:
                raise PauseInterruption("lull")
            return self.times

    async def scenario() -> None:
        process = Raises()
        task = start(process)
        await until(lambda: process.paused)
        assert process.status == "lull"
        process.play()
        await task
        assert process.result() == 2

    run(scenario())


def test_an_unknown_interruption_fails_the_step():
    class Odd(Interruption):
        pass

    class Raises(Process):
        def run(self) -> None:
            raise Odd

    async def scenario() -> None:
        process = Raises()
        await start(process)
        assert process.is_excepted
        assert "Got unknown interruption type" in str(process.exception())

    run(scenario())


def test_a_pause_that_a_state_raises_does_not_outrank_a_kill():
    class Raises(Process):
        async def run(self) -> None:
            try:
                await self.loop.create_future()
            except asyncio.CancelledError:
                raise PauseInterruption("lull") from None

    async def scenario() -> None:
        process = Raises()
        task = await started(process)
        assert await process.kill("why") is True
        await task
        assert process.killed_msg() == "why"

    run(scenario())


@pytest.mark.parametrize(("kind", "text"), [(KillInterruption, "why"), (PauseInterruption, "why")])
def test_the_text_of_an_interruption(kind: Any, text: str):
    assert str(kind(text)) == text
    assert kind(text).msg["message"] == text
    assert str(kind()) == ""


# --- Cancelling -------------------------------------------------------------------------------------------------------


def test_a_step_whose_awaited_future_is_cancelled_fails():
    """#3 for steps: it isn't taken for an interruption of the process."""

    async def scenario() -> None:
        process = Awaits()
        task = await started(process)
        process.awaited.cancel()
        await task
        assert process.is_excepted
        assert isinstance(process.exception(), plumpy.CancelledError)
        assert isinstance(process.exception().__cause__, asyncio.CancelledError)
        assert process.log == ["begins", "finally"]
        with pytest.raises(plumpy.CancelledError):
            process.future().result()

    run(scenario())


def test_a_work_chain_whose_awaited_future_is_cancelled_excepts():
    """#3: plumpy waits for ever (Python 3.8 and later)."""

    class Chain(plumpy.WorkChain):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(cls.wait, cls.after)

        def wait(self) -> Any:
            self.awaited = self.loop.create_future()
            return plumpy.ToContext(value=self.awaited)

        def after(self) -> None:
            raise AssertionError("it went on")

    async def scenario() -> None:
        process = Chain()
        task = await started(process, WAITING)
        process.awaited.cancel()
        await task
        assert process.is_excepted
        assert "'value' was cancelled" in str(process.exception())

    run(scenario())


@pytest.mark.parametrize("process_class", [Waits, Awaits])
@pytest.mark.parametrize("paused", [False, True])
def test_cancelling_the_future_of_a_process_kills_it(process_class: Any, paused: bool):
    """#6: in plumpy it ends excepted, or not at all."""

    async def scenario() -> None:
        process = process_class()
        if paused:
            process.pause()
            task = start(process)
            await turns()
        else:
            task = await started(process)
        process.future().cancel()
        await task
        assert process.killed_msg() == "Killed by future being cancelled"
        assert process.future().cancelled()

    run(scenario())


def test_cancelling_the_future_of_a_process_that_nobody_runs_kills_it():
    async def scenario() -> None:
        process = Waits()
        process.future().cancel()
        await turns()
        assert process.killed()

    run(scenario())


def test_the_future_of_a_finished_process_can_not_be_cancelled():
    with own_loop() as loop:
        process = Process()
        process.execute()
        assert process.future().cancel() is False
        loop.run_until_complete(turns(2))
        assert process.is_successful


@pytest.mark.parametrize("process_class", [Waits, Awaits])
def test_cancelling_the_task_that_drives_a_process_leaves_it_to_be_run_again(process_class: Any):
    """#9: the process stays in its state, who waits for its future is told, and it can be driven again."""

    async def scenario() -> None:
        process = process_class()
        task = await started(process)
        future, state = process.future(), process.state
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await turns()
        assert process.state is state
        assert future.cancelled()
        assert process.future() is not future
        assert not process.future().done()

        again = await started(process)
        if process_class is Waits:
            process.resume(8)
        else:
            process.awaited.set_result(8)
        await again
        assert process.result() == 8
        assert process.future().result() == {}

    run(scenario())


@pytest.mark.parametrize("asked", [None, "pause", "kill"])
def test_cancelling_the_task_before_it_had_a_turn(asked: Optional[str]):
    async def scenario() -> None:
        process = Waits()
        future = process.future()
        task = start(process)
        if asked is not None:
            assert getattr(process, asked)("why") is True
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if asked == "kill":
            assert process.killed_msg() == "why"
            return
        assert process.state is CREATED
        assert future.cancelled()
        assert process.paused is (asked == "pause")
        process.play()
        again = await started(process)
        process.resume(3)
        await again
        assert process.result() == 3

    run(scenario())


def test_cancelling_a_second_task_before_it_had_a_turn_disturbs_nobody():
    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        second = start(process)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert not process.future().done()
        process.resume(3)
        await task
        assert process.future().result() == {}

    run(scenario())


def test_cancelling_the_task_that_drives_a_process_between_two_steps():
    """Also where only a turn of the loop is waited for, and where the step was just woken."""

    class Spins(Process):
        async def run(self) -> None:
            while True:
                await asyncio.sleep(0)

    async def scenario() -> None:
        process = Spins()
        task = await started(process)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert process.state is RUNNING

    run(scenario())


def test_cancelling_the_task_when_the_step_was_just_woken():
    class TwoWaits(Awaits):
        async def run(self) -> None:
            await super().run()
            await self.loop.create_future()

    async def scenario() -> None:
        process = TwoWaits()
        task = await started(process)
        process.awaited.set_result(1)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert process.state is RUNNING

    run(scenario())


def test_cancelling_the_task_of_a_paused_process_keeps_it_paused():
    async def scenario() -> None:
        process = Waits()
        process.pause("lull")
        task = start(process)
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert process.paused
        assert process.status == "lull"
        again = start(process)
        await turns()
        assert process.state is CREATED
        process.play()
        await until(lambda: process.state is WAITING)
        process.kill()
        await again

    run(scenario())


@pytest.mark.parametrize("asked", ["kill", "pause"])
def test_a_request_that_is_pending_when_the_task_is_cancelled_is_carried_out(asked: str):
    """#9"""

    class Slow(Process):
        async def run(self) -> None:
            try:
                await self.loop.create_future()
            finally:
                if asked == "kill":  # which has interrupted it
                    await self.loop.create_future()

    async def scenario() -> None:
        process = Slow()
        task = await started(process)
        request = getattr(process, asked)("why")
        await turns()
        assert not request.done()
        task.cancel()
        await asyncio.wait([task])
        assert await request is True
        if asked == "kill":
            assert process.killed_msg() == "why"
        else:
            assert process.paused

    run(scenario())


def test_an_exception_that_is_no_exception_leaves_the_process_as_it_is():
    """KeyboardInterrupt and SystemExit go through; who asked for something gets an answer."""

    class Exits(Process):
        def run(self) -> None:
            self.asked = self.pause()
            raise SystemExit(3)

    with own_loop():
        process = Exits()
        with pytest.raises(SystemExit):
            process.execute()
        assert process.state is RUNNING
        assert process.asked.result() is False
        assert process._run is None


@pytest.mark.parametrize("how", ["kill", "force"])
def test_killing_a_process_that_awaits_another_ones_run_leaves_that_one(how: str):
    """The inner process isn't excepted for it, and the step of the outer one doesn't go on."""
    inner_made: List[Any] = []

    class Outer(Awaits):
        async def run(self) -> None:
            inner_made.append(Awaits())
            try:
                await inner_made[0].step_until_terminated()
                self.log.append("went on")
            finally:
                self.log.append("finally")

    async def scenario() -> None:
        process = Outer()
        task = await started(process)
        assert await answer(process.kill(force_kill=how == "force")) is True
        await task
        assert process.killed()
        assert process.log == ["finally"]
        assert inner_made[0].state is RUNNING
        assert inner_made[0].log == ["begins", "finally"]

    run(scenario())


def test_killing_a_process_that_executes_another_one_kills_both():
    inner_made: List[Any] = []

    class Outer(Process):
        def run(self) -> None:
            inner_made.append(Awaits())
            inner_made[0].execute()
            raise AssertionError("it went on")

    async def scenario() -> None:
        process = Outer()
        task = await started(process)
        assert await process.kill() is True
        await task
        assert process.killed()
        await until(inner_made[0].has_terminated)
        assert inner_made[0].killed()
        assert "the call that ran it was cancelled" in inner_made[0].status

    run(scenario())


def test_killing_a_parent_kills_what_it_launched():
    """#17: in plumpy the children go on."""

    class Parent(Waits):
        def run(self) -> Any:
            self.children = [self.launch(Waits), self.launch(Awaits), self.launch(Process)]
            return plumpy.Wait()

    async def scenario() -> None:
        process = Parent()
        task = await started(process)
        waits, awaits, quick = process.children
        await until(lambda: waits.state is WAITING and awaits.state is RUNNING and quick.has_terminated())
        await turns()
        process.kill()
        await task
        assert await ended(waits) is KILLED
        assert await ended(awaits) is KILLED
        assert quick.is_successful
        assert str(process.pid) in waits.status

    run(scenario())


# --- After the end ----------------------------------------------------------------------------------------------------


def test_a_late_callback_that_fails_is_only_logged(caplog: pytest.LogCaptureFixture):
    """#11: in plumpy the finished process becomes excepted, while its future holds the outputs."""

    def late() -> None:
        raise ValueError("too late")

    async def scenario() -> None:
        process = Process()
        await start(process)
        process.call_soon(late)
        await turns()
        assert process.is_successful
        assert process.future().result() == {}

    with caplog.at_level(logging.ERROR):
        run(scenario())
    assert "a callback failed after its end" in caplog.text
    assert "too late" in caplog.text


def test_a_callback_that_fails_in_time_fails_the_process():
    def fails() -> None:
        raise ValueError("in time")

    async def scenario() -> None:
        process = Waits()
        task = await started(process)
        process.call_soon(fails)
        await task
        assert str(process.exception()) == "in time"

    run(scenario())


def test_nothing_is_left_over_after_the_end():
    """Whatever was asked for is answered, and no task remains."""

    async def scenario() -> None:
        errors = LoopErrors()
        process = Stubborn()
        task = await started(process)
        requests = [process.pause(), process.kill(), process.kill()]
        await turns()
        process.interrupt_step()
        await task
        assert [await answer(request) for request in requests] == [False, True, True]
        await turns()
        assert errors.contexts == []
        assert len(asyncio.all_tasks()) <= 2

    run(scenario())


def test_terminal_states_are_final():
    """#5, #11: no hook, no request and no transition leads out of them."""

    async def scenario() -> None:
        process = Waits()
        process.kill("done")
        for target in (RUNNING, WAITING, FINISHED, EXCEPTED, KILLED):
            with pytest.raises(plumpy.base.state_machine.InvalidStateError):
                process.transition_to(target)
        assert process.killed_msg() == "done"
        assert process._state.in_state

    run(scenario())


# --- Commands ---------------------------------------------------------------------------------------------------------


def test_a_wait_without_continuation_finishes_with_its_value():
    """#12: in plumpy it excepts when it's resumed."""

    class Ends(Process):
        def run(self) -> Any:
            return plumpy.Wait()

    async def scenario() -> None:
        process = Ends()
        task = await started(process, WAITING)
        process.resume("value")
        await task
        assert process.result() == "value"

    run(scenario())


def test_continue_hands_on_its_keyword_arguments():
    """#12: plumpy drops them."""

    class Continues(Process):
        def run(self) -> Any:
            return plumpy.Continue(self.then, 1, b=2)

        def then(self, a: int, b: int = 0) -> Any:
            return a, b

    with own_loop():
        process = Continues()
        process.execute()
        assert process.result() == (1, 2)


def test_an_async_step_of_an_outline_is_awaited():
    """#12: in plumpy the coroutine object becomes the result."""

    class Chain(plumpy.WorkChain):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(cls.first, cls.second)

        async def first(self) -> None:
            await asyncio.sleep(0)
            self.ctx.first = True

        async def second(self) -> Any:
            return self.ctx.first

    with own_loop():
        process = Chain()
        process.execute()
        assert process.result() is True
