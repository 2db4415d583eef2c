"""SIX109: `PY2`, `PY3` and `PY34` as values."""

from typing import Tuple

import pytest

from codemods.findings import Outcome
from tests.migrate.rules.six.tables import Rewrites, cases, check_becomes, expressions

REWRITES: Rewrites = {
    **expressions(
        {
            "six.PY2": "False",
            "six.PY3": "True",
            "six.PY34": "True",
            "not six.PY2": "True",
            "(not six.PY3)": "(False)",
            "six.PY2 and 'b' not in mode": "False",
            "six.PY3 or six.text_type(mode)": "True",
            "{'strict': six.PY3}": "{'strict': True}",
            "[y for y in z if six.PY3]": "[y for y in z if True]",
            "lambda: six.PY2": "lambda: False",
            "six.PY2 is True": "False is True",
            "a and six.PY2": "a and False",
            "a or not six.PY2": "a or True",
            "not six.PY3 or six.PY2": "False",
            "not (a and six.PY2)": "True",
        }
    ),
    "by name": ("from six import PY2, PY3 as three\n\nx = PY2, three\n", "x = False, True\n"),
    "default, assertion and loop": (
        "import six\n\ndef f(a=six.PY2):\n    assert six.PY3\n    while six.PY3:\n        pass\n",
        "def f(a=False):\n    assert True\n    while True:\n        pass\n",
    ),
    "a comment inside": (
        "import six\n\nx = (six.PY2 and  # first\n     y)\n",
        "x = (False and  # first\n     y)\n",
    ),
}

SKIPPED = {
    "unittest.skipUnless(six.PY2, 'old')": "unittest.skipUnless(False, 'old')",
    "unittest.skipIf(six.PY3, 'old')": "unittest.skipIf(True, 'old')",
    "unittest.skipIf(not six.PY2, 'old')": "unittest.skipIf(True, 'old')",
    "pytest.mark.skipif(six.PY3, reason='old')": "pytest.mark.skipif(True, reason='old')",
}
RUNNING = {
    "unittest.skipIf(six.PY2, 'new')": "unittest.skipIf(False, 'new')",
    "unittest.skipUnless(six.PY3, 'new')": "unittest.skipUnless(True, 'new')",
    "pytest.mark.skipif(six.PY2, reason='new')": "pytest.mark.skipif(False, reason='new')",
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@pytest.mark.parametrize(("before", "after"), [*SKIPPED.items(), *RUNNING.items()])
def test_notes_tests_that_never_run(before: str, after: str) -> None:
    head, rest = "import pytest\nimport unittest\n", "def test():\n    pass\n"
    findings = check_becomes((f"{head}import six\n\n@{before}\n{rest}", f"{head}\n@{after}\n{rest}"))
    notes = [one.message for one in findings if one.outcome is Outcome.NOTE]
    assert notes == (["this test is skipped always from now on"] if before in SKIPPED else [])
