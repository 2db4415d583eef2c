"""Cutting elements out of bracketed lists in a text, and requoting strings: JSON, TOML and YAML flow style."""

from __future__ import annotations

import json
import re
from typing import List, NamedTuple, Optional, Sequence, Tuple

from .model import Slot

_QUOTES = ('"""', "'''", '"', "'")


class Span(NamedTuple):
    """A piece of a text."""

    start: int
    end: int


def cut(text: str, inner: Span, elements: Sequence[Span], index: int) -> str:
    """Give the text without one element of a list.

    :param inner: what is between the brackets.
    :param elements: where all elements are, in order.
    """
    element = elements[index]
    following = elements[index + 1].start if index + 1 < len(elements) else inner.end
    comma = _comma(text, element.end, following)
    end = element.end if comma is None else comma + 1
    before = elements[index - 1].end if index else inner.start
    previous = _comma(text, before, element.start) if index else None
    last = index + 1 == len(elements)
    start = element.start
    line_start = max(text.rfind("\n", 0, start) + 1, inner.start)
    line_end = _line_end(text, end, inner.end)
    alone = not text[line_start:start].strip() and line_start > inner.start and line_end is not None
    if alone and line_end is not None:
        start, end = line_start, line_end
    elif not last and "\n" not in text[end:following]:
        end = following
    elif previous is not None:
        start = previous + 1
    elif last or index == 0:
        start, end = _whole(text, inner, start, end)
    text = text[:start] + text[end:]
    if last and comma is None and previous is not None:
        text = text[:previous] + text[previous + 1 :]
    return _tidy(text, Span(inner.start, inner.end), len(elements))


def _tidy(text: str, inner: Span, count: int) -> str:
    """Close the brackets of a list that lost its only element, unless a comment is left in them."""
    if count > 1:
        return text
    rest = re.compile(r"\s*").match(text, inner.start)
    end = rest.end() if rest else inner.start
    return text[: inner.start] + text[end:] if text[end : end + 1] in ("]", ")", "}") else text


def _whole(text: str, inner: Span, start: int, end: int) -> Tuple[int, int]:
    """Widen the only or first element by the blanks before it on its line."""
    while start > inner.start and text[start - 1] in " \t":
        start -= 1
    return start, end


def _line_end(text: str, end: int, limit: int) -> Optional[int]:
    """Give the offset behind the newline if nothing but blanks and a comment is left on the line."""
    match = re.compile(r"[ \t]*(#[^\n]*)?\r?(\n|$)").match(text, end)
    return match.end() if match and match.end() <= limit else None


def _comma(text: str, start: int, end: int) -> Optional[int]:
    """Find the comma between two elements; commas in comments don't count."""
    for match in re.compile(r"#[^\n]*|,").finditer(text, start, end):
        if match.group() == ",":
            return match.start()
    return None


def strings(text: str, opening: int) -> Optional[Tuple[Span, List[Span]]]:
    """Find the elements of the array that opens at an offset, as TOML writes it.

    :returns: the inside of the brackets and the elements; ``None`` if an element isn't a plain string or table.
    """
    elements: List[Span] = []
    at = opening + 1
    while at < len(text):
        if text[at] in " \t\r\n,":
            at += 1
        elif text[at] == "#":
            at = text.find("\n", at)
            if at < 0:
                return None
        elif text[at] == "]":
            return Span(opening + 1, at), elements
        else:
            end = _value_end(text, at)
            if end is None:
                return None
            elements.append(Span(at, end))
            at = end
    return None


def _value_end(text: str, at: int) -> Optional[int]:
    if text[at] == "{":
        return _table_end(text, at)
    quote = next((quote for quote in _QUOTES if text.startswith(quote, at)), None)
    if quote is None:
        return None
    at += len(quote)
    while at < len(text):
        if text[at] == "\\" and quote[0] == '"':
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        else:
            at += 1
    return None


def _table_end(text: str, at: int) -> Optional[int]:
    at += 1
    while at < len(text) and text[at] != "}":
        end = _value_end(text, at) if text[at] in "'\"{" else at + 1
        if end is None:
            return None
        at = end
    return at + 1


def requote(text: str, slot: Slot, new: str) -> str:
    """Give a quoted string with new content, in the quotes it has."""
    raw = text[slot.start : slot.end]
    if slot.value in raw and not set(new) & {'"', "'", "\\"}:
        return raw.replace(slot.value, new, 1)
    return json.dumps(new) if raw[:1] in "\"'" else new


def add(text: str, slot: Slot, new: str) -> str:
    """Give the text with another string behind one in a list, on a line of its own if that one has one."""
    line_start = text.rfind("\n", 0, slot.start) + 1
    indent = text[line_start : slot.start]
    alone = line_start > 0 and not indent.strip()
    newline = "\r\n" if text[: slot.start].endswith("\r\n" + indent) else "\n"
    quoted = requote(text, slot, new)
    return f"{text[: slot.end]},{newline + indent if alone else ' '}{quoted}{text[slot.end :]}"
