"""Where a value comes from, as far as one file tells: what rules know receivers by instead of their names.

An origin is a dotted path. ``tornado.ioloop.IOLoop.current()`` is what that call gave, ``pkg.mod.Runner()`` an
instance of that class of the project (so is ``self`` in its methods), ``….loop`` an attribute of what comes
before. A parameter of unknown type is ``param:name``, and what can't be followed is ``?``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, FrozenSet, Iterator, List, Optional

from codemods.index.facts import qualified
from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module

UNKNOWN = "?"
_DEPTH = 8
_Seen = FrozenSet[ast.AST]


def origins(module: Module, node: ast.AST) -> FrozenSet[str]:
    """All that the expression `node` may come from."""
    return _origins(module, node, _DEPTH, frozenset()) or frozenset([UNKNOWN])


def _origins(module: Module, node: ast.AST, depth: int, seen: _Seen) -> FrozenSet[str]:
    """As `origins`; empty if it only comes from what has been `seen` already."""
    if depth == 0:
        return frozenset([UNKNOWN])
    if isinstance(node, ast.Name):
        return _name(module, node, depth, seen)
    if isinstance(node, ast.Attribute):
        return _attribute(module, node, depth, seen)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            cls = owner(module, node)
            return frozenset([f"super:{qualified(module, cls)}" if cls else UNKNOWN])
        return frozenset(f"{one}()" for one in _origins(module, node.func, depth - 1, seen))
    if isinstance(node, ast.BoolOp):
        return frozenset().union(*(_origins(module, one, depth - 1, seen) for one in node.values))
    if isinstance(node, ast.IfExp):
        return _origins(module, node.body, depth - 1, seen) | _origins(module, node.orelse, depth - 1, seen)
    if isinstance(node, ast.NamedExpr):
        return _origins(module, node.value, depth - 1, seen)
    if isinstance(node, ast.Constant) and node.value is None:
        return frozenset(["builtins.None"])
    return frozenset([UNKNOWN])


def owner(module: Module, node: ast.AST) -> Optional[ast.ClassDef]:
    """The class in whose method `node` stands, inner functions included."""
    for above in module.parents(node):
        if isinstance(above, ast.ClassDef):
            return above
    return None


def is_self(module: Module, name: ast.Name) -> bool:
    """Whether `name` is the first parameter of a method (of the method around, for an inner function)."""
    scope = module.scope_of(name).lookup(name.id)
    function = scope.node if scope is not None else None
    if not isinstance(function, FUNCTIONS) or not isinstance(module.parent(function), ast.ClassDef):
        return False
    static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list)
    arguments = [*getattr(function.args, "posonlyargs", ()), *function.args.args]
    return bool(arguments) and not static and arguments[0].arg == name.id


def _name(module: Module, node: ast.Name, depth: int, seen: _Seen) -> FrozenSet[str]:
    dotted = module.resolve(node)
    if dotted is not None:
        return frozenset([dotted])
    scope = module.scope_of(node).lookup(node.id)
    if scope is None:
        return frozenset([UNKNOWN])
    if is_self(module, node):
        function = scope.node
        cls = module.parent(function)
        return frozenset([f"{qualified(module, cls)}()"])
    found: FrozenSet[str] = frozenset()
    bindings = module.bindings(scope, node.id)
    for bound in bindings:
        # `loop = loop or …` comes from what `loop` was before.
        if bound not in seen:
            found |= _bound(module, bound, depth - 1, seen | {bound})
    return found if bindings else frozenset([UNKNOWN])


def _bound(module: Module, bound: ast.AST, depth: int, seen: _Seen) -> FrozenSet[str]:
    """What a binding gives its name."""
    if isinstance(bound, (ast.ClassDef, *FUNCTIONS)):
        return frozenset([qualified(module, bound)])
    if isinstance(bound, ast.arg):
        return _parameter(module, bound)
    value = assigned(module, bound)
    if value is not None:
        return _origins(module, value, depth, seen)
    imported = module.by_alias(bound)
    return frozenset([imported.canonical if imported else UNKNOWN])


def _parameter(module: Module, bound: ast.arg) -> FrozenSet[str]:
    dotted = module.resolve(bound.annotation) if bound.annotation is not None else None
    return frozenset([f"{dotted}()" if dotted and not dotted.startswith("builtins.") else f"param:{bound.arg}"])


def assigned(module: Module, bound: ast.AST) -> Optional[ast.expr]:
    """The expression that an assignment or ``with … as`` gives the target `bound`."""
    statement = module.parent(bound)
    if isinstance(statement, ast.Assign) and any(target is bound for target in statement.targets):
        return statement.value
    if isinstance(statement, (ast.AnnAssign, ast.NamedExpr)) and statement.target is bound:
        return statement.value
    if isinstance(statement, ast.withitem) and statement.optional_vars is bound:
        return statement.context_expr
    return None


def _attribute(module: Module, node: ast.Attribute, depth: int, seen: _Seen) -> FrozenSet[str]:
    if isinstance(node.value, ast.Name) and is_self(module, node.value):
        cls = owner(module, node)
        values = list(stored(module, cls, node.attr)) if cls is not None else []
        if values and all(value is not None for value in values):
            plain = [value for value in values if value is not None and value not in seen]
            return frozenset().union(*(_origins(module, value, depth - 1, seen | {value}) for value in plain))
    return frozenset(f"{one}.{node.attr}" for one in _origins(module, node.value, depth - 1, seen))


def stored(module: Module, cls: ast.ClassDef, name: str) -> Iterator[Optional[ast.expr]]:
    """The values that methods of `cls` assign to ``self.name``; ``None`` for one that isn't plain."""
    for node in module.walk.attributes.get(name, ()):
        if not isinstance(node.ctx, ast.Store) or not isinstance(node.value, ast.Name):
            continue
        if is_self(module, node.value) and owner(module, node) is cls:
            yield assigned(module, node)


def roots(found: FrozenSet[str]) -> List[str]:
    """The top-level names of origins: of the package that a value comes from."""
    return sorted({one.split(".", 1)[0].split("(", 1)[0] for one in found})
