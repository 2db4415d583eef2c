"""PY205: `__nonzero__`."""

import pytest

from codemods.index.project import Project
from tests.migrate.rules.checks import check, check_left, check_untouched

BOOL = "class A:\n    def __bool__(self):\n        return self.x\n"

REWRITES = {
    "alone": (BOOL.replace("bool", "nonzero"), BOOL),
    "alias": (f"{BOOL}\n    __nonzero__ = __bool__  # Python 2\n", BOOL),
    "two methods": (
        f"{BOOL}\n    # why\n    @deco\n    def __nonzero__(self):\n        return 1\n        # below\n\n    x = 1\n",
        f"{BOOL}\n    # why\n\n    x = 1\n",
    ),
    "with the comment above": (
        f"{BOOL}\n    # for Python 2\n    # only\n    __nonzero__ = __bool__\n\n    x = 1\n",
        f"{BOOL}\n    x = 1\n",
    ),
    "alias of another method": ("class A:\n    __nonzero__ = f\n", "class A:\n    __bool__ = f\n"),
    "inherited": ("class A(B):\n    __bool__ = f\n    __nonzero__ = g\n", "class A(B):\n    __bool__ = f\n"),
}

LEFT = {
    "called": (f"{BOOL}    __nonzero__ = __bool__\nx.__nonzero__()\n", "used by name"),
    "alias of it": (BOOL.replace("bool", "nonzero") + "    __bool__ = __nonzero__\n", "used by name"),
    "on a shared line": (f"{BOOL}    x = 1; __nonzero__ = __bool__\n", "simple way"),
    "twice": (BOOL.replace("bool", "nonzero") + "    __nonzero__ = f\n", "simple way"),
    "two targets": ("class A:\n    __nonzero__ = __bool__ = f\n", "simple way"),
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY205")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY205")


def test_asks_the_project_for_uses() -> None:
    project = Project([], [])
    project.attributes.add("__nonzero__")
    check_left(f"{BOOL}    __nonzero__ = __bool__\n", "used by name", "PY205", project=project)


def test_says_nothing_about_modern_code() -> None:
    check_untouched(BOOL, "PY205")
