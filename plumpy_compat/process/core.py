"""What a process knows: its class and spec, its inputs and outputs, its state and how it ended."""

from __future__ import annotations

import abc
import asyncio
import contextvars
import functools
import logging
import uuid
import weakref
from collections.abc import Coroutine
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Dict, Hashable, List, Optional, Sequence, Tuple, Type, cast

from .. import persistence, process_states
from ..base import state_machine
from ..base.state_machine import StateMachine
from ..exceptions import ClosedError, InvalidStateError, KilledError
from ..futures import CancellableAction
from ..persistence import SavableFuture
from ..process_spec import ProcessSpec
from ..process_states import ProcessState
from ..utils import PID_TYPE, AttributesFrozendict, protected

if TYPE_CHECKING:
    import kiwipy

    from ..event_helper import EventHelper
    from ..processes import Process
    from .run import Run

LOGGER = logging.getLogger("plumpy.processes")

#: The process whose step led here, if any, as a weak reference: a context outlives what was called in it. (Only the
#: innermost one: each launched process would add one more, and a chain of launches has no end.)
PROCESS_STACK: contextvars.ContextVar[Tuple[weakref.ref[Process], ...]] = contextvars.ContextVar(
    "process stack", default=()
)


class ProcessStateMachineMeta(abc.ABCMeta, state_machine.StateMachineMeta):
    """The metaclass of processes."""


def ensure_not_closed(func: Any) -> Any:
    """Have a method raise :class:`.ClosedError` once the process is closed."""

    @functools.wraps(func)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._closed:
            raise ClosedError("Process is closed")
        return func(self, *args, **kwargs)

    return guarded


