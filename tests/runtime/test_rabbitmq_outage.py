"""On a RabbitMQ that goes away, comes back, and stalls: processes don't mind."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import threading
import time
from typing import Any, Callable, List, Optional
from urllib.parse import urlsplit

import kiwipy
import pytest

from plumpy_compat import communications
from plumpy_compat.broker import links
from plumpy_compat.broker.dispatcher import dispatcher_of
from plumpy_compat.process_comms import ProcessLauncher, RemoteProcessController, RemoteProcessThreadController
from tests.runtime.broker import Broker
from tests.runtime.helpers import LoopThread, eventually, resolve
from tests.runtime.test_rabbitmq import CHANGES, Doubles, Heard, Waits, kill, start, tell

rmq = pytest.importorskip("kiwipy.rmq")

Connect = Callable[..., Any]

PATIENCE = 60.0
"""Seconds for a broker to come back, and for kiwipy to see it: it looks every five if it's not told otherwise."""

RECONNECT = 0.2
"""Seconds between looks through a proxy."""


async def lives(communicator: Any, *pids: Any) -> None:
    """Make processes and run them to their ends, one after the other."""
    for pid in pids:
        await Doubles(pid=pid, communicator=communicator).step_until_terminated()


def ask(client: Any, pid: Any) -> Any:
    """The status of a process; None if it can't be asked yet, for the broker or its queue isn't back."""
    try:
        return resolve(client.rpc_send(str(pid), {"intent": "status"}), PATIENCE)
    except (kiwipy.UnroutableError, kiwipy.TimeoutError, ConnectionError, RuntimeError):
        return None


def back(condition: Callable[[], Any]) -> Any:
    """Wait, longer than usual, until `condition()` is true, and give what it gave."""
    latest = time.monotonic() + PATIENCE
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < latest, "it never came true"
        time.sleep(0.05)


# --- An outage --------------------------------------------------------------------------------------------------------


