"""Await directly what is certainly awaitable by now (stage final).

Before::

    data = await aio.as_awaitable(self.fetch(name))

After, if `fetch` is a coroutine of the project::

    data = await self.fetch(name)

What may be a future of a thread, a list, or `None` keeps its helper.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._awaitable import is_awaitable
from codemods.rules.tornado.tor102_yields import is_primary, parenthesized

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR801", __doc__, [needle("as_awaitable")], stages=("final",))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references("plumpy_compat.aio.as_awaitable"):
        call = module.parent(reference.node)
        if not isinstance(call, ast.Call) or call.func is not reference.node or len(call.args) != 1 or call.keywords:
            continue
        if isinstance(module.parent(call), ast.Await) and is_awaitable(module, call.args[0]):
            message = "what is awaited is a coroutine, or a future of asyncio"
            yield rule.expression(call, _argument, message, settles=(reference.name,))


def _argument(call: Any) -> Any:
    value = call.args[0].value
    if not is_primary(value):
        value = parenthesized(value)
    return value
