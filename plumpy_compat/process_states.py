"""The states of a process. (The commands, which plumpy has here too, are in :mod:`.commands`.)"""

from __future__ import annotations

import asyncio
import traceback
from enum import Enum
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Optional,
    Tuple,
    Type,
    cast,
)

from . import persistence
from .base import state_machine
from .commands import (
    Command as Command,
    Continue as Continue,
    Interruption as Interruption,
    Kill as Kill,
    KillInterruption as KillInterruption,
    MessageOrText as MessageOrText,
    Pause as Pause,
    PauseInterruption as PauseInterruption,
    Stop as Stop,
    Wait as Wait,
    command_of as command_of,
    load_function_of as load_function_of,
    save_function as save_function,
)
from .lang import NULL
from .messages import Message, MessageBuilder
from .persistence import LoadSaveContext, auto_persist
from .utils import SAVED_STATE_TYPE

if TYPE_CHECKING:
    from .processes import Process

__all__ = [
    "Continue",
    "Created",
    "Excepted",
    "Finished",
    "Interruption",
    "Kill",
    "KillInterruption",
    "Killed",
    "PauseInterruption",
    "ProcessState",
    "Running",
    "Stop",
    "Wait",
    "Waiting",
]


_PENDING = object()


class ProcessState(Enum):
    """The labels of the states of a process."""

    CREATED = "created"
    RUNNING = "running"
    WAITING = "waiting"
    FINISHED = "finished"
    EXCEPTED = "excepted"
    KILLED = "killed"


@auto_persist("in_state")
class State(state_machine.State, persistence.Savable):
    """Base of the states of a process."""

    @property
    def process(self) -> Process:
        """The process that the state belongs to."""
        return cast("Process", self.state_machine)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self.state_machine = load_context.process

    def interrupt(self, reason: BaseException) -> Any:
        """Called when the process is to be paused or killed while it is in this state."""


class _Calling(State):
    """A state with a function of the process to be called."""

    RUN_FN = "run_fn"

    run_fn: Callable[..., Any]

    def __init__(self, process: Process, run_fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        if run_fn is None:
            raise TypeError("run_fn must be a function")
        super().__init__(process)
        self.run_fn = run_fn
        self.args = args
        self.kwargs = kwargs

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        save_function(self.RUN_FN, self.run_fn, self.process, out_state)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self.run_fn = load_function_of(self.RUN_FN, saved_state, self.process)


@auto_persist("args", "kwargs")
class Created(_Calling):
    """Made, but not started."""

    LABEL = ProcessState.CREATED
    ALLOWED = {ProcessState.RUNNING, ProcessState.KILLED, ProcessState.EXCEPTED}  # noqa: RUF012

    def execute(self) -> State:
        return cast(State, self.create_state(ProcessState.RUNNING, self.run_fn, *self.args, **self.kwargs))


@auto_persist("args", "kwargs")
class Running(_Calling):
    """Runs one step."""

    LABEL = ProcessState.RUNNING
    ALLOWED = {  # noqa: RUF012
        ProcessState.RUNNING,
        ProcessState.WAITING,
        ProcessState.FINISHED,
        ProcessState.KILLED,
        ProcessState.EXCEPTED,
    }

    COMMAND = "command"

    _command: Optional[Command] = None
    _running = False
    _run_handle = None

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        if self._command is not None:
            out_state[self.COMMAND] = self._command.save(save_context)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        if self.COMMAND in saved_state:
            self._command = persistence.Savable.load(saved_state[self.COMMAND], load_context)

    def interrupt(self, reason: BaseException) -> None:
        """Kill the step where it awaits; a pause has to wait for the end of the step."""
        if isinstance(reason, KillInterruption):
            self.process.interrupt_step()

    async def execute(self) -> State:
        command = self._command
        if command is None:
            self._running = True
            try:
                result = self.run_fn(*self.args, **self.kwargs)
                # Also of a plain function.
                awaitable = self.process._awaitable(result)
                if awaitable is not None:
                    result = await awaitable
            except Interruption:
                raise
            except Exception as exception:
                trace = exception.__traceback__
                # The first frame is this one.
                return self.create_excepted(exception, trace.tb_next if trace is not None else None)
            finally:
                self._running = False
            command = command_of(result)
            # A checkpoint from now on has run this step.
            self._command = command
        return self._action_command(command)

    def create_excepted(self, exception: BaseException, trace: Optional[TracebackType]) -> State:
        """Make the state that follows an error."""
        return cast(State, self.create_state(ProcessState.EXCEPTED, exception, trace))

    def _action_command(self, command: Command) -> State:
        """Make the state that a command asks for.

        :raises ValueError: for a command that nobody knows.
        """
        create: Callable[..., Any] = self.create_state
        if isinstance(command, Continue):
            return cast(State, create(ProcessState.RUNNING, command.continue_fn, *command.args, **command.kwargs))
        if isinstance(command, Wait):
            return cast(State, create(ProcessState.WAITING, command.continue_fn, command.msg, command.data))
        if isinstance(command, Stop):
            return cast(State, create(ProcessState.FINISHED, command.result, command.successful))
        if isinstance(command, Kill):
            return cast(State, create(ProcessState.KILLED, command.msg))
        if isinstance(command, Pause):
            self.process.pause(command.msg)
            if command.continue_fn is not None:
                return cast(State, create(ProcessState.RUNNING, command.continue_fn))
            return cast(State, create(ProcessState.RUNNING, self.run_fn, *self.args, **self.kwargs))
        raise ValueError("Unrecognised command")


@auto_persist("msg", "data")
class Waiting(State):
    """Waits to be resumed."""

    LABEL = ProcessState.WAITING
    ALLOWED = {  # noqa: RUF012
        ProcessState.RUNNING,
        ProcessState.WAITING,
        ProcessState.KILLED,
        ProcessState.EXCEPTED,
        ProcessState.FINISHED,
    }

    DONE_CALLBACK = "DONE_CALLBACK"
    VALUE = "resumed_with"
    ERROR = "failed_with"

    _interruption = None
    # What the process was resumed with. It's kept here and not in the future, so that it survives an interruption.
    _value: Any = _PENDING
    _error: Optional[BaseException] = None
    _waiting_future: Optional[asyncio.Future[Any]] = None

    def __init__(
        self,
        process: Process,
        done_callback: Optional[Callable[..., Any]],
        msg: Optional[str] = None,
        data: Any = None,
    ) -> None:
        super().__init__(process)
        self.done_callback = done_callback
        self.msg = msg
        self.data = data

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} ({self.msg})" if self.msg else text

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        save_function(self.DONE_CALLBACK, self.done_callback, self.process, out_state)
        if self._value is not _PENDING:
            out_state[self.VALUE] = () if self._value is NULL else (persistence.snapshot(self._value),)
        if self._error is not None:
            from .checkpoints import exception_text

            out_state[self.ERROR] = exception_text.dump_exception(self._error)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self.done_callback = load_function_of(self.DONE_CALLBACK, saved_state, self.process)
        if self.VALUE in saved_state:
            values = persistence.snapshot(saved_state[self.VALUE])
            self._value = values[0] if values else NULL
        if self.ERROR in saved_state:
            from .checkpoints import exception_text

            self._error = exception_text.load_exception(saved_state[self.ERROR])

    def interrupt(self, reason: BaseException) -> None:
        """End the wait with an interruption; once is enough."""
        future = self._waiting_future
        if future is not None and not future.done():
            future.set_exception(reason)

    async def execute(self) -> State:
        if self._value is _PENDING and self._error is None:
            if self._waiting_future is None:
                self._waiting_future = self.process._loop.create_future()
            try:
                value = await self._waiting_future
            finally:
                self._waiting_future = None
            if self._value is _PENDING and self._error is None:
                self._value = value  # of a subclass that ends the wait in its own way
        if self._error is not None:
            raise self._error
        args: Tuple[Any, ...] = () if self._value is NULL else (self._value,)
        if self.done_callback is None:
            result = args[0] if args else None
            return cast(State, self.create_state(ProcessState.FINISHED, result, True))
        return cast(State, self.create_state(ProcessState.RUNNING, self.done_callback, *args))

    def resume(self, value: Any = NULL) -> None:
        """End the wait. Only the first time counts (plumpy 0.23)."""
        if self._value is _PENDING:
            # Compared to nothing: an array, say, answers that with an array.
            self._value = NULL if isinstance(value, type(NULL)) else value
            self._wake()

    def fail(self, error: BaseException) -> None:
        """End the wait with an error: the process excepts."""
        if self._error is None:
            self._error = error
            self._wake()

    def _wake(self) -> None:
        if self._waiting_future is not None and not self._waiting_future.done():
            self._waiting_future.set_result(None if self._error is not None else self._value)


