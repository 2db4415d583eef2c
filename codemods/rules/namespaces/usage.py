"""What a file does with a namespace object, as far as it can be seen: enough to be another type, or not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from codemods.index.scopes import FUNCTIONS, Scope
from codemods.rules.namespaces import flow

if TYPE_CHECKING:
    from codemods.index.module import Module

COMPARED = "is compared, which is by attributes for a SimpleNamespace"
HASHED = "is hashed, or may be, which a SimpleNamespace can't be"
SHOWN = "is turned into text, which looks different for a SimpleNamespace"
WEAK = "is weakly referenced, which a SimpleNamespace can't be"
TYPED = "is asked for its type"
SPECIAL = "has a special attribute used"
PARSED = "is filled by an argument parser"
STORED = "is put where it can't be followed"

_HARMLESS = frozenset(("getattr", "hasattr", "delattr", "vars", "id", "bool", "callable", "dir", "isinstance"))
_BUILTINS = {
    "setattr": "",
    "hash": HASHED,
    "set": HASHED,
    "frozenset": HASHED,
    "type": TYPED,
    **dict.fromkeys(("repr", "str", "print", "format", "ascii"), SHOWN),
}
_METHODS = {
    **dict.fromkeys(("add", "discard", "setdefault", "get", "fromkeys"), HASHED),
    **dict.fromkeys(("index", "count", "remove", "assertEqual", "assertNotEqual", "assertIn"), COMPARED),
    **dict.fromkeys(("debug", "info", "warning", "warn", "error", "exception", "critical", "log"), SHOWN),
    **dict.fromkeys(("write", "format"), SHOWN),
    **dict.fromkeys(("parse_args", "parse_known_args"), PARSED),
    **dict.fromkeys(("append", "appendleft", "extend", "insert", "put", "put_nowait"), STORED),
}


class Use(NamedTuple):
    """One use of an object.

    :param trouble: why the object must not become a SimpleNamespace; empty if this use doesn't mind.
    :param stores: whether an attribute is stored.
    :param escapes: whether the object goes where it can't be followed.
    """

    node: ast.AST
    trouble: str = ""
    stores: bool = False
    escapes: bool = False


Seen = Set[Tuple[str, object]]


def uses(module: Module, call: ast.Call) -> List[Use]:
    """What happens to the object that `call` makes, as far as the file shows: under whatever names it gets."""
    return list(_of_value(module, call, set()))


def _of_value(module: Module, node: ast.AST, seen: Seen) -> Iterator[Use]:
    node = _carried(module, node)
    target = bound_to(module, node)
    if isinstance(target, ast.Name):
        yield from _of_target(module, target, seen)
    elif target is not None:
        yield from _of_attribute(module, target.attr, seen)
    else:
        yield judge(module, node)
        # What is only stored elsewhere doesn't make it a namespace here.
        yield from (use._replace(stores=False) for use in _elsewhere(module, node, seen))


def _carried(module: Module, node: ast.AST) -> ast.AST:
    """The largest expression whose value may be that of `node`, such as ``a if test else node``."""
    above = module.parent(node)
    while isinstance(above, (ast.BoolOp, ast.IfExp, ast.Await)) and getattr(above, "test", None) is not node:
        node, above = above, module.parent(above)
    return node


def _of_target(module: Module, target: ast.Name, seen: Seen) -> Iterator[Use]:
    scope = module.scope_of(target).lookup(target.id)
    if scope is None:
        yield Use(target, escapes=True)
        return
    yield from _of_name(module, target.id, scope, seen)
    if scope.kind == "class":
        yield from _of_attribute(module, target.id, seen)
    elif scope.kind == "module" and module.project.imports_from(module.name, target.id):
        yield Use(target, escapes=True)


def _elsewhere(module: Module, node: ast.AST, seen: Seen) -> Iterator[Use]:
    """What happens to an object in the functions of the file that get it, and to what a function returns."""
    if isinstance(module.parent(node), ast.Return):
        function = module.enclosing(node, *FUNCTIONS)
        if function is not None and ("", function) not in seen:
            seen.add(("", function))
            for value, called in flow.results(module, function):
                yield from _of_value(module, value, seen) if called else (Use(value, STORED, escapes=True),)
        return
    for function, parameter in flow.parameters(module, node):
        if parameter is None:
            yield Use(node, STORED, escapes=True)
        else:
            yield from _of_name(module, parameter, module.walk.scopes[function], seen)


def complaint(module: Module, found: List[Use], allowed: Sequence[str] = ()) -> Optional[str]:
    """Why the object with these uses must keep its class; ``None`` if they don't mind.

    :param allowed: troubles that don't count.
    """
    for use in found:
        if use.trouble and use.trouble not in allowed:
            return f"on line {getattr(use.node, 'lineno', 0)} an object of it {use.trouble}"
    if any(use.escapes for use in found) and any(one.canonical.split(".")[0] == "weakref" for one in module.imports):
        return "an object of it is handed on, and the module uses weak references"
    return None


def bound_to(module: Module, value: ast.AST) -> Optional[Union[ast.Name, ast.Attribute]]:
    """The name, or the attribute of ``self``, that the object is bound to and nothing else."""
    statement = module.parent(value)
    if not isinstance(statement, ast.Assign) or statement.value is not value or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    if isinstance(target, ast.Name):
        return target
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in ("self", "cls"):
        return target
    return None


def _of_name(module: Module, name: str, scope: Scope, seen: Seen) -> Iterator[Use]:
    if (name, scope) in seen:
        return
    seen.add((name, scope))
    for load, where in module.loads(name):
        if where.lookup(name) is scope:
            yield from _of_value(module, load, seen)


def _of_attribute(module: Module, name: str, seen: Seen) -> Iterator[Use]:
    if (name, None) in seen:
        return
    seen.add((name, None))
    for node in module.attributes(name):
        if isinstance(node.ctx, ast.Load):
            yield from _of_value(module, node, seen)
    if not name.startswith("_"):
        yield Use(module.tree, escapes=True)


def judge(module: Module, node: ast.AST) -> Use:
    """What the expression around `node`, which is such an object, does to it."""
    above = module.parent(node)
    while type(above).__name__ == "Index":  # Python 3.8 wraps subscripts.
        above = module.parent(above)
    if isinstance(above, ast.Attribute):
        return _attribute(module, node, above)
    if isinstance(above, ast.keyword):
        trouble = PARSED if above.arg == "namespace" else _in_call(module, module.parent(above))
        return Use(node, trouble, escapes=True)
    if isinstance(above, ast.Call):
        return _argument(module, node, above)
    if isinstance(above, (ast.Tuple, ast.Starred)) and not isinstance(module.parent(above), ast.Assign):
        found = judge(module, above)
        trouble = found.trouble or (STORED if found.escapes else "")
        return found._replace(node=node, trouble=trouble, stores=False)
    effect = _effect(above, node)
    return Use(node) if effect is None else Use(node, effect, escapes=effect in ("", STORED))


def _effect(above: ast.AST, node: ast.AST) -> Optional[str]:
    """What is wrong with an expression or statement that the object stands in; ``None``: it does nothing to it."""
    if isinstance(above, ast.Compare):
        harmless = all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in above.ops)
        return None if harmless else COMPARED
    if isinstance(above, ast.Subscript):
        return None if above.value is node else HASHED
    if isinstance(above, ast.Dict):
        return HASHED if any(key is node for key in above.keys) else STORED
    if isinstance(above, (ast.Set, ast.SetComp)) or (isinstance(above, ast.DictComp) and above.key is node):
        return HASHED
    if isinstance(above, ast.FormattedValue) or (isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mod)):
        return SHOWN
    if isinstance(above, (ast.Expr, ast.If, ast.IfExp, ast.BoolOp, ast.While, ast.Assert, ast.UnaryOp)):
        return None
    return "" if isinstance(above, ast.Return) else STORED


def _attribute(module: Module, node: ast.AST, attribute: ast.Attribute) -> Use:
    name = attribute.attr
    stores = isinstance(attribute.ctx, ast.Store)
    if name == "__dict__" and not stores:
        return Use(node, stores=isinstance(module.parent(attribute), (ast.Subscript, ast.Attribute)))
    if name.startswith("__") and name.endswith("__"):
        return Use(node, SPECIAL)
    return Use(node, stores=stores)


def _argument(module: Module, node: ast.AST, call: ast.Call) -> Use:
    if call.func is node:
        return Use(node, SPECIAL)
    name = module.resolve(call.func) or ""
    home, _, last = name.rpartition(".")
    if home == "builtins" and last in _HARMLESS and call.args[0] is node:
        return Use(node)
    if home == "builtins" and last == "setattr":
        return Use(node, stores=True) if call.args[0] is node else Use(node, STORED, escapes=True)
    return Use(node, _in_call(module, call), escapes=True)


def _in_call(module: Module, call: ast.AST) -> str:
    if not isinstance(call, ast.Call):
        return ""
    name = module.resolve(call.func) or ""
    if name.startswith("builtins."):
        return _BUILTINS.get(name[len("builtins.") :], "")
    if name.startswith("weakref."):
        return WEAK
    if isinstance(call.func, ast.Attribute):
        return _METHODS.get(call.func.attr, "")
    return HASHED if _is_cached(module, call.func) else ""


def _is_cached(module: Module, function: ast.expr) -> bool:
    """Whether a function of the file keeps its results by its arguments."""
    if not isinstance(function, ast.Name):
        return False
    scope = module.scope_of(function).lookup(function.id)
    bindings = module.bindings(scope, function.id) if scope is not None else []
    decorators = [one for node in bindings if isinstance(node, FUNCTIONS) for one in node.decorator_list]
    return any(word in module.text(one).lower() for one in decorators for word in ("cache", "memo"))
