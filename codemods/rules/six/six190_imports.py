"""Drop the imports of six that nothing uses any more, and import what stays from where it lives.

Before::

    import six
    from six.moves import range, configparser
    from six.moves.urllib.parse import urlparse

After::

    import configparser
    from urllib.parse import urlparse

An import goes when every use of it was rewritten. It stays, and is reported, if a use was left to a
human, if `__all__` or another module of the project takes the name from here, or if a doctest uses it.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator, List, Optional, Tuple

from codemods.edits import NewImport
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, KNOWN, MODULES, simple_target, uses
from codemods.rules.six._spelling import keeps_local

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule("SIX190", __doc__, [needle("six")], order=100)

SUBMODULES = ("error", "parse", "request", "response", "robotparser")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.live_imports():
        if one.canonical != "six" and not one.canonical.startswith("six."):
            continue
        if one.alias.name == "*":
            yield from _star(module, one)
            continue
        text = f"`{one.canonical}`"
        reason = _refusal(module, one)
        if reason:
            yield rule.left(module, one.statement, f"{text} is still imported: {reason}", "rewrite the uses by hand")
            continue
        becomes = _becomes(module, one)
        message = f"{text} is imported from where it lives" if becomes else f"{text} is no longer used"
        yield rule.reimport(one, message, *becomes)


def _refusal(module: Module, one: ImportedName) -> Optional[str]:
    """Why the name must go on being imported from six."""
    keeps = keeps_local(one)
    others = [node for node in module.bindings(one.scope, one.local) if node is not one.alias]
    if any(_differs(module, node, one) for node in others):
        return f"`{one.local}` is also bound to something else"
    if not keeps or one.canonical[len("six.") :] in BUILTINS:
        return _needed(module, one, keeps)
    return None


def _differs(module: Module, node: ast.AST, one: ImportedName) -> bool:
    other = module.by_alias(node)
    if other is None:
        return True
    return other.canonical != one.canonical and not (one.canonical == "six" and other.canonical.startswith("six"))


def _needed(module: Module, one: ImportedName, keeps: bool) -> Optional[str]:
    open_ = [] if keeps else [node for node in module.uses(one) if node not in module.settled]
    if open_:
        line = module.source.position(module.span(open_[0])[0])[0]
        return f"line {line} still uses it"
    if one.scope is module.walk.module_scope:
        if one.local in module.exported:
            return f"`__all__` exports `{one.local}`"
        if module.project.imports_from(module.name, one.local):
            return f"another module imports `{one.local}` from here"
        if not module.has_all and module.project.takes_by_star(module.name, one.local):
            return f"another module gets `{one.local}` from here by a star import"
        if not keeps and re.search(rf">>>.*\b{re.escape(one.local)}\b", module.source.text):
            return "a doctest uses it"
    return None


def _becomes(module: Module, one: ImportedName) -> Tuple[NewImport, ...]:
    """The imports that take its place."""
    if not keeps_local(one):
        return ()
    dotted = one.canonical[len("six.") :]
    if dotted in BUILTINS:
        return ()
    if dotted == "moves.urllib":
        return tuple(NewImport(f"urllib.{name}") for name in _submodules(module))
    target = simple_target(dotted)
    assert target is not None
    home, _, name = target.rpartition(".")
    alias = None if name == one.local else one.local
    if dotted in MODULES and (not home or alias):
        return (NewImport(target, None, None if target == one.local else one.local),)
    return (NewImport(home, name, alias),)


def _submodules(module: Module) -> List[str]:
    """The submodules of urllib that are used; all of them if it's handed on as a whole."""
    used = {use.name.rpartition(".")[2] for use in uses(module, *(f"moves.urllib.{name}" for name in SUBMODULES))}
    if uses(module, "moves.urllib"):
        return list(SUBMODULES)
    return sorted(used)


def _offered(prefix: str) -> List[str]:
    """The names that a star import of six (or of ``six.moves``) offers."""
    return [name[len(prefix) :] for name in KNOWN if name.startswith(prefix) and "." not in name[len(prefix) :]]


def _star(module: Module, one: ImportedName) -> Iterator[Item]:
    """``from six.moves import *``: only the names that nothing else binds can come from it."""
    home = one.canonical[len("six") : -len("*")].strip(".")
    prefix = f"{home}." if home else ""
    names = sorted(name for name in module.unbound() if simple_target(prefix + name) is not None)
    reason = ""
    if sum(alias.name == "*" for node in module.of(ast.ImportFrom) for alias in node.names) > 1:
        reason = "there is another star import"
    elif any(prefix + name in BUILTINS for name in names):
        reason = "it gives builtins other names"
    elif any(module.project.takes_by_star(module.name, name) for name in _offered(prefix)):
        reason = "another module gets names of six from here by a star import"
    if reason:
        yield rule.left(module, one.statement, f"star import from six: {reason}", "import the names one by one")
        return
    news = []
    for name in names:
        dotted, _, attribute = (simple_target(prefix + name) or "").rpartition(".")
        module_itself = prefix + name in MODULES
        alias = None if attribute == name else name
        news.append(NewImport(f"{dotted}.{attribute}".strip("."), None, alias) if module_itself else NewImport(dotted, attribute, alias))
    yield rule.reimport(one, "the names of the star import are imported one by one", *news)
