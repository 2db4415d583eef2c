"""Replace names of six that are builtins on Python 3.

Before::

    for i in six.moves.range(3):
        out.append(six.text_type(i))

After::

    for i in range(3):
        out.append(str(i))

These are `six.text_type`, `binary_type`, `unichr`, `print_`, `exec_`, `next`, `advance_iterator`,
`callable`, and `range`, `xrange`, `zip`, `map`, `filter` and `input` of `six.moves`. No `list()` is
added around `zip`, `map` and `filter`: six's were lazy already. Where a file binds the builtin's name
to something else, `builtins.range` is written instead.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, call_of, uses
from codemods.rules.six._spelling import spelling, stays

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX101", __doc__, [needle("six")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *BUILTINS):
        if isinstance(use.node, ast.Name) and stays(module, use):
            continue
        spelt = spelling(module, use)
        text = module.text(use.node)
        if spelt is None:
            advice = "rename what shadows the builtin, and run again"
            yield rule.left(module, use.node, f"`{text}` is a builtin whose name means something else here", advice)
            continue
        call = call_of(module, use.node) if use.name == "exec_" else None
        if call is not None and not _is_known(call):
            advice = "give `exec` its code and name spaces by position"
            yield rule.left(module, use.node, f"`{text}` is called with arguments that `exec` may not take", advice)
            continue
        message = f"`{text}` is `{spelt.code}`"
        yield rule.replace(use.node, spelt.code, message, settles=use.settles, needs=spelt.needs)
        if call is not None and call.keywords:
            yield rule.expression(call, _positional, "`exec` takes its name spaces by position")


EXEC = ("_code_", "_globs_", "_locs_")
"""The parameters of ``six.exec_``."""


def _is_known(call: ast.Call) -> bool:
    """Whether the arguments of an ``exec_`` can be given by position."""
    if not call.keywords:
        return True
    if any(isinstance(arg, ast.Starred) for arg in call.args):
        return False
    names = {keyword.arg for keyword in call.keywords}
    return names <= set(EXEC[len(call.args) :]) and bool(call.args or "_code_" in names)


def _positional(call: Any) -> Any:
    args = [arg for arg in call.args if arg.keyword is None]
    named = {arg.keyword.value: arg for arg in call.args if arg.keyword is not None}
    for name in EXEC[len(args) :]:
        if name in named:
            args.append(named[name].with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT))
        elif name == "_globs_" and "_locs_" in named:
            args.append(cst.Arg(cst.Name("None")))
    args = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in args]
    return call.with_changes(args=[*args[:-1], args[-1].with_changes(comma=call.args[-1].comma)])
