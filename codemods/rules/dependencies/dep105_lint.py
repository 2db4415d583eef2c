"""DEP105: settings of linters and import sorters that name six or put ``__future__`` imports back.

Before::

    [tool:isort]
    known_third_party = numpy, six
    add_imports = from __future__ import absolute_import

    [VARIABLES]
    redefining-builtins-modules=six.moves,past.builtins,future.builtins,io

After::

    [tool:isort]
    known_third_party = numpy

    [VARIABLES]
    redefining-builtins-modules=io

The settings are those of isort and pylint that list modules or imports, in any INI file and in ``pyproject.toml``. An
entry goes when it is exactly six, future or past (or a module in them) and the code no longer imports it, or when it is
the import of a ``__future__`` feature that Python 3 has anyway. A setting that becomes empty goes as a whole.

Refuses, and reports, when the run didn't read the whole project, when an entry that names ``__future__`` is more than
one such import, and for mypy sections and overrides that name six.
"""

from __future__ import annotations

import re
from typing import Optional

from . import dep101_shims
from .model import Action, DependencyRule, Kind, Knowledge, Verdict

RULE = DependencyRule("DEP105", "remove lint and import settings that name six or __future__", __doc__ or "")

MODULE_SETTINGS = frozenset(
    [
        "extension_pkg_allow_list",
        "extension_pkg_whitelist",
        "extra_standard_library",
        "forced_separate",
        "ignored_classes",
        "ignored_modules",
        "known_first_party",
        "known_future_library",
        "known_standard_library",
        "known_third_party",
        "redefining_builtins_modules",
    ]
)
"""Settings that list modules, with underscores."""

IMPORT_SETTINGS = frozenset(["add_imports", "required_imports"])
FORCED_SETTINGS = frozenset(["force_to_top"])

_SIX_LIKE = {"six", "future", "past"}
_SIX_MODULE = re.compile(r"(six|future|past)(\.[\w.*]+)?")
_IMPORT = re.compile(r"(?:from\s+(?P<parent>[\w.]+)\s+import\s+\w+|import\s+(?P<module>[\w.]+))")
_FUTURE = re.compile(
    r"from\s+__future__\s+import\s+"
    r"(absolute_import|division|generator_stop|generators|nested_scopes|print_function|unicode_literals|with_statement)"
)


def setting_kind(name: str) -> Optional[Kind]:
    """Say what kind of values a setting holds; ``None`` if it is none of ours."""
    key = name.replace("-", "_").lower()
    if key in MODULE_SETTINGS:
        return Kind.MODULES
    if key in IMPORT_SETTINGS:
        return Kind.IMPORTS
    return Kind.FORCED if key in FORCED_SETTINGS else None


def judge(kind: Kind, value: str, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge one entry of a setting."""
    if kind is Kind.IMPORTS:
        return _judge_import(value, knowledge)
    if kind is Kind.FORCED and value == "__future__":
        return Verdict(RULE.code, Action.REMOVE, "__future__ removed: no import of it is left to sort")
    return _judge_module(value, value, knowledge) if _SIX_MODULE.fullmatch(value) else None


def judge_mypy(pattern: str) -> Optional[Verdict]:
    """Judge a module pattern that mypy has settings for."""
    if not _SIX_MODULE.fullmatch(pattern.strip()):
        return None
    message = f"mypy has settings for {pattern.strip()}"
    return Verdict(RULE.code, Action.LEAVE, message, advice="Remove them if the code no longer imports it.")


def _judge_import(value: str, knowledge: Knowledge) -> Optional[Verdict]:
    if _FUTURE.fullmatch(value):
        return Verdict(RULE.code, Action.REMOVE, f"{value!r} removed: it would put the import back")
    match = _IMPORT.fullmatch(value)
    module = (match.group("parent") or match.group("module")) if match else ""
    if module.split(".")[0] in _SIX_LIKE:
        return _judge_module(module, value, knowledge)
    if "__future__" in value and "annotations" not in value:
        message = f"{value!r} names __future__, but isn't exactly one import"
        return Verdict(RULE.code, Action.LEAVE, message, advice="Remove the __future__ import from the setting.")
    return None


def _judge_module(module: str, value: str, knowledge: Knowledge) -> Optional[Verdict]:
    if dep101_shims.module_unused(module, knowledge):
        return Verdict(RULE.code, Action.REMOVE, f"{value!r} removed: the code doesn't import it")
    if knowledge.complete:
        return None
    message = f"{value!r} was left: the run didn't see the whole project, so the code may still import it"
    return Verdict(RULE.code, Action.LEAVE, message, advice="Run on the whole project, or remove it by hand.")
