"""Finding the lists of requirements and the statements on Python versions in a ``setup.py``."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Optional, Set, Tuple

from . import keys
from .model import Kind

_LISTS: Dict[str, Kind] = dict.fromkeys(keys.REQUIREMENT_LISTS, Kind.REQUIREMENT)
_LISTS["classifiers"] = Kind.CLASSIFIER
_WRAPPERS = {"list", "set", "tuple", "sorted"}


@dataclass(frozen=True)
class Place:
    """A list of strings, or a string, in the code.

    :param marker: the marker in the key of ``extras_require`` that the list belongs to.
    """

    kind: Kind
    node: ast.expr
    marker: str = ""


@dataclass
class Found:
    """What was found in a file.

    :param states_python: whether something states ``python_requires``.
    :param leftovers: what is set for builds that serve Python 2 too, by name.
    """

    places: List[Place] = field(default_factory=list)
    states_python: bool = False
    leftovers: List[Tuple[str, ast.expr]] = field(default_factory=list)


class Lines:
    """Turns positions of ``ast``, which count bytes, into offsets of the text."""

    def __init__(self, text: str) -> None:
        self._lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n|$)", text)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """Give the offset of a line, from 1, and a column in bytes, from 0."""
        content = self._lines[line - 1].encode("utf-8", "surrogatepass")
        return self._starts[line - 1] + len(content[:column].decode("utf-8", "surrogatepass"))

    def span(self, node: ast.expr) -> Tuple[int, int]:
        """Give the offsets of an expression."""
        start = self.offset(node.lineno, node.col_offset)
        return start, self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def setup_call(tree: ast.Module) -> Optional[ast.Call]:
    """Give the call of ``setup``, if all that it is told is written in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "setup":
            names = {keyword.arg for keyword in node.keywords}
            if None not in names and names & {"name", "install_requires", "packages"}:
                return node
    return None


def find(tree: ast.Module) -> Found:
    """Find the places in a module: keywords, entries of dictionaries, and the names that stand for them."""
    finder = _Finder(_assignments(tree))
    if not any(isinstance(node, ast.Call) and _called(node) == "setup" for node in ast.walk(tree)):
        return finder.found
    for node in ast.walk(tree):
        for name, value in _named_values(node):
            finder.add(name, value)
    return finder.found


def stated(tree: ast.Module) -> Tuple[List[str], Dict[str, List[str]]]:
    """Give the requirements that a module states: for an installation, and for each extra."""
    assignments = _assignments(tree)
    install: List[str] = []
    extras: Dict[str, List[str]] = {}
    for node in ast.walk(tree):
        for name, value in _named_values(node):
            if name.lower() == "install_requires":
                install += _listed(value, assignments)
            elif name.lower() == keys.EXTRAS:
                for extra, listed in _entries(value):
                    extras.setdefault(extra, []).extend(_listed(listed, assignments))
    return list(dict.fromkeys(install)), extras


def _listed(value: ast.expr, assignments: Dict[str, List[ast.expr]]) -> List[str]:
    finder = _Finder(assignments)
    finder.add("install_requires", value)
    found: List[str] = []
    for place in finder.found.places:
        elements = [place.node] if isinstance(place.node, ast.Constant) else getattr(place.node, "elts", [])
        texts = [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        found += [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return found


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _named_values(node: ast.AST) -> Iterator[Tuple[str, ast.expr]]:
    """Give what a node says about a key of ours: keyword argument, entry of a dictionary, stored item, variable."""
    if isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, (ast.Assign, ast.AugAssign)):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            name = _target_name(target)
            if name is not None:
                yield name, node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        name = _target_name(node.func.value)
        if name is not None and node.func.attr in ("append", "extend"):
            yield name, node.args[0]


def _entries(value: ast.expr) -> Iterator[Tuple[str, ast.expr]]:
    """Give the entries of a dictionary that is written as a display or as a call of ``dict``."""
    if isinstance(value, ast.Dict):
        yield from _named_values(value)
    elif isinstance(value, ast.Call) and _called(value) == "dict":
        for keyword in value.keywords:
            yield from _named_values(keyword)


def _target_name(target: ast.expr) -> Optional[str]:
    """Give the key that a target stores: ``extras_require["dev"]`` counts as an entry of the extras."""
    if isinstance(target, ast.Name):
        return target.id
    if not isinstance(target, ast.Subscript):
        return None
    key: object = target.slice
    key = getattr(key, "value", key) if type(key).__name__ == "Index" else key  # Python 3.8 wraps it.
    outer = _target_name(target.value)
    if outer is not None and outer.lower() == keys.EXTRAS:
        return keys.EXTRAS + "[]"
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _assignments(tree: ast.Module) -> Dict[str, List[ast.expr]]:
    found: Dict[str, List[ast.expr]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.keyword, ast.Dict)):
            for name, value in _named_values(node):
                found.setdefault(name, []).append(value)
    return found


