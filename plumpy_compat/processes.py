"""The process: a state machine that runs step by step on an event loop, and can be paused, played, killed and saved.

Everything here runs on the thread of the process's loop; what comes from another thread (RPCs, broadcasts) gets here
through :mod:`.broker.bridge`. The layers underneath are in :mod:`.process`.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
import uuid
import weakref
from typing import Any, Callable, Dict, Optional, Type, cast

import kiwipy

from . import events, persistence, process_states, utils
from .base.state_machine import StateMachine, TransitionFailed
from .base.utils import call_with_super_check, super_check
from .broker import bridge
from .broker.dispatcher import dispatcher_of
from .checkpoints import yaml_tags
from .event_helper import EventHelper as EventHelper
from .exceptions import PersistenceError
from .messages import FORCE_KILL_KEY, INTENT_KEY, MESSAGE_TEXT_KEY, Intent
from .persistence import LoadSaveContext
from .process.core import (
    PROCESS_STACK as PROCESS_STACK,
    ProcessStateMachineMeta as ProcessStateMachineMeta,
    ensure_not_closed as ensure_not_closed,
)
from .process.running import RunningProcess
from .process_listener import ProcessListener as ProcessListener
from .process_spec import ProcessSpec
from .process_states import ProcessState
from .utils import PID_TYPE, SAVED_STATE_TYPE, AttributesFrozendict, protected

__all__ = ["BundleKeys", "Process", "ProcessSpec", "TransitionFailed"]

_LOGGER = logging.getLogger("plumpy.processes")


class BundleKeys:
    """Keys of the saved state of a process that are no attributes of it."""

    INPUTS_RAW = "INPUTS_RAW"
    INPUTS_PARSED = "INPUTS_PARSED"
    OUTPUTS = "OUTPUTS"


@persistence.auto_persist(
    "_pid", "_creation_time", "_future", "_paused", "_status", "_pre_paused_status", "_event_helper"
)
class Process(RunningProcess):
    """A process: define its ports in :meth:`define` and its work in :meth:`run`.

    :param inputs: values for the input ports.
    :param pid: what it is known by; a new UUID if it's not given.
    :param logger: where it logs to; the one of this module if it's not given.
    :param loop: the event loop that it runs on; the current one if it's not given.
    :param communicator: how it is controlled from outside, and tells of its states.
    :raises ValueError: if the inputs are not what the spec asks for.
    """

    # --- Creation, saving, loading ----------------------------------------------------------------------------------

    def __init__(
        self,
        inputs: Optional[Dict[str, Any]] = None,
        pid: Optional[PID_TYPE] = None,
        logger: Optional[logging.Logger] = None,
        loop: Optional[asyncio.AbstractEventLoop] = None,
        communicator: Optional[kiwipy.Communicator] = None,
    ) -> None:
        super().__init__()
        self.spec().seal()
        self._loop = loop if loop is not None else events.get_or_create_event_loop()
        if inputs is not None:
            self._raw_inputs = AttributesFrozendict(inputs)
        if logger is not None:
            self._logger = logger
        if communicator is not None:
            self._communicator = communicator
        self._pid: Optional[PID_TYPE] = pid
        self._outputs: Dict[str, Any] = {}
        self._future = self._create_future()

    @super_check
    def init(self) -> None:
        """Called when the process was created or loaded: it becomes reachable through its communicator. Chain up.

        :raises kiwipy.DuplicateSubscriberIdentifier: if another process with this pid is reachable through it.
        """
        if self.has_terminated():
            self._settle()
            cast(process_states.State, self._state).let_go()
            return
        if self._communicator is not None:
            try:
                self.add_cleanup(dispatcher_of(self._communicator).subscribe(self))
            except kiwipy.TimeoutError:
                self.logger.exception("Process<%s>: failed to subscribe, for the broker did not answer", self.pid)

    @classmethod
    def recreate_from(cls, saved_state: SAVED_STATE_TYPE, load_context: Optional[LoadSaveContext] = None) -> Process:
        """Make a process from its saved state.

        :param load_context: may give `loop`, `communicator` and `logger`.
        """
        process = cast("Process", super().recreate_from(saved_state, load_context))
        call_with_super_check(process.init)
        return process

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        """Put the state of the process into `out_state`."""
        super().save_instance_state(out_state, save_context)
        persistence.Savable._get_create_meta(out_state)[persistence.META__VERSION] = persistence.CHECKPOINT_VERSION
        state = cast(process_states.State, self._state)
        out_state["_state"] = state.save(save_context)
        out_state["_CREATION_TIME"] = self._creation_time  # for plumpy 0.14
        if self._raw_inputs is not None:
            out_state[BundleKeys.INPUTS_RAW] = self.encode_input_args(self._raw_inputs)
        if self._parsed_inputs is not None:
            out_state[BundleKeys.INPUTS_PARSED] = self.encode_input_args(self._parsed_inputs)
        if self._outputs:
            out_state[BundleKeys.OUTPUTS] = self.encode_input_args(self._outputs)

    @protected
    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        """Take the state of the process from `saved_state`.

        :raises PersistenceError: if it was written by a later version, or can't be loaded.
        """
        version = saved_state.get(persistence.META, {}).get(persistence.META__VERSION, 1)
        if version > persistence.CHECKPOINT_VERSION:
            raise PersistenceError(
                f"the checkpoint has version {version}, this is plumpy-compat for versions up to"
                f" {persistence.CHECKPOINT_VERSION}: update it"
            )
        StateMachine.__init__(self)
        self._loop = load_context.loop if "loop" in load_context else events.get_or_create_event_loop()
        if "communicator" in load_context and load_context.communicator is not None:
            self._communicator = load_context.communicator
        if "logger" in load_context and load_context.logger is not None:
            self._logger = load_context.logger
        load_context = load_context.copyextend(loop=self._loop)
        self._outputs = {}
        self._state = self.recreate_state(saved_state["_state"])
        super().load_instance_state(_of_any_release(saved_state), load_context)
        if isinstance(self._state, process_states.Excepted) and not self._future.cancelled():
            # It gets the very error of the state, which comes back whole; nobody is told again that it was raised.
            self._future = self._create_future()
            self._settle()
            self._future.exception()
        if self._paused is not None and self._paused.done():  # saved while the task that waited for it was cancelled
            self._paused = self._create_future()
        if isinstance(self._pid, uuid.UUID):
            self._uuid = self._pid
        if BundleKeys.INPUTS_RAW in saved_state:
            self._raw_inputs = _frozen(self.decode_input_args(saved_state[BundleKeys.INPUTS_RAW]))
        if BundleKeys.INPUTS_PARSED in saved_state:
            self._parsed_inputs = _frozen(self.decode_input_args(saved_state[BundleKeys.INPUTS_PARSED]))
        if BundleKeys.OUTPUTS in saved_state:
            self._outputs = self.decode_input_args(saved_state[BundleKeys.OUTPUTS])

    def __deepcopy__(self, memo: Any) -> Any:
        # It could not be done, but would be half-done, with a half-made loop, before that was noticed.
        raise TypeError(f"process {self.pid} can't be copied")

    def create_initial_state(self) -> process_states.State:
        """Make the state that the process starts in."""
        return cast(process_states.State, self.get_state_class(ProcessState.CREATED)(self, self.run))

    def recreate_state(self, saved_state: SAVED_STATE_TYPE) -> process_states.State:
        """Make a state of this process from its saved state."""
        context = LoadSaveContext(process=self, loop=self._loop)
        return cast(process_states.State, persistence.Savable.load(saved_state, context))

    @protected
    def encode_input_args(self, inputs: Any) -> Any:
        """Make something of inputs (or outputs) that can be saved; override it for types that can't."""
        return persistence.snapshot(inputs)

    @protected
    def decode_input_args(self, encoded: Any) -> Any:
        """The inverse of :meth:`encode_input_args`."""
        return persistence.snapshot(encoded)

    # --- Work -------------------------------------------------------------------------------------------------------

    async def run(self) -> Any:
        """The first step; override it with a function or a coroutine function.

        :return: a command that says what comes next, or the result of the process.
        """

    @ensure_not_closed
    @protected
    def out(self, output_port: str, value: Any) -> None:
        """Record an output.

        :param output_port: the port, with the namespaces before it: `a.b`.
        :raises ValueError: if the spec has no place for it, or it isn't what the spec says.
        """
        self.on_output_emitting(output_port, value)
        *namespaces, name = output_port.split(self.spec().namespace_separator)
        namespace: Any = self.spec().outputs
        dynamic_path: Any = None
        outputs = self._outputs
        for position, part in enumerate(namespaces):
            if dynamic_path is None and part not in namespace and namespace.dynamic:
                dynamic_path = ".".join(namespaces[position:])
            if dynamic_path is None:
                namespace = namespace.get_port(part)
        if dynamic_path is not None:
            nested: Any = {name: value}
            for part in reversed(dynamic_path.split(".")):
                nested = {part: nested}
            error, dynamic = namespace.validate_dynamic_ports(nested), True
        elif name in namespace:
            error, dynamic = namespace[name].validate(value), False
        else:
            error, dynamic = namespace.validate_dynamic_ports({name: value}), True
        if error is not None:
            message = f"Error validating output '{value}' for port '{error.port}': {error.message}"
            raise ValueError(message)
        for part in namespaces:
            outputs = outputs.setdefault(part, {})
        outputs[name] = value
        self.on_output_emitted(output_port, value, dynamic)

    @ensure_not_closed
    def launch(
        self,
        process_class: Type[Process],
        inputs: Optional[Dict[str, Any]] = None,
        pid: Optional[PID_TYPE] = None,
        logger: Optional[logging.Logger] = None,
    ) -> Process:
        """Start another process on the same loop, with the same communicator, and give it.

        If this one is killed while that one runs, that one is killed too.
        """
        child = process_class(inputs=inputs, pid=pid, logger=logger, loop=self._loop, communicator=self._communicator)
        if self._children is None:
            self._children = weakref.WeakSet()
        self._children.add(child)
        events.spawn(self._loop, child._steps())
        return child

    def call_soon(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> events.ProcessCallback:
        """Schedule a function or coroutine function on the loop; if it fails, so does the process.

        :return: a handle to cancel it with.
        """
        handle = events.ProcessCallback(self, callback, args, kwargs)
        events.spawn(self._loop, self._run_task(handle.run))
        return handle

    async def _run_task(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function or coroutine function with this process as the current one, and give its result."""
        with self._process_scope():
            return await utils.ensure_coroutine(callback)(*args, **kwargs)

    @ensure_not_closed
    def add_cleanup(self, cleanup: Callable[[], Any]) -> None:
        """Have a function called when the process is closed."""
        if self._cleanups is None:
            self._cleanups = []
        self._cleanups.append(cleanup)

    # --- Messages ---------------------------------------------------------------------------------------------------

    def message_receive(self, _comm: kiwipy.Communicator, msg: Dict[str, Any]) -> Any:
        """Take an RPC. On the loop it's done at once; on another thread it's handed to the loop.

        :return: the answer, or a future of it.
        :raises RuntimeError: if the message asks for something unknown.
        """
        if self.logger.isEnabledFor(logging.DEBUG):
            self.log_with_pid(logging.DEBUG, f"received RPC message with communicator '{_comm}': {msg}")
        intent = msg[INTENT_KEY]
        text = msg.get(MESSAGE_TEXT_KEY)
        if intent == Intent.PLAY:
            return self._schedule_rpc(self.play)
        if intent == Intent.PAUSE:
            return self._schedule_rpc(self.pause, text)
        if intent == Intent.KILL:
            return self._schedule_rpc(self.kill, text, force_kill=msg.get(FORCE_KILL_KEY, False))
        if intent == Intent.STATUS:
            return self._schedule_rpc(self._status_info)
        raise RuntimeError("Unknown intent")

    def _take_rpc(self, communicator: kiwipy.Communicator, message: Dict[str, Any]) -> Any:
        """Take an RPC on any thread."""
        return bridge.call_on_loop(self._loop, self.message_receive, communicator, message)

    def _status_info(self) -> Dict[str, Any]:
        info: Dict[str, Any] = {}
        self.get_status_info(info)
        return info

    def broadcast_receive(
        self,
        _comm: kiwipy.Communicator,
        msg: Any = None,
        sender: Any = None,
        subject: Any = None,
        correlation_id: Any = None,
        body: Any = None,
    ) -> Any:
        """Take a broadcast. On the loop it's done at once; on another thread it's handed to the loop.

        :param msg: text, a message or None; `body` is its name up to plumpy 0.23.
        """
        message = msg if msg is not None else body
        if self.logger.isEnabledFor(logging.DEBUG):
            text = f"received broadcast message '{subject}' with communicator '{_comm}': {msg}"
            self.log_with_pid(logging.DEBUG, text)
        if subject == Intent.PLAY:
            return self._schedule_rpc(self.play)
        if subject == Intent.PAUSE:
            return self._schedule_rpc(self.pause, message)
        if subject == Intent.KILL:
            force = isinstance(message, dict) and message.get(FORCE_KILL_KEY, False)
            return self._schedule_rpc(self.kill, message, force_kill=force)
        return None

    def _schedule_rpc(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call something on the loop: at once if we are there, else by way of the bridge.

        :return: its result (which may be a future of the loop), or a `kiwipy.Future` of the value in the end.
        """
        if asyncio._get_running_loop() is self._loop:
            return _explained(callback, *args, **kwargs)
        return bridge.call_on_loop(self._loop, _explained, callback, *args, **kwargs)


def _explained(callback: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call something; an error says where and why, for the caller may be on another machine (plumpy 0.24)."""
    try:
        return callback(*args, **kwargs)
    except Exception as exception:
        code = getattr(getattr(callback, "__func__", callback), "__code__", None)
        where = f"{code.co_filename}:{code.co_firstlineno}" if code is not None else "<unknown>"
        name = getattr(callback, "__name__", repr(callback))
        raise RuntimeError(
            f"Error invoking callback '{name}' at {where}.\n"
            f"Exception: {type(exception).__name__}: {exception}\n\n"
            f"Full Traceback:\n{traceback.format_exc()}"
        ) from exception


def _frozen(inputs: Any) -> Any:
    """Inputs as they are in a process, whatever mapping a release wrote."""
    return inputs if isinstance(inputs, AttributesFrozendict) or inputs is None else AttributesFrozendict(inputs)


def _of_any_release(saved_state: SAVED_STATE_TYPE) -> SAVED_STATE_TYPE:
    """A saved state with what releases before plumpy 0.22.3 did not write, or wrote under another name."""
    complete = dict(saved_state)
    if "_CREATION_TIME" in complete:  # 0.14
        complete.setdefault("_creation_time", complete["_CREATION_TIME"])
    for name in ("_creation_time", "_paused", "_status", "_pre_paused_status", "_event_helper"):
        complete.setdefault(name, None)
    listeners = complete["_event_helper"]
    if isinstance(listeners, dict) and not listeners.get("_listeners") and EventHelper.LISTENERS not in listeners:
        complete["_event_helper"] = None  # made when it's needed
    return complete


def __getattr__(name: str) -> Any:
    # aiida-core takes the first from here; importing aio_pika costs more than all else.
    if name in ("ConnectionClosed", "ChannelInvalidStateError"):
        from aio_pika import exceptions

        return getattr(exceptions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


yaml_tags.register_when_imported()
