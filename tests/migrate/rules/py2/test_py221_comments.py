"""PY221: comments that mention Python 2."""

import pytest

from codemods.findings import Outcome
from tests.migrate.rules.checks import check_left, check_untouched, run

MENTIONS = {
    "plain": ("x = 1\n    # when python 2 is dropped\n".replace("    #", "#"), (2, 1)),
    "behind code": ("if x:\n    y = ' # ' # py27 only\n", (2, 15)),
    "unbalanced": ("f(\n    a)  # Python2.7\n", (2, 9)),
    "opening": ("f(a,  # PY2\n  b)\n", (1, 7)),
    "short": ("x = 1  # Python-2\n", (1, 8)),
}

UNTOUCHED = {
    "string": "x = '# python 2'\n",
    "docstring": '"""\n# python 2\n"""\n',
    "other words": "# py2neo, happy 2, python 20, python 3\n",
    "code": "PY2 = 2  # old\n",
}


@pytest.mark.parametrize(("source", "place"), MENTIONS.values(), ids=MENTIONS)
def test_notes(source: str, place: "tuple[int, int]") -> None:
    found = check_left(source, "a comment mentions Python 2: #", "PY221")
    assert found.outcome is Outcome.NOTE
    assert (found.line, found.column) == place


def test_notes_each_line() -> None:
    assert len(run("# py2\nx = 1\n# python 2, py2\n", "PY221").result.findings) == 2


def test_says_nothing_about_what_another_rule_removes() -> None:
    source = "class A:\n    __bool__ = f\n\n    __nonzero__ = __bool__  # python 2\n"
    assert {one.rule for one in run(source, "PY221", "PY205").result.findings} == {"PY205"}


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY221")
