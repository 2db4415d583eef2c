"""Processes: what they know, how they are run, and what they leave behind.

Numbers of defects are those of section 4 of the specification. Hooks, interrupts and messages have files of their own.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import textwrap
import threading
import uuid
import weakref
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import kiwipy
import pytest

import plumpy_compat as plumpy
from plumpy_compat import Process, ProcessState
from plumpy_compat.process import core
from tests.runtime.helpers import LoopErrors, ended, own_loop, run, turns, until


class Waits(Process):
    def run(self) -> Any:
        return plumpy.Wait(self.then, "a message")

    def then(self, value: Any = None) -> Any:
        return value


class Fails(Process):
    def run(self) -> None:
        raise ValueError("x")


class Unsuccessful(Process):
    def run(self) -> Any:
        return plumpy.UnsuccessfulResult(42)


class Adds(Process):
    """Adds up."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("a", valid_type=int, default=1)
        spec.input("b", valid_type=int, default=2)
        spec.output("sum", valid_type=int)

    def run(self) -> None:
        self.out("sum", self.inputs.a + self.inputs.b)


# --- What a class knows -----------------------------------------------------------------------------------------------


def test_a_spec_is_made_once_for_each_class():
    class Derived(Adds):
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.input("c")

    assert Adds.spec() is Adds.spec()
    assert Derived.spec() is not Adds.spec()
    assert Derived.spec().has_input("c")
    assert not Adds.spec().has_input("c")


def test_a_define_that_forgets_its_super_is_told():
    class Forgets(Process):
        @classmethod
        def define(cls, spec: Any) -> None:
            pass

    for _ in range(2):
        with pytest.raises(AssertionError, match=r"^Process.define\(\) was not called by .*Forgets.*\nHint: "):
            Forgets.spec()


def test_an_error_in_define_comes_out_and_the_next_call_tries_again():
    """Defect 4.2: in plumpy an AttributeError may hide it."""

    class Fragile(Process):
        broken = True

        @classmethod
        def define(cls, spec: Any) -> None:
            if cls.broken:
                raise KeyError("the real error")
            super().define(spec)

    with pytest.raises(KeyError, match="the real error"):
        Fragile.spec()
    Fragile.broken = False
    assert Fragile.spec() is Fragile.spec()


def test_an_error_of_the_class_of_the_spec_comes_out():
    class NoSpec(Process):
        @staticmethod
        def _spec_class() -> Any:
            raise KeyError("no spec")

    with pytest.raises(KeyError, match="no spec"):
        NoSpec.spec()


def test_the_spec_is_sealed_by_the_first_process():
    with own_loop():
        Adds()
    with pytest.raises(RuntimeError):
        Adds.spec().input("late")


def test_the_description_of_a_class():
    class Undocumented(Adds):
        pass

    assert Adds.get_name() == "Adds"
    description = Adds.get_description()
    assert description["description"] == "Adds up."
    assert description["spec"] == Adds.spec().get_description()
    assert "description" not in Undocumented.get_description()


def test_the_states_of_a_class_can_be_replaced():
    class Mine(plumpy.process_states.Waiting):
        pass

    class Replaced(Process):
        @classmethod
        def get_state_classes(cls) -> Dict[Any, Any]:
            return {**super().get_state_classes(), ProcessState.WAITING: Mine}

    assert Replaced.get_states()[0] is plumpy.Created
    assert set(Replaced.get_states()) == {
        plumpy.Created, plumpy.Running, Mine, plumpy.Finished, plumpy.Excepted, plumpy.Killed
    }  # fmt: skip
    assert Replaced.get_state_class(ProcessState.WAITING) is Mine


# --- What a process knows ---------------------------------------------------------------------------------------------


def test_a_new_process():
    with own_loop() as loop:
        process = Adds({"a": 5}, pid="pid")
        assert process.pid == "pid"
        assert isinstance(process.uuid, uuid.UUID)
        assert process.state is ProcessState.CREATED
        assert dict(process.raw_inputs) == {"a": 5}
        assert dict(process.inputs) == {"a": 5, "b": 2}
        assert process.outputs == {}
        assert process.loop is loop
        assert process.creation_time is not None
        assert process.status is None
        assert not process.paused
        assert not process.has_terminated()
        assert str(process) == "<Adds> (ProcessState.CREATED)"


def test_a_process_without_pid_has_its_uuid():
    with own_loop():
        process = Process()
        assert process.pid is process.uuid
        assert process.raw_inputs is None


