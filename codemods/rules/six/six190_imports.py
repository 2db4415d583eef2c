"""Drop the imports of six that nothing uses any more, and import what stays from where it lives.

Before::

    import six
    from six.moves import range, configparser
    from six.moves.urllib.parse import urlparse

After::

    import configparser
    from urllib.parse import urlparse

An import goes when every use of it was rewritten. It stays, and is reported, if a use was left to a
human, if `__all__` or another module of the project takes the name from here, if it may be used as an
attribute of the class that imports it, or if a doctest uses it.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator, List, Optional, Set, Tuple

from codemods.edits import NewImport
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, KNOWN, MODULES, simple_target
from codemods.rules.six._spelling import keeps_local
from codemods.rules.six.six126_type_comments import still_names

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule("SIX190", __doc__, [needle("six")], order=100)

SUBMODULES = ("error", "parse", "request", "response", "robotparser")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.live_imports():
        if one.canonical != "six" and not one.canonical.startswith("six."):
            yield from _vendored(module, one)
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


def _vendored(module: Module, one: ImportedName) -> Iterator[Item]:
    """``import package.six``, which binds `package`."""
    names = (one.alias.name, ".".join(one.alias.name.split(".")[:-1]))
    if not isinstance(one.statement, ast.Import) or not set(names) & set(module.settings.six_modules):
        return
    if all(node in module.settled for node in module.uses(one)):
        yield rule.reimport(one, f"`{one.alias.name}` is no longer used")
    else:
        message = f"`{one.alias.name}` is still imported: `{one.local}` is used"
        yield rule.left(module, one.statement, message, "import what is used of the package")


def _refusal(module: Module, one: ImportedName) -> Optional[str]:
    """Why the name must go on being imported from six."""
    keeps = keeps_local(one)
    if _is_class_attribute(module, one) and (not keeps or one.canonical[len("six.") :] in BUILTINS):
        return f"`{one.local}` may be used as an attribute of the class"
    if keeps and one.canonical[len("six.") :] in BUILTINS and _hides(module, one):
        return f"`{one.local}` means something else around it"
    others = [node for node in module.bindings(one.scope, one.local) if node is not one.alias]
    if any(_differs(module, node, one) for node in others):
        return f"`{one.local}` is also bound to something else"
    if not keeps or one.canonical[len("six.") :] in BUILTINS:
        return _needed(module, one, keeps)
    return None


def _is_class_attribute(module: Module, one: ImportedName) -> bool:
    """Whether a name that a class imports may be looked up on the class or its instances."""
    return one.scope.kind == "class" and one.local in module.walk.attributes


def _hides(module: Module, one: ImportedName) -> bool:
    """Whether the name would be found in a scope further out, instead of among the builtins."""
    outer = one.scope.parent.lookup(one.local) if one.scope.parent is not None else None
    return outer is not None and any(_differs(module, node, one) for node in module.bindings(outer, one.local))


def _differs(module: Module, node: ast.AST, one: ImportedName) -> bool:
    other = module.by_alias(node)
    if other is None:
        return True
    if one.canonical == "six.moves.urllib" and one.local == other.canonical == "urllib":
        return False
    return other.canonical != one.canonical and not (one.canonical == "six" and other.canonical.startswith("six"))


def _needed(module: Module, one: ImportedName, keeps: bool) -> Optional[str]:
    open_ = [] if keeps else [node for node in module.uses(one) if node not in module.settled]
    if open_:
        lines = sorted({node.lineno for node in open_})
        if len(lines) > 1:
            return f"lines {', '.join(map(str, lines))} still use it"
        return f"line {lines[0]} still uses it"
    if one.scope is module.walk.module_scope:
        if one.local in module.exported:
            return f"`__all__` exports `{one.local}`"
        if module.project.imports_from(module.name, one.local):
            return f"another module imports `{one.local}` from here"
        if not module.has_all and module.project.takes_by_star(module.name, one.local):
            return f"another module gets `{one.local}` from here by a star import"
        if not keeps and re.search(rf">>>.*\b{re.escape(one.local)}\b", module.source.text):
            return "a doctest uses it"
    if not keeps and still_names(module, one.local):
        return "a type in a comment or a string still names it"
    return None


def _becomes(module: Module, one: ImportedName) -> Tuple[NewImport, ...]:
    """The imports that take its place."""
    if not keeps_local(one):
        return ()
    dotted = one.canonical[len("six.") :]
    if dotted in BUILTINS:
        return ()
    if dotted == "moves.urllib":
        return _submodules(module, one.local, _shared(module, one))
    target = simple_target(dotted)
    assert target is not None
    home, _, name = target.rpartition(".")
    alias = None if name == one.local else one.local
    if dotted in MODULES and (not home or alias):
        return (NewImport(target, None, None if target == one.local else one.local),)
    return (NewImport(home, name, alias),)


def _submodules(module: Module, local: str, shared: bool = False) -> Tuple[NewImport, ...]:
    """Imports of the submodules of urllib that are used; of all if it's handed on as a whole."""
    parents = (module.parent(load) for load, _ in module.loads(local))
    used = {above.attr if isinstance(above, ast.Attribute) else "" for above in parents}
    every = shared or not used <= set(SUBMODULES)
    return tuple(NewImport(f"urllib.{one}") for one in SUBMODULES if every or one in used)


