"""An `IOLoop` of tornado 4 that stands on asyncio and behaves as `EPollIOLoop`."""

from __future__ import annotations

import asyncio
import collections
import contextvars
import errno
import functools
import heapq
import itertools
import numbers
import os
import time
from typing import Any, Callable, Deque, List, Optional, Tuple

from tornado import stack_context
from tornado.concurrent import is_future
from tornado.ioloop import IOLoop
from tornado.platform.asyncio import BaseAsyncIOLoop

from . import tornado4_yieldables
from .current_loop import CurrentLoop, inner, is_closed, known, remember
from .starting import outside, stop

__all__ = ["clear_current", "current", "io_loop", "is_io_loop", "make_current", "new", "remember"]

# As many removed timeouts are kept before they're looked for.
MANY_REMOVED = 512


class Timeout:
    """A callback that is called at a time, in the context in which it was added."""

    __slots__ = ("callback", "context")

    def __init__(self, callback: Callable[[], Any]) -> None:
        self.callback: Optional[Callable[[], Any]] = callback
        self.context = contextvars.copy_context()


class LegacyIOLoop(BaseAsyncIOLoop):  # type: ignore[misc, unused-ignore]
    """What `IOLoop()` gives. It differs from tornado's own loop on asyncio as follows.

    It may be started within a callback of another loop, callbacks keep their context variables, a stop before the start
    counts, a closed loop ignores callbacks, timeouts of the same time keep their order, and errors of handlers are
    logged as those of callbacks.
    """

    def initialize(
        self,
        asyncio_loop: Optional[asyncio.AbstractEventLoop] = None,
        time_func: Optional[Callable[[], float]] = None,
        **kwargs: Any,
    ) -> None:
        loop = asyncio_loop or asyncio.new_event_loop()
        # Before tornado's own work, which may make it current.
        self.asyncio_loop = loop
        self.time_func = time_func or time.time
        self._stopped = False
        self._timeouts: List[Tuple[float, int, Timeout]] = []
        self._removed = 0
        self._count = itertools.count()
        self._timer: Optional[asyncio.TimerHandle] = None
        try:
            super().initialize(loop, close_loop=True, **kwargs)
        except Exception:
            if asyncio_loop is None:
                loop.close()
            raise
        remember(loop, self)

    def time(self) -> float:
        return self.time_func()

    def start(self) -> None:
        if self.asyncio_loop.is_running():
            raise RuntimeError("IOLoop is already running")
        self._setup_logging()
        if self._stopped:
            self._stopped = False
            return
        try:
            with outside(), CURRENT.during(self):
                self.asyncio_loop.run_forever()
        finally:
            self._stopped = False

    def stop(self) -> None:
        self._stopped = True
        if self.asyncio_loop.is_running():
            stop(self.asyncio_loop)

    def close(self, all_fds: bool = False) -> None:
        if not self.asyncio_loop.is_closed():
            super().close(all_fds)
        self._timeouts.clear()

    def add_callback(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        self._add(functools.partial(stack_context.wrap(callback), *args, **kwargs), None)

    def add_callback_from_signal(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        with stack_context.NullContext():
            bound = functools.partial(stack_context.wrap(callback), *args, **kwargs)
        self._add_threadsafe(bound, contextvars.Context())

    def add_future(self, future: Any, callback: Callable[[Any], Any]) -> None:
        """Also for futures of asyncio."""
        assert is_future(future) or asyncio.isfuture(future)
        wrapped = stack_context.wrap(callback)
        context = contextvars.copy_context()
        future.add_done_callback(lambda done: self._add(functools.partial(wrapped, done), context))

    def _add(self, bound: Callable[[], Any], context: Optional[contextvars.Context]) -> None:
        if asyncio._get_running_loop() is self.asyncio_loop:
            self.asyncio_loop.call_soon(self._run_callback, bound, context=context)
        else:
            self._add_threadsafe(bound, context)

    def _add_threadsafe(self, bound: Callable[[], Any], context: Optional[contextvars.Context]) -> None:
        try:
            self.asyncio_loop.call_soon_threadsafe(self._run_callback, bound, context=context)
        except RuntimeError:
            if not self.asyncio_loop.is_closed():
                raise

    # Timeouts: a heap of our own, since asyncio's clock is another one and doesn't keep the order of equal times.

    def call_at(self, when: Any, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Timeout:
        if not isinstance(when, numbers.Real):
            raise TypeError(f"Unsupported deadline {when!r}")
        timeout = Timeout(functools.partial(stack_context.wrap(callback), *args, **kwargs))
        heapq.heappush(self._timeouts, (float(when), next(self._count), timeout))
        if self._timeouts[0][2] is timeout:
            self._set_timer()
        return timeout

    def remove_timeout(self, timeout: Timeout) -> None:
        timeout.callback = None
        timeout.context = contextvars.Context()
        self._removed += 1
        if self._removed > MANY_REMOVED and self._removed > len(self._timeouts) // 2:
            self._removed = 0
            self._timeouts = [entry for entry in self._timeouts if entry[2].callback is not None]
            heapq.heapify(self._timeouts)

    def _set_timer(self) -> None:
        """Have asyncio call when the first timeout is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._timeouts and self._timeouts[0][2].callback is None:
            heapq.heappop(self._timeouts)
        if self._timeouts:
            delay = max(0.0, self._timeouts[0][0] - self.time())
            self._timer = self.asyncio_loop.call_later(delay, self._run_timeouts)

    def _run_timeouts(self) -> None:
        now = self.time()
        due: Deque[Tuple[float, int, Timeout]] = collections.deque()
        while self._timeouts and self._timeouts[0][0] <= now:
            due.append(heapq.heappop(self._timeouts))
        try:
            while due:
                timeout = due.popleft()[2]
                if timeout.callback is not None:
                    timeout.context.run(self._run_callback, timeout.callback)
        finally:
            # Those that a KeyboardInterrupt left.
            for entry in due:
                heapq.heappush(self._timeouts, entry)
            self._set_timer()

    # Handlers of file descriptors.

    def add_handler(self, fd: Any, handler: Callable[[Any, int], Any], events: int) -> None:
        if self.split_fd(fd)[0] in self.handlers:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        super().add_handler(fd, handler, events)

    def update_handler(self, fd: Any, events: int) -> None:
        if self.split_fd(fd)[0] not in self.handlers:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        super().update_handler(fd, events)

    def _handle_events(self, fd: int, events: int) -> None:
        try:
            super()._handle_events(fd, events)
        except BrokenPipeError:
            pass  # the other side has closed it
        except Exception:
            self.handle_callback_exception(self.handlers.get(fd))


def is_io_loop(loop: object) -> bool:
    return isinstance(loop, IOLoop)


def io_loop(loop: asyncio.AbstractEventLoop) -> Any:
    found = known(loop)
    if found is not None:
        return found
    installed = getattr(IOLoop, "_instance", None)
    if inner(installed) is loop:  # an `AsyncIOMainLoop`
        return remember(loop, installed)
    return remember(loop, LegacyIOLoop(asyncio_loop=loop, make_current=False))


def current() -> Any:
    found = CURRENT.open_one() or IOLoop.current()
    if is_closed(found):
        found = LegacyIOLoop(make_current=False)
        found.make_current()
    return found


def new() -> Any:
    return IOLoop()


def make_current(io: Any) -> None:
    io.make_current()


def clear_current() -> None:
    IOLoop.clear_current()


def _install() -> CurrentLoop:
    """Have tornado make loops of ours, and find the one of the asyncio loop that runs."""
    loops = CurrentLoop(io_loop)
    before = getattr(IOLoop._current, "instance", None)
    if before is not None:
        loops.instance = before
    IOLoop._current = loops
    IOLoop.configure(LegacyIOLoop)
    tornado4_yieldables.register()
    return loops


CURRENT = _install()
