"""Drop the bridges between tornado's and asyncio's loops.

Before::

    AsyncIOMainLoop().install()
    future = to_asyncio_future(work())
    other = to_tornado_future(task)
    loop.asyncio_loop.run_in_executor(None, read)

After::

    future = aio.create_task(work())
    other = task
    loop.run_in_executor(None, read)

Left are other uses of `tornado.platform`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional, Tuple

from codemods.edits import Shape
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import owns_line
from codemods.rules.tornado._loops import STAGES, called, loop_calls, no_name
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("TOR311", __doc__, [needle("tornado")], stages=STAGES)

_HOME = "tornado.platform"
_LOOPS = tuple(f"{_HOME}.asyncio.{name}" for name in ("AsyncIOMainLoop", "AsyncIOLoop"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references(_HOME):
        yield _use(module, reference)
    for use in loop_calls(module, "asyncio_loop"):
        yield rule.expression(use.node, _value, "the loop is asyncio's itself")


def _value(node: Any) -> Any:
    return node.value


def _use(module: Module, reference: Reference) -> Item:
    name = reference.canonical
    call = called(module, reference.node)
    settles = (reference.name,)
    if call is not None and len(call.args) == 1 and not call.keywords:
        if name == f"{_HOME}.asyncio.to_tornado_future":
            return rule.expression(call, _argument, "a future of asyncio stays one", settles=settles)
        if name == f"{_HOME}.asyncio.to_asyncio_future":
            return _to_asyncio(module, call, settles)
    statement = _installed(module, call) if name in _LOOPS and call is not None else None
    if statement is not None:
        message = "the loops are asyncio's already"
        return rule.edit(statement, Shape.BLOCK, lambda _: [], message, settles=settles, empties=True)
    message = f"`{name}` has no place with asyncio alone"
    return rule.left(module, reference.node, message, "drop it, or use asyncio's loops directly")


def _installed(module: Module, call: ast.Call) -> Optional[ast.stmt]:
    """The statement ``AsyncIOMainLoop().install()``, if it's that."""
    attribute = module.parent(call)
    outer = called(module, attribute) if isinstance(attribute, ast.Attribute) else None
    if outer is None or getattr(attribute, "attr", "") not in ("install", "make_current"):
        return None
    statement = module.parent(outer)
    plain = not call.args and not call.keywords and not outer.args
    return statement if plain and isinstance(statement, ast.Expr) and owns_line(module, statement) else None


def _to_asyncio(module: Module, call: ast.Call, settles: Tuple[ast.AST, ...]) -> Item:
    waits = isinstance(module.parent(call), (ast.Yield, ast.Await))
    helper = aio(module, "as_awaitable" if waits else "create_task", call)
    if helper is None:
        return no_name(rule, module, call, "plumpy_compat.aio")
    message = f"`{helper.code}` gives what asyncio waits for"
    return rule.expression(call.func, _Function(helper.code), message, settles=settles, needs=helper.needs)


class _Function:
    """Another function."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, node: Any) -> Any:
        return cst.parse_expression(self.code)


def _argument(call: Any) -> Any:
    value = call.args[0].value
    if value.lpar or isinstance(value, (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.Await)):
        return value
    return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
