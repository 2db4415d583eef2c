"""Drop the import of `plumpy_compat.aio` when nothing uses it any more (stage final)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, importing

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR809", __doc__, [importing("plumpy_compat")], order=100, stages=("final",))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.live_imports():
        if one.canonical == "plumpy_compat.aio" and all(node in module.settled for node in module.uses(one)):
            exported = one.local in module.exported or module.project.imports_from(module.name, one.local)
            if not exported:
                yield rule.reimport(one, "`plumpy_compat.aio` is no longer used")
