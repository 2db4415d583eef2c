"""Futures of asyncio that follow those of others."""

from __future__ import annotations

import asyncio
from typing import Any

from ...aio.loops import call_threadsafe


def to_asyncio(future: Any, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """Give a future of `loop` with the same outcome as any other one. Cancelling it leaves that one alone."""
    result = loop.create_future()

    def copy() -> None:
        if result.done():
            return
        try:
            result.set_result(future.result())
        except BaseException as error:
            fail(result, error)

    def done(_: Any) -> None:
        if asyncio._get_running_loop() is loop:
            copy()
        else:
            call_threadsafe(loop, copy)

    future.add_done_callback(done)
    return result


def fail(future: Any, error: BaseException) -> None:
    """Fail a future of any kind; asyncio's don't take a StopIteration, so it's the cause there."""
    if isinstance(error, StopIteration) and isinstance(future, asyncio.Future):
        try:
            raise RuntimeError(f"what was waited for raised {error!r}") from error
        except RuntimeError as wrapped:
            error = wrapped
    future.set_exception(error)
