"""Coroutine functions that start when they're called, and running one to its end."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import functools
import inspect
import sys
from typing import Any, Callable, Optional

from .futures import done_future, fail
from .loops import get_or_create_event_loop, no_running_loop
from .yieldables import as_awaitable, as_future, start_with_timeout

MARK = "__eager_coroutine__"


def eager_coroutine(function: Callable[..., Any]) -> Callable[..., asyncio.Future[Any]]:
    """Decorate a coroutine function: its call starts a task, which needn't be awaited, or can be many times.

    For tornado's `gen.coroutine`. As there, the body runs up to where it first waits before the call returns, and if it
    never waits the call gives a task that is done. Where no loop runs in this thread the body starts at the loop's
    first turn; tornado ran it at once. tornado's keyword argument `callback` doesn't exist.

    The body has a copy of the caller's context (`contextvars`). What can't even be called (wrong arguments) is a failed
    future; the result of a plain function is a done one.
    """

    @functools.wraps(function)
    def start(*args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        loop = get_or_create_event_loop()
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            failed = loop.create_future()
            fail(failed, error)
            return failed
        if inspect.iscoroutine(result):
            return as_future(result, loop)
        return done_future(result, loop)

    setattr(start, MARK, True)
    # So that whoever asks asyncio or `inspect` before the call awaits what it gives.
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(start)
    else:
        start._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]
    return start


def is_coroutine_function(function: object) -> bool:
    """Tell whether it's an `async def` or decorated with :func:`eager_coroutine`.

    For tornado's `gen.is_coroutine_function`, which didn't know the former. As there, partials of coroutine functions
    and objects with an `async def __call__` aren't.
    """
    if isinstance(function, functools.partial):
        return False
    return bool(getattr(function, MARK, False)) or inspect.iscoroutinefunction(function)


def run_sync(loop: asyncio.AbstractEventLoop, function: Callable[[], Any], timeout: Optional[float] = None) -> Any:
    """Call `function` on the loop, run the loop until what it gives is done, and give its result.

    For tornado's `IOLoop.run_sync`. As in 4.5, running out of time doesn't cancel anything (5.0 and later cancel).

    :param loop: a loop that isn't running.
    :param function: called without arguments; it gives a yieldable.
    :param timeout: seconds.
    :raises TypeError: if `function` gives something else (tornado: `BadYieldError`).
    :raises asyncio.TimeoutError: when the time is over.
    :raises RuntimeError: if that loop runs already. Another one may be running in this thread: it stands still.
    """

    async def main() -> Any:
        result = function()
        if result is None:
            return None
        if timeout is None:
            return await as_awaitable(result)
        text = f"Operation timed out after {timeout} seconds"
        limit = datetime.timedelta(seconds=timeout)
        return await start_with_timeout(limit, result, (), loop, text)

    running = main()
    try:
        with no_running_loop() if not loop.is_running() else contextlib.nullcontext():
            return loop.run_until_complete(running)
    finally:
        if inspect.getcoroutinestate(running) == inspect.CORO_CREATED:
            running.close()  # the loop refused it
