"""Conda environment files: the dependencies, and the list of pip in them."""

from __future__ import annotations

import re
from typing import Any, List

from . import dep106_matrix, yaml_nodes
from .model import Change, Document, Kind, Knowledge, Path, Slot, finding

_FIXED = "it doesn't begin a line of its own"


def read(text: str, knowledge: Knowledge) -> Document:
    """Read a conda environment file; a YAML file of another kind has no ``dependencies`` list."""
    root = yaml_nodes.compose(text)
    document = Document(text, yaml_nodes.plain(root), lambda changes: _edit(text, changes))
    for index, item in enumerate(yaml_nodes.items(yaml_nodes.get(root, "dependencies"))):
        path: Path = ("dependencies", index)
        if item.id == "scalar":
            _add(document, root, path, Kind.CONDA)
            if item.value.startswith("python"):
                _report_python(document, item, knowledge)
        for inner, requirement in enumerate(yaml_nodes.items(yaml_nodes.get(item, "pip"))):
            if requirement.id == "scalar":
                _add(document, root, (*path, "pip", inner), Kind.REQUIREMENT)
    return document


def _edit(text: str, changes: List[Change]) -> str:
    """Cut the entries; a list of pip that lost its last one goes as well."""
    text = yaml_nodes.edit(text, changes)
    if not any("pip" in change.slot.path for change in changes):
        return text
    root = yaml_nodes.compose(text)
    items = yaml_nodes.items(yaml_nodes.get(root, "dependencies"))
    for index in reversed(range(len(items))):
        path: Path = ("dependencies", index)
        if len(items) > 1 and _is_empty_pip(text, items[index]) and yaml_nodes.can_cut(text, root, path):
            return yaml_nodes.cut(text, path)
    return text


def _is_empty_pip(text: str, item: Any) -> bool:
    """Whether an item is ``pip: []`` with nothing behind it on its line."""
    if yaml_nodes.plain(item) != {"pip": []}:
        return False
    line = text[item.start_mark.index :].splitlines()[0]
    return re.fullmatch(r"pip:\s*\[\s*\]\s*", line) is not None


def _add(document: Document, root: object, path: Path, kind: Kind) -> None:
    node = yaml_nodes.find(root, path)
    place = yaml_nodes.span(node)
    fixed = "" if yaml_nodes.can_cut(document.text, root, path) else _FIXED
    document.slots.append(Slot(kind, str(node.value), place.start, place.end, path, fixed=fixed))


def _report_python(document: Document, node: object, knowledge: Knowledge) -> None:
    place = yaml_nodes.span(node)
    value = document.text[place.start : place.end].strip("'\"")
    verdict = dep106_matrix.report_version(value, knowledge.target_version)
    if verdict is not None:
        document.findings.append(finding(document.text, place.start, verdict))
