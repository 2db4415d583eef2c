"""Replace `is_future`.

Before::

    if concurrent.is_future(result):
    if isinstance(result, concurrent.FUTURES):

After::

    if aio.is_future(result):
    if aio.is_future(result):

It's true for futures of threads as well, which `asyncio.isfuture` isn't. `isinstance(result, concurrent.Future)`, which
wasn't, is the business of TOR211.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import Recall, Use, rename, taken, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR213", __doc__, [needle("is_future"), needle("FUTURES")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.concurrent.is_future"):
        yield rename(rule, module, use, aio(module, "is_future", use.node))
    for use in uses(module, "tornado.concurrent.FUTURES"):
        yield _classes(module, use)


def _classes(module: Module, use: Use) -> Item:
    """Both classes of futures, which are looked for with `isinstance`."""
    call = module.parent(use.node)
    spelling = aio(module, "is_future", use.node)
    if not isinstance(call, ast.Call) or module.resolve(call.func) != "builtins.isinstance" or len(call.args) != 2:
        advice = "write `(asyncio.Future, concurrent.futures.Future)`, or call `aio.is_future`"
        return rule.left(module, use.node, f"`{module.text(use.node)}` isn't asked for with `isinstance` here", advice)
    if spelling is None:
        return taken(rule, module, use)
    message = f"`isinstance` with `{module.text(use.node)}` becomes `{spelling.code}`"
    transform = Recall(spelling.code, drop=[1])
    return rule.expression(call, transform, message, settles=use.settles, needs=spelling.needs)
