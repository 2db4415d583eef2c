"""Drop `six.Iterator` from bases and the decorator `six.python_2_unicode_compatible`.

Before::

    @six.python_2_unicode_compatible
    class Lines(six.Iterator):
        ...

After::

    class Lines:
        ...

On Python 3 the first is `object` and the second does nothing. Left are other uses of them, such as
`isinstance(x, six.Iterator)`, which is always true.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX118", __doc__, [needle("six")], order=20)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "Iterator", "python_2_unicode_compatible"):
        cls = module.parent(use.node)
        text = module.text(use.node)
        if isinstance(cls, ast.ClassDef) and use.node in cls.bases:
            transform = _WithoutBase(text)
            yield rule.edit(cls, Shape.HEADER, transform, f"`{text}` is `object`", settles=use.settles, at=use.node)
        elif isinstance(cls, ast.ClassDef) and use.node in cls.decorator_list:
            drop = _WithoutDecorator(text)
            settles = (*use.settles, use.node)
            yield rule.edit(cls, Shape.HEADER, drop, f"`{text}` does nothing", settles=settles, at=use.node)
        else:
            yield rule.left(module, use.node, f"`{text}` isn't used as base or decorator", "write what is meant")


class _WithoutBase:
    def __init__(self, base: str) -> None:
        self.base = base

    def __call__(self, cls: Any) -> Any:
        place = find_in(cls.bases, self.base)
        bases = [base for index, base in enumerate(cls.bases) if index != place]
        if bases and not cls.keywords:
            bases[-1] = bases[-1].with_changes(comma=cls.bases[-1].comma)
        if bases or cls.keywords:
            return cls.with_changes(bases=bases)
        return cls.with_changes(bases=[], lpar=cst.MaybeSentinel.DEFAULT, rpar=cst.MaybeSentinel.DEFAULT)


class _WithoutDecorator:
    def __init__(self, decorator: str) -> None:
        self.decorator = decorator

    def __call__(self, cls: Any) -> Any:
        return without(cls, find_in(cls.decorators, self.decorator))
