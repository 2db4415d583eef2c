"""PY214: python-future."""

import pytest

from codemods.index.project import Project
from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "builtins": ("from builtins import object, str\nx = str(1)\n", "x = str(1)\n"),
    "some": ("from builtins import str as s, range\nx = range(s)\n", "from builtins import str as s\nx = range(s)\n"),
    "in a function": ("def f():\n    from future.builtins import map\n    return map\n", "def f():\n    return map\n"),
    "aliases": (
        "import a\nfrom future import standard_library\n\nstandard_library.install_aliases()  # now\nx = 1\n",
        "import a\n\nx = 1\n",
    ),
    "past": ("from past.builtins import xrange, long\nx = long(xrange(2))\n", "x = int(range(2))\n"),
    "past, moved": ("from past.builtins import reduce as r\nr(f, x)\n", "from functools import reduce as r\nr(f, x)\n"),
    "moves": ("from future.moves.urllib.parse import quote\n", "from urllib.parse import quote\n"),
}

LEFT = {
    "old_div": "from past.utils import old_div\n",
    "basestring": "from past.builtins import basestring\nisinstance(x, basestring)\n",
    "utilities": "from future.utils import iteritems\n",
    "hooks": "from future import standard_library\nwith standard_library.hooks():\n    import x\n",
    "taken": "from past.builtins import xrange\nrange = f\nxrange(2)\n",
    "in an f-string": "from past.builtins import long\nx = f'{long(2)}'\n",
}

UNTOUCHED = {
    "rebound": "from builtins import str\nif x:\n    str = bytes\n",
    "exported": "from builtins import str\n__all__ = ['str']\n",
    "module": "import builtins\nbuiltins.str\n",
    "not a builtin": "from builtins import _\n",
    "other packages": "from __future__ import annotations\nfrom concurrent import futures\n",
    "fallback": "try:\n    from builtins import str\nexcept ImportError:\n    pass\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY214")


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_leaves(source: str) -> None:
    check_left(source, "from python-future is still imported", "PY214")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY214")


def test_asks_whether_another_module_imports_the_name_from_here() -> None:
    project = Project([], [])
    project.imported.add("snippet.str")
    check_untouched("from builtins import str\n", "PY214", project=project)