def test_the_inputs_given_are_left_alone():
    given = {"a": 5}
    with own_loop():
        Adds(given)
    assert given == {"a": 5}


def test_loggers(caplog: pytest.LogCaptureFixture):
    mine, other = logging.getLogger("mine"), logging.getLogger("other")
    with own_loop(), caplog.at_level(logging.INFO):
        assert Process().logger.name == "plumpy.processes"
        process = Process(pid="pid", logger=mine)
        assert process.logger is mine
        process.set_logger(other)
        process.log_with_pid(logging.INFO, "a message, 100 %")
    assert [(record.name, record.getMessage()) for record in caplog.records] == [("other", "pid: a message, 100 %")]


def created() -> Any:
    return Process()


def finished() -> Any:
    process = Adds()
    process.execute()
    return process


def unsuccessful() -> Any:
    process = Unsuccessful()
    process.execute()
    return process


def excepted() -> Any:
    process = Fails()
    with pytest.raises(ValueError, match="x"):
        process.execute()
    return process


def killed() -> Any:
    process = Process()
    process.kill("why")
    return process


# made by: result, successful(), is_successful, killed, is_excepted, terminated; a class stands for what is raised
KNOWN = {
    created: (plumpy.InvalidStateError, plumpy.InvalidStateError, False, False, False, False),
    finished: (None, True, True, False, False, True),
    unsuccessful: (42, False, False, False, False, True),
    excepted: (ValueError, plumpy.InvalidStateError, False, False, True, True),
    killed: (plumpy.KilledError, plumpy.InvalidStateError, False, True, False, True),
}


@pytest.mark.parametrize("make", KNOWN, ids=lambda make: make.__name__)
def test_what_a_process_tells_of_its_end(make: Callable[[], Any]):
    result, successful, is_successful, was_killed, is_excepted, terminated = KNOWN[make]
    with own_loop():
        process = make()
        for expected, ask in ((result, process.result), (successful, process.successful)):
            if isinstance(expected, type):
                with pytest.raises(expected):
                    ask()
            else:
                assert ask() == expected
        assert process.is_successful is is_successful
        assert process.killed() is was_killed
        assert process.is_excepted is is_excepted
        assert (process.exception() is not None) is is_excepted
        assert process.has_terminated() is terminated
        assert process.future().done() is terminated
        with pytest.warns(DeprecationWarning, match="use `has_terminated` instead"):
            assert process.done() is terminated
        if was_killed:
            assert process.killed_msg() == "why"
        else:
            with pytest.raises(plumpy.InvalidStateError, match=r"^Has not been killed$"):
                process.killed_msg()


def test_the_status_info():
    with own_loop():
        process = Process(pid=17)
        process.set_status("busy")
        info: Dict[str, Any] = {"kept": 1}
        process.get_status_info(info)
        assert info == {
            "kept": 1,
            "ctime": process.creation_time,
            "paused": False,
            "process_string": "<Process> (ProcessState.CREATED)",
            "state": "ProcessState.CREATED",
            "status": "busy",
            "pid": "17",
        }


def test_a_process_may_fail_with_what_a_future_can_not_take():
    class Stops(Process):
        async def run(self) -> None:
            raise RuntimeError

        def on_exit_running(self) -> None:
            super().on_exit_running()

    with own_loop():
        process = Process()
        process.fail(StopIteration("odd"))
        assert isinstance(process.exception(), StopIteration)
        with pytest.raises(RuntimeError, match="StopIteration") as caught:
            process.future().result()
        assert caught.value.__cause__ is process.exception()


def test_the_traceback_of_a_failed_step_begins_with_the_step():
    with own_loop():
        trace = excepted()._state.get_exc_info()[2]
    assert trace.tb_frame.f_code is Fails.run.__code__


# --- Outputs ----------------------------------------------------------------------------------------------------------


class HasOutputs(Process):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.output("plain", valid_type=int, required=False)
        spec.output("space.inner", valid_type=int, required=False)
        spec.output_namespace("free", dynamic=True, required=False)
        spec.output_namespace("numbers", valid_type=int, required=False)


