"""Finding and cutting the entries of INI options, with all that is around them left as it is."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple

from .arrays import Span
from .model import Action, Change, Kind, last_first

_KEY = re.compile(r"[^\r\n=:]*[=:][ \t]*")
_NO_VALUE = r"[ \t]*[=:][ \t]*(\r?\n|$)(?!(?:[ \t]*(?:[#;][^\n]*)?\r?\n)*[ \t]+\S)"
_HEADER = re.compile(r"\[[^\]\r\n]+\][^\r\n]*(?:\r?\n|$)")
_SECTION_BODY = re.compile(r"(?:[ \t]*\r?\n)*(?=\[[^\]\r\n]+\]|\Z)")

_LIST_KINDS = (Kind.MODULES, Kind.IMPORTS, Kind.FORCED)
_REMOVABLE_KEYS = ("install_requires", "setup_requires", "tests_require", "classifiers", "classifier", "universal")


class Entry(NamedTuple):
    """One entry of an option.

    :param first: whether it is on the line of the key.
    """

    value: str
    start: int
    end: int
    first: bool


def entries(text: str, option: Span, comma: bool) -> Iterator[Entry]:
    """Give the entries of an option: its lines, cut at commas as well where the setting is such a list."""
    key = _KEY.match(text, option.start)
    if key is None or key.end() > option.end:
        return
    at = key.end()
    for line in text[at : option.end].splitlines(keepends=True):
        if not line.lstrip().startswith(("#", ";")) or at == key.end():
            for piece in re.finditer(r"[^,\r\n]+" if comma else r"[^\r\n]+", line):
                value = piece.group().strip()
                start = at + piece.start() + len(piece.group()) - len(piece.group().lstrip())
                if value:
                    yield Entry(value, start, start + len(value), at == key.end())
        at += len(line)


def edit(text: str, changes: List[Change]) -> str:
    """Make the changes from the last to the first, so that the places before them stay right."""
    for change in last_first(changes):
        slot = change.slot
        if change.verdict.action is Action.ADD:
            text = _add(text, Span(slot.start, slot.end), change.verdict.replacement)
        elif change.verdict.action is Action.REPLACE:
            text = text[: slot.start] + change.verdict.replacement + text[slot.end :]
        else:
            text = _cut(text, Span(slot.start, slot.end), slot.kind in _LIST_KINDS, str(slot.path[1]))
    return text


def _add(text: str, entry: Span, new: str) -> str:
    """Put an entry on a line behind that of another."""
    line_start = text.rfind("\n", 0, entry.start) + 1
    indent = text[line_start : entry.start]
    rest = re.compile(r"[^\r\n]*").match(text, entry.end)
    end = rest.end() if rest else entry.end
    newline = re.compile(r"\r?\n").match(text, end)
    blanks = indent if indent.strip() == "" and indent else "    "
    return f"{text[:end]}{newline.group() if newline else chr(10)}{blanks}{new}{text[end:]}"


def _cut(text: str, entry: Span, comma: bool, key: str) -> str:
    line_start = text.rfind("\n", 0, entry.start) + 1
    newline = text.find("\n", entry.end)
    line_end = len(text) if newline < 0 else newline + 1
    before, after = text[line_start : entry.start], text[entry.end : line_end]
    # Only a comma list can have more on the line; for requirements it is the factor before and the comment behind.
    key_line = re.match(rf"[ \t]*{re.escape(key)}[ \t]*[=:]", before, re.IGNORECASE)
    indented = line_start < entry.start and text[line_start] in " \t" and key_line is None
    if indented and (not comma or (not before.strip() and not after.strip(" \t\r\n,"))):
        text = text[:line_start] + text[line_end:]
    else:
        text = _cut_inline(text, entry) if comma else _cut_value(text, line_start, entry)
    removable = comma or key.replace("-", "_") in _REMOVABLE_KEYS
    return _drop_empty(text, line_start, key) if removable else text


def _cut_inline(text: str, entry: Span) -> str:
    """Cut an entry out of a line, with the comma behind it or else the one before it."""
    line = re.compile(r"[^\r\n]*").match(text, entry.end)
    rest = line.group() if line else ""
    behind = re.match(r"[ \t]*,[ \t]*", rest)
    if behind is not None:
        end = entry.end + behind.end()
        start = entry.start
        if end == entry.end + len(rest):  # Nothing else on the line.
            start = len(text[:start].rstrip(" \t"))
        return text[:start] + text[end:]
    before = re.search(r"[ \t]*,?[ \t]*\Z", text[: entry.start])
    start = before.start() if before else entry.start
    return text[:start] + text[entry.end :]


def _cut_value(text: str, line_start: int, entry: Span) -> str:
    """Cut all that is behind the key on its line: the entry, the factor before it, the comment behind it."""
    key = _KEY.match(text, line_start)
    line = re.compile(r"[^\r\n]*").match(text, entry.end)
    if key is None or line is None:
        return text
    return text[:line_start] + key.group().rstrip(" \t") + text[line.end() :]


def _drop_empty(text: str, near: int, key: str) -> str:
    """Cut the option that an entry was in if no entry and no comment is left, and its section with it if empty."""
    pattern = re.compile(rf"^{re.escape(key)}{_NO_VALUE}", re.MULTILINE | re.IGNORECASE)
    matches = [match for match in pattern.finditer(text) if match.start() <= near]
    if not matches or not _is_last_option(text, matches[-1].end(), near):
        return text
    start, end = matches[-1].span()
    text = text[:start] + text[end:]
    if key != "universal":
        return text
    header = text.rfind("[", 0, start)
    match = _HEADER.match(text, header) if header >= 0 else None
    body = _SECTION_BODY.match(text, match.end()) if match and match.end() == start else None
    if body is None:
        return text
    if body.end() < len(text):
        return text[:header] + text[body.end() :]
    return re.sub(r"(\r?\n)\s*$", r"\1", text[:header])


def _is_last_option(text: str, end: int, near: int) -> bool:
    """Say whether nothing but blanks is between the end of the empty option and the place of the edit."""
    return end >= near or not text[end:near].strip()
