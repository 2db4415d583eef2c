"""How a file can spell a name of another module at a given place, and the import this needs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Callable, NamedTuple, Optional

from codemods.edits import NewImport

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module


class Spelling(NamedTuple):
    """An expression for a name, and the import that it needs if the file doesn't have it yet."""

    code: str
    need: Optional[NewImport]

    @property
    def needs(self) -> tuple[NewImport, ...]:
        """The import as a tuple, for the field `Edit.needs`."""
        return (self.need,) if self.need else ()


Modern = Callable[[str], str]
"""What an imported dotted name will be when the imports are rewritten."""


def _same(dotted: str) -> str:
    return dotted


def spell(
    module: Module,
    home: str,
    name: Optional[str],
    at: ast.AST,
    modern: Modern = _same,
    *,
    by_name: bool = False,
    submodule: bool = False,
) -> Optional[Spelling]:
    """A spelling of ``home.name`` (or of the module `home`) that works at the node `at`.

    An import that the file has is used if it has one; else ``import home`` if its name is free, else
    ``from home import name``; ``None`` if both names mean something else there.

    :param by_name: try ``from home import name`` first.
    :param submodule: whether `name` is a module that `home` may not import by itself.
    """
    existing = _existing(module, home, name, at, modern)
    if existing is not None and not (submodule and "." in existing):
        return Spelling(existing, None)
    if by_name and name and _free(module, name, f"{home}.{name}", at, modern):
        return Spelling(name, NewImport(home, name))
    if existing is not None:
        return Spelling(existing, None)
    root = home.split(".")[0]
    if _free(module, root, home, at, modern):
        return Spelling(f"{home}.{name}" if name else home, NewImport(home))
    if name and _free(module, name, f"{home}.{name}", at, modern):
        return Spelling(name, NewImport(home, name))
    return None


def _existing(module: Module, home: str, name: Optional[str], at: ast.AST, modern: Modern) -> Optional[str]:
    for one in module.live_imports():
        if not one.top or one.scope is not module.walk.module_scope:
            continue
        if not _means(module, one.local, one.canonical, at):
            continue
        if one.alias in module.leaving:
            continue
        code = _spelled(one, home, name, modern)
        if code is not None:
            module.relied_on.add(one.alias)
            return code
    return None


def _spelled(one: ImportedName, home: str, name: Optional[str], modern: Modern) -> Optional[str]:
    """What the import `one` makes of ``home.name``."""
    if name and modern(one.canonical) == f"{home}.{name}":
        return one.local
    if one.canonical != home and modern(one.canonical) == home:
        return f"{one.local}.{name}" if name else one.local
    if isinstance(one.statement, ast.Import) and one.alias.name == home:
        return f"{one.local if one.alias.asname else home}{'.' + name if name else ''}"
    return None


def _means(module: Module, local: str, canonical: str, at: ast.AST) -> bool:
    """Whether `local`, looked up at `at`, is certainly the import of `canonical`."""
    imported = module.imported(local, module.scope_of(at))
    return bool(imported) and {one.canonical for one in imported} == {canonical}


def _free(module: Module, local: str, canonical: str, at: ast.AST, modern: Modern) -> bool:
    """Whether a module-level import may bind `local` to `canonical`, and `at` would see it."""
    planned = module.planned.get(local)
    if planned is not None and planned != canonical.split(".")[0] and planned != canonical:
        return False
    if local in module.walk.global_names:
        return False
    scope = module.scope_of(at)
    found = scope.lookup(local)
    if found is not None and found is not module.walk.module_scope:
        return False
    top = module.walk.module_scope
    for node in module.bindings(top, local):
        one = module.by_alias(node)
        if one is None:
            return False
        if one.alias in module.leaving or modern(one.canonical) in (local, canonical, canonical.split(".")[0]):
            continue
        return False
    # A load of the bare name that means a builtin (or nothing yet) would change its meaning.
    if any(where.lookup(local) is None for _, where in module.loads(local)):
        return False
    module.planned[local] = canonical if canonical.split(".")[-1] == local else canonical.split(".")[0]
    return True
