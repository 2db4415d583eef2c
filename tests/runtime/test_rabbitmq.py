"""Processes, controllers and launchers on a real RabbitMQ."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import logging
import threading
import uuid
from typing import Any, Callable, List, Set

import kiwipy
import pytest

import plumpy_compat
from plumpy_compat import ProcessState, communications
from plumpy_compat.broker.dispatcher import dispatcher_of, pending
from plumpy_compat.process_comms import (
    MessageBuilder,
    ProcessLauncher,
    RemoteProcessController,
    RemoteProcessThreadController,
    create_create_body,
    create_launch_body,
)
from tests.runtime.helpers import PATIENCE, LoopThread, eventually, resolve, run, until
from tests.runtime.processes import Doubles, Waits

rmq = pytest.importorskip("kiwipy.rmq")

Connect = Callable[..., Any]


class Stubborn(plumpy_compat.Process):
    """Has a step that can't be interrupted."""

    async def run(self) -> None:
        self.released = asyncio.get_running_loop().create_future()
        while not self.released.done():
            try:
                await asyncio.shield(self.released)
            except asyncio.CancelledError:
                if self.released.cancelled():
                    raise


@pytest.fixture
def client(amqp_uri: str, connect: Connect) -> Any:
    """The connection of those who control processes."""
    return connect(amqp_uri)


@pytest.fixture(params=[False, True], ids=["plain", "for the loop"])
def wrapped(request: pytest.FixtureRequest, communicator: Any, there: LoopThread) -> Any:
    """What processes have."""
    return communications.wrap_communicator(communicator, there.loop) if request.param else communicator


def tell(communicator: Any) -> None:
    """Wait until the broker knows all that processes have told the communicator."""
    assert dispatcher_of(communicator).link.flush(PATIENCE)


def start(there: LoopThread, communicator: Any, pid: Any, cls: Any = Waits) -> Any:
    """Make and run a process that waits."""
    process = there.call(cls, pid=pid, loop=there.loop, communicator=communicator)
    there.submit(process.step_until_terminated())
    eventually(lambda: process.state is not ProcessState.CREATED)
    return process


def kill(*processes: Any) -> None:
    for process in processes:
        process.loop.call_soon_threadsafe(process.kill)
    eventually(lambda: all(process.has_terminated() for process in processes))


class Heard:
    """Subscribes to broadcasts and keeps them."""

    def __init__(self, communicator: Any) -> None:
        self.calls: List[Any] = []
        communicator.add_broadcast_subscriber(self._hear)

    def _hear(self, _comm: Any, body: Any, sender: Any, subject: Any, correlation_id: Any) -> None:
        self.calls.append((sender, subject))


CHANGES = ["state_changed.None.created", "state_changed.created.running", "state_changed.running.finished"]


# --- Control ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pid", ["tea", 12, "a.b.c", uuid.UUID(int=5)])
def test_thread_controller(there: LoopThread, wrapped: Any, client: Any, pid: Any) -> None:
    process = start(there, wrapped, pid)
    tell(wrapped)
    controller = RemoteProcessThreadController(client)
    assert resolve(controller.pause_process(pid, "why")) is True
    status = resolve(controller.get_status(pid))
    assert (status["pid"], status["paused"], status["status"]) == (str(pid), True, "why")
    assert resolve(controller.play_process(pid)) is True
    assert resolve(controller.kill_process(pid, "enough", force_kill=True)) is True
    assert process.killed_msg() == MessageBuilder.kill("enough", force_kill=True)


def test_controller(there: LoopThread, wrapped: Any, client: Any) -> None:
    process = start(there, wrapped, 1)

    async def main() -> None:
        controller = RemoteProcessController(client)
        assert await controller.pause_process(1, msg="why") is True
        assert (await controller.get_status(1))["paused"] is True
        assert await controller.play_process(1) is True
        assert await controller.kill_process(1, "enough") is True

    run(main(), debug=True)
    assert process.killed_msg() == "enough"


def test_all_processes(there: LoopThread, wrapped: Any, client: Any) -> None:
    processes = [start(there, wrapped, pid) for pid in range(5)]
    tell(wrapped)
    controller = RemoteProcessThreadController(client)
    controller.pause_all("why")
    eventually(lambda: all(process.paused for process in processes))
    controller.play_all()
    eventually(lambda: not any(process.paused for process in processes))
    controller.kill_all("enough")
    eventually(lambda: all(process.killed() for process in processes))
    assert {process.killed_msg()["message"] for process in processes} == {"enough"}


