"""What a project asks for: the requirements in its dependency files."""

from __future__ import annotations

import ast
import os
import re
import warnings
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional, Sequence

from codemods.rules.dependencies import requirement
from codemods.rules.dependencies.files import reader_for
from codemods.rules.dependencies.format_toml import poetry_text
from codemods.rules.dependencies.model import CannotParse, DependencyFile, Document, Knowledge
from codemods.rules.dependencies.setup_py_find import stated
from codemods.source import Source, SourceError

_SOURCES = ("setup.py", "setup.json", "setup.cfg", "pyproject.toml")
_REQUIREMENTS = re.compile(r".*requirements.*\.(txt|in)")
_EXTRAS = ("testing", "tests", "test", "dev")
_INCLUDED = re.compile(r"(?:-r|--requirement)[ =]?\s*(?P<file>\S+)")
_ROOTS = re.compile(r"\{(?:toxinidir|tox_root)\}/?")
_KNOWLEDGE = Knowledge(frozenset(), (3, 8), False, lambda code: False)


@dataclass
class Needs:
    """The requirements of a project.

    :param install: what it needs to be installed.
    :param extras: what its extras need besides.
    :param pinned: what its requirements files say, which may be pins of the same.
    :param notes: what couldn't be read.
    """

    folder: str
    install: List[str] = field(default_factory=list)
    extras: Dict[str, List[str]] = field(default_factory=dict)
    pinned: List[str] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)

    def of(self, name: str) -> List[str]:
        """Give all that is said about a distribution."""
        every = [*self.install, *self.pinned, *(one for extra in self.extras.values() for one in extra)]
        return [one for one in every if requirement.leading_name(one) == name]

    def test_extra(self) -> str:
        """Give the extra that has what tests need, by its name; empty if there is none."""
        return next((name for name in _EXTRAS if name in self.extras), "")

    def with_extras(self, extras: Sequence[str]) -> List[str]:
        """Give what an installation with some extras needs."""
        found = [*self.install, *(one for extra in extras for one in self.extras.get(extra, []))]
        return list(dict.fromkeys(found))


def read(folder: str) -> Needs:
    """Read the dependency files of a folder."""
    needs = Needs(folder)
    for name in _SOURCES:
        _add(needs, name)
    for name in sorted(os.listdir(folder)):
        if _REQUIREMENTS.fullmatch(name):
            needs.pinned += requirements_file(needs, name)
    return needs


def requirements_file(needs: Needs, name: str) -> List[str]:
    """Give the requirements in a file of pip, and in those that it includes; none if it can't be read."""
    return list(_requirements(needs, _ROOTS.sub("", name), ()))


def included(entry: str) -> Optional[str]:
    """Give the file that a line of requirements includes."""
    match = _INCLUDED.fullmatch(entry.strip())
    return match.group("file") if match else None


def _requirements(needs: Needs, name: str, above: Sequence[str]) -> Iterator[str]:
    document = _document(needs, name) if name not in above else None
    if document is None:
        return
    slots = {slot.path[0]: slot.value for slot in document.slots}
    for index, line in enumerate(document.data):
        inner = included(line)
        if inner is not None:
            yield from _requirements(needs, os.path.join(os.path.dirname(name), inner), (*above, name))
        elif index in slots:
            yield slots[index]


def _document(needs: Needs, name: str) -> Optional[Document]:
    text = _text(needs, name)
    if text is None:
        return None
    # Whatever its name is, a file that is included is one of requirements.
    shown = name if os.path.basename(name) in _SOURCES else "requirements.txt"
    reader = reader_for(DependencyFile(shown, text))
    assert reader is not None
    try:
        return reader(text, _KNOWLEDGE)
    except CannotParse as error:
        needs.notes.append(f"{name} can't be read: {error.reason}")
        return None


def _text(needs: Needs, name: str) -> Optional[str]:
    try:
        with open(os.path.join(needs.folder, name), "rb") as file:
            return Source(file.read()).text
    except FileNotFoundError:
        if name not in _SOURCES:
            needs.notes.append(f"there is no {name}")
    except OSError as error:
        needs.notes.append(f"{name} can't be read: {error.strerror}")
    except SourceError as error:
        needs.notes.append(f"{name} can't be read: {error.message}")
    return None


def _add(needs: Needs, name: str) -> None:
    if name == "setup.py":
        _add_setup_py(needs)
        return
    document = _document(needs, name)
    data = document.data if document is not None else None
    if not isinstance(data, dict):
        return
    if name == "setup.cfg":
        _add_lists(needs, data.get("options", {}).get("install_requires"), data.get("options.extras_require"))
    elif name == "setup.json":
        _add_lists(needs, data.get("install_requires"), data.get("extras_require"))
    else:
        _add_pyproject(needs, data)


def _add_pyproject(needs: Needs, data: Dict[str, Any]) -> None:
    project, tools = data.get("project", {}), data.get("tool", {})
    _add_lists(needs, project.get("dependencies"), project.get("optional-dependencies"))
    flit = tools.get("flit", {}).get("metadata", {})
    _add_lists(needs, flit.get("requires"), flit.get("requires-extra"))
    poetry = tools.get("poetry", {}).get("dependencies", {})
    needs.install += [poetry_text(name, version) for name, version in poetry.items() if name != "python"]


def _add_lists(needs: Needs, install: Any, extras: Any) -> None:
    needs.install += _strings(install)
    for name, entries in extras.items() if isinstance(extras, dict) else ():
        needs.extras.setdefault(str(name), []).extend(_strings(entries))


def _strings(entries: Any) -> List[str]:
    return [one for one in entries if isinstance(one, str)] if isinstance(entries, list) else []


def _add_setup_py(needs: Needs) -> None:
    text = _text(needs, "setup.py")
    if text is None:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        needs.notes.append("setup.py can't be read: not Python 3")
        return
    install, extras = stated(tree)
    needs.install += install
    for name, entries in extras.items():
        needs.extras.setdefault(name, []).extend(entries)
