"""Communicators whose subscribers run on a loop."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Any, Dict, List, Tuple

import kiwipy
import pytest

import plumpy_compat
from plumpy_compat import communications
from plumpy_compat.communications import LoopCommunicator, convert_to_comm, wrap_communicator
from tests.runtime.helpers import PATIENCE, LoopThread, own_loop, resolve


@pytest.fixture
def wrapped(there: LoopThread, local: kiwipy.LocalCommunicator) -> LoopCommunicator:
    return LoopCommunicator(local, there.loop)


class Heard:
    """A broadcast subscriber that keeps what it gets, and the loop that it runs on."""

    def __init__(self) -> None:
        self.calls: List[Tuple[Any, ...]] = []
        self.loops: List[Any] = []
        self.event = threading.Event()

    def __call__(
        self, comm: Any, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None
    ) -> None:
        self.calls.append((body, sender, subject, correlation_id))
        self.loops.append(asyncio.get_running_loop())
        self.event.set()


# --- Names ------------------------------------------------------------------------------------------------------------


def test_names_are_kiwipys() -> None:
    assert plumpy_compat.Communicator is kiwipy.Communicator
    assert plumpy_compat.RemoteException is kiwipy.RemoteException
    assert plumpy_compat.DeliveryFailed is kiwipy.DeliveryFailed
    assert plumpy_compat.TaskRejected is kiwipy.TaskRejected


# --- convert_to_comm --------------------------------------------------------------------------------------------------


async def echo_coroutine(comm: Any, message: Any) -> Any:
    await asyncio.sleep(0)
    return comm, message, asyncio.get_running_loop()


def echo(comm: Any, message: Any) -> Any:
    return comm, message, asyncio.get_running_loop()


class EchoObject:
    async def __call__(self, comm: Any, message: Any) -> Any:
        return comm, message, asyncio.get_running_loop()


@pytest.mark.parametrize("subscriber", [echo, echo_coroutine, EchoObject()])
def test_converted_subscriber_runs_on_the_loop(there: LoopThread, subscriber: Any) -> None:
    converted = convert_to_comm(subscriber, there.loop)
    assert converted("comm", "message").result(PATIENCE) == ("comm", "message", there.loop)
    assert converted("comm", message="by name").result(PATIENCE) == ("comm", "by name", there.loop)


def test_converted_for_the_current_loop_of_the_call() -> None:
    converted = convert_to_comm(echo)
    with own_loop() as loop:
        reply = converted("comm", 1)
        assert loop.run_until_complete(asyncio.wrap_future(reply, loop=loop)) == ("comm", 1, loop)


def test_converted_error(there: LoopThread) -> None:
    def fail(_comm: Any, message: Any) -> None:
        raise ValueError(message)

    with pytest.raises(ValueError, match="why"):
        convert_to_comm(fail, there.loop)("comm", "why").result(PATIENCE)


@pytest.mark.parametrize("subscriber", [None, 1, "text"])
def test_only_callables_are_converted(subscriber: Any) -> None:
    with pytest.raises(TypeError, match="coro_or_fn must be a callable"):
        convert_to_comm(subscriber)


POSITION = "position"
NAME = "name"


def send(converted: Any, how: str, sender: Any, subject: Any) -> Any:
    """Call a broadcast subscriber as RabbitMQ's communicator does, or as the local one does."""
    if how == POSITION:
        return converted("comm", "body", sender, subject, "id").result(PATIENCE)
    return converted("comm", body="body", sender=sender, subject=subject, correlation_id="id").result(PATIENCE)


