"""Event loops, found without a running one, and their time."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import sys
import time
from typing import Any, Callable, Iterator, Optional, Union


def call_threadsafe(loop: asyncio.AbstractEventLoop, function: Callable[..., Any], *args: Any) -> None:
    """As `loop.call_soon_threadsafe`, but a closed loop ignores it, as tornado's did."""
    try:
        loop.call_soon_threadsafe(function, *args)
    except RuntimeError:
        if not loop.is_closed():
            raise


def current_event_loop() -> Optional[asyncio.AbstractEventLoop]:
    """Give the running loop, else the one that was set for this thread, else None. It never makes one.

    For tornado's `IOLoop.current(instance=False)`.
    """
    running = asyncio._get_running_loop()
    if running is not None:
        return running
    if sys.version_info < (3, 14):
        # `get_event_loop()` of these makes a loop, or warns that it won't for much longer.
        local = getattr(asyncio.get_event_loop_policy(), "_local", None)
        if local is not None:
            found: Optional[asyncio.AbstractEventLoop] = getattr(local, "_loop", None)
            return found
    try:
        return asyncio.get_event_loop()
    except RuntimeError:
        return None


def get_or_create_event_loop() -> asyncio.AbstractEventLoop:
    """Give the running loop, else this thread's if it's open, else a new one that becomes this thread's.

    For tornado's `IOLoop.current()`, which in a thread without a loop gave the main thread's instead.
    """
    loop = current_event_loop()
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    return loop


@contextlib.contextmanager
def no_running_loop() -> Iterator[None]:
    """Let this thread run another loop within a callback of the one that runs; that one stands still meanwhile.

    tornado 4 allowed it. The task that runs is left and entered again, as its own loop would do between two steps:
    from Python 3.14 on a thread has one task, whatever the loop.
    """
    outer = asyncio._get_running_loop()
    task = asyncio.current_task(outer) if outer is not None else None
    if outer is not None and task is not None:
        asyncio.tasks._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if outer is not None and task is not None:
            asyncio.tasks._enter_task(outer, task)


def seconds_left(timeout: Union[float, datetime.timedelta]) -> float:
    """Give the seconds until tornado's timeouts are over: a `timedelta` from now, or a time as `time.time()`'s."""
    if isinstance(timeout, datetime.timedelta):
        return max(0.0, timeout.total_seconds())
    if not isinstance(timeout, (int, float)):
        raise TypeError(f"Unsupported deadline {timeout!r}")
    return max(0.0, timeout - time.time())
