"""Wait with `await` where a tornado coroutine yields.

Before::

    data = yield self.fetch(name)
    rows = yield [read(one) for one in data]
    answer = yield communicator.rpc_send(pid, message)
    yield gen.moment

After::

    data = await self.fetch(name)
    rows = await aio.multi([read(one) for one in data])
    answer = await aio.as_awaitable(communicator.rpc_send(pid, message))
    await asyncio.sleep(0)

A plain `await` is written for what is certainly awaitable: coroutines of the project, and what asyncio gives. All
else goes through `plumpy_compat.aio.as_awaitable`, which takes what tornado took after `yield`: futures of threads,
lists, dicts, `None`. Containers wait for all of their children, as in tornado.

Left (but rewritten) is a value that tornado refused as well, such as a number.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional, Tuple

from codemods.edits import NewImport
from codemods.index.spelling import Spelling
from codemods.lazy import cst
from codemods.rule import Item, Rule, importing
from codemods.rules.tornado._awaitable import is_awaitable
from codemods.rules.tornado._coroutines import conversions, is_converted
from codemods.rules.tornado._queues import is_lock_with
from codemods.rules.tornado._spelling import aio, asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR102", __doc__, [importing("tornado", "plumpy_compat")], stages=("asyncio", "final"))

_CONTAINERS = (ast.List, ast.Dict, ast.ListComp, ast.DictComp)
_REFUSED = (ast.Constant, ast.Tuple, ast.Set, ast.JoinedStr, ast.Compare, ast.SetComp, ast.GeneratorExp)


@rule.find
def find(module: Module) -> Iterator[Item]:
    functions = {one.function for one in conversions(module) if is_converted(one)}
    for node in module.of(ast.Yield, ast.YieldFrom) if functions else ():
        if module.enclosing_function(node) in functions and not is_lock_with(module, node):
            yield _yield(module, node)
    yield from _refused(module)


def _refused(module: Module) -> Iterator[Item]:
    for reference in module.references("plumpy_compat.aio.as_awaitable"):
        call = module.parent(reference.node)
        awaited = isinstance(call, ast.Call) and isinstance(module.parent(call), ast.Await)
        if awaited and any(isinstance(one, _REFUSED) for one in call.args[:1]):  # type: ignore[attr-defined]
            advice = "wait for an awaitable, a list or a dict of these, or None"
            yield rule.left(module, call, "tornado refuses such a value after `yield`, and so does this", advice)


def _yield(module: Module, node: Any) -> Item:
    value: Optional[ast.expr] = node.value
    if _is_moment(module, value):
        sleep = asyncio_name(module, "sleep", node)
        settles = tuple(one for one in ast.walk(value) if isinstance(one, ast.Name)) if value is not None else ()
        if sleep is not None:
            transform = _Call(f"{sleep.code}(0)")
            message = "the loop gets a turn with `asyncio.sleep(0)`"
            return rule.expression(node, transform, message, settles=settles, needs=sleep.needs)
    assert value is not None
    helper, needs = _helper(module, node, value)
    return rule.expression(node, _Await(helper), "`yield` becomes `await`", needs=needs)


def _is_moment(module: Module, value: Optional[ast.expr]) -> bool:
    none = value is None or (isinstance(value, ast.Constant) and value.value is None)
    return none or (value is not None and module.resolve(value) == "tornado.gen.moment")


def _helper(module: Module, node: ast.AST, value: ast.expr) -> Tuple[str, Tuple[NewImport, ...]]:
    """What the value is handed to before it's awaited; empty if nothing is needed."""
    if is_awaitable(module, value):
        return "", ()
    name = "multi" if isinstance(value, _CONTAINERS) else "as_awaitable"
    spelling = aio(module, name, node) or Spelling(f"plumpy_compat.aio.{name}", NewImport("plumpy_compat.aio"))
    return spelling.code, spelling.needs


class _Call:
    """Awaits a call instead."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, node: Any) -> Any:
        return cst.Await(expression=cst.parse_expression(self.code), lpar=node.lpar, rpar=node.rpar)


class _Await:
    """Awaits what is yielded.

    :param helper: what it's handed to first; empty if it's awaitable.
    """

    def __init__(self, helper: str) -> None:
        self.helper = helper

    def __call__(self, node: Any) -> Any:
        value = node.value.item if isinstance(node.value, cst.From) else node.value
        if self.helper:
            if isinstance(value, cst.Tuple) and not value.lpar:
                value = parenthesized(value)
            value = cst.Call(func=cst.parse_expression(self.helper), args=[cst.Arg(value)])
        elif not is_primary(value):
            value = parenthesized(value)
        return cst.Await(expression=value, lpar=node.lpar, rpar=node.rpar)


def is_primary(value: Any) -> bool:
    """Whether `await` can stand before it: it binds tighter than any operator."""
    plain = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp)
    return bool(value.lpar) or isinstance(value, plain)


def parenthesized(value: Any) -> Any:
    """The expression in parentheses."""
    return value.with_changes(lpar=[cst.LeftParen(), *value.lpar], rpar=[*value.rpar, cst.RightParen()])
