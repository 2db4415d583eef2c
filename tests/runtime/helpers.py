"""What the runtime's tests share: running coroutines, waiting for something to happen, loops that are closed again."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, Callable, Coroutine, Iterator, List, Optional

PATIENCE = 20.0
"""Seconds after which a test that hangs fails. Nothing is measured by it."""


def run(coroutine: Coroutine[Any, Any, Any], debug: Optional[bool] = None) -> Any:
    """Run a coroutine on a loop of its own, and give its result."""

    async def bounded() -> Any:
        return await asyncio.wait_for(coroutine, PATIENCE)

    return asyncio.run(bounded(), debug=debug)


async def until(condition: Callable[[], Any]) -> None:
    """Let the loop turn until `condition()` is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it never came true")
        await asyncio.sleep(0)


async def turns(count: int = 10) -> None:
    """Let the loop turn so many times."""
    for _ in range(count):
        await asyncio.sleep(0)


async def ended(process: Any) -> Any:
    """Wait for the end of a process, however it ends, and give its state."""
    await asyncio.wait([process.future()], timeout=PATIENCE)
    assert process.has_terminated(), f"{process} hasn't ended"
    return process.state


@contextlib.contextmanager
def own_loop(current: bool = True) -> Iterator[asyncio.AbstractEventLoop]:
    """Give a loop for a block, as the current one unless it's said otherwise; it's closed afterwards."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop if current else None)
    try:
        yield loop
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        asyncio.set_event_loop(None)
        loop.close()


class LoopErrors:
    """Collects what the running loop would log: errors in callbacks, futures and tasks that nobody looked at."""

    def __init__(self) -> None:
        self.contexts: List[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.contexts.append(context))
