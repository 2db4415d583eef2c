"""Who gets what a communicator brings, with communicators that live in this interpreter."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, List

import kiwipy
import pytest

import plumpy_compat
from plumpy_compat import ProcessState, communications, process_comms
from plumpy_compat.broker.dispatcher import dispatcher_of, pending
from tests.runtime.helpers import LoopErrors, LoopThread, resolve, run, turns, until


class Waits(plumpy_compat.Process):
    """Waits until it's killed."""

    def run(self) -> Any:
        return plumpy_compat.Wait()


class Steps(plumpy_compat.Process):
    """Changes its state five times after its creation."""

    def run(self) -> Any:
        return plumpy_compat.Continue(self.second)

    def second(self) -> Any:
        return plumpy_compat.Continue(self.third)

    def third(self) -> Any:
        return plumpy_compat.Continue(self.last)

    def last(self) -> None:
        pass


class Counting(kiwipy.LocalCommunicator):
    """Counts the calls of its broadcast subscribers."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.sent = 0

    def broadcast_send(self, *args: Any, **kwargs: Any) -> Any:
        self.sent += 1
        return super().broadcast_send(*args, **kwargs)

    def add_broadcast_subscriber(self, subscriber: Any, identifier: Any = None) -> Any:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            return subscriber(*args, **kwargs)

        return super().add_broadcast_subscriber(counted, identifier)


@pytest.mark.parametrize("alive", [1, 1000])
def test_a_change_of_state_costs_the_same_however_many_processes_live(alive: int) -> None:
    """plumpy calls a subscriber for each process that lives; 0.15 even schedules a coroutine for each."""

    async def main() -> None:
        communicator = Counting()
        processes = [Waits(communicator=communicator) for _ in range(alive)]
        process = Steps(communicator=communicator)
        communicator.calls = communicator.sent = 0
        tasks = len(asyncio.all_tasks())
        handed_over: List[Any] = []
        loop = asyncio.get_running_loop()
        call_soon_threadsafe = loop.call_soon_threadsafe

        def note(*args: Any, **kwargs: Any) -> Any:
            handed_over.append(args)
            return call_soon_threadsafe(*args, **kwargs)

        loop.call_soon_threadsafe = note  # type: ignore[assignment, method-assign]
        await process.step_until_terminated()
        assert communicator.sent == 5
        assert communicator.calls == 5
        assert handed_over == []
        assert len(asyncio.all_tasks()) == tasks
        assert len(processes) == alive

    run(main())


def test_one_dispatcher_for_a_communicator_however_it_is_wrapped(
    local: kiwipy.LocalCommunicator, there: LoopThread
) -> None:
    wrapped = communications.wrap_communicator(local, there.loop)
    twice = communications.LoopCommunicator(wrapped, there.loop)
    assert dispatcher_of(local) is dispatcher_of(wrapped) is dispatcher_of(twice)
    assert dispatcher_of(kiwipy.LocalCommunicator()) is not dispatcher_of(local)
    assert not pending(wrapped)


def test_rpcs_go_to_the_process_with_that_pid(local: kiwipy.LocalCommunicator, there: LoopThread) -> None:
    for pid in ("tea", 12):
        there.call(Waits, pid=pid, loop=there.loop, communicator=local)
    for pid in ("tea", "12"):
        assert resolve(local.rpc_send(pid, {"intent": "status"}))["pid"] == pid


def test_pids_must_differ(local: kiwipy.LocalCommunicator) -> None:
    """`init()` lets the error out: aiida-core catches it."""

    async def main() -> None:
        first = Waits(pid=12, communicator=local)
        with pytest.raises(kiwipy.DuplicateSubscriberIdentifier, match="12"):
            Waits(pid="12", communicator=local)
        assert (await asyncio.wrap_future(local.rpc_send("12", {"intent": "status"}).result()))["state"]
        first.close()
        Waits(pid=12, communicator=local).close()

    run(main())


def test_identifier_that_somebody_else_has(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        local.add_rpc_subscriber(lambda *_: "taken", "12")
        with pytest.raises(kiwipy.DuplicateSubscriberIdentifier):
            Waits(pid=12, communicator=local)
        assert local.rpc_send("12", None).result() == "taken"
        assert "12" not in dispatcher_of(local)

    run(main())


def test_a_process_that_ended_takes_no_rpcs(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        process = Steps(pid=12, communicator=local)
        await process.step_until_terminated()
        with pytest.raises(kiwipy.UnroutableError):
            local.rpc_send("12", {"intent": "status"})
        assert "12" not in dispatcher_of(local)

    run(main())


def test_an_rpc_that_comes_too_late_is_refused(local: kiwipy.LocalCommunicator) -> None:
    """It was on its way when the process ended."""
    reply = dispatcher_of(local).receiver("12")(local, {"intent": "status"})
    with pytest.raises(kiwipy.UnroutableError, match="Unknown rpc recipient '12'"):
        reply.result(0)


def test_a_loaded_process_is_reachable(local: kiwipy.LocalCommunicator) -> None:
    async def main() -> None:
        process = Waits(pid=12)
        saved = plumpy_compat.Bundle(process)
        loaded = saved.unbundle(plumpy_compat.LoadSaveContext(communicator=local))
        assert "12" in dispatcher_of(local)
        loaded.close()
        assert "12" not in dispatcher_of(local)

    run(main())


def test_broadcasts_reach_all_processes_on_all_loops(local: kiwipy.LocalCommunicator, there: LoopThread) -> None:
    with LoopThread() as second:
        processes = [
            (thread, thread.call(Waits, loop=thread.loop, communicator=local)) for thread in (there, second, there)
        ]
        runs = [thread.submit(process.step_until_terminated()) for thread, process in processes]
        process_comms.RemoteProcessThreadController(local).kill_all("enough")
        for done, (_, process) in zip(runs, processes):
            done.result(20)
            assert process.killed_msg() == "enough"
        assert second.errors == []


def test_a_broadcast_does_not_stop_at_a_process_that_fails(
    local: kiwipy.LocalCommunicator, caplog: pytest.LogCaptureFixture
) -> None:
    class Refuses(Waits):
        def broadcast_receive(self, *args: Any, **kwargs: Any) -> Any:
            raise ValueError("no")

    async def main() -> None:
        errors = LoopErrors()
        refuses, waits = Refuses(pid="stubborn", communicator=local), Waits(communicator=local)
        tasks = [asyncio.ensure_future(process.step_until_terminated()) for process in (refuses, waits)]
        await turns()
        local.broadcast_send(None, subject="kill")
        await tasks[1]
        assert waits.killed()
        assert refuses.state is ProcessState.WAITING
        refuses.kill()
        await tasks[0]
        assert errors.contexts == []

    with caplog.at_level(logging.ERROR):
        run(main())
    assert [record.message for record in caplog.records] == ["Process<stubborn>: broadcast 'kill' failed"]


def test_broadcast_to_a_closed_loop_is_nothing(local: kiwipy.LocalCommunicator, there: LoopThread) -> None:
    loop = asyncio.new_event_loop()
    Waits(loop=loop, communicator=local)
    loop.close()
    process = there.call(Waits, loop=there.loop, communicator=local)
    running = there.submit(process.step_until_terminated())
    local.broadcast_send(None, subject="kill")
    running.result(20)
    assert process.killed()


def test_state_changes_of_others_are_not_handed_to_processes(local: kiwipy.LocalCommunicator) -> None:
    heard: List[Any] = []

    class Listens(Waits):
        def broadcast_receive(self, _comm: Any, msg: Any, sender: Any, subject: Any, *_: Any) -> None:
            heard.append(subject)

    async def main() -> None:
        Listens(communicator=local)
        for subject in ("state_changed.running.finished", "play", "other", None):
            local.broadcast_send("body", subject=subject)
        await until(lambda: len(heard) == 3)

    run(main())
    assert heard == ["play", "other", None]


def test_a_subscriber_that_fails_does_not_harm_the_process(
    local: kiwipy.LocalCommunicator, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError("no")

    local.add_broadcast_subscriber(fail)

    async def main() -> None:
        process = Steps(communicator=local)
        await process.step_until_terminated()
        assert process.successful()

    run(main())
    assert "a subscriber failed on the broadcast 'state_changed.None.created'" in caplog.text


def test_a_communicator_that_is_closed_meanwhile_does_not_harm_the_process(
    local: kiwipy.LocalCommunicator, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        process = Steps(communicator=local)
        local.close()
        await process.step_until_terminated()
        assert process.successful()

    with caplog.at_level(logging.WARNING):
        run(main())
    assert caplog.records == []


def test_what_broadcasts_say(local: kiwipy.LocalCommunicator) -> None:
    said: List[Any] = []
    local.add_broadcast_subscriber(lambda _comm, **parts: said.append(parts))

    async def main() -> None:
        process = Waits(pid=12, communicator=local)
        task = asyncio.ensure_future(process.step_until_terminated())
        await turns()
        process.kill()
        await task

    run(main())
    changes = ["None.created", "created.running", "running.waiting", "waiting.killed"]
    assert said == [
        {"body": None, "sender": 12, "subject": f"state_changed.{change}", "correlation_id": None} for change in changes
    ]
