"""How each kind of communicator is talked to without ever blocking the loop of a process.

- :class:`DirectLink`: in-process communicators. Calls are plain function calls, made at once.
- :class:`RmqLink`: kiwipy's threaded RabbitMQ communicator. Operations are done on its own loop, many at a time; the
  RPCs of all processes come in through one queue with a binding for each process.
- :class:`ThreadLink`: any other communicator, whose calls may block. A thread makes them, one after the other.

When a connection is lost, operations wait in the outbox and are done, in order, once it's back; a broadcast whose
confirmation was lost is then sent twice. On close what waits is given some seconds, then it's lost and that's logged.
"""

from __future__ import annotations

import abc
import asyncio
import atexit
import concurrent.futures
import contextlib
import logging
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Awaitable, Callable, List, Optional, Set, Tuple, Type

import kiwipy

from ..messages import INTENT_KEY, Intent
from .outbox import BIND, BROADCAST, UNBIND, Operation, Outbox

if TYPE_CHECKING:
    from .dispatcher import Dispatcher

_LOGGER = logging.getLogger("plumpy.links")

FLUSH_TIMEOUT = 5.0  # seconds, as kiwipy gives a blocking call
_BATCH = 64
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0  # seconds between tries while the connection is lost
_GRACE = 1.0  # seconds from the loss of a connection until what was in flight is given up
_SUBSCRIBER = "plumpy_compat.dispatcher"

_QUEUED: weakref.WeakSet[_QueuedLink] = weakref.WeakSet()
_QUEUED_LOCK = threading.Lock()


def connect(communicator: Any, dispatcher: Dispatcher) -> Link:
    """Make the link that fits `communicator`."""
    if RmqLink.fits(communicator):
        return RmqLink(communicator, dispatcher)
    if isinstance(communicator, kiwipy.Communicator) and not isinstance(communicator, kiwipy.CommunicatorHelper):
        return ThreadLink(communicator, dispatcher)
    return DirectLink(communicator, dispatcher)


class Link(abc.ABC):
    """What a dispatcher and the processes behind it tell a communicator."""

    #: Whether calls into the communicator may take a round trip to a broker.
    blocking = True

    def __init__(self, communicator: Any, dispatcher: Dispatcher) -> None:
        self.communicator = communicator
        self.dispatcher = dispatcher

    @abc.abstractmethod
    def broadcast(self, body: Any, sender: Any, subject: str, final: bool) -> None:
        """Publish a broadcast, in the order of the calls. Never raises for the broker's sake, never blocks."""

    @abc.abstractmethod
    def bind(self, identifier: str) -> None:
        """Have RPCs to `identifier` brought to the dispatcher."""

    @abc.abstractmethod
    def unbind(self, identifier: str) -> None:
        """Have RPCs to `identifier` refused again."""

    def flush(self, timeout: Optional[float] = FLUSH_TIMEOUT, bindings: bool = False) -> bool:
        """Block until all of that is done, at most `timeout` seconds; tell whether it is.

        :param bindings: wait for bindings only.
        """
        return True


class DirectLink(Link):
    """To a communicator that lives in this process and calls its subscribers at once."""

    blocking = False
    _subscribed = False

    def broadcast(self, body: Any, sender: Any, subject: str, final: bool) -> None:
        try:
            self.communicator.broadcast_send(body=body, sender=sender, subject=subject)
        except kiwipy.CommunicatorClosed:
            _LOGGER.debug("not sent, for the communicator is closed: %s", subject)
        except Exception:  # raised by a subscriber, which is nothing to the process
            _LOGGER.exception("a subscriber failed on the broadcast '%s' of process %s", subject, sender)

    def bind(self, identifier: str) -> None:
        self.communicator.add_rpc_subscriber(self.dispatcher.receiver(identifier), identifier=identifier)
        if not self._subscribed:
            self._subscribed = True
            self.communicator.add_broadcast_subscriber(self.dispatcher.on_broadcast)

    def unbind(self, identifier: str) -> None:
        with contextlib.suppress(kiwipy.CommunicatorClosed):
            self.communicator.remove_rpc_subscriber(identifier)


