"""How a step says what comes next: by returning a command, or by raising an interruption.

plumpy keeps it in `process_states`; that module has all names.
"""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    Dict,
    Optional,
    Union,
)

from . import persistence
from .exceptions import PersistenceError, UnsuccessfulResult
from .messages import Message, MessageBuilder
from .persistence import LoadSaveContext, auto_persist
from .utils import SAVED_STATE_TYPE

MessageOrText = Union[str, Dict[str, Any], None]


class Interruption(Exception):
    """Raised in a state's `execute` to interrupt the step, by the state itself or by a request to the process."""

    # Set on the interruptions that a process makes of a request; whoever withdraws the request makes them void.
    requested = False


class KillInterruption(Interruption):
    """Kill the process.

    :param msg_text: why: text, or a kill message as :class:`MessageBuilder` makes them.
    :param force_kill: whether the process is not to be asked.
    """

    def __init__(self, msg_text: MessageOrText = None, force_kill: bool = False) -> None:
        self.msg = Message.of(msg_text, MessageBuilder.kill(force_kill=force_kill))
        self.force_kill = force_kill
        super().__init__(self.msg.text)

    def __str__(self) -> str:
        return self.msg.text or ""


class PauseInterruption(Interruption):
    """Pause the process.

    :param msg_text: why: text, or a pause message as :class:`MessageBuilder` makes them.
    """

    def __init__(self, msg_text: MessageOrText = None) -> None:
        self.msg = Message.of(msg_text, MessageBuilder.pause())
        super().__init__(self.msg.text)

    def __str__(self) -> str:
        return self.msg.text or ""


class Command(persistence.Savable):
    """What a step returns to say what comes next."""


def save_function(name: str, function: Optional[Callable[..., Any]], owner: Any, out: SAVED_STATE_TYPE) -> None:
    """Save a method of a process by its name.

    :raises PersistenceError: if it couldn't be found again.
    """
    if function is None:
        return
    function_name = getattr(function, "__name__", None)
    if function_name is None or not hasattr(owner, function_name):
        raise PersistenceError(
            f"{function!r} can't be saved, for it is not a method of {type(owner).__name__}: make it one"
        )
    out[name] = function_name


def load_function_of(name: str, saved: SAVED_STATE_TYPE, owner: Any) -> Any:
    """Find a method of a process that was saved by its name.

    :raises PersistenceError: if the process hasn't got it any more.
    """
    function_name = saved.get(name)
    if function_name is None:
        return None
    try:
        return getattr(owner, function_name)
    except AttributeError:
        raise PersistenceError(
            f"the checkpoint goes on with '{function_name}', which {type(owner).__name__} hasn't got (any more)"
        ) from None


@auto_persist("msg")
class Kill(Command):
    """Kill the process.

    :param msg: why: text, or a kill message as :class:`MessageBuilder` makes them.
    """

    def __init__(self, msg: MessageOrText = None) -> None:
        super().__init__()
        self.msg = None if msg is None else Message.of(msg, MessageBuilder.kill())


class _GoesOn(Command):
    """A command with a method of the process that is called later."""

    CONTINUE_FN = "continue_fn"

    continue_fn: Optional[Callable[..., Any]]

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        if self.continue_fn is not None:
            out_state[self.CONTINUE_FN] = self.continue_fn.__name__

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self.continue_fn = load_function_of(self.CONTINUE_FN, saved_state, load_context.process)


@auto_persist("msg")
class Pause(_GoesOn):
    """Pause the process.

    :param msg: why.
    :param continue_fn: what runs once the process is played; without it the step that paused runs again.
    """

    def __init__(self, msg: MessageOrText = None, continue_fn: Optional[Callable[..., Any]] = None) -> None:
        super().__init__()
        self.msg = msg
        self.continue_fn = continue_fn


@auto_persist("msg", "data")
class Wait(_GoesOn):
    """Wait until the process is resumed.

    :param continue_fn: what runs then, with the value that the process is resumed with, if there is one. Without it
        the process finishes with that value as its result (in plumpy it excepts).
    :param msg: what it waits for, in words.
    :param data: anything that belongs to the wait; `on_wait` gets it.
    """

    def __init__(
        self, continue_fn: Optional[Callable[..., Any]] = None, msg: Optional[str] = None, data: Any = None
    ) -> None:
        super().__init__()
        self.continue_fn = continue_fn
        self.msg = msg
        self.data = data


@auto_persist("result", "successful")
class Stop(Command):
    """Finish the process with this result."""

    def __init__(self, result: Any, successful: bool) -> None:
        super().__init__()
        self.result = result
        self.successful = successful

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        # plumpy doesn't save whether it's successful.
        super().load_instance_state({"successful": True, **saved_state}, load_context)


@auto_persist("args", "kwargs")
class Continue(_GoesOn):
    """Go on with a function and these arguments."""

    def __init__(self, continue_fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.continue_fn = continue_fn
        self.args = args
        self.kwargs = kwargs


def command_of(result: Any) -> Command:
    """The command that the result of a step stands for."""
    if isinstance(result, Command):
        return result
    if isinstance(result, UnsuccessfulResult):
        return Stop(result.result, False)
    return Stop(result, True)
