"""PY211: `io.open`."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "plain": ("import io\n\nwith io.open(p) as f:\n    pass\n", "with open(p) as f:\n    pass\n"),
    "other uses remain": ("import io\n\nio.open(io.StringIO())\n", "import io\n\nopen(io.StringIO())\n"),
    "from": ("from io import open, StringIO\n\nopen(StringIO)\n", "from io import StringIO\n\nopen(StringIO)\n"),
    "renamed": ("from io import open as o\n\no(p)\n", "open(p)\n"),
    "both": ("import io\nfrom io import open\n\nopen(io.open)\n", "open(open)\n"),
    "in a function": ("def f():\n    import io\n    return io.open\n", "def f():\n    return open\n"),
    "exported": ("import io\n\n__all__ = ['io']\nio.open(p)\n", "import io\n\n__all__ = ['io']\nopen(p)\n"),
}

LEFT = {
    "shadowed": ("import io\n\ndef open(p):\n    return io.open(p)\n", "means something else"),
    "mocked": ("import io\n\nio.open(p)\nmock.patch('io.open')\n", "a mock"),
    "replaced": ("import io\n\nio.open = f\nio.open(p)\n", "the file replaces it"),
    "parameter": ("import io\n\ndef f(open):\n    return io.open\n", "means something else"),
}

UNTOUCHED = {
    "codecs": "import codecs\n\ncodecs.open(p)\n",
    "two openers": "from io import open\nfrom codecs import open\n\nopen(p)\n",
    "builtin": "import io\n\nopen(io.StringIO())\n",
    "unused": "import io\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY211")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY211")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_other_openers(source: str) -> None:
    check_untouched(source, "PY211")
