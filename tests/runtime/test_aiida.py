"""What aiida-core does with the runtime, done by the small engine of aiida_like.py."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
import uuid
from typing import Any, Callable, List, Optional

import kiwipy
import pytest
import yaml

import plumpy_compat as plumpy
from plumpy_compat import ports
from plumpy_compat.persistence import LoadSaveContext
from plumpy_compat.process_states import ProcessState
from plumpy_compat.utils import AttributesFrozendict
from plumpy_compat.workchains import if_, return_, while_
from tests.runtime import aiida_like as engine
from tests.runtime.helpers import run, until


class Computer:
    """What jobs talk to; tests decide when it answers."""

    def __init__(self) -> None:
        self.calls: List[str] = []
        self.fails = 0
        self.hold: Optional[asyncio.Event] = None
        self.cancelled: List[str] = []

    async def __call__(self, command: str) -> None:
        self.calls.append(command)
        if self.fails:
            self.fails -= 1
            raise engine.TransportError
        if self.hold is not None:
            try:
                await self.hold.wait()
            except asyncio.CancelledError:
                self.cancelled.append(command)
                raise


COMPUTER = Computer()


class Job(engine.Job):
    @staticmethod
    async def computer(command: str) -> None:
        await COMPUTER(command)


@pytest.fixture(autouse=True)
def computer() -> Computer:
    global COMPUTER
    COMPUTER = Computer()
    return COMPUTER


class Local(kiwipy.LocalCommunicator):
    """Keeps the subjects of what is broadcast."""

    def __init__(self) -> None:
        super().__init__()
        self.subjects: List[Any] = []

    def broadcast_send(self, body: Any, sender: Any = None, subject: Any = None, correlation_id: Any = None) -> Any:
        self.subjects.append((sender, subject))
        return super().broadcast_send(body, sender, subject, correlation_id)


def with_runner(scenario: Callable[..., Any]) -> Any:
    """Run `scenario(runner, ...)` with a runner whose communicator is in-process, as a test without arguments."""

    @functools.wraps(scenario)
    def test(**given: Any) -> None:
        async def main() -> None:
            raw = Local()
            loop = asyncio.get_running_loop()
            runner = engine.Runner(loop, engine.Database(), plumpy.wrap_communicator(raw, loop))
            runner.raw = raw
            await scenario(runner, **given)

        run(main())

    del test.__wrapped__
    test.__signature__ = _without_runner(scenario)
    return test


def _without_runner(function: Any) -> Any:
    import inspect

    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def drive(process: Any) -> Any:
    return asyncio.ensure_future(process.step_until_terminated())


def reloaded(runner: Any, pk: int) -> Any:
    bundle = runner.persister.load_checkpoint(pk)
    return bundle.unbundle(LoadSaveContext(loader=engine.EngineLoader(), runner=runner))


# --- Jobs -------------------------------------------------------------------------------------------------------------


@with_runner
async def test_a_job_goes_through_its_states(runner: Any) -> None:
    job = Job({"x": "1"}, runner=runner)
    assert (job.pid, job.uuid, job.inputs.x) == (job.node.pk, job.node.uuid, 1)
    await job.step_until_terminated()
    assert COMPUTER.calls == ["upload", "retrieve"]
    assert job.node.states == ["created", "running", "waiting", "waiting", "running", "finished"]
    assert (job.node.outputs, job.node.exit_status, await job.future()) == ({"y": 2}, 0, {"y": 2})
    assert job.node.checkpoint is None
    subjects = [subject for sender, subject in runner.raw.subjects if sender == job.pid]
    assert subjects == [
        f"state_changed.{before}.{after}" for before, after in zip(["None", *job.node.states], job.node.states)
    ]


@with_runner
async def test_a_job_goes_on_from_the_checkpoint_of_any_state(runner: Any) -> None:
    checkpoints: List[Any] = []

    class Keeper(engine.NodePersister):
        def save_checkpoint(self, process: Any, tag: Optional[str] = None) -> None:
            super().save_checkpoint(process, tag)
            checkpoints.append((process.state, process.node.checkpoint))

    runner.persister = Keeper(runner.database)
    job = Job({"x": 1}, runner=runner)
    await job.step_until_terminated()
    assert [state.value for state, _ in checkpoints] == ["created", "running", "waiting", "waiting", "running"]
    for state, checkpoint in list(checkpoints):
        job.node.checkpoint, job.node.exit_status = checkpoint, None
        again = reloaded(runner, job.pid)
        assert (again.state, again.pid, again.node, again.raw_inputs.x) == (state, job.pid, job.node, 1)
        await again.step_until_terminated()
        assert (again.state, again.outputs, job.node.exit_status) == (ProcessState.FINISHED, {"y": 2}, 0)


@with_runner
async def test_killing_a_job_interrupts_what_its_state_waits_for(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    job = Job({"x": 1}, runner=runner)
    driving = drive(job)
    await until(lambda: COMPUTER.calls)
    state = job._state
    answer = job.kill("enough")
    assert asyncio.isfuture(answer)
    assert state._killing is not None
    assert await answer is True
    await driving
    assert (job.state, job.killed_msg(), job.node.status) == (ProcessState.KILLED, "enough", "enough")
    assert state._killing.result() is True
    assert COMPUTER.cancelled == ["upload"]
    with pytest.raises(plumpy.KilledError):
        job.future().result()


@with_runner
async def test_a_second_kill_takes_the_place_of_the_first(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    job = Job({"x": 1}, runner=runner)
    driving = drive(job)
    await until(lambda: COMPUTER.calls)
    first, second = job.kill("first"), job.kill("second")
    assert await second is True
    with pytest.raises(asyncio.CancelledError):
        await first
    await driving
    assert job.killed_msg() == "second"


@with_runner
async def test_force_kill_of_a_job(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    job = Job({"x": 1}, runner=runner)
    driving = drive(job)
    await until(lambda: COMPUTER.calls)
    assert job.kill("at once", force_kill=True) is True
    assert job.state is ProcessState.KILLED
    await driving


@with_runner
async def test_a_state_pauses_its_process(runner: Any) -> None:
    COMPUTER.fails = 1
    job = Job({"x": 1}, runner=runner)
    driving = drive(job)
    await until(lambda: job.paused)
    assert (job.state, job.status) == (ProcessState.WAITING, "Pausing after upload failed")
    assert (job.node.paused, job.node.status) == (True, "Pausing after upload failed")
    again = reloaded_elsewhere(runner, job)
    assert (again.paused, again.status, again.state) == (True, "Pausing after upload failed", ProcessState.WAITING)
    again.close()
    assert job.play() is True
    await driving
    assert COMPUTER.calls == ["upload", "upload", "retrieve"]
    assert (job.node.exit_status, job.node.paused) == (0, False)


def reloaded_elsewhere(runner: Any, process: Any) -> Any:
    """Load it in another worker, whose communicator isn't that of the first."""
    other = engine.Runner(runner.loop, runner.database, plumpy.wrap_communicator(Local(), runner.loop))
    return reloaded(other, process.pid)


