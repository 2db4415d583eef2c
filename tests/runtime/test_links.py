"""How communicators are talked to, with communicators that fail and stall as it's asked of them.

What kiwipy and a real RabbitMQ do is in `test_rabbitmq*.py`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import textwrap
import threading
import weakref
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import kiwipy
import pytest

import plumpy_compat
from plumpy_compat import process_comms
from plumpy_compat.broker import links
from plumpy_compat.broker.dispatcher import dispatcher_of, pending
from tests.runtime.helpers import PATIENCE, LoopThread, eventually, resolve, run, turns

aio_pika = pytest.importorskip("aio_pika")


class Ends(plumpy_compat.Process):
    """Is done at once."""


class Waits(plumpy_compat.Process):
    """Waits until it's killed."""

    def run(self) -> Any:
        return plumpy_compat.Wait()


class Stage:
    """What a communicator of these tests does, and what was asked of it."""

    def __init__(self) -> None:
        self.calls: List[Tuple[str, Any]] = []
        self.failures: Dict[str, List[BaseException]] = {}  # to be raised by the next calls of that name
        self.gate = threading.Event()  # shut, it stalls everything
        self.gate.set()
        self.closed = False
        self.down = False

    def names(self, kind: str) -> List[Any]:
        return [subject for name, subject in self.calls if name == kind]

    def failure(self, kind: str, subject: Any) -> Optional[BaseException]:
        if self.down:
            return ConnectionError("down")
        failures = self.failures.get(kind)
        if failures:
            return failures.pop(0)
        self.calls.append((kind, subject))
        return None


class Threaded(kiwipy.Communicator):
    """A communicator whose calls block; nothing is known of it but kiwipy's interface."""

    def __init__(self) -> None:
        self.stage = Stage()

    def _done(self, kind: str, subject: Any) -> None:
        assert self.stage.gate.wait(PATIENCE)
        failure = self.stage.failure(kind, subject)
        if failure is not None:
            raise failure

    def is_closed(self) -> bool:
        return self.stage.closed

    def close(self) -> None:
        self.stage.closed = True

    def add_rpc_subscriber(self, subscriber: Any, identifier: Any = None) -> Any:
        self._done("bind", identifier)

    def remove_rpc_subscriber(self, identifier: Any) -> None:
        self._done("unbind", identifier)

    def add_broadcast_subscriber(self, subscriber: Any, identifier: Any = None) -> Any:
        self._done("subscribe", None)

    def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> Any:
        self._done("broadcast", subject)


class FakeRabbit:
    """As kiwipy's RabbitMQ communicator without a thread, and its subscriber, channel and queue in one."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._rmq_queue_arguments: Dict[str, Any] = {}
        self._broadcast_subscribers: Dict[Any, Any] = {}
        self._exchange = "exchange"
        self.publisher = False

    async def _done(self, kind: str, subject: Any) -> None:
        while not self.stage.gate.is_set():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)
        failure = self.stage.failure(kind, subject)
        if failure is not None:
            raise failure

    def add_close_callback(self, callback: Any) -> None:
        self.lost = callback

    def connected(self) -> bool:
        return not self.stage.closed

    async def get_message_subscriber(self) -> FakeRabbit:
        return self

    async def get_message_publisher(self) -> FakeRabbit:
        if self.stage.down:
            raise ConnectionError("down")
        if not self.publisher:
            await self._done("publisher", None)
            self.publisher = True
        return self

    async def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None) -> None:
        await self.get_message_publisher()
        await self._done("broadcast", subject)

    async def add_broadcast_subscriber(self, subscriber: Any, identifier: Any = None) -> None:
        if identifier in self._broadcast_subscribers:
            raise kiwipy.DuplicateSubscriberIdentifier(identifier)
        self._broadcast_subscribers[identifier] = subscriber
        await self._done("subscribe", None)

    def channel(self) -> FakeRabbit:
        return self

    async def declare_queue(self, **_options: Any) -> FakeRabbit:
        await self._done("declare", None)
        return self

    async def consume(self, _callback: Any) -> None:
        await self._done("consume", None)

    async def bind(self, _exchange: Any, routing_key: str) -> None:
        await self._done("bind", routing_key.partition(".")[2])

    async def unbind(self, _exchange: Any, routing_key: str) -> None:
        await self._done("unbind", routing_key.partition(".")[2])


class FakeRmqThreadCommunicator:
    """As kiwipy's communicator that has a loop in a thread."""

    def __init__(self, thread: LoopThread) -> None:
        self.stage = Stage()
        self._thread = thread
        self._communicator = FakeRabbit(self.stage)

    def loop(self) -> asyncio.AbstractEventLoop:
        return self._thread.loop

    def is_closed(self) -> bool:
        return self.stage.closed

    def close(self) -> None:
        self.stage.closed = True


