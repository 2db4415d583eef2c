"""Name the metaclass in the class statement instead of `@six.add_metaclass`.

Before::

    @six.add_metaclass(abc.ABCMeta)
    class Base(object):
        ...

After::

    class Base(metaclass=abc.ABCMeta):
        ...

A lone `object` base goes with it. Where another decorator stands below `add_metaclass` the order
changes: six applied the metaclass to the class that the decorators below had changed already, now it
comes first. That hardly ever matters and is noted.

Left is a class that names a metaclass already, and a decorator with other arguments than one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.rule import Item, Rule, needle
from codemods.rules.six._metaclass import drop_object, with_metaclass
from codemods.rules.six._names import call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX111", __doc__, [needle("six")], order=20)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "add_metaclass"):
        call = call_of(module, use.node)
        cls = module.parent(call) if call is not None else None
        reason = _refusal(module, call, cls)
        if reason:
            advice = "name the metaclass in the class statement"
            yield rule.left(module, use.node, f"`add_metaclass`: {reason}", advice)
            continue
        assert isinstance(cls, ast.ClassDef) and call is not None
        settles = (*use.settles, call)
        transform = _Transform(module.text(use.node), "object" in _builtin_bases(module, cls))
        message = "the metaclass is named in the class statement"
        yield rule.edit(cls, Shape.HEADER, transform, message, settles=settles, at=call)
        if cls.decorator_list[-1] is not call:
            yield rule.note(module, call, "the metaclass now comes before the decorators that stood below it")


def _refusal(module: Module, call: Optional[ast.Call], cls: Optional[ast.AST]) -> str:
    if call is None or not isinstance(cls, ast.ClassDef) or call not in cls.decorator_list:
        return "it isn't used as a decorator of a class"
    if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return "it has other arguments than one"
    if any(keyword.arg is None for keyword in cls.keywords):
        return "the class may have a metaclass among its keywords already"
    if any(keyword.arg == "metaclass" for keyword in cls.keywords) or _others(module, call, cls):
        return "the class has a metaclass already"
    return ""


def _builtin_bases(module: Module, cls: ast.ClassDef) -> List[str]:
    return [base.id for base in cls.bases if isinstance(base, ast.Name) and module.resolve(base) == "builtins.object"]


def _others(module: Module, call: ast.Call, cls: ast.ClassDef) -> bool:
    """Whether the class has another `add_metaclass`."""
    calls = [call_of(module, use.node) for use in uses(module, "add_metaclass")]
    return any(one is not call and one in cls.decorator_list for one in calls if one is not None)


class _Transform:
    """Takes the decorator away and adds its argument as metaclass."""

    def __init__(self, decorator: str, lone_object: bool) -> None:
        self.decorator = decorator
        self.lone_object = lone_object

    def __call__(self, cls: Any) -> Any:
        place = find_in(cls.decorators, self.decorator)
        metaclass = cls.decorators[place].decorator.args[0].value
        changed = without(cls, place)
        if self.lone_object and len(changed.bases) == 1:
            changed = drop_object(changed)
        return with_metaclass(changed, metaclass)
