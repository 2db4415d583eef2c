"""List the comments and docstrings that speak of tornado, or show code that was written for it.

For example::

    # tornado starts the coroutine at once
    Waits for the result: ``result = yield process.future()``

They may be wrong now, or show what doesn't work any more. Nothing is rewritten. There is one note for each docstring,
with the first line that is concerned, and one for each comment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator, Optional, Tuple

from codemods.findings import Finding, Outcome
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._text import Text, texts, without_names

if TYPE_CHECKING:
    from codemods.index.module import Module

_WORDS = ("tornado", "Tornado", "gen.coroutine", "gen.Return", "run_sync", "IOLoop", "yield")
rule = Rule("TOR603", __doc__, [needle(word) for word in _WORDS], stages=("asyncio", "final"), scans=True)

_CODE = re.compile(r"\bgen\.(?:coroutine|Return|sleep|multi|with_timeout)\b|\bIOLoop\b|\.run_sync\(")
_TORNADO = re.compile(r"tornado", re.IGNORECASE)
_YIELD = re.compile(r"^[ \t]*(?:>>> |\.\.\. )?(?:\w+[ \t]*=[ \t]*)?yield[ \t]+[\w.]+\(|``[^`]*\byield[ \t][^`]*``")


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not any(word in module.source.text for word in _WORDS):
        return
    for text in texts(module):
        found = _first(module, text)
        if found is not None:
            line, what = found
            where = "a comment" if text.is_comment else "a docstring"
            yield Finding(rule.code, line, 0, f"{where} {what}", Outcome.NOTE, "see whether it still says what's true")


def _first(module: Module, text: Text) -> Optional[Tuple[int, str]]:
    """The first line of a text that is concerned, and what it does."""
    source = module.source
    start, end = text.span
    for line in range(source.position(start)[0], source.position(end)[0] + 1):
        begin = source.line_starts[line - 1]
        said = source.text[max(start, begin) : min(end, source.line_end(begin))]
        rest = said if _TORNADO.search(without_names(said)) else without_names(said)
        if _CODE.search(rest) or (_YIELD.search(rest) and _deals_with_coroutines(module, text)):
            return line, f"shows code for tornado: {said.strip()}"
        if _TORNADO.search(rest):
            return line, f"speaks of tornado: {said.strip()}"
    return None


def _deals_with_coroutines(module: Module, text: Text) -> bool:
    """Whether the file is one of those that had coroutines of tornado's: `yield` is Python's own, too."""
    return not text.is_comment and any(word in module.source.data for word in (b"tornado", b"plumpy", b"kiwipy"))
