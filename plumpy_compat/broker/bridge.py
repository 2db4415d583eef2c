"""The one way from the communicator's thread to the loop of a process, and back.

A communicator calls its subscribers on a thread of its own. :func:`call_on_loop` carries such a call to the loop,
thread-safely, runs it there, follows whatever futures it results in (on the loop that each belongs to), and gives the
outcome back as a future of the communicator's kind, which may be used from any thread. Nothing else in this package
touches a loop from another thread.

plumpy from 0.16 to 0.26 makes the loop's future on the communicator's thread and adds a callback to it there. If the
loop is quicker, that callback is scheduled without waking the loop, and the answer waits for somebody else to do so.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Awaitable, Callable, Dict, Optional, Tuple, Type

import kiwipy

from .. import utils
from ..events import spawn
from ..greenback_bridge import Drive, run_with_portal

__all__ = ["call_on_loop", "follow", "register", "run", "settle_from"]

_PENDING: Tuple[Type[Any], ...] = (concurrent.futures.Future, Coroutine)
_FOREIGN: Dict[Type[Any], Callable[[Any], Awaitable[Any]]] = {}


def register(kind: Type[Any], awaitable: Callable[[Any], Awaitable[Any]]) -> None:
    """Have futures of another library followed as well.

    :param awaitable: makes something for the running loop to await of such a future.
    """
    global _PENDING
    _PENDING = (*_PENDING, kind)
    _FOREIGN[kind] = awaitable


def call_on_loop(
    loop: asyncio.AbstractEventLoop, callback: Callable[..., Any], *args: Any, **kwargs: Any
) -> kiwipy.Future:
    """Call `callback` on `loop` from any thread.

    :param callback: a function, run in a portal, or a coroutine function.
    :return: a future of the plain value that comes out of it in the end: results that are futures (of a loop or of a
        communicator) are followed to any depth. Cancelling it cancels the call.
    """
    reply = kiwipy.Future()
    try:
        loop.call_soon_threadsafe(_start, loop, reply, callback, args, kwargs)
    except RuntimeError as exception:  # the loop is closed
        reply.set_exception(exception)
    return reply


def _start(loop: asyncio.AbstractEventLoop, reply: kiwipy.Future, callback: Any, args: Any, kwargs: Any) -> None:
    """Begin a call, on its loop. Most calls are over at once, and need no task."""
    if reply.cancelled():
        return
    if utils.is_coroutine_function(callback):
        _join(spawn(loop, run(callback, args, kwargs)), loop, reply)
        return
    call = Drive(_plain(callback, args, kwargs))
    try:
        call.begin()
    except StopIteration as stop:
        if _is_plain(stop.value):
            _answer(reply, stop.value, None)
        else:
            _join(spawn(loop, Drive(follow(stop.value))), loop, reply)
    except (KeyboardInterrupt, SystemExit) as exception:
        _answer(reply, None, exception)
        raise
    except BaseException as exception:
        _answer(reply, None, exception)
    else:
        _join(spawn(loop, Drive(_followed(call))), loop, reply)


async def _plain(callback: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    return callback(*args, **kwargs)


async def _followed(call: Drive) -> Any:
    return await follow(await call)


def _join(task: asyncio.Task[Any], loop: asyncio.AbstractEventLoop, reply: kiwipy.Future) -> None:
    """Give `reply` the outcome of `task`, and cancel that if the reply is cancelled (on whatever thread)."""

    def answer(done: asyncio.Task[Any]) -> None:
        exception = asyncio.CancelledError() if done.cancelled() else done.exception()
        _answer(reply, None if exception is not None else done.result(), exception)

    def cancel(done: kiwipy.Future) -> None:
        if done.cancelled():
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(task.cancel)

    task.add_done_callback(answer)
    reply.add_done_callback(cancel)


def _answer(reply: kiwipy.Future, value: Any, exception: Optional[BaseException]) -> None:
    if isinstance(exception, asyncio.CancelledError):
        reply.cancel()
    if not reply.set_running_or_notify_cancel():
        return
    if exception is not None:
        reply.set_exception(exception)
    else:
        reply.set_result(value)


def run(callback: Callable[..., Any], args: Tuple[Any, ...], kwargs: Optional[Dict[str, Any]] = None) -> Drive:
    """Give a coroutine that calls `callback` and gives the plain value in the end; see :func:`call_on_loop`."""
    return Drive(_call(callback, args, kwargs or {}))


async def _call(callback: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    return await follow(callback(*args, **kwargs))


async def follow(result: Any) -> Any:
    """Await `result` for as long as it is a coroutine or a future, of this loop, another loop or a communicator."""
    while not _is_plain(result):
        if asyncio.isfuture(result):
            result = await _on_this_loop(result)
        elif isinstance(result, concurrent.futures.Future):
            result = await asyncio.wrap_future(result)
        else:
            convert = next((_FOREIGN[kind] for kind in _FOREIGN if isinstance(result, kind)), None)
            result = await (result if convert is None else convert(result))
    return result


def _is_plain(value: Any) -> bool:
    """Tell whether a value is nothing that is to be awaited."""
    return not (asyncio.isfuture(value) or isinstance(value, _PENDING))


def _on_this_loop(future: asyncio.Future[Any]) -> Awaitable[Any]:
    """`future` itself, or what follows it if it belongs to another loop."""
    loop = future.get_loop()
    if loop is asyncio.get_running_loop() or future.done():
        return future
    waiting = _wait(future)
    try:
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(waiting, loop))
    except RuntimeError:  # the loop is closed
        waiting.close()
        raise


def settle_from(future: asyncio.Future[Any], source: Callable[[], Awaitable[Any]]) -> None:
    """Await what `source` returns, and give `future` its outcome. Runs on the future's loop."""
    task = spawn(future.get_loop(), _awaited(source))

    def copy(done: asyncio.Future[Any]) -> None:
        if future.done():
            return
        if done.cancelled():
            future.cancel()
        elif done.exception() is not None:
            future.set_exception(done.exception())  # type: ignore[arg-type]
        else:
            future.set_result(done.result())

    def cancel(done: asyncio.Future[Any]) -> None:
        if done.cancelled():
            task.cancel()

    task.add_done_callback(copy)
    future.add_done_callback(cancel)


async def _awaited(source: Callable[[], Awaitable[Any]]) -> Any:
    awaitable = await run_with_portal(source)
    return await Drive(awaitable if asyncio.iscoroutine(awaitable) else _wait(awaitable))


async def _wait(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
