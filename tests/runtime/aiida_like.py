"""A small engine on top of the runtime that touches it where aiida-core does, and in the same ways.

It overrides and reaches exactly what aiida-core 1.6 to 2.9 overrides and reaches, private names included: see
test_aiida.py. A *node* stands for the row in the database that each process has.
"""

from __future__ import annotations

import asyncio
import enum
import functools
import itertools
import logging
import uuid
from typing import Any, Dict, List, Optional

import yaml

import plumpy_compat as plumpy
from plumpy_compat import ports, process_states, processes, utils, workchains
from plumpy_compat.persistence import Bundle, LoadSaveContext, auto_persist
from plumpy_compat.process_states import KillInterruption, PauseInterruption, ProcessState
from plumpy_compat.processes import ProcessStateMachineMeta
from plumpy_compat.utils import AttributesFrozendict
from plumpy_compat.workchains import _PropagateReturn

# --- The database -----------------------------------------------------------------------------------------------------


class Node:
    """What is known of a process outside of it."""

    def __init__(self, pk: int) -> None:
        self.pk, self.uuid = pk, str(uuid.uuid4())
        self.states: List[str] = []
        self.checkpoint: Optional[str] = None
        self.status: Optional[str] = None
        self.outputs: Dict[str, Any] = {}
        self.exit_status: Any = None
        self.exception: Optional[str] = None
        self.paused = False
        self.stepper: Optional[str] = None
        self.logger = logging.getLogger(f"engine.node.{pk}")


class Database:
    def __init__(self) -> None:
        self.nodes: Dict[int, Node] = {}
        self._keys = itertools.count(1)

    def add(self) -> Node:
        node = Node(next(self._keys))
        self.nodes[node.pk] = node
        return node


class Runner:
    """What processes are given instead of a loop and a communicator."""

    def __init__(self, loop: Any, database: Database, communicator: Any = None) -> None:
        self.loop, self.database, self.communicator = loop, database, communicator
        self.persister = NodePersister(database)
        self.controller = plumpy.RemoteProcessThreadController(communicator) if communicator is not None else None


# --- YAML with tags of its own, by exact type -------------------------------------------------------------------------


class Dumper(yaml.Dumper):
    pass


class Loader(yaml.Loader):
    pass


def _bundle(loader: Any, node: Any) -> Any:
    bundle = plumpy.Bundle.__new__(plumpy.Bundle)
    yield bundle
    bundle.update(loader.construct_mapping(node))


Dumper.add_representer(plumpy.Bundle, lambda dumper, data: dumper.represent_mapping("!plumpy:bundle", data))
Dumper.add_representer(
    utils.AttributesFrozendict, lambda dumper, data: dumper.represent_mapping("!plumpy:attributes_frozendict", data)
)
Dumper.add_multi_representer(
    enum.Enum, lambda dumper, data: dumper.represent_scalar("!enum", f"{type(data).__name__}|{data.value}")
)
Loader.add_constructor("!plumpy:bundle", _bundle)
Loader.add_constructor(
    "!plumpy:attributes_frozendict",
    lambda loader, node: AttributesFrozendict(loader.construct_mapping(node, deep=True)),
)
Loader.add_constructor("!enum", lambda loader, node: ProcessState(loader.construct_scalar(node).split("|")[1]))


def serialize(data: Any) -> str:
    return str(yaml.dump(data, Dumper=Dumper))


def deserialize(text: str) -> Any:
    return yaml.load(text, Loader=Loader)


# --- Loading and saving -----------------------------------------------------------------------------------------------


class EngineLoader(plumpy.loaders.DefaultObjectLoader):
    def load_object(self, identifier: str) -> Any:
        try:
            return super().load_object(identifier)
        except ValueError:
            raise ImportError(f"{identifier} can't be loaded") from None


class NodePersister(plumpy.Persister):
    def __init__(self, database: Database) -> None:
        self.database = database

    def save_checkpoint(self, process: Any, tag: Optional[str] = None) -> None:
        if tag is not None:
            raise NotImplementedError
        try:
            bundle = Bundle(process, LoadSaveContext(loader=EngineLoader()))
        except ImportError as error:
            raise plumpy.PersistenceError("the class isn't importable") from error
        process.node.checkpoint = serialize(bundle)

    def load_checkpoint(self, pid: Any, tag: Optional[str] = None) -> Bundle:
        checkpoint = self.database.nodes[pid].checkpoint
        if checkpoint is None:
            raise plumpy.PersistenceError(f"process {pid} has no checkpoint")
        bundle: Bundle = deserialize(checkpoint)
        return bundle

    def get_checkpoints(self) -> Any:
        return None

    def get_process_checkpoints(self, pid: Any) -> Any:
        return None

    def delete_checkpoint(self, pid: Any, tag: Optional[str] = None) -> None:
        self.database.nodes[pid].checkpoint = None

    def delete_process_checkpoints(self, pid: Any) -> None:
        self.delete_checkpoint(pid)


