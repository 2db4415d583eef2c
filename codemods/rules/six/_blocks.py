"""Blocks of statements that move out of a branch."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, List

from codemods.lazy import cst

if TYPE_CHECKING:
    from codemods.index.module import Module


def block_end(module: Module, statement: ast.stmt) -> int:
    """Where a compound statement ends, with the comments at the end of its body."""
    from codemods.rewrite import block_span

    return block_span(module, statement)[1]


def statements_of(body: Any) -> List[Any]:
    """The statements of a LibCST block, with the comments at its end, fit to stand one level further out."""
    if not isinstance(body, cst.IndentedBlock):
        return [cst.SimpleStatementLine(body=body.body, trailing_whitespace=body.trailing_whitespace)]
    statements: List[Any] = list(body.body)
    if statements:
        lines = list(statements[0].leading_lines)
        while lines and lines[0].comment is None:
            lines.pop(0)
        statements[0] = statements[0].with_changes(leading_lines=lines)
    comments = [line for line in body.footer if line.comment is not None]
    return [*statements, *comments]
