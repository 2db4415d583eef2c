"""What the tests of the rules for loops, locks and queues share: tables of snippets, run with the rules around them."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any, Dict, List, Tuple

from codemods.findings import Finding, Outcome
from tests.migrate.rules import checks
from tests.migrate.rules.checks import cases as cases, text as text

Rewrites = Dict[str, Tuple[str, str]]
Parts = Dict[str, Tuple[str, str, str]]

CODES = ("TOR1", "TOR2", "TOR3", "TOR4", "TOR901")


def becomes(before: str, after: str, **settings: Any) -> List[Finding]:
    """The first snippet becomes the second, and nothing is left in it."""
    return checks.check_nothing_left(text(before), text(after), *CODES, **settings)


def becomes_with(case: Tuple[str, str, str], outcome: Outcome, **settings: Any) -> None:
    """The first snippet becomes the second, and a finding says the third."""
    findings = checks.check(text(case[0]), text(case[1]), *CODES, **settings)
    found = [one for one in findings if one.outcome is outcome and case[2] in one.message]
    assert found, findings
    assert outcome is Outcome.NOTE or found[0].advice


def stays(source: str, reason: str, **settings: Any) -> None:
    """The snippet stays as it is, and a finding says why."""
    checks.check_left(text(source), reason, *CODES, **settings)


def nothing_said(source: str, **settings: Any) -> None:
    """The snippet stays as it is, and nothing is said about it."""
    checks.check_untouched(text(source), *CODES, **settings)


def on_loop(before: str, after: str, needs: str = "aio", more: str = "") -> Tuple[str, str]:
    """A row for statements of a function with a loop of tornado's.

    :param needs: ``aio`` if the result imports it.
    :param more: further imports of the standard library that both have.
    """
    head = ["import asyncio\n", more, "from plumpy_compat import aio\n" if needs == "aio" else ""]
    old = f"{more}from tornado.ioloop import IOLoop\n\n\ndef f(loop: IOLoop, x):\n{_inner(before)}"
    return old, "".join(head) + f"\n\ndef f(loop: asyncio.AbstractEventLoop, x):\n{_inner(after)}"


def kept_in_class(made: str, body: str, new: str, new_body: str) -> Tuple[str, str]:
    """A row for an object that a class keeps as ``self._x``, and the body of a coroutine in it.

    :param made: the call that makes it.
    """
    old = "import datetime\nimport time\nfrom tornado import gen, locks, queues\n"
    imports = "import asyncio\nimport datetime\nimport time\nfrom plumpy_compat import aio\n"
    coroutine = ("    @gen.coroutine\n    def f(self, n):\n", "    @aio.eager_coroutine\n    async def f(self, n):\n")
    # So that they are used whatever becomes of the body.
    start = "\nCLOCKS = datetime, time\n\n\nclass A:\n    def __init__(self):\n        self._x = "
    return (
        f"{old}{start}{made}\n\n{coroutine[0]}{_inner(body, 8)}",
        f"{imports}{start}{new}\n\n{coroutine[1]}{_inner(new_body, 8)}",
    )


def _inner(body: str, depth: int = 4) -> str:
    return indent(dedent(body).strip("\n"), " " * depth) + "\n"
