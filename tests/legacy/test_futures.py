"""Futures of the legacy flavour between asyncio and whichever tornado there is; what they do alone is the table's."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging
import os
import subprocess
import sys
import threading
import weakref
from typing import Any, Callable, List

import kiwipy
import pytest

import plumpy_compat.legacy as plumpy
from plumpy_compat import persistence as modern
from plumpy_compat.aio.loops import current_event_loop
from plumpy_compat.legacy import awaiting, future_base, futures, loops

TORNADO = loops.TORNADO
BEFORE_5 = TORNADO is not None and TORNADO < (5, 0)
LOGGER = "tornado.application" if BEFORE_5 else "asyncio"
tornado_only = pytest.mark.skipif(TORNADO is None, reason="tornado isn't installed")
through_asyncio = pytest.mark.skipif(BEFORE_5, reason="tornado before 5 logs by itself")

if TORNADO is not None:
    from tornado import gen
    from tornado.concurrent import Future as TornadoFuture

PATIENCE = 60


@pytest.fixture
def io_loop():
    loops.clear_current()
    loop = plumpy.new_event_loop()
    loop.make_current()
    yield loop
    loop.close()
    loops.clear_current()


@pytest.fixture
def loop(io_loop: Any) -> asyncio.AbstractEventLoop:
    return loops.asyncio_loop(io_loop)


@pytest.fixture
def future() -> Any:
    return plumpy.Future()


@pytest.fixture
def no_collector():
    """What isn't freed by counting references stays."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def run(loop: asyncio.AbstractEventLoop, coroutine: Any) -> Any:
    return loop.run_until_complete(asyncio.wait_for(coroutine, PATIENCE))


def fail(future: Any) -> None:
    future.set_exception(ValueError("boom"))


async def wait(future: Any) -> Any:
    return await future


SETTLE: Any = {
    "done": lambda future: future.set_result(5),
    "failed": fail,
    "cancelled": lambda future: future.cancel(),
}
OUTCOMES = {"done": "5", "failed": "ValueError('boom')", "cancelled": "CancelledError()"}
outcomes = pytest.mark.parametrize("kind", list(SETTLE))
when = pytest.mark.parametrize("now", [True, False], ids=["done already", "done later"])


def settle(loop: Any, future: Any, kind: str, now: bool) -> None:
    if now:
        SETTLE[kind](future)
    else:
        loop.call_soon(SETTLE[kind], future)


async def outcome(future: Any) -> str:
    try:
        return repr(await future)
    except (ValueError, plumpy.CancelledError) as error:
        return repr(error)


# --- What it is ------------------------------------------------------------------------------------------------------


def test_it_derives_from_what_others_ask_for() -> None:
    assert asyncio.isfuture(plumpy.Future())
    assert isinstance(plumpy.SavableFuture(), plumpy.Future)
    assert issubclass(plumpy.Future, asyncio.Future) is not BEFORE_5
    if TORNADO is not None:
        assert isinstance(plumpy.Future(), TornadoFuture)


