"""How the Python 3 name of a name of six is written at the place of its use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Optional

from codemods.index.spelling import Spelling, spell
from codemods.rules.six._names import BUILTINS, MODULES, STDLIB, SixUse, simple_target

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module


def stays(module: Module, use: SixUse) -> bool:
    """Whether the use needn't be edited: its import is rewritten so that the local name keeps its meaning."""
    return all(keeps_local(one) for one in use.imported)


def keeps_local(imported: ImportedName) -> bool:
    """Whether the import of this name has a Python 3 twin that binds the same local name."""
    if imported.alias.name == "*" or not imported.canonical.startswith("six."):
        return False
    dotted = imported.canonical[len("six.") :]
    if isinstance(imported.statement, ast.Import) and not imported.alias.asname:
        return False
    if dotted in BUILTINS:
        return BUILTINS[dotted] == imported.local
    if dotted == "moves.urllib":
        return imported.local == "urllib"
    target = simple_target(dotted)
    return target is not None


def builtin(module: Module, name: str, at: ast.AST) -> Optional[Spelling]:
    """A spelling of a builtin at a place where its own name may be taken."""
    scope = module.scope_of(at)
    found = scope.lookup(name)
    if found is None and name not in module.walk.global_names:
        return Spelling(name, None)
    imported = module.imported(name, scope)
    if imported and all(_is_builtin(one, name) for one in imported):
        return Spelling(name, None)
    return spell(module, "builtins", name, at, modern)


def _is_builtin(imported: ImportedName, name: str) -> bool:
    """Whether a name is, or will be, imported from nowhere but the builtins."""
    if imported.canonical.startswith("six."):
        return simple_target(imported.canonical[len("six.") :]) == name
    return imported.canonical == f"builtins.{name}"


def modern(dotted: str) -> str:
    """What an import of six will be once it's rewritten, as far as its local name stays."""
    if not dotted.startswith("six."):
        return dotted
    return simple_target(dotted[len("six.") :]) or dotted


def spelling(module: Module, use: SixUse) -> Optional[Spelling]:
    """A spelling of what `use` is on Python 3."""
    if use.name in BUILTINS:
        return builtin(module, BUILTINS[use.name], use.node)
    if use.name in STDLIB:
        return spell(module, *STDLIB[use.name], at=use.node, modern=modern)
    return spell(module, MODULES[use.name], None, use.node, modern)
