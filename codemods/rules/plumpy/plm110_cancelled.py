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

Concerned are handlers and `assertRaises` around an `await`, after the coroutine was converted, or around what runs a
loop (`aio.run_sync`), and those around `result()` in callbacks of futures; and, in files with coroutines, tuples of
exceptions.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Set

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


_RUNNERS = ("run_sync", "run_until_complete")
_CALLBACKS = ("add_done_callback", "add_future")
_RAISES = ("assertRaises", "raises")


_AWAITS = (ast.Await, ast.AsyncWith, ast.AsyncFor)


@rule.find
def find(module: Module) -> Iterator[Item]:
    seen: Set[ast.AST] = set()
    for around in module.of(ast.Try):
        if any(_sees(module, one) for one in around.handlers) or not _waits(module, around, around.body):
            continue
        caught = [one.type for one in around.handlers if any(_is_threads(module, node) for node in _types(one.type))]
        for one in caught[:1]:
            seen.add(one)
            yield from _widen(module, one)
    for around in module.of(ast.With):
        for item in around.items:
            raised = _raised(module, item.context_expr)
            if raised is not None and _waits(module, around, around.body):
                seen.add(raised)
                yield from _widen(module, raised)
    if module.of(ast.AsyncFunctionDef):
        yield from _tuples(module, seen)


def _raised(module: Module, node: ast.expr) -> Optional[ast.expr]:
    """The exceptions that a test waits for, if plumpy's is among them and asyncio's isn't."""
    if not isinstance(node, ast.Call) or not node.args or getattr(node.func, "attr", "") not in _RAISES:
        return None
    caught = _types(node.args[0])
    ours = any(_is_threads(module, one) for one in caught)
    return node.args[0] if ours and not any(module.resolve(one) in _ASYNCIO for one in caught) else None


def _tuples(module: Module, seen: Set[ast.AST]) -> Iterator[Item]:
    """Widen the tuples that aren't caught where they stand, but handed to what catches them."""
    for node in module.attributes("CancelledError"):
        above = module.parent(node)
        if not _is_threads(module, node) or not isinstance(above, ast.Tuple) or above in seen:
            continue
        handed = isinstance(module.parent(above), (ast.Assign, ast.keyword, ast.Call))
        if handed and not any(module.resolve(one) in _ASYNCIO for one in above.elts):
            seen.add(above)
            yield from _widen(module, above)


def _is_threads(module: Module, node: ast.expr) -> bool:
    return module.resolve(node) in _THREADS


def _types(node: Optional[ast.expr]) -> List[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node] if node is not None else []


def _sees(module: Module, handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(module.resolve(one) in _ASYNCIO for one in _types(handler.type))


def _waits(module: Module, around: ast.AST, body: List[ast.stmt]) -> bool:
    """Whether what is done in a block may raise asyncio's error."""
    function = module.enclosing_function(around)
    inside = [node for statement in body for node in ast.walk(statement) if module.enclosing_function(node) is function]
    if isinstance(function, ast.AsyncFunctionDef) and any(isinstance(node, _AWAITS) for node in inside):
        return True
    called = {node.func.attr for node in inside if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    return not called.isdisjoint(_RUNNERS) or ("result" in called and _is_callback(module, function))


def _is_callback(module: Module, function: Any) -> bool:
    """Whether a function is called with a future that is done."""
    if not isinstance(function, ast.FunctionDef) or not function.args.args:
        return False
    for load, _ in module.loads(function.name):
        call = module.parent(load)
        if isinstance(call, ast.Call) and load in call.args and getattr(call.func, "attr", "") in _CALLBACKS:
            return True
    return False


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
