"""Replace a home-made class that does what `types.SimpleNamespace` does.

Before::

    class Bunch(object):
        def __init__(self, **kwargs):
            self.__dict__.update(kwargs)

    point = Bunch(x=1, y=2)

After::

    from types import SimpleNamespace

    point = SimpleNamespace(x=1, y=2)

Only a class with such an `__init__` and nothing else but a docstring, an `__eq__` that compares the attributes (and a
`__ne__` that is its opposite), and a `__repr__` is one; anything more makes it a class of its own, and nothing is said.

The class stays, and is reported, if it's used otherwise than by calling it with keywords; if another module,
`__all__`, a string or a pickle may refer to it; or if an object of it is seen to be compared (unless the class has an
`__eq__`), hashed, printed or weakly referenced. A class without an `__eq__` or with a `__repr__` stays as well if its
objects are handed on.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple

from codemods.rule import Item, Rule, needle
from codemods.rules.namespaces import classes
from codemods.rules.namespaces.replacing import description_fits, replace_class, spelling
from codemods.rules.namespaces.usage import COMPARED, HASHED, STORED, Use, complaint, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "NSP104",
    __doc__,
    [
        needle(filling, r"__init__[ \t]*\([ \t]*\w+[ \t]*,[ \t]*\*\*[ \t]*\w+[ \t]*,?[ \t]*\)")
        for filling in (".__dict__", "vars(", "setattr(")
    ],
    order=40,
)

ADVICE = "if it only holds attributes, replace it by types.SimpleNamespace"

_FILLS = (
    "{self}.__dict__.update({all})",
    "{self}.__dict__.update(**{all})",
    "vars({self}).update({all})",
    "{self}.__dict__ = {all}",
    "for key, value in {all}.items():\n    setattr({self}, key, value)",
)
_EQUAL = (
    "return {self}.__dict__ == {other}.__dict__",
    "return vars({self}) == vars({other})",
    "return isinstance({other}, {cls}) and {self}.__dict__ == {other}.__dict__",
    "return type({self}) == type({other}) and {self}.__dict__ == {other}.__dict__",
    "return type({self}) is type({other}) and {self}.__dict__ == {other}.__dict__",
)
_UNEQUAL = (
    "return not {self} == {other}",
    "return not ({self} == {other})",
    "return {self}.__dict__ != {other}.__dict__",
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for cls in classes.plain_classes(module, _is_bunch):
        yield from _class(module, cls, _methods(cls) or {})


def _is_bunch(cls: ast.ClassDef) -> bool:
    return _methods(cls) is not None


def _methods(cls: ast.ClassDef) -> Optional[Dict[str, ast.FunctionDef]]:
    """The methods of a bunch class by name; ``None`` if the class is anything else."""
    methods: Dict[str, ast.FunctionDef] = {}
    for place, one in enumerate(cls.body):
        if place == 0 and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            continue
        if not isinstance(one, ast.FunctionDef) or one.decorator_list or one.name in methods:
            return None
        methods[one.name] = one
    if "__init__" not in methods or set(methods) - {"__init__", "__repr__", "__eq__", "__ne__"}:
        return None
    if not _is_init(methods["__init__"]) or ("__ne__" in methods and "__eq__" not in methods):
        return None
    if not all(_is_one_of(methods[name], forms, cls) for name, forms in _COMPARISONS.items() if name in methods):
        return None
    return methods


_COMPARISONS = {"__eq__": _EQUAL, "__ne__": _UNEQUAL}


def _is_init(function: ast.FunctionDef) -> bool:
    args = function.args
    others = [*args.kwonlyargs, *args.posonlyargs, args.vararg]
    if len(args.args) != 1 or args.kwarg is None or any(others):
        return False
    body = _body(function)
    names = {"self": args.args[0].arg, "all": args.kwarg.arg}
    if len(body) == 1 and isinstance(body[0], ast.For) and isinstance(body[0].target, ast.Tuple):
        # The loop's own names don't matter.
        targets = [one.id for one in body[0].target.elts if isinstance(one, ast.Name)]
        if len(targets) == 2:
            loop = _FILLS[-1].replace("key", targets[0]).replace("value", targets[1])
            return _same_code(body, loop.format(**names))
    return any(_same_code(body, form.format(**names)) for form in _FILLS)


def _is_one_of(function: ast.FunctionDef, forms: Tuple[str, ...], cls: ast.ClassDef) -> bool:
    if len(function.args.args) != 2:
        return False
    names = {"self": function.args.args[0].arg, "other": function.args.args[1].arg, "cls": cls.name}
    return any(_same_code(_body(function), form.format(**names)) for form in forms)


def _body(function: ast.FunctionDef) -> List[ast.stmt]:
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return function.body[1:] if has_docstring else function.body


def _same_code(body: List[ast.stmt], code: str) -> bool:
    wanted = ast.parse(code).body
    return [ast.dump(one) for one in body] == [ast.dump(one) for one in wanted]


def _class(module: Module, cls: ast.ClassDef, methods: Dict[str, Any]) -> Iterator[Item]:
    names = classes.references(module, cls)
    calls = classes.calls(module, names)
    if not names:
        return
    what = [uses(module, call) for call in calls]
    reason = _refusal(module, cls, methods, calls, what) or classes.objection(module, cls, names)
    reason = reason or description_fits(module, cls, calls[0])
    if reason is not None:
        message = f"the class `{cls.name}` is much like types.SimpleNamespace, but {reason}"
        yield rule.left(module, cls, message, ADVICE)
        return
    yield from replace_class(rule, module, cls, calls, what)


def _refusal(
    module: Module, cls: ast.ClassDef, methods: Dict[str, Any], calls: List[ast.Call], what: List[List[Use]]
) -> Optional[str]:
    allowed = (COMPARED, HASHED, STORED) if "__eq__" in methods else ()
    for call, found in zip(calls, what):
        if call.args:
            return f"line {call.lineno} calls it with a positional argument"
        trouble = complaint(module, found, allowed)
        if trouble is not None:
            return trouble
        if "__repr__" in methods and any(use.escapes for use in found):
            return f"the object of line {call.lineno} is handed on, and its text would differ"
        if "__eq__" not in methods and any(use.escapes for use in found):
            return f"the object of line {call.lineno} is handed on, and may be compared or hashed there"
        if spelling(module, call) is None:
            return f"`types` and `SimpleNamespace` mean something else on line {call.lineno}"
    return None
