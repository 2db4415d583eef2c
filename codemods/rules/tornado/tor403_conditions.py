"""Use `plumpy_compat.aio.Condition`, which has no lock, as tornado's had none.

Before::

    self._changed = locks.Condition()

After::

    self._changed = aio.Condition()

Its `wait` and `notify` do what tornado's did. asyncio's own condition can't be notified without its lock, and its
`wait` has no time-out. Left is a class that derives from it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES, replaced
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR403", __doc__, [needle("Condition")], stages=STAGES)

_NAME = "tornado.locks.Condition"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references(_NAME):
        node = reference.node
        if reference.canonical != _NAME or isinstance(module.parent(node), ast.ClassDef):
            message = f"`{module.text(node)}` is more than used"
            yield rule.left(module, node, message, "use `plumpy_compat.aio.Condition`")
            continue
        message = f"`{module.text(node)}` is `plumpy_compat.aio.Condition`"
        spelling = aio(module, "Condition", node)
        yield replaced(rule, module, node, spelling, "", message, settles=(reference.name,))
