"""tornado's own `IOLoop` on asyncio (5.0 and later), which may be started within another one."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import threading
from typing import Any, Callable, Optional

from tornado import gen
from tornado.ioloop import IOLoop
from tornado.platform.asyncio import AsyncIOLoop, AsyncIOMainLoop, BaseAsyncIOLoop

from ...aio.loops import current_event_loop
from .following import to_asyncio
from .starting import outside, stop

__all__ = ["clear_current", "current", "io_loop", "is_io_loop", "make_current", "new", "remember"]


class _Asyncios(threading.local):
    """The loop that a thread had of asyncio before one of tornado's became current: futures of asyncio need one."""

    loop: Optional[asyncio.AbstractEventLoop] = None

    def note(self) -> None:
        """Keep the current loop in mind if it's no loop of tornado's."""
        loop = current_event_loop()
        if loop is not None and loop is not asyncio._get_running_loop() and loop not in IOLoop._ioloop_for_asyncio:
            self.loop = loop

    def give_back(self) -> None:
        """Have it be current again, as tornado does; without one no loop is."""
        if self.loop is not None and (self.loop.is_closed() or self.loop in IOLoop._ioloop_for_asyncio):
            self.loop = None
        asyncio.set_event_loop(self.loop)


class LegacyIOLoop(AsyncIOLoop):  # type: ignore[misc, unused-ignore]
    """What `IOLoop()` gives. Beyond tornado's own it may be started within a callback of another loop and stopped from
    anywhere, callbacks of threads' futures keep their context variables, making it current isn't deprecated, and
    `run_sync` leaves a future that it's given alone when the time is up, and tells whether that was cancelled."""

    def initialize(self, asyncio_loop: Optional[asyncio.AbstractEventLoop] = None, **kwargs: Any) -> None:
        loop = asyncio_loop or asyncio.new_event_loop()
        # tornado's own, so that its `close` leaves alone whatever loop is current by then.
        self.is_current = False
        try:
            BaseAsyncIOLoop.initialize(self, loop, **kwargs)
        except Exception:
            if asyncio_loop is None:
                loop.close()
            raise

    def make_current(self) -> None:
        ASYNCIOS.note()
        asyncio.set_event_loop(self.asyncio_loop)

    _make_current = make_current

    def _clear_current_hook(self) -> None:
        ASYNCIOS.give_back()

    def start(self) -> None:
        _start(self)

    def stop(self) -> None:
        stop(self.asyncio_loop)

    def run_sync(self, func: Callable[[], Any], timeout: Optional[float] = None) -> Any:
        return _run_sync(self, func, timeout)

    def close(self, all_fds: bool = False) -> None:
        if current_event_loop() is self.asyncio_loop:
            ASYNCIOS.give_back()
        # tornado forgets a loop that was closed through asyncio, but then fails to forget it here.
        IOLoop._ioloop_for_asyncio.setdefault(self.asyncio_loop, self)
        super().close(all_fds)

    def add_future(self, future: Any, callback: Callable[[Any], Any]) -> None:
        if isinstance(future, concurrent.futures.Future):
            context = contextvars.copy_context()
            super().add_future(future, lambda done: context.run(callback, done))
        else:
            super().add_future(future, callback)


def is_io_loop(loop: object) -> bool:
    return isinstance(loop, IOLoop)


def remember(loop: asyncio.AbstractEventLoop, io: Any) -> None:
    """Do nothing: tornado does."""


def io_loop(loop: asyncio.AbstractEventLoop) -> Any:
    found = IOLoop._ioloop_for_asyncio.get(loop)
    return LegacyIOLoop(asyncio_loop=loop, make_current=False) if found is None else found


def current() -> Any:
    loop = current_event_loop()
    if loop is None or loop.is_closed():
        io = LegacyIOLoop(make_current=False)
        io.make_current()
        return io
    return io_loop(loop)


def new() -> Any:
    loop = current_event_loop()
    io = LegacyIOLoop(make_current=False)
    if loop is None or loop.is_closed() or loop is ASYNCIOS.loop:
        io.make_current()
    return io


def make_current(io: Any) -> None:
    ASYNCIOS.note()
    asyncio.set_event_loop(io.asyncio_loop)


def clear_current() -> None:
    ASYNCIOS.give_back()


def _start(io: Any) -> None:
    if io.asyncio_loop.is_running():
        raise RuntimeError("IOLoop is already running")
    with outside():
        BaseAsyncIOLoop.start(io)


def _run_sync(io: Any, func: Callable[[], Any], timeout: Optional[float] = None) -> Any:
    def begin() -> Any:
        result = func()
        # tornado cancels what it has waited for too long (and cancelling the future of a process kills that).
        return to_asyncio(result, io.asyncio_loop) if asyncio.isfuture(result) else result

    return IOLoop.run_sync(io, begin, timeout)


def _of_thread(future: concurrent.futures.Future[Any]) -> asyncio.Future[Any]:
    """Follow a thread's future. In a list that is yielded tornado's own way settles its future in that thread, whose
    loop may not wake up then."""
    return to_asyncio(future, IOLoop.current().asyncio_loop)


ASYNCIOS = _Asyncios()
# What `IOLoop.current()` makes for a loop of asyncio.
AsyncIOMainLoop.start = _start  # type: ignore[method-assign, unused-ignore]
AsyncIOMainLoop.run_sync = _run_sync  # type: ignore[method-assign, unused-ignore]
gen.convert_yielded.register(concurrent.futures.Future, _of_thread)
IOLoop.configure(LegacyIOLoop)
