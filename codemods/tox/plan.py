"""Finds a project's tox configuration, and says what is to be added to it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Callable, List, Optional, Sequence, Tuple

from codemods.rules.dependencies.format_ini import load as load_ini
from codemods.rules.dependencies.format_toml import load as load_toml, place
from codemods.rules.dependencies.model import CannotParse
from codemods.source import Source, SourceError

from . import ini, native
from .needs import Needs, read
from .stacks import Base, Environment, NothingToAdd, can_run, environments, is_guessed, pytest_without

_PYPROJECT = "pyproject.toml"
_TABLE = ("tool", "tox")


class CannotAdd(Exception):
    """The configuration stays as it is, because of what the message says."""


@dataclass(frozen=True)
class Format:
    """How environments are read from a configuration, and added to it."""

    base: Callable[[str], Base]
    has: Callable[[str, Environment], bool]
    add: Callable[[str, Sequence[Environment]], str]
    factors: bool


@dataclass
class Result:
    """What is to be done to a configuration.

    :param before: the content of the file; ``None`` if there is none yet.
    :param after: the same as ``before`` if nothing is to be added.
    """

    name: str
    before: Optional[bytes]
    after: bytes
    added: List[Environment] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)


def _ini(main: str) -> Format:
    return Format(
        lambda text: ini.read_base(text, main), ini.has, lambda text, added: ini.add(text, main, added), factors=True
    )


def _native(*prefix: str) -> Format:
    return Format(
        lambda text: native.read_base(text, prefix),
        lambda text, one: native.has(text, prefix, one),
        lambda text, added: native.add(text, prefix, added),
        factors=False,
    )


def _embedded() -> Format:
    """The format of a whole INI file in a string of ``pyproject.toml``."""
    inside = _ini("tox")
    path = (*_TABLE, "legacy_tox_ini")

    def add(text: str, added: Sequence[Environment]) -> str:
        span = place(text, path)
        parts = ini.embedded(text[span.start : span.end]) if span is not None else None
        if span is None or parts is None:
            raise CannotParse("legacy_tox_ini isn't a plain multi-line string")
        quotes, raw = parts
        # What is added has no backslash, so the string says the same as it stands and as it's read.
        new = f"{text[: span.start]}{quotes}{inside.add(raw, added)}{quotes}{text[span.end :]}"
        if load_ini(content(new)) != load_ini(inside.add(content(text), added)):
            raise CannotParse("the edit would have changed more than it should")
        return new

    def content(text: str) -> str:
        return str(load_toml(text)["tool"]["tox"]["legacy_tox_ini"])

    return Format(
        lambda text: inside.base(content(text)), lambda text, one: inside.has(content(text), one), add, factors=True
    )


def plan(folder: str) -> Result:
    """Say what is to be added to the tox configuration of a folder.

    :raises CannotAdd: if it can't be done.
    """
    needs = read(folder)
    name, source = _find(folder)
    try:
        form = _format(name, source.text) if source is not None else _ini("tox")
        text = source.text if source is not None else _new_text(needs)
        base = form.base(text)
        every = environments(base, needs, form.factors)
        added = [one for one in every if not form.has(text, one)]
        new = form.add(text, added) if added else text
        after = source.encode(new) if source is not None else new.encode("utf-8")
    except CannotParse as error:
        where = f"{name}, line {error.line}" if error.line else name
        raise CannotAdd(f"{where}: {error.reason}") from error
    except NothingToAdd as error:
        raise CannotAdd(f"There is nothing to add: {error}") from error
    except SourceError as error:
        raise CannotAdd(f"{name}: {error.message}") from error
    return Result(name, source.data if source is not None else None, after, added, _notes(needs, base, added))


def _find(folder: str) -> Tuple[str, Optional[Source]]:
    """Find the configuration that tox would take; ``tox.ini``, yet to be made, if there is none."""
    for name in ("tox.ini", "setup.cfg", _PYPROJECT, "tox.toml"):
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            continue
        try:
            with open(path, "rb") as file:
                source = Source(file.read())
        except OSError as error:
            raise CannotAdd(f"{name} can't be read: {error.strerror}") from error
        except SourceError as error:
            raise CannotAdd(f"{name}: {error.message}") from error
        if name in ("tox.ini", "tox.toml") or _is_tox(name, source.text):
            return name, source
    return "tox.ini", None


def _is_tox(name: str, text: str) -> bool:
    """Say whether a file of other tools has a configuration of tox, too."""
    try:
        if name == "setup.cfg":
            return "tox:tox" in load_ini(text)
        return "tox" in load_toml(text).get("tool", {})
    except CannotParse as error:
        raise CannotAdd(f"{name}: {error.reason}") from error


def _format(name: str, text: str) -> Format:
    if name == "tox.ini":
        return _ini("tox")
    if name == "setup.cfg":
        return _ini("tox:tox")
    if name == "tox.toml":
        return _native()
    return _embedded() if "legacy_tox_ini" in load_toml(text)["tool"]["tox"] else _native(*_TABLE)


def _new_text(needs: Needs) -> str:
    extra = needs.test_extra()
    has_pytest = any(one.lower().startswith("pytest") for one in needs.extras.get(extra, ()))
    return ini.new_file(extra, with_pytest=not has_pytest)


def _notes(needs: Needs, base: Base, added: Sequence[Environment]) -> List[str]:
    """Give what a human should know about what was added."""
    if not added:
        return []
    notes = list(dict.fromkeys(needs.notes))
    if any("27" in one.pythons for one in added):
        notes.append('environments of Python 2.7 need "requires = virtualenv<20.22" in the section of tox itself')
    if is_guessed(needs):
        notes.append("no dependency file asks for plumpy or tornado, so what the old stack is was guessed")
    for old in pytest_without(base, needs, "7.4", "8.0", "8.4", "9.0"):
        notes.append(f"{old} is kept, although no such pytest runs on Python 3.11 and later")
    if not base.inherited:
        notes.append(
            "deps, extras and commands are those of the first environment that runs tests; see to its other settings"
        )
    if not can_run(base.commands):
        notes.append("none of the commands starts Python, so those of the legacy flavour's environments are the same")
    return notes