class _QueuedLink(Link):
    """One that works through an outbox."""

    def __init__(self, communicator: Any, dispatcher: Dispatcher) -> None:
        super().__init__(communicator, dispatcher)
        self.outbox = Outbox()
        _flush_on_close(communicator, weakref.ref(self))
        with _QUEUED_LOCK:
            _QUEUED.add(self)

    def broadcast(self, body: Any, sender: Any, subject: str, final: bool) -> None:
        self._put(Operation(BROADCAST, subject, body, sender, final))

    def bind(self, identifier: str) -> None:
        self._put(Operation(BIND, identifier))

    def unbind(self, identifier: str) -> None:
        self._put(Operation(UNBIND, identifier))

    def flush(self, timeout: Optional[float] = FLUSH_TIMEOUT, bindings: bool = False) -> bool:
        return self.outbox.empty or self.outbox.flush(timeout, bindings)

    def close(self) -> None:
        """Forget what couldn't be done."""
        lost = self.outbox.close()
        if lost:
            _LOGGER.warning("the communicator was closed before it was told %d things by processes", lost)

    def _put(self, operation: Operation) -> None:
        if self.outbox.closed or self.communicator.is_closed():
            _LOGGER.debug("not done, for the communicator is closed: %s %s", operation.kind, operation.subject)
        elif self.outbox.put(operation):
            self._wake()

    @abc.abstractmethod
    def _wake(self) -> None:
        """See to it that somebody takes operations out of the outbox."""


