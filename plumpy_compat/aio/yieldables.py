"""What tornado's coroutines could yield, for `await`."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import functools
import inspect
import logging
import sys
from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    Hashable,
    Iterable,
    List,
    Mapping,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from .futures import copy_outcome, done_future, error_of, fail, is_future
from .loops import get_or_create_event_loop, seconds_left
from .prompt import PromptFuture
from .tasks import start_task

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Errors = Union[Type[BaseException], Tuple[Type[BaseException], ...]]

LOGGER = logging.getLogger("asyncio")
# The shortest time: with none asyncio cancels before it starts.
_MOMENT = 1e-9


def as_awaitable(value: Any) -> Awaitable[Any]:
    """Give what `await` takes for what tornado's `yield` took. For `yield` itself, and `gen.convert_yielded`.

    :param value: a yieldable. None lets the loop turn once; lists and dicts are as in :func:`multi`.
    :raises TypeError: if it isn't one (tornado: `BadYieldError`), as are numbers, text, tuples, sets.
    """
    if value is None:
        return asyncio.sleep(0)
    if isinstance(value, concurrent.futures.Future):
        return _start(functools.partial(as_future, value))
    if isinstance(value, (list, dict)):
        return multi(value)
    check(value)
    awaitable: Awaitable[Any] = value
    return awaitable


async def maybe_await(value: Any) -> Any:
    """Give the result of an awaitable or a thread's future, and anything else as it is.

    For tornado's `gen.maybe_future`, which took only futures: a coroutine object was a value like others.
    """
    if isinstance(value, concurrent.futures.Future):
        return await _of_thread(value, asyncio.get_running_loop())
    return await value if inspect.isawaitable(value) else value


@overload
def multi(children: Mapping[K, Any], quiet_exceptions: Errors = ()) -> Awaitable[Dict[K, Any]]: ...


@overload
def multi(children: Iterable[Any], quiet_exceptions: Errors = ()) -> Awaitable[List[Any]]: ...


def multi(children: Any, quiet_exceptions: Errors = ()) -> Awaitable[Any]:
    """Wait for all, then give their results in the same order, or by the same keys.

    If some fail it raises, once all are done, the error of the first of them *in that order*, and logs the others.
    Cancelling it leaves them running. For tornado's `gen.multi`, and `yield` of a list or dict.

    :param children: yieldables, in an iterable or a dict; they may be nested. Where a loop runs they start now, one
        after the other, and a future is returned; elsewhere they start when the result, a coroutine, does.
    :param quiet_exceptions: classes of errors that aren't logged. Cancellations never are.
    :raises TypeError: if one isn't a yieldable; then none is started.
    """
    children = dict(children) if isinstance(children, Mapping) else list(children)
    for child in children.values() if isinstance(children, dict) else children:
        check(child)
    return _start(functools.partial(_multi, children, quiet_exceptions))


def _multi(children: Any, quiet: Errors, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    futures = [as_future(one, loop) for one in (children.values() if isinstance(children, dict) else children)]
    waiting = {one for one in futures if not one.done()}
    result = PromptFuture(loop)

    def settle() -> None:
        errors = [error_of(one) for one in futures]
        first = next((one for one in errors if one is not None), None)
        others = [one for one in errors if one is not None]
        if not result.done():
            del others[:1]
        # Before the result is set, as that may wake who waits.
        for one in others:
            if not isinstance(one, asyncio.CancelledError) and not isinstance(one, quiet):
                LOGGER.error("Multiple exceptions in yield list", exc_info=one)
        if not result.done():
            if isinstance(first, asyncio.CancelledError):
                result.cancel()
            elif first is not None:
                fail(result, first)
            else:
                results = [one.result() for one in futures]
                result.set_result(dict(zip(children, results)) if isinstance(children, dict) else results)

    def finished(future: asyncio.Future[Any]) -> None:
        waiting.discard(future)
        if not waiting:
            result.prompt = True
            settle()

    for one in list(waiting):
        one.add_done_callback(finished)
    if not waiting:
        settle()
    return result


def with_timeout(
    timeout: Union[float, datetime.timedelta], value: Any, quiet_exceptions: Errors = ()
) -> Awaitable[Any]:
    """Wait for a yieldable, but not for longer than this. Unlike `asyncio.wait_for` it never cancels it.

    For tornado's `gen.with_timeout`. What fails after the time is over is logged.

    :param timeout: a `timedelta` from now, or a *number*: the time at which it's over, in seconds as `time.time()`.
    :param value: a yieldable; see :func:`multi` for when it starts. What is done already is in time.
    :param quiet_exceptions: classes of errors that aren't logged. Cancellations never are.
    :raises asyncio.TimeoutError: when the time is over. tornado's was a class of its own up to 6.1; and from
        Python 3.11 this one is an `OSError`, so handlers of that must come after its own.
    :raises TypeError: if an argument isn't what it should be.
    """
    seconds_left(timeout)
    check(value)
    return _start(lambda loop: start_with_timeout(timeout, value, quiet_exceptions, loop, "Timeout"))


def start_with_timeout(
    timeout: Union[float, datetime.timedelta], value: Any, quiet: Errors, loop: asyncio.AbstractEventLoop, text: str
) -> asyncio.Future[Any]:
    future = as_future(value, loop)
    result = PromptFuture(loop)
    if future.done():
        copy_outcome(future, result)
        return result

    def over() -> None:
        # What came in this turn of the loop is in time, as in tornado, where it was there at once. A coroutine that got
        # it is done at the next.
        loop.call_soon(settle)

    def settle() -> None:
        if result.done():
            return
        result.prompt = True
        if future.done():
            future.remove_done_callback(finished)
            copy_outcome(future, result)
        else:
            result.set_exception(asyncio.TimeoutError(text))

    def finished(_: object) -> None:
        timer.cancel()
        if not result.done():
            result.prompt = True
            copy_outcome(future, result)
            return
        error = error_of(future)
        if error is not None and not isinstance(error, asyncio.CancelledError) and not isinstance(error, quiet):
            LOGGER.error("Exception in Future %r after timeout", future, exc_info=error)

    timer = loop.call_later(seconds_left(timeout), over)
    future.add_done_callback(finished)
    return result


async def wait_for(awaitable: Awaitable[T], seconds: float) -> T:
    """Wait for a coroutine, but cancel it when so many seconds are over, and then take nothing.

    For the time-outs of tornado's queues, locks and events. As there it starts at once, and what it can have at once it
    has, even if there's no time left; `asyncio.wait_for` wouldn't start it. What comes as the time is over isn't lost:
    either it's given, or it stays where it was, and others can have it.

    :param awaitable: the call of the method: ``queue.get()``, ``lock.acquire()``. A task can be had too; but what it's
        done with is lost if who waits is cancelled at that moment. Of a coroutine nothing is, from Python 3.12 on.
    :param seconds: the time from now. Zero is over at once; to tornado's queues and locks a span of zero was no limit.
    :raises asyncio.TimeoutError: when the time is over.
    """
    if sys.version_info < (3, 12):
        # asyncio's makes a task too, and gives what it has when the time is over; but it starts at the next turn.
        future: asyncio.Future[T] = as_future(awaitable, asyncio.get_running_loop())
        if future.done():
            return future.result()
        awaitable = future
    # Later it waits for a coroutine without a task: what is cancelled is the wait, so there's never a result to lose.
    try:
        return await asyncio.wait_for(awaitable, max(seconds, _MOMENT))
    except asyncio.TimeoutError:
        if not asyncio.isfuture(awaitable) or not awaitable.done() or awaitable.cancelled():
            raise
        result: T = awaitable.result()
        return result


def create_task(awaitable: Awaitable[T], loop: Optional[asyncio.AbstractEventLoop] = None) -> asyncio.Future[T]:
    """Start an awaitable, and keep it alive until it's done even if nobody else does.

    For calls of tornado's coroutines that nobody yields, or that are yielded later. As there, it runs up to where it
    first waits before this returns; if its loop doesn't run in this thread, from the loop's first turn on. If it fails
    and nobody ever asks, asyncio logs that, as tornado did.

    :param awaitable: a coroutine or any other awaitable; futures, also a thread's, are given as asyncio's futures.
    :param loop: :func:`get_or_create_event_loop`'s if it's not given. To start it from another thread use
        :func:`add_callback`.
    """
    return as_future(awaitable, loop or get_or_create_event_loop())


def _start(start: Callable[[asyncio.AbstractEventLoop], asyncio.Future[T]]) -> Awaitable[T]:
    """Start it now if a loop runs, else when what is returned is awaited: only then the loop is known."""
    loop = asyncio._get_running_loop()
    if loop is not None:
        return start(loop)

    async def later() -> T:
        return await start(asyncio.get_running_loop())

    return later()


def is_yieldable(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        return all(is_yieldable(one) for one in (value.values() if isinstance(value, dict) else value))
    return value is None or is_future(value) or inspect.isawaitable(value)


def check(value: Any) -> None:
    if not is_yieldable(value):
        raise TypeError(f"can't be awaited: {value!r}")


def as_future(value: Any, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    if value is None:
        return done_future(None, loop)
    if isinstance(value, (list, dict)):
        return _multi(value, (), loop)
    if isinstance(value, concurrent.futures.Future):
        return _of_thread(value, loop)
    if asyncio.isfuture(value):
        return value
    check(value)
    return start_task(value if inspect.iscoroutine(value) else _awaited(value), loop)


def _of_thread(future: concurrent.futures.Future[T], loop: asyncio.AbstractEventLoop) -> asyncio.Future[T]:
    if not future.done():
        return asyncio.wrap_future(future, loop=loop)
    done = loop.create_future()  # `wrap_future` would give one that is done later
    copy_outcome(future, done)
    return done


async def _awaited(value: Awaitable[T]) -> T:
    return await value
