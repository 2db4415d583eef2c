"""Where a value goes within a file: to the callers of the function that returns it, into the parameters of others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Tuple

from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module

_KEEPS_RESULT = frozenset({"builtins.property", "builtins.staticmethod", "builtins.classmethod"})


def results(module: Module, function: Any) -> Iterator[Tuple[ast.AST, bool]]:
    """The expressions whose value is what `function` returned, each with ``True``.

    With ``False`` come the nodes that show that its results can't be followed: what hands the function on, and the
    function itself if it has an unknown decorator.
    """
    decorators = {module.resolve(one) for one in function.decorator_list}
    if not decorators <= _KEEPS_RESULT:
        yield function, False
    for node in _mentions(module, function):
        above = module.parent(node)
        if isinstance(above, ast.Call) and above.func is node:
            yield above, True
        else:
            yield node, "builtins.property" in decorators


def _mentions(module: Module, function: Any) -> List[Any]:
    name = function.name
    if isinstance(module.parent(function), ast.ClassDef):
        return [node for node in module.attributes(name) if isinstance(node.ctx, ast.Load)]
    scope = module.scope_of(function).lookup(name)
    return [node for node, where in module.loads(name) if where.lookup(name) is scope]


def parameters(module: Module, node: ast.AST) -> Iterator[Tuple[ast.AST, Optional[str]]]:
    """The functions of the file that may be called with the argument `node`, each with the parameter that gets it.

    The parameter is ``None`` if it collects several arguments.
    """
    above = module.parent(node)
    call = module.parent(above) if isinstance(above, ast.keyword) else above
    if not isinstance(call, ast.Call) or call.func is node:
        return
    for function, bound in _called(module, call.func):
        if isinstance(above, ast.keyword):
            yield function, _keyword(function.args, above.arg)
        else:
            yield function, _positional(function.args, call.args, node, bound)


def _called(module: Module, func: ast.expr) -> Iterator[Tuple[Any, int]]:
    """The functions that a call may mean, each with the number of arguments that it gets by itself."""
    if isinstance(func, ast.Attribute):
        for function in module.of(*FUNCTIONS):
            if function.name == func.attr and isinstance(module.parent(function), ast.ClassDef):
                static = any(module.resolve(one) == "builtins.staticmethod" for one in function.decorator_list)
                yield function, 0 if static else 1
    elif isinstance(func, ast.Name):
        scope = module.scope_of(func).lookup(func.id)
        for node in module.bindings(scope, func.id) if scope is not None else ():
            if isinstance(node, FUNCTIONS):
                yield node, 0
            elif isinstance(node, ast.ClassDef):
                yield from ((one, 1) for one in node.body if isinstance(one, FUNCTIONS) and one.name == "__init__")


def _keyword(args: ast.arguments, name: Optional[str]) -> Optional[str]:
    return name if any(one.arg == name for one in (*args.args, *args.kwonlyargs)) else None


def _positional(args: ast.arguments, given: List[ast.expr], node: ast.AST, bound: int) -> Optional[str]:
    place = next(number for number, one in enumerate(given) if one is node)
    names: List[str] = [one.arg for one in (*getattr(args, "posonlyargs", ()), *args.args)][bound:]
    if any(isinstance(one, ast.Starred) for one in given[:place]) or place >= len(names):
        return None
    return names[place]
