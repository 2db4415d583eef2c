"""Import from the standard library what backports brought to Python 2.

Before::

    import unittest2 as unittest
    from pathlib2 import Path
    from backports.functools_lru_cache import lru_cache

After::

    import unittest
    from pathlib import Path
    from functools import lru_cache

An import in a `try` or a branch has an alternative, and is left alone. Reported is what the standard
library has no equivalent of.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Dict, Iterator, Optional, Tuple

from codemods.edits import NewImport
from codemods.rule import Item, Rule, importing
from codemods.rules.py2.shared import conditional, home_of, is_free, may_import, renaming, unused

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

BACKPORTS: Dict[str, Tuple[str, Tuple[str, ...]]] = {
    "unittest2": ("unittest", ()),
    "pathlib2": ("pathlib", ()),
    "subprocess32": ("subprocess", ()),
    "functools32": ("functools", ()),
    "singledispatch": ("functools", ("singledispatch",)),
    "funcsigs": ("inspect", ("signature", "Signature", "Parameter", "BoundArguments")),
    "chainmap": ("collections", ("ChainMap",)),
    "ordereddict": ("collections", ("OrderedDict",)),
    "monotonic": ("time", ("monotonic",)),
    "scandir": ("os", ("scandir", "walk")),
    "backports.configparser": ("configparser", ()),
    "backports.csv": ("csv", ()),
    "backports.functools_lru_cache": ("functools", ("lru_cache",)),
    "backports.lzma": ("lzma", ()),
    "backports.shutil_get_terminal_size": ("shutil", ("get_terminal_size",)),
    "backports.shutil_which": ("shutil", ("which",)),
    "backports.tempfile": ("tempfile", ()),
    "backports.weakref": ("weakref", ()),
}
"""For each backport its home, and the names that it has (none: those of its home)."""

REPORTED = {
    "contextlib2": "import from `contextlib` what it has",
    "trollius": "use `asyncio`, with `await` for `yield From(…)`",
    "backports.ssl_match_hostname": "let `ssl.SSLContext` check the name",
    "backports_abc": "drop it: it has nothing to do on Python 3",
}

_ROOTS = frozenset(name.split(".")[0] for name in (*BACKPORTS, *REPORTED))

rule = Rule("PY218", __doc__, [importing(*_ROOTS)])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not may_import(module, _ROOTS):
        return
    for one in module.live_imports():
        home = home_of(module, one)
        old = one.canonical if one.canonical in BACKPORTS or one.canonical in REPORTED else home
        if old not in BACKPORTS and old not in REPORTED:
            continue
        if conditional(module, one.statement) or module.project.has_module(old):
            continue
        if old in REPORTED:
            yield rule.left(module, one.statement, f"`{old}` is a backport", REPORTED[old])
        elif old == home and isinstance(one.statement, ast.ImportFrom):
            yield _name(module, one, old)
        else:
            yield from _whole(module, one, old)


def _left(module: Module, one: ImportedName, old: str) -> Item:
    new = BACKPORTS[old][0]
    message = f"`{old}` is a backport of a part of `{new}`; not all that is used is known to be there"
    return rule.left(module, one.statement, message, f"import from `{new}` what it has")


def _message(old: str) -> str:
    return f"`{old}` is a backport of `{BACKPORTS[old][0]}`"


def _name(module: Module, one: ImportedName, old: str) -> Item:
    new, names = BACKPORTS[old]
    if one.alias.name == "*" or (names and one.alias.name not in names):
        return _left(module, one, old)
    return rule.reimport(one, _message(old), NewImport(new, one.alias.name, one.alias.asname))


def _whole(module: Module, one: ImportedName, old: str) -> Iterator[Item]:
    """An import of the module itself, which is renamed where it's used, if its new name is free."""
    new, names = BACKPORTS[old]
    used = (reference.canonical for reference in module.references(old))
    if "." in one.alias.name or (names and not all(_attribute(name, old) in names for name in used)):
        yield _left(module, one, old)
        return
    alias: Optional[str] = one.local
    if one.alias.asname is None and is_free(module, new, new):
        need = NewImport(new)
        for use in module.uses(one) if one.local != new else ():
            yield rule.expression(use, renaming(new), _message(old), settles=(use,), needs=(need,))
        if one.local == new or unused(module, one):
            alias = None
    yield rule.reimport(one, _message(old), NewImport(new, None, None if alias == new else alias))


def _attribute(dotted: str, old: str) -> str:
    return dotted[len(old) + 1 :].split(".")[0]
