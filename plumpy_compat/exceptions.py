"""The exceptions of the runtime, and the result that stands for a failure."""

from __future__ import annotations

from typing import Any

__all__ = ["ClosedError", "InvalidStateError", "KilledError", "PersistenceError", "UnsuccessfulResult"]


class KilledError(Exception):
    """The process was killed."""


class InvalidStateError(Exception):
    """The process isn't in a state that allows what was asked of it."""


class UnsuccessfulResult:
    """What a run function returns to finish without success. It isn't an exception, as in plumpy.

    :param result: the result of the process.
    """

    def __init__(self, result: Any = None) -> None:
        self.result = result


class PersistenceError(Exception):
    """For persisters: a checkpoint couldn't be saved, loaded or deleted."""


class ClosedError(Exception):
    """The process is closed."""
