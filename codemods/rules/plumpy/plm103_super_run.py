"""Await the base class's `run`.

Before::

    class Immigrant(CalcJob):
        def run(self):
            super().run()
            return plumpy.Wait(msg='fetching')

After::

    class Immigrant(CalcJob):
        async def run(self):
            await super().run()
            return plumpy.Wait(msg='fetching')

`Process.run` and `WorkChain.run` are coroutines (plumpy 0.23); an override may be one or not, plumpy takes both. If
the class between is one of the project, what its `run` gives is awaited if it's awaitable (`aio.maybe_await`).

Left are generators, calls inside of inner functions, decorated methods, and direct calls of a process's own `run`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional

from codemods.edits import Shape
from codemods.index.coroutines import TRANSPARENT, callee, own_yields
from codemods.index.facts import qualified
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import PROCESSES, is_instance, is_plumpy, tail
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module
    from codemods.index.spelling import Spelling

rule = Rule("PLM103", __doc__, [needle(".run(")], stages=("asyncio", "final"))

_MARKS = ("lang.override", "aiida.common.lang.override")
_ADVICE = "make it `async def` and await what the base class's `run` gives"


@rule.find
def find(module: Module) -> Iterator[Item]:
    overrides: Dict[Any, List[ast.Call]] = {}
    for node in module.attributes("run"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or isinstance(module.parent(call), ast.Await):
            continue
        method = _override(module, node)
        if method is not None:
            overrides.setdefault(method, []).append(call)
        elif is_instance(module, node.value, PROCESSES) and _is_base(module, node) and not _is_handed_on(module, call):
            message = "`run` of a process is a coroutine, which does nothing by itself"
            if not is_plumpy(module):
                yield rule.left(module, call, message, "await it, or let `execute()` run the process")
    for method, calls in overrides.items():
        if not is_plumpy(module):
            yield from _method(module, method, calls)


def _override(module: Module, node: ast.Attribute) -> Optional[Any]:
    """The plain method `run` of a process around ``super().run``."""
    value = node.value
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super"):
        return None
    method = module.enclosing(node, ast.ClassDef)
    function = next((one for one in module.parents(node) if module.parent(one) is method), None)
    if not isinstance(function, ast.FunctionDef) or function.name != "run":
        return None
    return function if is_instance(module, value, PROCESSES) else None


def _is_base(module: Module, node: ast.Attribute) -> bool:
    """Whether `….run` is the base classes', or a coroutine of the project."""
    reached = list(module.program.reached(callee(module, node) or ""))
    return not reached or any(module.program.becomes_async(one) for one in reached)


def _is_handed_on(module: Module, call: ast.Call) -> bool:
    """Whether something waits for what the call gives, or gets it to wait for."""
    return isinstance(module.parent(call), (ast.Yield, ast.YieldFrom, ast.Call, ast.Return, ast.Lambda))


def _method(module: Module, method: ast.FunctionDef, calls: List[ast.Call]) -> Iterator[Item]:
    name = qualified(module, method)
    if module.program.decision(name) is not None:
        return  # The rules for coroutines see to it.
    reason = _refusal(module, method, calls)
    if reason:
        yield rule.left(module, method, f"`super().run()` gives a coroutine: {reason}", _ADVICE)
        return
    helpers: List[Optional[Spelling]] = [None] * len(calls)
    if module.program.graph.overridden(name):
        helpers = [aio(module, "maybe_await", call) for call in calls]
        if None in helpers:
            yield rule.left(module, method, "`super().run()` may give a coroutine, but `aio` is taken", _ADVICE)
            return
    yield rule.edit(method, Shape.HEADER, _make_async, "`run` becomes a coroutine, for `super().run()` is one")
    for call, helper in zip(calls, helpers):
        needs = helper.needs if helper is not None else ()
        code = helper.code if helper is not None else ""
        yield rule.expression(
            call, Awaited(code, needs_parentheses(module, call)), "`super().run()` is awaited", needs=needs
        )


def _refusal(module: Module, method: ast.FunctionDef, calls: List[ast.Call]) -> str:
    if own_yields(module, method):
        return "it stands in a generator"
    if any(module.enclosing_function(call) is not method for call in calls):
        return "it stands in an inner function"
    for one in method.decorator_list:
        dotted = module.resolve(one)
        if dotted not in TRANSPARENT and dotted not in _MARKS and tail(dotted) not in _MARKS:
            return "a decorator may look at what the method gives"
    return ""


def needs_parentheses(module: Module, call: ast.Call) -> bool:
    """Whether what is around a call binds tighter than `await`."""
    above = module.parent(call)
    if isinstance(above, ast.Call):
        return above.func is call
    return isinstance(above, (ast.Attribute, ast.Subscript)) or (
        isinstance(above, ast.BinOp) and isinstance(above.op, ast.Pow)
    )


def _make_async(node: Any) -> Any:
    return node.with_changes(asynchronous=cst.Asynchronous())


class Awaited:
    """Awaits a call.

    :param helper: what the call is handed to first; empty if nothing.
    :param wrap: whether what is around it binds tighter than `await`.
    """

    def __init__(self, helper: str, wrap: bool) -> None:
        self.helper = helper
        self.wrap = wrap

    def __call__(self, node: Any) -> Any:
        value = node.with_changes(lpar=[], rpar=[])
        if self.helper:
            value = cst.Call(func=cst.parse_expression(self.helper), args=[cst.Arg(value)])
        if self.wrap and not node.lpar:
            return cst.Await(expression=value, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return cst.Await(expression=value, lpar=node.lpar, rpar=node.rpar)
