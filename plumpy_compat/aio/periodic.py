"""Callbacks of the loop at intervals."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import math
import random
from typing import Any, Awaitable, Callable, Coroutine, Optional, Union

from .callbacks import report_error
from .loops import get_or_create_event_loop
from .yieldables import create_task


class PeriodicCallback:
    """Calls a function at fixed intervals, from one interval after :meth:`start` on. For tornado's class of this name.

    The intervals are counted from start to start. While the callback runs, be it a coroutine, those that pass are left
    out; coroutines overlapped up to tornado 6.1. Errors go to the loop's exception handler and don't end it.

    :param callback: a plain or coroutine function without parameters.
    :param callback_time: the interval: milliseconds, or a `timedelta` (as from tornado 6.2).
    :param io_loop: the loop (as up to tornado 4.5); if it's not given, the one that is current at :meth:`start`.
    :param jitter: the share of an interval by which it's varied at random (as from tornado 5.1).
    :raises ValueError: if the interval isn't positive.
    """

    def __init__(
        self,
        callback: Callable[[], Any],
        callback_time: Union[float, datetime.timedelta],
        io_loop: Optional[asyncio.AbstractEventLoop] = None,
        jitter: float = 0.0,
    ) -> None:
        if isinstance(callback_time, datetime.timedelta):
            callback_time = callback_time / datetime.timedelta(milliseconds=1)
        if callback_time <= 0:
            raise ValueError("Periodic callback must have a positive callback_time")
        self.callback = callback
        self.callback_time = callback_time
        self.io_loop = io_loop
        self.jitter = jitter
        self._timer: Optional[asyncio.TimerHandle] = None
        self._round: Optional[object] = None  # another one after each start, None when stopped
        self._next_time = 0.0

    def start(self) -> None:
        """Start it, or start it anew; in tornado 4.5 two starts made it run twice as often."""
        self.stop()
        loop = self.io_loop or get_or_create_event_loop()
        self._round = object()
        self._next_time = loop.time()
        self._schedule(loop, self._round)

    def stop(self) -> None:
        """Stop it. A coroutine that runs goes on to its end."""
        self._round = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def is_running(self) -> bool:
        """Tell whether it was started, and not stopped since."""
        return self._round is not None

    def _schedule(self, loop: asyncio.AbstractEventLoop, current: object) -> None:
        if self._round is current:
            self._next_time = self._time_after(self._next_time, loop.time())
            self._timer = loop.call_at(self._next_time, self._run, loop, current)

    def _time_after(self, last: float, now: float) -> float:
        """The next time that is whole intervals after the last one and in the future; all in seconds."""
        interval = self.callback_time / 1000.0
        if self.jitter:
            interval *= 1 + self.jitter * (random.random() - 0.5)
        # A timer may come a little early: then it's the next interval's turn all the same.
        missed = math.floor((now - last) / interval) if last <= now else 0
        return last + (missed + 1) * interval

    def _run(self, loop: asyncio.AbstractEventLoop, current: object) -> None:
        running: Optional[Coroutine[Any, Any, None]] = None
        try:
            result = self.callback()
            if inspect.isawaitable(result):
                running = self._wait(result, loop, current)
        except Exception as error:
            report_error(loop, self.callback, error)
        finally:
            if running is None:
                self._schedule(loop, current)
        if running is not None:
            create_task(running, loop)

    async def _wait(self, result: Awaitable[Any], loop: asyncio.AbstractEventLoop, current: object) -> None:
        try:
            await result
        except Exception as error:
            report_error(loop, self.callback, error)
        finally:
            self._schedule(loop, current)
