"""Replace `gen.multi`.

Before::

    results = yield gen.multi([first(), second()])

After::

    results = await aio.multi([first(), second()])

So do `gen.Multi` and `gen.multi_future`. `asyncio.gather` is something else: it raises the first error while the others
still run, and takes neither None nor a dict.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import rename, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR203", __doc__, [needle("tornado")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.gen.multi"):
        above = module.parent(use.node)
        if (
            isinstance(above, ast.Call)
            and use.node in above.args
            and module.resolve(above.func) == "builtins.isinstance"
        ):
            advice = "test for what is waited for; `aio.multi` is a function"
            yield rule.left(module, use.node, f"`{module.text(use.node)}` is used as a class", advice)
        else:
            yield rename(rule, module, use, aio(module, "multi", use.node))
