"""Replace an empty class that only serves as a bag of attributes by `types.SimpleNamespace`.

Before::

    def options():
        class Options(object):
            pass

        result = Options()
        result.name = "a"
        result.size = 1
        return result

After::

    from types import SimpleNamespace

    def options():
        result = SimpleNamespace(name="a", size=1)
        return result

The class goes with its last use; its docstring becomes a comment above the first one. Stores that follow
immediately become keywords, unless comments belong to them or code could notice the order.

A SimpleNamespace isn't quite such an object: `==` compares attributes, it has no hash and no weak references, its class
and its text differ. So the class stays, and is reported, if an instance is seen to be compared, hashed, printed or
weakly referenced, or is handed on in a module that uses weak references; if one is yielded, or put into a container or
an attribute of something else; if the class is used otherwise than by
calling it without arguments; if another module, `__all__`, a string or a pickle may refer to it; or if an instance
without any attributes is made, which may be a sentinel.

Instances that are returned or handed on are replaced, with a note; they are followed through the file's own functions,
their parameters and their results. Classes whose instances get no attributes are
sentinels or stand-ins, and nothing is said about them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, Optional

from codemods.rule import Item, Rule, needle
from codemods.rules.namespaces import classes
from codemods.rules.namespaces.replacing import description_fits, replace_class, spelling
from codemods.rules.namespaces.usage import Use, bound_to, complaint, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("NSP101", __doc__, [needle("class", classes.EMPTY_CLASS)], order=40)

ADVICE = "if it only holds attributes, replace it by types.SimpleNamespace"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for cls in classes.plain_classes(module, classes.is_empty):
        yield from _class(module, cls)


def _class(module: Module, cls: ast.ClassDef) -> Iterator[Item]:
    names = classes.references(module, cls)
    calls = classes.calls(module, names)
    what = [uses(module, call) for call in calls]
    if not any(use.stores for one in what for use in one):
        return
    reason = _refusal(module, cls, names, calls, what)
    if reason is not None:
        yield rule.left(module, cls, f"the class `{cls.name}` is a plain namespace, but {reason}", ADVICE)
        return
    yield from replace_class(rule, module, cls, calls, what)


def _refusal(
    module: Module, cls: ast.ClassDef, names: List[ast.Name], calls: List[ast.Call], what: List[List[Use]]
) -> Optional[str]:
    for call, found in zip(calls, what):
        if call.args or call.keywords:
            return f"line {call.lineno} calls it with arguments"
        if bound_to(module, call) is None:
            return f"line {call.lineno} doesn't give the object a name"
        trouble = complaint(module, found)
        if trouble is not None:
            return trouble
        if not any(use.stores for use in found):
            return f"line {call.lineno} makes an object without attributes"
        if spelling(module, call) is None:
            return f"`types` and `SimpleNamespace` mean something else on line {call.lineno}"
    return classes.objection(module, cls, names) or description_fits(module, cls, calls[0])
