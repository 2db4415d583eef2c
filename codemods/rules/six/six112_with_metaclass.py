"""Name the metaclass in the class statement instead of `six.with_metaclass(…)` among the bases.

Before::

    class A(six.with_metaclass(Meta, Base)):
        ...

After::

    class A(Base, metaclass=Meta):
        ...

Left where it stands next to other bases or where the class names a metaclass already.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.edits import Shape
from codemods.rule import Item, Rule, needle
from codemods.rules.six._metaclass import with_metaclass
from codemods.rules.six._names import call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX112", __doc__, [needle("six")], order=20)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "with_metaclass"):
        call = call_of(module, use.node)
        cls = module.parent(call) if call is not None else None
        reason = _refusal(call, cls)
        if reason:
            advice = "name the metaclass in the class statement"
            yield rule.left(module, use.node, f"`with_metaclass`: {reason}", advice)
            continue
        assert isinstance(cls, ast.ClassDef) and call is not None
        lone_object = len(call.args) == 2 and module.resolve(call.args[1]) == "builtins.object"
        transform = _Without(lone_object)
        message = "the metaclass is named in the class statement"
        yield rule.edit(cls, Shape.HEADER, transform, message, settles=use.settles, at=call)


def _refusal(call: Optional[ast.Call], cls: Optional[ast.AST]) -> str:
    if call is None or not isinstance(cls, ast.ClassDef) or call not in cls.bases:
        return "it isn't a base in a class statement"
    if len(cls.bases) > 1:
        return "it stands next to other bases"
    if not call.args or call.keywords or any(isinstance(one, ast.Starred) for one in call.args):
        return "its arguments aren't just a metaclass and bases"
    if any(keyword.arg in ("metaclass", None) for keyword in cls.keywords):
        return "the class has a metaclass already"
    return ""


class _Without:
    """Takes the call's arguments out as bases."""

    def __init__(self, lone_object: bool) -> None:
        self.lone_object = lone_object

    def __call__(self, cls: Any) -> Any:
        metaclass, *bases = cls.bases[0].value.args
        if self.lone_object:
            bases = []
        if bases:
            last = cls.bases[-1]
            bases[-1] = bases[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        return with_metaclass(cls.with_changes(bases=bases), metaclass.value)
