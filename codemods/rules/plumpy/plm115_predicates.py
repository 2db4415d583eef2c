"""Report predicates of work chains that give nothing.

    spec.outline(if_(cls.is_ready)(cls.go))

    def is_ready(self):
        self.ctx.ready

What `if_` and `while_` ask must give a boolean (plumpy 0.22): `None` was taken for false. Reported are methods of the
same class without a `return` that gives a value.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.coroutines import own_yields, stub
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import both, references

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM115", __doc__, [needle("if_"), needle("while_")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, both("workchains", "if_", "while_")):
        call = module.parent(use.node)
        cls = module.enclosing(use.node, ast.ClassDef)
        if not isinstance(call, ast.Call) or call.func is not use.node or len(call.args) != 1 or cls is None:
            continue
        asked = call.args[0]
        name = asked.attr if isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Name) else ""
        for method in (one for one in cls.body if isinstance(one, ast.FunctionDef) and one.name == name):
            if not _gives(module, method):
                advice = "return True or False"
                yield rule.left(module, method, f"the outline asks `{name}`, which returns nothing", advice)


def _gives(module: Module, method: Any) -> bool:
    if stub(method) == "raises" or own_yields(module, method):
        return True
    return any(
        isinstance(node, ast.Return) and node.value is not None and module.enclosing_function(node) is method
        for node in ast.walk(method)
    )
