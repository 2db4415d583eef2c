"""Use asyncio's locks and semaphores.

Before::

    self._lock = locks.Lock()
    with (yield self._lock.acquire()):
        ...
    yield self._lock.acquire(timeout=datetime.timedelta(seconds=3))

After::

    self._lock = asyncio.Lock()
    async with self._lock:
        ...
    await asyncio.wait_for(self._lock.acquire(), 3)

`wait_for` takes back what is still waiting when the time is over, as tornado did. Where it isn't certain that there's
time left it's `aio.wait_for`, which has a lock that is free however little there is. An `acquire` that nothing waits
for on the spot becomes a task (`aio.create_task`), which has the lock at once if it's free.

Left are all locks of a file if the uses of one of them can't be known: it's handed on, say, or what `acquire` gives is
kept, or it's a time-out of which it can't be told what time it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES
from codemods.rules.tornado._queues import Fate, Group, kept, refused
from codemods.rules.tornado._waits import binds_early, rewritten

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(Group.LOCK.value, __doc__, [needle("locks")], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    yield from rewritten(rule, module, Group.LOCK, "locks")
    yield from binds_early(rule, module, Group.LOCK, "locks")
    for one in kept(module, Group.LOCK) if refused(module, Group.LOCK) is None else ():
        for wait in one.waits:
            if wait.fate is Fate.STARTED:
                message = "what waiting for `acquire` gives can't release the lock in a `with` any more"
                yield rule.note(module, wait.call, message)
