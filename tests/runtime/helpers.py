"""What the runtime's tests share: running coroutines, waiting for something to happen, loops that are closed again."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
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


def looked_at(process: Any) -> Any:
    """Give the process; asyncio won't log that nobody asks how it ends."""
    process.future().add_done_callback(lambda done: done.cancelled() or done.exception())
    return process


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


class LoopThread:
    """A loop that runs in a thread of its own, in debug mode: it raises if another thread schedules something on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_debug(True)
        self.loop.slow_callback_duration = PATIENCE
        self.errors: List[Any] = []
        self.loop.set_exception_handler(lambda _, context: self.errors.append(context))
        self._thread = threading.Thread(target=self._run, name="loop of a test", daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def submit(self, coroutine: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        """Schedule a coroutine, from any other thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine, and wait for its result."""
        return self.submit(coroutine).result(PATIENCE)

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function on the loop, and wait for its result."""

        async def called() -> Any:
            return function(*args, **kwargs)

        return self.run(called())

    def __enter__(self) -> LoopThread:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        with contextlib.suppress(asyncio.TimeoutError, concurrent.futures.TimeoutError):
            self.submit(end()).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the loop didn't stop"
        self.loop.close()


def resolve(future: Any, patience: float = PATIENCE) -> Any:
    """Wait for what a future of the communicator results in in the end, however many futures it goes through."""
    while isinstance(future, concurrent.futures.Future):
        future = future.result(patience)
    return future


def eventually(condition: Callable[[], Any]) -> Any:
    """Wait, without a loop, until `condition()` is true, and give what it gave."""
    end = time.monotonic() + PATIENCE
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("it never came true")
        time.sleep(0.005)