@pytest.mark.parametrize("how", [POSITION, NAME])
@pytest.mark.parametrize(
    ("filters", "sender", "subject", "passes"),
    [
        ({"subject": "purchase.*"}, "me", "purchase.tea", True),
        ({"subject": "purchase.*"}, "me", "sale.tea", False),
        ({"subject": re.compile("^(?!state_changed).*")}, "me", "state_changed.a.b", False),
        ({"subject": re.compile("^(?!state_changed).*")}, "me", "kill", True),
        ({"sender": "me"}, "me", None, True),
        ({"sender": "me"}, "you", None, False),
        ({"sender": 12}, 12, "x", True),
        ({"sender": 12}, 13, "x", False),
        ({"sender": "me", "subject": "x"}, "me", "y", False),
        ({}, "me", "x", True),
    ],
)
def test_broadcast_filter(
    there: LoopThread, how: str, filters: Dict[str, Any], sender: Any, subject: Any, passes: bool
) -> None:
    heard = Heard()
    converted = convert_to_comm(kiwipy.BroadcastFilter(heard, **filters), there.loop)
    assert send(converted, how, sender, subject) is None
    assert heard.calls == ([("body", sender, subject, "id")] if passes else [])


def test_what_is_filtered_out_is_not_handed_to_the_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    converted = convert_to_comm(kiwipy.BroadcastFilter(Heard(), subject="x"), loop)
    assert send(converted, POSITION, "me", "y") is None


def test_broadcast_filter_around_a_coroutine_function(there: LoopThread) -> None:
    async def heard(_comm: Any, body: Any, *_args: Any) -> Any:
        await asyncio.sleep(0)
        return body

    converted = convert_to_comm(kiwipy.BroadcastFilter(heard, subject="x"), there.loop)
    assert send(converted, POSITION, "me", "x") == "body"


def test_broadcast_with_fewer_arguments(there: LoopThread) -> None:
    heard = Heard()
    converted = convert_to_comm(kiwipy.BroadcastFilter(heard, subject="x"), there.loop)
    converted("comm", "body").result(PATIENCE)
    assert heard.calls == [("body", None, None, None)]


# --- wrap_communicator ------------------------------------------------------------------------------------------------


def test_wrapping() -> None:
    local, first, second = kiwipy.LocalCommunicator(), asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        wrapped = wrap_communicator(local, first)
        assert wrapped.loop() is first
        assert wrap_communicator(wrapped, first) is wrapped
        again = wrap_communicator(wrapped, second)
        assert again is not wrapped
        assert again.loop() is second
    finally:
        first.close()
        second.close()


def test_wrapping_for_the_current_loop() -> None:
    with own_loop() as loop:
        assert wrap_communicator(kiwipy.LocalCommunicator()).loop() is loop


# --- LoopCommunicator over kiwipy's local one -------------------------------------------------------------------------


@pytest.mark.parametrize("subscriber", [echo, echo_coroutine, EchoObject()])
def test_rpc(there: LoopThread, wrapped: LoopCommunicator, local: kiwipy.LocalCommunicator, subscriber: Any) -> None:
    assert wrapped.add_rpc_subscriber(subscriber, "name") == "name"
    for sender in (wrapped, local):
        assert resolve(sender.rpc_send("name", "message")) == (wrapped, "message", there.loop)
    wrapped.remove_rpc_subscriber("name")
    with pytest.raises(kiwipy.UnroutableError):
        wrapped.rpc_send("name", "message")


def test_rpc_error(wrapped: LoopCommunicator) -> None:
    def fail(_comm: Any, message: Any) -> None:
        raise ValueError(message)

    wrapped.add_rpc_subscriber(fail, "name")
    with pytest.raises(ValueError, match="why"):
        resolve(wrapped.rpc_send("name", "why"))


@pytest.mark.parametrize("subscriber", [echo, echo_coroutine, EchoObject()])
def test_task(there: LoopThread, wrapped: LoopCommunicator, subscriber: Any) -> None:
    assert wrapped.add_task_subscriber(subscriber, "name") == "name"
    assert resolve(wrapped.task_send("work")) == (wrapped, "work", there.loop)
    assert wrapped.task_send("work", no_reply=True) is None
    wrapped.remove_task_subscriber("name")
    assert not wrapped.task_send("work").done()


