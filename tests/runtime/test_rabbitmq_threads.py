"""On a real RabbitMQ: no wake-up of a loop is lost, and a loop that is blocked costs neither connection nor message."""

from __future__ import annotations

import concurrent.futures
import os
import threading
import time
from typing import Any, Callable, List

import pytest

import plumpy_compat
from plumpy_compat import ProcessState, communications
from plumpy_compat.broker.dispatcher import dispatcher_of
from plumpy_compat.process_comms import ProcessLauncher, RemoteProcessThreadController
from tests.runtime.helpers import LoopThread, eventually, resolve
from tests.runtime.test_rabbitmq import Doubles, Waits, exists, start, tell

rmq = pytest.importorskip("kiwipy.rmq")

Connect = Callable[..., Any]

LONG = bool(os.environ.get("PLUMPY_COMPAT_TEST_LONG"))
"""Whether to look for what is rare."""

HEARTBEAT = 2  # seconds


@pytest.mark.parametrize("wrap", [False, True], ids=["plain", "for the loop"])
def test_rpcs_to_an_idle_loop(
    there: LoopThread, communicator: Any, amqp_uri: str, connect: Connect, wrap: bool
) -> None:
    """plumpy since 0.16 leaves 6 to 15 of a hundred unanswered until something else wakes the loop."""
    wrapped = communications.wrap_communicator(communicator, there.loop) if wrap else communicator
    process = start(there, wrapped, "idle")
    tell(communicator)
    controller = RemoteProcessThreadController(connect(amqp_uri))
    for _ in range(10_000 if LONG else 500):
        assert resolve(controller.get_status("idle"))["pid"] == "idle"
    assert resolve(controller.kill_process("idle")) is True
    assert process.killed()


def test_many_rpcs_at_once(there: LoopThread, communicator: Any, amqp_uri: str, connect: Connect) -> None:
    process = start(there, communicator, "idle")
    tell(communicator)
    controller = RemoteProcessThreadController(connect(amqp_uri))
    replies = [controller.get_status("idle") for _ in range(2000 if LONG else 200)]
    assert {resolve(reply)["pid"] for reply in replies} == {"idle"}
    assert resolve(controller.kill_process("idle")) is True
    assert process.killed()


def test_launches_on_an_idle_loop(there: LoopThread, communicator: Any, amqp_uri: str, connect: Connect) -> None:
    """plumpy since 0.16 leaves 4 to 30 of a hundred unanswered."""
    wrapped = communications.LoopCommunicator(communicator, there.loop)
    wrapped.add_task_subscriber(ProcessLauncher(loop=there.loop))
    controller = RemoteProcessThreadController(connect(amqp_uri))
    for number in range(2000 if LONG else 100):
        nowait = number % 2 == 0
        reply = controller.launch_process(Doubles, init_kwargs={"pid": number}, nowait=nowait)
        assert resolve(reply) == (number if nowait else {"double": 2})


class Blocks(plumpy_compat.Process):
    """Blocks its loop in a step, as numpy or a database does."""

    executions: List[Any] = []  # noqa: RUF012
    blocked = threading.Event()
    block: Callable[[], Any]

    def run(self) -> Any:
        self.executions.append(self.pid)
        self.blocked.set()
        type(self).block()


def test_a_step_blocks_the_loop_for_three_heartbeats(
    there: LoopThread, amqp_uri: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our connection has a thread of its own. One on the loop itself, for comparison, is closed by the broker."""
    uri = f"{amqp_uri}?heartbeat={HEARTBEAT}"
    communicator = connect(uri)
    client = connect(amqp_uri)
    losses: List[Any] = []
    communicator.add_close_callback(lambda *args: losses.append(args))
    loop_communicator = communications.LoopCommunicator(communicator, there.loop)
    loop_communicator.add_task_subscriber(ProcessLauncher(loop=there.loop))
    waits = start(there, communicator, "waits")
    eventually(lambda: waits.state is ProcessState.WAITING)
    tell(communicator)

    lost_on_loop = threading.Event()
    on_loop = there.run(rmq.async_connect(uri, message_exchange="on-loop", testing_mode=True))
    on_loop.add_close_callback(lambda *_: lost_on_loop.set())
    subscriber = there.run(on_loop.get_message_subscriber())
    queue = subscriber._broadcast_queue.name  # it's deleted when the broker closes the connection
    assert exists(amqp_uri, queue)

    def block() -> None:
        end = time.monotonic() + 3 * HEARTBEAT
        patience = end + 10 * HEARTBEAT
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            while time.monotonic() < end or pool.submit(exists, amqp_uri, queue).result():
                assert time.monotonic() < patience, "the broker doesn't mind that the loop is blocked"
                time.sleep(0.1)

    monkeypatch.setattr(Blocks, "block", staticmethod(block), raising=False)
    monkeypatch.setattr(Blocks, "executions", [])
    monkeypatch.setattr(Blocks, "blocked", threading.Event())
    controller = RemoteProcessThreadController(client)
    outcome = controller.launch_process(Blocks, init_kwargs={"pid": "blocks"})
    assert Blocks.blocked.wait(20)
    statuses = [controller.get_status("waits") for _ in range(10)]
    controller.pause_all("while it's blocked")
    second = controller.launch_process(Doubles)

    assert resolve(outcome, 60) == {}
    assert lost_on_loop.wait(20)

    assert [resolve(status)["pid"] for status in statuses] == ["waits"] * 10
    eventually(lambda: waits.paused)
    assert waits.status == "while it's blocked"
    assert resolve(second) == {"double": 2}
    assert losses == []
    assert Blocks.executions == ["blocks"]
    assert resolve(controller.kill_process("waits")) is True
    assert "blocks" not in dispatcher_of(communicator)
    there.run(on_loop._connection.close())


def test_waits_is_what_it_says(there: LoopThread) -> None:
    """What the tests above stand on: nothing wakes the loop of a process that waits."""
    process = there.call(Waits, loop=there.loop)
    running = there.submit(process.step_until_terminated())
    eventually(lambda: process.state is ProcessState.WAITING)
    there.call(lambda: None)
    assert there.call(lambda: len(there.loop._scheduled)) == 0  # type: ignore[attr-defined]
    there.call(process.kill)
    running.result(20)
