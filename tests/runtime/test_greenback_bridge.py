"""Portals: synchronous code that waits, and drives that can be interrupted where they await."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import inspect
import sys
import threading
import weakref
from typing import Any, Callable, List

import greenback
import pytest
from greenlet import getcurrent
from hypothesis import given, settings, strategies as st

import plumpy_compat as plumpy
from plumpy_compat import greenback_bridge
from plumpy_compat.greenback_bridge import (
    Drive,
    ensure_portal,
    has_portal,
    run_until_complete,
    run_with_portal,
    sync_await,
)
from tests.runtime.helpers import LoopErrors, own_loop, run, turns, until


@pytest.fixture(
    scope="module",
    autouse=True,
    params=["tasks are asked", "futures stand in"] if sys.version_info >= (3, 11) else ["futures stand in"],
)
def way_of_telling(request: pytest.FixtureRequest) -> Any:
    """How a drive tells who cancels: later Pythons can also do as is done before 3.11."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(greenback_bridge, "_TASKS_CAN_BE_ASKED", request.param == "tasks are asked")
        yield request.param


async def value_later(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


# --- Portals ----------------------------------------------------------------------------------------------------------


def test_there_is_no_portal_outside():
    assert has_portal() is False

    async def scenario() -> bool:
        return has_portal()

    assert run(scenario()) is False


def test_synchronous_code_may_wait_in_a_portal():
    def waits(first: int, second: int) -> Any:
        assert has_portal()
        return [sync_await(value_later(first)), sync_await(value_later(second))]

    assert run(run_with_portal(waits, 1, second=2)) == [1, 2]


def test_an_error_comes_out_of_what_is_waited_for():
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("inside")

    def waits() -> str:
        with pytest.raises(ValueError, match="inside"):
            sync_await(fails())
        return "went on"

    assert run(run_with_portal(waits)) == "went on"


def test_an_error_comes_out_of_a_portal():
    def fails() -> None:
        sync_await(value_later(1))
        raise ValueError("outside")

    with pytest.raises(ValueError, match="outside"):
        run(run_with_portal(fails))


def test_waiting_without_a_portal_is_an_error():
    async def scenario() -> None:
        future = asyncio.get_running_loop().create_future()
        with pytest.raises(RuntimeError):
            sync_await(future)

    run(scenario())


def test_a_portal_in_a_portal_is_the_same_one():
    def inner() -> Any:
        return getcurrent()

    def outer() -> Any:
        coroutine = run_with_portal(inner)
        with pytest.raises(StopIteration) as caught:
            coroutine.send(None)
        return caught.value.value is getcurrent()

    assert run(run_with_portal(outer)) is True


def test_ensure_portal_opens_one_for_the_rest_of_the_task():
    async def scenario() -> Any:
        await ensure_portal()
        assert has_portal()
        assert greenback.has_portal()
        await ensure_portal()  # once is enough
        return sync_await(value_later(5))

    assert run(scenario()) == 5


def test_ensure_portal_has_nothing_to_do_in_a_drive():
    async def scenario() -> bool:
        await ensure_portal()
        return greenback.has_portal()

    assert run(Drive(scenario())) is False


def test_portals_are_used_again_and_hold_nothing():
    class Thing:
        pass

    seen = []

    def notes(thing: Any) -> Any:
        seen.append(getcurrent())
        return Thing()

    async def scenario() -> None:
        thing = Thing()
        result = await run_with_portal(notes, thing)
        references = [weakref.ref(thing), weakref.ref(result)]
        del thing, result
        assert [reference() for reference in references] == [None, None]
        await run_with_portal(notes, None)

    gc.disable()
    try:
        run(scenario())
    finally:
        gc.enable()
    assert seen[0] is seen[1]


def test_no_more_portals_are_kept_than_are_of_use():
    count = 5 * greenback_bridge._POOLED

    async def scenario() -> Any:
        gate = asyncio.get_running_loop().create_future()
        waiting = [asyncio.ensure_future(run_with_portal(sync_await, asyncio.shield(gate))) for _ in range(count)]
        await turns()
        gate.set_result(1)
        return await asyncio.gather(*waiting)

    assert run(scenario()) == [1] * count
    assert len(greenback_bridge._pool.portals) <= greenback_bridge._POOLED


def test_each_thread_has_portals_of_its_own():
    found: List[Any] = []

    def in_thread() -> None:
        run(run_with_portal(lambda: found.append(getcurrent())))

    run(run_with_portal(lambda: found.append(getcurrent())))
    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()
    assert found[0] is not found[1]


def test_many_portals_wait_at_once_and_end_in_any_order():
    async def scenario() -> Any:
        futures = [asyncio.get_running_loop().create_future() for _ in range(50)]
        waiting = [asyncio.ensure_future(run_with_portal(lambda f=f: sync_await(f))) for f in futures]
        await turns()
        for number, future in reversed(list(enumerate(futures))):
            future.set_result(number)
        return await asyncio.gather(*waiting)

    assert run(scenario()) == list(range(50))


# --- run_until_complete -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["coroutine", "future", "task", "awaitable"])
@pytest.mark.parametrize("order", ["loop first", "loop last"])
def test_run_until_complete_takes_both_orders(kind: str, order: str):
    class Awaitable:
        def __await__(self) -> Any:
            return value_later(3).__await__()

    with own_loop() as loop:
        if kind == "future":
            what: Any = loop.create_future()
            loop.call_soon(what.set_result, 3)
        elif kind == "task":
            what = loop.create_task(value_later(3))
        else:
            what = value_later(3) if kind == "coroutine" else Awaitable()
        given_arguments = (loop, what) if order == "loop first" else (what, loop)
        assert run_until_complete(*given_arguments) == 3


@pytest.mark.parametrize("name", ["awaitable", "future"])
def test_run_until_complete_takes_the_names_of_both_eras(name: str):
    with own_loop() as loop:
        assert run_until_complete(loop=loop, **{name: value_later(3)}) == 3


@pytest.mark.parametrize("wrong", ["nothing", "two loops", "two awaitables", "an unknown name"])
def test_run_until_complete_refuses_other_arguments(wrong: str, recwarn: pytest.WarningsRecorder):
    with own_loop() as loop:
        calls: Any = {
            "nothing": lambda: run_until_complete(),
            "two loops": lambda: run_until_complete(loop, loop),
            "two awaitables": lambda: run_until_complete(value_later(1), value_later(2)),
            "an unknown name": lambda: run_until_complete(loop, coroutine=value_later(1)),
        }
        with pytest.raises(TypeError, match="takes a loop and an awaitable"):
            calls[wrong]()
        gc.collect()
    assert [warning for warning in recwarn if "never awaited" in str(warning.message)] == []


def test_run_until_complete_finds_the_current_loop():
    with own_loop():
        assert run_until_complete(value_later(4)) == 4


def test_run_until_complete_gives_the_awaitable_a_portal():
    async def waits() -> Any:
        return sync_await(value_later(6))

    with own_loop() as loop:
        assert run_until_complete(loop, waits()) == 6


@pytest.mark.parametrize("kind", ["coroutine", "future"])
def test_run_until_complete_in_a_running_loop_needs_a_portal(kind: str, recwarn: pytest.WarningsRecorder):
    """What isn't awaited is closed, so Python doesn't warn of it."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        what = value_later(1) if kind == "coroutine" else loop.create_future()
        with pytest.raises(RuntimeError, match="no greenback portal"):
            run_until_complete(loop, what)

    run(scenario())
    gc.collect()
    assert [warning for warning in recwarn if "never awaited" in str(warning.message)] == []


@pytest.mark.parametrize("portal", ["drive", "greenback"])
def test_run_until_complete_in_a_running_loop_with_a_portal(portal: str):
    async def nested() -> Any:
        if portal == "greenback":
            await ensure_portal()
        return run_until_complete(asyncio.get_running_loop(), value_later(7))

    assert run(Drive(nested()) if portal == "drive" else nested()) == 7


def test_run_until_complete_of_a_loop_that_runs_in_another_thread():
    other = asyncio.new_event_loop()
    thread = threading.Thread(target=other.run_forever)
    thread.start()
    try:
        while not other.is_running():
            pass
        with pytest.raises(RuntimeError, match="another thread"):
            run_until_complete(other, value_later(1))

        async def scenario() -> None:
            with pytest.raises(RuntimeError, match="another thread"):
                run_until_complete(other, value_later(1))

        run(Drive(scenario()))
    finally:
        other.call_soon_threadsafe(other.stop)
        thread.join()
        other.close()


# --- A drive is a coroutine -------------------------------------------------------------------------------------------


def test_a_drive_can_be_awaited_and_made_a_task_of():
    async def scenario() -> Any:
        return [
            await Drive(value_later(1)),
            await asyncio.get_running_loop().create_task(Drive(value_later(2))),
            await asyncio.wait_for(Drive(value_later(3)), 5),
            *await asyncio.gather(Drive(value_later(4)), Drive(value_later(5))),
        ]

    assert run(scenario(), debug=True) == [1, 2, 3, 4, 5]
    drive = Drive(value_later(6))
    assert asyncio.iscoroutine(drive)
    assert inspect.isawaitable(drive)
    drive.close()


def test_a_drive_is_its_own_iterator():
    drive = Drive(value_later(1))
    assert iter(drive) is drive
    assert next(drive) is None
    with pytest.raises(StopIteration):
        next(drive)


def test_a_generator_may_wait_for_what_is_sent_to_it():
    """Anything that can be awaited may be waited for, also what takes the values that are sent to it."""

    class Echo:
        def __await__(self) -> Any:
            return (yield None)

    drive = Drive(run_with_portal(sync_await, Echo()))
    assert drive.send(None) is None
    with pytest.raises(StopIteration) as stopped:
        drive.send("sent")
    assert stopped.value.value == "sent"


def test_a_drive_may_begin_before_it_has_a_task():
    async def at_once() -> str:
        return "result"

    async def fails() -> None:
        raise ValueError("x")

    async def waits(future: Any) -> Any:
        return sync_await(future)

    with pytest.raises(StopIteration) as stopped:
        Drive(at_once()).begin()
    assert stopped.value.value == "result"
    with pytest.raises(ValueError, match="x"):
        Drive(fails()).begin()

    async def scenario() -> Any:
        future = asyncio.get_running_loop().create_future()
        drive = Drive(waits(future))
        drive.begin()
        asyncio.get_running_loop().call_soon(future.set_result, "later")
        return await drive

    assert run(scenario()) == "later"


def test_a_pending_drive_that_is_dropped_in_another_thread_breaks_nothing(monkeypatch: pytest.MonkeyPatch):
    made: List[Any] = []
    unraisable: List[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)

    async def scenario() -> None:
        drive = Drive(run_with_portal(sync_await, asyncio.get_running_loop().create_future()))
        drive.send(None)
        made.append(drive)

    run(scenario())
    thread = threading.Thread(target=made.clear)
    thread.start()
    thread.join()
    assert made == []
    assert run(run_with_portal(sync_await, value_later(3))) == 3
    assert unraisable == []


def test_a_drive_that_is_never_awaited_warns_as_a_coroutine_does(recwarn: pytest.WarningsRecorder):
    drive = Drive(value_later(1))
    del drive
    gc.collect()
    assert any("never awaited" in str(warning.message) for warning in recwarn)


@pytest.mark.parametrize("thrown", ["instance", "class", "class and value", "class and message"])
def test_an_exception_can_be_thrown_into_a_drive(thrown: str):
    caught: List[Any] = []

    async def waits() -> str:
        try:
            await asyncio.sleep(0)
        except ValueError as error:
            caught.append(error)
        return "went on"

    drive = Drive(waits())
    drive.send(None)
    arguments: Any = {
        "instance": (ValueError("x"),),
        "class": (ValueError,),
        "class and value": (ValueError, ValueError("x")),
        "class and message": (ValueError, "x"),
    }[thrown]
    with pytest.raises(StopIteration) as stopped:
        drive.throw(*arguments)
    assert stopped.value.value == "went on"
    assert isinstance(caught[0], ValueError)


@pytest.mark.parametrize("waits_in", ["coroutine", "portal"])
def test_closing_a_drive_ends_its_coroutine(waits_in: str):
    ends: List[str] = []

    async def waits(future: Any) -> None:
        try:
            if waits_in == "coroutine":
                await future
            else:
                sync_await(future)
        except GeneratorExit:
            ends.append("closed")
            raise
        finally:
            ends.append("finally")

    async def scenario() -> None:
        drive = Drive(waits(asyncio.get_running_loop().create_future()))
        drive.send(None)
        drive.close()
        assert ends == ["closed", "finally"]
        drive.close()
        assert ends == ["closed", "finally"]

    run(scenario())


def test_closing_a_drive_that_has_not_begun():
    drive = Drive(value_later(1))
    drive.close()
    with pytest.raises(RuntimeError, match="cannot reuse"):
        drive.send(None)


@pytest.mark.parametrize("waits_in", ["coroutine", "portal"])
def test_a_pending_drive_that_nobody_keeps_is_ended(waits_in: str, monkeypatch: pytest.MonkeyPatch):
    """As a coroutine is: `finally` runs, and nothing stays."""
    ends: List[str] = []
    unraisable: List[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)

    class Thing:
        pass

    async def waits(future: Any, thing: Any) -> None:
        try:
            if waits_in == "coroutine":
                await future
            else:
                sync_await(future)
        finally:
            ends.append("finally")

    async def scenario() -> Any:
        thing = Thing()
        drive = Drive(waits(asyncio.get_running_loop().create_future(), thing))
        drive.send(None)
        references = [weakref.ref(drive), weakref.ref(thing)]
        del drive, thing
        gc.collect()
        return [reference() for reference in references]

    assert run(scenario()) == [None, None]
    assert ends == ["finally"]
    assert unraisable == []


def test_portals_still_work_after_one_was_dropped():
    async def scenario() -> Any:
        drive = Drive(run_with_portal(sync_await, asyncio.get_running_loop().create_future()))
        drive.send(None)
        del drive
        gc.collect()
        return await run_with_portal(sync_await, value_later(2))

    assert run(scenario()) == 2


# --- Interrupting -----------------------------------------------------------------------------------------------------


async def _inner(ends: List[str]) -> None:
    try:
        await asyncio.sleep(3600)
    finally:
        ends.append("inner")


def _awaitables() -> Any:
    """Ways to be suspended, as functions of a list of who was ended."""

    async def future(ends: List[str]) -> None:
        await asyncio.get_running_loop().create_future()

    async def task(ends: List[str]) -> None:
        ends.append("+")
        await asyncio.ensure_future(_inner(ends))

    async def gather(ends: List[str]) -> None:
        ends.append("+")
        await asyncio.gather(_inner(ends), asyncio.sleep(3600))

    async def sleep(ends: List[str]) -> None:
        await asyncio.sleep(3600)

    async def turn(ends: List[str]) -> None:
        while True:
            await asyncio.sleep(0)

    async def sync_future(ends: List[str]) -> None:
        sync_await(asyncio.get_running_loop().create_future())

    async def sync_turn(ends: List[str]) -> None:
        while True:
            sync_await(asyncio.sleep(0))

    async def sync_task(ends: List[str]) -> None:
        ends.append("+")
        sync_await(asyncio.ensure_future(_inner(ends)))

    async def drive(ends: List[str]) -> None:
        ends.append("+")
        await Drive(_inner(ends))

    async def sync_drive(ends: List[str]) -> None:
        ends.append("+")
        sync_await(Drive(_inner(ends)))

    async def drive_in_portal_in_drive(ends: List[str]) -> None:
        ends.append("+")
        await Drive(run_with_portal(sync_await, Drive(_inner(ends))))

    async def shield(ends: List[str]) -> None:
        await asyncio.shield(asyncio.get_running_loop().create_future())

    return [
        future, task, gather, sleep, turn, sync_future, sync_turn, sync_task, drive, sync_drive,
        drive_in_portal_in_drive, shield,
    ]  # fmt: skip


SUSPENSIONS = {function.__name__: function for function in _awaitables()}


@pytest.mark.parametrize("name", SUSPENSIONS)
def test_cancel_interrupts_wherever_the_coroutine_is_suspended(name: str):
    """The task that runs the drive isn't cancelled by it."""
    ends: List[str] = []

    async def interrupted() -> str:
        try:
            await SUSPENSIONS[name](ends)
        except asyncio.CancelledError:
            ends.append("interrupted")
            await asyncio.sleep(0)
            return "went on"
        return "never"

    async def scenario() -> None:
        drive = Drive(interrupted())
        task = asyncio.ensure_future(drive)
        await turns()
        assert not task.done()
        drive.cancel()
        assert await task == "went on"
        assert ends[-1] == "interrupted"
        assert ends.count("inner") == ends.count("+")
        if sys.version_info >= (3, 11):
            assert task.cancelling() == 0

    run(scenario())


@pytest.mark.parametrize("name", SUSPENSIONS)
def test_cancelling_the_task_is_told_from_an_interruption(name: str):
    ends: List[str] = []
    told: List[bool] = []
    drives: List[Drive] = []

    async def cancelled() -> None:
        try:
            await SUSPENSIONS[name](ends)
        except asyncio.CancelledError:
            told.append(drives[0].cancelled_from_outside())
            raise

    async def scenario() -> None:
        drives.append(Drive(cancelled()))
        task = asyncio.ensure_future(drives[0])
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert told == [True]
        assert ends.count("inner") == ends.count("+")

    run(scenario())


@pytest.mark.parametrize("nesting", ["awaited", "sync_await"])
@pytest.mark.parametrize("cancels", ["outer drive", "task", "what is awaited"])
def test_an_inner_drive_knows_who_cancels(nesting: str, cancels: str):
    """Interrupting the outer one is 'from outside' for the inner one, but what it awaits being cancelled isn't."""
    told: List[bool] = []
    made: List[Any] = []

    async def inner() -> str:
        made.append(asyncio.get_running_loop().create_future())
        try:
            await made[-1]
        except asyncio.CancelledError:
            told.append(made[0].cancelled_from_outside())
            return "ended"
        return "never"

    async def outer() -> Any:
        made.append(Drive(inner()))
        return await made[0] if nesting == "awaited" else sync_await(made[0])

    async def scenario() -> None:
        drive = Drive(outer())
        task = asyncio.ensure_future(drive)
        await turns()
        if cancels == "outer drive":
            drive.cancel()
        elif cancels == "task":
            task.cancel()
        else:
            made[-1].cancel()
        await asyncio.wait([task])
        assert told == [cancels != "what is awaited"]

    run(scenario())


def test_cancel_while_the_coroutine_runs_strikes_at_its_next_await():
    log: List[str] = []
    drives: List[Drive] = []

    async def runs() -> None:
        drives[0].cancel()
        log.append("still runs")
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            log.append("interrupted")

    async def scenario() -> None:
        drives.append(Drive(runs()))
        await drives[0]

    run(scenario())
    assert log == ["still runs", "interrupted"]


def test_cancel_before_the_start_strikes_at_the_start():
    async def scenario() -> None:
        drive = Drive(value_later(1))
        drive.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drive

    run(scenario())


def test_a_cancellation_that_was_not_delivered_can_be_taken_back():
    drives: List[Drive] = []

    async def runs() -> Any:
        drives[0].cancel()
        drives[0].uncancel()
        await asyncio.sleep(0)
        return await value_later("went on")

    async def scenario() -> Any:
        drives.append(Drive(runs()))
        return await drives[0]

    assert run(scenario()) == "went on"


def test_cancel_when_what_is_awaited_is_there_already_strikes_all_the_same():
    async def waits(future: Any) -> str:
        try:
            await future
        except asyncio.CancelledError:
            return "interrupted"
        return "went on"

    async def scenario() -> Any:
        future = asyncio.get_running_loop().create_future()
        drive = Drive(waits(future))
        task = asyncio.ensure_future(drive)
        await turns()
        future.set_result(1)
        drive.cancel()
        return await task

    assert run(scenario()) == "interrupted"


def test_a_task_that_takes_its_time_to_be_cancelled_is_waited_for():
    ends: List[str] = []

    async def slow() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await turns(5)
            ends.append("slow")

    async def waits() -> None:
        try:
            await asyncio.ensure_future(slow())
        finally:
            ends.append("waits")

    async def scenario(how: str) -> None:
        drive = Drive(waits())
        task = asyncio.ensure_future(drive)
        await turns()
        (task if how == "task" else drive).cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    for how in ("task", "drive"):
        ends.clear()
        run(scenario(how))
        assert ends == ["slow", "waits"]


def test_cancelling_a_task_twice_while_what_it_awaits_takes_its_time():
    async def slow() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(3600)

    async def scenario() -> None:
        inner = asyncio.ensure_future(slow())
        task = asyncio.ensure_future(Drive(greenback_bridge._await(inner)))
        await turns()
        task.cancel()
        await turns()
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert inner.cancelled()

    run(scenario())


def test_nothing_is_logged_for_a_cancelled_drive():
    async def scenario() -> None:
        errors = LoopErrors()
        task = asyncio.ensure_future(Drive(asyncio.sleep(3600)))
        await turns()
        task.cancel()
        await asyncio.wait([task])
        del task
        gc.collect()
        await turns()
        assert errors.contexts == []

    run(scenario())


def test_awaiting_something_that_is_no_future_is_an_error_as_in_a_task():
    class Odd:
        def __await__(self) -> Any:
            yield 5

    async def waits() -> None:
        await Odd()

    async def scenario() -> None:
        with pytest.raises(RuntimeError):
            await asyncio.ensure_future(Drive(waits()))

    run(scenario())


# --- Contexts ---------------------------------------------------------------------------------------------------------

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="default")


