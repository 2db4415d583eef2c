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


class FunctionFacts(NamedTuple):
    """A function or method of the file.

    :param name: its dotted name, nesting included.
    :param decorators: canonical names of its decorators (the called one's, for a call); ``?`` if unknown.
    """

    name: str
    decorators: Tuple[str, ...]
    is_async: bool
    line: int


class CallFacts(NamedTuple):
    """A call in the file.

    :param caller: the dotted name of the function it stands in; the module's name at module level.
    :param callee: the dotted name that is called where it resolves, ``self.name`` and ``super.name`` for
        calls through the instance, else ``?.name`` for a method of an unknown receiver.
    """

    caller: str
    callee: str
    line: int


@dataclass
class Facts:
    """What other files may need to know of one file.

    :param name: the module's dotted name.
    :param imported: dotted names that it imports, or reaches through an imported module.
    :param stars: modules that it star-imports.
    :param unbound: the names that only these can bind.
    :param attributes: the attribute names that it accesses.
    :param calls: its calls, where they were asked for.
    """

    name: str
    path: str
    imported: FrozenSet[str] = frozenset()
    stars: FrozenSet[str] = frozenset()
    unbound: FrozenSet[str] = frozenset()
    attributes: FrozenSet[str] = frozenset()
    classes: List[ClassFacts] = field(default_factory=list)
    functions: List[FunctionFacts] = field(default_factory=list)
    calls: List[CallFacts] = field(default_factory=list)

    @property
    def roots(self) -> Set[str]:
        """The top-level modules that the file imports."""
        return {name.split(".")[0] for name in (*self.imported, *self.stars)}


def gather(module: Module, *, with_calls: bool = False) -> Facts:
    """The facts of an indexed file.

    :param with_calls: whether to gather its calls as well, for `Graph`.
    """
    imported, stars = _imports(module)
    return Facts(
        name=module.name,
        path=module.path,
        imported=imported,
        stars=stars,
        unbound=frozenset(module.unbound()) if stars else frozenset(),
        attributes=frozenset(module.walk.attributes),
        classes=[_class(module, node) for node in module.walk.by_type[ast.ClassDef]],
        functions=[_function(module, node) for kind in FUNCTIONS for node in module.walk.by_type[kind]],
        calls=calls(module) if with_calls else [],
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


def _target(module: Module, node: ast.expr) -> Optional[str]:
    """The dotted name of a base class or decorator: imported, a builtin, or defined at the module's top."""
    node = node.func if isinstance(node, ast.Call) else node
    resolved = module.resolve(node)
    if resolved is None and isinstance(node, ast.Name) and node.id in module.walk.module_scope.bindings:
        return f"{module.name}.{node.id}"
    return resolved


def _class(module: Module, node: ast.ClassDef) -> ClassFacts:
    bases = tuple(name for name in (_target(module, base) for base in node.bases) if name)
    methods = tuple(one.name for one in node.body if isinstance(one, FUNCTIONS))
    return ClassFacts(qualified(module, node), bases, methods, node.lineno)


def _function(module: Module, node: ast.FunctionDef) -> FunctionFacts:
    decorators = tuple(_target(module, one) or "?" for one in node.decorator_list)
    return FunctionFacts(qualified(module, node), decorators, isinstance(node, ast.AsyncFunctionDef), node.lineno)


def calls(module: Module) -> List[CallFacts]:
    """Each call of the file and the function that makes it."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            function = module.enclosing(node, *FUNCTIONS)
            caller = qualified(module, function) if function is not None else module.name
            found.append(CallFacts(caller, _callee(module, node.func), node.lineno))
    return found


def _callee(module: Module, node: ast.expr) -> str:
    target = _target(module, node)
    if target is not None:
        return target
    if not isinstance(node, ast.Attribute):
        return "?"
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super":
        return f"super.{node.attr}"
    function = module.enclosing(node, *FUNCTIONS)
    if function is not None and isinstance(value, ast.Name) and function.args.args:
        owner = module.enclosing(function, ast.ClassDef, *FUNCTIONS)
        if isinstance(owner, ast.ClassDef) and value.id == function.args.args[0].arg:
            return f"self.{node.attr}"
    return f"?.{node.attr}"
