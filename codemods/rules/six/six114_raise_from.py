"""Write `raise … from …` instead of `six.raise_from`.

Before::

    six.raise_from(ValueError('bad'), error)

After::

    raise ValueError('bad') from error

Left is a call that isn't a statement of its own.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List

from codemods.edits import Shape
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX114", __doc__, [needle("six")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "raise_from"):
        call = call_of(module, use.node)
        statement = module.parent(call) if call is not None else None
        plain = call is not None and len(call.args) == 2 and not call.keywords
        if not plain or not isinstance(statement, ast.Expr) or any(isinstance(a, ast.Starred) for a in call.args):  # type: ignore[union-attr]
            advice = "write `raise … from …` as a statement"
            yield rule.left(module, use.node, "this `raise_from` can't be written as a `raise` statement", advice)
            continue
        yield rule.edit(statement, Shape.STATEMENT, _raise, "`raise … from …` sets the cause", settles=use.settles)


def _raise(statement: Any) -> List[Any]:
    call = statement.body[0].value
    space = cst.SimpleWhitespace(" ")
    cause = cst.From(item=call.args[1].value, whitespace_before_from=space)
    return [statement.with_changes(body=[cst.Raise(exc=call.args[0].value, cause=cause)])]
