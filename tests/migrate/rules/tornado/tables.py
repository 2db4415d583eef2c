"""What the tests of the rules for coroutines share: tables of snippets, run with the whole family."""

from __future__ import annotations

from textwrap import dedent
from typing import Any, Dict, List, Tuple

from codemods.findings import Finding, Outcome
from tests.migrate.rules import checks
from tests.migrate.rules.checks import cases as cases, text as text

Rewrites = Dict[str, Tuple[str, str]]
Left = Dict[str, Tuple[str, str]]


def check_becomes(case: Tuple[str, str], **settings: Any) -> List[Finding]:
    """The first snippet becomes the second, and nothing is left in it."""
    return checks.check_nothing_left(text(case[0]), text(case[1]), "TOR10", "TOR901", **settings)


def check_becomes_in_part(case: Tuple[str, str, str], **settings: Any) -> None:
    """The first snippet becomes the second, and a finding says what is left."""
    findings = checks.check(text(case[0]), text(case[1]), "TOR10", "TOR901", **settings)
    assert any(case[2] in one.message for one in findings if one.outcome is Outcome.LEFT), findings


def check_stays(case: Tuple[str, str], **settings: Any) -> None:
    """The snippet stays as it is, and a finding says why."""
    checks.check_left(text(case[0]), case[1], "TOR10", "TOR901", **settings)


def coroutine(body: str, becomes: str, imports: str = "") -> Tuple[str, str]:
    """A row for the body of a native coroutine; `becomes` needs `imports`."""
    before = "from tornado import gen\n\n\ndef main(loop):\n    @gen.coroutine\n    def f(self):\n"
    head = f"{imports}\n\n\n" if imports else ""
    after = f"{head}def main(loop):\n    async def f(self):\n"
    end = "\n    loop.call_later(0, f)\n"
    return before + _inner(body) + end, after + _inner(becomes) + end


def _inner(body: str) -> str:
    lines = dedent(body).strip("\n").splitlines()
    return "\n".join(f"        {line}" if line else "" for line in lines)
