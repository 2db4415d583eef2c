"""Futures of the event loop and of the communicator, and what goes between them."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Optional

import kiwipy

from .broker import bridge

__all__ = ["CancelledError", "Future", "chain", "copy_future", "create_task", "gather"]

CancelledError = kiwipy.CancelledError
Future = asyncio.Future
copy_future = kiwipy.copy_future
chain = kiwipy.chain
capture_exceptions = kiwipy.capture_exceptions


class InvalidStateError(Exception):
    """The future is in a state in which this can't be done."""


def gather(*futures: Any, **kwargs: Any) -> Any:
    """`asyncio.gather`, which also takes one list of futures, as plumpy did up to 0.15."""
    if len(futures) == 1 and isinstance(futures[0], (list, tuple)):
        futures = tuple(futures[0])
    return asyncio.gather(*futures, **kwargs)


class Action:
    """What makes an action of a future, whatever its kind."""

    _action: Optional[Callable[..., Any]] = None
    _cookie: Any = None
    at_work = False

    @property
    def cookie(self) -> Any:
        """What was given as `cookie`."""
        return self._cookie

    def run(self: Any, *args: Any, **kwargs: Any) -> None:
        """Run the action, and take its outcome.

        :raises InvalidStateError: if it ran before or was cancelled.
        """
        if self.done():
            raise InvalidStateError("Action has already been ran")
        self.at_work = True
        try:
            with kiwipy.capture_exceptions(self):
                result = self._action(*args, **kwargs)
                if not self.done():  # the action may have answered for itself
                    self.set_result(result)
        finally:
            self._action = None
            self.at_work = False


class CancellableAction(Action, Future):  # type: ignore[type-arg]
    """An action to be run later, as a future of its result.

    :param action: what is called by :meth:`run`.
    :param cookie: anything that tells the action from others.
    :param loop: the loop that the future belongs to; the current one if it's not given.
    """

    def __init__(
        self, action: Callable[..., Any], cookie: Any = None, loop: Optional[asyncio.AbstractEventLoop] = None
    ) -> None:
        super().__init__(loop=loop)
        self._action = action
        self._cookie = cookie


def create_task(
    coro: Callable[[], Awaitable[Any]], loop: Optional[asyncio.AbstractEventLoop] = None
) -> asyncio.Future[Any]:
    """Call `coro` on `loop` and await what it returns.

    It may be called from any thread.

    :param coro: a callable that returns an awaitable.
    :return: a future of `loop`. Wait for it there only.
    """
    if loop is None:
        from .events import get_or_create_event_loop

        loop = get_or_create_event_loop()
    future = loop.create_future()
    loop.call_soon_threadsafe(bridge.settle_from, future, coro)
    return future


def unwrap_kiwi_future(future: kiwipy.Future) -> kiwipy.Future:
    """Give a future of what `future` results in when all futures that it results in are followed, to any depth."""
    unwrapped = kiwipy.Future()

    def follow(done: kiwipy.Future) -> None:
        if done.cancelled():
            unwrapped.cancel()
            return
        if unwrapped.cancelled():
            return
        with kiwipy.capture_exceptions(unwrapped):
            result = done.result()
            if isinstance(result, kiwipy.Future):
                result.add_done_callback(follow)
            else:
                unwrapped.set_result(result)

    future.add_done_callback(follow)
    return unwrapped
