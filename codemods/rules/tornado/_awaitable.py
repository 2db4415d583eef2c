"""What is certainly awaitable once it is migrated, so that `await` needs no help."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemods.index.coroutines import callee
from codemods.index.program import Callee
from codemods.rules.tornado._queues import gives_awaitable

if TYPE_CHECKING:
    from codemods.index.module import Module

_GEN = ("sleep", "with_timeout", "multi", "Multi", "multi_future", "maybe_future")
AWAITABLE = frozenset(
    [
        *(f"tornado.gen.{name}" for name in _GEN),
        *("tornado.gen.convert_yielded", "tornado.concurrent.Future", "tornado.gen.Future"),
        *("plumpy.Future", "plumpy_compat.Future", "plumpy_compat.legacy.Future"),
        *(f"asyncio.{name}" for name in ("sleep", "wait_for", "gather", "shield", "wait", "create_task")),
        *("asyncio.ensure_future", "asyncio.wrap_future", "asyncio.Future"),
        *(f"plumpy_compat.aio.{name}" for name in ("as_awaitable", "multi", "maybe_await", "with_timeout", "wait_for")),
        *(f"plumpy_compat.aio.{name}" for name in ("create_future", "create_task")),
    ]
)
"""Functions that give an awaitable, by the names before and after the migration."""


def is_awaitable(module: Module, node: ast.AST) -> bool:
    """Whether the value of an expression can be awaited as it is, once the project is migrated."""
    if isinstance(node, ast.Call):
        dotted = module.resolve(node.func)
        if dotted is not None and dotted in AWAITABLE:
            return True
        if gives_awaitable(module, node):
            return True
        target = callee(module, node.func)
        return target is not None and module.program.callee(target) is Callee.COROUTINE
    if isinstance(node, ast.IfExp):
        return is_awaitable(module, node.body) and is_awaitable(module, node.orelse)
    return False
