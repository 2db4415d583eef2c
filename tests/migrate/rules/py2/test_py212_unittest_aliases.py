"""PY212: old names of unittest's methods."""

import pytest

from codemods.index.project import Project
from codemods.rules.py2.py212_unittest_aliases import NEW_NAMES
from tests.migrate.rules.checks import check, check_left, check_untouched, run

CASE = "class T(unittest.TestCase):\n    def test(self):\n        "

REWRITES = {
    "in a mixin": ("class M:\n    def f(self):\n        self.assert_(x)\n", "self.assertTrue(x)"),
    "unknown base": ("class M(Base, dict):\n    def f(self):\n        self.failIf(x)\n", "self.assertFalse(x)"),
    "class method": (CASE.replace("self", "cls") + "cls.assertEquals(a,  b)\n", "cls.assertEqual(a,  b)"),
    "in a nested function": (CASE + "return lambda: self.assertEquals(1, 2)\n", "lambda: self.assertEqual(1, 2)"),
    "another name for self": (CASE + "case = self; f(lambda: case.assertEquals(1, 2))\n", "case.assertEqual(1, 2)"),
    "on lines": (CASE + "(self  # c\n          .assertEquals)(a, b)\n", "(self  # c\n          .assertEqual)(a, b)"),
}

LEFT = {
    "another receiver": (CASE + "case.assertEquals(a, b)\n", "its receiver isn't"),
    "own method": (CASE + "self.assertItemsEqual(a)\n    def assertItemsEqual(self, a): pass\n", "defines a method"),
    "no test case": ("class A(dict):\n    def f(self): self.assert_(x)\n", None),
    "other library class": (
        "import argparse\nclass A(argparse.Action):\n    def f(self):\n        self.assert_(x)\n",
        "isn't a test case",
    ),
    "no successor": (CASE + "self.assertDictContainsSubset(a, b)\n", "without a successor"),
    "rebound": (CASE + "self = other; self.assertEquals(a, b)\n", "its receiver isn't"),
}


@pytest.mark.parametrize(("old", "new"), NEW_NAMES.items())
def test_renames(old: str, new: str) -> None:
    check(f"{CASE}self.{old}(a, b)  # why\n", f"{CASE}self.{new}(a, b)  # why\n", "PY212")


@pytest.mark.parametrize(("source", "result"), REWRITES.values(), ids=REWRITES)
def test_rewrites(source: str, result: str) -> None:
    after = run(source, "PY212").result.after
    assert after is not None
    assert result in after.decode()


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: "str | None") -> None:
    check_left(source, reason or "isn't a test case", "PY212")


def test_asks_the_project_for_a_method_of_that_name() -> None:
    project = Project([], [])
    project.methods.add("assertEquals")
    check_left(CASE + "self.assertEquals(a, b)\n", "defines a method", "PY212", project=project)


def test_says_nothing_about_modern_names() -> None:
    check_untouched(CASE + "self.assertEqual(a, b)\n", "PY212")
