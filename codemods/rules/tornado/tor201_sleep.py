"""Replace `gen.sleep`.

Before::

    yield gen.sleep(1)
    timer = gen.sleep(1)
    loop.run_sync(lambda: gen.sleep(1))

After::

    await asyncio.sleep(1)
    timer = aio.create_task(asyncio.sleep(1))
    aio.run_sync(loop, lambda: asyncio.sleep(1))

A call of `gen.sleep` started a timer; one of `asyncio.sleep` waits only when it's awaited. So where nobody waits for it
at once, it's started as a task.

`gen.moment` becomes `asyncio.sleep(0)` where it's awaited.

Left are `gen.sleep` handed on without being called, which may be called by what awaits nothing, and `gen.moment` as a
value: it was a future that is always done.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.coroutines import BARE, SCHEDULED, how_used
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._coroutines import converted
from codemods.rules.tornado._gen_names import Recall, Use, call_of, is_awaited, is_consumed, rename, taken, task, uses
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR201", __doc__, [needle("tornado")], stages=("asyncio", "final"))

SLEEP, MOMENT = "tornado.gen.sleep", "tornado.gen.moment"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, SLEEP):
        call = call_of(module, use.node)
        if call is None:
            yield _handed_on(module, use)
        elif not _is_given_to_loop(module, call):
            yield from _called(module, use, call)
    for use in uses(module, MOMENT):
        yield from _moment(module, use)


def _is_given_to_loop(module: Module, call: ast.Call) -> bool:
    """Whether it's the future of `loop.add_future(gen.sleep(t), callback)`, which becomes one call as a whole."""
    above = module.parent(call)
    return isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr == "add_future"


def _handed_on(module: Module, use: Use) -> Item:
    if how_used(module, use.node) == SCHEDULED:
        return rename(rule, module, use, asyncio_name(module, "sleep", use.node))
    advice = "hand on `asyncio.sleep` if what it gives is awaited, else `lambda t: aio.create_task(asyncio.sleep(t))`"
    return rule.left(module, use.node, f"`{module.text(use.node)}` isn't called here", advice)


def _called(module: Module, use: Use, call: ast.Call) -> Iterator[Item]:
    text = module.text(use.node)
    waits = is_consumed(module, use.node)
    sleep = asyncio_name(module, "sleep", call)
    start = None if waits else task(module, call)
    if sleep is None or (start is None and not waits):
        yield taken(rule, module, use)
        return
    needs = (*sleep.needs, *(start.needs if start else ()))
    transform = Recall(sleep.code, {"duration": "delay"}, start.code if start else "")
    message = f"`{text}` becomes `{sleep.code}`" if waits else f"`{text}` becomes a task of `{sleep.code}`"
    yield rule.expression(call, transform, message, settles=use.settles, needs=needs)
    if how_used(module, use.node) == BARE:
        advice = "write `await asyncio.sleep(…)` if it was meant to wait"
        yield rule.note(module, call, f"nothing waits for `{text}` here; it only starts a timer", advice)


def _moment(module: Module, use: Use) -> Iterator[Item]:
    above = module.parent(use.node)
    if isinstance(above, ast.Yield) and converted(module, above) is not None:
        return
    if is_awaited(module, use.node):
        sleep = asyncio_name(module, "sleep", use.node)
        if sleep is not None:
            code = f"{sleep.code}(0)"
            message = f"`{module.text(use.node)}` becomes `{code}`"
            yield rule.replace(use.node, code, message, settles=use.settles, needs=sleep.needs)
            return
    advice = "store None and test for it, or a future that has a result: `asyncio.sleep(0)` can be awaited only once"
    yield rule.left(module, use.node, f"`{module.text(use.node)}` is used as a value", advice)
