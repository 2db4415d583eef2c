"""Catch asyncio's `CancelledError` along with plumpy's and kiwipy's.

Before::

    try:
        yield process.future()
    except plumpy.CancelledError:
        pass

After::

    try:
        await process.future()
    except (plumpy.CancelledError, asyncio.CancelledError):
        pass

`plumpy.CancelledError` and `kiwipy.CancelledError` are those of `concurrent.futures`. What is cancelled while it's
awaited raises asyncio's, which is another class since Python 3.8.

Only handlers around an `await` are concerned, after the coroutine was converted.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM110", __doc__, [needle("CancelledError")], stages=("asyncio", "final"))

_THREADS = frozenset(
    f"{root}.{home}CancelledError"
    for root in ("plumpy", "plumpy_compat", "plumpy_compat.legacy", "kiwipy")
    for home in ("", "futures.")
)
_ASYNCIO = frozenset(
    [*(f"asyncio.{home}CancelledError" for home in ("", "exceptions.", "futures.")), "builtins.BaseException"]
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for around in module.of(ast.Try):
        if not _waits(module, around) or any(_sees(module, one) for one in around.handlers):
            continue
        for handler in around.handlers:
            if any(module.resolve(one) in _THREADS for one in _types(handler.type)):
                yield from _widen(module, handler.type)
                break


def _types(node: Optional[ast.expr]) -> List[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node] if node is not None else []


def _sees(module: Module, handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(module.resolve(one) in _ASYNCIO for one in _types(handler.type))


def _waits(module: Module, around: ast.Try) -> bool:
    function = module.enclosing_function(around)
    if not isinstance(function, ast.AsyncFunctionDef):
        return False
    inside = (node for statement in around.body for node in ast.walk(statement))
    kinds = (ast.Await, ast.AsyncWith, ast.AsyncFor)
    return any(isinstance(node, kinds) and module.enclosing_function(node) is function for node in inside)


def _widen(module: Module, caught: ast.expr) -> Iterator[Item]:
    spelling = asyncio_name(module, "CancelledError", caught)
    if spelling is None:
        advice = "catch `asyncio.CancelledError` as well"
        yield rule.left(module, caught, "what is awaited raises asyncio's `CancelledError`", advice)
        return
    message = "asyncio's `CancelledError` is caught as well"
    yield rule.expression(caught, _With(spelling.code), message, needs=spelling.needs)


class _With:
    """Adds a class to those that are caught."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, node: Any) -> Any:
        new = cst.Element(cst.parse_expression(self.code))
        if isinstance(node, cst.Tuple):
            comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
            last = node.elements[-1].with_changes(comma=comma)
            return node.with_changes(elements=[*node.elements[:-1], last, new])
        bare = node.with_changes(lpar=[], rpar=[])
        return cst.Tuple([cst.Element(bare), new], lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
