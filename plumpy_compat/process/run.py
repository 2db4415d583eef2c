"""What drives a process."""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import TYPE_CHECKING, Any, Optional

from .. import futures
from ..greenback_bridge import Drive

if TYPE_CHECKING:
    from .running import RunningProcess


class Run(Drive):
    """Drives a process, and knows how far its step is. A process that nobody drives hasn't got one."""

    __slots__ = ("action", "executing", "interrupted", "stepping", "unstarted")

    def __init__(self, process: RunningProcess) -> None:
        super().__init__()
        self.unstarted: Optional[RunningProcess] = process  # as long as nothing has been run
        self.stepping = False  # a step runs, or the transition that it led to
        self.executing = False  # a step runs
        self.interrupted = False  # and we have cancelled what it awaits
        self.action: Optional[futures.CancellableAction] = None  # what was asked for meanwhile

    def drive(self, coroutine: Any) -> Run:
        """Set what is driven."""
        self._coroutine = coroutine
        return self

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        if self.unstarted is not None:  # its task was cancelled before it had a turn
            self.unstarted._abandon_unstarted(self)
        return super().throw(typ, val, tb)


def coroutine_function(function: Any) -> Any:
    """Mark a function that gives a coroutine without being an `async def`."""
    if sys.version_info >= (3, 12):
        return inspect.markcoroutinefunction(function)
    function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined, unused-ignore]
    return function
