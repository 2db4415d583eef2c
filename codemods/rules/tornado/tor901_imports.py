"""Drop the imports of tornado that nothing uses any more, and report what is left of it.

Before::

    from tornado import gen, ioloop
    import tornado.concurrent

After: nothing.

An import goes when every use of it was rewritten. It stays, and is reported, if a use is left, or if `__all__` or
another module of the project takes the name from here. Where all that is left of its uses is reported at its place,
a note says so: once that is done by hand, another run takes the import.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, Optional

from codemods.findings import Outcome
from codemods.rule import Item, Rule, importing

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule("TOR901", __doc__, [importing("tornado")], order=100, stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.live_imports():
        if one.canonical.split(".")[0] != "tornado":
            continue
        text = f"`{one.canonical}`"
        reason = _refusal(module, one)
        if reason is None:
            yield rule.reimport(one, f"{text} is no longer used")
        elif _is_echo(module, one):
            yield rule.note(module, one.statement, f"{text} is still imported: {reason}", "see to what is left there")
        else:
            yield rule.left(module, one.statement, f"{text} is still imported: {reason}", "rewrite the uses by hand")


def _is_echo(module: Module, one: ImportedName) -> bool:
    """Whether each use that is left has been reported as something to do by hand."""
    lines = _lines(module, one)
    reported = {found.line for found in module.found if found.outcome is Outcome.LEFT}
    return bool(lines) and one.alias.name != "*" and reported.issuperset(lines)


def _lines(module: Module, one: ImportedName) -> List[int]:
    return sorted({node.lineno for node in module.uses(one) if node not in module.settled})


def _refusal(module: Module, one: ImportedName) -> Optional[str]:
    if one.alias.name == "*":
        return "a star import can bring any name"
    lines = _lines(module, one)
    if len(lines) > 1:
        return f"lines {', '.join(map(str, lines))} still use it"
    if lines:
        return f"line {lines[0]} still uses it"
    if module.enclosing(one.statement, ast.Try) is not None and not _alone_in_try(module, one):
        return "other names depend on whether it can be imported"
    if one.scope is module.walk.module_scope:
        if one.local in module.exported:
            return f"`__all__` exports `{one.local}`"
        if module.project.imports_from(module.name, one.local):
            return f"another module imports `{one.local}` from here"
        if not module.has_all and module.project.takes_by_star(module.name, one.local):
            return f"another module gets `{one.local}` from here by a star import"
    return None


def _alone_in_try(module: Module, one: ImportedName) -> bool:
    """Whether the import is one of several statements of a `try` that says nothing of tornado's absence."""
    return module.enclosing(one.statement, ast.ExceptHandler) is None and module.block_of(one.statement)[1] != "body"