class RmqLink(_QueuedLink):
    """To `kiwipy.rmq.RmqThreadCommunicator`, on whose loop everything here runs that isn't called by processes."""

    def __init__(self, communicator: Any, dispatcher: Dispatcher) -> None:
        super().__init__(communicator, dispatcher)
        self._loop: asyncio.AbstractEventLoop = communicator.loop()
        self._rmq = communicator._communicator
        self._queue: Any = None
        self._bound: Set[str] = set()
        self._pump_task: Optional[asyncio.Task[None]] = None
        self._set_up = False
        self._in_flight: Set[asyncio.Task[Optional[Exception]]] = set()
        self._rmq.add_close_callback(self._connection_lost)

    @staticmethod
    def fits(communicator: Any) -> bool:
        """Tell whether `communicator` is kiwipy's, with the parts that are used here (0.8 and 0.9 have them)."""
        if not type(communicator).__module__.startswith("kiwipy."):
            return False
        rmq = getattr(communicator, "_communicator", None)
        needed = ("get_message_subscriber", "get_message_publisher", "connected", "add_close_callback")
        return all(hasattr(rmq, name) for name in needed)

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._start)
        except RuntimeError:  # closed in this moment
            self.close()

    def _start(self) -> None:
        self._pump_task = self._loop.create_task(self._pump())

    def flush(self, timeout: Optional[float] = FLUSH_TIMEOUT, bindings: bool = False) -> bool:
        if asyncio._get_running_loop() is self._loop:
            return self.outbox.empty  # nothing would be done while we wait here
        return super().flush(timeout, bindings)

    def close(self) -> None:
        super().close()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        if self._pump_task is not None:
            self._pump_task.cancel()

    async def _pump(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            operations = self.outbox.take(_BATCH)
            if not operations:
                return
            (error,) = await self._together(self._prepare, [operations])
            results = [error] * len(operations)
            if error is None:
                results = await self._in_order(operations)
            failed = [one for one, error in zip(operations, results) if error is not None]
            self.outbox.put_back(failed)
            self.outbox.finished(len(operations) - len(failed))
            if failed:
                if pause == _FIRST_PAUSE:
                    _LOGGER.warning("the broker is away (%s): trying again", next(filter(None, results)))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE

    async def _in_order(self, operations: List[Operation]) -> List[Optional[Exception]]:
        """Do the bindings, which come first, and then the broadcasts: who hears of a process may call it at once."""
        bindings = [one for one in operations if one.kind != BROADCAST]
        broadcasts = operations[len(bindings) :]
        results = await self._together(self._perform, bindings) if bindings else []
        lost = next(filter(None, results), None)
        if lost is not None:
            return results + [lost] * len(broadcasts)
        return results + await self._together(self._perform, broadcasts)

    async def _together(
        self, function: Callable[[Any], Awaitable[None]], arguments: List[Any]
    ) -> List[Optional[Exception]]:
        """Do something for each of the arguments, all at the same time; see :meth:`_tried` for the results."""
        tasks = [self._loop.create_task(self._tried(function, argument)) for argument in arguments]
        self._in_flight.update(tasks)
        try:
            return await asyncio.gather(*tasks)
        finally:
            self._in_flight.difference_update(tasks)

    def _connection_lost(self, *_: Any) -> None:
        """aiormq leaves some of what was in flight pending for ever: whatever is in a second is given up."""
        self._loop.call_later(_GRACE, _cancel, list(self._in_flight))

    async def _tried(self, function: Callable[[Any], Awaitable[None]], argument: Any) -> Optional[Exception]:
        """Do something; give its error if the connection was lost, log any other."""
        try:
            await function(argument)
        except asyncio.CancelledError:
            if self.outbox.closed:
                raise
            return ConnectionError("what was waited for was cancelled")  # as a lost connection does
        except Exception as error:
            if self._is_lost(error):
                return error
            _LOGGER.exception("the broker refuses")
        return None

    def _is_lost(self, error: Exception) -> bool:
        lost: Tuple[Type[Exception], ...] = (ConnectionError, asyncio.TimeoutError, *_errors_of_rabbitmq())
        # aiormq's way to say that a connection was lost under what was about to be sent is just `Exception`, or it's
        # `RuntimeError`, depending on how far it was.
        return isinstance(error, lost) or type(error) in (Exception, RuntimeError) or not self._rmq.connected()

    async def _perform(self, operation: Operation) -> None:
        if operation.kind == BROADCAST:
            await self._rmq.broadcast_send(operation.body, sender=operation.sender, subject=operation.subject)
        elif operation.kind == BIND:
            # A process that has ended meanwhile needs none.
            if operation.subject in self.dispatcher and operation.subject not in self._bound:
                await self._bind(operation.subject)
        elif operation.subject in self._bound and operation.subject not in self.dispatcher:
            await self._unbind(operation.subject)

    async def _prepare(self, operations: List[Operation]) -> None:
        """Have all that operations need: kiwipy would make a publisher for each of them if they began together."""
        await self._rmq.get_message_publisher()
        if not self._set_up and any(operation.kind == BIND for operation in operations):
            await self._subscribe()
            self._set_up = True

    async def _subscribe(self) -> None:
        """Have RPCs and broadcasts brought to the dispatcher. It may be tried again."""
        subscriber = await self._rmq.get_message_subscriber()
        if self._queue is None:
            arguments = subscriber._rmq_queue_arguments
            queue = await subscriber.channel().declare_queue(exclusive=True, arguments=arguments)
            await queue.consume(self._on_message)
            self._queue = queue
        try:
            await self._rmq.add_broadcast_subscriber(self.dispatcher.on_broadcast, _SUBSCRIBER)
        except BaseException:
            subscriber._broadcast_subscribers.pop(_SUBSCRIBER, None)  # it's there before it's of any use
            raise

    async def _bind(self, identifier: str) -> None:
        if self._queue is None:
            raise ConnectionError("not subscribed yet")
        subscriber = await self._rmq.get_message_subscriber()
        self._bound.add(identifier)
        try:
            await self._queue.bind(subscriber._exchange, routing_key=_routing_key(identifier))
        except BaseException:
            self._bound.discard(identifier)
            raise

    async def _unbind(self, identifier: str) -> None:
        subscriber = await self._rmq.get_message_subscriber()
        await self._queue.unbind(subscriber._exchange, routing_key=_routing_key(identifier))
        self._bound.discard(identifier)

    async def _on_message(self, message: Any) -> None:
        receiver = self.dispatcher.receiver(message.routing_key.partition(".")[2])
        subscriber = await self._rmq.get_message_subscriber()

        async def receive(_communicator: Any, body: Any) -> Any:
            answer = self._loop.create_task(_answer(receiver(_communicator, body)))
            # plumpy's coroutine controllers wait once for a status, and twice for anything else.
            if _asks_for_status(body):
                await asyncio.wait([answer])
                if not answer.cancelled() and not isinstance(answer.exception(), concurrent.futures.CancelledError):
                    return answer.result()
            return answer

        await subscriber._on_rpc(receive, message)


def _errors_of_rabbitmq() -> Tuple[Type[Exception], ...]:
    """What a lost connection to RabbitMQ raises, if that is in use."""
    errors = sys.modules.get("aio_pika.exceptions")
    return () if errors is None else (errors.AMQPError, errors.ChannelInvalidStateError)


def _cancel(tasks: List[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()


async def _answer(reply: Any) -> Any:
    """Await a reply, if it's there later. If it was cancelled, raise what kiwipy tells the caller of."""
    if not isinstance(reply, concurrent.futures.Future):
        return reply
    try:
        return await asyncio.wrap_future(reply)
    except asyncio.CancelledError:
        if not reply.cancelled():
            raise
        raise concurrent.futures.CancelledError("the call was cancelled") from None


def _asks_for_status(body: Any) -> bool:
    return isinstance(body, dict) and body.get(INTENT_KEY) == Intent.STATUS


def _routing_key(identifier: str) -> str:
    from kiwipy.rmq import defaults

    return f"{defaults.RPC_TOPIC}.{identifier}"


class ThreadLink(_QueuedLink):
    """To a communicator that is only known by kiwipy's interface."""

    def __init__(self, communicator: Any, dispatcher: Dispatcher) -> None:
        super().__init__(communicator, dispatcher)
        self._subscribed = False

    def _wake(self) -> None:
        threading.Thread(target=self._work, name="plumpy publisher", daemon=True).start()

    def _work(self) -> None:
        pause = _FIRST_PAUSE
        while not self.communicator.is_closed():
            operations = self.outbox.take(1)
            if not operations:
                return
            try:
                self._perform(operations[0])
            except (ConnectionError, kiwipy.TimeoutError, kiwipy.DeliveryFailed, *_errors_of_rabbitmq()) as error:
                if pause == _FIRST_PAUSE:
                    _LOGGER.warning("the broker is away (%s): trying again", error)
                self.outbox.put_back(operations)
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            except Exception:
                _LOGGER.exception("the communicator refuses")
            pause = _FIRST_PAUSE
            self.outbox.finished(1)
        self.close()

    def _perform(self, operation: Operation) -> None:
        if operation.kind == BROADCAST:
            self.communicator.broadcast_send(operation.body, sender=operation.sender, subject=operation.subject)
        elif operation.kind == BIND:
            if not self._subscribed:
                self.communicator.add_broadcast_subscriber(self.dispatcher.on_broadcast)
                self._subscribed = True
            receiver = self.dispatcher.receiver(operation.subject)
            self.communicator.add_rpc_subscriber(receiver, identifier=operation.subject)
        else:
            self.communicator.remove_rpc_subscriber(operation.subject)


def _flush_on_close(communicator: Any, link: weakref.ref[_QueuedLink]) -> None:
    """Have what processes said last told before `communicator` closes."""
    close: Callable[[], Any] = communicator.close
    lock = threading.RLock()

    def flush_and_close() -> Any:
        with lock:  # kiwipy doesn't stand being closed twice at the same time
            current = link()
            if current is not None and not communicator.is_closed():
                current.flush()
                current.close()
            return close()

    communicator.close = flush_and_close


def _queued_links() -> List[_QueuedLink]:
    with _QUEUED_LOCK:
        return list(_QUEUED)


@atexit.register
def _flush_all() -> None:
    """Have what processes said last told before the interpreter ends."""
    for link in _queued_links():
        if not link.communicator.is_closed():
            link.flush()


def settle(identifier: str) -> None:
    """Block until brokers know the process with this identifier, if it's one of this interpreter; some seconds at most.

    So who has made a process can call it at once, through whatever communicator.
    """
    for link in _queued_links():
        if identifier in link.dispatcher:
            link.flush(bindings=True)
