"""TOR901: the imports of tornado."""

from typing import List, Tuple

from codemods.findings import Outcome
from tests.migrate.rules import checks
from tests.migrate.rules.tornado.tables import Left, Rewrites, cases, check_becomes, check_stays

REWRITES: Rewrites = {
    "nothing uses it": ("import tornado.ioloop\nfrom tornado import gen, web\n\nx = 1\n", "x = 1\n"),
    "in a function": ("def f():\n    from tornado import gen\n    return 1\n", "def f():\n    return 1\n"),
}

LEFT: Left = {
    "a use is left": ("from tornado import web\n\nx = web.Application\n", "line 3 still uses it"),
    "exported": ("from tornado import gen\n\n__all__ = ['gen']\n", "`__all__` exports `gen`"),
    "a star": ("from tornado.gen import *\n", "a star import can bring any name"),
    "it may be missing": (
        "try:\n    import tornado\nexcept ImportError:\n    tornado = None\n",
        "other names depend on whether it can be imported",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


ECHO = "from tornado import ioloop, web\n\n\nclass Loop(ioloop.IOLoop):\n    pass\n"


def outcomes(source: str) -> List[Outcome]:
    found = checks.run(source, "TOR3", "TOR901").result.findings
    return [one.outcome for one in found if one.rule == "TOR901"]


def test_a_note_where_all_uses_are_reported() -> None:
    assert outcomes(ECHO) == [Outcome.REWRITTEN, Outcome.NOTE]


def test_no_mere_note_where_a_use_is_not_reported() -> None:
    assert outcomes(ECHO + "\n\nx = ioloop.other\n") == [Outcome.REWRITTEN, Outcome.LEFT]