@pytest.mark.parametrize("body", ["why", {"message": "why"}], ids=["up to 0.23", "since 0.24"])
def test_broadcasts_of_all_releases(there: LoopThread, communicator: Any, client: Any, body: Any) -> None:
    process = start(there, communicator, 1)
    tell(communicator)
    client.broadcast_send(body, subject="kill")
    eventually(process.has_terminated)
    assert process.killed_msg() == "why"


@pytest.mark.parametrize("pid", ["nobody", 12])
def test_nobody_there(client: Any, pid: Any) -> None:
    with pytest.raises(kiwipy.UnroutableError):
        RemoteProcessThreadController(client).get_status(pid)

    async def main() -> None:
        with pytest.raises(kiwipy.UnroutableError):
            await RemoteProcessController(client).get_status(pid)

    run(main())


def test_a_process_that_ended_can_not_be_called(there: LoopThread, communicator: Any, client: Any) -> None:
    kill(start(there, communicator, 1))
    tell(communicator)
    with pytest.raises(kiwipy.UnroutableError):
        RemoteProcessThreadController(client).get_status(1)


def test_errors_come_as_text(there: LoopThread, communicator: Any, client: Any) -> None:
    process = start(there, communicator, 1)
    tell(communicator)
    with pytest.raises(kiwipy.RemoteException, match="Unknown intent"):
        resolve(client.rpc_send("1", {"intent": "dance"}))
    kill(process)


def test_a_new_process_can_be_called_at_once(there: LoopThread, wrapped: Any, client: Any) -> None:
    """By whatever connection of this interpreter."""
    controllers = [RemoteProcessThreadController(communicator) for communicator in (wrapped, client)]
    for pid in range(40):
        process = there.call(Waits, pid=pid, loop=there.loop, communicator=wrapped)
        assert resolve(controllers[pid % 2].get_status(pid))["pid"] == str(pid)
        there.call(process.close)


def test_the_same_pid_again(there: LoopThread, communicator: Any, client: Any) -> None:
    controller = RemoteProcessThreadController(client)
    for _ in range(20):
        process = there.call(Waits, pid=1, loop=there.loop, communicator=communicator)
        assert resolve(controller.get_status(1))["ctime"] == process.creation_time
        there.call(process.close)
    tell(communicator)
    with pytest.raises(kiwipy.UnroutableError):
        controller.get_status(1)


def test_requests_are_taken_in_order(there: LoopThread, communicator: Any, client: Any) -> None:
    process = start(there, communicator, 1)
    tell(communicator)
    controller = RemoteProcessThreadController(client)
    for _ in range(30):
        # The first may be told False: it may have been played before it could pause.
        replies = [controller.pause_process(1), controller.play_process(1), controller.pause_process(1, "last")]
        assert [resolve(reply) for reply in replies][1:] == [True, True]
        assert process.status == "last"
        resolve(controller.play_process(1))
    kill(process)


def test_a_worker_that_ends_answers_what_is_pending(communicator: Any, client: Any) -> None:
    """The kill waits for the end of a step: when the loop ends instead, the caller is told that it was cancelled."""
    processes: List[Any] = []

    async def work() -> None:
        process = Stubborn(pid=1, communicator=communicator)
        processes.append(process)
        task = asyncio.ensure_future(process.step_until_terminated())
        while not process.is_killing:
            await asyncio.sleep(0.001)
        asyncio.current_task().add_done_callback(lambda _: process.released.cancel())  # type: ignore[union-attr]
        del task

    worker = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    worker.start()
    eventually(lambda: processes and hasattr(processes[0], "released"))
    reply = RemoteProcessThreadController(client).kill_process(1)
    worker.join(PATIENCE)
    assert not worker.is_alive()
    outcome: Any
    try:
        outcome = resolve(reply)
    except concurrent.futures.CancelledError:
        outcome = "cancelled"
    assert outcome == "cancelled" or (outcome is True and processes[0].killed())


def test_a_cancelled_call_is_answered(communicator: Any, client: Any, there: LoopThread) -> None:
    """plumpy leaves the caller waiting."""

    class Cancels(Waits):
        def message_receive(self, _comm: Any, msg: Any) -> Any:
            future = asyncio.get_running_loop().create_future()
            future.cancel()
            return future

    process = start(there, communicator, 1, Cancels)
    reply = RemoteProcessThreadController(client).get_status(1)
    with pytest.raises(concurrent.futures.CancelledError):
        resolve(reply)
    kill(process)


