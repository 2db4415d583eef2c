"""Replace `gen.is_coroutine_function`.

Before::

    if gen.is_coroutine_function(function):

After::

    if aio.is_coroutine_function(function):

It's true for `async def` functions and for eager coroutines. `inspect.iscoroutinefunction` says no to the latter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import rename, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR205", __doc__, [needle("is_coroutine_function")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.gen.is_coroutine_function"):
        yield rename(rule, module, use, aio(module, "is_coroutine_function", use.node))