@pytest.mark.parametrize(
    ("port", "value", "outputs"),
    [
        ("plain", 1, {"plain": 1}),
        ("space.inner", 1, {"space": {"inner": 1}}),
        ("free.any", "x", {"free": {"any": "x"}}),
        ("free.a.b.c", "x", {"free": {"a": {"b": {"c": "x"}}}}),
        ("numbers.one", 1, {"numbers": {"one": 1}}),
        ("numbers.a.b", 1, {"numbers": {"a": {"b": 1}}}),
    ],
)
def test_an_output_is_stored_where_its_name_says(port: str, value: Any, outputs: Any):
    with own_loop():
        process = HasOutputs()
        before = HasOutputs.spec().get_description()
        process.out(port, value)
        assert process.outputs == outputs
        # Defect 4.2: plumpy 0.22 to 0.26.0 made the missing namespaces in the spec of the class.
        assert HasOutputs.spec().get_description() == before


@pytest.mark.parametrize(
    ("port", "value", "text"),
    [
        ("plain", "x", "Error validating output 'x' for port 'plain': value 'plain' is not of the right type"),
        ("unknown", 1, "Error validating output '1' for port 'outputs': Unexpected ports"),
        ("space.unknown", 1, "Unexpected ports"),
        ("unknown.inner", 1, "port 'unknown' does not exist in port namespace 'outputs'"),
        ("numbers.one", "x", "Error validating output 'x' for port 'numbers.one'"),
        ("numbers.a.b", "x", "Error validating output 'x'"),
    ],
)
def test_an_output_that_does_not_fit_is_refused(port: str, value: Any, text: str):
    with own_loop():
        process = HasOutputs()
        with pytest.raises(ValueError, match="^.*" + text):
            process.out(port, value)
        assert process.outputs == {}


def test_a_closed_process_has_no_outputs():
    with own_loop():
        process = HasOutputs()
        process.close()
        for call in (lambda: process.out("plain", 1), process.execute, lambda: process.launch(Process)):
            with pytest.raises(plumpy.ClosedError, match=r"^Process is closed$"):
                call()


def test_outputs_are_the_result_of_execute():
    with own_loop():
        assert Adds({"a": 3}).execute() == {"sum": 5}


# --- Running ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["function", "coroutine function", "coroutine", "wrapped"])
def test_a_step_may_be_a_function_or_a_coroutine_function(kind: str):
    async def later() -> str:
        await asyncio.sleep(0)
        return "result"

    class Runs(Process):
        if kind == "function":

            def run(self) -> str:
                return "result"

        elif kind == "coroutine function":

            async def run(self) -> str:
                return await later()

        elif kind == "coroutine":

            def run(self) -> Any:
                return later()

        else:

            def run(self) -> Any:
                return plumpy.sync_await(later())

    with own_loop():
        process = Runs()
        process.execute()
        assert process.result() == "result"


def test_a_process_is_executed_once():
    with own_loop():
        process = finished()
        with pytest.raises(plumpy.ClosedError):
            process.execute()


def test_a_process_is_driven_by_one_at_a_time():
    async def scenario() -> None:
        process = Waits()
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is ProcessState.WAITING)
        for other in (process.step_until_terminated, process.step):
            with pytest.raises(RuntimeError, match="is being run already"):
                await other()
        assert process.state is ProcessState.WAITING
        process.resume(1)
        await task
        assert process.result() == 1

    run(scenario())


def test_step_by_step():
    async def scenario() -> None:
        process = Waits()
        states = []
        for _ in range(2):
            await process.step()
            states.append(process.state)
        process.resume(5)
        for _ in range(2):
            await process.step()
            states.append(process.state)
        assert [state.value for state in states] == ["running", "waiting", "running", "finished"]
        assert process.result() == 5
        with pytest.raises(plumpy.ClosedError):
            await process.step()
        await process.step_until_terminated()  # there is nothing left to do

    run(scenario())


def test_a_step_of_an_ended_process_that_is_open_is_an_error():
    async def scenario() -> None:
        process = Process()
        await process.step_until_terminated()
        process._closed = False
        with pytest.raises(AssertionError, match=r"^Cannot step, already terminated$"):
            await process.step()

    run(scenario())


def test_a_step_of_a_paused_process_waits_for_it_to_be_played():
    async def scenario() -> None:
        process = Process()
        process.pause()
        task = asyncio.ensure_future(process.step())
        await turns()
        assert process.state is ProcessState.CREATED
        process.play()
        await task
        assert process.state is ProcessState.RUNNING

    run(scenario())


def test_running_a_process_is_a_coroutine():
    with own_loop():
        process = Process()
        assert asyncio.iscoroutinefunction(process.step_until_terminated)
        coroutine = process.step_until_terminated()
        assert asyncio.iscoroutine(coroutine)
        coroutine.close()
        assert not process.has_terminated()


