"""Hand futures to `gather` one by one.

Before::

    done = [child.kill() for child in children]
    yield plumpy.gather(done)

After::

    done = [child.kill() for child in children]
    await plumpy.gather(*done)

plumpy's `gather` is asyncio's since 0.16. Two things differ, and are noted: the results of a list come as they are, and
not as a list in a list; and the first error is raised at once, where tornado waited for all first.

An argument is only unpacked where it's certainly a list: a display, a comprehension, or a variable that only gets
these.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.origins import assigned
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, both, references

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM104", __doc__, [needle("gather")], stages=("asyncio", "final"))

_NOTE = "the results of the list aren't in a list of their own any more, and the first error is raised at once"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, both("futures", "gather")):
        call = module.parent(use.node)
        if not isinstance(call, ast.Call) or call.func is not use.node or len(call.args) != 1:
            continue
        if _is_list(module, call.args[0]):
            yield rule.expression(call, _unpack, "`gather` takes each future as an argument")
            yield rule.note(module, call, _NOTE)
        elif module.settings.runtime == OLD and not isinstance(call.args[0], ast.Starred):
            advice = "if it's a list, put a star before it"
            yield rule.left(module, call, "`gather` takes each future as an argument, and no list", advice)


def _is_list(module: Module, node: ast.AST) -> bool:
    if isinstance(node, (ast.List, ast.ListComp)):
        return True
    if isinstance(node, ast.Call):
        return module.resolve(node.func) == "builtins.list"
    if not isinstance(node, ast.Name):
        return False
    scope = module.scope_of(node).lookup(node.id)
    values = [assigned(module, one) for one in module.bindings(scope, node.id)] if scope is not None else []
    return bool(values) and all(one is not None and _is_list(module, one) for one in values if one is not node)


def _unpack(node: Any) -> Any:
    return node.with_changes(args=[node.args[0].with_changes(star="*")])
