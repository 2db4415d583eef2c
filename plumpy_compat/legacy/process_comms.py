"""Remote control as in plumpy 0.14 and 0.15: the controller for coroutines gives futures that have started."""

from __future__ import annotations

from typing import Any, Dict, Hashable, Optional

import kiwipy

from .. import messages, process_comms as modern
from ..process_comms import (
    ARGS_KEY as ARGS_KEY,
    CONTINUE_TASK as CONTINUE_TASK,
    CREATE_TASK as CREATE_TASK,
    INTENT_KEY as INTENT_KEY,
    KWARGS_KEY as KWARGS_KEY,
    LAUNCH_TASK as LAUNCH_TASK,
    MESSAGE_KEY as MESSAGE_KEY,
    NOWAIT_KEY as NOWAIT_KEY,
    PERSIST_KEY as PERSIST_KEY,
    PID_KEY as PID_KEY,
    PROCESS_CLASS_KEY as PROCESS_CLASS_KEY,
    TAG_KEY as TAG_KEY,
    TASK_ARGS as TASK_ARGS,
    TASK_KEY as TASK_KEY,
    Intent as Intent,
    create_continue_body as create_continue_body,
    create_create_body as create_create_body,
    create_launch_body as create_launch_body,
)
from . import awaiting, loops
from .warn import warn

#: Messages that were constants; they can be had from here and from the package, with a warning.
CONSTANTS = ("KILL_MSG", "PAUSE_MSG", "PLAY_MSG", "STATUS_MSG")

__all__ = [
    *CONSTANTS,
    "ProcessLauncher",
    "RemoteProcessController",
    "RemoteProcessThreadController",
    "create_continue_body",
    "create_launch_body",
]


def __getattr__(name: str) -> Any:
    if name in CONSTANTS:
        warn(f"`plumpy.{name}`", "PLM108")
        return getattr(messages, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def text_of(msg_text: Any, msg: Any) -> Any:
    """The text of a message, by the keyword of plumpy up to 0.23 (`msg`) or the one since."""
    if msg is None:
        return msg_text
    warn("the keyword `msg`", "PLM109")
    return msg


class RemoteProcessController:
    """Controls processes through a communicator, from coroutines of tornado."""

    def __init__(self, communicator: kiwipy.Communicator) -> None:
        self._communicator = communicator
        self._controller = modern.RemoteProcessController(communicator)

    def get_status(self, pid: Hashable) -> Any:
        """Ask a process for its status."""
        return self._start(self._controller.get_status(pid))

    def pause_process(self, pid: Hashable, msg_text: Optional[str] = None, msg: Optional[str] = None) -> Any:
        """Pause a process; tells whether it is paused."""
        return self._start(self._controller.pause_process(pid, text_of(msg_text, msg)))

    def play_process(self, pid: Hashable) -> Any:
        """Play a process; tells whether it plays."""
        return self._start(self._controller.play_process(pid))

    def kill_process(
        self, pid: Hashable, msg_text: Optional[str] = None, force_kill: bool = False, msg: Optional[str] = None
    ) -> Any:
        """Kill a process; tells whether it's killed."""
        return self._start(self._controller.kill_process(pid, text_of(msg_text, msg), force_kill))

    def continue_process(self, *args: Any, **kwargs: Any) -> Any:
        """Have a process continued from a checkpoint."""
        return self._start(self._controller.continue_process(*args, **kwargs))

    def launch_process(self, *args: Any, **kwargs: Any) -> Any:
        """Have a process launched."""
        return self._start(self._controller.launch_process(*args, **kwargs))

    def execute_process(self, *args: Any, **kwargs: Any) -> Any:
        """Have a process created and checkpointed by one worker, and run by any."""
        return self._start(self._controller.execute_process(*args, **kwargs))

    @staticmethod
    def _start(coroutine: Any) -> Any:
        return awaiting.started(coroutine, loops.asyncio_loop(None))


class RemoteProcessThreadController(modern.RemoteProcessThreadController):
    """Controls processes through a communicator, from any thread."""

    def pause_process(self, pid: Any, msg_text: Optional[str] = None, msg: Any = None) -> kiwipy.Future:
        return super().pause_process(pid, text_of(msg_text, msg))

    def kill_process(
        self, pid: Any, msg_text: Optional[str] = None, force_kill: bool = False, msg: Any = None
    ) -> kiwipy.Future:
        return super().kill_process(pid, text_of(msg_text, msg), force_kill)

    def pause_all(self, msg_text: Optional[str] = None, msg: Any = None) -> None:
        super().pause_all(text_of(msg_text, msg))

    def kill_all(self, msg_text: Optional[str] = None, msg: Any = None) -> None:
        super().kill_all(text_of(msg_text, msg))

    def _broadcast(self, subject: str, body: Any) -> None:
        # plumpy up to 0.23 understands text only, later releases messages only; the second one changes nothing for
        # those who understood the first.
        if isinstance(body, dict):
            super()._broadcast(subject, body.get(MESSAGE_KEY))
        super()._broadcast(subject, body)


class ProcessLauncher(modern.ProcessLauncher):
    """Takes tasks: launches, continues and creates processes.

    :param loop: where processes run; tornado's, or asyncio's.
    """

    def __init__(self, loop: Any = None, persister: Any = None, load_context: Any = None, loader: Any = None) -> None:
        on = None if loop is None else awaiting.given(loop)
        if load_context is not None and "loop" in load_context:
            load_context = load_context.copyextend(loop=awaiting.given(load_context.loop))
        super().__init__(loop=on, persister=persister, load_context=load_context, loader=loader)

    def __call__(self, communicator: Any, task: Dict[str, Any]) -> Any:
        """Take a task."""
        return awaiting.started(super().__call__(communicator, task), loops.asyncio_loop(self._loop))
