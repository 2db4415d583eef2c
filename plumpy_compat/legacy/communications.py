"""Communicators for a loop of tornado, as in plumpy 0.14 and 0.15."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import Any, Callable, Dict, Optional

import kiwipy

from .. import communications as modern
from ..broker import bridge
from ..communications import Communicator, DeliveryFailed, RemoteException, TaskRejected
from . import awaiting, loops
from .warn import warn

__all__ = [
    "Communicator",
    "DeliveryFailed",
    "RemoteException",
    "TaskRejected",
    "plum_to_kiwi_future",
    "wrap_communicator",
]

_LOGGER = logging.getLogger("plumpy.communications")


def plum_to_kiwi_future(plum_future: Any) -> kiwipy.Future:
    """Give a future for other threads that follows `plum_future`, and the futures that it results in."""

    async def outcome() -> Any:
        try:
            return await awaiting.call(lambda: plum_future)
        except kiwipy.CancelledError:
            raise asyncio.CancelledError from None  # which cancels the other one too

    return bridge.call_on_loop(loops.asyncio_loop(None), outcome)


def convert_to_comm(callback: Callable[..., Any], loop: Any = None) -> Callable[..., kiwipy.Future]:
    """Make a subscriber for a communicator of a function, or coroutine, that is to run on a loop."""
    return modern.convert_to_comm(_waits_for(callback), None if loop is None else awaiting.given(loop))


def _waits_for(callback: Any) -> Any:
    if isinstance(callback, kiwipy.BroadcastFilter):
        return callback
    return functools.partial(awaiting.call, callback)


def _log_error(future: kiwipy.Future) -> None:
    """Log why a subscriber of broadcasts failed, which nobody else is told."""
    error = None if future.cancelled() else future.exception()
    if error is not None:
        _LOGGER.error("a subscriber of broadcasts failed", exc_info=error)


def wrap_communicator(communicator: kiwipy.Communicator, loop: Any = None) -> LoopCommunicator:
    """Wrap a communicator for a loop, unless it's wrapped for that loop already."""
    if isinstance(communicator, LoopCommunicator) and (
        loop is not None and communicator._loop is loops.asyncio_loop(loop)
    ):
        return communicator
    return LoopCommunicator(communicator, loop)


class LoopCommunicator(modern.LoopCommunicator):
    """A communicator whose subscribers run on a loop, whichever thread messages come in on.

    :param loop: tornado's, or asyncio's.
    """

    def __init__(self, communicator: kiwipy.Communicator, loop: Any = None) -> None:
        if communicator is None:
            raise AssertionError("there is no communicator to wrap")
        super().__init__(communicator, awaiting.given(loop))
        self._task_subscribers: Dict[Any, Any] = {}

    def loop(self) -> Any:
        """The loop that subscribers run on, as tornado's."""
        return loops.io_loop(self._loop)

    def _converted(self, subscriber: Callable[..., Any]) -> Callable[..., kiwipy.Future]:
        return modern.convert_to_comm(_waits_for(subscriber), self._loop, communicator=self)

    def add_broadcast_subscriber(self, subscriber: Any, identifier: Optional[Any] = None) -> Any:
        converted = self._converted(subscriber)

        def logged(*args: Any, **kwargs: Any) -> kiwipy.Future:
            future = converted(*args, **kwargs)
            future.add_done_callback(_log_error)
            return future

        return self._communicator.add_broadcast_subscriber(logged, identifier)

    def add_task_subscriber(self, subscriber: Any, identifier: Optional[Any] = None) -> None:
        """Add it; it's removed by itself, as with kiwipy 0.5."""
        self._task_subscribers[subscriber] = super().add_task_subscriber(subscriber, identifier)

    def remove_task_subscriber(self, subscriber: Any) -> None:
        """Remove it, by itself or by its identifier."""
        if subscriber in self._task_subscribers:
            warn("`remove_task_subscriber` by the subscriber", "KIW103")
            subscriber = self._task_subscribers.pop(subscriber)
        super().remove_task_subscriber(subscriber)
