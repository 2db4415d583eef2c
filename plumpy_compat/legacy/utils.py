"""Mappings with attribute access and helpers around callables, with what plumpy 0.14 and 0.15 had besides."""

from __future__ import annotations

import functools
import types
from typing import Any, Callable

from .. import event_helper as _event_helper, utils as modern
from ..utils import (
    PID_TYPE as PID_TYPE,
    SAVED_STATE_TYPE as SAVED_STATE_TYPE,
    AttributesDict as AttributesDict,
    AttributesFrozendict as AttributesFrozendict,
    Frozendict as Frozendict,
    is_mutable_property as is_mutable_property,
    load_function as load_function,
    load_module as load_module,
    load_object as load_object,
    override as override,
    protected as protected,
    type_check as type_check,
)
from .warn import warn

__all__ = ["AttributesDict"]

# Gone from plumpy since, with the rule that reports or replaces each.
_GONE = {
    "EventHelper": "PLM114",
    "ListenContext": "PLM114",
    "SimpleNamespace": "NSP103",
    "ThreadSafeCounter": "PLM114",
    "wrap_dict": "PLM114",
}

# Those that the modern module hasn't got.
_FOUND = {"EventHelper": _event_helper.EventHelper, "SimpleNamespace": types.SimpleNamespace}


def __getattr__(name: str) -> Any:
    if name in _GONE:
        warn(f"`plumpy.utils.{name}`", _GONE[name])
        return _FOUND[name] if name in _FOUND else getattr(modern, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def ensure_coroutine(wrapped: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose calls give futures: `wrapped` itself if it's a coroutine, of tornado or `async def`."""
    if getattr(wrapped, "__tornado_coroutine__", False) or modern.is_coroutine_function(wrapped):
        return wrapped

    @functools.wraps(wrapped)
    def coroutine(*args: Any, **kwargs: Any) -> Any:
        from . import awaiting, loops

        async def call() -> Any:
            return wrapped(*args, **kwargs)

        return awaiting.started(call(), loops.asyncio_loop(None))

    return coroutine
