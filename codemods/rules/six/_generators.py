"""What makes a function a generator: a fold must not take its last ``yield`` away."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Sequence

from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module, Span

_YIELDS = (ast.Yield, ast.YieldFrom)


def ends_generator(module: Module, node: ast.AST, dead: Sequence[Span]) -> bool:
    """Whether the function around `node` would have no ``yield`` left without the spans `dead`."""
    text = module.source.text
    if not any("yield" in text[start:end] for start, end in dead):
        return False
    function = module.enclosing_function(node)
    if function is None:
        return False
    live = [module.span(one)[0] for one in _own(function) if not module.is_dead(one)]
    return bool(live) and all(any(start <= offset < end for start, end in dead) for offset in live)


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The ``yield`` expressions of a function, without those of functions within it."""
    body = getattr(function, "body", [])
    stack = list(body) if isinstance(body, list) else [body]
    while stack:
        node = stack.pop()
        if isinstance(node, _YIELDS):
            yield node
        if not isinstance(node, (*FUNCTIONS, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))
