"""Take out handlers that only let `gen.Return` through.

Before::

    try:
        yield self.launch()
        raise gen.Return(self.submit())
    except gen.Return:
        node.set_status(None)
        raise
    except Exception:
        ...

After::

    try:
        await self.launch()
        return_value = self.submit()
        node.set_status(None)
        return return_value
    except Exception:
        ...

A handler with nothing but `raise` goes, in plain functions and context managers as well: nothing raises `gen.Return`
any more. What another handler of a coroutine does before its `raise` is put before each `return` of the `try` block.

Left is any other use of `gen.Return` in a handler.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List

from codemods.edits import Shape
from codemods.lazy import cst
from codemods.rule import Item, Rule, importing
from codemods.rules.tornado._coroutines import converted
from codemods.rules.tornado.tor103_return import RETURN

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR104", __doc__, [importing("tornado")], stages=("asyncio", "final"))

_MOST = 3
"""Statements of a handler that may be repeated before each return."""


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references(RETURN):
        statement = module.statement_of(reference.node)
        handler = module.enclosing(reference.node, ast.ExceptHandler)
        if handler is None or not any(reference.node is one for one in ast.walk(handler.type or handler)):
            if not isinstance(statement, (ast.Raise, ast.Import, ast.ImportFrom)):
                advice = "write a coroutine that returns"
                yield rule.left(module, reference.node, "`gen.Return` is used as a value", advice)
            continue
        block = module.parent(handler)
        reason = _refusal(module, block, handler, reference.node)
        if reason:
            advice = "move what the handler does to where the coroutine returns, and delete the handler"
            yield rule.left(module, handler, f"`except gen.Return`: {reason}", advice)
            continue
        place = block.handlers.index(handler)  # type: ignore[attr-defined]
        dead = (module.span(handler),) if len(handler.body) == 1 else ()
        message = "nothing raises `gen.Return` any more"
        transform = _Transform(place)
        yield rule.edit(block, Shape.BLOCK, transform, message, settles=(reference.name,), at=handler, dead=dead)


def _refusal(module: Module, block: Any, handler: ast.ExceptHandler, node: ast.expr) -> str:
    if handler.type is not node or handler.name:
        return "it catches other exceptions as well, or names it"
    last = handler.body[-1]
    if not isinstance(last, ast.Raise) or last.exc is not None:
        return "it doesn't end in `raise`"
    if len(block.handlers) == 1 and not block.finalbody:
        return "it is the only handler"
    if len(handler.body) == 1:
        return ""
    if converted(module, handler) is None:
        return "it isn't in a coroutine that is rewritten"
    if len(handler.body) > _MOST + 1 or not all(isinstance(one, (ast.Expr, ast.Assign)) for one in handler.body[:-1]):
        return "it does more than a few simple things"
    return ""


class _Transform:
    """Takes a handler out of a `try`, and does what it did before each return.

    :param place: the handler's position.
    """

    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, block: Any) -> List[Any]:
        handler = block.handlers[self.place]
        handlers = [*block.handlers[: self.place], *block.handlers[self.place + 1 :]]
        if not handlers and block.orelse is not None:
            body = block.body.with_changes(body=[*block.body.body, *block.orelse.body.body])
            block = block.with_changes(body=body, orelse=None)
        cleanup = list(handler.body.body[:-1])
        body = block.body.visit(_returns(cleanup)) if cleanup else block.body
        return [block.with_changes(body=body, handlers=handlers)]


def _returns(cleanup: List[Any]) -> Any:
    class Returns(cst.CSTTransformer):
        def visit_FunctionDef(self, node: Any) -> bool:
            return False

        def visit_Lambda(self, node: Any) -> bool:
            return False

        def leave_SimpleStatementLine(self, original: Any, updated: Any) -> Any:
            last = updated.body[-1]
            if not isinstance(last, cst.Return):
                return updated
            value = last.value
            if value is None or isinstance(value, (cst.Name, cst.Integer, cst.SimpleString)):
                first, *others = cleanup
                first = first.with_changes(leading_lines=[*updated.leading_lines, *first.leading_lines])
                return cst.FlattenSentinel([first, *others, updated.with_changes(leading_lines=())])
            name = cst.Name("return_value")
            assign = cst.Assign(targets=[cst.AssignTarget(name)], value=value)
            stored = updated.with_changes(body=[*updated.body[:-1], assign])
            given = cst.SimpleStatementLine([cst.Return(value=name, whitespace_after_return=cst.SimpleWhitespace(" "))])
            return cst.FlattenSentinel([stored, *cleanup, given])

    return Returns()
