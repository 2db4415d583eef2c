"""Check a rewritten file before it's written; the last line of defence of other people's code."""

from __future__ import annotations

import ast
import tokenize
from collections import Counter
from typing import TYPE_CHECKING, Callable, FrozenSet

from codemods.fragments import offsets
from codemods.imports import PRAGMA
from codemods.index.facts import qualified

if TYPE_CHECKING:
    from codemods.index.module import Module
    from codemods.rewrite import Replacement, Rewritten


class Unsound(Exception):
    """The result must not be written: a bug of ours, with what is wrong.

    :param unbound: names that nothing binds any more.
    """

    def __init__(self, reason: str, unbound: FrozenSet[str] = frozenset()) -> None:
        super().__init__(reason)
        self.unbound = unbound


def verify(before: Module, rewritten: Rewritten, after: Callable[[], Module]) -> Module:
    """Check a result and give back its index.

    That a second run changes nothing is for `migrate` to see, which goes on until that's so.

    :param after: indexes the new text, by the grammar of the target version.
    :raises Unsound: if any check fails.
    """
    for one in rewritten.replacements:
        _nothing_lost(before.source.text, one)
    try:
        module = after()
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unsound(f"the result doesn't parse: {error}") from None
    _nothing_yields(module)
    if module is before:
        return module
    unbound = frozenset(module.unbound()) if not module.has_star_import else frozenset()
    if unbound and not before.has_star_import:
        unbound -= before.unbound()  # with a star import it may have been bound by that, which is gone now
    if unbound:
        raise Unsound(f"the result uses names that nothing binds: {', '.join(sorted(unbound))}", unbound)
    return module


def _nothing_yields(module: Module) -> None:
    """A `yield` left in a function that became a coroutine would make it an asynchronous generator."""
    if not module.walk.by_type[ast.AsyncFunctionDef]:
        return
    for node in module.walk.by_type[ast.Yield]:
        function = module.enclosing_function(node)
        if isinstance(function, ast.AsyncFunctionDef) and module.program.decision(qualified(module, function)):
            raise Unsound(f"`{function.name}` becomes a coroutine, but would still yield at line {node.lineno}")


def _nothing_lost(text: str, one: Replacement) -> None:
    """Each comment and string of a replaced piece must be in what replaces it, unless it's declared dead."""
    old = text[one.start : one.end]
    if "#" not in old and not (one.strings and ('"' in old or "'" in old)):
        return
    kept = Counter(_key(kind, string) for kind, string, _ in offsets(one.text.replace("\0", "")))
    for kind, string, offset in offsets(old):
        here = one.start + offset
        if any(start <= here < end for start, end in one.dead):
            continue
        if kind == tokenize.COMMENT and PRAGMA.match(string):
            continue
        if kind == tokenize.STRING and not one.strings:
            continue
        key = _key(kind, string)
        if not kept[key]:
            raise Unsound(f"it would lose {string!r}")
        kept[key] -= 1


def _key(kind: int, string: str) -> str:
    if kind == tokenize.COMMENT:
        return string.strip()
    try:
        return repr(ast.literal_eval(string))
    except (ValueError, SyntaxError):
        return string
