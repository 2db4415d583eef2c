"""Helpers for code that was rewritten from tornado's coroutines.

The scenarios are generators that yield what tornado's coroutines could. Each is run by our helpers, and, where tornado
is installed (nothing of ours needs it), by tornado too: the *side-by-side* tests.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import functools
import gc
import inspect
import logging
import pkgutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from plumpy_compat import aio, utils
from tests.runtime.helpers import PATIENCE, LoopErrors, LoopThread, own_loop, run, turns, until
from tests.runtime.two_sides import by_tornado, ours, tornado_version

SOON = datetime.timedelta(0)
LATE = datetime.timedelta(seconds=PATIENCE)


def _failing(api: Any, error: Exception) -> Any:
    future = api.Future()
    future.set_exception(error)
    return future


def _done(api: Any, value: Any) -> Any:
    future = api.Future()
    future.set_result(value)
    return future


def _in_thread(value: Any) -> Any:
    future: Any = concurrent.futures.Future()
    threading.Timer(0.001, future.set_result, (value,)).start()
    return future


def _wait_for(api: Any, condition: Callable[[], Any]) -> Iterator[Any]:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        yield api.sleep(0.001)


# --- Scenarios: a name, what comes of it; `_TORNADO` has what comes of it in tornado, where that's something else -----

SCENARIOS: Dict[str, Any] = {}
_TORNADO: Dict[Any, Any] = {}
HANGS = "it hangs: the thread that sets the future doesn't wake the loop"


def scenario(expected: Any, tornado4: Any = None, tornado6: Any = None) -> Callable[..., Any]:
    def register(function: Any) -> Any:
        SCENARIOS[function.__name__] = (function, expected)
        _TORNADO[function.__name__, 4] = expected if tornado4 is None else tornado4
        _TORNADO[function.__name__, 6] = expected if tornado6 is None else tornado6
        return function

    return register


@scenario([None, 1, 2])
def yields_none_a_future_and_a_threads_future(api: Any) -> Any:
    return [(yield None), (yield _done(api, 1)), (yield _in_thread(2))]


@scenario([[1, [2, None]], {"a": 3, "b": [4]}, [], {}])
def containers_nest_and_keep_their_shape(api: Any) -> Any:
    first = yield [_done(api, 1), [_done(api, 2), None]]
    second = yield {"a": _done(api, 3), "b": [_done(api, 4)]}
    return [first, second, (yield []), (yield {})]


@scenario([[1, [2]], {"a": 3}, [4]], tornado6=HANGS)
def containers_may_hold_futures_of_threads(api: Any) -> Any:
    first = yield [_in_thread(1), [_in_thread(2)]]
    second = yield {"a": _in_thread(3)}
    return [first, second, (yield api.with_timeout(LATE, [_in_thread(4)]))]


@scenario([[1, 2], [1, 1]])
def multi_takes_any_iterable_and_one_future_twice(api: Any) -> Any:
    one = api.Future()
    both = api.multi((one, one))
    one.set_result(1)
    return [(yield api.multi(iter([one, _done(api, 2)]))), (yield both)]


@scenario(["refused"] * 5)
def what_is_not_yieldable_is_refused(api: Any) -> Any:
    seen = []
    for value in (42, "x", (1,), {1}, [1]):
        try:
            yield value
        except api.Refused:
            seen.append("refused")
    return seen


@scenario(["pending", "first", ["Multiple exceptions in yield list"] * 2])
def multi_waits_for_all_and_raises_the_first_by_position(api: Any) -> Any:
    slow, last = api.Future(), api.Future()
    both = api.multi([slow, _failing(api, ValueError("second")), last])
    yield api.sleep(0)
    yield api.sleep(0)
    seen = ["done" if both.done() else "pending"]
    last.set_exception(KeyError("last"))
    slow.set_exception(ValueError("first"))
    try:
        yield both
    except ValueError as error:
        seen.append(str(error))
    return seen


@scenario(["a", ["Multiple exceptions in yield list"]])
def multi_does_not_log_quiet_errors(api: Any) -> Any:
    errors = [ValueError("a"), KeyError("b"), OSError("c")]
    try:
        yield api.multi({str(one): _failing(api, one) for one in errors}, quiet_exceptions=(KeyError,))
    except ValueError as error:
        return [str(error)]


@scenario([1, [2, 3], 4, 5, 6])
def with_timeout_gives_results_in_time(api: Any) -> Any:
    return [
        (yield api.with_timeout(LATE, _in_thread(1))),
        (yield api.with_timeout(LATE, [_done(api, 2), _done(api, 3)])),
        (yield api.with_timeout(time.time() + PATIENCE, _in_thread(4))),
        (yield api.with_timeout(time.time() - 1, _done(api, 5))),
        (yield api.with_timeout(SOON, _done(api, 6))),
    ]


@scenario(["Timeout", "Timeout", "pending", 1])
def with_timeout_does_not_cancel(api: Any) -> Any:
    future = api.Future()
    seen: List[Any] = []
    for limit in (SOON, time.time() - 1):  # a number is a time, not a span
        try:
            yield api.with_timeout(limit, future)
        except api.Timeout as error:
            seen.append(str(error))
    seen.append("done" if future.done() else "pending")
    future.set_result(1)
    return [*seen, (yield future)]


@scenario(["Timeout", "Timeout", ["Exception in Future"]])
def with_timeout_logs_what_fails_later_unless_quiet(api: Any) -> Any:
    loud, quiet = api.Future(), api.Future()
    seen = []
    for value, errors in ((loud, ()), (quiet, (KeyError, ValueError))):
        try:
            yield api.with_timeout(SOON, value, quiet_exceptions=errors)
        except api.Timeout as error:
            seen.append(str(error))
    loud.set_exception(ValueError("loud"))
    quiet.set_exception(ValueError("quiet"))
    yield api.sleep(0)
    yield api.sleep(0)
    return seen


@scenario(["own"])
def with_timeout_raises_the_error_of_what_it_waits_for(api: Any) -> Any:
    try:
        yield api.with_timeout(LATE, _failing(api, KeyError("own")))
    except KeyError as error:
        return [error.args[0]]


@scenario([1, "Timeout"], tornado6=["Timeout", "Timeout"])
def with_timeout_gives_what_comes_in_the_turn_in_which_it_is_over(api: Any) -> Any:
    seen: List[Any] = []
    for come_first in (True, False):
        future = api.Future()
        if come_first:
            api.later(future.set_result, 1)
        try:
            seen.append((yield api.with_timeout(time.time() - 1, future)))
        except api.Timeout as error:
            seen.append(str(error))
    return seen


@scenario("TypeError")
def with_timeout_refuses_another_deadline(api: Any) -> Any:
    future = api.Future()
    try:
        yield api.with_timeout("1", future)
    except TypeError as error:
        return type(error).__name__


@scenario(["had", "over", 1, "over", None, "over", 2])
def queues_and_locks_give_what_is_there_when_no_time_is_left(api: Any) -> Any:
    queue, lock = api.Queue(1), api.Lock()
    queue.put_nowait(1)
    calls: List[Any] = [(lock.acquire,), (lock.acquire,), (queue.get,), (queue.get,), (queue.put, 2), (queue.put, 3)]
    seen: List[Any] = []
    for method, *args in calls:
        try:
            result = yield api.out_of_time(method, *args)
        except api.Timeout:
            seen.append("over")
        else:
            seen.append("had" if method == lock.acquire else result)
    return [*seen, queue.get_nowait()]


@scenario([1, 2, 3, None, [4], "text"])
def maybe_waits_for_futures_only(api: Any) -> Any:
    return [
        (yield api.maybe(_done(api, 1))),
        (yield api.maybe(_in_thread(2))),
        (yield api.maybe(3)),
        (yield api.maybe(None)),
        (yield api.maybe([4])),
        (yield api.maybe("text")),
    ]


@scenario([True, True, False, False])
def futures_are_known(api: Any) -> Any:
    yield None
    return [api.is_future(one) for one in (api.Future(), concurrent.futures.Future(), None, [api.Future()])]


@scenario([1, "error", 2])
def chained_futures_have_the_same_outcome(api: Any) -> Any:
    source, target = api.Future(), api.Future()
    api.chain_future(source, target)
    source.set_result(1)
    seen = [(yield target)]
    target = api.Future()
    api.chain_future(_failing(api, ValueError("error")), target)
    try:
        yield target
    except ValueError as error:
        seen.append(str(error))
    target = _done(api, 2)
    api.chain_future(_done(api, 3), target)
    yield api.sleep(0)
    return [*seen, (yield target)]


@scenario([1])
def a_threads_future_is_chained_to_one_of_the_loop(api: Any) -> Any:
    target = api.Future()
    api.chain_future(_in_thread(1), target)
    return [(yield target)]


@scenario([["started"], ["started", "ended"]])
def a_coroutine_runs_without_being_waited_for(api: Any) -> Any:
    trace: List[str] = []

    @api.coroutine
    def function() -> Any:
        trace.append("started")
        yield go
        trace.append("ended")

    go = api.Future()
    function()
    yield from _wait_for(api, lambda: trace)
    seen = [list(trace)]
    go.set_result(None)
    yield from _wait_for(api, lambda: len(trace) > 1)
    return [*seen, trace]


@scenario(["started", "called", "waited for"])
def a_coroutine_starts_with_the_call(api: Any) -> Any:
    trace = []

    @api.coroutine
    def function() -> Any:
        trace.append("started")
        yield None

    future = function()
    trace.append("called")
    yield future
    return [*trace, "waited for"]


@scenario([1, 1, True, True])
def what_a_coroutine_gives_is_a_future_that_many_can_wait_for(api: Any) -> Any:
    @api.coroutine
    def function() -> Any:
        yield None
        return 1

    future = function()
    return [(yield future), (yield future), api.is_future(future), future in {future}]


@scenario(["TypeError", "body"])
def a_coroutine_fails_when_it_is_waited_for(api: Any) -> Any:
    @api.coroutine
    def function() -> Any:
        raise ValueError("body")

    seen = []
    wrong, right = function(1, 2), function()
    try:
        yield wrong
    except TypeError:
        seen.append("TypeError")
    try:
        yield right
    except ValueError as error:
        seen.append(str(error))
    return seen


@scenario([True, False, False, False])
def coroutine_functions_are_known(api: Any) -> Any:
    @api.coroutine
    def function() -> Any:
        yield None

    class Callable_:
        @api.coroutine
        def __call__(self) -> Any:
            yield None

    yield None
    others = (functools.partial(function), Callable_(), lambda: None)
    return [api.is_coroutine_function(one) for one in (function, *others)]


@scenario([("plain", 1, 2), ("coroutine", 3, 4), ("thread", 5, None)])
def add_callback_takes_plain_and_coroutine_functions_and_any_thread(api: Any) -> Any:
    trace = []

    def plain(one: int, two: Any = None) -> Any:
        trace.append(("plain", one, two))
        return 42  # what isn't yieldable is dropped

    @api.coroutine
    def coroutine(name: str, one: int, two: Any = None) -> Any:
        yield None
        trace.append((name, one, two))

    api.later(plain, 1, two=2)
    api.later(coroutine, "coroutine", 3, two=4)
    yield from _wait_for(api, lambda: len(trace) == 2)
    thread = threading.Thread(target=api.later, args=(coroutine, "thread", 5))
    thread.start()
    yield from _wait_for(api, lambda: len(trace) == 3)
    thread.join()
    return trace


@scenario([True, ["Exception in callback"] * 2])
def add_callback_logs_errors_of_both_and_goes_on(api: Any) -> Any:
    trace = []

    def plain() -> None:
        raise ValueError("plain")

    @api.coroutine
    def coroutine() -> Any:
        yield None
        raise ValueError("coroutine")

    api.later(plain)
    api.later(coroutine)
    api.later(trace.append, 1)
    for _ in range(10):
        yield api.sleep(0.001)
    return [bool(trace)]


@scenario([(1, "b", True), (0, "a", True), (None, None, True)])
def wait_iterator_tells_which_one_it_was(api: Any) -> Any:
    first, second = api.Future(), api.Future()
    waiter = api.WaitIterator(first, second)
    seen: List[Any] = []
    second.set_result("b")
    for future in (second, first):
        value = yield waiter.next()
        seen.append((waiter.current_index, value, waiter.current_future is future))
        if not first.done():
            first.set_result("a")
    return [*seen, (waiter.current_index if not waiter.done() else None, None, waiter.done())]


@scenario([("bad", "error"), ("good", 1)])
def wait_iterator_takes_names_and_goes_on_after_an_error(api: Any) -> Any:
    bad, good = api.Future(), api.Future()
    waiter = api.WaitIterator(bad=bad, good=good)
    bad.set_exception(ValueError("error"))
    seen: List[Any] = []
    while not waiter.done():
        try:
            seen.append(("", (yield waiter.next())))
        except ValueError as error:
            seen.append(("", str(error)))
            good.set_result(1)
        seen[-1] = (waiter.current_index, seen[-1][1])
    assert waiter.current_index is waiter.current_future is None
    return seen


@scenario("You must provide args or kwargs, not both")
def wait_iterator_takes_no_mixture(api: Any) -> Any:
    yield None
    try:
        api.WaitIterator(api.Future(), name=api.Future())
    except ValueError as error:
        return str(error)


@scenario([True, False, True, False, 3])
def periodic_callback_runs_until_it_stops_itself(api: Any) -> Any:
    calls = []

    def callback() -> None:
        calls.append(1)
        if len(calls) == 3:
            periodic.stop()

    periodic = api.PeriodicCallback(callback, 1)
    seen = [not periodic.is_running()]
    periodic.start()
    seen += [bool(calls), periodic.is_running()]
    yield from _wait_for(api, lambda: not periodic.is_running())
    for _ in range(5):
        yield api.sleep(0.001)
    return [*seen, periodic.is_running(), len(calls)]


@scenario([True, ["Exception in callback"]])
def periodic_callback_logs_an_error_and_goes_on(api: Any) -> Any:
    calls = []

    def callback() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("once")

    periodic = api.PeriodicCallback(callback, 1)
    periodic.start()
    yield from _wait_for(api, lambda: len(calls) > 2)
    periodic.stop()
    return [len(calls) > 2]


@scenario("skipped", tornado4="overlapped")
def periodic_callback_does_not_run_twice_at_a_time(api: Any) -> Any:
    go, calls, ticks = api.Future(), [], []

    @api.coroutine
    def callback() -> Any:
        calls.append(1)
        yield go

    slow, clock = api.PeriodicCallback(callback, 1), api.PeriodicCallback(lambda: ticks.append(1), 1)
    slow.start()
    yield from _wait_for(api, lambda: calls)
    clock.start()
    yield from _wait_for(api, lambda: len(ticks) > 5)
    meanwhile = len(calls)
    go.set_result(None)
    yield from _wait_for(api, lambda: len(calls) > 1)  # afterwards it goes on
    slow.stop()
    clock.stop()
    return "skipped" if meanwhile == 1 else "overlapped"


@scenario("Periodic callback must have a positive callback_time")
def periodic_callback_needs_an_interval(api: Any) -> Any:
    yield None
    try:
        api.PeriodicCallback(print, 0)
    except ValueError as error:
        return str(error)


def _with_logs(run_it: Callable[..., Any], function: Any, caplog: Any) -> Any:
    """What the scenario gives, and the beginnings of what was logged, if anything."""
    with caplog.at_level(logging.ERROR):
        result = run_it(function)
        gc.collect()
    logged = [record.getMessage() for record in caplog.records]
    known = ("Multiple exceptions in yield list", "Exception in Future", "Exception in callback")
    short = [next((one for one in known if text.startswith(one)), text) for text in logged]
    return [*result, short] if short else result


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str, caplog: Any) -> None:
    function, expected = SCENARIOS[name]
    assert _with_logs(ours, function, caplog) == expected


@pytest.mark.parametrize("name", SCENARIOS)
def test_side_by_side_with_tornado(name: str, caplog: Any) -> None:
    expected = _TORNADO[name, 4 if tornado_version() < 5 else 6]
    if expected is HANGS:
        pytest.skip(HANGS)
    assert _with_logs(by_tornado, SCENARIOS[name][0], caplog) == expected


# --- What is ours only ------------------------------------------------------------------------------------------------


async def _answer(value: Any = 42) -> Any:
    await asyncio.sleep(0)
    return value


async def _fail() -> None:
    raise ValueError("no")


def test_as_awaitable_takes_any_awaitable() -> None:
    class Custom:
        def __await__(self) -> Any:
            return _answer("custom").__await__()

    async def scenario() -> Any:
        return [await aio.as_awaitable(one) for one in (_answer(), Custom(), aio.create_task(_answer(1)), [Custom()])]

    assert run(scenario()) == [42, "custom", 1, ["custom"]]


def test_maybe_await_awaits_coroutines() -> None:
    assert run(aio.maybe_await(_answer())) == 42


@pytest.mark.parametrize(
    ("make", "result"),
    [
        (lambda: aio.multi([_answer(1), {"a": _answer(2)}]), [1, {"a": 2}]),
        (lambda: aio.as_awaitable({"a": _answer()}), {"a": 42}),
        (lambda: aio.as_awaitable(_in_thread(1)), 1),
        (lambda: aio.with_timeout(LATE, _answer()), 42),
    ],
)
def test_awaitables_can_be_made_before_the_loop_runs(make: Any, result: Any) -> None:
    with own_loop(current=False) as loop:
        assert loop.run_until_complete(make()) == result


def test_multi_starts_at_once_where_a_loop_runs() -> None:
    async def scenario() -> Any:
        both = aio.multi([_answer(1), _answer(2)])
        assert aio.is_future(both)
        await until(lambda: both.done())  # type: ignore[attr-defined]
        return await both, await both

    assert run(scenario()) == ([1, 2], [1, 2])


def test_multi_starts_nothing_if_it_refuses_one() -> None:
    async def scenario() -> Any:
        coroutine = _answer()
        with pytest.raises(TypeError, match="can't be awaited: 42"):
            aio.multi([coroutine, 42])
        state = inspect.getcoroutinestate(coroutine)
        coroutine.close()
        return state

    assert run(scenario()) == inspect.CORO_CREATED


@pytest.mark.parametrize("wrap", [lambda one: aio.multi([one]), lambda one: aio.with_timeout(LATE, one)])
def test_cancelling_the_wait_does_not_cancel_what_it_waits_for(wrap: Any) -> None:
    async def scenario() -> Any:
        future = aio.create_future()
        waiting = asyncio.ensure_future(wrap(future))
        await turns()
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        assert not future.done()
        future.set_result(None)

    run(scenario())


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: aio.multi([one]),
        lambda one: aio.with_timeout(LATE, one),
        lambda one: aio.WaitIterator(one).next(),
        lambda one: (target := aio.create_future(), aio.chain_future(one, target))[0],
    ],
)
def test_cancelling_what_is_waited_for_ends_the_wait(wrap: Any) -> None:
    async def scenario() -> None:
        future = aio.create_future()
        waiting = wrap(future)
        future.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()

    run(scenario())


def test_errors_after_a_cancelled_multi_are_logged(caplog: Any) -> None:
    async def scenario() -> None:
        futures = [aio.create_future(), aio.create_future()]
        both = asyncio.ensure_future(aio.multi(futures))
        both.cancel()
        for one in futures:
            one.set_exception(ValueError("no"))
        await turns()

    run(scenario())
    assert [record.getMessage() for record in caplog.records] == ["Multiple exceptions in yield list"] * 2


def test_the_timer_of_with_timeout_ends_with_the_wait() -> None:
    async def scenario() -> Any:
        handles = []
        loop = asyncio.get_running_loop()
        later = loop.call_later
        loop.call_later = lambda *args: handles.append(later(*args)) or handles[-1]  # type: ignore
        assert await aio.with_timeout(datetime.timedelta(days=1), _answer()) == 42
        return [one.cancelled() for one in handles]

    assert run(scenario()) == [True]


@pytest.mark.parametrize("start", [aio.create_task, aio.eager_coroutine(lambda one: one)])
def test_tasks_live_until_they_are_done(start: Any) -> None:
    async def scenario() -> None:
        ended: List[int] = []

        async def wait() -> None:
            future = asyncio.get_running_loop().create_future()
            holder.append(lambda cell=[future]: cell.pop().set_result(None))
            await future
            ended.append(1)

        holder: List[Any] = []
        start(wait())
        await turns()
        gc.collect()
        holder.pop()()
        await until(lambda: ended)
        await turns()
        assert not aio.tasks._TASKS & asyncio.all_tasks() - {asyncio.current_task()}

    run(scenario())


@pytest.mark.parametrize("start", [lambda: aio.create_task(_fail()), lambda: aio.eager_coroutine(_fail)()])
def test_an_error_that_nobody_asks_for_is_logged(start: Any) -> None:
    async def scenario() -> Any:
        errors = LoopErrors()
        start()
        await turns()
        gc.collect()
        return [str(one["exception"]) for one in errors.contexts]

    assert run(scenario()) == ["no"]


def test_eager_coroutine_takes_plain_functions_and_methods() -> None:
    class Thing:
        @aio.eager_coroutine
        async def method(self, value: int) -> Any:
            return self, value

    async def scenario() -> None:
        thing = Thing()
        assert await thing.method(1) == (thing, 1)
        assert await aio.eager_coroutine(lambda: 3)() == 3
        assert Thing.method.__name__ == "method"

    run(scenario())


def test_eager_coroutine_called_wrongly_gives_a_failed_future() -> None:
    async def scenario() -> None:
        future = aio.eager_coroutine(_answer)(1, 2)
        with pytest.raises(TypeError, match="positional argument"):
            await future

    run(scenario())


def test_eager_coroutines_are_coroutine_functions_for_others_too() -> None:
    eager = aio.eager_coroutine(_answer)
    assert aio.is_coroutine_function(eager)
    assert aio.is_coroutine_function(_answer)
    assert utils.is_coroutine_function(eager)  # so that a process awaits a step that is one

    async def scenario() -> Any:
        return await utils.ensure_coroutine(eager)(1)

    assert run(scenario()) == 1


def test_a_loop_in_another_thread_is_woken() -> None:
    with LoopThread() as other:
        called = threading.Event()
        aio.add_callback(other.loop, called.set)
        assert called.wait(PATIENCE)
        target = other.call(aio.create_future)
        aio.chain_future(_in_thread(1), target)
        assert other.run(aio.maybe_await(target)) == 1
        source = other.call(aio.create_future)
        back: Any = concurrent.futures.Future()
        other.call(aio.chain_future, source, back)
        other.call(source.set_result, 2)
        assert back.result(PATIENCE) == 2
        other.call(aio.chain_future, source, other.call(aio.create_future))
        assert not other.errors


def test_add_callback_ignores_a_closed_loop() -> None:
    with own_loop() as loop:
        pass
    called: List[int] = []
    aio.add_callback(loop, called.append, 1)
    assert loop.is_closed()
    assert not called


def test_add_callback_tells_the_loops_handler_but_not_of_cancellation() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    def cancels() -> None:
        raise asyncio.CancelledError

    async def scenario() -> Any:
        errors = LoopErrors()
        for one in (cancelled, cancels, _fail):
            aio.add_callback(asyncio.get_running_loop(), one)
        await until(lambda: errors.contexts)
        return [(one["message"], str(one["exception"])) for one in errors.contexts]

    assert run(scenario()) == [(f"Exception in callback {_fail!r}", "no")]


@pytest.mark.parametrize(
    ("function", "result"),
    [(_answer, 42), (lambda: None, None), (lambda: [_answer(1), None], [1, None]), (lambda: _in_thread(2), 2)],
)
@pytest.mark.parametrize("timeout", [None, PATIENCE])
def test_run_sync_gives_the_result(function: Any, result: Any, timeout: Any) -> None:
    with own_loop() as loop:
        assert aio.run_sync(loop, function, timeout) == result


def test_run_sync_raises_errors_and_refuses_other_values() -> None:
    with own_loop() as loop:
        with pytest.raises(ValueError, match="no"):
            aio.run_sync(loop, _fail)
        for timeout in (None, PATIENCE):
            with pytest.raises(TypeError, match="can't be awaited: 42"):
                aio.run_sync(loop, lambda: 42, timeout)


def test_run_sync_out_of_time_cancels_nothing() -> None:
    with own_loop() as loop:
        future = loop.create_future()
        with pytest.raises(asyncio.TimeoutError, match="Operation timed out after 0 seconds"):
            aio.run_sync(loop, lambda: future, timeout=0)
        assert not future.done()


def test_run_sync_lets_another_running_loop_stand_still() -> None:
    async def main() -> Any:
        task = asyncio.current_task()
        with own_loop() as loop:
            result = aio.run_sync(loop, _answer)
        assert asyncio.current_task() is task
        await asyncio.sleep(0)
        return result

    assert asyncio.run(main()) == 42


@pytest.mark.filterwarnings("error")
def test_run_sync_refuses_a_running_loop() -> None:
    async def scenario() -> None:
        with pytest.raises(RuntimeError):
            aio.run_sync(asyncio.get_running_loop(), _answer)

    run(scenario())
    gc.collect()


def test_wait_iterator_takes_coroutines_threads_and_async_for() -> None:
    async def scenario() -> Any:
        thread = _in_thread("thread")
        waiter = aio.WaitIterator(coroutine=_answer("coroutine"), thread=thread, same=thread)
        seen = []
        async for result in waiter:
            assert waiter.current_future is thread or isinstance(waiter.current_future, asyncio.Task)
            seen.append((waiter.current_index, result))
        with pytest.raises(RuntimeError, match="all results were given"):
            waiter.next()
        return sorted(seen)  # type: ignore

    assert run(scenario()) == [("coroutine", "coroutine"), ("same", "thread"), ("thread", "thread")]


@pytest.mark.parametrize(
    ("last", "now", "after"),
    [(0.0, 0.0, 0.5), (0.0, 0.1, 0.5), (0.0, 0.5, 1.0), (0.0, 2.6, 3.0), (1.0, 0.999, 1.5)],
)
def test_periodic_callback_leaves_out_the_times_that_it_missed(last: float, now: float, after: float) -> None:
    assert aio.PeriodicCallback(print, 500)._time_after(last, now) == after
    assert aio.PeriodicCallback(print, datetime.timedelta(seconds=0.5))._time_after(last, now) == after


def test_periodic_callback_varies_within_its_jitter() -> None:
    periodic = aio.PeriodicCallback(print, 1000, jitter=0.5)
    times = {periodic._time_after(0.0, 0.0) for _ in range(50)}
    assert len(times) > 1
    assert 0.75 <= min(times) <= max(times) <= 1.25


def test_periodic_callback_started_twice_runs_once() -> None:
    async def scenario() -> None:
        go, calls = aio.create_future(), []

        async def callback() -> None:
            calls.append(1)
            await go

        periodic = aio.PeriodicCallback(callback, 1, asyncio.get_running_loop())
        periodic.start()
        await until(lambda: calls)
        periodic.stop()
        periodic.start()  # while the first call is still running
        await until(lambda: len(calls) == 2)
        go.set_result(None)
        await turns()
        periodic.stop()
        assert not periodic.is_running()

    run(scenario())


def test_periodic_callback_reports_the_error_of_a_coroutine_and_goes_on() -> None:
    async def scenario() -> None:
        errors = LoopErrors()
        periodic = aio.PeriodicCallback(_fail, 1)
        periodic.start()
        await until(lambda: len(errors.contexts) > 1)
        periodic.stop()
        assert {str(one["exception"]) for one in errors.contexts} == {"no"}

    run(scenario())


def test_loops_are_found_or_made() -> None:
    found: List[Any] = []

    def in_thread() -> None:
        found.append(aio.current_event_loop())
        loop = aio.get_or_create_event_loop()
        found.append(loop is aio.current_event_loop() is aio.get_or_create_event_loop())
        found.append(aio.create_future().get_loop() is loop)
        loop.close()
        found.append(aio.get_or_create_event_loop() is not loop)
        aio.get_or_create_event_loop().close()
        asyncio.set_event_loop(None)

    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()
    assert found == [None, True, True, True]

    async def running() -> bool:
        return aio.current_event_loop() is asyncio.get_running_loop() is aio.get_or_create_event_loop()

    assert run(running())


def test_public_names_say_what_they_stand_for() -> None:
    for name in aio.__all__:
        text = " ".join((getattr(aio, name).__doc__ or "").split())
        assert "tornado" in text, name


def test_it_can_be_imported_alone() -> None:
    folder = Path(aio.__file__).parent
    modules = [name for _, name, _ in pkgutil.iter_modules([str(folder)])]
    program = (
        f"import sys; sys.path.insert(0, {str(folder.parent)!r}); before = set(sys.modules); import aio; "
        f"print(sorted(n for n in set(sys.modules) - before if n.split('.')[0] == 'aio')); "
        f"print([n for n in ('tornado', 'kiwipy', 'plumpy_compat', 'yaml', 'greenback') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.splitlines() == [str(["aio", *sorted(f"aio.{one}" for one in modules)]), "[]"]


def test_a_stop_iteration_of_a_thread_is_the_cause_of_what_is_raised() -> None:
    failed: concurrent.futures.Future[Any] = concurrent.futures.Future()
    failed.set_exception(StopIteration(3))

    async def wait(awaitable: Any) -> Any:
        with pytest.raises(RuntimeError) as caught:
            await awaitable
        return caught.value.__cause__

    for awaitable in (aio.as_awaitable(failed), aio.multi([failed]), aio.with_timeout(time.time() + 60, failed)):
        cause = asyncio.run(wait(awaitable))
        assert isinstance(cause, StopIteration)
        assert cause.value == 3
