"""Communicators whose subscribers run on an event loop, whatever thread messages come in on."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, Hashable, Optional

import kiwipy

from . import futures
from .broker import bridge
from .events import get_or_create_event_loop

__all__ = [
    "Communicator",
    "DeliveryFailed",
    "RemoteException",
    "TaskRejected",
    "plum_to_kiwi_future",
    "wrap_communicator",
]

RemoteException = kiwipy.RemoteException
DeliveryFailed = kiwipy.DeliveryFailed
TaskRejected = kiwipy.TaskRejected
Communicator = kiwipy.Communicator

ID_TYPE = Hashable
Subscriber = Callable[..., Any]
RpcSubscriber = Callable[[kiwipy.Communicator, Any], Any]
TaskSubscriber = Callable[[kiwipy.Communicator, Any], Any]
BroadcastSubscriber = Callable[[kiwipy.Communicator, Any, Any, Any, ID_TYPE], Any]

_BROADCAST_NAMES = ("body", "sender", "subject", "correlation_id")


def plum_to_kiwi_future(plum_future: futures.Future[Any]) -> kiwipy.Future:
    """Give a future for other threads that follows `plum_future`, and the futures that it results in.

    It may be called from any thread. Cancelling either cancels the other.
    """
    return bridge.call_on_loop(plum_future.get_loop(), bridge.follow, plum_future)


def convert_to_comm(
    callback: Subscriber, loop: Optional[asyncio.AbstractEventLoop] = None, communicator: Any = None
) -> Callable[..., kiwipy.Future]:
    """Make a subscriber for a communicator of a function that is to run on `loop`.

    :param callback: a function, a coroutine function, or a `kiwipy.BroadcastFilter` around one: what it filters out is
        not handed to the loop at all.
    :param loop: the current loop at the time of the call if it's not given.
    :param communicator: what the callback gets as its communicator, in place of what calls it.
    """
    if isinstance(callback, kiwipy.BroadcastFilter):
        passes: Callable[..., bool] = _filter_of(callback)
        target: Any = callback._subscriber
    else:
        passes, target = _always, callback
    if not callable(target):
        raise TypeError("coro_or_fn must be a callable")

    def converted(_comm: Any, *args: Any, **kwargs: Any) -> kiwipy.Future:
        if not passes(args, kwargs):
            ignored = kiwipy.Future()
            ignored.set_result(None)
            return ignored
        on = loop if loop is not None else get_or_create_event_loop()
        return bridge.call_on_loop(on, target, communicator if communicator is not None else _comm, *args, **kwargs)

    return converted


def _always(args: Any, kwargs: Dict[str, Any]) -> bool:
    return True


def _filter_of(broadcast_filter: Any) -> Callable[..., bool]:
    def passes(args: Any, kwargs: Dict[str, Any]) -> bool:
        # RabbitMQ's communicator gives the parts by position, the local one by name.
        parts = {**dict(zip(_BROADCAST_NAMES, args)), **kwargs}
        return not broadcast_filter.is_filtered(parts.get("sender"), parts.get("subject"))

    return passes


def wrap_communicator(
    communicator: kiwipy.Communicator, loop: Optional[asyncio.AbstractEventLoop] = None
) -> LoopCommunicator:
    """Wrap a communicator for `loop`, unless it's wrapped for that loop already."""
    if isinstance(communicator, LoopCommunicator) and communicator.loop() is loop:
        return communicator
    return LoopCommunicator(communicator, loop)


class LoopCommunicator(kiwipy.Communicator):  # type: ignore[misc, unused-ignore]
    """A communicator whose subscribers run on a loop, whichever thread messages come in on.

    :param communicator: the one that does the work.
    :param loop: where subscribers run; the current loop if it's not given.
    """

    def __init__(self, communicator: kiwipy.Communicator, loop: Optional[asyncio.AbstractEventLoop] = None) -> None:
        self._communicator = communicator
        self._loop = loop if loop is not None else get_or_create_event_loop()

    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that subscribers run on."""
        return self._loop

    def _converted(self, subscriber: Subscriber) -> Callable[..., kiwipy.Future]:
        return convert_to_comm(subscriber, self._loop, communicator=self)

    def add_rpc_subscriber(self, subscriber: RpcSubscriber, identifier: Optional[ID_TYPE] = None) -> Any:
        return self._communicator.add_rpc_subscriber(self._converted(subscriber), identifier)

    def remove_rpc_subscriber(self, identifier: ID_TYPE) -> Any:
        return self._communicator.remove_rpc_subscriber(identifier)

    def add_task_subscriber(self, subscriber: TaskSubscriber, identifier: Optional[ID_TYPE] = None) -> Any:
        return self._communicator.add_task_subscriber(self._converted(subscriber), identifier)

    def remove_task_subscriber(self, identifier: ID_TYPE) -> Any:
        return self._communicator.remove_task_subscriber(identifier)

    def add_broadcast_subscriber(self, subscriber: BroadcastSubscriber, identifier: Optional[ID_TYPE] = None) -> Any:
        return self._communicator.add_broadcast_subscriber(self._converted(subscriber), identifier)

    def remove_broadcast_subscriber(self, identifier: ID_TYPE) -> Any:
        return self._communicator.remove_broadcast_subscriber(identifier)

    def task_send(self, task: Any, no_reply: bool = False) -> Any:
        return self._communicator.task_send(task, no_reply)

    def rpc_send(self, recipient_id: ID_TYPE, msg: Any) -> Any:
        return self._communicator.rpc_send(recipient_id, msg)

    def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> Any:
        return self._communicator.broadcast_send(body, sender, subject, correlation_id)

    def is_closed(self) -> bool:
        return bool(self._communicator.is_closed())

    def close(self) -> None:
        self._communicator.close()
