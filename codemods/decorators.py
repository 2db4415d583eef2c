"""Take a decorator off a class or function, in LibCST."""

from __future__ import annotations

from typing import Any, List

from codemods.imports import PRAGMA
from codemods.lazy import cst


def code(node: Any) -> str:
    """The source of a LibCST node."""
    text: str = cst.Module(body=[]).code_for_node(node)
    return text


def find(nodes: Any, function: str) -> int:
    """The index of the first node whose value (or what it calls) reads `function`.

    Other edits of the same header may have moved it from where it stood.
    """
    for index, node in enumerate(nodes):
        value = getattr(node, "decorator", None) or node.value
        if code(value.func if isinstance(value, cst.Call) else value) == function:
            return index
    raise LookupError(function)


def without(decorated: Any, place: int) -> Any:
    """`decorated` without a decorator, but with the comments around that."""
    gone = decorated.decorators[place]
    lines: List[Any] = list(gone.leading_lines)
    comment = gone.trailing_whitespace.comment
    if comment is not None and not PRAGMA.match(comment.value):
        lines.append(cst.EmptyLine(comment=comment))
    decorators = [one for index, one in enumerate(decorated.decorators) if index != place]
    if place < len(decorators):
        below = decorators[place]
        decorators[place] = below.with_changes(leading_lines=[*lines, *below.leading_lines])
    elif decorators:
        below = [*lines, *decorated.lines_after_decorators]
        return decorated.with_changes(decorators=decorators, lines_after_decorators=below)
    else:
        above = [*decorated.leading_lines, *lines, *decorated.lines_after_decorators]
        return decorated.with_changes(decorators=[], leading_lines=above, lines_after_decorators=[])
    return decorated.with_changes(decorators=decorators)