def test_context_variables_are_those_of_the_task():
    def in_portal() -> Any:
        seen = [VARIABLE.get()]
        VARIABLE.set("set in the portal")
        sync_await(value_later(1))
        seen.append(VARIABLE.get())
        return seen

    async def task(value: str) -> Any:
        VARIABLE.set(value)
        seen = await run_with_portal(in_portal)
        return [*seen, VARIABLE.get()]

    async def scenario() -> Any:
        VARIABLE.set("outside")
        results = await asyncio.gather(task("a"), task("b"))
        return [*results, VARIABLE.get()]

    assert run(scenario()) == [
        ["a", "set in the portal", "set in the portal"],
        ["b", "set in the portal", "set in the portal"],
        "outside",
    ]


def test_context_variables_do_not_leak_between_tasks_that_share_portals():
    async def step(value: str) -> Any:
        VARIABLE.set(value)
        await asyncio.sleep(0)
        return VARIABLE.get()

    async def scenario() -> Any:
        return await asyncio.gather(*(Drive(step(str(number))) for number in range(40)))

    assert run(scenario()) == [str(number) for number in range(40)]
    assert VARIABLE.get() == "default"


def test_a_drive_that_is_resumed_in_another_context_sees_that_one():
    """As a coroutine does."""
    seen: List[str] = []

    async def notes() -> None:
        seen.append(VARIABLE.get())
        await asyncio.sleep(0)
        seen.append(VARIABLE.get())

    drive = Drive(notes())
    for value in ("one", "two"):
        context = contextvars.copy_context()
        context.run(VARIABLE.set, value)
        with contextlib.suppress(StopIteration):
            context.run(drive.send, None)
    assert seen == ["one", "two"]