class Launcher(plumpy.ProcessLauncher):
    """Continues processes from their nodes; what can't be continued is told by the node."""

    async def _continue(self, communicator: Any, pid: Any, nowait: bool, tag: Optional[str] = None) -> Any:
        try:
            return await super()._continue(communicator, pid, nowait, tag)
        except (asyncio.CancelledError, plumpy.CancelledError):
            raise
        except ImportError as error:
            self._load_context.runner.database.nodes[pid].exception = str(error)
            raise


# --- Ports ------------------------------------------------------------------------------------------------------------


class WithNonDb:
    """Adds a keyword to ports, which is forwarded through all of their bases."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._given = "non_db" in kwargs
        non_db = kwargs.pop("non_db", False)
        super().__init__(*args, **kwargs)
        self.non_db = non_db


class WithSerialize:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        serializer = kwargs.pop("serializer", None)
        super().__init__(*args, **kwargs)
        self._serializer = serializer

    def serialize(self, value: Any) -> Any:
        return value if self._serializer is None or value is ports.UNSPECIFIED else self._serializer(value)


class InputPort(WithSerialize, WithNonDb, ports.InputPort):
    def get_description(self) -> Dict[str, Any]:
        return {**super().get_description(), "non_db": f"{self.non_db}"}


class PortNamespace(WithNonDb, ports.PortNamespace):
    def __setitem__(self, key: str, port: ports.Port) -> None:
        if not isinstance(port, ports.Port):
            raise TypeError("port needs to be an instance of Port")
        if "__" in key:
            raise ValueError(f"invalid port name '{key}'")
        if isinstance(port, WithNonDb) and self._given and not port._given:
            port.non_db = self.non_db
        super().__setitem__(key, port)

    def serialize(self, mapping: Any, breadcrumbs: Any = ()) -> Any:
        result = {}
        for name, value in mapping.items():
            path = (*breadcrumbs, name)
            port = self.get(name)
            if isinstance(port, PortNamespace):
                if not hasattr(value, "items"):
                    raise TypeError(f"'{ports.breadcrumbs_to_port(path)}' is no mapping")
                result[name] = port.serialize(value, path)
            else:
                result[name] = port.serialize(value) if isinstance(port, InputPort) else value
        return result


class ProcessSpec(plumpy.ProcessSpec):
    PORT_NAMESPACE_TYPE = PortNamespace
    INPUT_PORT_TYPE = InputPort
    OUTPUT_PORT_TYPE = ports.OutputPort

    def __init__(self) -> None:
        super().__init__()
        self.exit_codes: Dict[str, int] = {}

    @property
    def inputs(self) -> Any:
        return super().inputs

    @property
    def outputs(self) -> Any:
        return super().outputs

    def exit_code(self, status: int, label: str) -> None:
        self.exit_codes[label] = status


# --- Processes --------------------------------------------------------------------------------------------------------


@auto_persist("_parent_pid", "_enable_persistence")
class Process(plumpy.Process):
    _spec_class = ProcessSpec
    cached_from: Any = None  # set by tests: the outputs to take instead of running

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input_namespace("metadata", required=False, non_db=True)
        spec.input("metadata.label", valid_type=str, required=False)
        spec.inputs.dynamic = True

    def __init__(
        self,
        inputs: Any = None,
        logger: Any = None,
        runner: Any = None,
        parent_pid: Any = None,
        enable_persistence: bool = True,
    ) -> None:
        self._runner = runner
        super().__init__(
            inputs=self.spec().inputs.serialize(inputs or {}),
            logger=logger,
            loop=runner.loop,
            communicator=runner.communicator,
        )
        self._node: Any = None
        self._parent_pid = parent_pid
        self._enable_persistence = enable_persistence

    def init(self) -> None:
        super().init()
        if self._logger is None:
            self.set_logger(self.node.logger)

    @property
    def node(self) -> Any:
        return self._node

    @property
    def runner(self) -> Any:
        return self._runner

    @property
    def uuid(self) -> Any:
        return self.node.uuid

    @property
    def inputs(self) -> Any:
        return super().inputs

    def encode_input_args(self, inputs: Any) -> Any:
        return serialize(inputs)

    def decode_input_args(self, encoded: Any) -> Any:
        return deserialize(encoded)

    def save_instance_state(self, out_state: Any, save_context: Any) -> None:
        super().save_instance_state(out_state, save_context)
        out_state["calc_id"] = self.node.pk

    def load_instance_state(self, saved_state: Any, load_context: Any) -> None:
        self._runner = load_context.runner
        load_context = load_context.copyextend(loop=self._runner.loop, communicator=self._runner.communicator)
        super().load_instance_state(saved_state, load_context)
        self._node = self._runner.database.nodes[saved_state["calc_id"]]
        self.set_logger(self.node.logger)

    def kill(self, msg_text: Optional[str] = None, force_kill: bool = False) -> Any:
        if self.killed() or self.has_terminated():
            return super().kill(msg_text, force_kill)
        if self._killing:
            self._killing.cancel()
            self._killing = None
        result = super().kill(msg_text, force_kill)
        if result is False:
            return result
        killing = [self._kill_child(pk) for pk in getattr(self.node, "children", ())]
        if asyncio.isfuture(result):
            killing.append(result)
        if not killing:
            return result
        everything = self.loop.create_future()

        def done(gathered: Any) -> None:
            try:
                everything.set_result(all(gathered.result()))
            except asyncio.CancelledError:
                everything.cancel()

        plumpy.futures.gather(*killing).add_done_callback(done)
        return everything

    def _kill_child(self, pk: int) -> Any:
        reply = plumpy.futures.unwrap_kiwi_future(self.runner.controller.kill_process(pk, msg_text="parent killed"))
        return asyncio.wrap_future(reply, loop=self.loop)

    def out(self, output_port: str, value: Any = None) -> None:
        super().out(output_port, value)

    def on_create(self) -> None:
        super().on_create()
        # Here, between the hook of entering CREATED and that state itself, the state is assigned from outside.
        self._node = self._runner.database.add()
        self._pid = self._node.pk
        if self._parent_pid is None and plumpy.Process.current() is not None:
            self._parent_pid = plumpy.Process.current().pid
        if self.cached_from is not None:
            self._state = process_states.Finished(self, None, True)
            for name, value in self.cached_from.items():
                self.out(name, value)

    def on_entered(self, from_state: Any) -> None:
        state = self._state
        self.node.states.append(state.LABEL.value)
        if state.LABEL is ProcessState.EXCEPTED:
            return  # nobody else is told
        self.node.outputs = dict(self.outputs)
        self._save_checkpoint()
        super().on_entered(from_state)

    def _save_checkpoint(self) -> None:
        if self._enable_persistence and not self._state.is_terminal():
            self.runner.persister.save_checkpoint(self)

    def on_terminated(self) -> None:
        super().on_terminated()
        self.runner.persister.delete_checkpoint(self.pid)

    def on_except(self, exc_info: Any) -> None:
        super().on_except(exc_info)
        self.node.exception = str(exc_info[1])

    def on_finish(self, result: Any, successful: bool) -> None:
        super().on_finish(result, successful)
        self.node.exit_status = (result if isinstance(result, int) else 0) if successful else 11

    def on_paused(self, msg: Optional[str] = None) -> None:
        super().on_paused(msg)
        self._save_checkpoint()
        self.node.paused, self.node.status = True, self.status

    def on_playing(self) -> None:
        super().on_playing()
        self.node.paused, self.node.status = False, self.status

    def on_output_emitting(self, output_port: str, value: Any) -> None:
        super().on_output_emitting(output_port, value)
        if value is None:
            raise TypeError(f"output '{output_port}' is None")

    def exposed_inputs(self, process_class: Any, namespace: Optional[str] = None) -> Dict[str, Any]:
        names = self.spec()._exposed_inputs[namespace][process_class]
        given: Any = self.inputs if namespace is None else self.inputs[namespace]
        return {name: given[name] for name in names if name in given}

    def exposed_outputs(self, child: Any, process_class: Any, namespace: Optional[str] = None) -> Dict[str, Any]:
        names = self.spec()._exposed_outputs[namespace][process_class]
        prefix = "" if namespace is None else f"{namespace}."
        return {f"{prefix}{name}": child.outputs[name] for name in names if name in child.outputs}


class ProcessFunction(Process):
    """Runs a plain function; it's run to its end from within the step of another process."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True

    def execute(self) -> Any:
        return super().execute()

    async def run(self) -> Any:
        inputs = {name: value for name, value in self.inputs.items() if name != "metadata"}
        result = await plumpy.run_with_portal(type(self).function, **inputs)
        self.out("result", result)
        return 0

    @staticmethod
    def function(**inputs: Any) -> Any:
        raise NotImplementedError