def test_a_reply_that_nobody_waits_for_any_more(there: LoopThread, communicator: Any, client: Any) -> None:
    process = start(there, communicator, 1, Stubborn)

    async def main() -> None:
        controller = RemoteProcessController(client)
        killing = asyncio.ensure_future(controller.kill_process(1))
        await until(lambda: process.is_killing)
        killing.cancel()
        there.call(process.released.set_result, None)
        await until(process.has_terminated)
        await asyncio.get_running_loop().run_in_executor(None, tell, communicator)
        with pytest.raises(kiwipy.UnroutableError):
            await controller.get_status(1)

    eventually(lambda: hasattr(process, "released"))
    run(main())
    assert process.killed()


# --- Which thread calls -----------------------------------------------------------------------------------------------


def test_thread_controller_on_the_loop_of_the_process(communicator: Any) -> None:
    """Sending blocks the loop, for as long as the broker takes to bind the process; then the loop goes on."""

    async def main() -> None:
        process = Waits(pid=1, communicator=communicator)
        task = asyncio.ensure_future(process.step_until_terminated())
        reply = RemoteProcessThreadController(communicator).kill_process(1)
        while isinstance(reply, kiwipy.Future):
            reply = await asyncio.wrap_future(reply)
        assert reply is True
        await task

    run(main(), debug=True)


def test_controller_in_a_step(there: LoopThread, communicator: Any) -> None:
    class Kills(plumpy_compat.Process):
        async def run(self) -> Any:
            child = self.launch(Waits, pid="child")
            answer = await RemoteProcessController(communicator).kill_process("child", "by its parent")
            return plumpy_compat.Stop(answer and child.killed_msg()["message"], True)

    async def main() -> Any:
        process = Kills(communicator=communicator)
        await process.step_until_terminated()
        return process.result()

    assert there.run(main()) == "by its parent"


def test_a_process_may_be_made_on_the_communicators_thread(there: LoopThread, communicator: Any, client: Any) -> None:
    """In a broadcast subscriber, say; no process blocks it."""
    made: List[Any] = []

    def make(_comm: Any, body: Any, *_args: Any) -> None:
        if body == "make":
            made.append(Waits(pid=1, loop=there.loop, communicator=communicator))

    communicator.add_broadcast_subscriber(make)
    client.broadcast_send("make")
    eventually(lambda: made)
    assert resolve(RemoteProcessThreadController(client).get_status(1))["pid"] == "1"
    there.call(made[0].close)