def test_task_that_is_rejected(wrapped: LoopCommunicator) -> None:
    def reject(_comm: Any, _task: Any) -> None:
        raise kiwipy.TaskRejected("not mine")

    wrapped.add_task_subscriber(reject)
    with pytest.raises(kiwipy.TaskRejected, match="not mine"):
        resolve(wrapped.task_send("work"))


def test_broadcast(there: LoopThread, wrapped: LoopCommunicator) -> None:
    heard = Heard()
    identifier = wrapped.add_broadcast_subscriber(heard)
    assert wrapped.broadcast_send("body", sender="me", subject="x", correlation_id="id") is True
    assert heard.event.wait(PATIENCE)
    assert heard.calls == [("body", "me", "x", "id")]
    assert heard.loops == [there.loop]
    wrapped.remove_broadcast_subscriber(identifier)
    wrapped.broadcast_send("body")
    there.run(asyncio.sleep(0))
    assert len(heard.calls) == 1


def test_filtered_broadcast(there: LoopThread, wrapped: LoopCommunicator) -> None:
    """The local communicator gives the parts by name, which plumpy since 0.19 does not expect."""
    heard = Heard()
    wrapped.add_broadcast_subscriber(kiwipy.BroadcastFilter(heard, subject="purchase.*"))
    for subject in ("sale.tea", "purchase.tea", "state_changed.a.b"):
        wrapped.broadcast_send("body", subject=subject)
    there.run(asyncio.sleep(0))
    assert [call[2] for call in heard.calls] == ["purchase.tea"]


def test_processes_behind_a_wrapped_local_communicator(there: LoopThread, wrapped: LoopCommunicator) -> None:
    """plumpy since 0.19 fails at the first change of state."""
    heard = Heard()
    wrapped.add_broadcast_subscriber(kiwipy.BroadcastFilter(heard, sender="tea", subject="state_changed.*"))

    async def main() -> Any:
        process = plumpy_compat.Process(pid="tea", communicator=wrapped)
        await process.step_until_terminated()
        return process.state

    assert there.run(main()) is plumpy_compat.ProcessState.FINISHED
    there.run(asyncio.sleep(0))
    assert [call[2] for call in heard.calls] == [
        "state_changed.None.created",
        "state_changed.created.running",
        "state_changed.running.finished",
    ]


def test_closing_closes_what_is_inside(wrapped: LoopCommunicator, local: kiwipy.LocalCommunicator) -> None:
    assert not wrapped.is_closed()
    wrapped.close()
    assert wrapped.is_closed()
    assert local.is_closed()


def test_it_is_a_context_manager(local: kiwipy.LocalCommunicator, there: LoopThread) -> None:
    with LoopCommunicator(local, there.loop) as communicator:
        assert isinstance(communicator, kiwipy.Communicator)
    assert local.is_closed()


def test_duplicate_identifier(wrapped: LoopCommunicator) -> None:
    wrapped.add_rpc_subscriber(echo, "name")
    with pytest.raises(kiwipy.DuplicateSubscriberIdentifier):
        wrapped.add_rpc_subscriber(echo, "name")


def test_wrapped_for_another_loop(local: kiwipy.LocalCommunicator, there: LoopThread) -> None:
    """A subscriber of a communicator that is wrapped twice runs on the outer loop, and gets the outer communicator."""
    with LoopThread() as second:
        outer = wrap_communicator(wrap_communicator(local, there.loop), second.loop)
        outer.add_rpc_subscriber(echo_coroutine, "name")
        assert resolve(local.rpc_send("name", 1)) == (outer, 1, second.loop)
        assert second.errors == []


def test_exports() -> None:
    assert set(communications.__all__) == {
        "Communicator",
        "DeliveryFailed",
        "RemoteException",
        "TaskRejected",
        "plum_to_kiwi_future",
        "wrap_communicator",
    }
