"""Note classes that Python 3 makes unhashable.

For example::

    class A(object):
        def __eq__(self, other):
            return self.x == other.x

On Python 3 a class that defines `__eq__` without `__hash__` can be neither a key of a dict nor an
element of a set; on Python 2 it could. Nothing is rewritten. Only files with other signs of
Python 2 get the note, and each file gets one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import defines, has_past

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PY219", __doc__, [needle("def __eq__", r"\A(?![\s\S]*\b__hash__\b)")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "def __eq__" not in module.source.text or not has_past(module):
        return
    classes = [cls for cls in module.of(ast.ClassDef) if defines(cls, "__eq__") and not defines(cls, "__hash__")]
    classes = [cls for cls in classes if not cls.decorator_list]
    if classes:
        names = ", ".join(f"`{cls.name}`" for cls in classes)
        one = len(classes) == 1
        message = f"{names} {'defines' if one else 'define'} `__eq__` without `__hash__`: unhashable on Python 3"
        yield rule.note(module, classes[0], message, "define `__hash__` where instances are keys of dicts or in sets")
