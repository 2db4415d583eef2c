"""Between tornado's `yield` and asyncio's `await`: what either could wait for, for the other."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Coroutine
from types import CoroutineType
from typing import Any, Callable

from ..aio.loops import no_running_loop
from ..aio.tasks import start_task
from ..aio.yieldables import multi
from ..broker import bridge
from ..greenback_bridge import run_with_portal
from . import loops
from .loops.following import fail
from .warn import attributes, warn, warn_of_function

if loops.TORNADO is not None:
    from tornado import gen
    from tornado.concurrent import Future as TornadoFuture

    _KINDS: Any = (concurrent.futures.Future, TornadoFuture)
else:
    gen = None
    _KINDS = concurrent.futures.Future


class Shielded(asyncio.Future):  # type: ignore[type-arg]
    """Follows a future of the user's; it can't be cancelled, as nothing that tornado's coroutines waited for could.

    So a step that waits for it ends before its process is killed: a coroutine of tornado can't be stopped half-way.
    """

    def cancel(self, *args: Any, **kwargs: Any) -> bool:
        return False


def is_future(value: Any) -> bool:
    """Tell whether it's a future of tornado, asyncio or a thread."""
    return isinstance(value, _KINDS) or asyncio.isfuture(value)


def given(loop: Any) -> asyncio.AbstractEventLoop:
    """The asyncio loop for an argument `loop=`; None is the current one."""
    if loop is not None and not isinstance(loop, asyncio.AbstractEventLoop):
        warn("a loop of tornado as `loop=`", "TOR301")
    return loops.asyncio_loop(loop)


def note(function: Any) -> None:
    """Warn if a function that the engine calls is a coroutine of tornado."""
    if "__tornado_coroutine__" in attributes(function):
        warn_of_function("a coroutine of tornado", "TOR101", function)


def copy_outcome(source: Any, target: Any) -> None:
    """Give `target` the outcome of `source`."""
    if source.cancelled():
        target.cancel()
        return
    error = source.exception()
    if error is not None:
        fail(target, error)
    else:
        target.set_result(source.result())


def shield(future: Any, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """A future of `loop` that follows any future, and can't be cancelled."""
    shielded = Shielded(loop=loop)

    def settle(done: Any) -> None:
        if shielded.done():
            return
        if done.cancelled():
            shielded.set_exception(concurrent.futures.CancelledError())
        else:
            copy_outcome(done, shielded)

    def tell(done: Any) -> None:
        # Also a future of tornado may be settled by a thread, if what it stands for has futures of threads in it.
        if asyncio._get_running_loop() is loop:
            settle(done)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(settle, done)

    future.add_done_callback(tell)
    return shielded


def awaitable_of(value: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """What to await before a value that the user's code gave counts; None if it counts as it is."""
    if value is None or type(value) is CoroutineType or isinstance(value, Coroutine):
        return value
    if isinstance(value, asyncio.Task):
        return value
    return shield(value, loop) if is_future(value) else None


def joinable(value: Any, loop: asyncio.AbstractEventLoop, define: Any) -> Any:
    """A value for the context of a work chain: futures of tornado 4 as ones of asyncio, anything else as it is.

    :param define: the work chain's, to be named in the warning where a step gave the value.
    """
    if not is_future(value) or asyncio.isfuture(value):
        return value
    if not isinstance(value, concurrent.futures.Future):
        warn("a future of tornado in the context of a work chain", "TOR211", otherwise=define)
    return shield(value, loop)


async def all_of(values: Any) -> Any:
    """Wait for all futures of a list or dict, which may be nested, and give their results in its place.

    If some fail it's the error of the first in order that is raised, as by tornado's `gen.multi`.
    """
    return await multi(_joinable(values, asyncio.get_running_loop()))


def _joinable(values: Any, loop: asyncio.AbstractEventLoop) -> Any:
    if isinstance(values, dict):
        return {key: _joinable(value, loop) for key, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [_joinable(value, loop) for value in values]
    return shield(values, loop) if is_future(values) and not asyncio.isfuture(values) else values


async def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function, and give what it gives in the end: futures of all kinds are waited for, and lists of them."""
    note(function)
    result = await run_with_portal(function, *args, **kwargs)
    if isinstance(result, (list, dict)) and result:
        parts = result.values() if isinstance(result, dict) else result
        if all(map(is_future, parts)):
            return await all_of(result)
    return await bridge.follow(result)


def start(coroutine: Any, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Any]:
    """Run a coroutine up to where it first waits, now, whether the loop runs or not, and give its task."""
    running = asyncio._get_running_loop()
    if running is loop:
        return start_task(coroutine, loop)
    with no_running_loop():
        asyncio._set_running_loop(loop)
        try:
            return start_task(coroutine, loop)
        finally:
            asyncio._set_running_loop(None)


def started(coroutine: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """As :func:`start`, but what is given is a :class:`.Future`."""
    from .futures import Future

    future = Future()
    task = start(coroutine, loop)

    def settle(done: Any) -> None:
        if not future.done():
            copy_outcome(done, future)

    if task.done():
        settle(task)
    else:
        task.add_done_callback(settle)
    return future


if gen is not None and TornadoFuture is not asyncio.Future:
    bridge.register(TornadoFuture, lambda future: shield(future, asyncio.get_running_loop()))
