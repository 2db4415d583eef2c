"""tornado's loop for an asyncio loop, and the other way round.

Legacy code sees an `IOLoop` everywhere, the engine an asyncio loop. Which `IOLoop` depends on the tornado that is
installed: with 4.x one of ours, which stands on asyncio, and which `IOLoop()` and `IOLoop.current()` give once this is
imported; with 5.0 and later tornado's own, which may be started within another one; without tornado a facade.
"""

from __future__ import annotations

import asyncio
from typing import Any, Optional, Tuple

from . import abcs

TORNADO: Optional[Tuple[int, int]]
"""The version of tornado, if it's installed."""

try:
    import tornado
except ImportError:
    TORNADO = None
    from . import facade as backend
else:
    TORNADO = (tornado.version_info[0], tornado.version_info[1])
    if TORNADO < (6, 0):
        abcs.give_back()
    if TORNADO < (5, 0):
        from . import tornado4 as backend  # type: ignore[no-redef]
    else:
        from . import tornado5 as backend  # type: ignore[no-redef]

__all__ = ["TORNADO", "asyncio_loop", "clear_current", "current", "io_loop", "make_current", "new"]


def asyncio_loop(loop: Any) -> asyncio.AbstractEventLoop:
    """Give the asyncio loop that `loop` stands on, or is.

    :param loop: of either kind; None is the current one.
    :raises RuntimeError: for a loop of tornado 4 that doesn't stand on asyncio.
    :raises TypeError: for what isn't a loop.
    """
    if isinstance(loop, asyncio.AbstractEventLoop):
        return loop
    if loop is None:
        return asyncio_loop(current())
    if backend.is_io_loop(loop):
        inner = getattr(loop, "asyncio_loop", None)
        if isinstance(inner, asyncio.AbstractEventLoop):
            backend.remember(inner, loop)
            return inner
        raise RuntimeError(
            f"{loop!r} doesn't stand on asyncio, so a process can't run on it: import plumpy_compat.legacy, or call "
            'install_as_plumpy("legacy"), before the first IOLoop is made'
        )
    raise TypeError(f"{loop!r} isn't an event loop")


def io_loop(loop: asyncio.AbstractEventLoop) -> Any:
    """Give the loop that legacy code expects for an asyncio loop: the same one each time."""
    return backend.io_loop(loop)


def current() -> Any:
    """Give the running loop, else the one that is current in this thread, else a new one that becomes current."""
    return backend.current()


def new() -> Any:
    """Make a loop; it becomes current if this thread has no current one."""
    return backend.new()


def make_current(loop: Any) -> None:
    """Make a loop of either kind this thread's current one, for tornado and asyncio."""
    backend.make_current(io_loop(asyncio_loop(loop)))


def clear_current() -> None:
    """Leave this thread without a current loop, for tornado and asyncio."""
    backend.clear_current()
