"""PY220: builtins that are gone."""

import pytest

from codemods.rules.py2.py220_gone_builtins import ADVICE, SUCCESSORS
from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "pair of types": ("isinstance(x, (str, unicode))\n", "isinstance(x, str)\n"),
    "more types": ("isinstance(x, (int, long, float))  # c\n", "isinstance(x, (int, float))  # c\n"),
    "last type": ("isinstance(x, (float, int, long))\n", "isinstance(x, (float, int))\n"),
    "both": ("isinstance(x, (str, unicode, int, long))\n", "isinstance(x, (str, int))\n"),
    "value": ("f = map(unicode, x)\n", "f = map(str, x)\n"),
    "tuple of values": ("x = (str, unicode)\nunicode(y)\n", "x = (str, str)\nstr(y)\n"),
    "reduce": ("x = reduce(f, y)\n", "import functools\n\nx = functools.reduce(f, y)\n"),
    "intern": ("import sys\n\nx = intern(y)\n", "import sys\n\nx = sys.intern(y)\n"),
}

UNTOUCHED = {
    "bound by a fallback": "try:\n    unicode\nexcept NameError:\n    unicode = str\nunicode(x)\n",
    "guarded": "try:\n    f = raw_input()\nexcept NameError:\n    f = input()\n",
    "in a branch": "import sys\nif sys.version_info[0] < 3:\n    x = xrange(3)\n",
    "star import": "from x import *\nxrange(2)\n",
    "parameter": "def f(file, long):\n    return file(long)\n",
    "bound somewhere": "def f():\n    xrange = range\ndef g():\n    xrange(2)\n",
    "attributes": "x.file(), x.reduce(y), x.unicode(z)\n",
}


@pytest.mark.parametrize(("old", "new"), SUCCESSORS.items())
def test_renames(old: str, new: str) -> None:
    check(f"x = {old}(y)  # c\n", f"x = {new}(y)  # c\n", "PY220")


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY220")


@pytest.mark.parametrize("name", ADVICE)
def test_reports_the_others(name: str) -> None:
    check_left(f"x = {name}(y)\n", f"no builtin `{name}`", "PY220")


def test_leaves_a_name_whose_successor_is_taken() -> None:
    found = check_left("def range(): pass\nxrange(2)\n", "no builtin `xrange`", "PY220")
    assert "something else" in found.advice


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY220")
