"""The hooks of a process: what is called when, and what each does before anybody overrides it.

The order is plumpy's (0.15 to 0.26)::

    created    on_entering on_create on_entered, broadcast, init
    a step     on_exiting (on_exit_running | on_exit_waiting) on_entering on_run on_entered on_running, listeners,
               broadcast
    waiting    ... on_wait ... on_waiting, listeners, broadcast
    paused     on_pausing on_paused, listeners; played: on_playing, listeners
    the end    ... on_finish ... on_finished, listeners, broadcast, on_terminated on_close
               and the same with on_except, on_excepted and on_kill, on_killed

The future of the process gets its outcome between the hook of the end (`on_finished` and so on, if it's overridden) and
the listeners: from there on the end has been announced, and is final. A hook that fails before that makes the process
except, and nobody has been told otherwise (plumpy resolves the future earlier, and has to replace it then).
"""

from __future__ import annotations

import logging
import time
import uuid
from types import TracebackType
from typing import Any, Callable, Optional, Tuple, Type, cast

from .. import process_states
from ..base.state_machine import StateEntryFailed, StateEventHook
from ..base.utils import call_with_super_check, super_check
from ..broker.dispatcher import dispatcher_of
from ..event_helper import EventHelper
from ..exceptions import KilledError
from ..persistence import SavableFuture
from ..process_listener import ProcessListener
from ..process_states import ProcessState
from .core import ProcessCore

_CREATED, _RUNNING, _WAITING = ProcessState.CREATED, ProcessState.RUNNING, ProcessState.WAITING
_FINISHED, _EXCEPTED, _KILLED = ProcessState.FINISHED, ProcessState.EXCEPTED, ProcessState.KILLED

ExcInfo = Tuple[Optional[Type[BaseException]], Optional[BaseException], Optional[TracebackType]]


