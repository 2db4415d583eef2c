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
            transform = _WithoutBase(cls.bases.index(use.node))
            yield rule.edit(cls, Shape.HEADER, transform, f"`{text}` is `object`", settles=use.settles, at=use.node)
        elif isinstance(cls, ast.ClassDef) and use.node in cls.decorator_list:
            drop = _WithoutDecorator(cls.decorator_list.index(use.node))
            settles = (*use.settles, use.node)
            yield rule.edit(cls, Shape.HEADER, drop, f"`{text}` does nothing", settles=settles, at=use.node)
        else:
            yield rule.left(module, use.node, f"`{text}` isn't used as base or decorator", "write what is meant")


class _WithoutBase:
    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, cls: Any) -> Any:
        bases = [base for index, base in enumerate(cls.bases) if index != self.place]
        if bases and not cls.keywords:
            bases[-1] = bases[-1].with_changes(comma=cls.bases[-1].comma)
        if bases or cls.keywords:
            return cls.with_changes(bases=bases)
        return cls.with_changes(bases=[], lpar=cst.MaybeSentinel.DEFAULT, rpar=cst.MaybeSentinel.DEFAULT)


class _WithoutDecorator:
    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, cls: Any) -> Any:
        decorators = [one for index, one in enumerate(cls.decorators) if index != self.place]
        if decorators:
            decorators[0] = decorators[0].with_changes(leading_lines=cls.decorators[0].leading_lines)
        return cls.with_changes(decorators=decorators)
