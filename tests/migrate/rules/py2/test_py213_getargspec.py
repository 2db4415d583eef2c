"""PY213: `inspect.getargspec`."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "attribute": (
        "import inspect\nx = inspect.getargspec(f).args\n",
        "import inspect\nx = inspect.getfullargspec(f).args\n",
    ),
    "keywords": (
        "import inspect as i\nx = i.getargspec(f).keywords  # c\n",
        "import inspect as i\nx = i.getfullargspec(f).varkw  # c\n",
    ),
    "index": (
        "from inspect import getargspec\ngetargspec(f)[0]\n",
        "from inspect import getfullargspec\ngetfullargspec(f)[0]\n",
    ),
    "unpacked": (
        "import inspect\na, b, c, d = inspect.getargspec(f)\n",
        "import inspect\na, b, c, d, *_ = inspect.getfullargspec(f)\n",
    ),
    "unpacked on lines": (
        "import inspect\n(\n    a, _, c,  # c\n    d,\n) = inspect.getargspec(f)\n",
        "import inspect\n(\n    a, _, c,  # c\n    d, *_,\n) = inspect.getfullargspec(f)\n",
    ),
    "beside gettext": (
        "import inspect\na, b, c, d = inspect.getargspec(_(f))\n",
        "import inspect\na, b, c, d, *_rest = inspect.getfullargspec(_(f))\n",
    ),
}

LEFT = {
    "whole": "import inspect\nx = inspect.getargspec(f)\n",
    "last": "import inspect\nx = inspect.getargspec(f)[-1]\n",
    "function": "import inspect\nx = map(inspect.getargspec, y)\n",
    "one of two": "from inspect import getargspec\nx = getargspec(f)[0], getargspec(g)\n",
    "renamed": "from inspect import getargspec as g\nx = g(f)[0]\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY213")


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_leaves(source: str) -> None:
    check_left(source, "can't be told", "PY213")


def test_says_nothing_about_modern_code() -> None:
    check_untouched("import inspect\nx = inspect.getfullargspec(f), y.getargspec(f)\n", "PY213")
