"""PY218: backports."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "renamed": ("import unittest2 as unittest\n\nunittest.main()\n", "import unittest\n\nunittest.main()\n"),
    "renamed otherwise": ("import unittest2 as u\n", "import unittest as u\n"),
    "module": (
        "import os\nimport unittest2\n\nunittest2.main(os)\n",
        "import os\nimport unittest\n\nunittest.main(os)\n",
    ),
    "taken name": (
        "import pathlib2\npathlib = pathlib2.Path()\n",
        "import pathlib as pathlib2\npathlib = pathlib2.Path()\n",
    ),
    "names": ("from pathlib2 import Path, PurePath as P\n", "from pathlib import Path, PurePath as P\n"),
    "known names": ("from funcsigs import signature\n", "from inspect import signature\n"),
    "package": ("from backports import tempfile\n", "import tempfile\n"),
    "in a package": ("from backports.functools_lru_cache import lru_cache\n", "from functools import lru_cache\n"),
    "in an f-string": (
        "import monotonic\nf'{monotonic.monotonic()}'\n",
        "import time as monotonic\nf'{monotonic.monotonic()}'\n",
    ),
}

LEFT = {
    "unknown name": ("from funcsigs import formatannotation\n", "not all that is used"),
    "unknown attribute": ("import monotonic as m\nm.x()\n", "not all that is used"),
    "star": ("from pathlib2 import *\n", "not all that is used"),
    "dotted": ("import backports.tempfile\n", "not all that is used"),
    "no equivalent": ("import contextlib2\n", "is a backport"),
}

UNTOUCHED = {
    "fallback": "try:\n    import pathlib\nexcept ImportError:\n    import pathlib2 as pathlib\n",
    "other": "import unittest\nfrom backports import zoneinfo\nfrom .scandir import walk\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY218")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY218")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_other_imports(source: str) -> None:
    check_untouched(source, "PY218")
