"""The way from a communicator's thread to a loop and back. Loops are in debug mode: off-thread calls raise."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import gc
import threading
from typing import Any, Callable, Iterator, List

import kiwipy
import pytest

import plumpy_compat
from plumpy_compat import communications, futures, process_comms
from plumpy_compat.broker import bridge
from plumpy_compat.greenback_bridge import sync_await
from tests.runtime.helpers import PATIENCE, LoopThread, resolve, run


@pytest.fixture
def elsewhere() -> Iterator[LoopThread]:
    """Another one."""
    with LoopThread() as thread:
        yield thread


class Boom(Exception):
    pass


# --- What comes out ---------------------------------------------------------------------------------------------------


async def coroutine(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


class Callable1:
    async def __call__(self, value: Any) -> Any:
        return value


def loop_future(value: Any) -> asyncio.Future[Any]:
    """A future of the running loop that is done a turn later."""
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, value)
    return future


def done_kiwi_future(value: Any) -> kiwipy.Future:
    future = kiwipy.Future()
    future.set_result(value)
    return future


def late_kiwi_future(value: Any) -> kiwipy.Future:
    future = kiwipy.Future()
    threading.Timer(0.01, future.set_result, [value]).start()
    return future


def task(value: Any) -> Any:
    return asyncio.ensure_future(coroutine(value))


WRAPPERS: List[Callable[[Any], Any]] = [coroutine, loop_future, done_kiwi_future, late_kiwi_future, task]


@pytest.mark.parametrize(
    "callback",
    [
        lambda value: value,
        functools.partial(lambda _, value: value, None),
        Callable1(),
        functools.partial(coroutine),
        lambda value: sync_await(coroutine(value)),
        *WRAPPERS,
    ],
)
def test_the_value_comes_out(there: LoopThread, callback: Any) -> None:
    assert bridge.call_on_loop(there.loop, callback, 42).result(PATIENCE) == 42


def test_it_runs_on_the_loop_with_its_arguments(there: LoopThread) -> None:
    def where(*args: Any, **kwargs: Any) -> Any:
        return asyncio.get_running_loop() is there.loop, args, kwargs

    assert bridge.call_on_loop(there.loop, where, 1, two=2).result(PATIENCE) == (True, (1,), {"two": 2})


@pytest.mark.parametrize("outer", WRAPPERS)
@pytest.mark.parametrize("inner", WRAPPERS)
def test_futures_in_futures(there: LoopThread, outer: Any, inner: Any) -> None:
    assert bridge.call_on_loop(there.loop, lambda: outer(inner(outer(42)))).result(PATIENCE) == 42


def test_deep_nesting(there: LoopThread) -> None:
    def nest() -> Any:
        value: Any = 42
        for depth in range(1000):
            value = (loop_future, done_kiwi_future)[depth % 2](value)
        return value

    assert bridge.call_on_loop(there.loop, nest).result(PATIENCE) == 42


def test_future_of_a_loop_in_another_thread(there: LoopThread, elsewhere: LoopThread) -> None:
    future = elsewhere.call(elsewhere.loop.create_future)
    reply = bridge.call_on_loop(there.loop, lambda: done_kiwi_future(future))
    elsewhere.call(future.set_result, 42)
    assert reply.result(PATIENCE) == 42
    assert elsewhere.errors == []


def test_futures_of_two_loops_in_turn(there: LoopThread, elsewhere: LoopThread) -> None:
    def chain() -> Any:
        inner = communications.plum_to_kiwi_future(there.loop.create_task(coroutine(42)))
        return loop_future(elsewhere.submit(coroutine(inner)))

    assert bridge.call_on_loop(there.loop, chain).result(PATIENCE) == 42
    assert elsewhere.errors == []


def test_done_future_of_a_loop_that_is_closed(there: LoopThread) -> None:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    future.set_result(42)
    loop.close()
    assert bridge.call_on_loop(there.loop, lambda: future).result(PATIENCE) == 42


# --- Errors -----------------------------------------------------------------------------------------------------------


def failing() -> Any:
    raise Boom("it failed")


async def failing_coroutine() -> Any:
    raise Boom("it failed")


def failing_future() -> Any:
    future = asyncio.get_running_loop().create_future()
    future.set_exception(Boom("it failed"))
    return done_kiwi_future(future)


@pytest.mark.parametrize("callback", [failing, failing_coroutine, failing_future])
def test_an_error_comes_out(there: LoopThread, callback: Any) -> None:
    with pytest.raises(Boom, match="it failed"):
        bridge.call_on_loop(there.loop, callback).result(PATIENCE)


def test_an_error_of_another_loop_comes_out(there: LoopThread, elsewhere: LoopThread) -> None:
    future = elsewhere.call(elsewhere.loop.create_future)
    reply = bridge.call_on_loop(there.loop, lambda: future)
    elsewhere.call(future.set_exception, Boom("it failed"))
    with pytest.raises(Boom, match="it failed"):
        reply.result(PATIENCE)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("callback", [failing, failing_coroutine])
def test_closed_loop(callback: Any) -> None:
    """The answer is an error; a coroutine isn't left un-awaited."""
    loop = asyncio.new_event_loop()
    loop.close()
    reply = bridge.call_on_loop(loop, callback)
    with pytest.raises(RuntimeError, match="closed"):
        reply.result(0)
    del reply
    gc.collect()


