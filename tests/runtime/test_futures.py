"""Futures of the loop and of the communicator, and what goes between them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, List

import kiwipy
import pytest

import plumpy_compat as plumpy
from plumpy_compat import futures
from plumpy_compat.futures import CancellableAction, create_task, gather, unwrap_kiwi_future
from tests.runtime.helpers import LoopErrors, own_loop, run, turns


def test_the_names():
    assert plumpy.Future is asyncio.Future
    assert plumpy.CancelledError is kiwipy.CancelledError
    assert plumpy.chain is kiwipy.chain
    assert plumpy.copy_future is kiwipy.copy_future
    assert futures.capture_exceptions is kiwipy.capture_exceptions


# --- CancellableAction ------------------------------------------------------------------------------------------------


def test_an_action_is_a_future_of_its_result():
    async def scenario() -> None:
        action = CancellableAction(lambda a, b: a + b, cookie="cookie")
        assert action.cookie == "cookie"
        assert not action.done()
        action.run(1, b=2)
        assert await action == 3

    run(scenario())


def test_an_error_of_an_action_is_its_outcome():
    def fails() -> None:
        raise ValueError("x")

    async def scenario() -> None:
        action = CancellableAction(fails)
        action.run()
        with pytest.raises(ValueError, match="x"):
            await action

    run(scenario())


@pytest.mark.parametrize("how", ["ran", "cancelled", "answered"])
def test_an_action_runs_once(how: str):
    calls: List[int] = []

    async def scenario() -> None:
        action = CancellableAction(lambda: calls.append(1))
        if how == "ran":
            action.run()
        elif how == "cancelled":
            action.cancel()
        else:
            action.set_result(None)
        with pytest.raises(futures.InvalidStateError, match=r"^Action has already been ran$"):
            action.run()

    run(scenario())
    assert calls == ([1] if how == "ran" else [])


def test_an_action_may_answer_for_itself():
    async def scenario() -> None:
        action = CancellableAction(lambda: action.set_result("mine"))
        action.run()
        assert await action == "mine"

    run(scenario())


def test_an_action_knows_that_it_runs_and_drops_what_it_called():
    seen: List[bool] = []

    async def scenario() -> None:
        action = CancellableAction(lambda: seen.append(action.at_work))
        assert not action.at_work
        action.run()
        assert not action.at_work
        assert action._action is None

    run(scenario())
    assert seen == [True]


def test_an_action_that_is_interrupted_drops_what_it_called():
    def interrupted() -> None:
        raise KeyboardInterrupt

    async def scenario() -> None:
        action = CancellableAction(interrupted)
        with pytest.raises(KeyboardInterrupt):
            action.run()
        assert not action.at_work
        assert action._action is None

    run(scenario())


def test_an_action_belongs_to_the_loop_that_is_given():
    with own_loop(current=False) as loop:
        action = CancellableAction(lambda: 1, loop=loop)
        assert action.get_loop() is loop


# --- gather, create_task ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_list", [False, True])
def test_gather_takes_futures_or_one_list_of_them(as_list: bool):
    async def scenario() -> Any:
        coroutines = [asyncio.sleep(0, 1), asyncio.sleep(0, 2)]
        return await (gather(coroutines) if as_list else gather(*coroutines))

    assert run(scenario()) == [1, 2]


def test_gather_hands_on_what_asyncio_takes():
    async def fails() -> None:
        raise ValueError

    async def scenario() -> Any:
        return await gather(fails(), return_exceptions=True)

    assert isinstance(run(scenario())[0], ValueError)


async def succeeds() -> str:
    await asyncio.sleep(0)
    return "value"


def plain() -> Any:
    future = asyncio.get_running_loop().create_future()
    future.set_result("value")
    return future


@pytest.mark.parametrize("source", [succeeds, plain])
def test_create_task_gives_the_outcome(source: Any):
    async def scenario() -> Any:
        return await create_task(source)

    assert run(scenario(), debug=True) == "value"


def test_create_task_gives_an_error():
    async def fails() -> None:
        raise ValueError("x")

    async def scenario() -> None:
        errors = LoopErrors()
        with pytest.raises(ValueError, match="x"):
            await create_task(fails)
        with pytest.raises(ZeroDivisionError):
            await create_task(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        assert errors.contexts == []

    run(scenario())


def test_create_task_tells_a_cancellation():
    """Defect 4.1 #10: in plumpy the future stays pending, and a remote caller waits for ever."""

    async def scenario() -> None:
        awaited = asyncio.get_running_loop().create_future()

        async def waits() -> None:
            await awaited

        future = create_task(waits)
        await turns()
        awaited.cancel()
        with pytest.raises(asyncio.CancelledError):
            await future

    run(scenario())


def test_cancelling_the_future_of_a_task_cancels_the_task():
    ends: List[str] = []

    async def waits() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ends.append("ended")

    async def scenario() -> None:
        future = create_task(waits)
        await turns()
        future.cancel()
        await turns()
        assert ends == ["ended"]

    run(scenario())


def test_create_task_from_another_thread_wakes_the_loop():
    """The loop does nothing else meanwhile: it's asked in a thread-safe way. Debug mode checks that."""
    results: List[Any] = []

    def ask(loop: Any, done: Any) -> None:
        future = create_task(succeeds, loop)
        assert future.get_loop() is loop
        loop.call_soon_threadsafe(lambda: future.add_done_callback(lambda f: done.set_result(f.result())))

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(20):
            done = loop.create_future()
            thread = threading.Thread(target=ask, args=(loop, done))
            thread.start()
            results.append(await done)
            thread.join()

    run(scenario(), debug=True)
    assert results == ["value"] * 20


def test_create_task_takes_the_current_loop_if_none_is_given():
    with own_loop() as loop:
        future = create_task(succeeds)
        assert loop.run_until_complete(future) == "value"


# --- unwrap_kiwi_future -----------------------------------------------------------------------------------------------


def nested(depth: int) -> Any:
    """A future of a future of ..., and the innermost one."""
    innermost = outer = kiwipy.Future()
    for _ in range(depth):
        inner, outer = outer, kiwipy.Future()
        outer.set_result(inner)
    return outer, innermost


@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_futures_are_followed_to_any_depth(depth: int):
    outer, innermost = nested(depth)
    unwrapped = unwrap_kiwi_future(outer)
    assert not unwrapped.done()
    innermost.set_result("value")
    assert unwrapped.result(timeout=0) == "value"


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_an_error_is_followed(depth: int):
    outer, innermost = nested(depth)
    unwrapped = unwrap_kiwi_future(outer)
    innermost.set_exception(ValueError("x"))
    with pytest.raises(ValueError, match="x"):
        unwrapped.result(timeout=0)


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_cancellation_is_followed(depth: int):
    outer, innermost = nested(depth)
    unwrapped = unwrap_kiwi_future(outer)
    innermost.cancel()
    assert unwrapped.cancelled()


def test_who_is_not_interested_any_more_may_cancel():
    outer, innermost = nested(1)
    unwrapped = unwrap_kiwi_future(outer)
    unwrapped.cancel()
    innermost.set_result("value")
    assert unwrapped.cancelled()
