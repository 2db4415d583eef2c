"""Delete methods and attributes of classes that only Python 2 looks for.

Before::

    class A:
        def __truediv__(self, other):
            return A(self.x / other)

        __div__ = __truediv__

After::

    class A:
        def __truediv__(self, other):
            return A(self.x / other)

`__div__`, `__rdiv__` and `__idiv__` go if the class defines their successors, and nothing mentions
them by name. They are reported if it doesn't, and so are `__cmp__`, `__coerce__`, `__getslice__`, `__hex__` and
the like, and `__metaclass__ = …`, which Python 3 doesn't see.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import defines, owns_line, removal

if TYPE_CHECKING:
    from codemods.index.module import Module

SUCCESSORS = {"__div__": "__truediv__", "__rdiv__": "__rtruediv__", "__idiv__": "__itruediv__"}
ADVICE = {
    "__cmp__": "define `__eq__` and `__lt__`, with `functools.total_ordering`",
    "__coerce__": "convert the operands in the operators' own methods",
    "__getslice__": "handle slices in `__getitem__`",
    "__setslice__": "handle slices in `__setitem__`",
    "__delslice__": "handle slices in `__delitem__`",
    "__hex__": "define `__index__`",
    "__oct__": "define `__index__`",
    "__long__": "define `__int__`",
    "__metaclass__": "write `class A(metaclass=…)`; it does nothing here",
}

rule = Rule(
    "PY209",
    __doc__,
    [needle(name, rf"\bdef\s+{name}\b|^[ \t]+{name}\s*=") for name in (*SUCCESSORS, *ADVICE)],
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    if module.bound.isdisjoint((*SUCCESSORS, *ADVICE)):
        return
    for statement in module.of(*FUNCTIONS, ast.Assign):
        cls = module.parent(statement)
        name = _name(statement)
        if not isinstance(cls, ast.ClassDef) or not (name in SUCCESSORS or name in ADVICE):
            continue
        if name in SUCCESSORS:
            yield from _division(module, cls, statement, name)
        else:
            yield rule.left(module, statement, f"Python 3 doesn't use `{name}`", ADVICE[name])


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) and len(statement.targets) == 1 else ""
    name: str = getattr(statement, "name", "")
    return name


def _division(module: Module, cls: ast.ClassDef, statement: ast.stmt, name: str) -> Iterator[Item]:
    new = SUCCESSORS[name]
    if not defines(cls, new):
        advice = f"rename it to `{new}`, if it doesn't round"
        yield rule.left(module, statement, f"Python 3 calls `{new}`, which {cls.name} doesn't define", advice)
        return
    used = module.loads(name) or module.attributes(name) or module.project.mentions_attribute(name)
    if used or not owns_line(module, statement):
        yield rule.left(module, statement, f"`{name}` is used by name", f"use `{new}` there, and delete `{name}`")
        return
    yield from removal(rule, module, statement, f"only Python 2 calls `{name}`; `{new}` stays")
