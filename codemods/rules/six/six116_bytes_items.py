"""Work on bytes directly instead of through `int2byte`, `byte2int` and `indexbytes`.

Before::

    six.int2byte(i), six.byte2int(data), six.indexbytes(data, 3)

After::

    bytes((i,)), data[0], data[3]

Handed on without being called they become `struct.Struct(">B").pack`, `operator.itemgetter(0)` and
`operator.getitem`, which is what six has there. (`six.int2byte` of a number over 255 raised `struct.error`,
`bytes` raises `ValueError`.)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, Iterator, Tuple

from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import argument, keep_parentheses
from codemods.rules.six._names import call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX116", __doc__, [needle("six")])

HANDED_ON: Dict[str, Tuple[str, str, str]] = {
    "int2byte": ("struct", "Struct", '(">B").pack'),
    "byte2int": ("operator", "itemgetter", "(0)"),
    "indexbytes": ("operator", "getitem", ""),
}
ARGUMENTS = {"int2byte": 1, "byte2int": 1, "indexbytes": 2}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *ARGUMENTS):
        call = call_of(module, use.node)
        text = module.text(use.node)
        if call is None:
            home, name, rest = HANDED_ON[use.name]
            spelt = spell(module, home, name, use.node)
            if spelt is None:
                yield rule.left(module, use.node, f"`{text}` is handed on", "hand on a function of your own")
                continue
            code = spelt.code + rest
            message = f"`{text}` is `{code}`"
            yield rule.replace(use.node, code, message, settles=use.settles, needs=spelt.needs, replaces_strings=True)
        elif len(call.args) != ARGUMENTS[use.name] or call.keywords or isinstance(call.args[0], ast.Starred):
            yield rule.left(module, call, f"`{text}` with unusual arguments", "work on the bytes directly")
        else:
            yield rule.expression(call, TRANSFORMS[use.name], "bytes are worked on directly", settles=use.settles)


def _one_byte(call: Any) -> Any:
    element = cst.Element(call.args[0].value, comma=cst.Comma())
    pair = cst.Tuple([element])
    return keep_parentheses(cst.Call(func=cst.Name("bytes"), args=[cst.Arg(pair)]), call)


def _item(value: Any, index: Any, call: Any) -> Any:
    subscript = cst.Subscript(value=value, slice=[cst.SubscriptElement(cst.Index(index))])
    return keep_parentheses(subscript, call)


TRANSFORMS = {
    "int2byte": _one_byte,
    "byte2int": lambda call: _item(argument(call, 0), cst.Integer("0"), call),
    "indexbytes": lambda call: _item(argument(call, 0), call.args[1].value, call),
}
