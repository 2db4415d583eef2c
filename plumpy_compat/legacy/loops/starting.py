"""Starting and stopping loops as tornado 4 did: within another one, and from anywhere."""

from __future__ import annotations

import asyncio
import contextlib
from typing import ContextManager

from ...aio.loops import call_threadsafe, no_running_loop


def outside() -> ContextManager[None]:
    """Let a loop start, whether or not another one is running in this thread."""
    if asyncio._get_running_loop() is None:
        return contextlib.nullcontext()
    return no_running_loop()


def stop(loop: asyncio.AbstractEventLoop) -> None:
    """Stop it after this turn, from any thread or signal handler."""
    loop.stop()
    # It may be waiting for events.
    call_threadsafe(loop, _wake)


def _wake() -> None:
    """Do nothing: that it's called ends the wait."""
