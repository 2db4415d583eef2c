"""A stack of processes for each thread, which nothing in plumpy uses (in plumpy up to 0.18.1)."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Iterator, List, Tuple

from .warn import warn

THREAD_LOCAL = _thread_local = threading.local()

warn("the module `plumpy.stack`", "PLM112")


@contextlib.contextmanager
def in_stack(process: Any) -> Iterator[None]:
    """Have a process on the stack for the duration of a block."""
    push(process)
    try:
        yield
    finally:
        pop(process)


def top() -> Any:
    """The process on top.

    :raises IndexError: if there is none.
    """
    return _stack()[-1]


def stack() -> Tuple[Any, ...]:
    """All of them, the lowest first."""
    return tuple(_stack())


def push(process: Any) -> None:
    """Put a process on top."""
    _stack().append(process)


def is_empty() -> bool:
    """Tell whether there is none."""
    return not _stack()


def pop(process: Any) -> None:
    """Take the process from the top.

    :raises AssertionError: if another one is there.
    """
    if process is not top():
        raise AssertionError("Can't pop a process that is not top of the stack")
    _stack().pop()


def _stack() -> List[Any]:
    found: List[Any] = THREAD_LOCAL.__dict__.setdefault("wf_stack", [])
    return found