@pytest.mark.parametrize("wrapper", ["ensure_future", "gather", "wait_for", "create_task", "await"])
def test_a_run_can_be_waited_for_in_any_way(wrapper: str):
    async def scenario() -> None:
        process = Adds()
        coroutine = process.step_until_terminated()
        if wrapper == "ensure_future":
            await asyncio.ensure_future(coroutine)
        elif wrapper == "gather":
            await asyncio.gather(coroutine, asyncio.sleep(0))
        elif wrapper == "wait_for":
            await asyncio.wait_for(coroutine, 5)
        elif wrapper == "create_task":
            await process.loop.create_task(coroutine)
        else:
            await coroutine
        assert process.future().result() == {"sum": 3}

    run(scenario(), debug=True)


def test_a_run_that_is_dropped_leaves_the_process_as_it_is():
    async def scenario() -> None:
        process = Waits()
        coroutine = process.step_until_terminated()
        coroutine.send(None)
        assert process.state is ProcessState.WAITING
        coroutine.close()
        assert process.state is ProcessState.WAITING
        assert process._run is None
        process.resume(1)
        await process.step_until_terminated()
        assert process.result() == 1

    run(scenario())


def test_a_timeout_around_a_run_leaves_the_process_to_be_run_again():
    async def scenario() -> None:
        process = Waits()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(process.step_until_terminated(), 0.01)
        assert process.state is ProcessState.WAITING
        process.resume(1)
        await process.step_until_terminated()
        assert process.result() == 1

    run(scenario())


# --- Nesting (4.7) ----------------------------------------------------------------------------------------------------


class Nested(Process):
    """Executes another one like it, until the depth is reached."""

    deepest = 0

    def __init__(self, depth: int, asynchronous: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.depth = depth
        self.asynchronous = asynchronous

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.output("depth")

    async def run(self) -> None:
        if self.asynchronous:
            await asyncio.sleep(0)
        inner = type(self)(self.depth - 1, self.asynchronous).execute()["depth"] if self.depth else 0
        self.out("depth", inner + 1)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["at once", "after an await"])
def test_processes_are_nested_to_any_depth(asynchronous: bool):
    """Defect 4.7: plumpy raises RecursionError at a depth of 100."""
    with own_loop():
        assert Nested(200, asynchronous).execute() == {"depth": 201}


def test_nested_processes_in_plain_steps():
    class Plain(Nested):
        def run(self) -> None:  # type: ignore[override]
            inner = Plain(self.depth - 1).execute()["depth"] if self.depth else 0
            self.out("depth", inner + 1)

    with own_loop():
        assert Plain(200).execute() == {"depth": 201}


def test_nested_processes_may_have_a_loop_of_their_own():
    """tornado 4 allowed a loop within a running one, and the runners of its time made use of it."""

    class Own(Nested):
        def run(self) -> None:  # type: ignore[override]
            running = asyncio.get_running_loop()
            loop = asyncio.new_event_loop()
            try:
                inner = Nested(1, True, loop=loop).execute()["depth"]
            finally:
                loop.close()
            assert asyncio.get_running_loop() is running
            self.out("depth", inner)

    with own_loop():
        assert Own(0).execute() == {"depth": 2}


def test_many_processes_that_each_execute_one():
    """Defect 4.7"""

    async def scenario() -> Any:
        processes = [Nested(1) for _ in range(200)]
        await asyncio.gather(*(process.step_until_terminated() for process in processes))
        return [process.future().result()["depth"] for process in processes]

    assert run(scenario()) == [2] * 200


def test_a_nested_process_shares_the_loop_with_everything_else():
    log: List[str] = []

    class Inner(Process):
        async def run(self) -> None:
            log.append("inner begins")
            await self.loop.create_task(other())
            log.append("inner ends")

    class Outer(Process):
        def run(self) -> None:
            Inner().execute()
            log.append("outer ends")

    async def other() -> None:
        log.append("other")

    with own_loop():
        Outer().execute()
    assert log == ["inner begins", "other", "inner ends", "outer ends"]


def test_an_error_of_a_nested_process_comes_out_of_execute():
    caught: List[Any] = []

    class Outer(Process):
        def run(self) -> None:
            try:
                Fails().execute()
            except ValueError as error:
                caught.append(error)

    with own_loop():
        Outer().execute()
    assert str(caught[0]) == "x"


