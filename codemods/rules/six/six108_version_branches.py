"""Fold branches on the Python version.

Before::

    if six.PY2:
        text = value.decode('utf-8')
    else:
        text = value

After::

    text = value

Understood are `six.PY2`, `PY3` and `PY34`, comparisons of `sys.version_info` (whole, `[0]`, `[:2]`,
`.major`), `sys.hexversion`, `sys.version[0]` and `platform.python_version_tuple()[0]`, and `not`, `and`
and `or` of them. A test is folded if it comes out the same on the target version and all later ones.
A module's own constant that is assigned once from such a test (`PY2 = sys.version_info[0] == 2`) counts too.
An operand of `and` or `or` that decides nothing is dropped, unless it may be the value of the whole.
`elif` chains keep their undecided parts; conditional expressions are folded as well. Comments in the
branch that stays are kept; those in the branch that goes, go with it.

Left alone is a branch whose definitions are used elsewhere although the branch never runs, a test
whose undecided parts may have an effect, and a branch with the last `yield` of a function, which would be
no generator without it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Tuple

from codemods.edits import Edit, Shape
from codemods.index.module import Span
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._blocks import block_end, statements_of
from codemods.rules.six._calls import keep_parentheses
from codemods.rules.six._generators import ends_generator
from codemods.rules.six._versions import Versions, is_elif, links

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "SIX108",
    __doc__,
    [needle("six"), needle("version_info"), needle("hexversion"), needle("sys.version["), needle("version_tuple")],
    order=0,
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    versions = Versions(module)
    if not versions.tested:
        return
    for node in module.of(ast.If):
        # What is nested in a branch that goes is dead by now.
        if not is_elif(module, node) and not module.is_dead(node):
            edit = _statement(module, versions, node)
            if edit is not None:
                yield _checked(module, edit)
    for operand, value in versions.operands():
        around = module.parent(operand)
        if isinstance(around, ast.BoolOp) and not module.is_dead(around):
            yield _operand(module, versions, around, operand, value)
    for node in module.of(ast.IfExp):
        decided = versions.decide(node.test)
        if decided is not None and not module.is_dead(node):
            yield _checked(module, _expression(module, versions, node, decided))


def _checked(module: Module, edit: Edit) -> Item:
    """The edit, unless it would make a plain function of a generator."""
    if not ends_generator(module, edit.node, edit.dead):
        return edit
    message = f"{edit.message}, but the last `yield` of the function stands in what goes"
    return rule.left(module, edit.node, message, "fold it by hand, and keep the function a generator")


def _statement(module: Module, versions: Versions, node: ast.If) -> Optional[Edit]:
    chain = links(module, node)
    decisions = [versions.decide(link.test) for link in chain]
    if decisions.count(None) == len(decisions):
        return None
    settles: Tuple[ast.AST, ...] = ()
    for link, decision in zip(chain, decisions):
        if decision is not None:
            settles += versions.settles(link.test)
    lifts = _lifts(chain, decisions)
    return rule.edit(
        node,
        Shape.BLOCK,
        lambda found: _fold(found, decisions),
        f"`{module.text(chain[_first_decided(decisions)].test)}` is always {_decided(decisions)}",
        settles=settles,
        dead=tuple(_dead(module, chain, decisions)),
        empties=lifts == (),
        lifts=lifts or (),
    )


def _first_decided(decisions: List[Optional[bool]]) -> int:
    return next(index for index, one in enumerate(decisions) if one is not None)


def _decided(decisions: List[Optional[bool]]) -> str:
    return "true" if decisions[_first_decided(decisions)] else "false"


def _lifts(chain: List[ast.If], decisions: List[Optional[bool]]) -> Optional[Tuple[ast.stmt, ...]]:
    """The statements in the place of the whole chain; ``None`` if an ``if`` remains."""
    for link, decision in zip(chain, decisions):
        if decision is None:
            return None
        if decision:
            return tuple(link.body)
    return tuple(chain[-1].orelse)


def _dead(module: Module, chain: List[ast.If], decisions: List[Optional[bool]]) -> Iterator[Span]:
    """What vanishes: the tests that are decided, and the branches that never run."""
    end = block_end(module, chain[0])
    for place, (link, decision) in enumerate(zip(chain, decisions)):
        start = module.span(link)[0]
        if decision:
            yield start, module.full_span(link.body[0])[0]
            if link.orelse:
                yield module.span(link.body[-1])[1], end
            return
        if decision is False:
            follows = chain[place + 1 :] or link.orelse
            yield start, module.full_span(follows[0])[0] if follows else end


def _fold(node: Any, decisions: List[Optional[bool]]) -> List[Any]:
    """The statements that a LibCST ``if`` chain comes to."""
    chain = []
    rest = node
    while isinstance(rest, cst.If):
        chain.append(rest)
        rest = rest.orelse
    undecided = []
    for link, decision in zip(chain, decisions):
        if decision is None:
            undecided.append(link)
        elif decision:
            rest = cst.Else(body=link.body, leading_lines=link.leading_lines if undecided else ())
            break
    if not undecided:
        return statements_of(rest.body) if rest is not None else []
    for link in reversed(undecided):
        rest = link.with_changes(orelse=rest)
    return [rest.with_changes(leading_lines=node.leading_lines)]


def _operand(module: Module, versions: Versions, around: ast.BoolOp, operand: ast.expr, value: bool) -> Edit:
    place = around.values.index(operand)
    return rule.expression(
        around,
        lambda found: _without(found, place),
        f"`{module.text(operand)}` is always {'true' if value else 'false'}",
        settles=versions.settles(operand),
        dead=(module.span(operand),),
    )


def _without(found: Any, place: int) -> Any:
    """A LibCST ``and`` or ``or`` without the operand at `place` of the flat list of its operands."""
    operands, operators = [found.right], [found.operator]
    left = found.left
    while isinstance(left, cst.BooleanOperation) and type(left.operator) is type(found.operator) and not left.lpar:
        operands.insert(0, left.right)
        operators.insert(0, left.operator)
        left = left.left
    operands.insert(0, left)
    operands.pop(place)
    operators.pop(max(place - 1, 0))
    result = operands.pop(0)
    for operator, operand in zip(operators, operands):
        result = cst.BooleanOperation(left=result, operator=operator, right=operand)
    return result if operands else keep_parentheses(result, found)


def _expression(module: Module, versions: Versions, node: ast.IfExp, value: bool) -> Edit:
    kept = module.span(node.body if value else node.orelse)
    whole = module.span(node)
    return rule.expression(
        node,
        lambda found: found.body if value else found.orelse,
        f"`{module.text(node.test)}` is always {'true' if value else 'false'}",
        settles=versions.settles(node.test),
        dead=tuple((start, end) for start, end in ((whole[0], kept[0]), (kept[1], whole[1])) if start < end),
    )
