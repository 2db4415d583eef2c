"""PY217: dicts that change in a loop over them."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

CHANGES = {
    "del": "del d.x[k]",
    "pop": "d.x.pop(k)",
    "clear": "a = d.x.clear()",
    "another key": "d.x[k + 1] = 2",
    "in a branch": "if k: del d.x[k]",
    "behind a try": "try: f()\n        except E: d.x.popitem()",
    "in an inner loop": "for i in j:\n            del d.x[k]\n            break",
    "update": "d.x.update(e)",
}

HARMLESS = {
    "the same key": "d.x[k] = 2",
    "another dict": "del d.y[k]",
    "the last step": "del d.x[k]; break",
    "return": "if k:\n            del d.x[k]\n            return",
    "inner function": "def g(): del d.x[k]",
    "read": "print(d.x[k + 1])",
}

LEFT = {
    "bare dict": ("for k in d:\n    if k:\n        del d[k]\n", "removes what the loop over `d` is at"),
    "pop from a bare dict": ("for k in s.d:\n    s.d.pop(k, None)\n", "removes what the loop over `s.d` is at"),
}

UNTOUCHED = {
    "list": "for k in list(d.keys()):\n    del d[k]\n",
    "function call": "for k in f().keys():\n    del f()[k]\n",
    "own list": "def list(x): pass\nfor k in d.keys():\n    del d[k]\n",
    "shrinking list": "for k in d:\n    d.pop()\n",
    "by index": "for i in d:\n    del d[0]\n",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("view", ["keys", "items", "values"])
def test_rewrites(change: str, view: str) -> None:
    source = f"def f():\n    for k in d.x.{view}():  # c\n        {change}\n"
    check(source, source.replace(f"d.x.{view}()", f"list(d.x.{view}())"), "PY217")


def test_rewrites_a_loop_through_six() -> None:
    source = "import six\nfor k, v in six.iteritems(d):\n    del d[k]\nsix.x\n"
    check(source, source.replace("six.iteritems(d)", "list(six.iteritems(d))"), "PY217")


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_says_nothing_about_harmless_changes(change: str) -> None:
    check_untouched(f"def f():\n    for k, v in d.x.items():\n        {change}\n", "PY217")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY217")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_other_loops(source: str) -> None:
    check_untouched(source, "PY217")
