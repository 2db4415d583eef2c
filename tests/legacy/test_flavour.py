"""Processes of the legacy flavour: how they start, what they wait for, how they are steered, saved and mixed."""

from __future__ import annotations

import asyncio
import concurrent.futures
import pickle
from typing import Any, Callable, Iterator, List

import kiwipy
import pytest
import yaml

import plumpy_compat as modern
import plumpy_compat.legacy as plumpy
from plumpy_compat.legacy import awaiting, loops

pytestmark = pytest.mark.filterwarnings("ignore::plumpy_compat.legacy.PlumpyCompatDeprecationWarning")

if loops.TORNADO is not None:
    from tornado import gen

needs_tornado = pytest.mark.skipif(loops.TORNADO is None, reason="tornado isn't installed")


@pytest.fixture(autouse=True)
def loop() -> Iterator[Any]:
    own = plumpy.new_event_loop()
    yield own
    own.close()
    plumpy.set_event_loop(None)


class Trivial(plumpy.Process):
    def run(self) -> int:
        return 1


class Ask(plumpy.Process):
    def run(self) -> Any:
        return plumpy.Wait(self.answered, msg="asks")

    def answered(self, answer: Any = None) -> Any:
        return answer


def coroutine(function: Callable[..., Any]) -> Any:
    """tornado's decorator, where there is one."""
    return gen.coroutine(function) if loops.TORNADO is not None else function


# -- starting ------------------------------------------------------------------------------------------------------


def test_a_process_starts_before_its_loop_does() -> None:
    process = Trivial()
    future = process.step_until_terminated()
    assert future.done()
    assert process.result() == 1


def test_a_process_of_many_steps_ends_before_its_loop_runs() -> None:
    class Many(plumpy.WorkChain):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(*[cls.one] * 100)

        def one(self) -> None:
            self.ctx.count = self.ctx.get("count", 0) + 1

    process = Many()
    assert process.step_until_terminated().done()
    assert process.ctx.count == 100


def test_a_step_starts_at_once() -> None:
    process = Ask()
    process.step()
    assert process.state == plumpy.ProcessState.RUNNING
    process.step()
    assert process.state == plumpy.ProcessState.WAITING


def test_a_loop_runs_what_waits(loop: Any) -> None:
    process = Ask()
    loop.add_callback(process.step_until_terminated)
    loop.call_later(0.01, process.resume, "yes")
    assert loop.run_sync(process.future) == {}
    assert process.result() == "yes"


def test_execute_gives_the_outputs(loop: Any) -> None:
    assert Trivial(loop=loop).execute() == {}


def test_the_loop_of_a_process_is_the_one_that_it_was_given(loop: Any) -> None:
    assert Trivial(loop=loop).loop() is loop
    assert Trivial().loop() is loop
    inner = loops.asyncio_loop(loop)
    assert Trivial(loop=inner).loop() is loop


def test_another_loop_may_run_within_a_step(loop: Any) -> None:
    class Outer(plumpy.Process):
        def run(self) -> Any:
            other = loops.new()
            try:
                inner = Trivial(loop=other)
                inner.execute()
                return inner.result()
            finally:
                other.close()

    process = Outer(loop=loop)
    process.execute()
    assert process.result() == 1


# -- waiting -------------------------------------------------------------------------------------------------------


def run(step: Callable[..., Any], base: Any = plumpy.Process) -> Any:
    """Run a process whose `run` is `step`, and give the process."""
    process = type("Once", (base,), {"run": step})()
    process.execute()
    return process


@needs_tornado
def test_a_step_may_be_a_coroutine_of_tornado() -> None:
    @coroutine
    def step(self: Any) -> Any:
        yield gen.sleep(0.001)
        yield gen.moment
        raise gen.Return(7)

    assert run(step).result() == 7


@needs_tornado
def test_a_coroutine_that_fails_fails_its_process() -> None:
    @coroutine
    def step(self: Any) -> Any:
        yield gen.moment
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        run(step)


