"""What a run has to say, in the forms that people and programs read.

Each module has a function ``render`` that takes a result and gives text; none prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Iterator, Protocol, Tuple

from codemods.findings import FileResult, Finding, Outcome, RunResult, Status

FAMILIES: Dict[str, str] = {
    "SIX": "six and its moves",
    "FUT": "imports from __future__",
    "PY2": "leftovers of Python 2",
    "NSP": "ad-hoc namespace classes",
    "TOR": "tornado to asyncio",
    "PLM": "the API of plumpy",
    "KIW": "the API of kiwipy",
    "DEP": "dependency files",
    "PM": "plumpy-migrate itself",
}
"""The families of rules, in the order of the reports; ``PM`` is what the engine itself says."""


class RuleInfo(Protocol):
    """What the reports want to know about a rule of the registry."""

    @property
    def code(self) -> str:
        """The code, such as ``SIX105``."""

    @property
    def title(self) -> str:
        """What it is about, in one line."""

    @property
    def doc(self) -> str:
        """What it rewrites and when it refuses."""

    @property
    def family(self) -> str:
        """The family it belongs to, such as ``SIX``."""

    @property
    def default(self) -> bool:
        """Whether it runs unless it is ignored."""


@dataclass
class Tally:
    """How many findings had which outcome."""

    rewritten: int = 0
    left: int = 0
    notes: int = 0
    errors: int = 0

    @property
    def found(self) -> int:
        """What belongs to a rule: rewritten or left."""
        return self.rewritten + self.left

    def add(self, outcome: Outcome) -> None:
        """Count one finding."""
        if outcome is Outcome.REWRITTEN:
            self.rewritten += 1
        elif outcome is Outcome.LEFT:
            self.left += 1
        elif outcome is Outcome.NOTE:
            self.notes += 1
        else:
            self.errors += 1


def family_of(code: str) -> str:
    """Return the family of a rule code: ``PY2`` for ``PY201``."""
    for family in FAMILIES:
        if code.startswith(family):
            return family
    return code.rstrip("0123456789")


def findings_of(result: RunResult) -> Iterator[Tuple[FileResult, Finding]]:
    """Yield all findings, each with its file, in the order of path, line and column."""
    for file in sorted(result.files, key=lambda file: file.path):
        for finding in sorted(file.findings, key=lambda finding: (finding.line, finding.column, finding.rule)):
            yield file, finding


def reportable(result: RunResult) -> Iterator[Tuple[FileResult, Finding]]:
    """Yield the findings that a program should show at their place.

    What has been rewritten isn't there any more; what a check would rewrite is.
    """
    for file, finding in findings_of(result):
        if finding.outcome is not Outcome.REWRITTEN or not result.wrote:
            yield file, finding


def tallies(result: RunResult, key: Callable[[str], str]) -> Dict[str, Tally]:
    """Count the findings in groups.

    :param key: gives the group of a rule code.
    """
    groups: Dict[str, Tally] = {}
    for _, finding in findings_of(result):
        groups.setdefault(key(finding.rule), Tally()).add(finding.outcome)
    return groups


def total(result: RunResult) -> Tally:
    """Count all findings."""
    return tallies(result, lambda code: "").get("", Tally())


def count_status(result: RunResult, status: Status) -> int:
    """Return how many files have a status."""
    return sum(file.status is status for file in result.files)


def plural(count: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
