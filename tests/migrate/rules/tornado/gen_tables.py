"""What the tests of TOR201 to TOR221 share: tables of snippets, run with these rules and those for coroutines."""

from __future__ import annotations

from textwrap import indent
from typing import Any, Dict, List, Tuple

from codemods.findings import Finding, Outcome
from tests.migrate.rules import checks
from tests.migrate.rules.checks import cases as cases

CODES = ("TOR1", "TOR2", "TOR9")
Case = Tuple[str, str]


def check_becomes(case: Case, **settings: Any) -> List[Finding]:
    """The first snippet becomes the second, and nothing is left to do."""
    return checks.check_nothing_left(*case, *CODES, **settings)


def check_notes(case: Case, message: str, count: int = 1, **settings: Any) -> None:
    """The first snippet becomes the second, and that many notes say `message`."""
    findings = check_becomes(case, **settings)
    notes = [one for one in findings if one.outcome is Outcome.NOTE and message in one.message]
    assert len(notes) == count, findings


def check_left(source: str, reason: str, **settings: Any) -> Finding:
    """A finding about the snippet says why something in it must be rewritten by hand, and what to write."""
    found = [one for one in findings_of(source, **settings) if reason in one.message]
    assert [one.outcome for one in found[:1]] == [Outcome.LEFT]
    assert found[0].advice
    return found[0]


def findings_of(source: str, **settings: Any) -> List[Finding]:
    """All that's said about a snippet, whose result a second run leaves as it is."""
    migrated = checks.run(source, *CODES, **settings)
    findings = migrated.result.findings
    assert not [one for one in findings if one.outcome is Outcome.ERROR or one.rule.startswith("PM")], findings
    if migrated.result.after is not None:
        assert checks.run(migrated.result.after.decode(), *CODES, **settings).result.after is None
    return findings


def coroutine(body: str, imports: str = "from tornado import gen") -> str:
    """A file with a coroutine of tornado's."""
    return f"{imports}\n\n\n@gen.coroutine\ndef f(x):\n{indent(body, '    ')}\n"


def eager(body: str, imports: str = "from plumpy_compat import aio") -> str:
    """What becomes of it: nothing calls it, so it starts at once."""
    return f"{imports}\n\n\n@aio.eager_coroutine\nasync def f(x):\n{indent(body, '    ')}\n"


def bodies(pairs: Dict[str, str], needs: str = "", imports: str = "from tornado import gen") -> Dict[str, Case]:
    """Rows for the bodies of coroutines.

    :param needs: the lines of imports that the result has, but for that of `aio`.
    """
    head = f"{needs}\nfrom plumpy_compat import aio" if needs else "from plumpy_compat import aio"
    return {before: (coroutine(before, imports), eager(after, head)) for before, after in pairs.items()}
