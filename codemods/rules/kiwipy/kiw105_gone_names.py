"""Report what is gone from kiwipy.

Reported are uses of `kiwipy.rmq.utils`' helpers for tornado and of `tornado_to_kiwi_future`: kiwipy 0.6 has no
tornado. `aio.as_awaitable` takes kiwipy's futures, and `plumpy_compat.communications.plum_to_kiwi_future` gives them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.kiwipy._names import is_kiwipy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("KIW105", __doc__, [needle("kiwipy")], stages=("asyncio", "final"))

_ADVICE = "await kiwipy's futures through `aio.as_awaitable`, and make them by `plum_to_kiwi_future`"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in module.references("kiwipy.rmq.utils"):
        if use.canonical != "kiwipy.rmq.utils" and not is_kiwipy(module):
            name = use.canonical.rpartition(".")[2]
            yield rule.left(module, use.node, f"`kiwipy.rmq.utils.{name}` may be gone", _ADVICE)
    if "kiwipy" not in module.import_roots:
        return
    for node in module.attributes("tornado_to_kiwi_future"):
        if not is_kiwipy(module):
            yield rule.left(module, node, "kiwipy has no `tornado_to_kiwi_future` any more", _ADVICE)
