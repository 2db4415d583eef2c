"""What the dependency rules know, what they look at and what they decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, FrozenSet, List, Tuple, Union

from codemods.findings import Finding, Outcome

Path = Tuple[Union[str, int], ...]
"""Where a value is in the data of a file: keys and indexes from the root."""


@dataclass(frozen=True)
class DependencyFile:
    """One file that states dependencies or settings that go with them.

    :param path: the path as it is shown to the user; its last part says what kind of file it is.
    :param text: the decoded text, with the newlines of the file.
    """

    path: str
    text: str


@dataclass(frozen=True)
class Knowledge:
    """What the run knows about the project when it comes to the dependency files.

    :param imported: the top-level modules that the code imports after the migration.
    :param target_version: the oldest Python version that the result must run on.
    :param complete: whether all Python files of the project were read; if not, nothing follows from ``imported``.
    :param selected: says whether the rule with a given code is to run.
    :param before: the top-level modules that the code imported before the migration, of those that rules ask for.
    :param stage: how far the migration goes, as `Settings.stage`.
    :param runtime: what takes plumpy's place, as `Settings.runtime`.
    """

    imported: FrozenSet[str]
    target_version: Tuple[int, int]
    complete: bool
    selected: Callable[[str], bool]
    before: FrozenSet[str] = frozenset()
    stage: str = "asyncio"
    runtime: str = "plumpy_compat"


@dataclass(frozen=True)
class DependencyRule:
    """A rule as the registry lists it.

    :param code: its code, such as ``DEP101``.
    :param title: one line on what it does.
    :param doc: before, after, and when it refuses.
    :param default: whether it runs unless the user says otherwise.
    :param family: the family that selects it.
    """

    code: str
    title: str
    doc: str
    default: bool = True
    family: str = "DEP"


class Kind(Enum):
    """What a value in a file stands for."""

    REQUIREMENT = "requirement"
    CONDA = "conda"
    NAME = "name"
    SPECIFIERS = "specifiers"
    POETRY_PYTHON = "poetry python"
    CLASSIFIER = "classifier"
    UNIVERSAL = "universal"
    BLACK = "black"
    HOOK = "hook"
    MODULES = "modules"
    IMPORTS = "imports"
    FORCED = "forced"


class Action(Enum):
    """What is to happen to a value."""

    REMOVE = "remove"
    REPLACE = "replace"
    ADD = "add"
    """Another value is to stand behind it, in the same list."""
    LEAVE = "leave"
    NOTE = "note"


@dataclass(frozen=True)
class Verdict:
    """What a rule says about a value.

    :param rule: the code of the rule.
    :param action: what is to happen.
    :param message: what the user is told.
    :param replacement: the new value for :attr:`Action.REPLACE` and :attr:`Action.ADD`.
    :param advice: what a human should do.
    """

    rule: str
    action: Action
    message: str
    replacement: str = ""
    advice: str = ""

    @property
    def edits(self) -> bool:
        """Whether the verdict changes the file."""
        return self.action in (Action.REMOVE, Action.REPLACE, Action.ADD)


@dataclass(frozen=True)
class Slot:
    """A value in a file.

    :param kind: what it stands for.
    :param value: the value as the rules see it, without quotes.
    :param start: offset of its first character in the text, quotes included.
    :param end: offset behind its last character.
    :param path: where it is in the data of the file.
    :param marker: an environment marker that the surroundings add, such as the key of ``extras_require``.
    :param fixed: why it can't be edited in place; empty if it can.
    """

    kind: Kind
    value: str
    start: int
    end: int
    path: Path
    marker: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class Change:
    """An edit that a rule decided on: the slot goes, or gets a new value."""

    slot: Slot
    verdict: Verdict


def last_first(changes: List[Change]) -> List[Change]:
    """Sort changes from the last to the first, so that the places of those to come stay right."""
    return sorted(changes, key=lambda each: (each.slot.start, each.verdict.action is Action.ADD), reverse=True)


@dataclass
class Document:
    """A file as its reader sees it.

    :param text: the whole text.
    :param data: the meaning of the file, as nested dictionaries and lists.
    :param slots: the values that the rules may judge, in order of the text.
    :param findings: what the reader itself has to report.
    :param edit: gives the text with changes made.
    """

    text: str
    data: Any
    edit: Callable[[List[Change]], str]
    slots: List[Slot] = field(default_factory=list)
    findings: List[Finding] = field(default_factory=list)


class CannotParse(Exception):
    """The parser of the format refuses the file.

    :param line: the line it stopped at, from 1; 0 if it doesn't say.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def finding(text: str, offset: int, verdict: Verdict) -> Finding:
    """Report a verdict at an offset of the text."""
    line, column = position(text, offset)
    outcomes = {Action.LEAVE: Outcome.LEFT, Action.NOTE: Outcome.NOTE}
    outcome = outcomes.get(verdict.action, Outcome.REWRITTEN)
    return Finding(verdict.rule, line, column, verdict.message, outcome, verdict.advice)


def position(text: str, offset: int) -> Tuple[int, int]:
    """Give line and column, both from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
