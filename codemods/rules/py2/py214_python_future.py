"""Do without python-future, the packages `future` and `past`.

Before::

    from builtins import object, range, str
    from future import standard_library
    from past.builtins import xrange
    standard_library.install_aliases()

    for i in xrange(3):

After::

    for i in range(3):

On Python 3 importing builtins from `builtins` does nothing, and neither do the aliases of the
standard library. `xrange`, `unicode`, `long`, `raw_input` and `unichr` from `past.builtins` are
their successors; `future.moves` is the standard library itself. The rest is reported, such as
`old_div`, and `basestring`, which bytes are an instance of.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.edits import NewImport
from codemods.rule import Item, Rule, importing, needle
from codemods.rules.py2.shared import (
    conditional,
    home_of,
    is_free,
    is_redundant,
    may_import,
    owns_line,
    removal,
    renaming,
    unused,
)

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule(
    "PY214",
    __doc__,
    [needle("builtins", r"builtins[ \t]+import\b"), importing("future", "past")],
)

SUCCESSORS = {"xrange": "range", "unicode": "str", "long": "int", "raw_input": "input", "unichr": "chr"}
MOVED = {"reduce": "functools", "intern": "sys", "reload": "importlib"}
ADVICE = {
    "future.utils": "name `future.utils` among the six modules in the settings, or rewrite it by hand",
    "past.utils": "write `//` where both operands are integers, else `/`",
    "past.builtins": "rewrite it for Python 3 by hand",
}

_ROOTS = frozenset(["builtins", "future", "past"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not may_import(module, _ROOTS):
        return
    for one in module.live_imports():
        home = home_of(module, one)
        if home in ("builtins", "future.builtins") and isinstance(one.statement, ast.ImportFrom):
            if is_redundant(module, one):
                yield rule.reimport(one, f"`{one.local}` is the builtin anyway")
            elif home != "builtins":
                yield _left(module, one, home)
        elif home.split(".")[0] in ("future", "past") and not conditional(module, one.statement):
            yield from _package(module, one, home)


def _left(module: Module, one: ImportedName, home: str) -> Item:
    advice = ADVICE.get(home, "import what it stands for from the standard library")
    return rule.left(module, one.statement, f"`{one.alias.name}` from python-future is still imported", advice)


def _package(module: Module, one: ImportedName, home: str) -> Iterator[Item]:
    if home == "past.builtins" and isinstance(one.statement, ast.ImportFrom):
        yield from _past(module, one)
    elif one.canonical == "future.standard_library" or home == "future.standard_library":
        yield from _aliases(module, one)
    elif home.startswith("future.moves.") and isinstance(one.statement, ast.ImportFrom) and one.alias.name != "*":
        new = NewImport(home[len("future.moves.") :], one.alias.name, one.alias.asname)
        yield rule.reimport(one, "it's part of the standard library", new)
    elif one.alias.name != "python_2_unicode_compatible":
        yield _left(module, one, home)


def _past(module: Module, one: ImportedName) -> Iterator[Item]:
    name = one.alias.name
    if name in MOVED:
        new = NewImport(MOVED[name], name, one.alias.asname)
        yield rule.reimport(one, f"`{name}` is part of `{MOVED[name]}`", new)
        return
    new_name = SUCCESSORS.get(name)
    if new_name and is_free(module, new_name, f"builtins.{new_name}"):
        for use in module.uses(one):
            yield rule.expression(use, renaming(new_name), f"`{name}` is called `{new_name}`", settles=(use,))
        if unused(module, one):
            yield rule.reimport(one, f"nothing uses `{one.local}` any more")
            return
    yield _left(module, one, "past.builtins")


def _aliases(module: Module, one: ImportedName) -> Iterator[Item]:
    for use in module.uses(one):
        statement = module.statement_of(use)
        if _installs(module, statement) and owns_line(module, statement):
            yield from removal(rule, module, statement, "the standard library needs no aliases", (use,))
    if unused(module, one):
        yield rule.reimport(one, f"nothing uses `{one.local}` any more")
    else:
        yield _left(module, one, "future.standard_library")


def _installs(module: Module, statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a call such as ``standard_library.install_aliases()``."""
    call: Optional[ast.expr] = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or call.args or call.keywords:
        return False
    name = module.resolve(call.func)
    return name in ("future.standard_library.install_aliases", "future.standard_library.install_hooks")
