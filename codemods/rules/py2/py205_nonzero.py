"""Define the truth value by `__bool__` alone.

Before::

    class A:
        def __nonzero__(self):
            return self.x

    class B:
        def __bool__(self):
            return self.x

        __nonzero__ = __bool__

After::

    class A:
        def __bool__(self):
            return self.x

    class B:
        def __bool__(self):
            return self.x

Python 3 doesn't call `__nonzero__`. It's left where something mentions it by name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.edits import Shape
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import assignments, defines, methods, owns_line, removal, renaming

if TYPE_CHECKING:
    from codemods.index.module import Module

OLD, NEW = "__nonzero__", "__bool__"

rule = Rule("PY205", __doc__, [needle(OLD)])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if OLD not in module.source.text:
        return
    classes = {module.parent(function): None for function in module.of(*FUNCTIONS) if function.name == OLD}
    classes.update({module.parent(one): None for one in module.of(ast.Assign) if OLD in map(_name, one.targets)})
    for cls in classes:
        if isinstance(cls, ast.ClassDef):
            yield from _class(module, cls)


def _name(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _class(module: Module, cls: ast.ClassDef) -> Iterator[Item]:
    old = [*methods(cls, OLD), *assignments(cls, OLD)]
    if module.project.mentions_attribute(OLD) or module.attributes(OLD) or module.loads(OLD):
        yield rule.left(module, old[0], f"`{OLD}` is used by name", f"use `bool(…)` there and define `{NEW}` only")
    elif len(old) != 1 or not owns_line(module, old[0]) or len(getattr(old[0], "targets", "1")) != 1:
        yield rule.left(module, old[0], f"`{OLD}` isn't defined in a simple way", f"define `{NEW}` only")
    elif defines(cls, NEW):
        yield from removal(rule, module, old[0], f"only Python 2 calls `{OLD}`; `{NEW}` stays")
    elif isinstance(old[0], FUNCTIONS):
        yield rule.edit(old[0], Shape.HEADER, renaming(NEW), f"`{OLD}` is called `{NEW}`")
    else:
        yield rule.expression(old[0].targets[0], renaming(NEW), f"`{OLD}` is called `{NEW}`")
