"""Replace `chain_future`.

Before::

    concurrent.chain_future(source, target)

After::

    aio.chain_future(source, target)

Both may be futures of a thread or of any loop. One thing differs: cancelling the first cancels the second; tornado's
futures couldn't be cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import Recall, call_of, rename, taken, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR214", __doc__, [needle("chain_future")], stages=("asyncio", "final"))

_KEYWORDS = {"a": "source", "b": "target"}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.concurrent.chain_future"):
        call = call_of(module, use.node)
        spelling = aio(module, "chain_future", use.node)
        if call is None or not call.keywords:
            yield rename(rule, module, use, spelling)
        elif spelling is None:
            yield taken(rule, module, use)
        else:
            message = f"`{module.text(use.node)}` becomes `{spelling.code}`"
            transform = Recall(spelling.code, _KEYWORDS)
            yield rule.expression(call, transform, message, settles=use.settles, needs=spelling.needs)
