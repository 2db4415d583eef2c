"""Report imports of a neighbour by its bare name.

For example, in a package that has a module `helpers`::

    import helpers

On Python 2, without `from __future__ import absolute_import`, this found the neighbour. On Python 3 it only
finds a top-level module of that name. Write `from . import helpers`. Reported only in files with
other signs of Python 2, if the project has no such top-level module and neither has Python.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import PY2_SIGNS, conditional, has_past, home_of
from codemods.stdlib import EVER_STDLIB

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("FUT103", __doc__, [needle(*sign) for sign in PY2_SIGNS])


@rule.find
def find(module: Module) -> Iterator[Item]:
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    if not package:
        return
    if any(one.canonical == "__future__.absolute_import" for one in module.imports):
        return
    past: Optional[bool] = None
    for one in module.live_imports():
        root = home_of(module, one).split(".")[0]
        absolute = isinstance(one.statement, ast.Import) or not one.statement.level
        if not root or not absolute or root in EVER_STDLIB or root == package.split(".")[0]:
            continue
        past = has_past(module) if past is None else past
        if not past or conditional(module, one.statement) or module.project.has_module(root):
            continue
        if module.project.has_module(f"{package}.{root}"):
            advice = f"write `from . import {root}`, or the absolute name `{package}.{root}`"
            yield rule.left(module, one.statement, f"`{root}` is a module of the package `{package}`", advice)