class ProcessCore(StateMachine, persistence.Savable, metaclass=ProcessStateMachineMeta):
    """The innermost layer of :class:`.Process`."""

    _spec_class: ClassVar[Type[ProcessSpec]] = ProcessSpec

    # Defaults of what most processes never set: they cost no memory.
    _announced = False
    _closed = False
    _pausing: Optional[CancellableAction] = None
    _paused: Optional[SavableFuture] = None
    _killing: Optional[CancellableAction] = None
    _cleanups: Optional[List[Callable[[], Any]]] = None
    _children: Optional[weakref.WeakSet[Process]] = None
    _run: Optional[Run] = None
    _listeners: Optional[EventHelper] = None
    _creation_time: Optional[float] = None
    _status: Optional[str] = None
    _pre_paused_status: Optional[str] = None
    _logger: Optional[logging.Logger] = None
    _communicator: Optional[kiwipy.Communicator] = None
    _parsed_inputs: Optional[AttributesFrozendict] = None
    _raw_inputs: Optional[AttributesFrozendict] = None
    _uuid: Optional[uuid.UUID] = None
    _future_watched = False

    # --- The class: states, spec, description -----------------------------------------------------------------------

    @classmethod
    def current(cls) -> Optional[Process]:
        """The process whose step this is called in, directly or in something that the step scheduled; or None."""
        stack = PROCESS_STACK.get()
        return stack[-1]() if stack else None

    @classmethod
    def get_states(cls) -> Sequence[Type[process_states.State]]:
        """The classes of the states, the initial one first."""
        classes = cls.get_state_classes()
        first = classes[ProcessState.CREATED]
        return (first, *(state for state in classes.values() if state is not first))

    @classmethod
    def get_state_classes(cls) -> Dict[Hashable, Type[Any]]:
        """The classes of the states by label; override it to replace some."""
        return {
            ProcessState.CREATED: process_states.Created,
            ProcessState.RUNNING: process_states.Running,
            ProcessState.WAITING: process_states.Waiting,
            ProcessState.FINISHED: process_states.Finished,
            ProcessState.EXCEPTED: process_states.Excepted,
            ProcessState.KILLED: process_states.Killed,
        }

    @classmethod
    def spec(cls) -> ProcessSpec:
        """The spec of this class, made by :meth:`define` when it's first asked for.

        :raises AssertionError: if a `define` doesn't chain up.
        """
        found = cls.__dict__.get("_spec")
        if found is not None:
            return cast(ProcessSpec, found)
        spec = cls._spec_class()
        cls._spec = spec
        try:
            cls.__called = False
            cls.define(spec)
            if not cls.__called:
                raise AssertionError(
                    f"Process.define() was not called by {cls}\nHint: Did you forget to call the superclass method in"
                    " your define? Try: super().define(spec)"
                )
        except BaseException:
            if "_spec" in cls.__dict__:
                del cls._spec
            raise
        return spec

    @classmethod
    def define(cls, _spec: ProcessSpec) -> None:
        """Define ports in the spec. Chain up."""
        cls.__called = True

    __called: bool = False
    _spec: Any

    @classmethod
    def get_name(cls) -> str:
        """The name of the class."""
        return cls.__name__

    @classmethod
    def get_description(cls) -> Dict[str, Any]:
        """Describe the class: its docstring, and its spec."""
        description: Dict[str, Any] = {}
        if cls.__dict__.get("__doc__"):
            description["description"] = cls.__dict__["__doc__"].strip()
        description["spec"] = cls.spec().get_description()
        return description

    # --- What a process knows of itself -----------------------------------------------------------------------------

    @property
    def creation_time(self) -> Optional[float]:
        """When it was created, in seconds since the epoch."""
        return self._creation_time

    @property
    def pid(self) -> Optional[PID_TYPE]:
        """What it is known by."""
        return self._pid

    @property
    def uuid(self) -> Optional[uuid.UUID]:
        """A UUID of its own. (One that was loaded has one only if that is its pid.)"""
        return self._uuid

    @property
    def raw_inputs(self) -> Optional[AttributesFrozendict]:
        """The inputs as they were given, or None."""
        return self._raw_inputs

    @property
    def inputs(self) -> Optional[AttributesFrozendict]:
        """The inputs with the defaults of the spec."""
        return self._parsed_inputs

    @property
    def outputs(self) -> Dict[str, Any]:
        """The outputs so far."""
        return self._outputs

    @property
    def logger(self) -> logging.Logger:
        """Where the process logs to."""
        return self._logger if self._logger is not None else LOGGER

    @protected
    def set_logger(self, logger: logging.Logger) -> None:
        """Have it log elsewhere."""
        self._logger = logger

    @protected
    def log_with_pid(self, level: int, msg: str) -> None:
        """Log a message with the pid in front."""
        self.logger.log(level, "%s: %s", self.pid, msg)

    @property
    def status(self) -> Optional[str]:
        """What it does at the moment, in words."""
        return self._status

    def set_status(self, status: Optional[str]) -> None:
        """Say what it does at the moment."""
        self._status = status

    # --- What the legacy flavour makes in its own way ---------------------------------------------------------------

    def _create_future(self) -> SavableFuture:
        """Make a future of this process's loop."""
        return SavableFuture(loop=self._loop)

    def _create_action(self, action: Callable[..., Any], cookie: Any = None) -> CancellableAction:
        """Make what a request is answered by."""
        return CancellableAction(action, cookie=cookie, loop=self._loop)

    def _awaitable(self, result: Any) -> Any:
        """What is to be awaited before the result of a step counts, or None."""
        # A coroutine that nobody awaits is nobody's result.
        return result if type(result) is CoroutineType or isinstance(result, Coroutine) else None

    _loop: asyncio.AbstractEventLoop
    _pid: Optional[PID_TYPE]
    _outputs: Dict[str, Any]
    _future: SavableFuture

    @property
    def paused(self) -> bool:
        """Tell whether it's paused."""
        return self._paused is not None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that it runs on."""
        return self._loop

    def has_terminated(self) -> bool:
        """Tell whether it has come to an end."""
        state = self._state
        return state is not None and not state.ALLOWED

    def result(self) -> Any:
        """The result of the last step.

        :raises KilledError: if it was killed.
        :raises InvalidStateError: if it hasn't ended.
        """
        state = self._state
        if isinstance(state, process_states.Finished):
            return state.result
        if isinstance(state, process_states.Killed):
            raise KilledError(state.msg)
        if isinstance(state, process_states.Excepted):
            raise cast(BaseException, state.exception)
        raise InvalidStateError

    def successful(self) -> bool:
        """Tell whether the result is a good one.

        :raises InvalidStateError: if it has not finished.
        """
        if not isinstance(self._state, process_states.Finished):
            raise InvalidStateError("process is not in the finished state")
        return self._state.successful

    @property
    def is_successful(self) -> bool:
        """Tell whether it has finished with a good result."""
        return isinstance(self._state, process_states.Finished) and self._state.successful

    def killed(self) -> bool:
        """Tell whether it was killed."""
        return self.state is ProcessState.KILLED

    def killed_msg(self) -> Any:
        """The message it was killed with; it's also equal to its text.

        :raises InvalidStateError: if it wasn't killed.
        """
        if isinstance(self._state, process_states.Killed):
            return self._state.msg
        raise InvalidStateError("Has not been killed")

    def exception(self) -> Optional[BaseException]:
        """The error it has ended with, or None."""
        return self._state.exception if isinstance(self._state, process_states.Excepted) else None

    @property
    def is_excepted(self) -> bool:
        """Tell whether it has ended with an error."""
        return self.state is ProcessState.EXCEPTED

    @property
    def is_killing(self) -> bool:
        """Tell whether it has been asked to be killed, but isn't yet."""
        return self._killing is not None

    def done(self) -> bool:
        """Use :meth:`has_terminated`; deprecated by plumpy 0.19."""
        import warnings

        warnings.warn("method is deprecated, use `has_terminated` instead", DeprecationWarning, stacklevel=2)
        return self.has_terminated()

    def get_status_info(self, out_status_info: Dict[str, Any]) -> None:
        """Put what others may want to know into the dictionary; it's what the status RPC answers."""
        out_status_info.update(
            {
                "ctime": self.creation_time,
                "paused": self.paused,
                "process_string": str(self),
                "state": str(self.state),
                "status": self.status,
                "pid": str(self.pid),
            }
        )
