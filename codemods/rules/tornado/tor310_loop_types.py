"""Ask for `asyncio.AbstractEventLoop` where `IOLoop` is a type.

Before::

    def run(loop: Optional[IOLoop] = None): ...
    isinstance(loop, (IOLoop, Runner))

After::

    def run(loop: Optional[asyncio.AbstractEventLoop] = None): ...
    isinstance(loop, (asyncio.AbstractEventLoop, Runner))

Left are classes that derive from `IOLoop`, and other uses of the class itself.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES, called, class_uses, replaced
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR310", __doc__, [needle("IOLoop")], stages=STAGES)

_SPECS = ("spec", "spec_set")
_ASKERS = {"builtins.isinstance": 1, "builtins.issubclass": 1, "typing.cast": 0}
_AUTOSPEC = ("unittest.mock.create_autospec", "mock.create_autospec")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference, _ in class_uses(module, ""):
        node = reference.node
        if called(module, node) is not None:
            continue
        if _is_type(module, node):
            message = f"`{module.text(node)}` as a type is `asyncio.AbstractEventLoop`"
            spelling = asyncio_name(module, "AbstractEventLoop", node)
            yield replaced(rule, module, node, spelling, "", message, settles=(reference.name,))
        elif isinstance(module.parent(node), ast.ClassDef):
            message = "a class derives from tornado's loop"
            yield rule.left(module, node, message, "derive from a loop of asyncio, or do without it")
        else:
            message = f"what `{module.text(node)}` is used for can't be told"
            yield rule.left(module, node, message, "use `asyncio.AbstractEventLoop` or `asyncio.new_event_loop`")


def _is_type(module: Module, node: ast.AST) -> bool:
    above = module.parent(node)
    if isinstance(above, ast.Tuple):
        node, above = above, module.parent(above)
    if isinstance(above, ast.Call):
        dotted = module.resolve(above.func) or ""
        place = 0 if dotted in _AUTOSPEC else _ASKERS.get(dotted, -1)
        if 0 <= place < len(above.args) and above.args[place] is node:
            return True
    if isinstance(above, ast.keyword):
        return above.arg in _SPECS
    return _is_annotation(module, node)


def _is_annotation(module: Module, node: ast.AST) -> bool:
    for above in module.parents(node):
        if isinstance(above, (ast.arg, ast.AnnAssign)):
            return above.annotation is node
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return above.returns is node
        if not isinstance(above, (ast.Subscript, ast.Tuple, ast.List, ast.BinOp, ast.Attribute)) and not (
            isinstance(above, ast.AST) and type(above).__name__ == "Index"
        ):
            return False
        node = above
    return False