# --- Jobs: a waiting state of their own -------------------------------------------------------------------------------


class InterruptableFuture(asyncio.Future):  # type: ignore[type-arg]
    """Waits for a coroutine, until it's interrupted."""

    def interrupt(self, reason: BaseException) -> None:
        if not self.done():
            self.set_exception(reason)

    async def with_interrupt(self, coroutine: Any) -> Any:
        task = asyncio.ensure_future(coroutine)
        await asyncio.wait([task, self], return_when=asyncio.FIRST_COMPLETED)
        if self.done():
            task.cancel()
            self.result()
        return task.result()


class TransportError(Exception):
    """The computer doesn't answer."""


@auto_persist("msg", "data", "_command")
class JobWaiting(process_states.Waiting):
    """Goes from command to command; each is a new instance of the state."""

    def __init__(self, process: Any, done_callback: Any, msg: Optional[str] = None, data: Any = None) -> None:
        super().__init__(process, done_callback, msg, data)
        self._task: Any = None
        self._killing: Any = None
        self._command = data

    @property
    def process(self) -> Any:
        return self.state_machine

    def load_instance_state(self, saved_state: Any, load_context: Any) -> None:
        super().load_instance_state(saved_state, load_context)
        self._task = self._killing = None

    async def execute(self) -> Any:
        process = self.process
        process.node.status = f"waiting for {self._command}"
        try:
            await self._launch(functools.partial(process.computer, self._command))
            if self._command == "upload":
                return self.create_state(ProcessState.WAITING, None, msg="waiting for retrieve", data="retrieve")
            return self.create_state(ProcessState.RUNNING, process.parse, "retrieved")
        except TransportError:
            raise PauseInterruption(f"Pausing after {self._command} failed") from None
        except KillInterruption as error:
            process.node.status = str(error)
            if self._killing is not None:
                self._killing.set_result(True)
            raise
        except (plumpy.futures.CancelledError, asyncio.CancelledError):
            process.node.status = "cancelled"
            raise
        except process_states.Interruption:
            process.node.status = f"interrupted in {self._command}"
            raise
        finally:
            if self._killing is not None and not self._killing.done():
                self._killing.set_result(False)

    async def _launch(self, function: Any) -> Any:
        self._task = InterruptableFuture(loop=self.process.loop)
        try:
            return await self._task.with_interrupt(function())
        finally:
            self._task = None

    def interrupt(self, reason: BaseException) -> Any:
        if self._task is not None:
            self._task.interrupt(reason)
        if isinstance(reason, KillInterruption):
            if self._killing is None:
                self._killing = plumpy.futures.Future(loop=self.process.loop)
            return self._killing
        return None


