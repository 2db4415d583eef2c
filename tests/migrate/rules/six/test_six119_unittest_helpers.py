"""SIX119: assertions of `unittest`."""

from typing import Tuple

from codemods.rules.six.six119_unittest_helpers import ASSERTIONS
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays


def _row(before: str, after: str) -> Tuple[str, str]:
    return f"import six\n\n\ndef test(self):\n    {before}\n", f"def test(self):\n    {after}\n"


REWRITES: Rewrites = {
    **{name: _row(f"six.{name}(self, a, b, msg='c')", f"self.{name}(a, b, msg='c')") for name in ASSERTIONS},
    "context": _row(
        "with six.assertRaisesRegex(self, E, 'x'):\n        pass",
        "with self.assertRaisesRegex(E, 'x'):\n        pass",
    ),
    "test case that is an expression": _row("six.assertRegex(a or b, c, d)", "(a or b).assertRegex(c, d)"),
    "lines": _row(
        "six.assertRegex(\n        self,\n        'text',  # what\n        r'x',\n    )",
        "self.assertRegex(\n        'text',  # what\n        r'x',\n    )",
    ),
}

LEFT: Left = {
    "starred": ("import six\n\nsix.assertRegex(*a)\n", "isn't called with a test case"),
    "handed on": ("import six\n\nx = six.assertRegex\n", "isn't called with a test case"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
