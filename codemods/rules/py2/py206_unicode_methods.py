"""Drop what made `__str__` return bytes on Python 2.

Before::

    from django.utils.encoding import python_2_unicode_compatible

    @python_2_unicode_compatible
    class A:
        def __str__(self):
            return self.name

After::

    class A:
        def __str__(self):
            return self.name

On Python 3 the decorator gives back the class as it is. A class with `__unicode__` is reported:
what Python 3 calls is `__str__`, and whether the two mean the same is for a human to tell.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.edits import Shape
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import defines, unused, without_decorator

if TYPE_CHECKING:
    from codemods.index.module import Module

NAME = "python_2_unicode_compatible"
HOMES = tuple(f"{home}.{NAME}" for home in ("django.utils.encoding", "django.utils.six", "future.utils"))

rule = Rule("PY206", __doc__, [needle(NAME), needle("__unicode__", r"\bdef\s+__unicode__\b")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for home in HOMES if NAME in module.source.text else ():
        for one in module.references(home):
            cls = module.parent(one.node)
            if isinstance(cls, ast.ClassDef) and one.node in cls.decorator_list:
                transform = without_decorator(module.text(one.node))
                message = f"`{NAME}` does nothing on Python 3"
                yield rule.edit(cls, Shape.HEADER, transform, message, settles=(one.name,), at=one.node)
            else:
                advice = "drop it: it gives back its argument on Python 3"
                yield rule.left(module, one.node, f"`{NAME}` isn't used as a decorator here", advice)
    for imported in module.live_imports():
        if imported.canonical in HOMES and unused(module, imported):
            yield rule.reimport(imported, f"nothing uses `{imported.local}` any more")
    for function in module.of(*FUNCTIONS) if "__unicode__" in module.source.text else ():
        cls = module.parent(function)
        if function.name == "__unicode__" and isinstance(cls, ast.ClassDef):
            yield _unicode(module, function, cls)


def _unicode(module: Module, function: ast.AST, cls: ast.ClassDef) -> Item:
    if defines(cls, "__str__"):
        advice = "delete it, if `__str__` returns the same text"
        return rule.left(module, function, "Python 3 calls `__str__`, never `__unicode__`", advice)
    advice = "rename it to `__str__`, if that isn't inherited on purpose"
    return rule.left(module, function, "Python 3 never calls `__unicode__`, and there's no `__str__`", advice)
