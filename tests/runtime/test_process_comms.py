"""Messages, controllers and the launcher, with communicators that live in this interpreter."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Optional

import kiwipy
import pytest

import plumpy_compat
from plumpy_compat import ProcessState, communications, process_comms
from plumpy_compat.process_comms import (
    MessageBuilder,
    ProcessLauncher,
    RemoteProcessController,
    RemoteProcessThreadController,
    create_continue_body,
    create_create_body,
    create_launch_body,
)
from tests.runtime.helpers import LoopErrors, LoopThread, eventually, resolve, run, turns, until
from tests.runtime.processes import Doubles, Waits


class Sleeps(plumpy_compat.Process):
    """Has a step that takes until it's told to end, or it's cancelled."""

    def init(self) -> None:
        super().init()
        self.woken = asyncio.Event()

    async def run(self) -> None:
        await self.woken.wait()


class Fails(plumpy_compat.Process):
    def run(self) -> None:
        raise ValueError("it failed")


class Bare(plumpy_compat.Process):
    """Takes no loop and no communicator."""

    def __init__(self, pid: Any = None) -> None:
        super().__init__(pid=pid)


# --- Messages ---------------------------------------------------------------------------------------------------------


def test_message_builder() -> None:
    assert MessageBuilder.play() == {"intent": "play", "message": None}
    assert MessageBuilder.pause("why") == {"intent": "pause", "message": "why"}
    assert MessageBuilder.kill("why", force_kill=True) == {"intent": "kill", "message": "why", "force_kill": True}
    assert MessageBuilder.kill() == {"intent": "kill", "message": None, "force_kill": False}
    assert MessageBuilder.status() == {"intent": "status", "message": None}


def test_old_messages() -> None:
    intents = ("PLAY", "PAUSE", "KILL", "STATUS")
    assert [getattr(process_comms, f"{name}_MSG") for name in intents] == [{"intent": name.lower()} for name in intents]
    assert process_comms.MESSAGE_KEY == process_comms.MESSAGE_TEXT_KEY == "message"


def test_bodies_of_tasks() -> None:
    name = plumpy_compat.get_object_loader().identify_object(Doubles)
    assert create_launch_body(Doubles, (1,), {"a": 2}, True, nowait=False) == {
        "task": "launch",
        "args": {"process_class": name, "persist": True, "nowait": False, "init_args": (1,), "init_kwargs": {"a": 2}},
    }
    assert create_launch_body(Doubles)["args"] == {
        "process_class": name,
        "persist": False,
        "nowait": True,
        "init_args": None,
        "init_kwargs": None,
    }
    assert create_continue_body(pid=5) == {"task": "continue", "args": {"pid": 5, "nowait": False, "tag": None}}
    assert create_continue_body(5, "tag", True)["args"] == {"pid": 5, "nowait": True, "tag": "tag"}
    assert create_create_body(Doubles, persist=True) == {
        "task": "create",
        "args": {"process_class": name, "persist": True, "init_args": None, "init_kwargs": None},
    }


TEXTS = [(None, None), ("why", "why"), ({"message": "why"}, "why"), ({}, None)]


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize(
    "message",
    [{"intent": "pause"}, {"intent": "pause", "message": "why"}, MessageBuilder.pause("why"), MessageBuilder.pause()],
)
def test_pause_rpc(local: kiwipy.LocalCommunicator, message: Dict[str, Any], paused: bool) -> None:
    async def main() -> None:
        process = Waits(pid=1, communicator=local)
        if paused:
            process.pause("why")
        assert await reply(local, message) is True
        assert process.paused
        assert process.status == ("why" if paused else message.get("message"))
        process.kill()

    run(main(), debug=True)


@pytest.mark.parametrize("message", [{"intent": "play"}, MessageBuilder.play()])
def test_play_rpc(local: kiwipy.LocalCommunicator, message: Dict[str, Any]) -> None:
    async def main() -> None:
        process = Waits(pid=1, communicator=local)
        process.pause()
        assert await reply(local, message) is True
        assert not process.paused
        process.kill()

    run(main(), debug=True)


@pytest.mark.parametrize(
    "message",
    [
        {"intent": "kill"},
        {"intent": "kill", "message": "why"},
        {"intent": "kill", "force_kill": True},
        MessageBuilder.kill("why", force_kill=True),
        MessageBuilder.kill(),
    ],
)
def test_kill_rpc(local: kiwipy.LocalCommunicator, message: Dict[str, Any]) -> None:
    async def main() -> None:
        process = Sleeps(pid=1, communicator=local)
        task = asyncio.ensure_future(process.step_until_terminated())
        await turns()
        assert await reply(local, message) is True
        await task
        assert process.killed_msg() == message.get("message")
        assert process.killed_msg()["force_kill"] is message.get("force_kill", False)

    run(main(), debug=True)


@pytest.mark.parametrize("message", [{"intent": "status"}, MessageBuilder.status(), MessageBuilder.status("why")])
def test_status_rpc(local: kiwipy.LocalCommunicator, message: Dict[str, Any]) -> None:
    async def main() -> None:
        process = Waits(pid=1, communicator=local)
        status = await reply(local, message)
        assert status == {
            "ctime": process.creation_time,
            "paused": False,
            "process_string": str(process),
            "state": "ProcessState.CREATED",
            "status": None,
            "pid": "1",
        }

    run(main(), debug=True)


async def reply(communicator: Any, message: Any) -> Any:
    """Send an RPC to process 1, and wait for what comes out in the end."""
    future = communicator.rpc_send("1", message)
    while isinstance(future, kiwipy.Future):
        future = await asyncio.wrap_future(future)
    return future


def test_unknown_intent(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        Waits(pid=1, communicator=local)
        with pytest.raises(RuntimeError, match=r"^Unknown intent$"):
            await reply(local, {"intent": "dance"})
        with pytest.raises(KeyError):
            await reply(local, {})

    run(main(), debug=True)


def test_error_of_what_was_asked_for_says_where(local: kiwipy.LocalCommunicator) -> None:
    class CannotPause(Waits):
        def on_pausing(self, msg: Optional[str] = None) -> None:
            super().on_pausing(msg)
            raise ValueError("not now")

    async def main() -> None:
        CannotPause(pid=1, communicator=local)
        with pytest.raises(RuntimeError) as error:
            await reply(local, {"intent": "pause"})
        text = str(error.value)
        assert text.startswith("Error invoking callback 'pause' at ")
        assert "\nException: ValueError: not now\n\nFull Traceback:\nTraceback" in text

    run(main(), debug=True)


@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize(("body", "text"), TEXTS)
def test_pause_and_kill_broadcasts(
    local: kiwipy.LocalCommunicator, body: Any, text: Optional[str], by_name: bool
) -> None:
    class Positional(kiwipy.LocalCommunicator):
        def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> Any:
            for subscriber in self._broadcast_subscribers.values():
                subscriber(self, body, sender, subject, correlation_id)

    communicator = local if by_name else Positional()

    async def main() -> None:
        process = Waits(communicator=communicator)
        communicator.broadcast_send(body, subject="pause")
        await until(lambda: process.paused)
        assert process.status == text
        communicator.broadcast_send(body, subject="play")
        await until(lambda: not process.paused)
        communicator.broadcast_send(body, subject="kill")
        await until(process.has_terminated)
        assert process.killed_msg() == text

    run(main(), debug=True)


def test_forced_kill_broadcast(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        process = Sleeps(communicator=local)
        task = asyncio.ensure_future(process.step_until_terminated())
        await turns()
        local.broadcast_send(MessageBuilder.kill("why", force_kill=True), subject="kill")
        await task
        assert process.killed_msg() == MessageBuilder.kill("why", force_kill=True)

    run(main(), debug=True)


@pytest.mark.parametrize("name", ["msg", "body"])
def test_broadcast_receive_takes_the_old_and_the_new_name(name: str) -> None:
    async def main() -> None:
        process = Waits()
        assert process.broadcast_receive(None, **{name: "why"}, subject="pause") is True
        assert process.status == "why"

    run(main(), debug=True)


def test_message_receive_in_another_thread(there: LoopThread) -> None:
    """As a raw communicator calls it."""
    process = there.call(Waits, loop=there.loop)
    assert resolve(process.message_receive(None, {"intent": "pause", "message": "why"})) is True
    assert resolve(process.message_receive(None, {"intent": "status"}))["paused"] is True
    assert resolve(process.broadcast_receive(None, None, None, "kill", None)) is True
    assert process.killed()


# --- Controllers ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["plain", "for the loop", "wrapped twice"])
def communicator(request: pytest.FixtureRequest, there: LoopThread, local: kiwipy.LocalCommunicator) -> Any:
    """What processes have: replies go through more futures the more it's wrapped."""
    result: Any = local
    for _ in range(["plain", "for the loop", "wrapped twice"].index(request.param)):
        result = communications.LoopCommunicator(result, there.loop)
    return result


