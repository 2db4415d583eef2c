"""PY210: the abstract base classes of collections."""

import pytest

from codemods.findings import Outcome
from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "attribute": (
        "import collections\n\nx = collections.Mapping\n",
        "import collections.abc\n\nx = collections.abc.Mapping\n",
    ),
    "other uses remain": (
        "import collections\n\nx = collections.OrderedDict, collections.Mapping\n",
        "import collections\nimport collections.abc\n\nx = collections.OrderedDict, collections.abc.Mapping\n",
    ),
    "from": ("from collections import Mapping as M\n", "from collections.abc import Mapping as M\n"),
    "from, mixed": (
        "from collections import (\n    OrderedDict,  # o\n    Mapping,\n)\n",
        "from collections import (\n    OrderedDict,  # o\n)\nfrom collections.abc import Mapping\n",
    ),
    "renamed module": (
        "import collections as c\n\nx = c.Mapping\n",
        "import collections.abc\n\nx = collections.abc.Mapping\n",
    ),
    "imported in a function": (
        "def f():\n    import collections\n    return collections.Sequence\n",
        "from collections.abc import Sequence\n\ndef f():\n    return Sequence\n",
    ),
    "longer chain": (
        "import collections\n\ncollections.Mapping.register(A)\n",
        "import collections.abc\n\ncollections.abc.Mapping.register(A)\n",
    ),
}

UNTOUCHED = {
    "modern": "import collections.abc\nfrom collections.abc import Mapping\n\nx = collections.abc.Mapping\n",
    "other classes": "import collections\nfrom collections import deque\n\nx = collections.OrderedDict\n",
    "with a fallback": (
        "try:\n    from collections.abc import Mapping\nexcept ImportError:\n    from collections import Mapping\n"
    ),
    "typing": "import typing as t\nimport collections\nx: t.Mapping = collections.OrderedDict()\n",
}

PATCHES = {
    "put back": "import collections.abc\n\ncollections.Callable = collections.abc.Callable\nx = collections.Callable\n",
    "taken out": "import collections\n\ndel collections.Callable\nx = collections.Callable\n",
    "put back by name": "import collections\n\nsetattr(collections, 'Callable', C)\nx = collections.Callable\n",
    "put back by many names": (
        "import collections\nfrom collections import Mapping\n\n"
        "for name in names:\n    setattr(collections, name, C)\nx = collections.Callable\n"
    ),
    "put back for an import": "import collections\ncollections.Callable = C\nfrom collections import Callable\n",
}


@pytest.mark.parametrize("source", PATCHES.values(), ids=PATCHES)
def test_leaves_what_the_file_changes(source: str) -> None:
    assert check_left(source, "the file changes `collections", "PY210").outcome is Outcome.NOTE


def test_rewrites_what_the_file_does_not_change() -> None:
    before = "import collections.abc\n\ncollections.Callable = C\nx = collections.Mapping\n"
    check(before, before.replace("collections.Mapping", "collections.abc.Mapping"), "PY210")


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY210")


def test_leaves_a_place_without_a_free_name() -> None:
    source = "import collections as c\n\ndef f(collections, Mapping):\n    return c.Mapping\n"
    check_left(source, "no name for it is free", "PY210")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY210")
