"""Replace `gen.maybe_future` and `gen.convert_yielded`.

Before::

    result = yield gen.maybe_future(handler())
    future = gen.convert_yielded(value)

After::

    result = await aio.maybe_await(handler())
    future = aio.create_task(aio.as_awaitable(value))

What they gave was a future that was under way already, so where nobody waits for it at once, it's started as a task.

A function under `@gen.convert_yielded.register(T)` loses the decorator if `T` is the class of a thread's futures:
`aio.as_awaitable` knows these. For another class it's left, and so are the two functions where they are handed on
without being called.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.index.coroutines import SCHEDULED, how_used
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import Recall, Use, call_of, is_consumed, loads, rename, taken, task, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR204", __doc__, [needle("tornado")], stages=("asyncio", "final"))

HELPERS = {"tornado.gen.maybe_future": "maybe_await", "tornado.gen.convert_yielded": "as_awaitable"}
THREAD_FUTURES = frozenset(["concurrent.futures.Future", "kiwipy.Future", "kiwipy.futures.Future"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *HELPERS):
        above = module.parent(use.node)
        if isinstance(above, ast.Attribute):
            yield _registered(module, use, above)
            continue
        call = call_of(module, use.node)
        if call is not None:
            yield _called(module, use, call)
        elif how_used(module, use.node) == SCHEDULED:
            yield rename(rule, module, use, aio(module, HELPERS[use.name], use.node))
        else:
            helper = HELPERS[use.name]
            advice = (
                f"hand on `aio.{helper}` if what it gives is awaited, else `lambda x: aio.create_task(aio.{helper}(x))`"
            )
            yield rule.left(module, use.node, f"`{module.text(use.node)}` isn't called here", advice)


def _called(module: Module, use: Use, call: ast.Call) -> Item:
    waits = is_consumed(module, use.node)
    helper = aio(module, HELPERS[use.name], call)
    start = None if waits else task(module, call)
    if helper is None or (start is None and not waits):
        return taken(rule, module, use)
    transform = Recall(helper.code, {"x": "value", "yielded": "value"}, start.code if start else "")
    text = module.text(use.node)
    message = f"`{text}` becomes `{helper.code}`" if waits else f"`{text}` becomes a task of `{helper.code}`"
    return rule.expression(call, transform, message, settles=use.settles, needs=helper.needs)


def _registered(module: Module, use: Use, attribute: ast.Attribute) -> Item:
    call = module.parent(attribute)
    function = module.parent(call)
    is_decorator = isinstance(call, ast.Call) and isinstance(function, FUNCTIONS) and call in function.decorator_list
    if is_decorator and attribute.attr == "register":
        assert isinstance(call, ast.Call)
        if len(call.args) == 1 and module.resolve(call.args[0]) in THREAD_FUTURES:
            settles = (*use.settles, *loads(module, call.args[0]))
            transform = _Undecorate(module.text(attribute))
            message = "`aio.as_awaitable` takes a thread's futures, so nothing needs to be registered"
            return rule.edit(function, Shape.HEADER, transform, message, settles=settles, at=call)
    advice = "give the class a method `__await__`, or hand what it stands for to `aio.as_awaitable`"
    message = f"`{module.text(attribute)}` tells tornado what to do with a class; `await` asks nobody"
    return rule.left(module, use.node, message, advice)


class _Undecorate:
    """Takes a decorator off.

    :param decorator: its source, without its arguments.
    """

    def __init__(self, decorator: str) -> None:
        self.decorator = decorator

    def __call__(self, function: Any) -> Any:
        return without(function, find_in(function.decorators, self.decorator))
