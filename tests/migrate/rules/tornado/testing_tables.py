"""What the tests of the rules for test cases share: tables of snippets, run with all rules for tornado."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from codemods.findings import Finding
from tests.migrate.rules import checks
from tests.migrate.rules.checks import cases as cases

Rewrites = Dict[str, Tuple[str, str]]
Left = Dict[str, Tuple[str, str]]


def check_becomes(case: Tuple[str, str], **settings: Any) -> List[Finding]:
    """The first snippet becomes the second."""
    return checks.check(*case, "TOR", **settings)


def check_left(case: Tuple[str, str], rule: str, **settings: Any) -> None:
    """The rule reports a place of the snippet for the given reason."""
    source, reason = case
    found = [one for one in checks.run(source, "TOR", **settings).result.findings if one.rule == rule]
    assert any(reason in one.message or reason in one.advice for one in found), found


def check_nothing_said(source: str, rule: str, **settings: Any) -> None:
    """The rule has nothing to do with the snippet."""
    found = [one for one in checks.run(source, "TOR", **settings).result.findings if one.rule == rule]
    assert not found, found
