"""Which loop is current in a thread, for the loops of ours that stand on asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any, Callable, Iterator, Optional

from ...aio.loops import current_event_loop

# Where an asyncio loop keeps its `IOLoop`: the two are collected together.
ATTRIBUTE = "_plumpy_compat_io_loop"


def known(loop: asyncio.AbstractEventLoop) -> Any:
    """Give the `IOLoop` that the loop has, or None."""
    return getattr(loop, ATTRIBUTE, None)


def remember(loop: asyncio.AbstractEventLoop, io: Any) -> Any:
    """Have `io` be the loop's `IOLoop`, unless it has one; give the one it has."""
    return vars(loop).setdefault(ATTRIBUTE, io)


def inner(io: Any) -> Optional[asyncio.AbstractEventLoop]:
    """Give the asyncio loop that `io` stands on, if any."""
    found = getattr(io, "asyncio_loop", None)
    return found if isinstance(found, asyncio.AbstractEventLoop) else None


class CurrentLoop(threading.local):
    """Keeps the current loop of each thread as `instance`, where tornado 4 looks for it.

    That is the loop that was made current, until another one runs. So what is made current within a callback of a loop
    is current for the rest of that loop's run, as with tornado 4.
    """

    def __init__(self, io_loop: Callable[[asyncio.AbstractEventLoop], Any]) -> None:
        self._io_loop = io_loop
        self._chosen: Any = None
        # The loop that was running when that one was made current.
        self._within: Optional[asyncio.AbstractEventLoop] = None

    @property
    def instance(self) -> Any:
        running = asyncio._get_running_loop()
        if running is None:
            return self._chosen
        if running is self._within and self._chosen is not None and not is_closed(self._chosen):
            return self._chosen
        return self._io_loop(running)

    @instance.setter
    def instance(self, io: Any) -> None:
        self._chosen, self._within = io, asyncio._get_running_loop()
        loop = inner(io)
        if loop is not None:
            remember(loop, io)
        if loop is not None or io is None:
            asyncio.set_event_loop(loop)

    def open_one(self) -> Any:
        """Give the current loop, or None if that is closed. Where there's none asyncio's becomes current."""
        found = self.instance
        if found is None:
            loop = current_event_loop()
            if loop is not None and not loop.is_closed():
                self.instance = found = self._io_loop(loop)
        return None if found is None or is_closed(found) else found

    @contextlib.contextmanager
    def during(self, io: Any) -> Iterator[None]:
        """Have `io` be current while it runs, and after that the one from before."""
        before = self._chosen, self._within
        self._chosen, self._within = io, None
        try:
            yield
        finally:
            changed = self._chosen is not io
            self._chosen, self._within = before
            if changed:
                asyncio.set_event_loop(inner(before[0]))


def is_closed(io: Any) -> bool:
    loop = inner(io)
    return loop is not None and loop.is_closed()
