"""Report what is gone from plumpy, if it's the runtime.

With `--runtime plumpy` these are reported where they are used: `utils.ListenContext`, `utils.ThreadSafeCounter`,
`utils.wrap_dict` (plumpy 0.18), `utils.EventHelper` (in `event_helper` since 0.22). plumpy_compat has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import NEW, OLD, is_plumpy, references, tail

if TYPE_CHECKING:
    from codemods.index.module import Module

_GONE = {
    "ListenContext": "add and remove the listener by hand",
    "ThreadSafeCounter": "write it, or use itertools.count",
    "wrap_dict": "write it in the project",
    "EventHelper": "import it from `plumpy.event_helper`; it takes the class of its listeners",
}

rule = Rule("PLM114", __doc__, [needle(name) for name in _GONE], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    if module.settings.runtime != OLD:
        return
    names = [f"utils.{name}" for name in _GONE]
    for use in references(module, names):
        yield rule.left(module, use.node, *_about(use.canonical))
    for one in module.live_imports():
        if one.canonical.split(".")[0] in (OLD, NEW) and tail(one.canonical) in names and not is_plumpy(module):
            yield rule.left(module, one.statement, *_about(one.canonical))


def _about(dotted: str) -> tuple[str, str]:
    name = dotted.rpartition(".")[2]
    return f"plumpy has no `utils.{name}` any more", _GONE[name]
