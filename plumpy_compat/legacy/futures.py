"""Futures of plumpy 0.14 and 0.15: tornado's, which can also be cancelled, and awaited."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Generator

from .. import events, futures as modern
from . import awaiting, loops
from .future_base import Base
from .warn import warn

__all__ = ["CancelledError", "Future", "chain", "copy_future", "create_task", "gather"]

CancelledError = modern.CancelledError
InvalidStateError = modern.InvalidStateError
chain = modern.chain
copy_future = modern.copy_future
capture_exceptions = modern.capture_exceptions
unwrap_kiwi_future = modern.unwrap_kiwi_future


class Future(Base):  # type: ignore[misc, unused-ignore]
    """A future that needs no loop, and calls its callbacks inside of `set_result`.

    Coroutines of tornado may `yield` it, those of asyncio `await` it. It belongs to whichever loop waits for it, but
    must be used in one thread.
    """

    # What makes it one for `asyncio.isfuture`.
    _asyncio_future_blocking = False
    _cancelled = False

    def result(self, timeout: Any = None) -> Any:
        """Its result.

        :param timeout: means nothing, as in tornado.
        :raises kiwipy.CancelledError: if it was cancelled.
        :raises Exception: if it's not done.
        """
        if self._cancelled:
            raise CancelledError
        return super().result(timeout)

    def exception(self, timeout: Any = None) -> Any:
        """Its error, or None, also if it was cancelled."""
        return None if self._cancelled else super().exception(timeout)

    def cancel(self, msg: Any = None) -> bool:
        """Cancel it, and call its callbacks; tells whether it wasn't done yet."""
        if self.done():
            return False
        self._cancelled = True
        self._mark_cancelled()
        return True

    def cancelled(self) -> bool:
        """Tell whether it was cancelled."""
        return self._cancelled

    def remove_done_callback(self, callback: Callable[[Any], Any]) -> int:
        """Don't call this one.

        :raises ValueError: if it wasn't added, or was called.
        """
        self._remove(callback)
        return 1

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop that asks."""
        return events.get_or_create_event_loop()

    def __await__(self) -> Generator[Any, None, Any]:
        if not self.done():
            # Who waits gets a future of its own loop: cancelling that isn't cancelling this one, as in tornado.
            waiter = asyncio.get_running_loop().create_future()

            def wake(_: Any) -> None:
                if not waiter.done():
                    waiter.set_result(None)

            self.add_done_callback(wake)
            try:
                yield from waiter
            finally:
                if not self.done():
                    self.remove_done_callback(wake)
        return self.result()

    __iter__ = __await__


class CancellableAction(modern.Action, Future):  # type: ignore[misc, unused-ignore]
    """An action to be run later, as a future of its result.

    :param action: what is called by :meth:`run`.
    :param cookie: anything that tells the action from others.
    """

    def __init__(self, action: Callable[..., Any], cookie: Any = None) -> None:
        super().__init__()
        self._action = action
        self._cookie = cookie


def gather(*futures: Any) -> Any:
    """Wait for all of them; what is returned gives the list of their results, or the error of the first in order."""
    warn("`plumpy.gather`, which waits for all when one fails", "PLM104")
    return awaiting.as_future(list(futures), loops.asyncio_loop(None))


def create_task(coro: Callable[[], Any], loop: Any = None) -> Future:
    """Call `coro` on a loop, from any thread, and give a future of what it gives in the end."""
    future = Future()
    on = loops.asyncio_loop(loop)

    def settle(done: Any) -> None:
        if not future.done():
            awaiting.copy_outcome(done, future)

    def begin() -> None:
        awaiting.start(awaiting.call(coro), on).add_done_callback(settle)

    on.call_soon_threadsafe(begin)
    return future
