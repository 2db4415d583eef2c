"""Replace `six.ensure_text`, `ensure_str` and `ensure_binary`.

Before::

    six.ensure_text('text'), six.ensure_str(value), six.ensure_binary('data')

After::

    'text', ensure_str(value), b'data'

A call on what is certainly a string already (a literal, `''.join(…)`, `sys.stdin.read()`, `str(…)`) is
dropped. Everything else keeps the contract of six, `TypeError` on other types included, through
`ensure_str` and `ensure_bytes` of `plumpy_compat.text`; then the project needs `plumpy-compat` to run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.spelling import spell
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import keep_parentheses, primary
from codemods.rules.six._names import call_of, uses
from codemods.rules.six.six115_literals import as_bytes

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX120", __doc__, [needle("six")])

HELPERS = {"ensure_text": "ensure_str", "ensure_str": "ensure_str", "ensure_binary": "ensure_bytes"}


@rule.find
def find(module: Module) -> Iterator[Item]:
    noted = False
    for use in uses(module, *HELPERS):
        call = call_of(module, use.node)
        text = module.text(use.node)
        if call is not None and len(call.args) == 1 and not call.keywords:
            if HELPERS[use.name] == "ensure_str" and _is_text(module, call.args[0]):
                yield rule.expression(call, _itself, f"the argument of `{text}` is text already", settles=use.settles)
                continue
            if HELPERS[use.name] == "ensure_bytes" and _is_ascii(call.args[0]):
                options = {"settles": use.settles, "replaces_strings": True}
                yield rule.expression(call, _bytes, "a bytes literal is written as such", **options)
                continue
        spelt = spell(module, "plumpy_compat.text", HELPERS[use.name], use.node, by_name=True)
        if spelt is None:
            yield rule.left(module, use.node, f"`{text}`: the helper's name is taken", "import it under another name")
            continue
        message = f"`{text}` is `{spelt.code}` of plumpy_compat.text"
        yield rule.replace(use.node, spelt.code, message, settles=use.settles, needs=spelt.needs)
        if not noted:
            noted = True
            advice = "add plumpy-compat to the requirements, or write what is meant"
            yield rule.note(module, use.node, f"the file now imports plumpy_compat for `{HELPERS[use.name]}`", advice)


def _is_text(module: Module, node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = module.resolve(node.func)
    if name in ("builtins.str", "builtins.repr", "builtins.input", "sys.stdin.read", "sys.stdin.readline"):
        return True
    func = node.func
    return isinstance(func, ast.Attribute) and func.attr in ("join", "format") and _is_text(module, func.value)


def _is_ascii(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii()


def _itself(call: Any) -> Any:
    return keep_parentheses(primary(call.args[0].value), call)


def _bytes(call: Any) -> Any:
    literal = as_bytes(call.args[0].value)
    if literal is None:
        from codemods.fragments import EditFailed

        raise EditFailed("the literal has escapes that bytes don't have")
    return keep_parentheses(literal, call)
