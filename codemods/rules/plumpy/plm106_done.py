"""Ask a process `has_terminated()` instead of `done()`.

Before::

    if self.done():         # in a subclass of plumpy's Process

After::

    if self.has_terminated():

`done` is deprecated since plumpy 0.19. Only receivers that are known to be processes count: most of what has a `done`
is a future.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.coroutines import callee
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import PROCESSES, is_instance, is_plumpy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM106", __doc__, [needle(".done(")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("done"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or not is_instance(module, node.value, PROCESSES):
            continue
        if not list(module.program.reached(callee(module, node) or "")) and not is_plumpy(module):
            yield rule.expression(node, _renamed, "`done()` of a process is `has_terminated()`")


def _renamed(node: Any) -> Any:
    return node.with_changes(attr=cst.Name("has_terminated"))
