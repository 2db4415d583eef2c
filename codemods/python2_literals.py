"""Literals of Python 2 as Python 3 writes them."""

from __future__ import annotations

import re

_OCTAL = re.compile(r"0[0-7]*[1-7][0-7]*")
_UNICODE_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})")


def integer(literal: str) -> str:
    """An integer literal of Python 2 as Python 3 writes it: ``0777L`` is ``0o777``."""
    plain = literal.rstrip("lL")
    if _OCTAL.fullmatch(plain):
        return "0o" + plain[1:]
    return plain


def string(literal: str) -> str:
    """A ``ur`` string of Python 2 as Python 3 writes it.

    Python 2 follows ``\\uXXXX`` even in raw strings, so one with such an escape can't stay raw.
    """
    prefix = re.match(r"[a-zA-Z]*", literal)
    letters = prefix.group() if prefix else ""
    if letters.lower() != "ur":
        return literal
    body = literal[2:]
    if not _UNICODE_ESCAPE.search(body):
        return letters[1] + body
    quote = body[:3] if body[:3] in ('"""', "'''") else body[0]
    inside = body[len(quote) : -len(quote)]
    return letters[0] + quote + _unraw(inside) + quote


def _unraw(text: str) -> str:
    """The inside of a raw string, for one that isn't raw."""
    parts = []
    here = 0
    for match in _UNICODE_ESCAPE.finditer(text):
        parts += [_escaped(text[here : match.start(1)]), match.group(1)]
        here = match.end()
    return "".join([*parts, _escaped(text[here:])])


def _escaped(text: str) -> str:
    # A raw string keeps the backslash before a quote as well.
    return re.sub(r"\\([\"']?)", lambda match: "\\\\" + (f"\\{match.group(1)}" if match.group(1) else ""), text)