@pytest.fixture
def process(there: LoopThread, communicator: Any) -> plumpy_compat.Process:
    made: plumpy_compat.Process = there.call(Waits, pid=1, loop=there.loop, communicator=communicator)
    there.submit(made.step_until_terminated())
    eventually(lambda: made.state is ProcessState.WAITING)
    return made


def test_thread_controller(process: Waits, communicator: Any) -> None:
    controller = RemoteProcessThreadController(communicator)
    assert resolve(controller.pause_process(1, "why")) is True
    status = resolve(controller.get_status(1))
    assert (status["paused"], status["status"]) == (True, "why")
    assert resolve(controller.play_process(1)) is True
    assert not process.paused
    assert resolve(controller.kill_process(1, "enough")) is True
    assert process.killed_msg() == "enough"


def test_controller(process: Waits, communicator: Any) -> None:
    """It gives plain values, however deep the replies are nested."""

    async def main() -> None:
        controller = RemoteProcessController(communicator)
        assert await controller.pause_process(1, "why") is True
        status = await controller.get_status(1)
        assert (status["paused"], status["status"]) == (True, "why")
        assert await controller.play_process(1) is True
        assert not process.paused
        assert await controller.kill_process(1, "enough", force_kill=True) is True
        assert process.killed_msg()["force_kill"] is True

    run(main(), debug=True)


