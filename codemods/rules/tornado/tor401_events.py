"""Use asyncio's events.

Before::

    self._done = locks.Event()
    yield self._done.wait(timeout=datetime.timedelta(seconds=3))

After::

    self._done = asyncio.Event()
    await asyncio.wait_for(self._done.wait(), 3)

Where it isn't certain that there's time left it's `aio.wait_for`, which sees that the event is set however little there
is. A `wait` that nothing waits for on the spot becomes a task (`aio.create_task`). If it can't be told what the
time-out is, `plumpy_compat.aio.with_timeout` takes what tornado took. Left is an event whose uses can't be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES
from codemods.rules.tornado._queues import Group
from codemods.rules.tornado._waits import binds_early, rewritten

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(Group.EVENT.value, __doc__, [needle("locks")], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    yield from rewritten(rule, module, Group.EVENT, "events")
    yield from binds_early(rule, module, Group.EVENT, "events")
