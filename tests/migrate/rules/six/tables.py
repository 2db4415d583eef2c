"""What the tests of the rules for six share: tables of snippets, run with the whole family.

The whole family, because most rules only make sense together with SIX190, which takes the imports out.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from codemods.findings import Finding, Outcome
from tests.migrate.rules import checks

Rewrites = Dict[str, Tuple[str, str]]
Left = Dict[str, Tuple[str, str]]


def cases(table: Dict[str, Any]) -> pytest.MarkDecorator:
    """Parametrise a test with the rows of a table, whose keys are the ids."""
    return pytest.mark.parametrize("case", table.values(), ids=list(table))


def check_becomes(case: Tuple[str, str], **settings: Any) -> List[Finding]:
    """The first snippet becomes the second, and nothing of six is left in it."""
    before, after = case
    findings = checks.check(before, after, "SIX", **settings)
    left = [one for one in findings if one.outcome is Outcome.LEFT]
    assert not left, left
    return findings


def check_stays(case: Tuple[str, str], **settings: Any) -> None:
    """The snippet stays as it is, and a finding says why."""
    checks.check_left(*case, "SIX", **settings)


def check_nothing_said(source: str, **settings: Any) -> None:
    """The snippet stays as it is, and nothing is said about it."""
    checks.check_untouched(source, "SIX", **settings)


def expressions(pairs: Dict[str, str], imports: str = "import six", needs: str = "") -> Rewrites:
    """Rows for expressions: each is the value of an assignment in a file of its own.

    :param needs: the import statements that the result has instead of `imports`.
    """
    head = f"{needs}\n\n" if needs else ""
    return {before: (f"{imports}\n\nx = {before}\n", f"{head}x = {after}\n") for before, after in pairs.items()}
