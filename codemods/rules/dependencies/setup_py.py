"""``setup.py``: the arguments of ``setup``, found by ``ast`` and edited by LibCST."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any, Dict, List, Tuple

from codemods.findings import Finding

from . import dep103_python
from .model import Action, CannotParse, Change, DependencyFile, Document, Kind, Knowledge, Slot, finding
from .setup_py_find import Found, Lines, Place, find, setup_call

_LITERAL = re.compile(r"[uU]?('[^'\\\n]*'|\"[^\"\\\n]*\")")


def migrate_setup_py(text: str, knowledge: Knowledge) -> Tuple[str, List[Finding]]:
    """Migrate the text of a ``setup.py``.

    :returns: the new text, which is the old one if there is nothing to do, and what there is to report.
    """
    from .driver import run

    return run(DependencyFile("setup.py", text), knowledge, read)


def read(text: str, knowledge: Knowledge) -> Document:
    """Read a ``setup.py``; the data are the dump of the code around the lists, and the lists."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # What Python thinks of escapes in their strings is not our business.
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else 0
        raise CannotParse("not Python 3", line or 0) from error
    lines = Lines(text)
    found = find(tree)
    data: List[Any] = []
    document = Document(text, data, lambda changes: _edit(text, changes, found, lines))
    for place in found.places:
        _add_place(document, place, lines, len(data))
        data.append(_hollow(place.node))
    data.append(ast.dump(tree))
    document.slots.sort(key=lambda each: each.start)
    for name, node in found.leftovers:
        document.findings.append(finding(text, lines.span(node)[0], dep103_python.leftover(name)))
    call = setup_call(tree)
    if call is not None and not found.states_python:
        missing = dep103_python.missing(knowledge)
        document.findings.append(finding(text, lines.offset(call.lineno, call.col_offset), missing))
    return document


def _hollow(node: ast.expr) -> Any:
    """Take the contents out of a list or a string, so that they can be compared apart from the code around them."""
    if isinstance(node, ast.Constant):
        value, node.value, node.kind = node.value, "", None
        return [value]
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    contents: List[Any] = []
    for element in node.elts:
        plain = isinstance(element, ast.Constant) and isinstance(element.value, str)
        contents.append(element.value if plain and isinstance(element, ast.Constant) else ast.dump(element))
    node.elts = []
    return contents


def _add_place(document: Document, place: Place, lines: Lines, index: int) -> None:
    node = place.node
    if isinstance(node, ast.Constant):
        start, end = lines.span(node)
        fixed = _not_literal(document.text[start:end])
        if place.kind in (Kind.CLASSIFIER, Kind.REQUIREMENT):
            _add_block(document, place, start, end)
        else:
            document.slots.append(Slot(place.kind, str(node.value), start, end, (index, 0), fixed=fixed))
        return
    elements = getattr(node, "elts", [])
    start, end = lines.span(node)
    bare = isinstance(node, ast.Tuple) and document.text[start] + document.text[end - 1] != "()"
    for number, element in enumerate(elements):
        if not isinstance(element, ast.Constant) or not isinstance(element.value, str):
            continue
        start, end = lines.span(element)
        fixed = "the tuple has no parentheses" if bare else _too_short(node, document.text[start:end])
        slot = Slot(place.kind, element.value, start, end, (index, number), marker=place.marker, fixed=fixed)
        document.slots.append(slot)


def _add_block(document: Document, place: Place, start: int, end: int) -> None:
    """Add the lines of a string that holds a whole list; they are only reported."""
    assert isinstance(place.node, ast.Constant)
    fixed = "it is part of a string that holds a list"
    for line in str(place.node.value).splitlines():
        if line.strip():
            document.slots.append(Slot(place.kind, line.strip(), start, end, (), fixed=fixed))


def _not_literal(raw: str) -> str:
    return "" if _LITERAL.fullmatch(raw) else "it isn't one plain string"


def _too_short(node: ast.expr, raw: str) -> str:
    """Tuples and sets are edited as long as they keep two elements: below, the brackets would have to change."""
    if isinstance(node, (ast.Tuple, ast.Set)) and len(node.elts) < 2:
        return "it is the only element of a tuple or a set"
    return _not_literal(raw)


def _edit(text: str, changes: List[Change], found: Found, lines: Lines) -> str:
    """Edit list by list, from the last to the first, so that the places before them stay right."""
    by_place: Dict[int, List[Change]] = {}
    for change in changes:
        by_place.setdefault(int(change.slot.path[0]), []).append(change)
    spans = {index: lines.span(found.places[index].node) for index in by_place}
    for index in sorted(by_place, key=lambda each: spans[each], reverse=True):
        start, end = spans[index]
        new = _edit_fragment(text[start:end], by_place[index])
        text = text[:start] + new + text[end:]
    return text


def _edit_fragment(fragment: str, changes: List[Change]) -> str:
    from .setup_py_edit import edit_list, replace_string

    if fragment[:1] not in "[({":
        return replace_string(fragment, changes[0].verdict.replacement)
    replaced = {int(c.slot.path[1]): c.verdict.replacement for c in changes if c.verdict.action is Action.REPLACE}
    removed = {int(c.slot.path[1]) for c in changes if c.verdict.action is Action.REMOVE}
    added = {int(c.slot.path[1]): c.verdict.replacement for c in changes if c.verdict.action is Action.ADD}
    return edit_list(fragment, removed, replaced, added)
