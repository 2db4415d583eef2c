"""``setup.json``: the keywords of ``setup`` as JSON."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List, Tuple

from . import arrays, dep103_python, keys
from .arrays import Span
from .model import Action, CannotParse, Change, Document, Knowledge, Path, Slot, finding, last_first

_BLANKS = re.compile(r"[ \t\r\n]*")
_Located = Tuple[Path, Span]


def read(text: str, knowledge: Knowledge) -> Document:
    """Read a ``setup.json``."""
    data = _load(text)
    document = Document(text, data, lambda changes: edit(text, changes))
    if not isinstance(data, dict):
        return document
    for path, span in locate(text):
        kind, value = keys.setuptools_kind(path), _value(data, path)
        if kind is None or not isinstance(value, str):
            continue
        marker = keys.extras_marker(str(path[1])) if len(path) == 3 else ""
        document.slots.append(Slot(kind, value, span.start, span.end, path, marker=marker))
    if "python_requires" not in data and ("name" in data or "install_requires" in data):
        document.findings.append(finding(text, 0, dep103_python.missing(knowledge)))
    return document


def _load(text: str) -> Any:
    def unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise CannotParse("an object has the same key twice")
        return found

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise CannotParse(error.msg, error.lineno) from error
    except RecursionError as error:
        raise CannotParse("nested too deeply") from error


def _value(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def locate(text: str) -> Iterator[_Located]:
    """Give the place of each value in a valid JSON text, containers after what is in them."""
    found: List[_Located] = []
    _walk(text, _skip(text, 0), (), found)
    return iter(found)


def _skip(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _walk(text: str, at: int, path: Path, found: List[_Located]) -> int:
    start = at
    if text[at] not in "[{":
        at = json.JSONDecoder().raw_decode(text, at)[1]
        found.append((path, Span(start, at)))
        return at
    table = text[at] == "{"
    at, index = _skip(text, at + 1), 0
    while text[at] not in "]}":
        key: Any = index
        if table:
            key, at = json.JSONDecoder().raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        at = _skip(text, _walk(text, at, (*path, key), found))
        at, index = _skip(text, at + 1) if text[at] == "," else at, index + 1
    found.append((path, Span(start, at + 1)))
    return at + 1


def edit(text: str, changes: List[Change]) -> str:
    """Make the changes from the last to the first, so that the places before them stay right."""
    for change in last_first(changes):
        slot = change.slot
        if change.verdict.action is Action.ADD:
            text = arrays.add(text, slot, change.verdict.replacement)
        elif change.verdict.action is Action.REPLACE:
            text = text[: slot.start] + arrays.requote(text, slot, change.verdict.replacement) + text[slot.end :]
        else:
            text = _remove(text, slot)
    return text


def _remove(text: str, slot: Slot) -> str:
    parent = slot.path[:-1]
    located = dict(locate(text))
    elements = [span for path, span in located.items() if path[:-1] == parent and len(path) == len(slot.path)]
    outer = located[parent]
    return arrays.cut(text, Span(outer.start + 1, outer.end - 1), sorted(elements), int(slot.path[-1]))
