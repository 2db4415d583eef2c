"""Event loops, and callbacks that are scheduled on behalf of a process."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Callable, Coroutine, Dict, Optional, Set, Tuple

from . import utils
from .greenback_bridge import run_until_complete

if TYPE_CHECKING:
    from .processes import Process

__all__ = [
    "get_event_loop",
    "get_or_create_event_loop",
    "new_event_loop",
    "reset_event_loop_policy",
    "run_until_complete",
    "set_event_loop",
    "set_event_loop_policy",
]

# asyncio itself keeps only weak references to tasks: these are the strong ones, until each is done.
_TASKS: Set[asyncio.Task[Any]] = set()


def spawn(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Schedule `coroutine` on `loop`; its task lives until it's done even if nobody else keeps it."""
    task = loop.create_task(coroutine)
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)
    return task


def get_or_create_event_loop() -> asyncio.AbstractEventLoop:
    """Give the running loop, else the current one if it's open, else a new one that becomes the current one."""
    running = asyncio._get_running_loop()
    if running is not None:
        return running
    loop = _current_event_loop()
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    return loop


def _current_event_loop() -> Optional[asyncio.AbstractEventLoop]:
    """The loop that was set for this thread, without making one."""
    if sys.version_info >= (3, 14):
        try:
            return asyncio.get_event_loop()
        except RuntimeError:
            return None
    # Not `asyncio.get_event_loop()`: it makes a loop, or warns that it won't for much longer (3.10 to 3.13).
    policy = asyncio.get_event_loop_policy()
    local = getattr(policy, "_local", None)
    if local is not None:
        loop: Optional[asyncio.AbstractEventLoop] = getattr(local, "_loop", None)
        return loop
    try:
        return policy.get_event_loop()
    except RuntimeError:
        return None


def get_event_loop() -> asyncio.AbstractEventLoop:
    """As :func:`get_or_create_event_loop`; plumpy had it up to 0.25."""
    return get_or_create_event_loop()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make a loop and make it the current one, as plumpy did up to 0.15 (0.16 made it only, 0.17 to 0.25 refused)."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def set_event_loop(loop: Optional[asyncio.AbstractEventLoop]) -> None:
    """Make `loop` the current one; None unsets it. plumpy had it up to 0.16 (0.17 to 0.25 refused)."""
    asyncio.set_event_loop(loop)


def set_event_loop_policy() -> None:
    """Do nothing: nested runs need no policy here. plumpy 0.17 to 0.25 patched the loop by one."""


def reset_event_loop_policy() -> None:
    """Do nothing: see :func:`set_event_loop_policy`."""


class ProcessCallback:
    """A callback that :meth:`Process.call_soon` scheduled; it can be cancelled until it runs."""

    __slots__ = ("__weakref__", "_args", "_callback", "_cancelled", "_kwargs", "_process")

    _process: Optional[Process]
    _callback: Optional[Callable[..., Any]]

    def __init__(
        self, process: Process, callback: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]
    ) -> None:
        self._process = process
        self._callback = callback
        self._args = args
        self._kwargs = kwargs
        self._cancelled = False

    def cancel(self) -> None:
        """Keep the callback from running, if it hasn't run yet."""
        if not self._cancelled:
            self._cancelled = True
            self._cleanup()

    def cancelled(self) -> bool:
        """Tell whether it was cancelled."""
        return self._cancelled

    async def run(self) -> None:
        """Run the callback; what it raises is handed to the process."""
        # Local names, for the callback may cancel its own handle.
        process, callback = self._process, self._callback
        if self._cancelled or process is None or callback is None:
            return
        try:
            await utils.ensure_coroutine(callback)(*self._args, **self._kwargs)
        except Exception as exception:
            process.callback_excepted(callback, exception, exception.__traceback__)
        finally:
            self._cleanup()

    def _cleanup(self) -> None:
        self._process = self._callback = None
        self._args = ()
        self._kwargs = {}
