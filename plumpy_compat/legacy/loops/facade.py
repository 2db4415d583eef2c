"""An `IOLoop` for where tornado isn't installed: tornado's methods on an asyncio loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import datetime
import functools
import time
from typing import Any, Callable, Optional, Union

from ...aio import callbacks, coroutines
from .current_loop import CurrentLoop, known, remember
from .starting import outside, stop

__all__ = ["clear_current", "current", "io_loop", "is_io_loop", "make_current", "new", "remember"]


class IOLoop:
    """tornado 4's methods on an asyncio loop, `asyncio_loop`.

    Errors of callbacks go to that loop's exception handler, and `run_sync` raises `asyncio.TimeoutError`.
    """

    def __init__(
        self, make_current: Optional[bool] = None, asyncio_loop: Optional[asyncio.AbstractEventLoop] = None
    ) -> None:
        """:param make_current: None if it's to become current where no loop is."""
        there = CURRENT.instance if make_current is None or make_current else None
        if make_current and there is not None:
            raise RuntimeError("current IOLoop already exists")
        self.asyncio_loop = asyncio_loop or asyncio.new_event_loop()
        self._stopped = False
        remember(self.asyncio_loop, self)
        if make_current is not False and there is None:
            self.make_current()

    @staticmethod
    def current(instance: bool = True) -> Any:
        """Give the running loop, else this thread's current one, else a new one, or None if `instance` is false."""
        found = CURRENT.instance
        return current() if found is None and instance else found

    @staticmethod
    def instance() -> Any:
        """As `current()`, as in tornado 5 and later: there is no loop of the whole program."""
        return current()

    @staticmethod
    def clear_instance() -> None:
        """As `clear_current()`."""
        clear_current()

    @staticmethod
    def clear_current() -> None:
        """Leave this thread without a current loop."""
        clear_current()

    def make_current(self) -> None:
        """Make it this thread's current loop, for asyncio too."""
        CURRENT.instance = self

    def start(self) -> None:
        """Run until it's stopped, also within a callback of another loop; after a `stop()` return at once."""
        if self.asyncio_loop.is_running():
            raise RuntimeError("IOLoop is already running")
        if self._stopped:
            self._stopped = False
            return
        try:
            with outside(), CURRENT.during(self):
                self.asyncio_loop.run_forever()
        finally:
            self._stopped = False

    def stop(self) -> None:
        """Stop after this turn, or at the next start; from any thread."""
        self._stopped = True
        if self.asyncio_loop.is_running():
            stop(self.asyncio_loop)

    def close(self, all_fds: bool = False) -> None:
        """Close the asyncio loop. There are no handlers, so no descriptors either."""
        self.asyncio_loop.close()

    def run_sync(self, func: Callable[[], Any], timeout: Optional[float] = None) -> Any:
        """Run until what `func` gives is done, and give its result."""
        with CURRENT.during(self):
            return coroutines.run_sync(self.asyncio_loop, func, timeout)

    def time(self) -> float:
        """Give what `call_at` takes: seconds since the epoch."""
        return time.time()

    def add_callback(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Have it called soon, from any thread."""
        callbacks.add_callback(self.asyncio_loop, callback, *args, **kwargs)

    spawn_callback = add_callback

    def add_callback_from_signal(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Have it called soon, without the context of what the signal interrupted."""
        contextvars.Context().run(self.add_callback, callback, *args, **kwargs)

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Have it called after so many seconds."""
        return callbacks.call_later(self.asyncio_loop, delay, callback, *args, **kwargs)

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Have it called at a time as `time()` gives it."""
        return self.add_timeout(when, callback, *args, **kwargs)

    def add_timeout(
        self, deadline: Union[float, datetime.timedelta], callback: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        """As `call_at`, or with a `timedelta` as `call_later`."""
        if isinstance(deadline, datetime.timedelta):
            return callbacks.call_later(self.asyncio_loop, deadline, callback, *args, **kwargs)
        if not isinstance(deadline, (int, float)):
            raise TypeError(f"Unsupported deadline {deadline!r}")
        return self.call_later(deadline - self.time(), callback, *args, **kwargs)

    def remove_timeout(self, timeout: Any) -> None:
        """Take back what one of the three gave."""
        timeout.cancel()

    def add_future(self, future: Any, callback: Callable[[Any], Any]) -> None:
        """Have it called with the future once that's done, in this context."""
        if isinstance(future, concurrent.futures.Future):
            function, context = callback, contextvars.copy_context()
            callback = functools.wraps(function)(lambda done: context.run(function, done))
        callbacks.add_future(self.asyncio_loop, future, callback)


def is_io_loop(loop: object) -> bool:
    return isinstance(loop, IOLoop)


def io_loop(loop: asyncio.AbstractEventLoop) -> Any:
    found = known(loop)
    return remember(loop, IOLoop(make_current=False, asyncio_loop=loop)) if found is None else found


def current() -> Any:
    found = CURRENT.open_one()
    if found is None:
        found = IOLoop(make_current=False)
        found.make_current()
    return found


def new() -> Any:
    return IOLoop()


def make_current(io: Any) -> None:
    io.make_current()


def clear_current() -> None:
    CURRENT.instance = None


CURRENT = CurrentLoop(io_loop)
