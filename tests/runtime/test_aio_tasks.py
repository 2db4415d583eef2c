"""What runs before a call returns, and what is called back from where: beyond what tornado can be compared with."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import datetime
import gc
import threading
from typing import Any, List

import pytest

from plumpy_compat import aio
from tests.runtime.helpers import PATIENCE, LoopErrors, LoopThread, own_loop, run, turns, until

NUMBER: contextvars.ContextVar[int] = contextvars.ContextVar("number")


async def _fail() -> None:
    raise ValueError("no")


# --- The first step ---------------------------------------------------------------------------------------------------


def test_the_first_step_is_the_tasks_own_and_so_is_its_context() -> None:
    async def scenario() -> None:
        seen: List[Any] = []

        @aio.eager_coroutine
        async def coroutine() -> None:
            NUMBER.set(NUMBER.get() + 1)
            seen.append(asyncio.current_task())
            await asyncio.sleep(0)
            seen.extend([asyncio.current_task(), NUMBER.get()])

        NUMBER.set(1)
        outer = asyncio.current_task()
        task = coroutine()
        assert asyncio.current_task() is outer
        assert NUMBER.get() == 1
        assert task in asyncio.all_tasks()
        await task
        assert seen == [task, task, 2]

    run(scenario())


@pytest.mark.parametrize("debug", [False, True])
def test_a_loops_own_call_soon_is_put_back(debug: bool) -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        await aio.create_task(asyncio.sleep(0))
        assert "call_soon" not in vars(loop)
        own = loop.call_soon
        loop.call_soon = own  # type: ignore[method-assign]
        await aio.create_task(asyncio.sleep(0))
        assert vars(loop)["call_soon"] is own
        with pytest.raises(TypeError):
            aio.tasks.start_task(42, loop)  # type: ignore[arg-type]
        assert vars(loop)["call_soon"] is own

    run(scenario(), debug)


def test_a_first_step_may_end_in_an_error_or_a_cancellation() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    async def exits() -> None:
        raise GeneratorExit

    async def scenario() -> None:
        failed, ended, closed = (aio.create_task(one()) for one in (_fail, cancelled, exits))
        assert failed.done()
        assert str(failed.exception()) == "no"
        assert ended.cancelled()
        assert isinstance(closed.exception(), GeneratorExit)

    run(scenario())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_reaches_the_caller_of_the_first_step(error: Any) -> None:
    async def ends() -> None:
        raise error

    async def scenario() -> Any:
        LoopErrors()  # asyncio may log the task's error besides
        outer = asyncio.current_task()
        with pytest.raises(error):
            aio.eager_coroutine(ends)()
        assert asyncio.current_task() is outer
        gc.collect()
        await turns()

    run(scenario())


def test_a_task_can_be_cancelled_after_its_first_step_and_in_it() -> None:
    trace: List[str] = []

    async def waits() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            trace.append("cleaned up")
            raise

    async def cancels_itself() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await waits()

    async def scenario() -> None:
        for start in (aio.eager_coroutine(waits), aio.eager_coroutine(cancels_itself)):
            task = start()
            assert not task.done()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert trace == ["cleaned up", "cleaned up"]

    run(scenario())


def test_one_future_can_be_awaited_by_a_first_step_and_by_others() -> None:
    async def scenario() -> Any:
        future = aio.create_future()

        async def waits() -> Any:
            return await future

        tasks = [aio.create_task(waits()), asyncio.ensure_future(waits()), aio.create_task(waits())]
        await turns()
        future.set_result(1)
        return [await one for one in tasks]

    assert run(scenario()) == [1, 1, 1]


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_endless_recursion_is_an_error_of_the_body() -> None:
    @aio.eager_coroutine
    async def endless() -> None:
        await endless()

    async def scenario() -> None:
        outer, before = asyncio.current_task(), asyncio.all_tasks()
        with pytest.raises(RecursionError):
            await endless()
        assert asyncio.current_task() is outer
        await turns()
        assert asyncio.all_tasks() - {outer} <= before  # none is left that never ends

    run(scenario())
    gc.collect()


def test_a_loop_that_does_not_run_here_starts_at_its_first_turn() -> None:
    trace: List[str] = []

    async def coroutine() -> None:
        trace.append("started")

    with own_loop() as loop:
        tasks = [aio.create_task(coroutine()), aio.eager_coroutine(coroutine)()]
        assert not trace
        loop.run_until_complete(asyncio.wait(tasks))
    assert trace == ["started"] * 2


# --- Futures that stand for others ------------------------------------------------------------------------------------


def test_what_is_called_back_by_multi_may_fail_be_removed_and_be_added_late() -> None:
    async def scenario() -> Any:
        errors, called = LoopErrors(), []
        source = aio.create_future()
        both: Any = aio.multi([source])

        def fails(_: object) -> None:
            raise ValueError("no")

        def removed(_: object) -> None:
            called.append("removed")

        for callback in (fails, removed, called.append):
            both.add_done_callback(callback)
        assert both.remove_done_callback(removed) == 1
        source.set_result(1)
        await both
        both.add_done_callback(called.append)
        await turns()
        assert called == [both, both]
        return [str(one["exception"]) for one in errors.contexts]

    assert run(scenario()) == ["no"]


def test_a_task_that_settles_multi_itself_does_not_run_others_inside() -> None:
    async def scenario() -> Any:
        both: Any = aio.multi([aio.create_future()])
        both.prompt = True
        waiting = asyncio.ensure_future(asyncio.wait_for(both, PATIENCE))
        await turns()
        both.set_result("own")
        return await waiting

    assert run(scenario()) == "own"


def test_a_keyboard_interrupt_of_one_callback_leaves_the_others() -> None:
    called: List[Any] = []

    def interrupts(_: object) -> None:
        raise KeyboardInterrupt

    with own_loop() as loop:
        future = aio.prompt.PromptFuture(loop)
        future.prompt = True
        future.add_done_callback(interrupts)
        future.add_done_callback(called.append)
        loop.call_soon(future.set_result, None)
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(asyncio.sleep(PATIENCE))
        loop.run_until_complete(turns())
        assert called == [future]


# --- Callbacks --------------------------------------------------------------------------------------------------------


def test_add_future_takes_futures_of_other_loops_and_is_called_in_any_thread() -> None:
    async def scenario() -> Any:
        loop, main = asyncio.get_running_loop(), threading.get_ident()
        called: List[Any] = []

        def callback(done: Any) -> None:
            assert threading.get_ident() == main
            called.append(done.result())

        with LoopThread() as other:
            theirs = other.call(aio.create_future)
            aio.add_future(loop, theirs, callback)
            other.call(theirs.set_result, "other loop")
            await until(lambda: called)
            mine = loop.create_future()
            other.call(aio.add_future, loop, mine, callback)
            mine.set_result("mine, added there")
            await until(lambda: len(called) == 2)
            thread: Any = concurrent.futures.Future()
            aio.add_future(loop, thread, callback)
            other.call(thread.set_result, "thread")
            await until(lambda: len(called) == 3)
            assert not other.errors
        return called

    assert run(scenario()) == ["other loop", "mine, added there", "thread"]


def test_add_future_starts_coroutines_and_tells_the_loops_handler_of_errors() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    async def scenario() -> Any:
        errors, called = LoopErrors(), []

        async def fails(done: Any) -> None:
            called.append(done.result())
            await asyncio.sleep(0)
            raise ValueError("no")

        loop = asyncio.get_running_loop()
        aio.add_future(loop, answer(), fails)
        await until(lambda: errors.contexts)
        with pytest.raises(TypeError, match="can't be awaited: 42"):
            aio.add_future(loop, 42, fails)
        assert called == [42]
        return [(one["message"], str(one["exception"])) for one in errors.contexts] == [
            (f"Exception in callback {fails!r}", "no")
        ]

    assert run(scenario())


def test_call_later_keeps_what_it_starts_alive_and_tells_of_errors() -> None:
    async def scenario() -> None:
        errors = LoopErrors()
        loop = asyncio.get_running_loop()

        async def fails() -> None:
            await asyncio.sleep(0)
            gc.collect()
            raise ValueError("no")

        timer = aio.call_later(loop, datetime.timedelta(0), fails)
        aio.call_later(loop, -1, _fail)
        await until(lambda: len(errors.contexts) == 2)
        timer.cancel()  # too late: nothing happens
        assert {str(one["exception"]) for one in errors.contexts} == {"no"}
        assert {one["message"] for one in errors.contexts} == {
            f"Exception in callback {one!r}" for one in (_fail, fails)
        }

    run(scenario())


# --- Condition --------------------------------------------------------------------------------------------------------


def test_who_is_cancelled_takes_no_notification() -> None:
    async def scenario() -> None:
        condition = aio.Condition()
        first, second, third = (condition.wait() for _ in range(3))
        first.cancel()
        condition.notify()
        assert await second is True
        assert not third.done()
        condition.notify_all()
        assert await third is True
        await turns()
        assert not condition._waiters

    run(scenario())


def test_a_condition_refuses_another_deadline() -> None:
    async def scenario() -> None:
        condition = aio.Condition()
        with pytest.raises(TypeError, match="Unsupported deadline '1'"):
            condition.wait("1")  # type: ignore[arg-type]
        assert not condition._waiters

    run(scenario())
