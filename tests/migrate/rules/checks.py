"""What every rule's tests use: run one rule over a snippet and compare."""

from __future__ import annotations

import ast
from textwrap import dedent
from typing import Any, Dict, List

import pytest

from codemods.findings import Finding, Outcome, Status
from codemods.index.project import ProjectView
from codemods.migrate import Migrated, migrate
from codemods.registry import code_rules
from codemods.settings import Settings


def cases(table: Dict[str, Any]) -> pytest.MarkDecorator:
    """Parametrise a test with the rows of a table, whose keys are the ids."""
    return pytest.mark.parametrize("case", table.values(), ids=list(table))


def text(code: str) -> str:
    """A snippet without the indentation that it has in its table."""
    return dedent(code).lstrip("\n")


def run(source: str, *codes: str, project: ProjectView | None = None, **settings: Any) -> Migrated:
    """Migrate a snippet with the rules whose codes begin with one of `codes` (none: the default set)."""
    rules = [rule for rule in code_rules() if (rule.code.startswith(codes) if codes else rule.default)]
    rules = [rule for rule in rules if Settings(**settings).stage in rule.stages]
    assert rules, f"no rule {codes}"
    return migrate(dedent(source).encode(), "snippet.py", "snippet", rules, Settings(**settings), project)


def check(before: str, after: str, *codes: str, **settings: Any) -> List[Finding]:
    """`before` becomes `after`, which parses, and which a second run leaves as it is."""
    migrated = run(before, *codes, **settings)
    trouble = [one for one in migrated.result.findings if one.outcome is Outcome.ERROR or one.rule.startswith("PM")]
    assert not trouble, trouble
    after_ = migrated.result.after
    result = (dedent(before).encode() if after_ is None else after_).decode()
    assert result == dedent(after)
    ast.parse(result)
    again = run(result, *codes, **settings)
    assert again.result.after is None, (again.result.after or b"").decode()
    return migrated.result.findings


def check_nothing_left(before: str, after: str, *codes: str, **settings: Any) -> List[Finding]:
    """`before` becomes `after`, and nothing is left to do by hand."""
    findings = check(before, after, *codes, **settings)
    left = [one for one in findings if one.outcome is Outcome.LEFT]
    assert not left, left
    return findings


def check_left(source: str, reason: str, *codes: str, **settings: Any) -> Finding:
    """`source` stays as it is, and a finding says why (`reason` is part of its message) and what to do."""
    migrated = run(source, *codes, **settings)
    assert migrated.result.after is None, (migrated.result.after or b"").decode()
    assert migrated.result.status is Status.UNCHANGED
    found = [one for one in migrated.result.findings if reason in one.message]
    assert found, migrated.result.findings
    assert found[0].outcome is Outcome.NOTE or found[0].advice
    return found[0]


def check_untouched(source: str, *codes: str, **settings: Any) -> None:
    """`source` stays as it is and nothing is said about it."""
    migrated = run(source, *codes, **settings)
    assert migrated.result.after is None, (migrated.result.after or b"").decode()
    assert not migrated.result.findings, migrated.result.findings
