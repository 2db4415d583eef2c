"""Warnings of what only legacy code uses, each with the rule of plumpy-migrate that removes it.

Each use is told once for each place that it comes from. With `PLUMPY_COMPAT_WARNINGS=error` in the environment it's an
error. With `PLUMPY_COMPAT_AUDIT=FOLDER` every interpreter counts all uses and leaves them there when it ends, for
`python -m plumpy_compat.audit` to read.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import uuid
import warnings
from pathlib import Path
from types import CodeType, MethodType
from typing import Any, Dict, NamedTuple, Set, Tuple

__all__ = ["PlumpyCompatDeprecationWarning", "warn", "warn_if_users", "warn_of_function"]

ERROR = "PLUMPY_COMPAT_WARNINGS"
AUDIT = "PLUMPY_COMPAT_AUDIT"

# Frames of these are between the user and us, and never the user.
_NOBODY = frozenset(
    "plumpy_compat plumpy tornado asyncio importlib functools contextlib greenlet concurrent runpy threading unittest"
    " _pytest pytest pluggy xdist execnet".split()
)


class PlumpyCompatDeprecationWarning(DeprecationWarning):
    """Something was used that only the legacy flavour has."""


class Use(NamedTuple):
    """What was used, and where."""

    rule: str
    feature: str
    file: str
    line: int


_told: Set[Tuple[str, CodeType, int]] = set()
_counts: Dict[Use, int] = {}
_counting = AUDIT in os.environ
_as_errors = os.environ.get(ERROR) == "error"


def warn(feature: str, rule: str, otherwise: Any = None) -> None:
    """Tell that the caller of this package uses a legacy feature.

    :param feature: what it is, as the user writes it.
    :param rule: the rule of plumpy-migrate that removes it.
    :param otherwise: a function of the user that is named if none of the user's has called us.
    """
    frame = _users_frame()
    if frame is None and otherwise is not None:
        warn_of_function(feature, rule, otherwise)
        return
    frame = frame or sys._getframe(1)
    _tell(feature, rule, frame.f_code, frame.f_lineno, frame.f_globals)


def warn_of_flavour() -> None:
    """Tell that the user imports the flavour itself. That's no error: it would hide all the others."""
    frame = _users_frame()
    if frame is not None:
        _tell("`plumpy_compat.legacy` itself", "PLM101", frame.f_code, frame.f_lineno, frame.f_globals, error=False)


def warn_if_users(feature: str, rule: str) -> None:
    """As :func:`warn`, if it's the user who calls what calls this, and not this package or tornado."""
    if _package(sys._getframe(2)) not in ("plumpy_compat", "tornado"):
        warn(feature, rule)


def _users_frame() -> Any:
    """The innermost frame of the user, or None: a program that only runs the user's says nothing itself."""
    frame: Any = sys._getframe(2)
    while frame is not None and _package(frame) in _NOBODY:
        frame = frame.f_back
    return frame


def _package(frame: Any) -> str:
    names = frame.f_globals
    name: str = names.get("__name__") or ""
    if name == "__main__" and names.get("__spec__") is not None:
        name = names["__spec__"].name
    return name.partition(".")[0]


def attributes(function: Any) -> Dict[str, Any]:
    """What was set on a function, or on that of a method. Asking for what isn't there costs more."""
    if isinstance(function, MethodType):
        function = function.__func__
    return getattr(function, "__dict__", {})


def warn_of_function(feature: str, rule: str, function: Any) -> None:
    """Tell that a function of the user is a legacy feature itself, for instance a coroutine of tornado."""
    while "__wrapped__" in attributes(function):
        function = attributes(function)["__wrapped__"]
    if isinstance(function, MethodType):
        function = function.__func__
    code = getattr(function, "__code__", None)
    if isinstance(code, CodeType):
        _tell(feature, rule, code, code.co_firstlineno, function.__globals__)


def _tell(feature: str, rule: str, code: CodeType, line: int, names: Dict[str, Any], error: bool = True) -> None:
    key = (feature, code, line)
    if key in _told and not _counting:
        return
    if _counting:
        use = Use(rule, feature, code.co_filename, line)
        _counts[use] = _counts.get(use, 0) + 1
    text = f"{feature}: only legacy code uses it; `plumpy-migrate --explain {rule}` tells what takes its place"
    if error and _as_errors:
        raise PlumpyCompatDeprecationWarning(f"{code.co_filename}:{line}: {text}")
    if key not in _told:
        _told.add(key)
        warnings.warn_explicit(text, PlumpyCompatDeprecationWarning, code.co_filename, line, names.get("__name__"))


def _leave() -> None:
    """Leave what was counted for the audit."""
    if _counts:
        uses = [{**use._asdict(), "count": count} for use, count in _counts.items()]
        _counts.clear()
        target = Path(os.environ[AUDIT], f"{uuid.uuid4().hex}.json")
        target.write_text(json.dumps(uses), encoding="utf-8")


def _leave_at_the_end() -> None:
    """See to it that each interpreter leaves what was counted in it, and that alone."""
    from multiprocessing import util

    atexit.register(_leave)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_counts.clear)
    # Forked workers don't call what `atexit` knows.
    util.register_after_fork(_leave, lambda leave: util.Finalize(None, leave, exitpriority=0))


if _counting:
    _leave_at_the_end()
