"""List the comments that mention Python 2.

For example::

    # TODO: use TemporaryDirectory when Python 2 is dropped

They often explain what can go now, or say what was put off until now. Nothing is rewritten.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.findings import Finding, Outcome
from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

_WORDS = r"\b[Pp][Yy](?:[Tt][Hh][Oo][Nn])?[ \-]?2(?:\.\d|\.[xX]|[567xX])?\b"
_MENTION = re.compile(rf"#[^\n]*?{_WORDS}")

rule = Rule(
    "PY221",
    __doc__,
    # One search for the digit costs less than one for each spelling.
    [needle("2", r"2(?:(?<=ython2)|(?<=ython[ \-]2)|(?<=[Pp]y2)|(?<=PY2)|(?<=py 2))", _MENTION.pattern)],
    scans=True,
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for match in _MENTION.finditer(module.source.text):
        if any(start <= match.start() < end for start, end in module.dead):
            continue
        line, _ = module.source.position(match.start())
        text = module.source.line_text(line)
        comment = _comment(text)
        if comment is None or not _MENTION.search(text, comment):
            continue
        if not _is_in_long_string(module, line):
            message = f"a comment mentions Python 2: {text[comment:].strip()}"
            yield Finding(rule.code, line, comment + 1, message, Outcome.NOTE, "see whether it's still of use")


def _comment(line: str) -> Optional[int]:
    """The place of the comment in a line, as far as the line alone tells."""
    code = line.lstrip(" \t\f")
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                return len(line) - len(code) + token.start[1]
    except (tokenize.TokenError, SyntaxError):
        # A part of something longer; without quotes around it, it must be a comment.
        plain = re.search(r"#[^'\"]*$", line)
        return plain.start() if plain and not re.search(r"['\"]", line) else None
    return None


def _is_in_long_string(module: Module, line: int) -> bool:
    """Whether a line is a part of a string over several lines."""
    nodes = (node for node in module.across([line]) if isinstance(node, (ast.Constant, ast.JoinedStr)))
    return any(node.end_lineno is not None and node.lineno < node.end_lineno for node in nodes)
