"""PY202: the prefix `u` of string literals."""

import ast

import pytest
from hypothesis import given, strategies as st

from tests.migrate.rules.checks import check, check_untouched, run

REWRITES = {
    "plain": ("x = u'a'  # u'a'\n", "x = 'a'  # u'a'\n"),
    "upper case": ('x = U"a"\n', 'x = "a"\n'),
    "first of two": ("x = (u'a'  # one\n     'b')\n", "x = ('a'  # one\n     'b')\n"),
    "second of two": ("x = ('a'  # u'one'\n     U'b')\n", "x = ('a'  # u'one'\n     'b')\n"),
    "all of many": ("f(u'a' U'b' 'c', [u'd'])\n", "f('a' 'b' 'c', ['d'])\n"),
    "docstring": ('def f():\n    u"""Say u\'a\'."""\n', 'def f():\n    """Say u\'a\'."""\n'),
    "next to an f-string": ("x = u'a' f'{b}' u'c'\n", "x = 'a' f'{b}' 'c'\n"),
    "in an f-string": ("x = f'{y[u\"a\"]}'\n", "x = f'{y[\"a\"]}'\n"),
    "behind a keyword": ("def f():\n    return u''\n", "def f():\n    return ''\n"),
    "key and value": ("{u'é': u'ü'}\n", "{'é': 'ü'}\n"),
    "windows newlines": ("x = u'a'\r\ny = u'b'\r\n", "x = 'a'\r\ny = 'b'\r\n"),
}

UNTOUCHED = {
    "in a docstring": '"""A doctest.\n\n>>> f()\nu\'a\'\n"""\n',
    "in a string": "x = \"u'a'\"\n",
    "in a comment": "x = 1  # u'a'\n",
    "other prefixes": "x = b'a' b'b'\ny = r'u' 'c'\nz = f'{x}u'\n",
    "in the text of an f-string": "x = f\"{y}u'a' {z}\"\n",
    "at the end of a string": "x = 'u' + 'a'\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY202")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_other_strings(source: str) -> None:
    check_untouched(source, "PY202")


@given(
    st.lists(st.tuples(st.sampled_from(["u", "U", ""]), st.text("au'\"\\n #"), st.sampled_from([" ", "\n", "#u'\n"])))
)
def test_values_stay_the_same(parts: "list[tuple[str, str, str]]") -> None:
    source = "x = ('' " + "".join(f"{prefix}{text!r}{gap}" for prefix, text, gap in parts) + ")\n"
    after = (run(source, "PY202").result.after or source.encode()).decode()
    assert ast.literal_eval(after[4:]) == ast.literal_eval(source[4:])
    assert after == source.replace(" ", " ") or len(after) < len(source)
