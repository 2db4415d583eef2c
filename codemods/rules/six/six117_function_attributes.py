"""Read the attributes of functions and methods themselves.

Before::

    six.get_function_code(f), six.get_method_self(m), six.get_unbound_function(f)

After::

    f.__code__, m.__self__, f

Also `get_method_function`, `get_function_closure`, `get_function_defaults`, `get_function_globals` and
`create_unbound_method` (whose class argument is dropped; it must be a plain name). Handed on without
being called, the first five become `operator.attrgetter("__code__")` and so on.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Callable, Iterator

from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import argument, keep_parentheses, primary
from codemods.rules.six._names import call_of, uses
from codemods.rules.six._versions import pure

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX117", __doc__, [needle("six")])

ATTRIBUTES = {
    "get_method_function": "__func__",
    "get_method_self": "__self__",
    "get_function_closure": "__closure__",
    "get_function_code": "__code__",
    "get_function_defaults": "__defaults__",
    "get_function_globals": "__globals__",
}
SAME = {"get_unbound_function": 1, "create_unbound_method": 2}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *ATTRIBUTES, *SAME):
        call = call_of(module, use.node)
        text = module.text(use.node)
        attribute = ATTRIBUTES.get(use.name)
        spelt = spell(module, "operator", "attrgetter", use.node) if call is None and attribute else None
        if spelt is not None:
            code = f'{spelt.code}("{attribute}")'
            options = {"settles": use.settles, "needs": spelt.needs, "replaces_strings": True}
            yield rule.replace(use.node, code, f"`{text}` is `{code}`", **options)
        elif call is None or not _plain(call, SAME.get(use.name, 1)):
            what = "is handed on" if call is None else "has arguments that can't be dropped"
            yield rule.left(module, use.node, f"`{text}` {what}", "read the attribute directly")
        else:
            transform = _read(attribute) if attribute else _itself
            yield rule.expression(call, transform, f"`{text}` is direct on Python 3", settles=use.settles)


def _plain(call: ast.Call, number: int) -> bool:
    args = call.args
    starred = any(isinstance(one, ast.Starred) for one in args)
    return len(args) == number and not call.keywords and not starred and all(map(pure, args[1:]))


def _read(attribute: str) -> Callable[[Any], Any]:
    def transform(call: Any) -> Any:
        return keep_parentheses(cst.Attribute(value=argument(call, 0), attr=cst.Name(attribute)), call)

    return transform


def _itself(call: Any) -> Any:
    return keep_parentheses(primary(call.args[0].value), call)