FakeRmqThreadCommunicator.__module__ = "kiwipy.fake"


@pytest.fixture
def rabbit() -> Iterator[FakeRmqThreadCommunicator]:
    with LoopThread() as thread:
        yield FakeRmqThreadCommunicator(thread)
        assert thread.errors == []


@pytest.fixture(params=[links.ThreadLink, links.RmqLink])
def communicator(request: pytest.FixtureRequest) -> Any:
    """One for each kind of link that has an outbox."""
    return Threaded() if request.param is links.ThreadLink else request.getfixturevalue("rabbit")


def link_of(communicator: Any) -> Any:
    return dispatcher_of(communicator).link


def made(communicator: Any, pid: Any, cls: Any = Ends) -> Any:
    """A process that is made in a loop that runs."""

    async def make() -> Any:
        return cls(pid=pid, communicator=communicator)

    return run(make())


def lived(communicator: Any, pid: Any) -> None:
    """Make a process and run it to its end."""

    async def live() -> None:
        await Ends(pid=pid, communicator=communicator).step_until_terminated()

    run(live())


CHANGES = ["state_changed.None.created", "state_changed.created.running", "state_changed.running.finished"]


# --- Which link -------------------------------------------------------------------------------------------------------


def test_the_link_fits_the_communicator(rabbit: FakeRmqThreadCommunicator) -> None:
    class Local(kiwipy.LocalCommunicator):
        pass

    assert type(link_of(Threaded())) is links.ThreadLink
    assert type(link_of(rabbit)) is links.RmqLink
    assert type(link_of(kiwipy.LocalCommunicator())) is links.DirectLink
    assert type(link_of(Local())) is links.DirectLink


def test_a_communicator_that_only_looks_like_kiwipys_is_no_rabbit(rabbit: FakeRmqThreadCommunicator) -> None:
    class Changed(FakeRmqThreadCommunicator):
        """It may have changed what the link would go past."""

    assert not links.RmqLink.fits(Changed(rabbit._thread))
    rabbit._communicator = object()  # type: ignore[assignment]
    assert not links.RmqLink.fits(rabbit)


def test_rmqlink_fits_kiwipys_own() -> None:
    rmq = pytest.importorskip("kiwipy.rmq")
    made_without_connection = object.__new__(rmq.RmqThreadCommunicator)
    made_without_connection._communicator = object.__new__(rmq.RmqCommunicator)
    assert links.RmqLink.fits(made_without_connection)


# --- What is told, and when -------------------------------------------------------------------------------------------


def test_all_is_told_in_order(communicator: Any) -> None:
    lived(communicator, "a")
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("broadcast") == CHANGES


def test_a_process_that_lives_is_bound(communicator: Any) -> None:
    process = made(communicator, "a")
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("bind") == ["a"]
    process.close()
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("unbind") == ["a"]


@pytest.mark.parametrize("failures", [[], [ConnectionError("lost")]], ids=["at once", "at the second try"])
def test_who_hears_that_a_process_runs_can_call_it(
    rabbit: FakeRmqThreadCommunicator, failures: List[BaseException]
) -> None:
    stage, fake = rabbit.stage, rabbit._communicator
    bind = fake.bind

    async def late(_exchange: Any, routing_key: str) -> None:
        await turns(20)
        await bind(_exchange, routing_key)

    async def begin() -> Any:
        process = Waits(pid="a", communicator=rabbit)
        await process.step()
        return process

    fake.bind = late  # type: ignore[method-assign]
    stage.failures["bind"] = failures
    process = run(begin())
    assert link_of(rabbit).flush(PATIENCE)
    told = [call for call in stage.calls if call[0] in ("bind", "broadcast")]
    assert not process.has_terminated()
    assert told.index(("bind", "a")) < told.index(("broadcast", CHANGES[1]))


