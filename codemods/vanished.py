"""Take out the lines of statements that vanish, and close the gap that they leave."""

from __future__ import annotations

import re
from typing import List, Tuple

GONE = "\0"
"""The mark that stands for a statement that vanishes; no source contains it."""

_BLANK_ABOVE = re.compile(r"(?:(?:(?<=[\r\n])|\A)[ \t]*(?:\r\n?|\n))+\Z")
_GONE_LINES = re.compile(r"(?:[ \t\f]*\0[ \t]*(?:\r\n?|\n|\Z))+")
_BLANK_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)")


def take_out(text: str) -> str:
    """The text without the marked lines, and with no more blank lines than stood on either side of them."""
    parts: List[str] = []
    here = 0
    mark = text.find(GONE)
    while mark >= 0:
        start = max(text.rfind("\n", 0, mark), text.rfind("\r", 0, mark)) + 1
        match = _GONE_LINES.match(text, max(start, here))
        if match is None:
            # It shares its line with something that stays.
            parts += [text[here:mark], "pass"]
            here = mark + 1
        else:
            above, here = _closed(text, text[here : match.start()], match.end(), not any(parts))
            parts.append(above)
        mark = text.find(GONE, here)
    return "".join([*parts, text[here:]])


def _closed(text: str, above: str, end: int, first: bool) -> Tuple[str, int]:
    """What stays above lines that end at `end` and are taken out, and where the text goes on below them."""
    blank = _BLANK_ABOVE.search(above[-200:])
    before = _BLANK_LINE.findall(blank.group()) if blank else []
    below = [end]
    while below[-1] < len(text):
        match = _BLANK_LINE.match(text, below[-1])
        if match is None:
            break
        below.append(match.end())
    if first and sum(map(len, before)) == len(above):
        return above, below[-1]
    if not before and _opens_block(above):
        return above, below[-1]
    if below[-1] == len(text):
        return above[: len(above) - sum(map(len, before))], below[-1]
    return above, below[min(len(before), len(below) - 1)]


def _opens_block(above: str) -> bool:
    line = above[-200:].splitlines()[-1] if above else ""
    return line.rstrip().endswith(":") and "#" not in line
