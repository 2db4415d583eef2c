"""PY208: `.next()` and the method `next`."""

import pytest

from codemods.index.project import Project
from tests.migrate.rules.checks import check, check_left, check_untouched

ITER = "class A:\n    def __iter__(self): return self\n"
NEXT = "    def next(self):  # why\n        return 1\n"

REWRITES = {
    "call": ("x = iter(y).next()  # c\n", "x = next(iter(y))  # c\n"),
    "on lines": ("x = (iter(y)\n     .next())\n", "x = (next(iter(y)))\n"),
    "bound once": ("import csv\nr = csv.reader(f)\nr.next()\n", "import csv\nr = csv.reader(f)\nnext(r)\n"),
    "generator": ("def g():\n    yield 1\n\ng().next()\n", "def g():\n    yield 1\n\nnext(g())\n"),
    "method": (ITER + NEXT, ITER + NEXT.replace("next", "__next__")),
    "method next to the new one": (f"{ITER}    __next__ = f\n\n{NEXT}", f"{ITER}    __next__ = f\n"),
}

LEFT = {
    "unknown receiver": ("x.next()\n", "isn't certainly an iterator"),
    "own next": ("def next(x): pass\niter(y).next()\n", "isn't certainly an iterator"),
    "called in the file": (f"{ITER}{NEXT}x.next()\n", "calls `.next`"),
    "no iterator": ("class A:\n" + NEXT, "no `__iter__` that returns"),
    "iterator of its own": ("class A:\n    def __iter__(self): return B()\n" + NEXT, "no `__iter__` that returns"),
    "alias": (f"{ITER}{NEXT}    __next__ = next\n", "refers to it"),
    "nested generator": ("def g():\n    def h():\n        yield 1\n    return h\ng().next()\n", "isn't certainly"),
}

UNTOUCHED = {
    "modern": ITER + NEXT.replace("next", "__next__") + "next(x)\n",
    "attribute": "x.next = y.next\n",
    "with arguments": "x.next(1)\n",
    "function": "def next(self): pass\n",
    "other signature": "class A:\n    def next(self, x): pass\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY208", project=Project([], []))


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY208", project=Project([], []))


def test_asks_the_project_for_calls() -> None:
    project = Project([], [])
    project.attributes.add("next")
    check_left(ITER + NEXT, "calls `.next`", "PY208", project=project)


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY208")
