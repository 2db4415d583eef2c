"""The messages that processes and launchers understand: RPCs, broadcasts and tasks.

plumpy keeps it in `process_comms`; that module has all names.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Union, cast

from . import loaders
from .checkpoints import snapshots
from .utils import PID_TYPE

MessageType = Dict[str, Any]

INTENT_KEY = "intent"
MESSAGE_TEXT_KEY = "message"
MESSAGE_KEY = MESSAGE_TEXT_KEY  # its name up to plumpy 0.23
FORCE_KILL_KEY = "force_kill"


class Intent:
    """What a message asks of a process."""

    PLAY: str = "play"
    PAUSE: str = "pause"
    KILL: str = "kill"
    STATUS: str = "status"


# As they were up to plumpy 0.23.
PLAY_MSG = {INTENT_KEY: Intent.PLAY}
PAUSE_MSG = {INTENT_KEY: Intent.PAUSE}
KILL_MSG = {INTENT_KEY: Intent.KILL}
STATUS_MSG = {INTENT_KEY: Intent.STATUS}


class MessageBuilder:
    """Makes the messages that processes understand."""

    @classmethod
    def play(cls, text: Optional[str] = None) -> MessageType:
        """Ask to play."""
        return {INTENT_KEY: Intent.PLAY, MESSAGE_TEXT_KEY: text}

    @classmethod
    def pause(cls, text: Optional[str] = None) -> MessageType:
        """Ask to pause."""
        return {INTENT_KEY: Intent.PAUSE, MESSAGE_TEXT_KEY: text}

    @classmethod
    def kill(cls, text: Optional[str] = None, force_kill: bool = False) -> MessageType:
        """Ask to be killed."""
        return {INTENT_KEY: Intent.KILL, MESSAGE_TEXT_KEY: text, FORCE_KILL_KEY: force_kill}

    @classmethod
    def status(cls, text: Optional[str] = None) -> MessageType:
        """Ask for the status."""
        return {INTENT_KEY: Intent.STATUS, MESSAGE_TEXT_KEY: text}


class Message(Dict[str, Any]):
    """A message that is also equal to its text, which is what it was up to plumpy 0.23.

    It's saved and sent as a plain dictionary.
    """

    __hash__ = None

    @classmethod
    def of(cls, message: Union[str, Dict[str, Any], None], template: MessageType) -> Message:
        """A message from its text, or from (parts of) a message; `template` gives what is missing."""
        parts = message if isinstance(message, dict) else {MESSAGE_TEXT_KEY: message}
        return cls({**template, **parts})

    @property
    def text(self) -> Optional[str]:
        """The text, or None."""
        return cast("Optional[str]", self.get(MESSAGE_TEXT_KEY))

    def __eq__(self, other: object) -> bool:
        return self.text == other if other is None or isinstance(other, str) else dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __str__(self) -> str:
        return self.text or ""

    def __reduce__(self) -> Any:
        return dict, (dict(self),)

    def __deepcopy__(self, memo: Any) -> Dict[str, Any]:
        return cast("Dict[str, Any]", snapshots.snapshot(dict(self)))


TASK_KEY = "task"
TASK_ARGS = "args"
PERSIST_KEY = "persist"
PROCESS_CLASS_KEY = "process_class"
ARGS_KEY = "init_args"
KWARGS_KEY = "init_kwargs"
NOWAIT_KEY = "nowait"
PID_KEY = "pid"
TAG_KEY = "tag"
LAUNCH_TASK = "launch"
CONTINUE_TASK = "continue"
CREATE_TASK = "create"


def create_launch_body(
    process_class: Any,
    init_args: Optional[Sequence[Any]] = None,
    init_kwargs: Optional[Dict[str, Any]] = None,
    persist: bool = False,
    loader: Optional[loaders.ObjectLoader] = None,
    nowait: bool = True,
) -> Dict[str, Any]:
    """Make the task of launching a process.

    :param process_class: the class, named by `loader`.
    :param init_args: arguments of its constructor.
    :param init_kwargs: more of them.
    :param persist: whether to save a checkpoint before it runs.
    :param nowait: whether the reply is the pid, at once, or the outputs, when it has ended.
    """
    loader = loader if loader is not None else loaders.get_object_loader()
    args = {
        PROCESS_CLASS_KEY: loader.identify_object(process_class),
        PERSIST_KEY: persist,
        NOWAIT_KEY: nowait,
        ARGS_KEY: init_args,
        KWARGS_KEY: init_kwargs,
    }
    return {TASK_KEY: LAUNCH_TASK, TASK_ARGS: args}


def create_continue_body(pid: PID_TYPE, tag: Optional[str] = None, nowait: bool = False) -> Dict[str, Any]:
    """Make the task of continuing a process from a checkpoint; `nowait` as for :func:`create_launch_body`."""
    return {TASK_KEY: CONTINUE_TASK, TASK_ARGS: {PID_KEY: pid, NOWAIT_KEY: nowait, TAG_KEY: tag}}


def create_create_body(
    process_class: Any,
    init_args: Optional[Sequence[Any]] = None,
    init_kwargs: Optional[Dict[str, Any]] = None,
    persist: bool = False,
    loader: Optional[loaders.ObjectLoader] = None,
) -> Dict[str, Any]:
    """Make the task of creating a process without running it; the arguments as for :func:`create_launch_body`."""
    loader = loader if loader is not None else loaders.get_object_loader()
    args = {
        PROCESS_CLASS_KEY: loader.identify_object(process_class),
        PERSIST_KEY: persist,
        ARGS_KEY: init_args,
        KWARGS_KEY: init_kwargs,
    }
    return {TASK_KEY: CREATE_TASK, TASK_ARGS: args}


def plain_message(text: Any, template: MessageType) -> MessageType:
    """A message to send, from its text or from (parts of) a message; what it asks for is up to the template."""
    return {**Message.of(text, template), INTENT_KEY: template[INTENT_KEY]}