def test_it_needs_no_loop_and_makes_none() -> None:
    seen: List[Any] = []

    def work() -> None:
        future = plumpy.Future()
        future.add_done_callback(lambda done: seen.append(done.result()))
        future.set_result(5)
        fail(plumpy.Future())
        seen.append(current_event_loop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [5, None]


def test_its_text_does_not_depend_on_its_callbacks(future: Any) -> None:
    before = repr(future)
    future.add_done_callback(print)
    assert repr(future) == before == object.__repr__(future)


# --- asyncio waits for it --------------------------------------------------------------------------------------------


@outcomes
@when
def test_await(loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)
    assert run(loop, outcome(future)) == OUTCOMES[kind]


@when
def test_it_is_awaited_by_many(loop: Any, future: Any, now: bool) -> None:
    settle(loop, future, "done", now)

    async def all_of_them() -> Any:
        return await asyncio.gather(wait(future), wait(future), future)

    assert run(loop, all_of_them()) == [5, 5, 5]


def test_cancelling_who_waits_is_not_cancelling_it(loop: Any, future: Any) -> None:
    async def cancel() -> None:
        task = asyncio.ensure_future(wait(future))
        await asyncio.sleep(0)
        assert len(future._callbacks) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(loop, cancel())
    assert not future.done()
    assert future._callbacks == []


@outcomes
@when
def test_gather(loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)

    async def gather() -> Any:
        return await asyncio.gather(future, asyncio.sleep(0, 6), return_exceptions=True)

    first, second = run(loop, gather())
    assert (repr(first).replace("('')", "()"), second) == (OUTCOMES[kind], 6)


@pytest.mark.parametrize("kind", ["failed", "cancelled"])
@when
def test_gather_ends_with_the_first_that_does(loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)

    async def gather() -> None:
        with pytest.raises(ValueError if kind == "failed" else asyncio.CancelledError):
            await asyncio.gather(future, loop.create_future())

    run(loop, gather())


@outcomes
@when
def test_wait(loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)

    async def wait_for_one() -> Any:
        return await asyncio.wait([future, loop.create_future()], return_when=asyncio.FIRST_COMPLETED)

    done, pending = run(loop, wait_for_one())
    assert done == {future}
    assert len(pending) == 1


@when
def test_wait_for_shield_and_as_completed(loop: Any, future: Any, now: bool) -> None:
    settle(loop, future, "done", now)

    async def waiters() -> Any:
        first = await asyncio.wait_for(future, PATIENCE)
        second = await asyncio.shield(future)
        (third,) = asyncio.as_completed([future])
        return [first, second, await third]

    assert run(loop, waiters()) == [5, 5, 5]


@when
def test_shield_as_the_first(loop: Any, future: Any, now: bool) -> None:
    settle(loop, future, "done", now)

    async def shield() -> Any:
        return await asyncio.shield(future)

    assert run(loop, shield()) == 5


def test_wait_for_what_never_ends(loop: Any, future: Any) -> None:
    async def wait_for() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(future, 0.001)

    run(loop, wait_for())
    assert not future._callbacks


@outcomes
@when
def test_run_until_complete(loop: Any, future: Any, kind: str, now: bool) -> None:
    assert asyncio.ensure_future(future) is future
    settle(loop, future, kind, now)
    if kind == "done":
        assert loop.run_until_complete(future) == 5
    else:
        with pytest.raises((ValueError, plumpy.CancelledError)):
            loop.run_until_complete(future)


def test_another_thread_may_settle_it(loop: Any, future: Any) -> None:
    async def wait_here() -> Any:
        threading.Thread(target=future.set_result, args=(5,)).start()
        return await future

    assert run(loop, wait_here()) == 5


def test_loops_of_two_threads_may_wait_for_it(loop: Any, future: Any) -> None:
    seen: List[int] = []
    waiting = threading.Event()

    async def wait_there() -> Any:
        asyncio.get_running_loop().call_soon(waiting.set)
        return await future

    thread = threading.Thread(target=lambda: seen.append(asyncio.run(wait_there())))

    async def wait_here() -> Any:
        thread.start()
        await loop.run_in_executor(None, waiting.wait, PATIENCE)
        loop.call_soon(future.set_result, 5)
        return await future

    assert run(loop, wait_here()) == 5
    thread.join()
    assert seen == [5]


def test_a_loop_that_was_closed_meanwhile_is_left_alone(future: Any) -> None:
    other = asyncio.new_event_loop()
    coroutine = wait(future)
    task = other.create_task(coroutine)
    other.run_until_complete(asyncio.sleep(0))
    other.close()
    future.set_result(5)
    assert future.result() == 5
    assert not task.done()
    coroutine.close()


def test_callbacks_of_the_user_run_inside_of_set_result_also_in_a_loop(loop: Any, future: Any) -> None:
    seen: List[Any] = []

    async def act() -> None:
        future.add_done_callback(lambda done: seen.append("inside"))
        future.set_result(1)
        seen.append("after")

    run(loop, act())
    assert seen == ["inside", "after"]


def test_a_callback_with_a_context_is_called_by_the_loop_in_it(loop: Any, future: Any) -> None:
    variable: Any = contextvars.ContextVar("variable", default=0)
    context = contextvars.copy_context()
    context.run(variable.set, 7)
    seen: List[Any] = []

    def note(_: Any) -> None:
        seen.append(variable.get())

    async def act() -> None:
        future.add_done_callback(note, context=context)
        future.set_result(1)
        seen.append("after")
        await asyncio.sleep(0)

    run(loop, act())
    assert seen == ["after", 7]
    outside = plumpy.Future()
    outside.add_done_callback(note, context=context)
    outside.remove_done_callback(note)
    outside.add_done_callback(note, context=context)
    outside.set_result(1)
    run(loop, asyncio.sleep(0))
    assert seen == ["after", 7, 7]


# --- tornado waits for it --------------------------------------------------------------------------------------------


@tornado_only
@outcomes
@when
def test_yield(io_loop: Any, loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)

    @gen.coroutine
    def coroutine() -> Any:
        try:
            value = yield future
        except (ValueError, plumpy.CancelledError) as error:
            return repr(error)
        return repr(value)

    assert io_loop.run_sync(coroutine, timeout=PATIENCE) == OUTCOMES[kind]


@tornado_only
@outcomes
@when
def test_await_in_a_coroutine_that_tornado_runs(io_loop: Any, loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)
    assert io_loop.run_sync(lambda: outcome(future), timeout=PATIENCE) == OUTCOMES[kind]


@tornado_only
def test_yield_of_many(io_loop: Any, loop: Any, future: Any) -> None:
    settle(loop, future, "done", False)

    @gen.coroutine
    def coroutine() -> Any:
        values = yield [future, future]
        named = yield {"a": future}
        return values, named

    assert io_loop.run_sync(coroutine, timeout=PATIENCE) == ([5, 5], {"a": 5})


@tornado_only
def test_a_coroutine_goes_on_in_a_turn_of_the_loop_not_inside_of_set_result(io_loop: Any, future: Any) -> None:
    seen: List[str] = []

    @gen.coroutine
    def coroutine() -> Any:
        yield future
        seen.append("goes on")

    @gen.coroutine
    def settles() -> Any:
        waiting = coroutine()
        future.set_result(1)
        seen.append("is set")
        yield waiting

    io_loop.run_sync(settles, timeout=PATIENCE)
    assert seen == ["is set", "goes on"]


@tornado_only
def test_another_thread_may_settle_what_tornado_waits_for(io_loop: Any, future: Any) -> None:
    @gen.coroutine
    def coroutine() -> Any:
        threading.Thread(target=future.set_result, args=(5,)).start()
        value = yield future
        return value

    assert io_loop.run_sync(coroutine, timeout=PATIENCE) == 5


@tornado_only
def test_with_timeout(io_loop: Any, loop: Any, future: Any) -> None:
    @gen.coroutine
    def coroutine() -> Any:
        loop.call_soon(future.set_result, 5)
        value = yield gen.with_timeout(io_loop.time() + PATIENCE, future)
        return value

    assert io_loop.run_sync(coroutine, timeout=PATIENCE) == 5


@pytest.mark.parametrize("kind", ["done", "failed"])
@when
def test_run_sync(io_loop: Any, loop: Any, future: Any, kind: str, now: bool) -> None:
    settle(loop, future, kind, now)
    if kind == "done":
        assert io_loop.run_sync(lambda: future) == 5
    else:
        with pytest.raises(ValueError, match="boom"):
            io_loop.run_sync(lambda: future)


@when
def test_add_future(io_loop: Any, loop: Any, future: Any, now: bool) -> None:
    settle(loop, future, "done", now)
    seen: List[Any] = []

    def note(done: Any) -> None:
        seen.append(done.result())
        io_loop.stop()

    io_loop.add_future(future, note)
    assert seen == []
    io_loop.start()
    assert seen == [5]


# --- Other kinds of futures ------------------------------------------------------------------------------------------

KINDS: Any = {"ours": plumpy.Future, "kiwipy's": kiwipy.Future}


@pytest.mark.parametrize("make", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("backwards", [False, True])
@outcomes
def test_chain_and_copy_future(make: Callable[[], Any], backwards: bool, kind: str) -> None:
    for link in (plumpy.chain, plumpy.copy_future):
        source, target = (make(), plumpy.Future()) if backwards else (plumpy.Future(), make())
        if link is plumpy.chain:
            link(source, target)
            assert not target.done()
            SETTLE[kind](source)
        else:
            SETTLE[kind](source)
            link(source, target)
        assert target.cancelled() is (kind == "cancelled")
        if kind == "done":
            assert target.result() == 5
        elif kind == "failed":
            assert target.exception() is source.exception()


def test_capture_exceptions(future: Any) -> None:
    error = ValueError("boom")
    with futures.capture_exceptions(future):
        raise error
    assert future.exception() is error


def test_unwrap_kiwi_future_of_ours() -> None:
    outer = kiwipy.Future()
    unwrapped = futures.unwrap_kiwi_future(outer)
    outer.set_result(5)
    assert unwrapped.result() == 5


# --- Logs and memory -------------------------------------------------------------------------------------------------


def logged(caplog: Any) -> List[Any]:
    return [(one.name, one.levelname) for one in caplog.records]


@pytest.mark.usefixtures("no_collector")
def test_it_is_logged_as_soon_as_nobody_has_it(caplog: Any) -> None:
    future = plumpy.Future()
    fail(future)
    assert logged(caplog) == []
    del future
    assert logged(caplog) == [(LOGGER, "ERROR")]
    assert "boom" in caplog.text


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("ask", ["result", "exception"])
def test_asking_for_the_error_makes_no_cycle(ask: str) -> None:
    held = plumpy.Future()
    fail(held)
    gone = weakref.ref(held)
    with contextlib.suppress(ValueError):
        getattr(held, ask)()
    del held
    assert gone() is None


@pytest.mark.usefixtures("no_collector")
def test_awaiting_it_makes_no_cycle(loop: Any) -> None:
    future = plumpy.Future()
    gone = weakref.ref(future)

    async def ask(held: List[Any]) -> str:
        try:
            return str(await held.pop())
        except ValueError as error:
            return str(error)

    held = [future]
    loop.call_soon(fail, future)
    del future
    assert loop.run_until_complete(ask(held)) == "boom"
    assert gone() is None


async def failing() -> None:
    await asyncio.sleep(0)
    raise ValueError("boom")


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("make", ["create_task", "started"])
def test_the_future_of_a_task_is_logged_once_and_at_once(loop: Any, make: str, caplog: Any) -> None:
    future = plumpy.create_task(failing, loop) if make == "create_task" else awaiting.started(failing(), loop)
    run(loop, asyncio.sleep(0.01))
    assert future.done()
    del future
    assert logged(caplog) == [(LOGGER, "ERROR")]


@through_asyncio
def test_the_handler_of_the_loop_is_told(loop: Any) -> None:
    told: List[Any] = []
    loop.set_exception_handler(lambda _, context: told.append(context))
    future = plumpy.Future()
    fail(future)
    text = repr(future)
    del future
    (context,) = told
    assert context["message"] == "Future exception was never retrieved"
    assert repr(context["exception"]) == "ValueError('boom')"
    assert repr(context["future"]) == text


@through_asyncio
def test_it_is_logged_without_a_loop_as_with_one(loop: Any, caplog: Any) -> None:
    def lose() -> None:
        fail(plumpy.Future())

    thread = threading.Thread(target=lose)
    thread.start()
    thread.join()
    lose()
    without, with_one = caplog.records
    assert (without.name, without.levelno) == (with_one.name, with_one.levelno) == ("asyncio", logging.ERROR)
    assert [one.getMessage().splitlines()[0] for one in (without, with_one)] == [
        "Future exception was never retrieved"
    ] * 2
    assert without.exc_info[1].args == with_one.exc_info[1].args == ("boom",)


def test_nothing_is_logged_when_the_program_ends() -> None:
    program = "import plumpy_compat.legacy as p; f = p.Future(); f.set_exception(ValueError('boom'))"
    command = [sys.executable, "-W", "ignore", "-c"]
    done = subprocess.run([*command, program], stderr=subprocess.PIPE, encoding="utf-8", check=True)
    assert done.stderr == ""
    done = subprocess.run([*command, f"{program}; del f"], stderr=subprocess.PIPE, encoding="utf-8", check=True)
    assert "boom" in done.stderr


# --- Warnings --------------------------------------------------------------------------------------------------------


TOUCHES = """
import asyncio, plumpy_compat.legacy as p

def set_it(future):
    future._tb_logger = None

TOUCHES = [
    lambda future: future._tb_logger,
    set_it,
    lambda future: future._clear_tb_log(),
    lambda future: future.exc_info(),
    lambda future: future.set_exc_info((ValueError, ValueError("boom"), None)),
]

async def main():
    for touch in TOUCHES:
        try:
            touch(p.SavableFuture())
        except p.PlumpyCompatDeprecationWarning as error:
            print(str(error).partition("`Future.")[2])

asyncio.run(main())
"""


def test_touching_what_only_tornados_has_is_an_error_if_asked_for() -> None:
    environment = {**os.environ, "PLUMPY_COMPAT_WARNINGS": "error"}
    command = [sys.executable, "-W", "ignore", "-c", TOUCHES]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    lines = done.stdout.splitlines()
    names = [line.partition("`")[0] for line in lines]
    assert names == ["_tb_logger", "_tb_logger", "_clear_tb_log", "exc_info", "set_exc_info"]
    assert all("`plumpy-migrate --explain TOR215`" in line for line in lines)


def test_it_is_a_deprecation_warning(future: Any) -> None:
    with pytest.warns(DeprecationWarning, match=r"Future\._tb_logger.*--explain TOR215") as caught:
        future._tb_logger = None
    assert [one.filename for one in caught] == [__file__]


@outcomes
@when
def test_no_other_use_of_a_future_is_taken_for_one(loop: Any, kind: str, now: bool, monkeypatch: Any) -> None:
    def note(feature: str, rule: str) -> None:
        raise AssertionError(feature)

    monkeypatch.setattr(future_base, "warn", note)
    future = plumpy.SavableFuture()
    settle(loop, future, kind, now)
    assert run(loop, outcome(future)) == OUTCOMES[kind]
    plumpy.chain(future, plumpy.Future())
    plumpy.SavableFuture.recreate_from(future.save())
    with pytest.raises(TypeError):
        future.set_exception(ValueError("boom"))
    del future
    gc.collect()


# --- Saving and loading ----------------------------------------------------------------------------------------------


class Subclass(plumpy.SavableFuture):
    """One that can't be made as it is loaded."""

    def __init__(self, needed: Any) -> None:
        super().__init__()
        self.needed = needed

    def load_instance_state(self, saved_state: Any, load_context: Any) -> None:
        super().load_instance_state(saved_state, load_context)
        self.loaded = True


def load(cls: Any, **state: Any) -> Any:
    return cls.recreate_from({"!!meta": {"class_name": "plumpy.persistence:SavableFuture"}, **state})


@pytest.mark.parametrize("cls", [plumpy.SavableFuture, Subclass])
@pytest.mark.parametrize("version", ["0.15", "later"])
def test_states_of_all_releases_load(cls: Any, version: str, caplog: Any) -> None:
    if version == "0.15":
        pending, done = {"_done": False, "_result": None}, {"_done": True, "_result": [1]}
        failed = {"_done": True, "_result": None, "exception": ValueError("boom")}
    else:
        pending, done = {"_state": "PENDING", "_result": None}, {"_state": "FINISHED", "_result": [1]}
        failed = {"_state": "FINISHED", "_result": None, "exception": ValueError("boom")}
    assert not load(cls, **pending).done()
    assert load(cls, **done).result() == [1]
    assert load(cls, **done).result() is not done["_result"]
    future = load(cls, **failed)
    assert (type(future), future.done(), future._log_traceback) == (cls, True, False)
    with pytest.raises(ValueError, match="boom"):
        future.result()
    assert str(load(cls, **failed).exception()) == "boom"
    assert logged(caplog) == []
    if version == "later":
        assert load(cls, _state="CANCELLED", _result=None).cancelled()
    if cls is Subclass:
        assert future.loaded


def test_frames_are_not_loaded() -> None:
    error = ValueError("boom")
    with contextlib.suppress(ValueError):
        raise error
    assert load(plumpy.SavableFuture, _done=True, _result=None, exception=error)._exc_info[2] is None


def test_one_that_could_not_be_loaded_goes_in_silence(monkeypatch: Any) -> None:
    seen: List[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    with pytest.raises(KeyError):
        plumpy.auto_persist("missing")(type("Needs", (plumpy.SavableFuture,), {})).recreate_from({})
    gc.collect()
    assert seen == []


def test_what_is_saved_says_the_same_to_all_releases() -> None:
    future = plumpy.SavableFuture()
    meta = {"class_name": "plumpy.persistence:SavableFuture"}
    pending = {"_done": False, "_state": "PENDING", "_result": None}
    assert {**future.save(), "!!meta": meta} == {"!!meta": meta, **pending}
    future.set_result(5)
    assert {**future.save(), "!!meta": meta} == {"!!meta": meta, "_done": True, "_state": "FINISHED", "_result": 5}
    future = plumpy.SavableFuture()
    fail(future)
    assert repr(future.save()["exception"]) == "ValueError('boom')"


def test_a_modern_program_loads_modern_futures() -> None:
    loops.clear_current()
    future = modern.Savable.load({"!!meta": {"class_name": "plumpy.persistence:SavableFuture"}, "_done": False})
    assert type(future) is modern.SavableFuture
    loops.clear_current()


class Fails(plumpy.Process):
    """A process that fails, and has a future of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = plumpy.SavableFuture()

    def run(self) -> None:
        fail(self.own)
        raise ValueError("boom")


plumpy.auto_persist("own")(Fails)


def test_futures_of_a_process_stay_silent_when_it_is_loaded(io_loop: Any, caplog: Any) -> None:
    process = Fails(loop=io_loop)
    with pytest.raises(ValueError, match="boom"):
        process.execute()
    bundle = plumpy.Bundle(process)
    caplog.clear()
    loaded = bundle.unbundle(plumpy.LoadSaveContext(loop=io_loop))
    for future in (loaded.future(), loaded.own):
        assert isinstance(future, plumpy.SavableFuture)
        assert (future.done(), future._log_traceback) == (True, False)
        assert str(future._exc_info[1]) == "boom"
    assert loaded.own._callbacks == []
    del loaded, future
    gc.collect()
    assert logged(caplog) == []
