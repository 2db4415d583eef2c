"""Read the property `loop` of a process instead of calling it.

Before::

    loop = self.loop()          # in a subclass of plumpy's Process
    Sum(inputs).loop().stop()

After::

    loop = self.loop
    Sum(inputs).loop.stop()

A receiver counts only if it is known to be a process: `self` in a subclass or in what is only mixed into such, a new
instance, `Process.current()`, what a bundle gives, a parameter with such an annotation, the `process` of a state or
of a listener's methods. Communicators, AiiDA's transport queue and everything else keep their method.

Left are calls on what nothing is known of but its name (`process.loop()`), and a method `loop` of a subclass.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.facts import qualified
from codemods.index.origins import origins
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import PROCESSES, is_instance, is_plumpy, is_unknown

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM102", __doc__, [needle("loop")], stages=("asyncio", "final"))

_SOUNDS_LIKE_IT = re.compile(r"(^|[_.])(proc|process|workchain|wc)\d*$", re.IGNORECASE)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("loop"):
        call = module.parent(node)
        if isinstance(call, ast.Call) and call.func is node and not call.args and not call.keywords:
            yield from _call(module, call, node)
    for function in module.of(*FUNCTIONS):
        cls = module.parent(function)
        if function.name != "loop" or not isinstance(cls, ast.ClassDef) or _is_property(function):
            continue
        if module.program.derives(qualified(module, cls), PROCESSES) and not is_plumpy(module):
            advice = "make it a property, and drop the parentheses where it's called"
            yield rule.left(module, function, "`loop` of a process is a property now", advice)


def _call(module: Module, call: ast.Call, node: ast.Attribute) -> Iterator[Item]:
    if is_instance(module, node.value, PROCESSES) or _is_unbundled(module, node.value):
        if not is_plumpy(module):
            yield rule.expression(call, _without_call, "`loop` of a process is a property")
    elif is_unknown(module, node.value) and _SOUNDS_LIKE_IT.search(module.text(node.value)) and not is_plumpy(module):
        advice = "if it's a process, drop the parentheses"
        text = module.text(node.value)
        yield rule.left(module, call, f"`{text}` may be a process, whose `loop` is a property", advice)


def _is_unbundled(module: Module, node: ast.AST) -> bool:
    """Whether a value comes from a bundle: of what plumpy saves, only processes have a `loop`."""
    return all(one.endswith(".unbundle()") for one in origins(module, node))


def _without_call(node: Any) -> Any:
    function = node.func
    return function.with_changes(lpar=[*node.lpar, *function.lpar], rpar=[*function.rpar, *node.rpar])


def _is_property(function: Any) -> bool:
    return any("property" in ast.dump(one) for one in function.decorator_list)
