"""Hooks that must chain up: whoever overrides one has to call the root implementation too.

The protocol is plumpy's: the root is decorated with :func:`super_check`, callers go through
:func:`call_with_super_check`, and a counter `_called` on the receiver tells whether the root was reached. Any object
can be the receiver (aiida-core uses both on its ORM entities).
"""

from __future__ import annotations

import functools
from typing import Any, Callable

__all__ = ["call_with_super_check", "super_check"]


def super_check(wrapped: Callable[..., Any]) -> Callable[..., None]:
    """Mark `wrapped` as the root of a hook, to be called through :func:`call_with_super_check`.

    :raises AssertionError: when the hook is called directly.
    """

    @functools.wraps(wrapped)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "_called", 0) < 1:
            raise AssertionError(f"The function '{wrapped.__name__}' was not called through call_with_super_check")
        wrapped(self, *args, **kwargs)
        self._called -= 1

    return wrapper


# All roots share this code. (An attribute wouldn't do: `functools.wraps(root)` on an override copies attributes.)
_ROOT_CODE = super_check(lambda self: None).__code__


def call_with_super_check(wrapped: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call the bound hook `wrapped` and make sure that it reached its root.

    The counter is put back whatever happens, so an exception that somebody swallows further down can't make an outer
    hook look guilty (it does in plumpy up to 0.26).

    :raises AssertionError: if the root was not called.
    """
    receiver = wrapped.__self__  # type: ignore[attr-defined]
    function: Any = wrapped.__func__  # type: ignore[attr-defined]
    if getattr(function, "__code__", None) is _ROOT_CODE:
        # Nobody overrides the hook: there is nothing that could forget its super.
        function.__wrapped__(receiver, *args, **kwargs)
        return
    before = getattr(receiver, "_called", 0)
    receiver._called = before + 1
    try:
        wrapped(*args, **kwargs)
        if receiver._called != before:
            raise AssertionError(
                f"Base '{wrapped.__name__}' was not called from '{receiver.__class__}'\n"
                "Hint: Did you forget to call the super?"
            )
    finally:
        receiver._called = before