@pytest.mark.filterwarnings("error")
def test_pending_future_of_a_closed_loop(there: LoopThread) -> None:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    loop.close()
    reply = bridge.call_on_loop(there.loop, lambda: future)
    with pytest.raises(RuntimeError, match="closed"):
        reply.result(PATIENCE)
    del reply
    gc.collect()


# --- Cancellation -----------------------------------------------------------------------------------------------------


def test_cancelling_the_call_cancels_what_it_awaits(there: LoopThread) -> None:
    began, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.set()
            raise

    reply = bridge.call_on_loop(there.loop, wait)
    assert began.wait(PATIENCE)
    assert reply.cancel()
    assert ended.wait(PATIENCE)


def test_cancelling_the_call_cancels_the_future_of_another_loop(there: LoopThread, elsewhere: LoopThread) -> None:
    future = elsewhere.call(elsewhere.loop.create_future)
    cancelled = threading.Event()
    elsewhere.call(future.add_done_callback, lambda done: cancelled.set() if done.cancelled() else None)
    began = threading.Event()

    def give() -> Any:
        there.loop.call_later(0.01, began.set)
        return future

    reply = bridge.call_on_loop(there.loop, give)
    assert began.wait(PATIENCE)
    reply.cancel()
    assert cancelled.wait(PATIENCE)


def cancelled_loop_future() -> Any:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    return future


def cancelled_kiwi_future() -> Any:
    future = kiwipy.Future()
    future.cancel()
    return future


@pytest.mark.parametrize("callback", [cancelled_loop_future, cancelled_kiwi_future])
def test_a_cancelled_result_cancels_the_reply(there: LoopThread, callback: Any) -> None:
    reply = bridge.call_on_loop(there.loop, callback)
    with pytest.raises(concurrent.futures.CancelledError):
        reply.result(PATIENCE)
    assert reply.cancelled()


# --- plum_to_kiwi_future ----------------------------------------------------------------------------------------------


def test_plum_to_kiwi_future_follows(there: LoopThread) -> None:
    future = there.call(there.loop.create_future)
    reply = plumpy_compat.plum_to_kiwi_future(future)
    inner = there.call(there.loop.create_future)
    there.call(future.set_result, inner)
    there.call(inner.set_result, 42)
    assert reply.result(PATIENCE) == 42


def test_plum_to_kiwi_future_of_an_error(there: LoopThread) -> None:
    future = there.call(there.loop.create_future)
    there.call(future.set_exception, Boom("it failed"))
    with pytest.raises(Boom, match="it failed"):
        plumpy_compat.plum_to_kiwi_future(future).result(PATIENCE)


def test_plum_to_kiwi_future_cancels_both_ways(there: LoopThread) -> None:
    future = there.call(there.loop.create_future)
    reply = plumpy_compat.plum_to_kiwi_future(future)
    there.call(future.cancel)
    with pytest.raises(concurrent.futures.CancelledError):
        reply.result(PATIENCE)

    future = there.call(there.loop.create_future)
    cancelled = threading.Event()
    there.call(future.add_done_callback, lambda _: cancelled.set())
    reply = plumpy_compat.plum_to_kiwi_future(future)
    there.run(asyncio.sleep(0))  # it's being followed by now
    reply.cancel()
    assert cancelled.wait(PATIENCE)
    assert future.cancelled()


# --- create_task ------------------------------------------------------------------------------------------------------


def outcome_of(there: LoopThread, source: Callable[[], Any]) -> asyncio.Future[Any]:
    """What create_task, called from here, gives when it's done."""
    future = futures.create_task(source, there.loop)
    assert future.get_loop() is there.loop

    async def settled() -> None:
        await asyncio.wait([future])

    there.run(settled())
    return future


