"""The events of a process that others can listen to."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, Dict

from . import persistence
from .utils import SAVED_STATE_TYPE, protected

if TYPE_CHECKING:
    from .processes import Process

__all__ = ["ProcessListener"]


@persistence.auto_persist("_params")
class ProcessListener(persistence.Savable, metaclass=abc.ABCMeta):
    """Base of listeners; each method is called after the event."""

    # Subclasses need not call `__init__`.
    _params: Dict[str, Any] = {}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self._params = {}

    def init(self, **kwargs: Any) -> None:
        """Set up; the same arguments are given again when the listener is loaded with its process."""
        self._params = kwargs

    @protected
    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: persistence.LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self.init(**saved_state["_params"])

    def on_process_created(self, process: Process) -> None:
        """It was created. (plumpy never tells.)"""

    def on_process_running(self, process: Process) -> None:
        """A step is about to run."""

    def on_process_waiting(self, process: Process) -> None:
        """It waits."""

    def on_process_paused(self, process: Process) -> None:
        """It was paused."""

    def on_process_played(self, process: Process) -> None:
        """It was played."""

    def on_output_emitted(self, process: Process, output_port: str, value: Any, dynamic: bool) -> None:
        """It has an output.

        :param dynamic: whether its spec has no port for it.
        """

    def on_process_finished(self, process: Process, outputs: Any) -> None:
        """It has finished, with these outputs."""

    def on_process_excepted(self, process: Process, reason: str) -> None:
        """It has ended with an error, whose text is given."""

    def on_process_killed(self, process: Process, msg: Any) -> None:
        """It was killed, with this message."""
