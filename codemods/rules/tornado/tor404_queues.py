"""Use asyncio's queues.

Before::

    self._jobs = queues.Queue()
    self._jobs.put(job)
    job = yield self._jobs.get(timeout=datetime.timedelta(seconds=3))

After::

    self._jobs = asyncio.Queue()
    self._jobs.put_nowait(job)
    job = await asyncio.wait_for(self._jobs.get(), 3)

In tornado a `put` took place at once, whether anything waited for it or not; asyncio's only runs when it's awaited. So
where nothing does it becomes `put_nowait`, or a task (`aio.create_task`) if the queue may be full; the same goes for
`get` and `join`. `wait_for` takes back what is still waiting when the time is over, as tornado did. Where it isn't
certain that there's time left it's `aio.wait_for`, which takes what is there however little there is.

`wait_for` is given the call, never a task of it: from Python 3.12 on a task could be done with an item, or have a lock,
just as the time is over, and that would be lost.

Left are all queues of a file if the uses of one of them can't be known: it's handed on or iterated over, say.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES
from codemods.rules.tornado._queues import Group
from codemods.rules.tornado._waits import binds_early, rewritten

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(Group.QUEUE.value, __doc__, [needle("queues")], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    yield from rewritten(rule, module, Group.QUEUE, "queues")
    yield from binds_early(rule, module, Group.QUEUE, "queues")
    for reference in module.references("tornado.queues"):
        if isinstance(module.parent(reference.node), ast.ClassDef):
            message = "a class derives from a queue of tornado's"
            yield rule.left(module, reference.node, message, "derive from asyncio's, and await what its methods give")