def test_execute_in_a_running_loop_needs_a_portal():
    async def scenario() -> None:
        process = Process()
        with pytest.raises(RuntimeError, match="no greenback portal"):
            process.execute()
        await process.step_until_terminated()
        assert process.is_successful

    run(scenario())


def test_execute_in_a_running_loop_after_ensure_portal():
    async def scenario() -> Any:
        await plumpy.ensure_portal()
        return Adds().execute()

    assert run(scenario()) == {"sum": 3}


def test_execute_of_a_process_whose_loop_runs_in_another_thread():
    with own_loop() as loop:
        process = Process()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        while not loop.is_running():
            pass
        with pytest.raises(RuntimeError, match="another thread"):
            process.execute()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def test_awaiting_another_process_in_a_step():
    class Outer(Process):
        async def run(self) -> Any:
            inner = Adds()
            await inner.step_until_terminated()
            return inner.outputs["sum"], Process.current() is self

    with own_loop():
        process = Outer()
        process.execute()
        assert process.result() == (3, True)


# --- The current process ----------------------------------------------------------------------------------------------


def test_the_current_process_is_the_one_whose_step_runs():
    seen: List[Any] = []

    class Inner(Process):
        def run(self) -> None:
            seen.append(Process.current())

    class Outer(Process):
        async def run(self) -> None:
            seen.append(Process.current())
            self.inner = Inner()
            self.inner.execute()
            seen.append(Process.current())
            await asyncio.sleep(0)
            seen.append(Process.current())
            await asyncio.ensure_future(self.task())

        async def task(self) -> None:
            seen.append(Process.current())

    with own_loop():
        process = Outer()
        assert Process.current() is None
        process.execute()
        assert Process.current() is None
    assert seen == [process, process.inner, process, process, process]


def test_processes_that_run_at_once_do_not_see_each_other():
    wrong: List[Any] = []

    class Checks(Process):
        async def run(self) -> None:
            for _ in range(5):
                if Process.current() is not self:
                    wrong.append(self)
                await asyncio.sleep(0)

    async def scenario() -> None:
        await asyncio.gather(*(Checks().step_until_terminated() for _ in range(20)))

    run(scenario())
    assert wrong == []


def test_a_callback_of_a_process_knows_it_and_its_context_does_not_keep_it():
    """Defect 4.4: in plumpy contexts that are captured in a step keep the process alive."""
    contexts: List[Any] = []
    seen: List[Any] = []

    class Captures(Process):
        def run(self) -> None:
            import contextvars

            contexts.append(contextvars.copy_context())

    with own_loop():
        process = Captures()
        process.execute()
        assert contexts[0].run(Process.current) is process
        reference = weakref.ref(process)
        del process
        gc.collect()
        assert reference() is None
        seen.append(contexts[0].run(Process.current))
    assert seen == [None]


def test_a_chain_of_launches_does_not_grow_contexts():
    """Defect 4.4: in plumpy the stack gets longer with each launch from a launched process."""
    lengths: List[int] = []

    class Chained(Process):
        def run(self) -> None:
            lengths.append(len(core.PROCESS_STACK.get()))
            assert Process.current() is self
            if len(lengths) < 20:
                self.launch(Chained)

    async def scenario() -> None:
        await Chained().step_until_terminated()
        await until(lambda: len(lengths) == 20)

    run(scenario())
    assert set(lengths) == {1}


def test_the_scope_of_a_process():
    with own_loop():
        process = Process()
        with process._process_scope():
            assert Process.current() is process
        assert Process.current() is None
        assert core.PROCESS_STACK.get() == ()


# --- Fairness (4.8) ---------------------------------------------------------------------------------------------------


def test_a_process_that_never_suspends_lets_others_have_turns():
    """Defect 4.8: in plumpy another task gets 2 turns in 2,000 steps."""
    steps, others = 2000, []

    class Busy(Process):
        count = 0

        def run(self) -> Any:
            self.count += 1
            return plumpy.Continue(self.run) if self.count < steps else None

    async def other(process: Any) -> None:
        while not process.has_terminated():
            others.append(process.count)
            await asyncio.sleep(0)

    async def scenario() -> None:
        process = Busy()
        await asyncio.gather(process.step_until_terminated(), other(process))
        assert process.count == steps

    run(scenario())
    gaps = [after - before for before, after in zip(others, others[1:])]
    assert max(gaps) <= 50