def test_outage(there: LoopThread, own_broker: Broker, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    """One long story, for a broker takes its time to stop and to start."""
    communicator, client = connect(own_broker.uri), connect(own_broker.uri)
    heard = Heard(client)
    loop_communicator = communications.LoopCommunicator(communicator, there.loop)
    loop_communicator.add_task_subscriber(ProcessLauncher(loop=there.loop))
    stays, ends = start(there, communicator, "stays"), start(there, loop_communicator, "ends")
    tell(communicator)
    link = dispatcher_of(communicator).link
    assert ask(client, "ends")
    losses: List[Any] = []
    communicator.add_close_callback(lambda *args: losses.append(args))
    own_broker.stop()
    eventually(lambda: losses)
    heard.calls.clear()

    # Processes live on: they end, are made, are run, are closed.
    kill(ends)
    there.run(lives(communicator, *range(20)))
    new = start(there, communicator, "new")
    closed = there.call(Waits, pid="closed", loop=there.loop, communicator=communicator)
    there.call(closed.close)
    resolve(there.submit(lives(loop_communicator, "last")))
    assert not link.outbox.empty
    assert not link.flush(0)
    # Asking has no answer, but an error, or it takes too long; it doesn't take for ever.
    with pytest.raises((kiwipy.TimeoutError, ConnectionError, RuntimeError)):
        resolve(RemoteProcessThreadController(client).get_status("stays"))

    own_broker.start()
    assert link.flush(PATIENCE)
    assert back(lambda: ask(client, "stays"))["state"] == "ProcessState.WAITING"
    assert ask(client, "new")["state"] == "ProcessState.WAITING"
    for pid in ("ends", 5, "last", "closed"):
        with pytest.raises((kiwipy.UnroutableError, kiwipy.RemoteException)):
            resolve(client.rpc_send(str(pid), {"intent": "status"}), PATIENCE)
    assert link._bound == {"stays", "new"}

    # What was said meanwhile is heard now by who was there in time, and in order.
    back(lambda: ("last", CHANGES[2]) in heard.calls or client_was_late(heard))
    said = [call for call in heard.calls if isinstance(call[0], int)]
    assert said == [(pid, change) for pid in range(20) for change in CHANGES][-len(said) :]

    # Everything works as before, for old and for new ones.
    controller = RemoteProcessThreadController(client)
    assert resolve(controller.launch_process(Doubles), PATIENCE) == {"double": 2}
    assert resolve(controller.pause_process("stays"), PATIENCE) is True
    controller.kill_all("enough")
    eventually(lambda: stays.killed() and new.killed())
    newest = start(there, communicator, "newest")

    async def controlled() -> Any:
        return await RemoteProcessController(client).kill_process("newest")

    assert there.run(controlled()) is True
    assert newest.killed()
    assert [record for record in caplog.records if record.name == "plumpy.links" and record.exc_info] == []


def client_was_late(heard: Heard) -> bool:
    """Whether the worker was back before the client could hear it; queues for broadcasts are for those who're there."""
    return not heard.calls


def test_broadcasts_wait_in_order(there: LoopThread, own_broker: Broker, connect: Connect) -> None:
    """Here the one who listens comes back first, for the worker's connection is held up."""
    with Proxy(own_broker.uri) as proxy:
        communicator, client = connect(proxy.uri), connect(own_broker.uri)
        heard = Heard(client)
        there.run(lives(communicator, "before"))
        tell(communicator)
        eventually(lambda: len(heard.calls) == 3)
        proxy.cut()
        there.run(lives(communicator, *range(100)))
        stays = start(there, communicator, "stays")
        proxy.mend()
        back(lambda: len(heard.calls) == 3 + 300 + 3)
        assert heard.calls[3:303] == [(pid, change) for pid in range(100) for change in CHANGES]
        assert ask(client, "stays")["state"] == "ProcessState.WAITING"
        assert ask(client, 50) is None
        kill(stays)
        tell(communicator)


def test_connection_that_is_cut_again_and_again(there: LoopThread, amqp_uri: str, connect: Connect) -> None:
    """While processes come and go: each end is heard, in order; those that live can be asked."""
    with Proxy(amqp_uri) as proxy:
        communicator, client = connect(proxy.uri), connect(amqp_uri)
        heard = Heard(client)
        stop = threading.Event()
        ended: List[int] = []

        async def work() -> None:
            while not stop.is_set():
                await lives(communicator, len(ended))
                ended.append(len(ended))
                # Slower than what a busy machine publishes, or the outbox would never be empty.
                await asyncio.sleep(0.1)

        stays = start(there, communicator, "stays")
        working = there.submit(work())
        for _ in range(10):
            eventually(lambda: ask(client, "stays"))
            count = len(ended)
            proxy.cut()
            eventually(lambda count=count: len(ended) > count + 10)
            proxy.mend()
            assert dispatcher_of(communicator).link.flush(PATIENCE)
        stop.set()
        working.result(PATIENCE)
        assert dispatcher_of(communicator).link.flush(PATIENCE)
        eventually(lambda: (len(ended) - 1, CHANGES[2]) in heard.calls)
        # What was on its way when the connection was cut is said twice: that is the only thing out of order.
        ends = [sender for sender, subject in heard.calls if subject == CHANGES[2]]
        assert sorted(set(ends)) == ended
        firsts = list(dict.fromkeys(call for call in heard.calls if isinstance(call[0], int)))
        assert firsts == [(pid, change) for pid in ended for change in CHANGES]
        assert dispatcher_of(communicator).link._bound == {"stays"}
        kill(stays)
        tell(communicator)


def test_full_outbox(there: LoopThread, amqp_uri: str, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with Proxy(amqp_uri) as proxy:
        communicator, client = connect(proxy.uri), connect(amqp_uri)
        heard = Heard(client)
        there.run(lives(communicator, "before"))
        tell(communicator)
        outbox = dispatcher_of(communicator).link.outbox
        outbox.capacity = 30
        proxy.cut()
        there.run(lives(communicator, *range(100)))
        eventually(lambda: outbox.dropped > 0)
        assert "more than 30 broadcasts wait" in caplog.text
        proxy.mend()
        assert dispatcher_of(communicator).link.flush(PATIENCE)
        eventually(lambda: (99, CHANGES[2]) in heard.calls)
        # The ends of the last ones are what is kept.
        assert [call for call in heard.calls if call[0] in range(75, 100)][-25:] == [
            (pid, CHANGES[2]) for pid in range(75, 100)
        ]
        assert outbox.dropped >= 300 - 30 - 64


# --- A broker that stalls ---------------------------------------------------------------------------------------------


def test_processes_do_not_wait_for_a_broker_that_stalls(there: LoopThread, amqp_uri: str, connect: Connect) -> None:
    """Nothing goes over the wire while fifty are made, run and closed: nothing of that can wait for an answer."""
    with Proxy(amqp_uri) as proxy:
        communicator, client = connect(proxy.uri), connect(amqp_uri)
        heard = Heard(client)
        there.run(lives(communicator, "before"))
        tell(communicator)
        eventually(lambda: len(heard.calls) == 3)
        proxy.stall()
        there.run(lives(communicator, *range(50)))
        waits = [there.call(Waits, pid=f"w{pid}", loop=there.loop, communicator=communicator) for pid in range(10)]
        for process in waits[:5]:
            there.call(process.close)
        assert len(heard.calls) == 3
        assert not dispatcher_of(communicator).link.outbox.empty
        proxy.mend()
        assert dispatcher_of(communicator).link.flush(PATIENCE)
        eventually(lambda: len(heard.calls) == 3 + 150 + 10)
        assert heard.calls[3:153] == [(pid, change) for pid in range(50) for change in CHANGES]
        assert [bool(ask(client, f"w{pid}")) for pid in range(10)] == [False] * 5 + [True] * 5
        for process in waits[5:]:
            there.call(process.close)
        tell(communicator)


def test_closing_while_the_broker_stalls(
    there: LoopThread,
    amqp_uri: str,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What waits is given some time, then it's lost, and that is said."""
    flush = links._QueuedLink.flush
    with Proxy(amqp_uri) as proxy:
        communicator = connect(proxy.uri, async_task_timeout=0.5)
        there.run(lives(communicator, "before"))
        tell(communicator)
        proxy.stall()
        there.run(lives(communicator, *range(5)))
        link = dispatcher_of(communicator).link
        monkeypatch.setattr(links._QueuedLink, "flush", lambda self, *_: flush(self, 0.1))
        # kiwipy itself may not get over this.
        try:
            communicator.close()
        except (kiwipy.TimeoutError, RuntimeError):
            proxy.mend()
            communicator.close()
        assert link.outbox.closed
        assert link.outbox.empty
        lost = [record.message for record in caplog.records if record.name == "plumpy.links"]
        assert lost == ["the communicator was closed before it was told 15 things by processes"]
        eventually(link._pump_task.done)
        there.run(lives(communicator, "after"))
        proxy.mend()


class Proxy:
    """Stands between a client and a broker: the connection can be cut, refused, or stalled.

    :param uri: the broker's address.
    """

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._broker = (parts.hostname, parts.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        port = self._server.getsockname()[1]
        self.uri = parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}", query=f"reconnect_interval={RECONNECT}"
        ).geturl()
        self._flows = threading.Event()  # unset, nothing goes through
        self._flows.set()
        self._up = True
        self._ended = False
        self._sockets: List[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def cut(self) -> None:
        """Cut the connections, and refuse others."""
        self._up = False
        self._drop()

    def stall(self) -> None:
        """Let nothing through; connections stay."""
        self._flows.clear()

    def mend(self) -> None:
        """Be a proper connection again."""
        self._up = True
        self._flows.set()

    def _drop(self) -> None:
        sockets, self._sockets = self._sockets, []
        for one in sockets:
            end(one)

    def _accept(self) -> None:
        while not self._ended:
            if not select.select([self._server], [], [], 0.05)[0]:
                continue
            client = self._server.accept()[0]
            if not self._up:
                client.close()
                continue
            server = socket.create_connection(self._broker)
            self._sockets += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        data: Optional[bytes] = b""
        while not self._ended:
            try:
                data = source.recv(65536)
                while not self._flows.wait(0.05):
                    if self._ended:
                        return
                if not data:
                    break
                target.sendall(data)
            except OSError:
                break
        for one in (source, target):
            end(one)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join()
        self._drop()
        self._server.close()


def end(one: socket.socket) -> None:
    """Close a socket that a thread may be reading from."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


def test_the_proxy_is_transparent(amqp_uri: str, connect: Connect) -> None:
    """What the tests above stand on."""
    with Proxy(amqp_uri) as proxy:
        communicator = connect(proxy.uri)
        communicator.add_rpc_subscriber(lambda _, message: message, "echo")
        assert resolve(communicator.rpc_send("echo", "text")) == "text"
        communicator.close()