def _shared(module: Module, one: ImportedName) -> bool:
    """Whether others may get the name from here."""
    if _is_class_attribute(module, one):
        return True
    if one.scope is not module.walk.module_scope:
        return False
    if one.local in module.exported or module.project.imports_from(module.name, one.local):
        return True
    return not module.has_all and module.project.takes_by_star(module.name, one.local)


def _offered(prefix: str) -> List[str]:
    """The names that a star import of six (or of ``six.moves``) offers."""
    return [name[len(prefix) :] for name in KNOWN if name.startswith(prefix) and "." not in name[len(prefix) :]]


def _star(module: Module, one: ImportedName) -> Iterator[Item]:
    """``from six.moves import *``: only the names that nothing else binds can come from it."""
    home = one.canonical[len("six") : -len("*")].strip(".")
    if home in MODULES:
        yield rule.reimport(one, f"`six.{home}` is `{MODULES[home]}`", NewImport(MODULES[home], "*"))
        return
    prefix = f"{home}." if home else ""
    unbound = module.unbound()
    names = sorted(name for name in unbound if prefix + name in KNOWN)
    reason = _star_refusal(module, prefix, names) or _unknown(unbound - set(names))
    if reason:
        yield rule.left(module, one.statement, f"star import from six: {reason}", "import the names one by one")
        return
    news = [new for name in names for new in _one_by_one(module, prefix + name, name)]
    yield rule.reimport(one, "the names of the star import are imported one by one", *news)


def _star_refusal(module: Module, prefix: str, names: List[str]) -> str:
    if sum(alias.name == "*" for node in module.of(ast.ImportFrom) for alias in node.names) > 1:
        return "there is another star import"
    if any(prefix + name in BUILTINS for name in names):
        return "it gives builtins other names"
    own = [name for name in names if simple_target(prefix + name) is None]
    if own:
        return f"`{own[0]}` must be rewritten where it's used"
    if any(module.project.takes_by_star(module.name, name) for name in _offered(prefix)):
        return "another module gets names of six from here by a star import"
    return ""


def _unknown(names: Set[str]) -> str:
    return f"nobody knows where `{min(names)}` comes from" if names else ""


def _one_by_one(module: Module, dotted: str, name: str) -> Tuple[NewImport, ...]:
    """The imports in the place of one name of a star import."""
    if dotted == "moves.urllib":
        return _submodules(module, name)
    home, _, attribute = (simple_target(dotted) or "").rpartition(".")
    alias = None if attribute == name else name
    if dotted in MODULES and (not home or alias):
        return (NewImport(simple_target(dotted) or "", None, alias),)
    return (NewImport(home, attribute, alias),)
