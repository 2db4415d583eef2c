"""Drop `import datetime` and `import time` where the last use went with a time-out.

Before::

    import datetime
    ...
    yield queue.get(timeout=datetime.timedelta(seconds=3))

After::

    await asyncio.wait_for(queue.get(), 3)

Only imports are dropped whose uses were all rewritten; one that nothing used before stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule("TOR411", __doc__, [needle("tornado"), needle("plumpy")], order=100, stages=STAGES)

_MODULES = ("datetime", "time")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.live_imports():
        if one.canonical.split(".")[0] in _MODULES and one.top and _is_unused(module, one):
            yield rule.reimport(one, f"`{one.canonical}` is no longer used")


def _is_unused(module: Module, one: ImportedName) -> bool:
    uses = module.uses(one)
    if not uses or any(node not in module.settled for node in uses) or one.local in module.exported:
        return False
    others = [each for each in module.live_imports() if each.local == one.local and each is not one]
    return not others and not module.project.imports_from(module.name, one.local)