@pytest.mark.parametrize("source", [lambda: coroutine(42), functools.partial(coroutine, 42), lambda: loop_future(42)])
def test_create_task_from_another_thread(there: LoopThread, source: Any) -> None:
    assert outcome_of(there, source).result() == 42


@pytest.mark.parametrize("source", [failing, failing_coroutine])
def test_create_task_that_fails(there: LoopThread, source: Any) -> None:
    with pytest.raises(Boom, match="it failed"):
        outcome_of(there, source).result()


def test_create_task_that_is_cancelled_inside(there: LoopThread) -> None:
    """plumpy leaves its future pending."""
    assert outcome_of(there, cancelled_loop_future).cancelled()


def test_cancelling_the_future_of_create_task_cancels_the_task(there: LoopThread) -> None:
    began, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    future = futures.create_task(wait, there.loop)
    assert began.wait(PATIENCE)
    there.call(future.cancel)
    assert ended.wait(PATIENCE)


def test_create_task_on_the_running_loop() -> None:
    async def main() -> Any:
        return await futures.create_task(lambda: coroutine(42))

    assert run(main(), debug=True) == 42


# --- unwrap_kiwi_future -----------------------------------------------------------------------------------------------


def nested(value: Any, depth: int) -> kiwipy.Future:
    for _ in range(depth):
        value = done_kiwi_future(value)
    return value


@pytest.mark.parametrize("depth", [1, 2, 3, 200])
def test_unwrap_kiwi_future(depth: int) -> None:
    assert futures.unwrap_kiwi_future(nested(42, depth)).result(0) == 42


def test_unwrap_gives_errors_and_cancellations() -> None:
    failed, cancelled = kiwipy.Future(), kiwipy.Future()
    failed.set_exception(Boom())
    cancelled.cancel()
    assert isinstance(futures.unwrap_kiwi_future(nested(failed, 2)).exception(0), Boom)
    assert futures.unwrap_kiwi_future(nested(cancelled, 2)).cancelled()


def test_unwrapped_future_may_be_cancelled_by_its_owner(caplog: pytest.LogCaptureFixture) -> None:
    source = kiwipy.Future()
    unwrapped = futures.unwrap_kiwi_future(source)
    unwrapped.cancel()
    source.set_result(1)
    assert unwrapped.cancelled()
    assert caplog.records == []


# --- No wake-up is lost -----------------------------------------------------------------------------------------------


class Waits(plumpy_compat.Process):
    """Waits until it's killed."""

    def run(self) -> Any:
        return plumpy_compat.Wait()


class Ends(plumpy_compat.Process):
    """Is done at once."""


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "for the loop"])
def test_ten_thousand_rpcs_to_an_idle_loop(there: LoopThread, wrapped: bool) -> None:
    """plumpy since 0.16 leaves one of a hundred unanswered until something else wakes the loop."""
    local = kiwipy.LocalCommunicator()
    communicator = communications.wrap_communicator(local, there.loop) if wrapped else local
    process = there.call(Waits, pid="idle", loop=there.loop, communicator=communicator)
    controller = process_comms.RemoteProcessThreadController(local)
    running = there.submit(process.step_until_terminated())
    for _ in range(10_000):
        assert resolve(controller.get_status("idle"))["pid"] == "idle"
    assert resolve(controller.kill_process("idle")) is True
    running.result(PATIENCE)


def test_a_thousand_launches_on_an_idle_loop(there: LoopThread) -> None:
    local = kiwipy.LocalCommunicator()
    communicator = communications.LoopCommunicator(local, there.loop)
    communicator.add_task_subscriber(process_comms.ProcessLauncher(loop=there.loop))
    controller = process_comms.RemoteProcessThreadController(local)
    for number in range(1000):
        reply = controller.launch_process(Ends, init_kwargs={"pid": number}, nowait=number % 2 == 0)
        assert resolve(reply) == (number if number % 2 == 0 else {})


def test_calls_from_many_threads(there: LoopThread) -> None:
    results: List[int] = []

    def call(first: int) -> None:
        for number in range(first, first + 300):
            callback = WRAPPERS[number % 2]
            results.append(bridge.call_on_loop(there.loop, callback, number).result(PATIENCE))

    threads = [threading.Thread(target=call, args=(first,), daemon=True) for first in (0, 1000, 2000, 3000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(results) == [first + number for first in (0, 1000, 2000, 3000) for number in range(300)]