class _Finder:
    """Collects places, each once, following simple names to what is assigned to them."""

    def __init__(self, assignments: Dict[str, List[ast.expr]]) -> None:
        self.found = Found()
        self._assignments = assignments
        self._seen: Set[int] = set()

    def add(self, name: str, value: ast.expr) -> None:
        """Add what a key of ``setup`` is given."""
        key = name.lower()
        if key in _LISTS:
            self._add_list(_LISTS[key], value)
        elif key == keys.EXTRAS:
            self._add_extras(value)
        elif key == keys.EXTRAS + "[]":
            self._add_list(Kind.REQUIREMENT, value)
        elif key == "python_requires":
            self.found.states_python = True
            self._add_string(Kind.SPECIFIERS, value)
        elif key == "use_2to3":
            self._add_leftover(key, value)
        elif key == "bdist_wheel":
            for inner, setting in _entries(value):
                if inner == "universal":
                    self._add_leftover(inner, setting)

    def _add_leftover(self, name: str, value: ast.expr) -> None:
        off = isinstance(value, ast.Constant) and value.value in (False, 0, None, "0", "false", "no", "off", "")
        if self._new(value) and not off:
            self.found.leftovers.append((name, value))

    def _new(self, value: ast.expr) -> bool:
        new = id(value) not in self._seen
        self._seen.add(id(value))
        return new

    def _add_list(self, kind: Kind, value: ast.expr, marker: str = "") -> None:
        if not self._new(value):
            return
        literal = value.value if isinstance(value, ast.Constant) else None
        if isinstance(value, (ast.List, ast.Tuple, ast.Set)) or isinstance(literal, str):
            self.found.places.append(Place(kind, value, marker))
        elif isinstance(value, ast.BinOp):
            self._add_list(kind, value.left, marker)
            self._add_list(kind, value.right, marker)
        elif isinstance(value, ast.IfExp):
            self._add_list(kind, value.body, marker)
            self._add_list(kind, value.orelse, marker)
        elif isinstance(value, ast.Call):
            self._add_call(kind, value, marker)
        elif isinstance(value, ast.Name):
            for assigned in self._assignments.get(value.id, []):
                self._add_list(kind, assigned, marker)

    def _add_call(self, kind: Kind, value: ast.Call, marker: str) -> None:
        if _called(value) in _WRAPPERS and isinstance(value.func, ast.Name) and len(value.args) == 1:
            self._add_list(kind, value.args[0], marker)
        elif isinstance(value.func, ast.Attribute) and value.func.attr in ("split", "splitlines", "strip"):
            self._add_list(kind, value.func.value, marker)

    def _add_extras(self, value: ast.expr) -> None:
        if not self._new(value):
            return
        if isinstance(value, ast.Dict):
            for key, entry in zip(value.keys, value.values):
                name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
                self._add_list(Kind.REQUIREMENT, entry, keys.extras_marker(name))
        elif isinstance(value, ast.Call) and _called(value) == "dict":
            for keyword in value.keywords:
                self._add_list(Kind.REQUIREMENT, keyword.value)
        elif isinstance(value, ast.Name):
            for assigned in self._assignments.get(value.id, []):
                self._add_extras(assigned)

    def _add_string(self, kind: Kind, value: ast.expr) -> None:
        if not self._new(value):
            return
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.found.places.append(Place(kind, value))
        elif isinstance(value, ast.Name):
            for assigned in self._assignments.get(value.id, []):
                self._add_string(kind, assigned)
