"""The states of a process, as in plumpy 0.14 and 0.15: steps and `execute` may be coroutines of tornado."""

from __future__ import annotations

from typing import Any, Dict, Hashable, Optional, Type

from .. import process_states as modern
from ..messages import Message
from ..process_states import (
    Command as Command,
    Continue as Continue,
    Created as Created,
    Excepted as Excepted,
    Finished as Finished,
    Interruption as Interruption,
    Kill as Kill,
    KillInterruption as KillInterruption,
    Pause as Pause,
    PauseInterruption as PauseInterruption,
    ProcessState as ProcessState,
    State as State,
    Stop as Stop,
    Wait as Wait,
)
from ..utils import SAVED_STATE_TYPE
from . import awaiting
from .futures import Future
from .persistence import LoadSaveContext, auto_persist

__all__ = modern.__all__


class Running(modern.Running):
    """Runs one step. What it gives is waited for if it's a future (plumpy up to 0.22 took the future as the result)."""

    async def execute(self) -> State:
        awaiting.note(self.run_fn)
        return await super().execute()


class WaitingByFuture:
    """Has the state wait for `_waiting_future`, which is there from the start: subclasses wait for it or settle it."""

    _own_future: Any = None

    @property
    def _waiting_future(self) -> Any:
        if self._own_future is None:
            self._own_future = Future()
        return self._own_future

    @_waiting_future.setter
    def _waiting_future(self, future: Any) -> None:
        self._own_future = future

    def execute(self) -> Any:
        if self._own_future is None:  # nobody has asked for it yet: one of the loop's is smaller
            self._own_future = self.process._loop.create_future()  # type: ignore[attr-defined]
        return super().execute()  # type: ignore[misc]

    def interrupt(self, reason: BaseException) -> Any:
        # A future that nobody waits for would except the next wait.
        return super().interrupt(reason) if self._own_future is not None else None  # type: ignore[misc]


class Waiting(WaitingByFuture, modern.Waiting):
    """Waits to be resumed."""


@auto_persist("msg")
class Killed(modern.Killed):
    """Ended by being killed; its message is text."""

    def __init__(self, process: Any, msg: Any = None) -> None:
        super().__init__(process, msg)
        self.msg = _text(self.msg)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self.msg = _text(self.msg)


def _text(message: Any) -> Optional[str]:
    return message.text if isinstance(message, Message) else message


def state_classes() -> Dict[Hashable, Type[Any]]:
    """The classes of the states of a legacy process."""
    return {
        ProcessState.CREATED: Created,
        ProcessState.RUNNING: Running,
        ProcessState.WAITING: Waiting,
        ProcessState.FINISHED: Finished,
        ProcessState.EXCEPTED: Excepted,
        ProcessState.KILLED: Killed,
    }
