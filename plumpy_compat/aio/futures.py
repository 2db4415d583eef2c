"""Futures of asyncio and of threads, side by side."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
from typing import Any, Optional, TypeVar, Union

from .loops import call_threadsafe, get_or_create_event_loop

T = TypeVar("T")
AnyFuture = Union["asyncio.Future[Any]", "concurrent.futures.Future[Any]"]


def is_future(value: object) -> bool:
    """Tell whether it's a future of asyncio or of a thread. For tornado's `is_future`; `asyncio.isfuture` knows only
    the former."""
    return asyncio.isfuture(value) or isinstance(value, concurrent.futures.Future)


def create_future() -> asyncio.Future[Any]:
    """Make a future of :func:`get_or_create_event_loop`'s loop. For tornado's `Future()`, which needed no loop."""
    return get_or_create_event_loop().create_future()


def chain_future(source: AnyFuture, target: AnyFuture) -> None:
    """Give `target` the outcome of `source` as soon as it has one, unless it's done by then.

    For tornado's `chain_future`. A cancelled `source` cancels `target`: in tornado 6 that never got an outcome, and 4.5
    cancelled no futures. Cancelling `target` doesn't do anything to `source`.

    :param source: a future of the running loop or of a thread.
    :param target: of a thread or of any loop: that one is woken.
    """

    def copy(done: AnyFuture) -> None:
        if isinstance(target, concurrent.futures.Future):
            copy_outcome(done, target)
            return
        loop = target.get_loop()
        if loop is asyncio._get_running_loop() or not loop.is_running():
            copy_outcome(done, target)
        else:
            call_threadsafe(loop, copy_outcome, done, target)

    if source.done():
        copy(source)
    elif isinstance(source, concurrent.futures.Future) and not isinstance(target, concurrent.futures.Future):
        # Through its loop even if that doesn't run yet: the source's thread can't know whether it's about to.
        source.add_done_callback(functools.partial(call_threadsafe, target.get_loop(), copy))
    else:
        source.add_done_callback(copy)


def copy_outcome(source: AnyFuture, target: AnyFuture) -> None:
    if target.done():
        return
    if source.cancelled():
        if not target.cancel():  # the future of a running call
            target.set_exception(concurrent.futures.CancelledError())
        return
    error = source.exception()
    if error is not None:
        fail(target, error)
    else:
        target.set_result(source.result())


def fail(future: AnyFuture, error: BaseException) -> None:
    """Fail a future; asyncio's don't take a StopIteration, so that's the cause of what they get, as PEP 479 has it."""
    if isinstance(error, StopIteration) and asyncio.isfuture(future):
        wrapped = RuntimeError(f"what was waited for raised {error!r}")
        wrapped.__cause__ = error
        error = wrapped
    future.set_exception(error)


def done_future(result: T, loop: asyncio.AbstractEventLoop) -> asyncio.Future[T]:
    future: asyncio.Future[T] = loop.create_future()
    future.set_result(result)
    return future


def error_of(future: asyncio.Future[Any]) -> Optional[BaseException]:
    return asyncio.CancelledError() if future.cancelled() else future.exception()
