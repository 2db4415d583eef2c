"""Write text and bytes literals instead of `six.u` and `six.b`.

Before::

    six.u('text'), six.b('bytes'), six.b(name)

After::

    'text', b'bytes', name.encode("latin-1")

`six.u` of anything is the thing itself. `six.b` of an ASCII literal is a bytes literal; of anything else it
encodes as Latin-1, as six does.

Left are the functions handed on without being called.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import keep_parentheses, method, primary
from codemods.rules.six._names import call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX115", __doc__, [needle("six")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "u", "b"):
        call = call_of(module, use.node)
        text = module.text(use.node)
        if call is None or len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
            yield rule.left(module, use.node, f"`{text}` is handed on", "hand on a function of your own")
        elif use.name == "u":
            yield rule.expression(call, _text, "a plain literal is text", settles=use.settles)
        else:
            settles = use.settles
            yield rule.expression(call, _bytes, "bytes are written as such", settles=settles, replaces_strings=True)


def _text(call: Any) -> Any:
    value = call.args[0].value
    # The operators around the call can't be seen from here; a weaker expression takes parentheses along.
    return keep_parentheses(primary(value), call)


def _bytes(call: Any) -> Any:
    value = call.args[0].value
    literal = as_bytes(value)
    if literal is not None:
        return keep_parentheses(literal, call)
    encoded = method(primary(value), "encode", [cst.Arg(cst.SimpleString('"latin-1"'))])
    return keep_parentheses(encoded, call)


def as_bytes(value: Any) -> Any:
    """A string literal (of several parts, too) as bytes literal; ``None`` if that would mean something else."""
    if isinstance(value, cst.ConcatenatedString):
        left, right = as_bytes(value.left), as_bytes(value.right)
        return None if left is None or right is None else value.with_changes(left=left, right=right)
    if not isinstance(value, cst.SimpleString):
        return None
    prefix = value.prefix.replace("u", "").replace("U", "")
    body = value.value[len(value.prefix) :]
    if not body.isascii() or (("\\u" in body or "\\U" in body or "\\N" in body) and "r" not in prefix.lower()):
        return None
    return value.with_changes(value=f"b{prefix}{body}")
