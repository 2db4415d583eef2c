"""The comments in a source that keep rules off it: ``ignore`` for a line, ``skip-file`` for the file."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING, Dict, FrozenSet, Iterator, List, Tuple

from codemods.findings import Finding, Outcome
from codemods.source import Source, SourceError

if TYPE_CHECKING:
    from codemods.index.module import Module

UNKNOWN_RULE = "PM007"

Comment = Tuple[int, int, str]
"""Line and column, both from 1, and the text from the ``#`` on."""

_IGNORE = re.compile(r"#\s*plumpy-migrate:\s*ignore\b(?:\[([^\]]*))?")
_SKIP_FILE = re.compile(r"#\s*plumpy-migrate:\s*skip-file\b")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")


def skips_file(data: bytes) -> bool:
    """Whether a comment on a line of its own asks to leave the whole file alone."""
    if b"plumpy-migrate" not in data or b"skip-file" not in data:
        return False
    try:
        text = Source(data).text
    except SourceError:
        return True
    lines = _LINE.findall(text)
    return any(
        _SKIP_FILE.match(comment) and not lines[line - 1][: column - 1].strip()
        for line, column, comment in _comments(text)
    )


def ignored_lines(module: Module) -> Tuple[Dict[int, FrozenSet[str]], List[Finding]]:
    """For each line with an ignore comment the codes that it names (none: all); and what is wrong with these."""
    found: Dict[int, FrozenSet[str]] = {}
    notes: List[Finding] = []
    text = module.source.text
    if "plumpy-migrate" not in text or not _IGNORE.search(text):
        return found, notes
    for line, column, comment in _comments(text):
        match = _IGNORE.search(comment)
        if match:
            codes = [code.strip().upper() for code in (match.group(1) or "").split(",")]
            found[line] = frozenset(codes) - {""}
            notes += _unknown(found[line], line, column + match.start())
    return found, notes


def _unknown(codes: FrozenSet[str], line: int, column: int) -> Iterator[Finding]:
    from codemods.registry import all_rules

    known = [rule.code for rule in all_rules()]
    for code in sorted(codes):
        if not any(name.startswith(code) for name in known):
            message = f'unknown rule "{code}" in a comment that keeps rules off a line'
            yield Finding(UNKNOWN_RULE, line, column, message, Outcome.NOTE, "see plumpy-migrate --list-rules")


def _comments(text: str) -> List[Comment]:
    """The comments of a source; where it has no tokens that can be told apart, whatever looks like one."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text, newline="").readline))
    except (tokenize.TokenError, SyntaxError):
        lines = enumerate(_LINE.findall(text), 1)
        return [(number, line.index("#") + 1, line[line.index("#") :]) for number, line in lines if "#" in line]
    return [(one.start[0], one.start[1] + 1, one.string) for one in tokens if one.type == tokenize.COMMENT]
