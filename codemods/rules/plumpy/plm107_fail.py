"""Give the second argument of a process's `fail`, for plumpy.

Before::

    self.fail(error)        # in a subclass of plumpy's Process

After, with `--runtime plumpy`::

    self.fail(error, None)

It's required since plumpy 0.18; plumpy_compat does without it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, PROCESSES, is_instance, is_plumpy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM107", __doc__, [needle(".fail(")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("fail") if module.settings.runtime == OLD else ():
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or call.keywords or len(call.args) != 1:
            continue
        plain = not isinstance(call.args[0], ast.Starred)
        if plain and is_instance(module, node.value, PROCESSES) and not is_plumpy(module):
            yield rule.expression(call, _with_none, "`fail` takes a traceback, or `None`")


def _with_none(node: Any) -> Any:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return node.with_changes(args=[node.args[0].with_changes(comma=comma), cst.Arg(cst.Name("None"))])