@needs_tornado
def test_execute_of_a_state_may_be_a_coroutine_of_tornado() -> None:
    class Running(plumpy.Running):
        @coroutine
        def execute(self) -> Any:
            yield gen.moment
            raise gen.Return(self.create_state(plumpy.ProcessState.FINISHED, "by the state", True))

    class Own(Trivial):
        @classmethod
        def get_state_classes(cls) -> Any:
            return {**super().get_state_classes(), plumpy.ProcessState.RUNNING: Running}

    process = Own()
    process.execute()
    assert process.result() == "by the state"


@needs_tornado
def test_execute_of_the_base_may_be_yielded() -> None:
    class Running(plumpy.Running):
        @coroutine
        def execute(self) -> Any:
            state = yield super().execute()
            raise gen.Return(state)

    class Own(Trivial):
        @classmethod
        def get_state_classes(cls) -> Any:
            return {**super().get_state_classes(), plumpy.ProcessState.RUNNING: Running}

    process = Own()
    process.execute()
    assert process.result() == 1


def test_a_step_may_give_a_future_of_a_thread() -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert run(lambda self: pool.submit(lambda: "from a thread")).result() == "from a thread"


def test_a_step_may_be_an_async_function() -> None:
    async def step(self: Any) -> str:
        await asyncio.sleep(0)
        return "awaited"

    assert run(step).result() == "awaited"


