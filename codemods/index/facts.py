"""The picklable summary of one file that crosses processes: what `Project` is made of."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, FrozenSet, Iterator, List, NamedTuple, Optional, Set, Tuple

from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module


class ClassFacts(NamedTuple):
    """A class of the file.

    :param name: its dotted name, nesting included (``pkg.mod.Outer.Inner``).
    :param bases: the canonical dotted names of its bases, as far as they resolve.
    :param methods: the names of the functions in its body.
    """

    name: str
    bases: Tuple[str, ...]
    methods: Tuple[str, ...]
    line: int


@dataclass
class Facts:
    """What other files may need to know of one file.

    :param name: the module's dotted name.
    :param imported: dotted names that it imports, or reaches through an imported module.
    :param stars: modules that it star-imports.
    :param unbound: the names that only these can bind.
    :param attributes: the attribute names that it accesses.
    """

    name: str
    path: str
    imported: FrozenSet[str] = frozenset()
    stars: FrozenSet[str] = frozenset()
    unbound: FrozenSet[str] = frozenset()
    attributes: FrozenSet[str] = frozenset()
    classes: List[ClassFacts] = field(default_factory=list)

    @property
    def roots(self) -> Set[str]:
        """The top-level modules that the file imports."""
        return {name.split(".")[0] for name in (*self.imported, *self.stars)}


def gather(module: Module) -> Facts:
    """The facts of an indexed file."""
    imported, stars = _imports(module)
    return Facts(
        name=module.name,
        path=module.path,
        imported=imported,
        stars=stars,
        unbound=frozenset(module.unbound()) if stars else frozenset(),
        attributes=frozenset(module.walk.attributes),
        classes=classes(module),
    )


def _imports(module: Module) -> Tuple[FrozenSet[str], FrozenSet[str]]:
    imported: Set[str] = set()
    stars: Set[str] = set()
    own = module.name.split(".")[0]
    for one in module.imports:
        if one.alias.name == "*":
            stars.add(one.canonical[: -len(".*")])
            continue
        imported.add(one.canonical if isinstance(one.statement, ast.ImportFrom) else one.alias.name)
        if one.canonical.split(".", 1)[0] == own:
            for name, _ in module.walk.loads.get(one.local, ()):
                imported.update(_reached(module, name, one.canonical))
    return frozenset(imported), frozenset(stars)


def _reached(module: Module, node: ast.AST, dotted: str) -> Iterator[str]:
    """The dotted names that are read through an imported one: each step of the attribute chain."""
    above = module.parent(node)
    while isinstance(above, ast.Attribute) and isinstance(above.ctx, ast.Load):
        dotted = f"{dotted}.{above.attr}"
        yield dotted
        above = module.parent(above)


def qualified(module: Module, node: ast.AST) -> str:
    """The dotted name of a class or function: the module's name and those of the scopes around it."""
    names = [getattr(node, "name", "<lambda>")]
    names += [above.name for above in module.parents(node) if isinstance(above, (*FUNCTIONS, ast.ClassDef))]
    return ".".join([module.name, *reversed(names)])


def _base(module: Module, node: ast.expr) -> Optional[str]:
    """The dotted name of a base class (of what a call calls): imported, a builtin, or of the module's top."""
    node = node.func if isinstance(node, ast.Call) else node
    resolved = module.resolve(node)
    if resolved is None and isinstance(node, ast.Name) and node.id in module.walk.module_scope.bindings:
        return f"{module.name}.{node.id}"
    return resolved


def classes(module: Module) -> List[ClassFacts]:
    """The classes of an indexed file, wherever in it they are."""
    return [_class(module, node) for node in module.walk.by_type[ast.ClassDef]]


def _class(module: Module, node: ast.ClassDef) -> ClassFacts:
    bases = tuple(name for name in (_base(module, base) for base in node.bases) if name)
    methods = tuple(one.name for one in node.body if isinstance(one, FUNCTIONS))
    return ClassFacts(qualified(module, node), bases, methods, node.lineno)
