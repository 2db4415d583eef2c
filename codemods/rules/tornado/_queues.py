"""Locks and queues: what other rules need to know of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemods.index.module import Module


def is_lock_with(module: Module, node: ast.AST) -> bool:
    """Whether `node` is the `yield` of ``with (yield lock.acquire()):``, which becomes ``async with``."""
    return False