def test_controller_on_the_loop_of_the_process(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        process = Sleeps(pid=1, communicator=communications.LoopCommunicator(local))
        controller = RemoteProcessController(local)
        assert (await controller.get_status(1))["state"] == "ProcessState.CREATED"
        task = asyncio.ensure_future(process.step_until_terminated())
        await turns()
        assert await controller.kill_process(1) is True
        await task

    run(main(), debug=True)


@pytest.mark.parametrize("how", [{"msg": "why"}, {"msg_text": "why"}, {"msg": MessageBuilder.pause("why")}])
def test_text_by_the_old_and_the_new_name(process: Waits, communicator: Any, how: Dict[str, Any]) -> None:
    controller = RemoteProcessThreadController(communicator)
    assert resolve(controller.pause_process(1, **how)) is True
    assert process.status == "why"
    assert resolve(controller.kill_process(1, **how)) is True
    assert process.killed_msg() == "why"


@pytest.mark.parametrize("message", [MessageBuilder.kill("why"), {"message": "why"}, MessageBuilder.pause("why")])
def test_kill_with_a_message(process: Waits, communicator: Any, message: Any) -> None:
    """The method says what is asked for, and that it's forced, whatever is in the message."""
    answer = RemoteProcessThreadController(communicator).kill_process(1, message, force_kill=True)
    assert resolve(answer) is True
    assert process.killed_msg() == MessageBuilder.kill("why", force_kill=True)


@pytest.mark.parametrize("how", [{"msg": "why"}, {"msg_text": "why"}, {}])
def test_all_processes(there: LoopThread, communicator: Any, how: Dict[str, Any]) -> None:
    processes = [there.call(Waits, loop=there.loop, communicator=communicator) for _ in range(3)]
    controller = RemoteProcessThreadController(communicator)
    assert controller.pause_all(**how) is None
    eventually(lambda: all(process.paused for process in processes))
    assert [process.status for process in processes] == [how.get("msg", how.get("msg_text"))] * 3
    assert controller.play_all() is None
    eventually(lambda: not any(process.paused for process in processes))
    assert controller.kill_all(**how) is None
    eventually(lambda: all(process.killed() for process in processes))
    assert [process.killed_msg() for process in processes] == [how.get("msg", how.get("msg_text"))] * 3


@pytest.mark.parametrize("pid", [2, "nobody"])
def test_nobody_there(local: kiwipy.LocalCommunicator, pid: Any) -> None:
    async def main() -> None:
        with pytest.raises(kiwipy.UnroutableError):
            await RemoteProcessController(local).get_status(pid)

    with pytest.raises(kiwipy.UnroutableError):
        RemoteProcessThreadController(local).kill_process(pid)
    run(main())


def test_reply_to_a_kill_waits_for_the_step(there: LoopThread, communicator: Any) -> None:
    class Stubborn(plumpy_compat.Process):
        async def run(self) -> None:
            self.released = asyncio.get_running_loop().create_future()
            try:
                await asyncio.shield(self.released)
            except asyncio.CancelledError:
                await self.released

    process = there.call(Stubborn, pid=1, loop=there.loop, communicator=communicator)
    there.submit(process.step_until_terminated())
    eventually(lambda: hasattr(process, "released"))
    answer = RemoteProcessThreadController(communicator).kill_process(1)
    eventually(lambda: there.call(lambda: process.is_killing))
    there.call(process.released.set_result, None)
    assert resolve(answer) is True


# --- The launcher -----------------------------------------------------------------------------------------------------


class Worker:
    """A launcher on a loop in another thread, and controllers for it."""

    def __init__(self, there: LoopThread, local: kiwipy.LocalCommunicator, **options: Any) -> None:
        self.there = there
        self.communicator = communications.LoopCommunicator(local, there.loop)
        self.persister = options.setdefault("persister", plumpy_compat.InMemoryPersister())
        self.launcher = ProcessLauncher(loop=there.loop, **options)
        self.communicator.add_task_subscriber(self.launcher)
        self.threads = RemoteProcessThreadController(local)
        self.coroutines = RemoteProcessController(local)


@pytest.fixture
def worker(there: LoopThread, local: kiwipy.LocalCommunicator) -> Worker:
    return Worker(there, local)


def launched(worker: Worker, how: str, *args: Any, **kwargs: Any) -> Any:
    """Ask for something through one of the controllers, and give the outcome."""
    if how == "threads":
        return resolve(getattr(worker.threads, args[0])(*args[1:], **kwargs))
    return run(getattr(worker.coroutines, args[0])(*args[1:], **kwargs), debug=True)


HOW = pytest.mark.parametrize("how", ["threads", "coroutines"])


@HOW
def test_launch(worker: Worker, how: str) -> None:
    inputs = {"inputs": {"number": 4}}
    assert launched(worker, how, "launch_process", Doubles, init_kwargs=inputs) == {"double": 8}
    assert launched(worker, how, "launch_process", Doubles, init_args=({"number": 5}, 77)) == {"double": 10}


@HOW
def test_launch_without_waiting(worker: Worker, how: str) -> None:
    pid = launched(worker, how, "launch_process", Waits, init_kwargs={"pid": 5}, nowait=True)
    assert pid == 5
    assert resolve(worker.threads.get_status(5))["pid"] == "5"
    assert resolve(worker.threads.kill_process(5)) is True


@HOW
def test_launch_with_a_checkpoint(worker: Worker, how: str) -> None:
    outputs = launched(worker, how, "launch_process", Doubles, init_kwargs={"pid": 5}, persist=True)
    assert outputs == {"double": 2}
    assert [checkpoint.pid for checkpoint in worker.persister.get_checkpoints()] == [5]


@HOW
@pytest.mark.parametrize("nowait", [False, True])
def test_continue(worker: Worker, how: str, nowait: bool) -> None:
    pid = resolve(worker.threads.task_send(create_create_body(Doubles, init_kwargs={"pid": 5}, persist=True)))
    assert pid == 5
    assert launched(worker, how, "continue_process", pid, nowait=nowait) == (5 if nowait else {"double": 2})


@HOW
def test_continue_from_a_checkpoint_with_a_tag(worker: Worker, how: str) -> None:
    process = worker.there.call(Doubles, {"number": 7}, 5, loop=worker.there.loop)
    worker.persister.save_checkpoint(process, "tag")
    assert launched(worker, how, "continue_process", 5, tag="tag") == {"double": 14}


@HOW
@pytest.mark.parametrize("nowait", [False, True])
def test_execute(worker: Worker, how: str, nowait: bool) -> None:
    outcome = launched(worker, how, "execute_process", Doubles, init_kwargs={"pid": 5}, nowait=nowait)
    assert outcome == (5 if nowait else {"double": 2})


@HOW
def test_no_reply(worker: Worker, how: str) -> None:
    """plumpy's controllers fail when nobody wants a reply."""
    done: List[Any] = []
    worker.communicator.add_broadcast_subscriber(
        kiwipy.BroadcastFilter(lambda _comm, **parts: done.append(parts["sender"]), subject="state_changed.*.finished")
    )
    assert launched(worker, how, "launch_process", Doubles, init_kwargs={"pid": 1}, no_reply=True) is None
    assert launched(worker, how, "execute_process", Doubles, init_kwargs={"pid": 2}, no_reply=True) is None
    resolve(worker.threads.task_send(create_create_body(Doubles, init_kwargs={"pid": 3}, persist=True)))
    assert launched(worker, how, "continue_process", 3, no_reply=True) is None
    eventually(lambda: len(done) == 3)
    assert sorted(done) == [1, 2, 3]


def test_created_process_waits_and_can_be_reached(worker: Worker) -> None:
    assert resolve(worker.threads.task_send(create_create_body(Waits, init_kwargs={"pid": 5}))) == 5
    assert resolve(worker.threads.get_status(5))["state"] == "ProcessState.CREATED"
    assert resolve(worker.threads.kill_process(5)) is True


def test_created_process_with_a_checkpoint_is_for_others(worker: Worker) -> None:
    assert resolve(worker.threads.task_send(create_create_body(Waits, init_kwargs={"pid": 5}, persist=True))) == 5
    with pytest.raises(kiwipy.UnroutableError):
        worker.threads.get_status(5)
    assert resolve(worker.threads.continue_process(5, nowait=True)) == 5
    assert resolve(worker.threads.kill_process(5)) is True


def test_processes_get_loop_and_communicator(worker: Worker) -> None:
    made: List[plumpy_compat.Process] = []

    class Keeps(plumpy_compat.InMemoryPersister):
        def save_checkpoint(self, process: Any, tag: Any = None) -> Any:
            made.append(process)
            return super().save_checkpoint(process, tag)

    worker.launcher._persister = Keeps()
    resolve(worker.threads.launch_process(Doubles, persist=True))
    assert made[0].loop is worker.there.loop
    assert made[0]._communicator is worker.communicator


def test_what_the_task_says_goes_first(worker: Worker) -> None:
    assert resolve(worker.threads.launch_process(Doubles, init_kwargs={"communicator": None})) == {"double": 2}
    assert resolve(worker.threads.launch_process(Waits, init_kwargs={"communicator": None, "pid": 5}, nowait=True)) == 5
    with pytest.raises(kiwipy.UnroutableError):
        worker.threads.get_status(5)


def test_class_that_takes_no_communicator(worker: Worker) -> None:
    assert resolve(worker.threads.launch_process(Bare)) == {}


def test_load_context_goes_first(there: LoopThread, local: kiwipy.LocalCommunicator) -> None:
    other = kiwipy.LocalCommunicator()
    context = plumpy_compat.LoadSaveContext(communicator=other)
    worker = Worker(there, local, load_context=context)
    resolve(worker.threads.task_send(create_create_body(Waits, init_kwargs={"pid": 5}, persist=True)))
    assert resolve(worker.threads.continue_process(5, nowait=True)) == 5
    assert resolve(RemoteProcessThreadController(other).kill_process(5)) is True


def test_called_without_a_communicator() -> None:
    """As the tests of plumpy do."""

    async def main() -> None:
        persister = plumpy_compat.InMemoryPersister()
        launcher = ProcessLauncher(persister=persister)
        process = Doubles()
        persister.save_checkpoint(process)
        body = create_continue_body(process.pid)
        assert await launcher._continue(None, **body["args"]) == {"double": 2}

    run(main(), debug=True)


class NamesBackwards(plumpy_compat.DefaultObjectLoader):
    def identify_object(self, obj: Any) -> str:
        return str(super().identify_object(obj))[::-1]

    def load_object(self, identifier: str) -> Any:
        return super().load_object(identifier[::-1])


def test_what_is_launched_must_be_a_process(worker: Worker) -> None:
    body = create_launch_body(Doubles, init_args=["true"], nowait=False)
    body["args"]["process_class"] = "os:system"
    with pytest.raises(Exception, match="'os:system', which the task asks to be launched, is no class of processes"):
        resolve(worker.threads.task_send(body))


def test_own_loader(there: LoopThread, local: kiwipy.LocalCommunicator) -> None:
    loader = NamesBackwards()
    worker = Worker(there, local, loader=loader, persister=plumpy_compat.InMemoryPersister(loader))
    body = create_launch_body(Doubles, nowait=False, loader=loader)
    assert body["args"]["process_class"].startswith("selbuoD")
    assert resolve(worker.threads.task_send(body)) == {"double": 2}
    assert resolve(worker.threads.execute_process(Doubles, loader=loader)) == {"double": 2}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (create_continue_body(5), "Cannot continue process, no persister"),
        (create_launch_body(Doubles, persist=True), "Cannot persist process, no persister"),
        (create_create_body(Doubles, persist=True), "Cannot persist process, no persister"),
        ({"task": "dance", "args": {}}, "Unknown task 'dance'"),
    ],
)
def test_rejected_tasks(there: LoopThread, local: kiwipy.LocalCommunicator, body: Any, text: str) -> None:
    worker = Worker(there, local, persister=None)
    with pytest.raises(kiwipy.TaskRejected, match=f"^{text}$"):
        resolve(worker.threads.task_send(body))


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        "launch",
        {"task": "launch"},
        {"task": "launch", "args": {"process_class": "nothing.at:all", "persist": False, "nowait": True}},
        {"task": "launch", "args": {"surprise": 1}},
        {"task": "continue", "args": {"pid": "nobody", "nowait": True}},
        create_launch_body(Doubles, init_kwargs={"inputs": {"surprise": 1}}),
        create_launch_body(Doubles, init_kwargs={"surprise": 1}),
        create_launch_body(Doubles, init_args=(1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_poisoned_tasks(worker: Worker, body: Any) -> None:
    """Who sent it gets an error; it isn't rejected, or it would go round for ever. The worker takes the next."""
    with pytest.raises(Exception) as error:  # noqa: PT011
        resolve(worker.threads.task_send(body))
    assert not isinstance(error.value, kiwipy.TaskRejected)
    assert resolve(worker.threads.launch_process(Doubles)) == {"double": 2}


def test_process_that_fails(worker: Worker) -> None:
    with pytest.raises(ValueError, match="it failed"):
        resolve(worker.threads.launch_process(Fails))
    assert resolve(worker.threads.launch_process(Fails, init_kwargs={"pid": 5}, nowait=True)) == 5


def test_process_that_is_killed(worker: Worker) -> None:
    answer = worker.threads.launch_process(Waits, init_kwargs={"pid": 5})
    eventually(lambda: "5" in process_comms.dispatcher.dispatcher_of(worker.communicator))
    assert resolve(worker.threads.kill_process(5, "enough")) is True
    with pytest.raises(plumpy_compat.KilledError, match="enough"):
        resolve(answer)


def test_paused_process_that_is_killed_is_answered(worker: Worker) -> None:
    """plumpy leaves the task with the worker for ever."""
    answer = worker.threads.launch_process(Waits, init_kwargs={"pid": 5})
    eventually(lambda: "5" in process_comms.dispatcher.dispatcher_of(worker.communicator))
    assert resolve(worker.threads.pause_process(5)) is True
    assert resolve(worker.threads.kill_process(5)) is True
    with pytest.raises(plumpy_compat.KilledError):
        resolve(answer)


@pytest.mark.parametrize("most", [0, -1])
def test_limit_must_be_positive(most: int) -> None:
    with pytest.raises(ValueError, match=f"max_running must be at least 1, or None for any number, got {most}"):
        ProcessLauncher(max_running=most)


@pytest.mark.parametrize("nowait", [False, True])
def test_limit_of_running_processes(there: LoopThread, local: kiwipy.LocalCommunicator, nowait: bool) -> None:
    worker = Worker(there, local, max_running=2)
    replies = [worker.threads.launch_process(Waits, init_kwargs={"pid": pid}, nowait=nowait) for pid in range(4)]

    def states() -> List[str]:
        return [resolve(worker.threads.get_status(pid))["state"].partition(".")[2] for pid in range(4)]

    eventually(lambda: all(str(pid) in process_comms.dispatcher.dispatcher_of(local) for pid in range(4)))
    eventually(lambda: states() == ["WAITING", "WAITING", "CREATED", "CREATED"])
    assert resolve(worker.threads.kill_process(0)) is True
    eventually(lambda: resolve(worker.threads.get_status(2))["state"] == "ProcessState.WAITING")
    assert resolve(worker.threads.get_status(3))["state"] == "ProcessState.CREATED"
    # Who waits for its turn can be killed too, and takes nobody's place.
    assert resolve(worker.threads.kill_process(3)) is True
    for pid in (1, 2):
        assert resolve(worker.threads.kill_process(pid)) is True
    for pid, answer in enumerate(replies):
        if nowait:
            assert resolve(answer) == pid
        else:
            with pytest.raises(plumpy_compat.KilledError):
                resolve(answer)


def test_many_launches_with_a_limit(there: LoopThread, local: kiwipy.LocalCommunicator) -> None:
    worker = Worker(there, local, max_running=3)
    replies = [worker.threads.launch_process(Doubles, [{"number": number}]) for number in range(200)]
    assert [resolve(answer) for answer in replies] == [{"double": 2 * number} for number in range(200)]


def test_cancelled_task_gives_its_place_back(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        errors = LoopErrors()
        launcher = ProcessLauncher(max_running=1)
        communicator = communications.LoopCommunicator(local)
        first = asyncio.ensure_future(launcher(communicator, create_launch_body(Sleeps, nowait=False)))
        await turns()
        second = asyncio.ensure_future(launcher(communicator, create_launch_body(Doubles, nowait=False)))
        await turns()
        assert not second.done()
        first.cancel()
        assert await second == {"double": 2}
        await asyncio.wait([first])
        assert first.cancelled()
        assert errors.contexts == []

    run(main(), debug=True)


def test_exports() -> None:
    assert set(process_comms.__all__) == {
        "MessageBuilder",
        "ProcessLauncher",
        "RemoteProcessController",
        "RemoteProcessThreadController",
        "create_continue_body",
        "create_launch_body",
    }
