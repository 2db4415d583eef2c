"""Write a plain lambda for `gen.coroutine(lambda: (yield …))`.

Before::

    loop.run_sync(gen.coroutine(lambda: (yield gen.multi(futures))))
    loop.add_callback(gen.coroutine(lambda: (yield future)))

After::

    aio.run_sync(loop, lambda: aio.multi(futures))
    aio.add_callback(loop, lambda: aio.as_awaitable(future))

Whoever runs the lambda waits for what it gives. Left is any other call of `gen.coroutine`, such as one with a lambda
that does more than to yield one thing, or that isn't handed to a loop.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional, Tuple

from codemods.edits import NewImport
from codemods.index.coroutines import SCHEDULED, how_used
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._awaitable import is_awaitable
from codemods.rules.tornado._loops import STAGES, called
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("TOR308", __doc__, [needle("coroutine(")], stages=STAGES)

_CONTAINERS = (ast.List, ast.Dict, ast.ListComp, ast.DictComp)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references("tornado.gen.coroutine"):
        call = called(module, reference.node)
        if call is not None and not _decorates(module, call):
            yield _call(module, reference, call)


def _decorates(module: Module, call: ast.Call) -> bool:
    above = module.parent(call)
    return any(one is call for one in getattr(above, "decorator_list", ()))


def _call(module: Module, reference: Reference, call: ast.Call) -> Item:
    yielded = _yielded(call)
    if yielded is None:
        message = f"`{module.text(reference.node)}` makes a coroutine of something else than a lambda that yields once"
        return rule.left(module, call, message, "write an `async def`")
    if how_used(module, call) != SCHEDULED and not _runs(module, call):
        message = "a coroutine is made of a lambda, and it can't be told what runs it"
        return rule.left(module, call, message, "write an `async def`")
    helper, needs = _helper(module, call, yielded)
    message = "a lambda that gives what there is to wait for"
    return rule.expression(call, _Lambda(helper), message, settles=(reference.name,), needs=needs)


def _yielded(call: ast.Call) -> Optional[ast.expr]:
    function = call.args[0] if len(call.args) == 1 and not call.keywords else None
    if not isinstance(function, ast.Lambda) or not isinstance(function.body, ast.Yield):
        return None
    value = function.body.value
    inner = ast.walk(value) if value is not None else ()
    return None if value is None or any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in inner) else value


def _runs(module: Module, call: ast.Call) -> bool:
    """Whether the coroutine is called and waited for at once."""
    above = module.parent(call)
    return (
        isinstance(above, ast.Call) and above.func is call and isinstance(module.parent(above), (ast.Yield, ast.Await))
    )


def _helper(module: Module, call: ast.Call, value: ast.expr) -> Tuple[str, Tuple[NewImport, ...]]:
    if is_awaitable(module, value):
        return "", ()
    spelling = aio(module, "multi" if isinstance(value, _CONTAINERS) else "as_awaitable", call)
    assert spelling is not None
    return spelling.code, spelling.needs


class _Lambda:
    """``lambda: helper(x)`` for ``coroutine(lambda: (yield x))``."""

    def __init__(self, helper: str) -> None:
        self.helper = helper

    def __call__(self, call: Any) -> Any:
        function = call.args[0].value
        value = function.body.value
        if self.helper:
            value = cst.Call(func=cst.parse_expression(self.helper), args=[cst.Arg(value)])
        elif isinstance(value, cst.Tuple) and not value.lpar:
            value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        lpar, rpar = call.lpar or function.lpar, call.rpar or function.rpar
        return function.with_changes(body=value, lpar=lpar, rpar=rpar)