@with_runner
async def test_pausing_a_job_interrupts_its_state_and_play_goes_on(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    job = Job({"x": 1}, runner=runner)
    driving = drive(job)
    await until(lambda: COMPUTER.calls)
    assert await job.pause("a while") is True
    assert (job.paused, job.status, job.state) == (True, "a while", ProcessState.WAITING)
    COMPUTER.hold.set()
    job.play()
    await driving
    assert COMPUTER.calls == ["upload", "upload", "retrieve"]
    assert job.node.exit_status == 0


@with_runner
async def test_outputs_that_are_missing_give_an_exit_status(runner: Any) -> None:
    class Lazy(Job):
        def parse(self, _folder: str) -> Any:
            return 7

    job = Lazy({"x": 1}, runner=runner, enable_persistence=False)
    await job.step_until_terminated()
    assert (job.result(), job.successful(), job.node.exit_status) == (7, False, 11)


@with_runner
async def test_inputs_that_are_wrong_are_refused(runner: Any) -> None:
    with pytest.raises(ValueError, match="required value was not provided for 'x'"):
        Job({}, runner=runner)


# --- Hooks of processes -----------------------------------------------------------------------------------------------


@with_runner
async def test_nobody_is_told_of_an_error_if_on_entered_skips_its_super(runner: Any) -> None:
    class Failing(Job):
        def run(self) -> Any:
            raise RuntimeError("broken")

    listener = Listener()
    job = Failing({"x": 1}, runner=runner, enable_persistence=False)
    job.add_process_listener(listener)
    await job.step_until_terminated()
    assert job.state is ProcessState.EXCEPTED
    assert (job.node.states, job.node.exception) == (["created", "running", "excepted"], "broken")
    with pytest.raises(RuntimeError, match="broken"):
        await job.future()
    assert listener.told == ["running"]
    assert runner.raw.subjects[-1] == (job.pid, "state_changed.created.running")
    with pytest.raises(plumpy.ClosedError):
        job.execute()
    with pytest.raises(kiwipy.UnroutableError):
        runner.raw.rpc_send(str(job.pid), {"intent": "status"})


class Listener(plumpy.ProcessListener):
    def __init__(self) -> None:
        super().__init__()
        self.told: List[str] = []

    def on_process_running(self, process: Any) -> None:
        self.told.append("running")

    def on_process_excepted(self, process: Any, reason: str) -> None:
        self.told.append(reason)


@with_runner
async def test_the_state_may_be_assigned_while_the_process_is_created(runner: Any) -> None:
    class Cached(Job):
        cached_from = {"y": 5}  # noqa: RUF012

    job = Cached({"x": 1}, runner=runner, enable_persistence=False)
    assert (job.state, job.outputs) == (ProcessState.CREATED, {"y": 5})
    assert job.node.states == ["created"]
    assert not job.has_terminated()


@with_runner
async def test_rpcs_reach_the_pid_that_on_create_assigned(runner: Any) -> None:
    job = Job({"x": 1}, runner=runner)
    controller = plumpy.RemoteProcessController(runner.communicator)
    status = await controller.get_status(job.node.pk)
    assert status["state"] == "ProcessState.CREATED"
    assert await controller.pause_process(job.node.pk, "by rpc") is True
    assert (job.paused, job.node.status) == (True, "by rpc")
    assert await controller.play_process(job.node.pk) is True
    assert await controller.kill_process(job.node.pk, "by rpc") is True


@with_runner
async def test_init_tells_that_another_worker_has_the_process(runner: Any) -> None:
    job = Job({"x": 1}, runner=runner)
    with pytest.raises(kiwipy.DuplicateSubscriberIdentifier):
        reloaded(runner, job.pid)
    assert job.state is ProcessState.CREATED


@with_runner
async def test_the_node_logs_for_its_process(runner: Any) -> None:
    job = Job({"x": 1}, runner=runner)
    assert job.logger is job.node.logger
    job.close()
    assert reloaded(runner, job.pid).logger is job.node.logger
    mine = logging.getLogger("mine")
    assert Job({"x": 1}, logger=mine, runner=runner).logger is mine


@with_runner
async def test_an_error_in_a_hook_of_an_output_excepts(runner: Any) -> None:
    class Nothing(Job):
        def parse(self, _folder: str) -> Any:
            self.out("y", None)

    job = Nothing({"x": 1}, runner=runner, enable_persistence=False)
    await job.step_until_terminated()
    assert (job.state, str(job.exception())) == (ProcessState.EXCEPTED, "output 'y' is None")


# --- Serialization ----------------------------------------------------------------------------------------------------


def test_yaml_by_exact_type_gives_the_same_types_back() -> None:
    bundle = plumpy.Bundle.__new__(plumpy.Bundle)
    bundle.update(inputs=AttributesFrozendict(a=1, nested=AttributesFrozendict(b=2)), state=ProcessState.WAITING)
    text = engine.serialize(bundle)
    assert text.startswith("!plumpy:bundle")
    assert "!plumpy:attributes_frozendict" in text
    assert "python/" not in text
    again = engine.deserialize(text)
    assert (again, type(again)) == (bundle, plumpy.Bundle)
    assert type(again["inputs"].nested) is AttributesFrozendict
    assert again["state"] is ProcessState.WAITING


@with_runner
async def test_the_engines_loader_is_found_again_by_itself(runner: Any) -> None:
    job = Job({"x": 1}, runner=runner)
    text = job.node.checkpoint
    assert "tests.runtime.aiida_like:EngineLoader" in text
    job.close()
    again = runner.persister.load_checkpoint(job.pid).unbundle(LoadSaveContext(runner=runner))
    assert (type(again), again.pid) == (Job, job.pid)
    with pytest.raises(ImportError, match="can't be loaded"):
        plumpy.Bundle.unbundle(engine.deserialize(text.replace("test_aiida:Job", "test_aiida:Gone")))


@with_runner
async def test_the_dumpers_of_others_are_left_alone(runner: Any) -> None:
    assert yaml.safe_dump({"a": 1}) == "a: 1\n"
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load("!plumpy:Bundle {a: 1}")
    assert uuid.UUID not in yaml.SafeDumper.yaml_representers


# --- Ports ------------------------------------------------------------------------------------------------------------


class Parent(engine.Process):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.expose_inputs(Job, namespace="job", exclude=("metadata",), namespace_options={"help": "of the job"})
        spec.expose_inputs(Job, include=("x",))
        spec.expose_outputs(Job, namespace="job")
        spec.expose_outputs(Job)
        spec.exit_code(300, "ERROR")


def test_exposed_ports_keep_their_classes_and_attributes() -> None:
    spec = Parent.spec()
    assert type(spec.inputs) is type(spec.inputs["job"]) is engine.PortNamespace
    assert type(spec.inputs["job"]["x"]) is engine.InputPort
    assert spec.inputs["job"]["x"] is not Job.spec().inputs["x"]
    assert (list(spec.inputs["job"]), spec.inputs["job"].help, spec.inputs["job"].dynamic) == (
        ["x"],
        "of the job",
        True,
    )
    assert spec._exposed_inputs["job"][Job] == ["x"]
    assert spec._exposed_inputs[None][Job] == ["x"]
    assert spec._exposed_outputs[None][Job] == spec._exposed_outputs["job"][Job] == ["y"]
    assert spec.inputs["metadata"].non_db
    assert spec.inputs["metadata"]["label"].non_db
    assert not spec.inputs["x"].non_db
    assert spec.inputs["x"].get_description()["non_db"] == "False"
    assert (ports.breadcrumbs_to_port(("a", "b")), spec.exit_codes) == ("a.b", {"ERROR": 300})


def test_a_namespace_of_theirs_refuses_names() -> None:
    namespace = engine.PortNamespace("n", non_db=True)
    namespace["a"] = engine.InputPort("a")
    namespace["b"] = engine.InputPort("b", non_db=False)
    assert (namespace["a"].non_db, namespace["b"].non_db) == (True, False)
    with pytest.raises(ValueError, match="invalid port name 'a__b'"):
        namespace["a__b"] = engine.InputPort("a__b")
    assert type(namespace.create_port_namespace("c.d")) is engine.PortNamespace
    with pytest.raises(TypeError, match=r"'x\.c' is no mapping"):
        namespace.serialize({"c": 1}, ("x",))


@with_runner
async def test_exposed_inputs_and_outputs_are_collected(runner: Any) -> None:
    child = Job({"x": 4}, runner=runner)
    await child.step_until_terminated()
    parent = Parent({"x": 1, "job": {"x": "2"}}, runner=runner)
    assert parent.exposed_inputs(Job) == {"x": 1}
    assert parent.exposed_inputs(Job, "job") == {"x": 2}
    for name, value in {**parent.exposed_outputs(child, Job, "job"), **parent.exposed_outputs(child, Job)}.items():
        parent.out(name, value)
    assert parent.outputs == {"job": {"y": 5}, "y": 5}


# --- Work chains, functions, nesting ----------------------------------------------------------------------------------


class Adder(engine.ProcessFunction):
    parents: List[Any] = []  # noqa: RUF012

    @staticmethod
    def function(**inputs: Any) -> Any:
        Adder.parents.append(plumpy.Process.current()._parent_pid)
        return sum(inputs.values())


class Chain(engine.WorkChain):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("n", valid_type=int, default=2)
        spec.outputs.dynamic = True
        spec.outline(
            cls.setup,
            while_(cls.is_left)(cls.add),
            if_(cls.wants_job)(cls.submit_job, cls.inspect_job).else_(return_(410)),
            cls.results,
        )

    def setup(self) -> None:
        self.ctx.i, self.ctx.total = 0, 0

    def is_left(self) -> bool:
        return bool(self.ctx.i < self.inputs.n)

    def wants_job(self) -> bool:
        return bool(self.inputs.n > 0)

    def add(self) -> None:
        # A process function: it's run to its end within this step.
        process = Adder({"a": self.ctx.total, "b": 10}, runner=self.runner)
        process.execute()
        self.ctx.total = process.outputs["result"]
        self.ctx.i += 1
        assert plumpy.Process.current() is self

    def submit_job(self) -> Any:
        return {"job": self.submit(Job, x=self.ctx.total)}

    def inspect_job(self) -> Any:
        return None if self.ctx.job["y"] == self.ctx.total + 1 else 400

    def results(self) -> Any:
        self.out("total", self.ctx.job["y"])


@with_runner
async def test_a_work_chain_runs_functions_and_waits_for_jobs(runner: Any) -> None:
    Adder.parents = []
    chain = Chain(runner=runner)
    await chain.step_until_terminated()
    assert (chain.state, chain.outputs, chain.node.outputs) == (ProcessState.FINISHED, {"total": 21}, {"total": 21})
    assert Adder.parents == [chain.pid] * 2
    assert chain.node.context["total"] == 20
    assert {node.states[-1] for node in runner.database.nodes.values()} == {"finished"}
    assert "waiting" in chain.node.states


@with_runner
async def test_return_ends_a_work_chain_with_its_code(runner: Any) -> None:
    chain = Chain({"n": 0}, runner=runner)
    await chain.step_until_terminated()
    assert (chain.result(), chain.node.exit_status) == (410, 410)


@with_runner
async def test_the_stepper_is_told_in_words(runner: Any) -> None:
    seen = []

    class Watched(Chain):
        def on_entered(self, from_state: Any) -> None:
            super().on_entered(from_state)
            if self.state is ProcessState.RUNNING:
                seen.append(self.node.stepper)

    chain = Watched({"n": 1}, runner=runner, enable_persistence=False)
    await chain.step_until_terminated()
    assert seen == [
        "None",
        "1:while_(is_left)",
        "1:while_(is_left)",
        "2:if_(wants_job)",
        "2:if_(wants_job)(1:inspect_job)",
        "3:results",
    ]


def test_final_methods_are_protected_by_their_metaclass() -> None:
    assert type(Chain) is engine.Protect
    with pytest.raises(RuntimeError, match="'on_run' of Chain is final"):
        type(Chain)("Bad", (Chain,), {"on_run": lambda self: None})
    assert yaml.dump({"c": plumpy.Process}) == "c: !!python/name:plumpy.processes.Process ''\n"


@with_runner
async def test_a_work_chain_goes_on_in_another_worker_while_its_job_runs(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    chain = Chain(runner=runner)
    driving = drive(chain)
    await until(lambda: COMPUTER.calls)
    driving.cancel()
    await asyncio.wait([driving])
    assert (chain.state, driving.cancelled()) == (ProcessState.WAITING, True)
    chain.close()
    again = reloaded(runner, chain.pid)
    assert (again.ctx.total, [one.key for one in again._awaitables]) == (20, ["job"])
    driving = drive(again)
    COMPUTER.hold.set()
    await driving
    assert again.outputs == {"total": 21}


@with_runner
async def test_killing_a_work_chain_kills_its_jobs(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    chain = Chain(runner=runner)
    driving = drive(chain)
    await until(lambda: COMPUTER.calls and chain.state is ProcessState.WAITING)
    answer = chain.kill("all of it")
    assert asyncio.isfuture(answer)
    assert await answer is True
    await driving
    job = runner.database.nodes[chain.node.children[0]]
    assert (chain.node.states[-1], job.states[-1], job.status) == ("killed", "killed", "parent killed")


@with_runner
async def test_processes_are_nested_deeper_than_the_stack(runner: Any) -> None:
    class Nested(engine.ProcessFunction):
        async def run(self) -> Any:
            return await plumpy.run_with_portal(self.go_down)

        def go_down(self) -> int:
            if self.inputs.depth:
                child = Nested({"depth": self.inputs.depth - 1}, runner=self.runner, enable_persistence=False)
                child.execute()
                assert child._parent_pid == self.pid
                return int(child.result()) + 1
            return 0

    top = Nested({"depth": 150}, runner=runner, enable_persistence=False)
    await top.step_until_terminated()
    assert top.result() == 150


# --- Workers ----------------------------------------------------------------------------------------------------------


def launcher_of(runner: Any) -> Any:
    context = LoadSaveContext(runner=runner)
    return engine.Launcher(
        loop=runner.loop, persister=runner.persister, load_context=context, loader=engine.EngineLoader()
    )


@with_runner
async def test_a_process_is_handed_over_to_a_worker(runner: Any) -> None:
    launcher = launcher_of(runner)
    runner.communicator.add_task_subscriber(launcher)
    job = Job({"x": 1}, runner=runner)
    states = list(job.node.states)
    job.close()  # the worker may have it now
    assert (job.state, job.node.states) == (ProcessState.CREATED, states)
    body = plumpy.create_continue_body(pid=job.pid)
    assert body == {"task": "continue", "args": {"pid": job.pid, "nowait": False, "tag": None}}
    reply = runner.controller.continue_process(job.pid, nowait=False, no_reply=False)
    result = await asyncio.wrap_future(plumpy.futures.unwrap_kiwi_future(reply))
    assert (result, job.node.states[-1]) == ({"y": 2}, "finished")
    assert job.state is ProcessState.CREATED


@with_runner
async def test_a_class_that_is_gone_is_told_by_the_node(runner: Any) -> None:
    job = Job({"x": 1}, runner=runner)
    job.close()
    job.node.checkpoint = job.node.checkpoint.replace("test_aiida:Job", "test_aiida:Gone")
    with pytest.raises(ImportError):
        await launcher_of(runner)(runner.communicator, plumpy.create_continue_body(job.pid))
    assert "Gone" in job.node.exception


@with_runner
async def test_a_worker_that_shuts_down_leaves_processes_that_go_on(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    launcher = launcher_of(runner)
    jobs = [Job({"x": number}, runner=runner) for number in range(5)]
    for job in jobs:
        job.close()
    before = asyncio.all_tasks()
    tasks = [asyncio.ensure_future(launcher(runner.communicator, plumpy.create_continue_body(job.pid))) for job in jobs]
    await until(lambda: len(COMPUTER.calls) == len(jobs))
    for task in asyncio.all_tasks() - before:
        task.cancel()
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    assert {job.node.states[-1] for job in jobs} == {"waiting"}
    assert {job.node.status for job in jobs} == {"cancelled"}

    COMPUTER.hold = None
    other = engine.Runner(runner.loop, runner.database, plumpy.wrap_communicator(Local(), runner.loop))
    for job in jobs:
        result = await launcher_of(other)(other.communicator, plumpy.create_continue_body(job.pid))
        assert result == {"y": job.inputs.x + 1}
    assert {job.node.exit_status for job in jobs} == {0}


@with_runner
async def test_kill_by_rpc_may_run_something_to_its_end(runner: Any) -> None:
    class Careful(Job):
        def kill(self, msg_text: Any = None, force_kill: bool = False) -> Any:
            async def cancel_elsewhere() -> str:
                await asyncio.sleep(0)
                return "cancelled elsewhere"

            self.node.told = plumpy.run_until_complete(self.loop, self.loop.create_task(cancel_elsewhere()))
            return super().kill(msg_text, force_kill)

    job = Careful({"x": 1}, runner=runner, enable_persistence=False)
    controller = plumpy.RemoteProcessController(runner.communicator)
    assert await controller.kill_process(job.pid, msg_text="x") is True
    assert (job.node.told, job.state) == ("cancelled elsewhere", ProcessState.KILLED)


@with_runner
async def test_controls_work_from_another_thread(runner: Any) -> None:
    COMPUTER.hold = asyncio.Event()
    job = Job({"x": 1}, runner=runner)
    driving = drive(job)
    await until(lambda: COMPUTER.calls)
    replies: List[Any] = []

    def control() -> None:
        for ask, text in (
            (runner.controller.pause_process, "by thread"),
            (runner.controller.kill_process, "positional"),
        ):
            replies.append(plumpy.futures.unwrap_kiwi_future(ask(job.pid, text)).result(timeout=20))

    thread = threading.Thread(target=control)
    thread.start()
    await until(lambda: not thread.is_alive())
    await driving
    assert replies == [True, True]
    assert job.killed_msg() == "positional"


def test_a_signal_handler_kills_what_runs() -> None:
    """It's called between two turns of the loop, and there's no task then."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        COMPUTER.hold = asyncio.Event()
        job = Job({"x": 1}, runner=engine.Runner(loop, engine.Database()))
        answers = []

        def handler() -> None:
            if not job.is_killing:
                answers.append(job.kill("interrupted by the user"))
                answers.append(job.is_killing)

        loop.call_later(0.01, handler)
        with pytest.raises(plumpy.KilledError):
            job.execute()
        assert loop.run_until_complete(answers[0]) is True
        assert answers[1] is True
        assert job.state is ProcessState.KILLED
    finally:
        asyncio.set_event_loop(None)
        loop.close()
