"""Names of tornado in type comments and in annotations that are strings."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Dict, FrozenSet, Iterator, List, NamedTuple

if TYPE_CHECKING:
    from codemods.index.module import Module, Span

_COMMENT = re.compile(r"#[ \t]*type:[ \t]*(?!ignore)([^\r\n]*)")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*")


class TypeName(NamedTuple):
    """A name in a type that is text.

    :param at: where it's looked up: the annotation; for a comment, a statement at the module's top.
    """

    span: Span
    text: str
    at: ast.AST


def type_names(module: Module, wanted: FrozenSet[str]) -> Iterator[TypeName]:
    """The names that mean one of `wanted`."""
    homes = {
        one.local: one.canonical
        for one in module.live_imports()
        if one.top and one.canonical.split(".")[0] == "tornado" and one.alias.name != "*"
    }
    if not homes:
        return
    for match in _COMMENT.finditer(module.source.text):
        yield from _within(module, homes, wanted, match.span(1), module.tree.body[0])
    for annotation in _annotations(module):
        yield from _within(module, homes, wanted, module.span(annotation), annotation)


def _annotations(module: Module) -> List[ast.Constant]:
    found = []
    for node in ast.walk(module.tree):
        for field in ("annotation", "returns"):
            value = getattr(node, field, None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and "\\" not in module.text(value):
                found.append(value)
    return found


def _within(
    module: Module, homes: Dict[str, str], wanted: FrozenSet[str], span: Span, at: ast.AST
) -> Iterator[TypeName]:
    start, end = span
    if any(first <= start < last for first, last in module.dead):
        return
    for match in _NAME.finditer(module.source.text, start, end):
        root, dot, rest = match.group().partition(".")
        if root in homes and f"{homes[root]}{dot}{rest}" in wanted:
            yield TypeName(match.span(), match.group(), at)
