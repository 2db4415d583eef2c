"""PY207: `has_key`."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "bound once": ("d = {}\nif d.has_key(k):  # c\n    pass\n", "d = {}\nif k in d:  # c\n    pass\n"),
    "negated": ("import os\nx = not os.environ.has_key('a')\n", "import os\nx = 'a' not in os.environ\n"),
    "negated, in parentheses": ("x = not (vars(y).has_key(k))\n", "x = k not in vars(y)\n"),
    "compared": ("x = globals().has_key(k) == y\n", "x = (k in globals()) == y\n"),
    "loose key": ("x = y.__dict__.has_key(a or b)\n", "x = (a or b) in y.__dict__\n"),
    "in a call": ("f(dict(a=1).has_key(k), x=dict().has_key(k))\n", "f(k in dict(a=1), x=k in dict())\n"),
    "in a comprehension": (
        "d = dict()\nx = [k for k in y if {}.has_key(k)]\n",
        "d = dict()\nx = [k for k in y if k in {}]\n",
    ),
    "on lines": ("x = {1: 2}.has_key(\n    k\n)\n", "x = k in {1: 2}\n"),
}

LEFT = {
    "unknown": "x.has_key(k)\n",
    "attribute": "x.y.has_key(k)\n",
    "parameter": "def f(d):\n    return d.has_key(k)\n",
    "bound twice": "d = {}\nd = f()\nd.has_key(k)\n",
    "global in a function": "d = {}\ndef f():\n    return d.has_key(k)\n",
    "own dict": "from x import dict\nd = dict()\nd.has_key(k)\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY207")


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_leaves(source: str) -> None:
    check_left(source, "isn't certainly a dict", "PY207")


def test_says_nothing_about_other_methods() -> None:
    check_untouched("x = k in d, has_key(k), d.get(k), d.has_key, d.has_key(k, 1)\n", "PY207")
