"""Tasks that run up to where they first wait before the call returns, as tornado's coroutines did."""

from __future__ import annotations

import asyncio
import sys
from asyncio.tasks import _enter_task, _leave_task
from typing import Any, Callable, Coroutine, Set

# asyncio keeps only weak references to tasks: these are the strong ones, until each is done.
_TASKS: Set[asyncio.Future[Any]] = set()


def start_task(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """Run it up to where it first waits, if the loop runs in this thread, else from the loop's first turn on.

    What ends before it waits gives a task that is done. It's a task in its first step too: `current_task()` is that
    task, and it has its own copy of the context.

    Tasks that start each other are nested, and so is their use of the stack: recursion ends in a `RecursionError`
    as with plain functions. `KeyboardInterrupt` and `SystemExit` reach the caller; other errors, `GeneratorExit` too,
    are the task's.
    """
    if asyncio._get_running_loop() is not loop:
        task: asyncio.Future[Any] = loop.create_task(coroutine)
    elif sys.version_info >= (3, 12) and loop.is_running():
        task = asyncio.Task(coroutine, loop=loop, eager_start=True)
    else:
        task = _started(coroutine, loop)
    if not task.done():
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)
    return task


def _started(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> asyncio.Task[Any]:
    """As `Task(coroutine, eager_start=True)` from Python 3.12 on.

    A task has its loop call its first step soon, and does nothing else before that. Here the step is called now,
    so all that follows (waiting, cancellation, context, lost errors) is asyncio's own work. The loop's `call_soon`
    is replaced only while the task is made; other threads use `call_soon_threadsafe`.
    """
    steps = []
    call_soon = loop.call_soon

    def keep(step: Callable[[], None], *, context: Any) -> None:
        steps.append((call_soon(step, context=context), step, context))

    attributes = vars(loop)
    before = {"call_soon": attributes["call_soon"]} if "call_soon" in attributes else {}
    attributes["call_soon"] = keep
    try:
        task = asyncio.Task(coroutine, loop=loop)
    finally:
        del attributes["call_soon"]
        attributes.update(before)
    [(handle, step, context)] = steps
    try:
        _call_between(loop, lambda: context.run(step))
    except BaseException:
        # At the limit of recursion the step may not have run: then the one that is scheduled ends the task.
        task.cancel()
        if task.done():
            handle.cancel()
        raise
    handle.cancel()
    return task


def _call_between(loop: asyncio.AbstractEventLoop, step: Callable[[], None]) -> None:
    """Call the step of a task while another one is in its own: two at a time are refused."""
    current = asyncio.current_task(loop)
    if current is None:
        step()
        return
    _leave_task(loop, current)
    try:
        step()
    finally:
        _enter_task(loop, current)