# --- Any program ------------------------------------------------------------------------------------------------------

STEPS = st.lists(st.sampled_from(["turn", "sync turn", "future", "sync future", "task", "drive", "fail"]), max_size=6)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, at=st.integers(0, 14), who=st.sampled_from(["task", "drive", "nobody"]))
def test_a_drive_behaves_as_the_plain_coroutine_in_a_task_does(steps: List[str], at: int, who: str):
    """The same program, with `await` in the place of `sync_await`, gives the same trace, whenever it's cancelled.

    Interrupting a drive is compared with cancelling a task that isn't driven.
    """

    def program(sync: Callable[[Any], Any], log: List[str], driven: bool) -> Any:
        async def ready() -> str:
            await asyncio.sleep(0)
            return "ready"

        async def body() -> str:
            for number, step in enumerate(steps):
                try:
                    if step == "turn":
                        await asyncio.sleep(0)
                    elif step == "future":
                        future = asyncio.get_running_loop().create_future()
                        asyncio.get_running_loop().call_soon(lambda f=future: f.done() or f.set_result(1))
                        await future
                    elif step == "task":
                        await asyncio.ensure_future(ready())
                    elif step == "drive":
                        await (Drive(ready()) if driven else ready())
                    elif step == "fail":
                        raise ValueError
                    elif driven:
                        sync(asyncio.sleep(0))
                    else:
                        await asyncio.sleep(0)
                    log.append(f"{number} done")
                except ValueError:
                    log.append(f"{number} failed")
                except asyncio.CancelledError:
                    log.append(f"{number} cancelled")
                    raise
            return "end"

        return body()

    async def traced(driven: bool) -> Any:
        log: List[str] = []
        coroutine = program(sync_await, log, driven)
        drive = Drive(coroutine) if driven else None
        task = asyncio.ensure_future(drive if drive is not None else coroutine)
        for turn in range(16):
            await asyncio.sleep(0)
            if turn == at and not task.done() and who != "nobody":
                (drive if drive is not None and who == "drive" else task).cancel()
        await asyncio.wait([task])
        return log, "cancelled" if task.cancelled() else task.result()

    async def scenario() -> None:
        plain, (log, outcome) = await traced(False), await traced(True)
        whole = [f"{number} {'failed' if step == 'fail' else 'done'}" for number, step in enumerate(steps)]
        if outcome == "cancelled":
            done = len(log) - 1 if log and log[-1].endswith("cancelled") else len(log)
            assert log[:done] == whole[:done]
            assert log[done:] in ([], [f"{done} cancelled"])
            assert who != "nobody"
        else:
            assert (log, outcome) == (whole, "end")
        if greenback_bridge._TASKS_CAN_BE_ASKED:  # else the future in the middle takes turns of its own
            assert (log, outcome) == plain

    run(scenario())


def test_the_names_are_those_of_the_package():
    for name in ("ensure_portal", "has_portal", "run_until_complete", "run_with_portal", "sync_await"):
        assert getattr(plumpy, name) is getattr(greenback_bridge, name)


def test_until_tells_when_it_never_comes_true(monkeypatch: pytest.MonkeyPatch):
    """The helper of these tests fails rather than hangs."""
    monkeypatch.setattr("tests.runtime.helpers.PATIENCE", 0.0)

    async def scenario() -> None:
        with pytest.raises(AssertionError, match="never came true"):
            await until(lambda: False)

    asyncio.run(scenario())
