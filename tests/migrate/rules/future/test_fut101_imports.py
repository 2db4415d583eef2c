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
    "several names": (
        "from __future__ import (absolute_import, division,\n    print_function)\nimport os\n",
        "import os\n",
    ),
    "first of three": (
        "from __future__ import division, annotations, print_function\nx = 1\n",
        "from __future__ import annotations\nx = 1\n",
    ),
    "annotations by themselves": (
        "from __future__ import annotations\nfrom __future__ import division\n\nimport os\n",
        "from __future__ import annotations\n\nimport os\n",
    ),
    "shebang and cookie": (
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nfrom __future__ import division\n\n\nclass A:\n    pass\n",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n\nclass A:\n    pass\n",
    ),
    "blank lines on both sides": (
        '"""Doc."""\n\nfrom __future__ import division\n\n\nclass A:\n    pass\n',
        '"""Doc."""\n\n\nclass A:\n    pass\n',
    ),
    "pragma on the line": ("from __future__ import division  # noqa: F401\nimport os  # noqa\n", "import os  # noqa\n"),
    "pragma about other lines": (
        "# pylint: disable=x\nfrom __future__ import division\nimport os\n\n# pylint: enable=x\n",
        "# pylint: disable=x\nimport os\n\n# pylint: enable=x\n",
    ),
    "comments between names": (
        "from __future__ import (\n    division,  # one\n    # two\n    annotations,\n)\n",
        "# one\n# two\nfrom __future__ import (\n    annotations,\n)\n",
    ),
    "backslash": ("from __future__ import division, \\\n    print_function\nimport os\n", "import os\n"),
    "docstring behind it": ("from __future__ import division\n'doc'\nimport os\n", "'doc'\nimport os\n"),
    "form feed": ("from __future__ import division\n\x0c\nimport os\n", "\x0c\nimport os\n"),
    "no newline at the end": ("from __future__ import division", ""),
    "with_statement, nested_scopes, generators, unicode_literals": (
        "from __future__ import with_statement\nfrom __future__ import nested_scopes, generators\n"
        "from __future__ import unicode_literals\nx = 1\n",
        "x = 1\n",
    ),
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


def test_older_targets_need_generator_stop() -> None:
    check_untouched("from __future__ import generator_stop\n", "FUT101", target_version=(3, 6))


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "FUT101")
