"""Call the methods of dictionaries themselves.

Before::

    for key, value in six.iteritems(mapping):
        first = next(six.itervalues(value or {}))

After::

    for key, value in mapping.items():
        first = next(iter((value or {}).values()))

These are `iteritems`, `itervalues`, `iterkeys`, `iterlists`, `viewitems`, `viewvalues` and `viewkeys`.
The `iter…` functions gave an iterator, a method gives a view: where an iterator may be needed (`next`,
an assignment, a return value, an unknown function's argument) `iter()` is kept around it. Where a
function is used without being called, `operator.methodcaller` takes its place.

Left is what can't be called as a method: `six.iteritems(*args)`, and the `iter…` functions handed on.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import argument, keep_parentheses, method, rest
from codemods.rules.six._names import SixUse, call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX105", __doc__, [needle("six")])

METHODS = {
    "iteritems": "items",
    "itervalues": "values",
    "iterkeys": "keys",
    "iterlists": "lists",
    "viewitems": "items",
    "viewvalues": "values",
    "viewkeys": "keys",
}
_BUILTINS = "all any dict enumerate filter frozenset iter list map max min set sorted sum tuple zip"
_OTHERS = (
    "collections.OrderedDict itertools.chain itertools.chain.from_iterable six.moves.filter six.moves.map six.moves.zip"
)
TAKE_ITERABLES = frozenset([*(f"builtins.{name}" for name in _BUILTINS.split()), *_OTHERS.split()])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *METHODS):
        name = METHODS[use.name]
        call = call_of(module, use.node)
        if call is None:
            yield from _bare(module, use, name)
        elif len(call.args) != 1 or isinstance(call.args[0], ast.Starred):
            message = f"`{module.text(call)}` can't be written as a method call"
            yield rule.left(module, call, message, f"call `.{name}()` of the mapping")
        else:
            keeps = use.name.startswith("view") or _iterated(module, call)
            message = f"`{use.name}(x)` is `{'x.%s()' if keeps else 'iter(x.%s())'}`" % name
            yield rule.expression(call, _transform(name, keeps), message, settles=use.settles, at=use.node)


def _transform(name: str, keeps: bool) -> Any:
    def transform(call: Any) -> Any:
        found = method(argument(call, 0), name, rest(call, 1), call if keeps else None)
        if keeps:
            return found
        return keep_parentheses(cst.Call(func=cst.Name("iter"), args=[cst.Arg(found)]), call)

    return transform


def _iterated(module: Module, call: ast.Call) -> bool:
    """Whether the result is only iterated over, so that a view is as good as an iterator."""
    above = module.parent(call)
    if isinstance(above, (ast.For, ast.AsyncFor, ast.comprehension)):
        return above.iter is call
    if isinstance(above, (ast.YieldFrom, ast.Starred)):
        return True
    if isinstance(above, ast.Compare):
        return len(above.ops) == 1 and isinstance(above.ops[0], (ast.In, ast.NotIn)) and above.comparators[0] is call
    if not isinstance(above, ast.Call) or call not in above.args:
        return False
    if module.resolve(above.func) in TAKE_ITERABLES:
        return True
    return isinstance(above.func, ast.Attribute) and above.func.attr in ("join", "extend", "update")


def _bare(module: Module, use: SixUse, name: str) -> Iterator[Item]:
    text = module.text(use.node)
    spelt = spell(module, "operator", "methodcaller", use.node)
    if use.name.startswith("iter") or spelt is None:
        yield rule.left(module, use.node, f"`{text}` is handed on", f"hand on a function that calls `.{name}()`")
        return
    code = f'{spelt.code}("{name}")'
    message = f"`{text}` is `{code}`"
    yield rule.replace(use.node, code, message, settles=use.settles, needs=spelt.needs, replaces_strings=True)
