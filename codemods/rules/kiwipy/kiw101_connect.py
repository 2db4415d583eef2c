"""Connect to RabbitMQ without a loop.

Before::

    communicator = kiwipy.rmq.connect({'url': url}, loop=loop)

After::

    communicator = kiwipy.rmq.connect({'url': url})

Since kiwipy 0.6 a thread communicator makes the loop of its thread itself.

Left are calls that give the loop by position (as the third argument), or through `**`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.kiwipy._names import CONNECTS, is_kiwipy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("KIW101", __doc__, [needle("kiwipy")], stages=("asyncio", "final"))

_ADVICE = "don't give a loop; the communicator makes its own"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in module.references("kiwipy"):
        call = module.parent(use.node)
        if use.canonical not in CONNECTS or not isinstance(call, ast.Call) or call.func is not use.node:
            continue
        if any(one.arg == "loop" for one in call.keywords):
            if not is_kiwipy(module):
                names = [one for one in ast.walk(_loop(call)) if isinstance(one, ast.Name)]
                message = "the communicator makes its own loop"
                yield rule.expression(call, _without_loop, message, settles=tuple(names))
        elif (len(call.args) > 2 or any(one.arg is None for one in call.keywords)) and not is_kiwipy(module):
            yield rule.left(module, call, "`connect` takes no loop any more, and may get one here", _ADVICE)


def _loop(call: ast.Call) -> ast.expr:
    return next(one.value for one in call.keywords if one.arg == "loop")


def _without_loop(node: Any) -> Any:
    args = [arg for arg in node.args if arg.keyword is None or arg.keyword.value != "loop"]
    if args and args[-1] is not node.args[-1]:
        args[-1] = args[-1].with_changes(
            comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=node.args[-1].whitespace_after_arg
        )
    return node.with_changes(args=args)
