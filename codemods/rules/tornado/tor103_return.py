"""Return from coroutines with `return` instead of `raise gen.Return`.

Before::

    raise gen.Return(value)
    raise gen.Return((yield self.fetch()))
    raise gen.Return

After::

    return value
    return await self.fetch()
    return

It was an exception, so two things change: a handler around it that catches all exceptions no longer sees it, and a
context manager around it no longer does. Both are noted.

Left is one in a plain function, where it unwinds the coroutine that calls it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.edits import Shape
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, importing
from codemods.rules.tornado._coroutines import conversions, is_converted

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR103", __doc__, [importing("tornado")], stages=("asyncio", "final"))

RETURN = "tornado.gen.Return"


@rule.find
def find(module: Module) -> Iterator[Item]:
    known = {one.function: one for one in conversions(module)}
    for reference in module.references(RETURN):
        statement = module.statement_of(reference.node)
        if not isinstance(statement, ast.Raise) or not _is_raised(statement, reference.node):
            continue
        one = known.get(module.enclosing_function(statement))
        if one is None:
            advice = "raise an exception of your own, and catch it in the coroutine that calls this function"
            yield rule.left(
                module, statement, "`gen.Return` in a plain function unwinds the coroutine that calls it", advice
            )
        elif is_converted(one):
            message = "`raise gen.Return` becomes `return`"
            yield rule.edit(statement, Shape.STATEMENT, _return, message, settles=(reference.name,))
            yield from _notes(module, statement)


def _is_raised(statement: ast.Raise, node: ast.expr) -> bool:
    raised = statement.exc
    return raised is node or (isinstance(raised, ast.Call) and raised.func is node and not raised.keywords)


def _notes(module: Module, statement: ast.Raise) -> Iterator[Item]:
    child: ast.AST = statement
    for above in module.parents(statement):
        if isinstance(above, FUNCTIONS):
            return
        if isinstance(above, ast.Try) and any(one is child for one in above.body):
            handler = next((one for one in above.handlers if _catches_all(one)), None)
            if handler is not None:
                message = f"the handler at line {handler.lineno} caught `gen.Return`; it doesn't see the `return`"
                yield rule.note(module, statement, message)
        elif isinstance(above, ast.With):
            message = "the context manager saw an exception here; now the block ends without one"
            yield rule.note(module, statement, message)
        child = above


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kinds: List[Optional[ast.expr]] = list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


def _return(line: Any) -> List[Any]:
    raised = line.body[0].exc
    value = _value(raised) if isinstance(raised, cst.Call) and raised.args else None
    return [line.with_changes(body=[_statement(value), *line.body[1:]])]


def _value(call: Any) -> Any:
    """The argument of a call; with the call's parentheses, if there are comments between them."""
    argument = call.args[0]
    value = argument.value
    end = argument.whitespace_after_arg
    if isinstance(argument.comma, cst.Comma):
        end = argument.comma.whitespace_after
    if "#" not in _code(call.whitespace_before_args) + _code(end):
        return value
    left, right = cst.LeftParen(call.whitespace_before_args), cst.RightParen(end)
    return value.with_changes(lpar=[left, *value.lpar], rpar=[*value.rpar, right])


def _statement(value: Any) -> Any:
    if value is None:
        return cst.Return()
    if len(value.lpar) == 1 and isinstance(value, cst.Await) and "\n" not in _code(value):
        # The parentheses were for `yield`.
        value = value.with_changes(lpar=(), rpar=())
    elif not value.lpar and "\n" in _code(value) and not isinstance(value, (cst.Call, cst.Dict, cst.List)):
        value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.Return(value=value, whitespace_after_return=cst.SimpleWhitespace(" "))


def _code(node: Any) -> str:
    code: str = cst.Module(body=[]).code_for_node(node)
    return code
