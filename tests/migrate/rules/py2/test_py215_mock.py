"""PY215: the package mock."""

import pytest

from codemods.index.project import Project
from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "module": ("import mock\n\nmock.patch('mock.x')\n", "from unittest import mock\n\nmock.patch('mock.x')\n"),
    "renamed": ("import os, mock as m\n", "import os\nfrom unittest import mock as m\n"),
    "names": (
        "from mock import (\n    patch,  # c\n    Mock as M,\n)\n",
        "# c\nfrom unittest.mock import patch, Mock as M\n",
    ),
    "in a function": ("def f():\n    from mock import ANY\n", "def f():\n    from unittest.mock import ANY\n"),
}

LEFT = {
    "version": "import mock\n\nmock.version_info\n",
    "star": "from mock import *\n",
    "inner module": "import mock.mock\n",
}

UNTOUCHED = {
    "modern": "from unittest import mock\nfrom unittest.mock import patch\n",
    "fallback": "try:\n    from unittest import mock\nexcept ImportError:\n    import mock\n",
    "relative": "from .mock import patch\nfrom . import mock\n",
    "other packages": "from x.mock import patch\nimport mocks\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY215")


@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_leaves(source: str) -> None:
    check_left(source, "only the package `mock` has this", "PY215")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_other_imports(source: str) -> None:
    check_untouched(source, "PY215")


def test_knows_a_module_of_the_project() -> None:
    check_untouched("import mock\n", "PY215", project=Project(["mock"], []))
