"""Drop the prefix `u` of string literals.

Before::

    name = u'caf\\u00e9' U" au lait"

After::

    name = 'caf\\u00e9' " au lait"

On Python 3 the prefix means nothing. Nothing else of the literal changes. Text that looks like a
prefixed literal but stands in a comment or within another string (a doctest's output, say) isn't touched.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, Any, Dict, Iterator, List

from codemods.fragments import line_starts
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

# Each begins with literal text, so that searching is quick.
_PREFIXES = [(f"{start}{quote}", rf"{start}{quote}(?<![\w'\"]{start}{quote})") for start in "uU" for quote in "'\""]
_PREFIXED = [re.compile(pattern) for _, pattern in _PREFIXES]

rule = Rule(
    "PY202",
    __doc__,
    [needle(*prefix) for prefix in _PREFIXES],
    scans=True,
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    literals = {_whole(module, node): None for node in module.walk.prefixed if not module.is_dead(node)}
    for node in [*literals, *_hidden(module, literals)]:
        # Before Python 3.12 an f-string is one token, whose text does change.
        whole = isinstance(node, ast.JoinedStr)
        message = "the prefix `u` means nothing in Python 3"
        yield rule.expression(node, _strip, message, replaces_strings=whole, inert=not whole)


def _whole(module: Module, node: ast.AST) -> ast.AST:
    """The literal, or the outermost f-string that it's a part of."""
    around = [above for above in module.parents(node) if isinstance(above, ast.JoinedStr)]
    return around[-1] if around else node


def _hidden(module: Module, known: Dict[ast.AST, None]) -> List[ast.AST]:
    """The literals with prefixes that `ast` doesn't tell of: `U`, and all but the first of adjacent literals."""
    spans = [module.span(node) for node in known]
    places = [match.start() for one in _PREFIXED for match in one.finditer(module.source.text)]
    places = [place for place in places if not any(start <= place < end for start, end in spans)]
    if not places:
        return []
    found: Dict[ast.AST, None] = {}
    for node in module.across({module.source.position(place)[0] for place in places}):
        if not isinstance(node, (ast.Constant, ast.JoinedStr)) or not isinstance(getattr(node, "value", ""), str):
            continue
        # The parts of an f-string are looked at with the whole.
        if not isinstance(module.parent(node), ast.JoinedStr) and _has_prefix(module, node, places):
            found[_whole(module, node)] = None
    return [node for node in found if node not in known and not module.is_dead(node)]


def _has_prefix(module: Module, node: ast.AST, places: List[int]) -> bool:
    start, end = module.span(node)
    if not any(start <= place < end for place in places):
        return False
    return not set(places).isdisjoint(start + offset for offset in _strings(module.text(node)))


def _strings(text: str) -> Iterator[int]:
    """The offsets of the string tokens in an expression; the text of an f-string is none where it has its own."""
    starts = line_starts(text)
    for token in tokenize.generate_tokens(io.StringIO(f"({text}\n)", newline="").readline):
        if token.type == tokenize.STRING:
            line, column = token.start
            yield starts[line - 1] + column - (line == 1)


def _strip(node: Any) -> Any:
    class Strip(cst.CSTTransformer):  # type: ignore[misc, name-defined, unused-ignore]
        def leave_SimpleString(self, original_node: Any, updated_node: Any) -> Any:
            if updated_node.value[0] in "uU":
                return updated_node.with_changes(value=updated_node.value[1:])
            return updated_node

    return node.visit(Strip())
