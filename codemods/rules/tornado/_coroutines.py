"""Which functions of a file the rules TOR101 to TOR104 turn into coroutines: all of them, or none does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple, Optional

from codemods.index.coroutines import TOGETHER, coroutine_decorator, own_yields, stub
from codemods.index.facts import qualified
from codemods.index.program import TORNADO_KINDS, Decision, Form
from codemods.index.scopes import FUNCTIONS
from codemods.registry import chosen_code_rules

if TYPE_CHECKING:
    from codemods.index.module import Module


class Conversion(NamedTuple):
    """A function that becomes a coroutine.

    :param place: the position of tornado's decorator; ``None`` for a base method or a generator without one.
    :param kind: see `coroutines.FunctionNote`.
    """

    function: Any
    place: Optional[int]
    kind: str
    decision: Decision


def conversions(module: Module) -> Iterator[Conversion]:
    """The functions of a file that become coroutines, or stay as they are for a reason."""
    if "conversions" not in module.cache:
        module.cache["conversions"] = list(_conversions(module))
    found: Iterator[Conversion] = iter(module.cache["conversions"])
    return (one for one in found if not module.is_dead(one.function))


def _conversions(module: Module) -> Iterator[Conversion]:
    if module.path not in module.program.paths:
        return
    if TOGETHER - {rule.code for rule in chosen_code_rules(module.settings)}:
        return
    for function in module.of(*FUNCTIONS):
        decision = module.program.decision(qualified(module, function))
        if decision is None:
            continue
        found = coroutine_decorator(module, function)
        if found is not None and _is_ours(module, function.decorator_list[found[0]]):
            # The decorator stays, so the function may have been rewritten already.
            found = None if isinstance(function, ast.AsyncFunctionDef) else found
        if found is not None and found[1] in TORNADO_KINDS:
            yield Conversion(function, found[0], found[1], decision)
        elif found is None and decision.form is Form.NATIVE and _joins(module, function):
            yield Conversion(function, None, "plain", decision)


def _is_ours(module: Module, decorator: ast.expr) -> bool:
    """Whether the user has named the decorator as one that makes coroutines."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return module.resolve(called) in module.settings.coroutine_decorators


def _joins(module: Module, function: ast.AST) -> bool:
    """Whether it's a base method that does nothing, or a generator that coroutines delegate to."""
    return isinstance(function, ast.FunctionDef) and bool(stub(function) or own_yields(module, function))


def converted(module: Module, node: ast.AST) -> Optional[Conversion]:
    """The function around `node`, if it becomes a coroutine."""
    function = module.enclosing_function(node)
    return next((one for one in conversions(module) if one.function is function and is_converted(one)), None)


def is_converted(one: Conversion) -> bool:
    """Whether it isn't kept as it is."""
    return one.decision.form is not Form.KEPT
