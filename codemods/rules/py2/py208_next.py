"""Iterate with `next(…)` and `__next__`.

Before::

    class Countdown:
        def __iter__(self):
            return self

        def next(self):
            ...

    rows = csv.reader(handle)
    header = rows.next()

After::

    class Countdown:
        def __iter__(self):
            return self

        def __next__(self):
            ...

    rows = csv.reader(handle)
    header = next(rows)

A call is rewritten where the receiver is certainly an iterator: the result of `iter`, of a
generator of the file or of the standard library, assigned to a name once. A method `next` next to
`__next__` goes, and one of a class whose `__iter__` returns `self` is renamed, if nothing in the project
accesses `.next`. All else is reported; classes such as tornado's `WaitIterator` mean their own by it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.edits import Shape
from codemods.index.origins import origins
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import defines, methods, only_value, owns_line, removal, renaming

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "PY208", __doc__, [needle("next", r"next\s*\((?<=\.next\()\s*\)"), needle("def next", r"def next\s*\(\s*\w+\s*\)")]
)

ITERATORS = frozenset(
    [
        *(f"builtins.{name}" for name in ("iter", "enumerate", "reversed", "zip", "map", "filter", "open")),
        *(f"itertools.{name}" for name in ("chain", "count", "cycle", "islice", "repeat", "groupby", "product")),
        *("csv.reader", "csv.DictReader", "os.walk", "os.scandir", "re.finditer", "glob.iglob"),
    ]
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    open_ = False
    for node in module.attributes("next"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or call.args or call.keywords:
            open_ = True
        elif any(one.endswith(".WaitIterator()") for one in origins(module, node.value)):
            # Its `next` gives a future; it's no iterator.
            open_ = True
        elif _is_iterator(module, node.value) and module.scope_of(call).lookup("next") is None:
            yield rule.expression(call, _call, "iterators have no method `next` on Python 3")
        else:
            open_ = True
            advice = f"write `next({module.text(node.value)})` if it's an iterator"
            yield rule.left(module, call, f"`{module.text(node.value)}` isn't certainly an iterator", advice)
    for function in module.of(*FUNCTIONS) if "def next" in module.source.text else ():
        cls = module.parent(function)
        if function.name == "next" and isinstance(cls, ast.ClassDef) and not _is_static(function):
            yield from _method(module, cls, function, open_)


def _is_static(function: Any) -> bool:
    arguments = function.args
    several = len(arguments.args) != 1 or arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    return bool(several or function.decorator_list)


def _iterates_itself(cls: ast.ClassDef) -> bool:
    """Whether instances are their own iterators."""
    last = [function.body[-1] for function in methods(cls, "__iter__")]
    return any(isinstance(one, ast.Return) and isinstance(one.value, ast.Name) for one in last)


def _is_iterator(module: Module, node: ast.expr) -> bool:
    if isinstance(node, ast.GeneratorExp):
        return True
    if isinstance(node, ast.Call):
        return module.resolve(node.func) in ITERATORS or _is_generator(module, node.func)
    value = only_value(module, node)
    return value is not None and not isinstance(value, ast.Name) and _is_iterator(module, value)


def _is_generator(module: Module, node: ast.expr) -> bool:
    """Whether `node` is the name of an undecorated generator function of the file."""
    scope = module.scope_of(node).lookup(node.id) if isinstance(node, ast.Name) else None
    bound = scope.bindings[node.id] if scope is not None and isinstance(node, ast.Name) else []
    if len(bound) != 1 or not isinstance(bound[0], ast.FunctionDef) or bound[0].decorator_list:
        return False
    own = (one for one in ast.walk(bound[0]) if isinstance(one, (ast.Yield, ast.YieldFrom)))
    return any(module.enclosing_function(one) is bound[0] for one in own)


def _call(node: Any) -> Any:
    value = node.func.value
    return node.with_changes(func=cst.Name("next"), args=[cst.Arg(value)])


def _method(module: Module, cls: ast.ClassDef, function: ast.stmt, used: bool) -> Iterator[Item]:
    both = defines(cls, "__next__")
    reason: Optional[str] = None
    if used or module.project.mentions_attribute("next"):
        reason = "the project calls `.next`"
    elif module.loads("next") and any(module.scope_of(name).node is cls for name, _ in module.loads("next")):
        reason = "the class refers to it"
    elif not (both or _iterates_itself(cls)):
        reason = f"{cls.name} has no `__iter__` that returns `self`"
    if reason:
        advice = "Python 3 calls `__next__`; delete or rename `next` if it's meant for iteration"
        yield rule.left(module, function, f"the method `next` is left: {reason}", advice)
    elif both and owns_line(module, function):
        yield from removal(rule, module, function, "only Python 2 calls `next`; `__next__` stays")
    else:
        yield rule.edit(function, Shape.HEADER, renaming("__next__"), "`next` is called `__next__`")
