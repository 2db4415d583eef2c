"""PY219: classes that are unhashable on Python 3."""

import pytest

from codemods.findings import Outcome
from tests.migrate.rules.checks import check_left, check_untouched

EQ = "class A(object):\n    def __eq__(self, o): pass\n"

UNTOUCHED = {
    "modern": EQ.replace("(object)", ""),
    "with hash": f"{EQ}    __hash__ = None\n",
    "data class": f"@dataclass\n{EQ}",
}


def test_notes_the_classes_of_a_file_once() -> None:
    found = check_left(EQ + EQ.replace("A", "B"), "`A`, `B` define `__eq__` without `__hash__`", "PY219")
    assert found.outcome is Outcome.NOTE


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY219")
