"""What verification refuses, and what becomes of an edit that it refuses."""

from __future__ import annotations

from typing import Optional, Tuple

import pytest

from codemods.index.module import Module
from codemods.index.project import Assumptions
from codemods.rewrite import Replacement, Rewritten
from codemods.settings import Settings
from codemods.source import Source
from codemods.verify import Unsound, verify


def _module(text: str, version: Optional[Tuple[int, int]] = None) -> Module:
    return Module(Source(text.encode()), "snippet", "snippet.py", Settings(), Assumptions(), version)


def _verify(before: str, old: str, new: str, dead: str = "", strings: bool = True) -> Module:
    """Verify that `old` became `new` in the text `before`."""
    start = before.index(old)
    spans = ((before.index(dead), before.index(dead) + len(dead)),) if dead else ()
    replacement = Replacement(start, start + len(old), new, spans, strings)
    after = before.replace(old, new)
    return verify(_module(before), Rewritten(after, (replacement,)), lambda: _module(after, (3, 9)))


REFUSED = {
    "a comment": ("x = f(1,  # why\n      2)\n", "f(1,  # why\n      2)", "f(1, 2)", "would lose '# why'"),
    "a string": ("x = f('a')\n", "f('a')", "f()", "would lose \"'a'\""),
    "one of two equal strings": ("x = f('a', 'a')\n", "f('a', 'a')", "f('a')", "would lose \"'a'\""),
    "an import": ("import os\nx = os\n", "import os\n", "", "names that nothing binds: os"),
    "syntax": ("x = 1\n", "1", "1 1", "doesn't parse"),
    "syntax newer than the target": ("x = 1\n", "x = 1", "match x:\n    case 1:\n        y = 2", "doesn't parse"),
}

ACCEPTED = {
    "a linter's comment": ("x = f(1)  # noqa: E501\n", "f(1)  # noqa: E501", "f(1)"),
    "a string in other quotes": ("x = f('a')\n", "f('a')", 'f("a")'),
    "a string without its prefix": ("x = u'a'\n", "u'a'", "'a'"),
    "a comment that moves": ("x = f(1,  # why\n      2)\n", "f(1,  # why\n      2)", "f(1, 2)  # why"),
    "a name that nothing bound before": ("x = unicode\n", "x = unicode", "x = unicode()"),
    "a builtin": ("x = y\n", "y", "int"),
}


@pytest.mark.parametrize(("before", "old", "new", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses_to_lose(before: str, old: str, new: str, reason: str) -> None:
    with pytest.raises(Unsound, match=reason):
        _verify(before, old, new)


@pytest.mark.parametrize(("before", "old", "new"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepts(before: str, old: str, new: str) -> None:
    assert _verify(before, old, new).source.text == before.replace(old, new)


def test_what_is_declared_dead_may_go() -> None:
    before = "if a:\n    x = 'b'  # why\n"
    assert _verify(before, before, "y = 1\n", dead="    x = 'b'  # why\n").source.text == "y = 1\n"


def test_strings_may_go_where_they_are_replaced() -> None:
    assert _verify("x = f('a')\n", "f('a')", "b'a'", strings=False).source.text == "x = b'a'\n"


def test_names_the_names_that_became_unbound() -> None:
    with pytest.raises(Unsound) as caught:
        _verify("import a, b\nx = a, b\n", "import a, b\n", "")
    assert caught.value.unbound == {"a", "b"}
