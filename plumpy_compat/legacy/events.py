"""Event loops of plumpy 0.14 and 0.15, which were tornado's, and callbacks of a process."""

from __future__ import annotations

from typing import Any

from .. import events as modern
from . import awaiting, loops
from .warn import warn

__all__ = ["get_event_loop", "new_event_loop", "run_until_complete", "set_event_loop"]


def get_event_loop() -> Any:
    """The current loop, as tornado's."""
    warn("`plumpy.get_event_loop()`", "PLM111")
    return loops.current()


def new_event_loop() -> Any:
    """Make a loop, and make it the current one."""
    warn("`plumpy.new_event_loop()`", "PLM111")
    loop = loops.new()
    loops.make_current(loop)
    return loop


def set_event_loop(loop: Any) -> None:
    """Make a loop the current one; None unsets it."""
    warn("`plumpy.set_event_loop()`", "PLM111")
    if loop is None:
        loops.clear_current()
    else:
        loops.make_current(loop)


def run_until_complete(future: Any, loop: Any = None) -> Any:
    """Run a loop until a future (or anything else that tornado's `yield` takes) is done, and give its result."""
    warn("`plumpy.run_until_complete()`", "PLM111")
    on = loops.io_loop(loops.asyncio_loop(loop)) if loop is not None else loops.current()
    return on.run_sync(lambda: future)


class ProcessCallback(modern.ProcessCallback):
    """A callback that :meth:`.Process.call_soon` scheduled; what it gives is waited for."""

    async def run(self) -> None:
        process, callback = self._process, self._callback
        if self._cancelled or process is None or callback is None:
            return
        try:
            awaiting.note(callback)
            await awaiting.call(callback, *self._args, **self._kwargs)
        except Exception as exception:
            process.callback_excepted(callback, exception, exception.__traceback__)
        finally:
            self._cleanup()
