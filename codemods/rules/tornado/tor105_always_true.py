"""Report calls of coroutines whose result is tested instead of waited for.

A future, like a coroutine, is always true, so this test says nothing::

    if client.is_alive():
        ...

Nothing is rewritten: it was as wrong under tornado, and `await` would make the test work for the first time.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List

from codemods.index.coroutines import TESTED, callee, how_used
from codemods.rule import Item, Rule, importing

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR105", __doc__, [importing("tornado")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    walk = module.walk
    for name in sorted(one for one in module.program.coroutine_names if one in walk.loads or one in walk.attributes):
        nodes: List[ast.expr] = [node for node, _ in module.loads(name)]
        nodes += module.attributes(name)
        for node in nodes:
            above = module.parent(node)
            if not isinstance(above, ast.Call) or above.func is not node or how_used(module, node) != TESTED:
                continue
            target = callee(module, node)
            if target is not None and any(module.program.becomes_async(one) for one in module.program.reached(target)):
                advice = "write `await` before the call, if the test means its result"
                yield rule.left(module, above, f"`{name}` gives a future, which is always true", advice)
