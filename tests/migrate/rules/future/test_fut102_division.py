"""FUT102: divisions."""

import pytest

from codemods.findings import Outcome
from tests.migrate.rules.checks import check_left, check_untouched

HEAD = "from __future__ import print_function\n"

NOTES = {
    "names": ("x = a / b\n", "1 division "),
    "integers": ("x = len(a) / 2 / 3\n", "2 divisions"),
    "in place": ("x /= 2\n", "1 division "),
}

UNTOUCHED = {
    "with division": "from __future__ import division\nx = a / b\n",
    "no import": "x = a / b\n",
    "modern": "from __future__ import annotations\nx = a / b\n",
    "floats": f"{HEAD}import math\nx = a / 2.0, float(a) / b, -1. * a / b, a / math.pi\n",
    "paths": f"{HEAD}x = a / 'b', a / f'{{b}}'\n",
    "other operators": f"{HEAD}x = a // b * c % d\n",
}


@pytest.mark.parametrize(("source", "message"), NOTES.values(), ids=NOTES)
def test_notes(source: str, message: str) -> None:
    assert check_left(HEAD + source, message, "FUT102").outcome is Outcome.NOTE


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "FUT102")
