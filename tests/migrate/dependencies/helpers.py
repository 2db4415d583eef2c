"""What the tests of the dependency rules share."""

from __future__ import annotations

from textwrap import dedent
from typing import List, Tuple

from codemods.findings import Finding, Outcome
from codemods.rules.dependencies import DependencyFile, Knowledge, migrate


def knowledge(
    *imported: str, target: Tuple[int, int] = (3, 9), complete: bool = True, only: Tuple[str, ...] = ("DEP",)
) -> Knowledge:
    """Knowledge of a project that imports some modules."""
    return Knowledge(frozenset(imported), target, complete, lambda code: code.startswith(only))


def run(path: str, text: str, known: Knowledge) -> Tuple[str, List[Finding]]:
    """Migrate an indented text; whatever comes out must not change again."""
    new, findings = migrate(DependencyFile(path, dedent(text)), known)
    assert [each.message for each in findings if each.rule == "PM002"] == []
    assert migrate(DependencyFile(path, new), known)[0] == new
    return new, findings


def check(path: str, before: str, after: str, known: Knowledge) -> None:
    """Check the result of a migration, for each newline style, and without a newline at the end."""
    before, after = dedent(before), dedent(after)
    assert run(path, before, known)[0] == after
    assert run(path, before.replace("\n", "\r\n"), known)[0] == after.replace("\n", "\r\n")
    assert run(path, before.rstrip("\n"), known)[0] == after.rstrip("\n")


def codes(findings: List[Finding], outcome: Outcome) -> List[str]:
    """The codes of the rules that reported something with an outcome."""
    return [each.rule for each in findings if each.outcome is outcome]