def test_calls_from_many_threads(there: LoopThread, communicator: Any, client: Any) -> None:
    processes = [start(there, communicator, pid) for pid in range(8)]
    answers: List[Any] = []

    def control(pid: int) -> None:
        controller = RemoteProcessThreadController(communicator if pid % 2 else client)
        for _ in range(10):
            answers.append(resolve(controller.get_status(pid))["pid"] == str(pid))
        answers.append(resolve(controller.kill_process(pid)))

    threads = [threading.Thread(target=control, args=(pid,), daemon=True) for pid in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert answers == [True] * 88
    assert all(process.killed() for process in processes)


# --- Broadcasts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pid", [12, "tea", uuid.UUID(int=5), None])
def test_changes_of_state_are_heard(there: LoopThread, wrapped: Any, client: Any, pid: Any) -> None:
    heard = Heard(client)

    async def live() -> Any:
        process = Doubles(pid=pid, communicator=wrapped)
        await process.step_until_terminated()
        return process.pid

    pid = there.run(live())
    eventually(lambda: len(heard.calls) == 3)
    assert heard.calls == [(pid, change) for change in CHANGES]


def test_changes_of_state_are_heard_in_order(there: LoopThread, communicator: Any, client: Any) -> None:
    heard = Heard(client)

    async def live(pid: int) -> None:
        await Doubles(pid=pid, communicator=communicator).step_until_terminated()

    async def main() -> None:
        for pid in range(200):
            await live(pid)
            if pid % 20 == 0:
                await asyncio.sleep(0.001)

    there.run(main())
    tell(communicator)
    eventually(lambda: len(heard.calls) == 600)
    assert heard.calls == [(pid, change) for pid in range(200) for change in CHANGES]


def test_broadcast_filter(there: LoopThread, communicator: Any, client: Any) -> None:
    """As aiida-core waits for the end of a process."""
    ended: List[Any] = []
    loop_communicator = communications.LoopCommunicator(client, there.loop)
    for state in ("finished", "killed", "excepted"):
        loop_communicator.add_broadcast_subscriber(
            kiwipy.BroadcastFilter(lambda *args: ended.append(args[2:4]), sender=1, subject=f"state_changed.*.{state}")
        )
    processes = [start(there, communicator, pid) for pid in (1, 2)]
    kill(*reversed(processes))
    eventually(lambda: ended)
    assert ended == [(1, "state_changed.waiting.killed")]


# --- Tasks ------------------------------------------------------------------------------------------------------------


class Worker:
    """A launcher on a loop of its own with a connection of its own."""

    def __init__(self, there: LoopThread, communicator: Any, **options: Any) -> None:
        self.communicator = communications.LoopCommunicator(communicator, there.loop)
        self.launcher = ProcessLauncher(loop=there.loop, **options)
        self.communicator.add_task_subscriber(self.launcher)


@pytest.fixture
def persister() -> plumpy_compat.InMemoryPersister:
    return plumpy_compat.InMemoryPersister()


@pytest.fixture
def worker(there: LoopThread, communicator: Any, persister: Any) -> Worker:
    return Worker(there, communicator, persister=persister)


@pytest.mark.parametrize("nowait", [False, True])
def test_launch_execute_and_continue(worker: Worker, client: Any, nowait: bool) -> None:
    controller = RemoteProcessThreadController(client)
    outcomes = [5, 6, 7] if nowait else [{"double": 2}] * 3
    assert resolve(controller.launch_process(Doubles, init_kwargs={"pid": 5}, nowait=nowait)) == outcomes[0]
    assert resolve(controller.execute_process(Doubles, init_kwargs={"pid": 6}, nowait=nowait)) == outcomes[1]
    assert resolve(controller.task_send(create_create_body(Doubles, None, {"pid": 7}, persist=True))) == 7
    assert resolve(controller.continue_process(7, nowait=nowait)) == outcomes[2]


def test_launch_execute_and_continue_from_coroutines(worker: Worker, client: Any) -> None:
    async def main() -> None:
        controller = RemoteProcessController(client)
        assert await controller.launch_process(Doubles) == {"double": 2}
        assert await controller.execute_process(Doubles) == {"double": 2}
        assert await controller.launch_process(Doubles, no_reply=True) is None
        assert await controller.launch_process(Doubles, init_kwargs={"pid": 5}, nowait=True) == 5

    run(main(), debug=True)


def test_who_gets_a_pid_can_use_it_at_once(worker: Worker, client: Any) -> None:
    """The worker answers once the broker knows the process. (The client asks without waiting for that itself.)"""
    controller = RemoteProcessThreadController(client)
    for pid in range(30):
        if pid % 2:
            reply = controller.launch_process(Waits, init_kwargs={"pid": pid}, nowait=True)
        else:
            reply = controller.task_send(create_create_body(Waits, init_kwargs={"pid": pid}))
        assert resolve(reply) == pid
        assert resolve(client.rpc_send(str(pid), MessageBuilder.kill())) is True


def test_a_process_that_is_killed_answers_its_task(worker: Worker, client: Any) -> None:
    controller = RemoteProcessThreadController(client)
    reply = controller.launch_process(Waits, init_kwargs={"pid": 5})
    eventually(lambda: "5" in dispatcher_of(worker.communicator))
    assert resolve(controller.kill_process(5, "enough")) is True
    with pytest.raises(kiwipy.RemoteException, match="enough"):
        resolve(reply)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_rejected_task_goes_to_another_worker(
    worker: Worker, client: Any, connect: Connect, amqp_uri: str, there: LoopThread
) -> None:
    """One worker has no persister, and so can't continue a process."""
    Worker(there, connect(amqp_uri), persister=None)
    controller = RemoteProcessThreadController(client)
    for pid in range(6):
        worker.launcher._persister.save_checkpoint(there.call(Doubles, pid=pid, loop=there.loop))
        assert resolve(controller.continue_process(pid)) == {"double": 2}


def test_poisoned_tasks(worker: Worker, client: Any) -> None:
    """Who sends one is told so; the worker goes on."""
    controller = RemoteProcessThreadController(client)
    for body in ({}, None, {"task": "launch"}, create_launch_body(Doubles, init_kwargs={"surprise": 1})):
        with pytest.raises(kiwipy.RemoteException):
            resolve(controller.task_send(body))
    assert resolve(controller.launch_process(Doubles)) == {"double": 2}


def test_limit_of_running_processes(there: LoopThread, communicator: Any, client: Any) -> None:
    Worker(there, communicator, max_running=2)
    controller = RemoteProcessThreadController(client)
    replies = [controller.launch_process(Doubles, [{"number": number}]) for number in range(30)]
    assert [resolve(reply) for reply in replies] == [{"double": 2 * number} for number in range(30)]


# --- Identifiers ------------------------------------------------------------------------------------------------------


def test_pids_must_differ(there: LoopThread, wrapped: Any) -> None:
    first = there.call(Waits, pid=1, loop=there.loop, communicator=wrapped)
    with pytest.raises(kiwipy.DuplicateSubscriberIdentifier):
        there.call(Waits, pid="1", loop=there.loop, communicator=wrapped)
    assert resolve(RemoteProcessThreadController(wrapped).get_status(1))["pid"] == "1"
    there.call(first.close)


def test_a_process_that_runs_here_can_not_be_continued_here_too(
    worker: Worker, client: Any, persister: Any, there: LoopThread
) -> None:
    process = start(there, worker.communicator, 1)
    persister.save_checkpoint(process)
    with pytest.raises(kiwipy.RemoteException, match="1"):
        resolve(RemoteProcessThreadController(client).continue_process(1))
    assert resolve(RemoteProcessThreadController(client).kill_process(1)) is True
    assert process.killed()


# --- Leaks ------------------------------------------------------------------------------------------------------------


def queues_of(communicator: Any) -> Set[str]:
    """The names of all queues that the connection of a communicator has declared."""
    connection = communicator._communicator._connection
    channels = connection._RobustConnection__channels
    return {name for channel in channels for name in channel._queues}


def exists(uri: str, queue: str) -> bool:
    """Ask the broker for a queue without making it."""
    import aio_pika
    from aiormq.exceptions import ChannelLockedResource

    async def ask() -> bool:
        connection = await aio_pika.connect(uri)
        try:
            channel = await connection.channel()
            await channel.declare_queue(queue, passive=True)
        except aio_pika.exceptions.ChannelNotFoundEntity:
            return False
        except ChannelLockedResource:
            return True  # it belongs to another connection alone
        finally:
            await connection.close()
        return True

    return bool(run(ask()))


def test_processes_share_queues_and_channels(there: LoopThread, communicator: Any) -> None:
    """plumpy declares a queue for each process."""
    processes = [there.call(Waits, pid=pid, loop=there.loop, communicator=communicator) for pid in range(100)]
    tell(communicator)
    queues = queues_of(communicator)
    assert len(queues) == 3  # RPCs, broadcasts, replies
    channels = len(communicator._communicator._connection._RobustConnection__channels)
    assert channels == 2
    for process in processes:
        there.call(process.close)
    tell(communicator)
    assert queues_of(communicator) == queues
    assert dispatcher_of(communicator).link._bound == set()
    assert len(dispatcher_of(communicator).link._queue._bindings) == 0


def test_nothing_is_left_at_the_broker(there: LoopThread, amqp_uri: str, connect: Connect) -> None:
    communicator = connect(amqp_uri)
    start(there, communicator, 1)
    tell(communicator)
    queues = queues_of(communicator)
    assert all(exists(amqp_uri, queue) for queue in queues)
    communicator.close()
    assert not any(exists(amqp_uri, queue) for queue in queues)


def test_nothing_is_left_in_the_interpreter(
    there: LoopThread, amqp_uri: str, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(threading.enumerate())
    communicator = connect(amqp_uri)
    loop = communicator.loop()
    processes = [start(there, communicator, pid) for pid in range(20)]
    kill(*processes)
    link = dispatcher_of(communicator).link
    communicator.close()
    assert link.outbox.empty
    assert link._pump_task.done()
    assert loop.is_closed()
    eventually(lambda: set(threading.enumerate()) <= before)
    del loop, link
    with caplog.at_level(logging.WARNING):
        gc.collect()
    assert [record.message for record in caplog.records if "it is pending" in record.message] == []


def test_closing_flushes(there: LoopThread, amqp_uri: str, connect: Connect, client: Any) -> None:
    heard = Heard(client)
    communicator = connect(amqp_uri)

    async def main() -> None:
        for pid in range(30):
            await Doubles(pid=pid, communicator=communicator).step_until_terminated()

    there.run(main())
    communicator.close()
    eventually(lambda: len(heard.calls) == 90)


def test_closing_while_processes_change_their_states(
    there: LoopThread, amqp_uri: str, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    communicator = connect(amqp_uri)
    running = threading.Event()

    async def main() -> None:
        for pid in range(300):
            await Doubles(pid=pid, communicator=communicator).step_until_terminated()
            running.set()
            await asyncio.sleep(0)

    lives = there.submit(main())
    assert running.wait(PATIENCE)
    closes = [threading.Thread(target=communicator.close, daemon=True) for _ in range(3)]
    for close in closes:
        close.start()
    for close in closes:
        close.join(PATIENCE)
    lives.result(PATIENCE)
    assert communicator.is_closed()
    assert not pending(communicator)
    gc.collect()
    texts = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [text for text in texts if "told" not in text] == []
