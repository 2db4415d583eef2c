"""PY209: methods that only Python 2 looks for."""

import pytest

from codemods.rules.py2.py209_methods import ADVICE
from tests.migrate.rules.checks import check, check_left, check_untouched

DIV = "class A:\n    def __truediv__(self, o):\n        return 1\n"

REWRITES = {
    "alias": (f"{DIV}\n    __div__ = __truediv__\n", DIV),
    "method": (f"{DIV}\n    def __div__(self, o):\n        return 2\n\n    y = 1\n", f"{DIV}\n    y = 1\n"),
    "alias of an alias": (
        "class A:\n    __rtruediv__ = f\n    __rdiv__ = f\n    __itruediv__ = g\n    __idiv__ = g\n",
        "class A:\n    __rtruediv__ = f\n    __itruediv__ = g\n",
    ),
}

LEFT = {
    "alone": (DIV.replace("true", ""), "Python 3 calls `__truediv__`"),
    "called": (f"{DIV}    __div__ = __truediv__\nx.__div__(y)\n", "used by name"),
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY209")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY209")


@pytest.mark.parametrize("name", ADVICE)
def test_reports_what_nothing_calls(name: str) -> None:
    check_left(f"class A:\n    def {name}(self): pass\n", name, "PY209")
    check_left(f"class A:\n    {name} = M\n", name, "PY209")


@pytest.mark.parametrize("source", [DIV, "__metaclass__ = type\n", "def __cmp__(a, b): pass\n"])
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY209")
