"""Ask a dict with `in` whether it has a key.

Before::

    table = {}
    if table.has_key(name) or not os.environ.has_key('HOME'):

After::

    table = {}
    if name in table or 'HOME' not in os.environ:

Only where the receiver is certainly a dict: a name that is bound once, to a literal, a
comprehension or a call of `dict`, or something like `os.environ`, `globals()` and `x.__dict__`. Other
classes have methods of this name (SQLAlchemy builds SQL with one); these places are reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import only_value

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PY207", __doc__, [needle("has_key", r"\.\s*has_key\b")])

DICTS = frozenset({"os.environ", "sys.modules"})
MAKERS = frozenset(
    f"{home}.{name}"
    for home, names in {
        "builtins": ("dict", "globals", "locals", "vars"),
        "collections": ("OrderedDict", "defaultdict", "Counter"),
    }.items()
    for name in names
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("has_key"):
        call = module.parent(node)
        if isinstance(call, ast.Call) and call.func is node and len(call.args) == 1 and not call.keywords:
            if isinstance(call.args[0], ast.Starred) or not is_dict(module, node.value):
                advice = "write `key in …` if it's a dict; other classes may have a method of this name"
                yield rule.left(module, call, f"`{module.text(node.value)}` isn't certainly a dict", advice)
                continue
            yield from _rewrite(module, call)


def is_dict(module: Module, node: ast.expr) -> bool:
    """Whether an expression certainly gives a dict."""
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return True
    if isinstance(node, ast.Call):
        return module.resolve(node.func) in MAKERS
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return True
    if module.resolve(node) in DICTS:
        return True
    value = only_value(module, node)
    return value is not None and not isinstance(value, (ast.Name, ast.Attribute)) and is_dict(module, value)


def _rewrite(module: Module, call: ast.Call) -> Iterator[Item]:
    above = module.parent(call)
    negated = isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)
    loose = _is_loose(module, above if negated else call)
    node = above if negated else call
    yield rule.expression(node, lambda old: _test(old, negated, loose), "`has_key` is `in`", at=call)


def _is_loose(module: Module, node: ast.AST) -> bool:
    """Whether a comparison can stand in the place of `node` without parentheses."""
    above = module.parent(node)
    if isinstance(above, ast.Call):
        return node in above.args
    if isinstance(above, ast.comprehension):
        return node in above.ifs
    free = (ast.stmt, ast.BoolOp, ast.IfExp, ast.keyword, ast.Tuple, ast.List, ast.Lambda, ast.Dict, ast.Set)
    if isinstance(above, ast.UnaryOp):
        return isinstance(above.op, ast.Not)
    return isinstance(above, free)


def _test(node: Any, negated: bool, loose: bool) -> Any:
    call = node.expression if negated else node
    key = call.args[0].value
    tight = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.SimpleString, cst.ConcatenatedString, cst.Integer)
    if not isinstance(key, (*tight, cst.BinaryOperation, cst.FormattedString, cst.Tuple)):
        key = _parenthesized(key)
    operator = cst.NotIn() if negated else cst.In()
    test = cst.Comparison(left=key, comparisons=[cst.ComparisonTarget(operator, call.func.value)])
    test = test.with_changes(lpar=node.lpar, rpar=node.rpar)
    return test if loose or node.lpar else _parenthesized(test)


def _parenthesized(node: Any) -> Any:
    return node if node.lpar else node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