class Job(Process):
    #: What the computer does with a command: tests put a coroutine function here.
    computer: Any = None

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("x", valid_type=int, serializer=int)
        spec.output("y", valid_type=int)

    @classmethod
    def get_state_classes(cls) -> Dict[Any, Any]:
        states = super().get_state_classes()
        states[ProcessState.WAITING] = JobWaiting
        return states

    def run(self) -> Any:
        return process_states.Wait(msg="waiting for upload", data="upload")

    def parse(self, _folder: str) -> Any:
        self.out("y", self.inputs.x + 1)
        return 0


# --- Work chains: not plumpy's own, but made of its outline -----------------------------------------------------------


class Protect(ProcessStateMachineMeta):
    """Refuses classes that override what is final."""

    _FINAL = "__final__"

    def __new__(cls, name: str, bases: Any, namespace: Any, **kwargs: Any) -> Any:
        for attribute in namespace:
            for base in bases:
                if getattr(getattr(base, attribute, None), cls._FINAL, False):
                    raise RuntimeError(f"'{attribute}' of {base.__name__} is final")
        return super().__new__(cls, name, bases, namespace, **kwargs)

    @classmethod
    def final(cls, function: Any) -> Any:
        setattr(function, cls._FINAL, True)
        return function


class Awaitable(utils.AttributesDict):
    """What a work chain waits for; it's saved with it."""


