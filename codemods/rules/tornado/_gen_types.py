"""Names of tornado in type comments and in annotations that are strings."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Dict, FrozenSet, Iterator, List, NamedTuple

from codemods.index.scopes import FUNCTIONS

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
    """The annotations that are strings."""
    found = [node.annotation for node in module.of(ast.AnnAssign)]
    for function in module.of(*FUNCTIONS):
        arguments = function.args
        every = [*getattr(arguments, "posonlyargs", ()), *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        found += [function.returns, *(one.annotation for one in every)]
    strings = (one for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return [one for one in strings if "\\" not in module.text(one)]


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