def test_it_subscribes_once(communicator: Any) -> None:
    for pid in "abc":
        made(communicator, pid, Waits)
        assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("subscribe") == [None]
    assert communicator.stage.names("bind") == ["a", "b", "c"]


def test_processes_live_while_the_broker_stalls(communicator: Any) -> None:
    """Fifty are made, run and end on this thread; not one call comes back meanwhile."""
    communicator.stage.gate.clear()
    for pid in range(50):
        lived(communicator, pid)
    assert communicator.stage.calls == []
    assert pending(communicator)
    communicator.stage.gate.set()
    assert link_of(communicator).flush(PATIENCE)
    assert not pending(communicator)
    assert communicator.stage.names("broadcast") == CHANGES * 50


def test_a_process_that_came_and_went_unknown_is_never_bound(communicator: Any) -> None:
    communicator.stage.gate.clear()
    made(communicator, "first", Waits)
    for pid in range(20):
        lived(communicator, pid)
    communicator.stage.gate.set()
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("bind") == ["first"]
    assert communicator.stage.names("unbind") == []


def test_the_same_pid_again_stays_bound(communicator: Any) -> None:
    """A worker closes a process and continues it from its checkpoint."""
    for _ in range(20):
        made(communicator, "a", Waits).close()
    last = made(communicator, "a", Waits)
    assert link_of(communicator).flush(PATIENCE)
    told = [name for name, subject in communicator.stage.calls if subject == "a"]
    assert told[-1] == "bind"
    assert told.count("bind") == told.count("unbind") + 1
    last.close()
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.calls[-1] == ("unbind", "a")


def test_a_publisher_is_made_once(rabbit: FakeRmqThreadCommunicator) -> None:
    """kiwipy makes one for each of those who ask for the first at the same time."""
    rabbit.stage.gate.clear()
    rabbit.loop().call_soon_threadsafe(rabbit.stage.gate.wait)  # so that all is there when the link begins
    for pid in range(20):
        made(rabbit, pid)
    rabbit.stage.gate.set()
    assert link_of(rabbit).flush(PATIENCE)
    assert rabbit.stage.names("publisher") == [None]


# --- Lost connections -------------------------------------------------------------------------------------------------


def lost() -> BaseException:
    return ConnectionError("gone")


