"""Replace `is_future`.

Before::

    if concurrent.is_future(result):

After::

    if aio.is_future(result):

It's true for futures of threads as well, which `asyncio.isfuture` isn't. `isinstance(result, concurrent.Future)`, which
wasn't, is the business of TOR211.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import rename, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR213", __doc__, [needle("is_future")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.concurrent.is_future"):
        yield rename(rule, module, use, aio(module, "is_future", use.node))
