"""DEP101: requirements on backports and shims that the code no longer imports.

Before::

    install_requires=['six>=1.12', 'enum34', 'numpy']

After::

    install_requires=['numpy']

The distribution must be one of a fixed list (six, future, enum34, futures, mock, typing, the ``backports.*`` that serve
Python 2 and their like); ``sixer`` isn't ``six``. Version, extras, marker, hashes and the comment on its line go with
it. Names of such stubs as ``types-six`` count as their distribution.

Refuses, and reports, when the run didn't read all Python files of the project: then nobody knows whether the code still
needs it. Keeps, with a note, what the code still imports, be it by ``import_module("six")``. Lock files that a tool
generated are left to that tool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from .model import Action, DependencyRule, Knowledge, Verdict

RULE = DependencyRule("DEP101", "remove requirements on backports and shims that are no longer imported", __doc__ or "")


@dataclass(frozen=True)
class Shim:
    """A distribution that stands in for something that newer Python versions have.

    :param modules: the top-level modules that it brings and the standard library doesn't.
    :param since: the Python version that has no use for it any more.
    """

    modules: Tuple[str, ...]
    since: Tuple[int, int] = (3, 0)


_STANDARD: Dict[str, Tuple[int, int]] = {
    "argparse": (3, 2),
    "asyncio": (3, 4),
    "configparser": (3, 2),
    "contextvars": (3, 7),
    "dataclasses": (3, 7),
    "enum34": (3, 4),
    "faulthandler": (3, 3),
    "futures": (3, 2),
    "ipaddress": (3, 3),
    "pathlib": (3, 4),
    "statistics": (3, 4),
    "typing": (3, 5),
}
"""Distributions whose modules the standard library has under the same name."""

_OWN_NAME: Dict[str, Tuple[int, int]] = {
    "contextlib2": (3, 7),
    "funcsigs": (3, 3),
    "functools32": (3, 2),
    "mock": (3, 3),
    "monotonic": (3, 3),
    "ordereddict": (3, 1),
    "pathlib2": (3, 6),
    "pyblake2": (3, 6),
    "scandir": (3, 5),
    "singledispatch": (3, 4),
    "six": (3, 0),
    "subprocess32": (3, 5),
    "trollius": (3, 4),
    "unittest2": (3, 5),
}
"""Distributions with one module, which has their name."""

_BACKPORTS: Dict[str, Tuple[int, int]] = {
    "cached-property": (3, 8),
    "configparser": (3, 2),
    "csv": (3, 0),
    "datetime-timestamp": (3, 3),
    "functools-lru-cache": (3, 3),
    "functools-partialmethod": (3, 4),
    "inspect": (3, 3),
    "lzma": (3, 3),
    "os": (3, 3),
    "print-function": (3, 3),
    "range": (3, 3),
    "shutil-get-terminal-size": (3, 3),
    "shutil-which": (3, 3),
    "ssl": (3, 5),
    "ssl-match-hostname": (3, 5),
    "statistics": (3, 4),
    "tempfile": (3, 2),
    "time-perf-counter": (3, 3),
    "typing": (3, 5),
    "unittest-mock": (3, 3),
    "weakref": (3, 4),
    "zoneinfo": (3, 9),
}
"""The rest of the name of ``backports.*`` distributions; their common module is ``backports``."""


def _table() -> Dict[str, Shim]:
    table = {name: Shim((), since) for name, since in _STANDARD.items()}
    table.update({name: Shim((name,), since) for name, since in _OWN_NAME.items()})
    table.update({f"backports-{name}": Shim(("backports",), since) for name, since in _BACKPORTS.items()})
    table["backports"] = Shim(("backports",))
    table["backports-abc"] = Shim(("backports_abc",), (3, 5))
    table["chainmap"] = Shim(("chainmap",), (3, 3))
    for name in ("enum34", "futures"):
        # Their modules are the standard library's; code that imports by name may ask for these all the same.
        table[name] = Shim((name,), _STANDARD[name])
    table["future"] = Shim(("future", "past", "libfuturize", "libpasteurize"))
    return table


SHIMS = _table()


def shim(name: str) -> Optional[Shim]:
    """Give what is known about a distribution, by its normalised name."""
    return SHIMS.get(name[len("types-") :] if name.startswith("types-") else name)


def judge(name: str, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge a requirement on the distribution ``name`` (normalised)."""
    known = shim(name)
    if known is None or known.since > knowledge.target_version:
        return None
    used = sorted(knowledge.imported.intersection(known.modules))
    if used:
        return Verdict(RULE.code, Action.NOTE, f"{name} stays: the code still imports {', '.join(used)}")
    if not knowledge.complete:
        message = f"{name} was left: the run didn't see the whole project, so the code may still import it"
        return Verdict(RULE.code, Action.LEAVE, message, advice="Run on the whole project, or remove it by hand.")
    if known.modules:
        return Verdict(RULE.code, Action.REMOVE, f"requirement {name} removed: the code doesn't import it")
    return Verdict(RULE.code, Action.REMOVE, f"requirement {name} removed: the standard library has it")


def module_unused(module: str, knowledge: Knowledge) -> bool:
    """Say whether the code is known not to import the top-level part of a module."""
    return knowledge.complete and module.split(".")[0] not in knowledge.imported