class ChainSpec(ProcessSpec, plumpy.WorkChainSpec):
    pass


@auto_persist("_awaitables")
class WorkChain(Process, metaclass=Protect):
    _spec_class = ChainSpec
    _STEPPER_STATE = "stepper_state"
    _CONTEXT = "CONTEXT"

    def __init__(self, inputs: Any = None, logger: Any = None, runner: Any = None, **kwargs: Any) -> None:
        super().__init__(inputs, logger, runner, **kwargs)
        self._stepper: Any = None
        self._awaitables: List[Any] = []
        self._context = utils.AttributesDict()

    @property
    def ctx(self) -> Any:
        return self._context

    def save_instance_state(self, out_state: Any, save_context: Any) -> None:
        super().save_instance_state(out_state, save_context)
        out_state[self._CONTEXT] = dict(self._context.__dict__)
        if self._stepper is not None:
            out_state[self._STEPPER_STATE] = self._stepper.save()

    def load_instance_state(self, saved_state: Any, load_context: Any) -> None:
        super().load_instance_state(saved_state, load_context)
        self._context = utils.AttributesDict(**saved_state[self._CONTEXT])
        self._stepper = None
        if saved_state.get(self._STEPPER_STATE) is not None:
            self._stepper = self.spec().get_outline().recreate_stepper(saved_state[self._STEPPER_STATE], self)
        if self._awaitables:
            self._action_awaitables()

    @Protect.final
    def on_run(self) -> None:
        super().on_run()
        self.node.stepper = str(self._stepper)

    @Protect.final
    async def run(self) -> Any:
        self._stepper = self.spec().get_outline().create_stepper(self)
        return await plumpy.run_with_portal(self._do_step)

    def _do_step(self) -> Any:
        self._awaitables = []
        result: Any = None
        try:
            finished, result = self._stepper.step()
        except _PropagateReturn as propagated:
            finished, result = True, propagated.exit_code
        if finished or isinstance(result, int):
            return result
        if isinstance(result, dict):
            for key, value in result.items():
                self._awaitables.append(Awaitable(key=key, pk=value.pid))
        if self._awaitables:
            return process_states.Wait(self._do_step, "Waiting before next step")
        return process_states.Continue(self._do_step)

    def on_exiting(self) -> None:
        super().on_exiting()
        self.node.context = dict(self.ctx.__dict__)

    def on_wait(self, awaitables: Any) -> None:
        super().on_wait(awaitables)
        if self._awaitables:
            self._action_awaitables()
        else:
            self.call_soon(self.resume)

    def _action_awaitables(self) -> None:
        for awaitable in self._awaitables:
            subject = f"state_changed.*.{ProcessState.FINISHED.value}"
            self._subscribe(awaitable, subject)

    def _subscribe(self, awaitable: Any, subject: str) -> None:
        import kiwipy

        called = functools.partial(self.call_soon, self._on_awaitable_finished, awaitable)
        callback = kiwipy.BroadcastFilter(lambda *args, **kwargs: called(), sender=awaitable.pk, subject=subject)
        self.runner.communicator.add_broadcast_subscriber(callback)
        if self.runner.database.nodes[awaitable.pk].states[-1] == "finished":
            called()

    def _on_awaitable_finished(self, awaitable: Any) -> None:
        if awaitable not in self._awaitables:
            return
        self._awaitables.remove(awaitable)
        self.ctx[awaitable.key] = self.runner.database.nodes[awaitable.pk].outputs
        if self.state == ProcessState.WAITING and not self._awaitables:
            self.resume()

    def submit(self, process_class: Any, **inputs: Any) -> Any:
        child = process_class(inputs=inputs, runner=self.runner, parent_pid=self.pid)
        self.node.children = [*getattr(self.node, "children", ()), child.pid]
        self.loop.create_task(child.step_until_terminated())
        return child


def result_of_outline(*commands: Any) -> Any:
    """Make the `define` of a work chain with this outline."""

    def define(cls: Any, spec: Any) -> None:
        super(cls, cls).define(spec)
        spec.outputs.dynamic = True
        spec.outline(*commands)

    return classmethod(define)


__all__ = ["Job", "Launcher", "Node", "Process", "ProcessFunction", "Runner", "WorkChain", "processes", "workchains"]