def test_a_busy_process_can_be_killed():
    class Busy(Process):
        def run(self) -> Any:
            return plumpy.Continue(self.run)

    async def scenario() -> None:
        process = Busy()
        task = asyncio.ensure_future(process.step_until_terminated())
        await turns(3)
        process.kill("enough")
        await task
        assert process.killed()

    run(scenario())


# --- Memory (4.4) -----------------------------------------------------------------------------------------------------


class Thing:
    """Something that only the process knows."""


async def finish(process: Any) -> None:
    await process.step_until_terminated()


async def resume(process: Any) -> None:
    task = asyncio.ensure_future(process.step_until_terminated())
    await until(lambda: process.state is ProcessState.WAITING)
    await turns()
    process.resume(1)
    await task


async def kill(process: Any) -> None:
    task = asyncio.ensure_future(process.step_until_terminated())
    await until(lambda: process.state is ProcessState.WAITING)
    await turns()
    process.pause()
    await turns()
    process.kill()
    await task


async def force(process: Any) -> None:
    task = asyncio.ensure_future(process.step_until_terminated())
    await until(lambda: process.state is ProcessState.RUNNING)
    await turns()
    process.kill(force_kill=True)
    await task


async def kill_unstarted(process: Any) -> None:
    process.kill()


class Sleeps(Process):
    async def run(self) -> None:
        await asyncio.sleep(3600)


class Schedules(Process):
    def run(self) -> None:
        self.call_soon(self.callback)
        self.launch(Process)

    def callback(self) -> None:
        pass


class Chain(plumpy.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outline(cls.first, plumpy.while_(cls.again)(cls.second))

    def first(self) -> Any:
        self.ctx.count = 0
        future = self.loop.create_future()
        self.loop.call_soon(future.set_result, 5)
        return plumpy.ToContext(future=future)

    def again(self) -> bool:
        return self.ctx.count < 2

    def second(self) -> None:
        self.ctx.count += 1


LIVES = {
    "finished": (Adds, finish),
    "waited": (Waits, resume),
    "paused and killed": (Waits, kill),
    "killed by force": (Sleeps, force),
    "killed unrun": (Process, kill_unstarted),
    "with callbacks": (Schedules, finish),
    "work chain": (Chain, finish),
    "unsuccessful": (Unsuccessful, finish),
}


@pytest.mark.parametrize("watched", [False, True], ids=["", "watched"])
@pytest.mark.parametrize("communicator", [False, True], ids=["alone", "communicator"])
@pytest.mark.parametrize("life", LIVES)
def test_a_closed_process_is_gone_without_the_garbage_collector(life: str, communicator: bool, watched: bool):
    """Defect 4.4: in plumpy each ended process is a reference cycle."""
    process_class, live = LIVES[life]
    shared = kiwipy.LocalCommunicator() if communicator else None

    async def scenario() -> Any:
        process = process_class(communicator=shared)
        process.thing = Thing()
        references = [weakref.ref(process), weakref.ref(process.thing)]
        if watched:
            process.future()
        await live(process)
        return references

    async def checked() -> None:
        references = await scenario()
        await turns()
        assert [reference() for reference in references] == [None, None]

    gc.collect()
    gc.disable()
    try:
        run(checked())
    finally:
        gc.enable()


def test_an_excepted_process_is_gone_after_a_collection():
    """Its error knows the frames, which know the process: that cycle is Python's own."""

    async def scenario() -> Any:
        process = Fails()
        process.future().add_done_callback(lambda done: done.exception())
        await process.step_until_terminated()
        return weakref.ref(process)

    async def checked() -> None:
        reference = await scenario()
        await turns()
        gc.collect()
        assert reference() is None

    run(checked())


def test_a_process_that_waits_is_gone_with_its_loop():
    with own_loop() as loop:
        process = Waits()
        coroutine = process.step_until_terminated()
        task = loop.create_task(coroutine)
        loop.run_until_complete(turns())
        assert process.state is ProcessState.WAITING
        reference = weakref.ref(process)
        task.cancel()
        loop.run_until_complete(turns())
        del process, coroutine, task
        gc.collect()
        assert reference() is None


# --- Loops that aren't current (4.5) ----------------------------------------------------------------------------------


def test_a_process_runs_on_its_own_loop_whichever_is_current():
    """Defect 4.5: in plumpy the futures of an action, a pause and a wait belong to the current loop."""
    with own_loop(current=False) as loop:
        process = Waits(loop=loop)
        other = asyncio.new_event_loop()
        asyncio.set_event_loop(other)
        try:
            assert process.future().get_loop() is loop
            assert process.pause() is True
            assert process._paused.get_loop() is loop
            process.play()
            task = loop.create_task(process.step_until_terminated())
            loop.run_until_complete(turns())
            pausing = process.pause()
            assert pausing.get_loop() is loop
            assert loop.run_until_complete(pausing) is True
            process.play()
            process.resume(4)
            loop.run_until_complete(task)
            assert process.result() == 4
        finally:
            other.close()


def test_a_process_executes_on_a_loop_that_is_not_current():
    with own_loop(current=False) as loop:
        assert Adds(loop=loop).execute() == {"sum": 3}


def test_a_launched_process_is_on_the_loop_of_its_parent():
    class Parent(Process):
        def run(self) -> None:
            self.child = self.launch(Adds, {"a": 4}, pid="child")

    communicator = kiwipy.LocalCommunicator()

    async def scenario() -> None:
        process = Parent(communicator=communicator)
        await process.step_until_terminated()
        await ended(process.child)
        assert process.child.loop is process.loop
        assert process.child._communicator is communicator
        assert process.child.pid == "child"
        assert process.child.outputs == {"sum": 6}

    run(scenario())


# --- Messages, in one interpreter -------------------------------------------------------------------------------------


def test_a_process_behind_a_wrapped_local_communicator():
    """Defects 4.1 #14, #15: in plumpy the first broadcast fails, and a controller gets a future for an answer."""
    subjects: List[str] = []
    local = kiwipy.LocalCommunicator()
    local.add_broadcast_subscriber(lambda _comm, body, sender, subject, correlation_id: subjects.append(subject))

    async def scenario() -> None:
        communicator = plumpy.wrap_communicator(local, asyncio.get_running_loop())
        process = Waits(pid="pid", communicator=communicator)
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is ProcessState.WAITING)
        await turns()
        controller = plumpy.RemoteProcessController(communicator)
        assert await controller.pause_process("pid", msg_text="lull") is True
        assert (await controller.get_status("pid"))["status"] == "lull"
        assert await controller.play_process("pid") is True
        assert await controller.kill_process("pid", msg_text="why") is True
        await task
        assert process.killed_msg() == "why"

    run(scenario(), debug=True)
    assert subjects == [
        "state_changed.None.created",
        "state_changed.created.running",
        "state_changed.running.waiting",
        "state_changed.waiting.killed",
    ]


