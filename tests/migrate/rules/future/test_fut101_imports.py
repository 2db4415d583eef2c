"""FUT101: imports from `__future__`."""

import pytest

from tests.migrate.rules.checks import check, check_untouched

REWRITES = {
    "only statement": ("from __future__ import print_function\n", ""),
    "one of two": (
        "from __future__ import division, annotations\n",
        "from __future__ import annotations\n",
    ),
    "below a docstring": (
        '"""Doc."""\n\nfrom __future__ import division\nfrom __future__ import print_function\n\nimport os\n',
        '"""Doc."""\n\nimport os\n',
    ),
    "comments stay": (
        "# license\n# pylint: disable=x\nfrom __future__ import division  # why\n\nimport os\n",
        "# license\n# pylint: disable=x\n# why\n\nimport os\n",
    ),
    "in parentheses": (
        "from __future__ import (\n    annotations,\n    division,\n)\nx = 1\n",
        "from __future__ import (\n    annotations,\n)\nx = 1\n",
    ),
    "blank lines at the start": ("\nfrom __future__ import division\n\n\nx = 1\n", "\nx = 1\n"),
    "with a semicolon": ("from __future__ import division; x = 1\n", "x = 1\n"),
    "windows newlines": ("from __future__ import division\r\nimport os\r\n", "import os\r\n"),
    "generator_stop": ("from __future__ import generator_stop\nx = 1\n", "x = 1\n"),
}

UNTOUCHED = {
    "annotations": "from __future__ import annotations\n",
    "flufl": "from __future__ import barry_as_FLUFL\n",
    "renamed": "from __future__ import division as d\n",
    "module": "import __future__\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "FUT101")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "FUT101")