LOST: List[Callable[[], BaseException]] = [
    lost,
    kiwipy.TimeoutError,
    aio_pika.exceptions.ChannelInvalidStateError,
    aio_pika.exceptions.AMQPConnectionError,
]


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize("kind", ["broadcast", "bind", "subscribe"])
def test_what_failed_is_done_again(
    communicator: Any, kind: str, error: Callable[[], BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    if error is kiwipy.TimeoutError and isinstance(communicator, FakeRmqThreadCommunicator):
        error = asyncio.TimeoutError
    communicator.stage.failures[kind] = [error(), error()]
    made(communicator, "a", Waits)
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("broadcast") == CHANGES[:1]
    assert communicator.stage.names("bind") == ["a"]
    assert communicator.stage.names("subscribe") == [None]
    # Once for each kind, if the other one got through between.
    assert 1 <= caplog.text.count("the broker is away") <= 2


@pytest.mark.parametrize("kind", ["publisher", "declare", "consume", "subscribe"])
@pytest.mark.parametrize("error", [ConnectionError, asyncio.CancelledError, asyncio.TimeoutError])
def test_a_subscription_that_broke_off_half_way(
    rabbit: FakeRmqThreadCommunicator, kind: str, error: Callable[[], BaseException]
) -> None:
    rabbit.stage.failures[kind] = [error(), error()]
    made(rabbit, "a", Waits)
    assert link_of(rabbit).flush(PATIENCE)
    assert [rabbit.stage.names(name) for name in ("publisher", "consume", "subscribe")] == [[None]] * 3
    assert list(rabbit._communicator._broadcast_subscribers.values()) == [dispatcher_of(rabbit).on_broadcast]
    assert rabbit.stage.names("bind") == ["a"]


@pytest.mark.parametrize("error", [Exception(), RuntimeError("<Connection> closed")], ids=repr)
def test_a_lost_connection_may_not_say_so(rabbit: FakeRmqThreadCommunicator, error: Exception) -> None:
    """aiormq's errors for what was about to be sent. What was taken for a refusal was lost."""
    rabbit.stage.failures["broadcast"] = [error]
    lived(rabbit, "a")
    assert link_of(rabbit).flush(PATIENCE)
    assert sorted(rabbit.stage.names("broadcast")) == sorted(CHANGES)


def test_a_lost_connection_may_cancel_what_waits_for_it(rabbit: FakeRmqThreadCommunicator) -> None:
    rabbit.stage.failures["broadcast"] = [asyncio.CancelledError(), asyncio.CancelledError()]
    lived(rabbit, "a")
    assert link_of(rabbit).flush(PATIENCE)
    assert sorted(rabbit.stage.names("broadcast")) == sorted(CHANGES)


@pytest.mark.parametrize("kind", ["broadcast", "publisher", "consume"])
def test_a_lost_connection_may_forget_what_waits_for_it(
    rabbit: FakeRmqThreadCommunicator, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiormq does: what was about to be sent stays pending when the connection is back."""
    monkeypatch.setattr(links, "_GRACE", 0.0)
    forgotten: List[Any] = []
    done = rabbit._communicator._done

    async def forget(what: str, subject: Any) -> None:
        if what == kind and not forgotten:
            forgotten.append(subject)
            await asyncio.Event().wait()
        await done(what, subject)

    rabbit._communicator._done = forget  # type: ignore[method-assign]
    process = made(rabbit, "a", Waits)
    eventually(lambda: forgotten)
    rabbit.loop().call_soon_threadsafe(rabbit._communicator.lost, "connection", None)
    assert link_of(rabbit).flush(PATIENCE)
    assert rabbit.stage.names("broadcast") == CHANGES[:1]
    assert rabbit.stage.names("bind") == ["a"]
    assert link_of(rabbit)._in_flight == set()
    process.close()


def test_unbinding_is_done_again(communicator: Any) -> None:
    process = made(communicator, "a", Waits)
    assert link_of(communicator).flush(PATIENCE)
    communicator.stage.failures["unbind"] = [lost()]
    process.close()
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("unbind") == ["a"]


def test_order_over_a_lost_connection(communicator: Any) -> None:
    for _ in range(3):
        for pid in range(50):
            lived(communicator, pid)
        assert link_of(communicator).flush(PATIENCE)
        communicator.stage.down = True
        for pid in range(50):
            lived(communicator, pid)
        communicator.stage.down = False
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("broadcast") == CHANGES * 300


def test_what_the_broker_refuses_is_logged_and_gone(communicator: Any, caplog: pytest.LogCaptureFixture) -> None:
    communicator.stage.failures["broadcast"] = [ValueError("can't be encoded")]
    lived(communicator, "a")
    assert link_of(communicator).flush(PATIENCE)
    assert communicator.stage.names("broadcast") == CHANGES[1:]
    assert "can't be encoded" in caplog.text


# --- A full outbox ----------------------------------------------------------------------------------------------------


def test_full_outbox(communicator: Any, caplog: pytest.LogCaptureFixture) -> None:
    outbox = link_of(communicator).outbox
    communicator.stage.gate.clear()
    lived(communicator, "warm up")
    eventually(lambda: outbox._in_hand)  # somebody holds some of it, and waits
    outbox.capacity = 10
    for pid in range(10):
        lived(communicator, pid)
    assert outbox.dropped > 0
    assert [record.name for record in caplog.records if record.levelno == logging.WARNING] == ["plumpy.outbox"]
    communicator.stage.gate.set()
    assert link_of(communicator).flush(PATIENCE)
    # The ends of all of them are told, and how they began isn't.
    assert communicator.stage.names("broadcast")[-10:] == CHANGES[2:] * 10
    assert len(communicator.stage.names("broadcast")) == 33 - outbox.dropped


# --- Closing ----------------------------------------------------------------------------------------------------------


def test_close_waits_for_what_is_still_to_be_told(communicator: Any, caplog: pytest.LogCaptureFixture) -> None:
    communicator.stage.gate.clear()
    lived(communicator, "a")
    closing = threading.Thread(target=communicator.close, daemon=True)
    closing.start()
    assert not communicator.stage.closed
    communicator.stage.gate.set()
    closing.join(PATIENCE)
    assert communicator.stage.closed
    assert communicator.stage.names("broadcast") == CHANGES
    assert caplog.records == []


def test_close_gives_up(communicator: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    flush = links._QueuedLink.flush
    monkeypatch.setattr(links._QueuedLink, "flush", lambda self, *_: flush(self, 0.01))
    communicator.stage.gate.clear()
    lived(communicator, "a")
    communicator.close()
    assert communicator.stage.closed
    assert [record.message for record in caplog.records] == [
        "the communicator was closed before it was told 3 things by processes"
    ]
    assert not pending(communicator)
    communicator.stage.gate.set()


def test_close_during_an_outage_leaves_nothing_behind(
    communicator: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = links._QueuedLink.flush
    monkeypatch.setattr(links._QueuedLink, "flush", lambda self, *_: flush(self, 0.01))
    communicator.stage.failures["broadcast"] = [lost() for _ in range(1000)]
    lived(communicator, "a")
    eventually(lambda: "the broker is away" in caplog.text)
    communicator.close()
    link = link_of(communicator)
    if isinstance(link, links.RmqLink):
        eventually(link._pump_task.done)
    else:
        eventually(lambda: not [thread for thread in threading.enumerate() if thread.name == "plumpy publisher"])
    assert link.outbox.empty


def test_processes_may_outlive_their_communicator(communicator: Any, caplog: pytest.LogCaptureFixture) -> None:
    process = made(communicator, "a")
    communicator.close()
    told = len(communicator.stage.calls)
    lived(communicator, "b")
    process.close()
    assert len(communicator.stage.calls) == told
    assert not pending(communicator)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_close_from_several_threads(communicator: Any) -> None:
    closes: List[Any] = []

    class Slow:
        """Closing takes a while; kiwipy doesn't stand it twice at the same time."""

        inside = 0

        def __call__(self) -> None:
            self.inside += 1
            closes.append(self.inside)
            threading.Event().wait(0.01)
            self.inside -= 1
            communicator.stage.closed = True

    communicator.close = Slow()
    lived(communicator, "a")  # from here on it's flushed first
    threads = [threading.Thread(target=communicator.close, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert closes == [1] * 4
    assert communicator.stage.names("broadcast") == CHANGES


def test_a_communicator_that_is_closed_already(communicator: Any) -> None:
    communicator.close()
    lived(communicator, "a")
    assert communicator.stage.calls == []


def test_flush_on_the_communicators_own_thread_does_not_wait(rabbit: FakeRmqThreadCommunicator) -> None:
    """Nothing would be done meanwhile."""
    rabbit.stage.gate.clear()
    made(rabbit, "a", Waits)
    assert rabbit._thread.call(link_of(rabbit).flush, None) is False
    rabbit.stage.gate.set()
    assert link_of(rabbit).flush(PATIENCE)


def test_the_loop_of_the_communicator_is_closed_meanwhile() -> None:
    with LoopThread() as thread:
        communicator = FakeRmqThreadCommunicator(thread)
        link = link_of(communicator)
    lived(communicator, "a")
    assert link.outbox.empty
    assert link.outbox.closed


# --- Leaks ------------------------------------------------------------------------------------------------------------


def test_nothing_keeps_a_communicator_that_nobody_needs() -> None:
    communicator = Threaded()
    lived(communicator, "a")
    assert link_of(communicator).flush(PATIENCE)
    eventually(lambda: not [thread for thread in threading.enumerate() if thread.name == "plumpy publisher"])
    gone = weakref.ref(link_of(communicator)), weakref.ref(communicator)
    del communicator
    gc.collect()
    assert [reference() for reference in gone] == [None, None]


def test_a_worker_that_is_idle_has_no_thread(communicator: Any) -> None:
    before = threading.active_count()
    for pid in range(5):
        lived(communicator, pid)
    assert link_of(communicator).flush(PATIENCE)
    eventually(lambda: threading.active_count() <= before)
    assert link_of(communicator).outbox.empty


def test_what_was_said_last_is_told_before_the_interpreter_ends() -> None:
    program = textwrap.dedent(
        """
        import asyncio, sys, time
        import plumpy_compat
        from tests.runtime.test_links import Ends, Threaded

        class Slow(Threaded):
            def broadcast_send(self, body, sender=None, subject=None, correlation_id=None):
                time.sleep(0.05)
                print(subject, flush=True)

        communicator = Slow()
        process = Ends(pid=1, communicator=communicator)
        process.execute()
        """
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, timeout=60, check=True, text=True)
    assert done.stdout.splitlines() == CHANGES


# --- Controllers ------------------------------------------------------------------------------------------------------


class Answering(Threaded):
    """One that brings RPCs, to those who are bound, on the thread of the caller."""

    def __init__(self) -> None:
        super().__init__()
        self.receivers: Dict[Any, Any] = {}

    def add_rpc_subscriber(self, subscriber: Any, identifier: Any = None) -> Any:
        super().add_rpc_subscriber(subscriber, identifier)
        self.receivers[identifier] = subscriber

    def rpc_send(self, recipient_id: Any, msg: Any) -> Any:
        if recipient_id not in self.receivers:
            raise kiwipy.UnroutableError(recipient_id)
        return self.receivers[recipient_id](self, msg)


class Client(Answering):
    """Another connection to the same broker."""

    def __init__(self, worker: Answering) -> None:
        super().__init__()
        self.receivers = worker.receivers


@pytest.mark.parametrize("another", [False, True])
def test_a_process_that_was_just_made_can_be_called(another: bool) -> None:
    """The controller waits for the binding, also if that goes through another communicator."""
    worker = Answering()
    sender = Client(worker) if another else worker
    with LoopThread() as there:
        for pid in range(5):
            worker.stage.gate.clear()
            there.call(Waits, pid=pid, loop=there.loop, communicator=worker)
            threading.Timer(0.02, worker.stage.gate.set).start()
            status = resolve(process_comms.RemoteProcessThreadController(sender).get_status(pid))
            assert status["pid"] == str(pid)


def test_a_call_does_not_wait_for_processes_that_are_none_of_its_business() -> None:
    stalled, worker = Threaded(), Answering()
    stalled.stage.gate.clear()
    made(stalled, "a", Waits)
    with LoopThread() as there:
        there.call(Waits, pid="b", loop=there.loop, communicator=worker)
        assert link_of(worker).flush(PATIENCE)
        assert resolve(process_comms.RemoteProcessThreadController(worker).get_status("b"))["pid"] == "b"
    assert pending(stalled)
    stalled.stage.gate.set()
    assert link_of(stalled).flush(PATIENCE)


def test_a_controller_does_not_block_its_loop() -> None:
    """It sends from another thread, for sending is a round trip to the broker."""
    worker = Answering()
    with LoopThread() as there:
        there.call(Waits, pid="a", loop=there.loop, communicator=worker)
        assert link_of(worker).flush(PATIENCE)
        threads: List[Any] = []
        rpc_send = worker.rpc_send

        def stall(*args: Any) -> Any:
            threads.append(threading.current_thread())
            assert worker.stage.gate.wait(PATIENCE)
            return rpc_send(*args)

        worker.rpc_send = stall  # type: ignore[method-assign]
        worker.stage.gate.clear()

        async def main() -> None:
            asking = asyncio.ensure_future(process_comms.RemoteProcessController(worker).get_status("a"))
            while not threads:
                await asyncio.sleep(0)
            worker.stage.gate.set()  # we get to do this, for the loop turns
            assert (await asking)["pid"] == "a"

        run(main())
        assert threading.current_thread() not in threads
