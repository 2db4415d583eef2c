"""Replace `gen.WaitIterator`.

Before::

    waiter = gen.WaitIterator(first(), second())
    while not waiter.done():
        result = yield waiter.next()

After::

    waiter = aio.WaitIterator(first(), second())
    while not waiter.done():
        result = await waiter.next()

It has the same methods, and `current_index` and `current_future`, which `asyncio.as_completed` has no counterpart of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import rename, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR206", __doc__, [needle("WaitIterator")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.gen.WaitIterator"):
        yield rename(rule, module, use, aio(module, "WaitIterator", use.node))
