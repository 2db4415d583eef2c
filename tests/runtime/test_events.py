"""Event loops, tasks that live until they are done, and callbacks of processes."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
import weakref
from typing import Any, List

import pytest

import plumpy_compat as plumpy
from plumpy_compat import Process, events
from plumpy_compat.events import ProcessCallback, get_or_create_event_loop
from tests.runtime.helpers import LoopErrors, own_loop, run, turns

# --- Loops ------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_loop_is_left_behind() -> Any:
    yield
    loop = events._current_event_loop()
    if loop is not None and not loop.is_closed():
        loop.close()
    asyncio.set_event_loop(None)


def test_the_running_loop_comes_first():
    async def scenario() -> None:
        assert get_or_create_event_loop() is asyncio.get_running_loop()
        assert events.get_event_loop() is asyncio.get_running_loop()

    run(scenario())


def test_then_the_current_one():
    with own_loop() as loop:
        assert get_or_create_event_loop() is loop


@pytest.mark.parametrize("current", ["none", "closed"])
def test_else_a_new_one_is_made_and_becomes_current(current: str):
    closed = asyncio.new_event_loop()
    closed.close()
    asyncio.set_event_loop(closed if current == "closed" else None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loop = get_or_create_event_loop()
    assert not loop.is_closed()
    assert get_or_create_event_loop() is loop


def test_each_thread_has_a_loop_of_its_own():
    found: List[Any] = []

    def in_thread() -> None:
        found.append(get_or_create_event_loop())
        found[0].close()
        asyncio.set_event_loop(None)

    with own_loop() as loop:
        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()
        assert found[0] is not loop
        assert get_or_create_event_loop() is loop


def test_the_policy_of_another_kind_is_asked(monkeypatch: pytest.MonkeyPatch):
    with own_loop(current=False) as loop:

        class Policy:
            def __init__(self, loop: Any) -> None:
                self.loop = loop

            def get_event_loop(self) -> Any:
                if self.loop is None:
                    raise RuntimeError("there is none")
                return self.loop

        monkeypatch.setattr(events.asyncio, "get_event_loop_policy", lambda: Policy(loop))
        monkeypatch.setattr(events.asyncio, "get_event_loop", lambda: Policy(loop).get_event_loop())
        assert get_or_create_event_loop() is loop
        monkeypatch.setattr(events.asyncio, "get_event_loop_policy", lambda: Policy(None))
        monkeypatch.setattr(events.asyncio, "get_event_loop", lambda: Policy(None).get_event_loop())
        assert events._current_event_loop() is None


def test_functions_of_earlier_releases():
    loop = plumpy.new_event_loop()
    assert get_or_create_event_loop() is loop
    plumpy.set_event_loop(None)
    assert events._current_event_loop() is None
    plumpy.set_event_loop(loop)
    assert plumpy.get_event_loop() is loop
    plumpy.set_event_loop_policy()
    plumpy.reset_event_loop_policy()
    assert plumpy.get_event_loop() is loop
    loop.close()


# --- Tasks ------------------------------------------------------------------------------------------------------------


def test_a_scheduled_task_lives_though_nobody_keeps_it():
    """Defect 4.4: asyncio keeps tasks weakly, and plumpy drops them."""
    done: List[str] = []

    class Gate:
        def __await__(self) -> Any:
            self.future = asyncio.get_running_loop().create_future()
            yield from self.future
            done.append("done")

    async def waits(gate: Gate) -> None:
        await gate

    async def scenario() -> None:
        gate = Gate()
        reference = weakref.ref(events.spawn(asyncio.get_running_loop(), waits(gate)))
        await turns()
        gc.collect()
        assert reference() is not None
        gate.future.set_result(None)
        await turns()
        gc.collect()
        assert reference() is None

    run(scenario())
    assert done == ["done"]


def test_what_a_process_schedules_lives_though_nobody_keeps_it():
    """Defect 4.4, for `launch` and `call_soon`."""
    called: List[str] = []

    class Child(Process):
        async def run(self) -> None:
            await asyncio.sleep(0)
            called.append("child")

    class Parent(Process):
        async def run(self) -> None:
            self.launch(Child)
            self.call_soon(self.callback)
            gc.collect()

        async def callback(self) -> None:
            await asyncio.sleep(0)
            called.append("callback")

    async def scenario() -> None:
        await Parent().step_until_terminated()
        gc.collect()
        await turns()

    run(scenario())
    assert sorted(called) == ["callback", "child"]


# --- Callbacks --------------------------------------------------------------------------------------------------------


class Waits(Process):
    def run(self) -> Any:
        return plumpy.Wait()


def cleared(handle: ProcessCallback) -> bool:
    return (handle._process, handle._callback, handle._args, handle._kwargs) == (None, None, (), {})


@pytest.mark.parametrize("is_async", [False, True])
def test_a_callback_is_called_with_its_arguments(is_async: bool):
    seen: List[Any] = []

    def sync(a: int, b: int) -> None:
        seen.append((a, b, Process.current()))

    async def asynchronous(a: int, b: int) -> None:
        await asyncio.sleep(0)
        sync(a, b)

    async def scenario() -> None:
        process = Waits()
        handle = process.call_soon(asynchronous if is_async else sync, 1, b=2)
        assert not handle.cancelled()
        await turns()
        assert seen == [(1, 2, process)]
        assert cleared(handle)
        assert Process.current() is None

    run(scenario())


def test_a_callback_that_was_cancelled_is_not_called():
    seen: List[int] = []

    async def scenario() -> None:
        handle = Waits().call_soon(seen.append, 1)
        handle.cancel()
        handle.cancel()
        assert handle.cancelled()
        assert cleared(handle)
        await turns()

    run(scenario())
    assert seen == []


@pytest.mark.parametrize("fails", [False, True])
def test_a_callback_may_cancel_itself(fails: bool):
    """Defect 4.5: in plumpy that raises AttributeError, and the real error is lost."""
    handles: List[Any] = []

    def callback() -> None:
        handles[0].cancel()
        if fails:
            raise ValueError("the real error")

    async def scenario() -> None:
        errors = LoopErrors()
        process = Waits()
        handles.append(process.call_soon(callback))
        await turns()
        assert handles[0].cancelled()
        assert errors.contexts == []
        if fails:
            assert str(process.exception()) == "the real error"
            assert isinstance(process.future().exception(), ValueError)
        else:
            assert not process.has_terminated()

    run(scenario())


def test_a_callback_that_fails_is_told_to_the_process():
    told: List[Any] = []

    class Told(Waits):
        def callback_excepted(self, callback: Any, exception: Any, trace: Any) -> None:
            told.append((callback, type(exception), trace is exception.__traceback__))

    def fails() -> None:
        raise ValueError

    async def scenario() -> None:
        Told().call_soon(fails)
        await turns()

    run(scenario())
    assert told == [(fails, ValueError, True)]


def test_a_callback_may_wait_and_run_processes():
    results: List[Any] = []

    def callback() -> None:
        results.append(plumpy.sync_await(asyncio.sleep(0, "awaited")))
        results.append(Process().execute())

    async def scenario() -> None:
        Waits().call_soon(callback)
        await turns(50)

    run(scenario())
    assert results == ["awaited", {}]


def test_handles_are_small_and_can_be_referred_to_weakly():
    with own_loop():
        handle = ProcessCallback(Waits(), print, (), {})
        assert weakref.ref(handle)() is handle
        assert not hasattr(handle, "__dict__")
