"""Callbacks of the loop that are plain or coroutine functions."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import functools
from typing import Any, Callable, Union

from .futures import AnyFuture
from .loops import call_threadsafe
from .yieldables import as_future, is_yieldable


def add_callback(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Have the loop call `function` soon, from any thread or signal handler; a closed loop ignores it.

    If it gives a yieldable, that runs as a task. For tornado's `IOLoop.add_callback` and `spawn_callback`.

    :param function: a plain or coroutine function. Its result is dropped; an error goes to the loop's exception
        handler, but not a cancellation (as in tornado 6.0 and later).
    """
    call_threadsafe(loop, functools.partial(_call, loop, functools.partial(function, *args, **kwargs), function))


def call_later(
    loop: asyncio.AbstractEventLoop,
    delay: Union[float, datetime.timedelta],
    function: Callable[..., Any],
    *args: Any,
    **kwargs: Any,
) -> asyncio.TimerHandle:
    """Have the loop call `function` after a delay; `cancel()` of what is returned takes that back.

    For tornado's `IOLoop.call_later`, and `add_timeout` with a `timedelta`. What was a *time* (`call_at`, or
    `add_timeout` with a number) is `time - time.time()` here. It must be called in the loop's thread.

    :param delay: seconds, or a `timedelta`.
    :param function: as in :func:`add_callback`. Cancelling what is returned doesn't end it once it runs.
    """
    seconds = delay.total_seconds() if isinstance(delay, datetime.timedelta) else delay
    return loop.call_later(seconds, _call, loop, functools.partial(function, *args, **kwargs), function)


def add_future(loop: asyncio.AbstractEventLoop, future: Any, callback: Callable[[Any], Any]) -> None:
    """Have the loop call `callback` with the future once that is done, at its next turn if it's done already.

    For tornado's `IOLoop.add_future`, which took only futures. It may be called in any thread if `future` is one.

    :param future: of a thread or of any loop; other yieldables are started first.
    :param callback: as `function` in :func:`add_callback`.
    """
    watched: AnyFuture = future if isinstance(future, concurrent.futures.Future) else as_future(future, loop)

    def call(done: AnyFuture) -> None:
        _call(loop, functools.partial(callback, done), callback)

    def tell(done: AnyFuture) -> None:
        call_threadsafe(loop, call, done)

    if isinstance(watched, concurrent.futures.Future):
        watched.add_done_callback(tell)
        return
    home = watched.get_loop()
    added = call if home is loop else tell
    if home is asyncio._get_running_loop() or not home.is_running():
        watched.add_done_callback(added)
    else:
        call_threadsafe(home, watched.add_done_callback, added)


def _call(loop: asyncio.AbstractEventLoop, bound: Callable[[], Any], function: Callable[..., Any]) -> None:
    """Call `bound` in the loop, start what it gives, and report errors of both as those of `function`."""

    def finished(future: asyncio.Future[Any]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            report_error(loop, function, error)

    try:
        result = bound()
    except asyncio.CancelledError:
        return
    except Exception as error:
        report_error(loop, function, error)
        return
    if result is not None and is_yieldable(result):
        as_future(result, loop).add_done_callback(finished)


def report_error(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], error: BaseException) -> None:
    loop.call_exception_handler({"message": f"Exception in callback {function!r}", "exception": error})
