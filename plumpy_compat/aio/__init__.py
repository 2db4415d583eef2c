"""What tornado's coroutines did and asyncio's don't: helpers for code that was rewritten from one to the other.

It needs the standard library only, nothing else of the runtime, so the folder can be copied. "tornado" is tornado
4.5.3 where no release is named; each difference from it is said. A *yieldable* is what tornado took after `yield`:
None, a list or dict of yieldables, an awaitable, a future of asyncio or of a thread (`concurrent.futures`).

What tornado logged as `tornado.application` goes to the logger `asyncio`; errors of callbacks go through the loop's
exception handler, which logs them there unless it was replaced.
"""

from __future__ import annotations

from .callbacks import add_callback, add_future, call_later
from .condition import Condition
from .coroutines import eager_coroutine, is_coroutine_function, run_sync
from .futures import chain_future, create_future, is_future
from .loops import current_event_loop, get_or_create_event_loop
from .periodic import PeriodicCallback
from .wait_iterator import WaitIterator
from .yieldables import as_awaitable, create_task, maybe_await, multi, wait_for, with_timeout

__all__ = [
    "Condition",
    "PeriodicCallback",
    "WaitIterator",
    "add_callback",
    "add_future",
    "as_awaitable",
    "call_later",
    "chain_future",
    "create_future",
    "create_task",
    "current_event_loop",
    "eager_coroutine",
    "get_or_create_event_loop",
    "is_coroutine_function",
    "is_future",
    "maybe_await",
    "multi",
    "run_sync",
    "wait_for",
    "with_timeout",
]