class HookedProcess(ProcessCore):
    """The layer of :class:`.Process` with its hooks."""

    # --- Around every transition ------------------------------------------------------------------------------------

    def _fire_state_event(self, hook: Any, state: Any) -> None:
        if hook is StateEventHook.ENTERING_STATE:
            self.on_entering(state)
        elif hook is StateEventHook.ENTERED_STATE:
            self.on_entered(state)
        else:
            self.on_exiting()
        if self._event_callbacks:
            super()._fire_state_event(hook, state)

    def on_entering(self, state: process_states.State) -> None:
        """A state is about to be entered."""
        label = state.LABEL
        call = call_with_super_check
        entering: Any = state
        if label is _RUNNING:
            call(self.on_run)
        elif label is _WAITING:
            call(self.on_wait, entering.data)
        elif label is _CREATED:
            call(self.on_create)
        elif label is _FINISHED:
            call(self.on_finish, entering.result, entering.successful)
        elif label is _KILLED:
            call(self.on_kill, entering.msg)
        elif label is _EXCEPTED:
            call(self.on_except, entering.get_exc_info())

    def on_entered(self, from_state: Optional[process_states.State]) -> None:
        """A state was entered; the one before is given, or None."""
        label = cast(process_states.State, self._state).LABEL
        if label is _RUNNING:
            call_with_super_check(self.on_running)
        elif label is _WAITING:
            call_with_super_check(self.on_waiting)
        elif label is _FINISHED:
            call_with_super_check(self.on_finished)
        elif label is _KILLED:
            call_with_super_check(self.on_killed)
        elif label is _EXCEPTED:
            call_with_super_check(self.on_excepted)
        if self._communicator is not None and not self._closed:
            self._broadcast_state(from_state)

    def on_exiting(self) -> None:
        """The state is about to be left."""
        label = cast(process_states.State, self._state).LABEL
        if label is _RUNNING:
            call_with_super_check(self.on_exit_running)
        elif label is _WAITING:
            call_with_super_check(self.on_exit_waiting)

    def _broadcast_state(self, from_state: Optional[process_states.State]) -> None:
        """Have the communicator tell everybody of the new state; that takes no time here."""
        state = cast(process_states.State, self._state)
        # The communicator's word for no state is 'None'.
        before = None if from_state is None else cast(ProcessState, from_state.LABEL).value
        subject = f"state_changed.{before}.{cast(ProcessState, state.LABEL).value}"
        if self.logger.isEnabledFor(logging.DEBUG):
            self.logger.debug("Process<%s>: Broadcasting state change: %s", self.pid, subject)
        dispatcher_of(self._communicator).link.broadcast(None, self.pid, subject, final=state.is_terminal())

    def _settle(self) -> None:
        """Give the future of the process its outcome, once."""
        if self._announced:
            return
        self._announced = True
        state, future = self._state, self._future
        if future.done():
            return
        if isinstance(state, process_states.Finished):
            future.set_result(self.outputs)
        elif isinstance(state, process_states.Killed):
            future.set_exception(KilledError(*_text(state.msg)))
            future.exception()  # it was asked for, so it isn't to be logged as never retrieved
        elif isinstance(state, process_states.Excepted):
            _set_exception(future, state.exception)

    # --- Of each state ----------------------------------------------------------------------------------------------

    @super_check
    def on_create(self) -> None:
        """It's being created: its inputs are checked, and it gets its pid. Chain up.

        :raises ValueError: if the inputs are not what the spec asks for.
        """
        self._creation_time = time.time()
        inputs = self.spec().inputs
        raw = {} if self._raw_inputs is None else dict(self._raw_inputs)
        self._parsed_inputs = inputs.pre_process(raw)
        error = inputs.validate(self._parsed_inputs)
        if error is not None:
            raise ValueError(error)
        self._uuid = uuid.uuid4()
        if self._pid is None:
            self._pid = self._uuid

    @super_check
    def on_exit_running(self) -> None:
        """A step has ended. Chain up."""

    @super_check
    def on_exit_waiting(self) -> None:
        """A wait has ended. Chain up."""

    @super_check
    def on_run(self) -> None:
        """A step is about to run. Chain up."""

    @super_check
    def on_running(self) -> None:
        """A step is running. Chain up."""
        self._fire_event(ProcessListener.on_process_running)

    @super_check
    def on_wait(self, awaitables: Any) -> None:
        """It's about to wait, with the data of the wait. Chain up."""

    @super_check
    def on_waiting(self) -> None:
        """It waits. Chain up."""
        self._fire_event(ProcessListener.on_process_waiting)

    @super_check
    def on_pausing(self, msg: Optional[str] = None) -> None:
        """It's about to be paused. Chain up."""

    @super_check
    def on_paused(self, msg: Optional[str] = None) -> None:
        """It's being paused: the text becomes its status. Chain up."""
        self._pausing = None
        self._paused = self._create_future()
        self._pre_paused_status = self.status
        if msg is not None:
            self.set_status(msg)
        self._fire_event(ProcessListener.on_process_paused)

    @super_check
    def on_playing(self) -> None:
        """It's being played: it gets its status back. Chain up."""
        self._open_gate()
        self.set_status(self._pre_paused_status)
        self._pre_paused_status = None
        self._fire_event(ProcessListener.on_process_played)

    def _open_gate(self) -> None:
        """Let go who waits for the process to be played."""
        gate, self._paused = self._paused, None
        if gate is not None and not gate.done():
            gate.set_result(True)

    @super_check
    def on_finish(self, result: Any, successful: bool) -> None:
        """It's about to finish; if that's with success, its outputs are checked. Chain up.

        :raises StateEntryFailed: if they're not what the spec says, to finish without success.
        """
        if not successful:
            return
        error = self.spec().outputs.validate(self.outputs)
        if error is not None:
            raise StateEntryFailed(self.create_state(_FINISHED, result=result, successful=False))

    @super_check
    def on_finished(self) -> None:
        """It has finished. Chain up."""
        self._settle()
        self._fire_event(ProcessListener.on_process_finished, self.outputs)

    @super_check
    def on_except(self, exc_info: ExcInfo) -> None:
        """It's about to end with an error. Chain up."""
        exception, trace = exc_info[1], exc_info[2]
        if exception is not None and trace is not None:
            exception.__traceback__ = trace

    @super_check
    def on_excepted(self) -> None:
        """It has ended with an error. Chain up."""
        self._settle()
        self._fire_event(ProcessListener.on_process_excepted, str(cast(Any, self._state).exception))

    @super_check
    def on_kill(self, msg: Any) -> None:
        """It's about to be killed: the text of the message becomes its status. Chain up."""
        self.set_status("".join(_text(msg)))

    @super_check
    def on_killed(self) -> None:
        """It was killed. Chain up."""
        self._killing = None
        self._settle()
        self._fire_event(ProcessListener.on_process_killed, cast(Any, self._state).msg)

    @super_check
    def on_terminated(self) -> None:
        """It has come to an end, whichever. Chain up."""
        self.close()

    @super_check
    def on_close(self) -> None:
        """It's being closed: nobody reaches it any more. Chain up."""
        self._clean_up()

    def on_output_emitting(self, output_port: str, value: Any) -> None:
        """It's about to have an output, which isn't checked yet."""

    def on_output_emitted(self, output_port: str, value: Any, dynamic: bool) -> None:
        """It has an output; `dynamic` tells that its spec has no port for it."""
        self._fire_event(ProcessListener.on_output_emitted, output_port, value, dynamic)

    # --- Closing ----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Have nobody reach it any more. It keeps its state, but can't be run."""
        if not self._closed:
            call_with_super_check(self.on_close)

    def _clean_up(self) -> None:
        cleanups, self._cleanups = self._cleanups, None
        for cleanup in cleanups or ():
            try:
                cleanup()
            except Exception:
                self.logger.exception("Process<%s>: Exception calling cleanup method %s", self.pid, cleanup)
        self._closed = True
        self._event_callbacks = {}

    # --- Listeners --------------------------------------------------------------------------------------------------

    @property
    def _event_helper(self) -> EventHelper:
        if self._listeners is None:
            self._listeners = EventHelper(ProcessListener)
        return self._listeners

    @_event_helper.setter
    def _event_helper(self, helper: EventHelper) -> None:
        self._listeners = helper

    def add_process_listener(self, listener: ProcessListener) -> None:
        """Tell `listener` of what happens.

        :raises AssertionError: if it's the process itself, or no listener.
        """
        if cast(Any, listener) is self:
            raise AssertionError("Cannot listen to yourself!")
        self._event_helper.add_listener(listener)

    def remove_process_listener(self, listener: ProcessListener) -> None:
        """Don't tell `listener` any more."""
        self._event_helper.remove_listener(listener)

    def _fire_event(self, evt: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        if self._listeners is not None:
            self._listeners.fire_event(evt, self, *args, **kwargs)


def _text(msg: Any) -> Tuple[str, ...]:
    """The text of a kill message, if it has one."""
    text = msg.get("message") if isinstance(msg, dict) else msg
    return () if text is None else (text,)


def _set_exception(future: SavableFuture, exception: Optional[BaseException]) -> None:
    try:
        future.set_exception(cast(BaseException, exception))
    except TypeError:  # StopIteration, which a future can't take
        wrapped = RuntimeError(f"the process raised {exception!r}")
        wrapped.__cause__ = exception
        future.set_exception(wrapped)