def test_a_request_from_another_thread_is_answered_on_an_idle_loop():
    """Defect 4.5: in plumpy the answer may wait for somebody else to wake the loop."""
    local = kiwipy.LocalCommunicator()
    answers: List[Any] = []

    def ask(pid: str) -> None:
        controller = plumpy.RemoteProcessThreadController(local)
        for request in (controller.pause_process, controller.play_process, controller.kill_process):
            answers.append(plumpy.futures.unwrap_kiwi_future(request(pid)).result(timeout=20))

    async def scenario() -> None:
        process = Waits(pid="pid", communicator=local)
        task = asyncio.ensure_future(process.step_until_terminated())
        await until(lambda: process.state is ProcessState.WAITING)
        thread = threading.Thread(target=ask, args=("pid",))
        thread.start()
        await task
        await asyncio.get_running_loop().run_in_executor(None, thread.join)

    run(scenario(), debug=True)
    assert answers == [True, True, True]


@pytest.mark.parametrize("loop_runs", [True, False])
def test_a_request_whose_callback_is_cancelled_is_answered(loop_runs: bool):
    """Defect 4.1 #10"""

    async def scenario() -> None:
        process = Waits()
        awaited = process.loop.create_future()
        answer = await process.loop.run_in_executor(None, process._schedule_rpc, lambda: awaited)
        await turns()
        awaited.cancel()
        await until(answer.done)
        assert answer.cancelled() or isinstance(answer.exception(), (asyncio.CancelledError, plumpy.CancelledError))

    run(scenario())


def test_a_message_that_nobody_understands():
    async def scenario() -> None:
        process = Waits()
        with pytest.raises(RuntimeError, match=r"^Unknown intent$"):
            process.message_receive(None, {"intent": "dance"})
        assert process.broadcast_receive(None, None, None, "dance", None) is None

    run(scenario())


