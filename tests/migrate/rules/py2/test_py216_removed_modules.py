"""PY216: modules that are gone."""

import pytest

from codemods.findings import Outcome
from codemods.index.project import Project
from codemods.rules.py2.py216_removed_modules import REMOVED
from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "reload": ("import imp\n\nimp.reload(x)\n", "import importlib\n\nimportlib.reload(x)\n"),
    "name": ("from imp import reload\nreload(x)\n", "from importlib import reload\nreload(x)\n"),
    "other uses": ("import imp\n\nimp.reload(imp.x)\n", "import imp\nimport importlib\n\nimportlib.reload(imp.x)\n"),
}

UNTOUCHED = {
    "in a try": "try:\n    import imp\nexcept ImportError:\n    imp = None\n",
    "relative": "from .cgi import x\n",
    "other": "import impala, cgilib\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY216")


def test_leaves_what_the_file_replaces() -> None:
    check_left("import imp\n\nimp.reload = f\n", "removed the module `imp`", "PY216")


@pytest.mark.parametrize("name", REMOVED)
def test_reports_each_module(name: str) -> None:
    source = f"import os, {name}.x\nfrom {name} import a, b\n"
    found = check_left(source, f"removed the module `{name}`", "PY216", target_version=(3, 13))
    assert found.outcome is Outcome.LEFT


def test_notes_what_the_target_still_has() -> None:
    found = check_left("import cgi\n", "Python 3.13 removed", "PY216", target_version=(3, 12))
    assert found.outcome is Outcome.NOTE


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY216")


def test_knows_a_module_of_the_project() -> None:
    check_untouched("import parser\n", "PY216", project=Project(["parser"], []))
