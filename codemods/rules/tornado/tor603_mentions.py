"""List the comments, docstrings and strings that speak of tornado, or show code that was written for it.

For example::

    # tornado starts the coroutine at once
    Waits for the result: ``result = yield process.future()``
    help='the level of the log of tornado'

They may be wrong now, or show what doesn't work any more. Nothing is rewritten. There is one note for each comment,
and for a docstring or string one for the first line that is concerned and for each other that has the word tornado.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator, Tuple

from codemods.findings import Finding, Outcome
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._text import Text, prose, texts, without_names

if TYPE_CHECKING:
    from codemods.index.module import Module

_WORDS = ("tornado", "Tornado", "gen.coroutine", "gen.Return", "run_sync", "IOLoop", "yield")
rule = Rule("TOR603", __doc__, [needle(word) for word in _WORDS], stages=("asyncio", "final"), scans=True)

_CODE = re.compile(r"\bgen\.(?:coroutine|Return|sleep|multi|with_timeout)\b|\bIOLoop\b|\.run_sync\(")
_TORNADO = re.compile(r"tornado", re.IGNORECASE)
_SPEAKS = "speaks of tornado"
_YIELD = re.compile(r"^[ \t]*(?:>>> |\.\.\. )?(?:\w+[ \t]*=[ \t]*)?yield[ \t]+[\w.]+\(|``[^`]*\byield[ \t][^`]*``")


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not any(word in module.source.text for word in _WORDS):
        return
    for text in texts(module):
        where = "a comment" if text.is_comment else "a docstring"
        for number, (line, what) in enumerate(_concerned(module, text)):
            if number == 0 or what.startswith(_SPEAKS):
                yield _note(line, f"{where} {what}")
    for text in prose(module):
        for line, what in _concerned(module, text):
            if what.startswith(_SPEAKS):
                yield _note(line, f"a string {what}")


def _note(line: int, message: str) -> Finding:
    return Finding(rule.code, line, 0, message, Outcome.NOTE, "see whether it still says what's true")


def _concerned(module: Module, text: Text) -> Iterator[Tuple[int, str]]:
    """The lines of a text that are concerned, and what each does."""
    source = module.source
    start, end = text.span
    for line in range(source.position(start)[0], source.position(end)[0] + 1):
        begin = source.line_starts[line - 1]
        said = source.text[max(start, begin) : min(end, source.line_end(begin))]
        rest = said if _TORNADO.search(without_names(said)) else without_names(said)
        if _CODE.search(rest) or (_YIELD.search(rest) and _deals_with_coroutines(module, text)):
            yield line, f"shows code for tornado: {said.strip()}"
        elif _TORNADO.search(rest):
            yield line, f"{_SPEAKS}: {said.strip()}"


def _deals_with_coroutines(module: Module, text: Text) -> bool:
    """Whether the file is one of those that had coroutines of tornado's: `yield` is Python's own, too."""
    return not text.is_comment and any(word in module.source.data for word in (b"tornado", b"plumpy", b"kiwipy"))
