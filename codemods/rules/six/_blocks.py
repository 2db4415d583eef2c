"""Blocks of statements that move out of a branch."""

from __future__ import annotations

from typing import Any, List

from codemods.lazy import cst


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