@pytest.mark.parametrize("body", ["why", {"message": "why"}, None])
def test_broadcasts_of_any_release_are_understood(body: Any):
    async def scenario() -> None:
        process = Waits()
        assert process.broadcast_receive(None, body, None, "pause", None) is True
        assert process.status == (None if body is None else "why")
        assert process.broadcast_receive(None, None, None, "play", None) is True
        assert process.broadcast_receive(None, body=body, subject="kill") is True
        assert process.killed()

    run(scenario())


def test_an_error_in_a_request_says_where_and_why():
    class Refuses(Waits):
        def play(self) -> bool:
            raise ValueError("won't play")

    async def scenario() -> None:
        process = Refuses()
        with pytest.raises(RuntimeError) as caught:
            process.message_receive(None, {"intent": "play"})
        text = str(caught.value)
        assert text.startswith("Error invoking callback 'play' at ")
        assert "Exception: ValueError: won't play" in text
        assert "Full Traceback:\nTraceback" in text
        assert isinstance(caught.value.__cause__, ValueError)

    run(scenario())


def test_a_broker_that_does_not_answer_does_not_keep_a_process_from_being(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def no_answer(*_: Any, **__: Any) -> None:
        raise kiwipy.TimeoutError

    local = kiwipy.LocalCommunicator()
    monkeypatch.setattr(local, "add_rpc_subscriber", no_answer)
    with own_loop():
        process = Adds(communicator=local)
        assert process.execute() == {"sum": 3}
    assert "the broker did not answer" in caplog.text


def test_two_processes_with_one_pid_can_not_be_told_apart():
    local = kiwipy.LocalCommunicator()
    with own_loop():
        Process(pid="pid", communicator=local)
        with pytest.raises(kiwipy.DuplicateSubscriberIdentifier):
            Process(pid="pid", communicator=local)


# --- Without assertions -----------------------------------------------------------------------------------------------


def test_the_checks_of_the_protocol_survive_python_o():
    """Defect 4.2: in plumpy they are `assert` statements."""
    program = """
        import asyncio
        import plumpy_compat as plumpy

        asyncio.set_event_loop(asyncio.new_event_loop())

        class Forgets(plumpy.Process):
            def on_run(self):
                pass

        class NoDefine(plumpy.Process):
            @classmethod
            def define(cls, spec):
                pass

        def raises(kind, function):
            try:
                function()
            except kind:
                return True
            return False

        process = plumpy.Process()
        ended = plumpy.Process()
        ended.execute()
        ended._closed = False
        both = [plumpy.Created, plumpy.Created]
        double = type("Double", (plumpy.base.StateMachine,), {"STATES": both})
        checks = {
            "hook": raises(AssertionError, Forgets().execute),
            "direct call of a hook": raises(AssertionError, process.on_run),
            "define": raises(AssertionError, NoDefine.spec),
            "listener": raises(AssertionError, lambda: process.add_process_listener(process)),
            "kind of listener": raises(AssertionError, lambda: process.add_process_listener(3)),
            "duplicate label": raises(AssertionError, double.get_states_map),
            "ended": raises(AssertionError, lambda: process.loop.run_until_complete(ended.step())),
            "outline": raises(AssertionError, plumpy.WorkChainSpec().get_outline),
        }
        if __debug__:
            checks["optimised"] = False
        print(sorted(name for name, told in checks.items() if not told))
    """
    told = subprocess.run(
        [sys.executable, "-O", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=str(Path(__file__).parents[2]),
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == "[]"


# --- Small things -----------------------------------------------------------------------------------------------------


def test_the_connection_error_of_the_broker_is_where_aiida_looks_for_it():
    from aio_pika.exceptions import ConnectionClosed

    from plumpy_compat import processes

    assert processes.ConnectionClosed is ConnectionClosed
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        processes.Nothing  # noqa: B018


def test_running_a_callback_in_the_scope_of_a_process():
    async def scenario() -> None:
        process = Process()
        assert await process._run_task(lambda a, b: (a, b, Process.current()), 1, b=2) == (1, 2, process)
        with pytest.raises(ValueError, match="x"):
            await process._run_task(Fails.run, process)

    run(scenario())


def test_a_cancelled_task_of_a_process_logs_nothing():
    async def scenario() -> Optional[Any]:
        errors = LoopErrors()
        process = Waits()
        task = asyncio.ensure_future(process.step_until_terminated())
        await turns()
        task.cancel()
        await asyncio.wait([task])
        del task, process
        gc.collect()
        await turns()
        return errors.contexts

    assert run(scenario()) == []
