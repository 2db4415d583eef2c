"""Drop the base class `object`.

Before::

    class A(object):  # pylint: disable=useless-object-inheritance
    class B(Base, object):
    class C(object, metaclass=M):

After::

    class A:
    class B(Base):
    class C(metaclass=M):

All classes of Python 3 have this base. It goes where it's the only base or the last one; in
front of others it would be an error anyway. The pylint pragma that allowed it goes too, if it
says nothing else. A base list with a comment that would be lost is left alone.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Iterator

from codemods.edits import Shape
from codemods.imports import closing_comma
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PY203", __doc__, [needle("object", r"class[ \t]+\w+\s*\([^:]*\bobject\b")])

_PRAGMA = re.compile(r"#\s*pylint:\s*disable=\s*useless-object-inheritance\s*$")


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "object" not in module.walk.loads:
        return
    for cls in module.of(ast.ClassDef):
        base = cls.bases[-1] if cls.bases else None
        if isinstance(base, ast.Name) and base.id == "object" and module.resolve(base) == "builtins.object":
            message, alone = "every class has the base `object`", len(cls.bases) == 1
            # Some rules rewrite a class only if it has one base; none cares whether that is `object`.
            yield rule.edit(cls, Shape.HEADER, _drop, message, settles=(base,), at=base, inert=alone)


def _drop(node: Any) -> Any:
    bases = list(node.bases)
    # Other edits of this header may have taken it out already.
    if not bases or not isinstance(bases[-1].value, cst.Name) or bases[-1].value.value != "object":
        return node
    gone = bases.pop()
    if bases and not node.keywords:
        bases[-1] = bases[-1].with_changes(comma=closing_comma(bases[-1], gone))
    node = node.with_changes(bases=bases)
    if not bases and not node.keywords:
        default = cst.MaybeSentinel.DEFAULT
        node = node.with_changes(lpar=default, rpar=default, whitespace_after_name=cst.SimpleWhitespace(""))
    return _without_pragma(node)


def _without_pragma(node: Any) -> Any:
    header = getattr(node.body, "header", None)
    if header is None or header.comment is None or not _PRAGMA.match(header.comment.value):
        return node
    header = header.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
    return node.with_changes(body=node.body.with_changes(header=header))