class Excepted(State):
    """Ended by an error."""

    LABEL = ProcessState.EXCEPTED

    EXC_VALUE = "ex_value"
    TRACEBACK = "traceback"

    _trace_text: Optional[str] = None

    def __init__(
        self, process: Process, exception: Optional[BaseException], trace_back: Optional[TracebackType] = None
    ) -> None:
        """:param trace_back: where it was raised; the exception knows that itself if it's not given."""
        super().__init__(process)
        self.exception = exception
        self.traceback = trace_back

    def __str__(self) -> str:
        exception = traceback.format_exception_only(type(self.exception) if self.exception else None, self.exception)
        return f"{super().__str__()}({exception[0]})"

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        from .checkpoints import exception_text

        out_state[self.EXC_VALUE] = exception_text.dump_exception(cast(BaseException, self.exception))
        if self.traceback is not None:
            out_state[self.TRACEBACK] = "".join(traceback.format_tb(self.traceback))
        elif self._trace_text is not None:
            out_state[self.TRACEBACK] = self._trace_text

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        from .checkpoints import exception_text

        self.exception = exception_text.load_exception(saved_state[self.EXC_VALUE])
        self.traceback = None
        self._trace_text = saved_state.get(self.TRACEBACK)

    def get_exc_info(self) -> Tuple[Optional[Type[BaseException]], Optional[BaseException], Optional[TracebackType]]:
        """The error as `sys.exc_info()` gives it."""
        return type(self.exception) if self.exception is not None else None, self.exception, self.traceback


@auto_persist("result", "successful")
class Finished(State):
    """Ended with a result."""

    LABEL = ProcessState.FINISHED

    def __init__(self, process: Process, result: Any, successful: bool) -> None:
        super().__init__(process)
        self.result = result
        self.successful = successful


@auto_persist("msg")
class Killed(State):
    """Ended by being killed."""

    LABEL = ProcessState.KILLED

    def __init__(self, process: Process, msg: MessageOrText = None) -> None:
        """:param msg: why: text, or a kill message as :class:`MessageBuilder` makes them."""
        super().__init__(process)
        self.msg: Any = None if msg is None else Message.of(msg, MessageBuilder.kill())

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        if self.msg is not None:
            self.msg = Message.of(self.msg, MessageBuilder.kill())