def test_a_callback_may_give_a_list_of_futures(loop: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:

        class Calls(plumpy.Process):
            def run(self) -> Any:
                self.call_soon(lambda: [pool.submit(lambda: None), pool.submit(self.fails)])
                return plumpy.Wait(self.run)

            def fails(self) -> None:
                raise LookupError("in a thread")

        with pytest.raises(LookupError, match="in a thread"):
            Calls(loop=loop).execute()


@needs_tornado
def test_a_callback_may_be_a_coroutine_of_tornado(loop: Any) -> None:
    class Calls(plumpy.Process):
        def run(self) -> Any:
            self.call_soon(self.later)
            return plumpy.Wait(self.done_waiting)

        @coroutine
        def later(self) -> Any:
            yield gen.moment
            self.resume("later")

        def done_waiting(self, value: Any) -> Any:
            return value

    process = Calls(loop=loop)
    process.execute()
    assert process.result() == "later"


@needs_tornado
def test_a_process_is_the_current_one_after_a_yield(loop: Any) -> None:
    seen: List[Any] = []

    class Whoami(plumpy.Process):
        @coroutine
        def run(self) -> Any:
            future = plumpy.Future()
            loop.add_callback(future.set_result, None)
            seen.append(plumpy.Process.current())
            yield future
            seen.append(plumpy.Process.current())
            yield gen.sleep(0)
            seen.append(plumpy.Process.current())

    process, other = Whoami(loop=loop), Whoami(loop=loop)
    loop.add_callback(other.step_until_terminated)
    process.execute()
    loop.run_sync(other.future)
    assert sorted(map(id, seen)) == sorted(map(id, [process, other] * 3))
    assert plumpy.Process.current() is None


@needs_tornado
def test_the_one_who_waits_for_a_process_is_none_itself(loop: Any) -> None:
    process = Ask(loop=loop)

    @coroutine
    def after() -> Any:
        yield process.future()
        raise gen.Return(plumpy.Process.current())

    loop.add_callback(process.step_until_terminated)
    loop.call_later(0.001, process.resume)
    assert loop.run_sync(after) is None


@needs_tornado
def test_futures_of_all_kinds_go_into_the_context(loop: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:

        class Chain(plumpy.WorkChain):
            @classmethod
            def define(cls, spec: Any) -> None:
                super().define(spec)
                spec.outline(cls.begin, cls.end)

            def begin(self) -> Any:
                return plumpy.ToContext(
                    coroutine=self.later(), thread=pool.submit(lambda: 2), process=self.launch(Trivial), plain=4
                )

            @coroutine
            def later(self) -> Any:
                yield gen.moment
                raise gen.Return(1)

            @coroutine
            def end(self) -> Any:
                yield gen.moment
                raise gen.Return([self.ctx.coroutine, self.ctx.thread, self.ctx.process, self.ctx.plain])

        chain = Chain(loop=loop)
        chain.execute()
        assert chain.result() == [1, 2, {}, 4]


# -- steering ------------------------------------------------------------------------------------------------------


@needs_tornado
def test_a_coroutine_of_tornado_ends_before_its_process_is_killed(loop: Any) -> None:
    steps: List[str] = []

    class Slow(plumpy.Process):
        @coroutine
        def run(self) -> Any:
            steps.append("begins")
            yield gen.sleep(0.01)
            steps.append("ends")

    process = Slow(loop=loop)
    loop.add_callback(process.step_until_terminated)
    killed: List[Any] = []
    loop.call_later(0.001, lambda: killed.append(process.kill(msg="enough")))
    with pytest.raises(plumpy.KilledError):
        loop.run_sync(process.future)
    assert steps == ["begins", "ends"]
    assert awaiting.is_future(killed[0])
    assert killed[0].result() is True
    assert process.killed_msg() == "enough"


@needs_tornado
def test_a_coroutine_of_tornado_ends_before_its_process_is_paused(loop: Any) -> None:
    class Slow(plumpy.Process):
        @coroutine
        def run(self) -> Any:
            yield gen.sleep(0.005)
            raise gen.Return(3)

    process = Slow(loop=loop)
    loop.add_callback(process.step_until_terminated)

    @coroutine
    def steer() -> Any:
        yield gen.sleep(0.001)
        paused = yield process.pause(msg="hold on")
        state = (paused, process.paused, process.status)
        process.play()
        yield process.future()
        raise gen.Return(state)

    assert loop.run_sync(steer) == (True, True, "hold on")
    assert process.result() == 3


def test_a_kill_is_told_as_text(loop: Any) -> None:
    told: List[Any] = []

    class Told(Ask):
        def on_kill(self, msg: Any) -> None:
            super().on_kill(msg)
            told.append(msg)

    process = Told(loop=loop)
    process.kill("why not")
    assert told == ["why not"]
    assert type(process.killed_msg()) is str


def test_cancelling_the_future_kills_at_once(loop: Any) -> None:
    process = Ask(loop=loop)
    assert process.future().cancel()
    assert process.killed()


def test_who_waits_for_a_child_knows_its_result_while_it_finishes(loop: Any) -> None:
    seen: List[Any] = []
    process = Trivial(loop=loop)
    process.future().add_done_callback(lambda _: seen.append(process.state))
    process.execute()
    assert seen == [plumpy.ProcessState.FINISHED]


# -- messages ------------------------------------------------------------------------------------------------------


def test_a_status_equals_the_member_and_its_text(loop: Any) -> None:
    status: Any = {}
    Trivial(loop=loop).get_status_info(status)
    assert status["state"] == plumpy.ProcessState.CREATED
    assert status["state"] == "ProcessState.CREATED"
    assert status["state"] != plumpy.ProcessState.RUNNING
    assert status["state_info"] == str(plumpy.ProcessState.CREATED)
    assert yaml.safe_load(yaml.dump(status))["state"] == "ProcessState.CREATED"
    assert type(pickle.loads(pickle.dumps(status["state"]))) is str


def test_a_message_is_answered_by_a_future(loop: Any) -> None:
    communicator = kiwipy.LocalCommunicator()
    process = Ask(loop=loop, communicator=communicator)
    loop.add_callback(process.step_until_terminated)
    status = communicator.rpc_send(str(process.pid), plumpy.STATUS_MSG).result()
    assert status["paused"] is False
    answer = communicator.rpc_send(str(process.pid), plumpy.PAUSE_MSG).result()
    assert loop.run_sync(lambda: answer) is True
    assert process.paused


@needs_tornado
def test_a_coroutine_may_be_a_subscriber(loop: Any) -> None:
    local = kiwipy.LocalCommunicator()
    communicator = plumpy.wrap_communicator(local, loop)
    assert communicator.loop() is loop
    assert plumpy.wrap_communicator(communicator, loop) is communicator

    @coroutine
    def double(_communicator: Any, message: Any) -> Any:
        yield gen.moment
        raise gen.Return(2 * message)

    communicator.add_rpc_subscriber(double, "double")
    assert loop.run_sync(lambda: local.rpc_send("double", 4).result()) == 8


def test_coroutines_control_processes(loop: Any) -> None:
    communicator = plumpy.wrap_communicator(kiwipy.LocalCommunicator(), loop)
    controller = plumpy.RemoteProcessController(communicator)
    process = Ask(loop=loop, communicator=communicator)
    loop.add_callback(process.step_until_terminated)
    assert loop.run_sync(lambda: controller.pause_process(process.pid, msg="wait")) is True
    assert loop.run_sync(lambda: controller.play_process(process.pid)) is True
    assert loop.run_sync(lambda: controller.get_status(process.pid))["paused"] is False
    assert loop.run_sync(lambda: controller.kill_process(process.pid, msg="over")) is True
    assert process.killed_msg() == "over"


def test_a_launcher_is_a_task_subscriber(loop: Any) -> None:
    local = kiwipy.LocalCommunicator()
    communicator = plumpy.wrap_communicator(local, loop)
    launcher = plumpy.ProcessLauncher(loop=loop)
    assert communicator.add_task_subscriber(launcher) is None
    controller = plumpy.RemoteProcessController(communicator)
    assert loop.run_sync(lambda: controller.launch_process(Trivial)) == {}
    communicator.remove_task_subscriber(launcher)


# -- checkpoints ---------------------------------------------------------------------------------------------------


def test_a_checkpoint_continues_in_its_own_flavour(loop: Any) -> None:
    process = Ask(loop=loop)
    process.step()
    process.step()
    saved = plumpy.Bundle(process)
    assert saved["_state"]["!!meta"]["class_name"] == "plumpy.process_states:Waiting"
    loaded = yaml.load(yaml.dump(saved), Loader=yaml.Loader).unbundle(plumpy.LoadSaveContext(loop=loop))
    assert type(loaded._state) is plumpy.Waiting
    assert type(loaded.future()) is plumpy.SavableFuture
    loop.add_callback(loaded.step_until_terminated)
    loop.add_callback(loaded.resume, 5)
    loop.run_sync(loaded.future)
    assert loaded.result() == 5


def test_states_that_were_killed_come_back(loop: Any) -> None:
    process = Ask(loop=loop)
    process.kill("gone")
    loaded = plumpy.Bundle(process).unbundle()
    assert loaded.killed_msg() == "gone"
    with pytest.raises(plumpy.KilledError, match="gone"):
        loaded.future().result()


def test_both_flavours_run_on_one_loop(loop: Any) -> None:
    class Modern(modern.Process):
        def run(self) -> Any:
            return modern.Wait(self.done_waiting)

        def done_waiting(self, value: Any) -> Any:
            return value

    on = loops.asyncio_loop(loop)
    new, old = Modern(loop=on), Ask(loop=loop)
    old.future().add_done_callback(lambda _: new.resume("from the old one"))
    loop.add_callback(old.step_until_terminated)
    loop.add_callback(lambda: on.create_task(new.step_until_terminated()) and None)
    loop.call_later(0.001, old.resume)
    loop.run_sync(lambda: awaiting.started(_wait(new.future()), on))
    assert new.result() == "from the old one"


async def _wait(future: Any) -> Any:
    return await future
