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
from typing import Any, Awaitable, Callable, Dict, Optional, Tuple

import kiwipy

from ..greenback_bridge import Drive, run_with_portal

__all__ = ["call_on_loop", "follow", "run", "settle_from"]


def call_on_loop(
    loop: asyncio.AbstractEventLoop, callback: Callable[..., Any], *args: Any, **kwargs: Any
) -> kiwipy.Future:
    """Call `callback` on `loop` from any thread.

    :param callback: a function, run in a portal, or a coroutine function.
    :return: a future of the plain value that comes out of it in the end: results that are futures (of a loop or of a
        communicator) are followed to any depth. Cancelling it cancels the call.
    """
    coroutine = run(callback, args, kwargs)
    try:
        return asyncio.run_coroutine_threadsafe(coroutine, loop)
    except RuntimeError as exception:  # the loop is closed
        coroutine.close()
        failed = kiwipy.Future()
        failed.set_exception(exception)
        return failed


def run(callback: Callable[..., Any], args: Tuple[Any, ...], kwargs: Optional[Dict[str, Any]] = None) -> Drive:
    """Give a coroutine that calls `callback` and gives the plain value in the end; see :func:`call_on_loop`."""
    return Drive(_call(callback, args, kwargs or {}))


async def _call(callback: Callable[..., Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    return await follow(callback(*args, **kwargs))


async def follow(result: Any) -> Any:
    """Await `result` for as long as it is a coroutine or a future, of this loop, another loop or a communicator."""
    while True:
        if asyncio.isfuture(result):
            result = await _on_this_loop(result)
        elif isinstance(result, concurrent.futures.Future):
            result = await asyncio.wrap_future(result)
        elif asyncio.iscoroutine(result):
            result = await result
        else:
            return result


def _on_this_loop(future: asyncio.Future[Any]) -> Awaitable[Any]:
    """`future` itself, or what follows it if it belongs to another loop."""
    loop = future.get_loop()
    if loop is asyncio.get_running_loop() or future.done():
        return future
    return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_wait(future), loop))


def settle_from(future: asyncio.Future[Any], source: Callable[[], Awaitable[Any]]) -> None:
    """Await what `source` returns, and give `future` its outcome. Runs on the future's loop."""
    from ..events import spawn

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
