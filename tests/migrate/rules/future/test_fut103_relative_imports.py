"""FUT103: implicit relative imports."""

from typing import List

import pytest

from codemods.findings import Finding, Outcome
from codemods.index.project import Project
from codemods.migrate import migrate
from codemods.registry import code_rules
from codemods.settings import Settings

RULES = [rule for rule in code_rules() if rule.code == "FUT103"]
PROJECT = Project(["pkg", "pkg.mod", "pkg.helpers", "pkg.io", "pkg.both", "both"], [])

UNTOUCHED = {
    "modern": "import helpers\n",
    "absolute": "from __future__ import absolute_import\nimport helpers\nx = u''\n",
    "relative": "from . import helpers\nx = u''\n",
    "standard library": "import io\nx = u''\n",
    "top-level module": "import both\nx = u''\n",
    "with a fallback": "try:\n    import helpers\nexcept ImportError:\n    from . import helpers\nx = u''\n",
    "of another project": "import requests\nx = u''\n",
}


def findings(source: str, name: str = "pkg.mod") -> List[Finding]:
    return migrate(source.encode(), f"{name}.py", name, RULES, Settings(), PROJECT).result.findings


@pytest.mark.parametrize("source", ["import helpers\n", "from helpers.x import y\n", "import os, helpers as h\n"])
def test_reports(source: str) -> None:
    (found,) = findings(f"{source}x = u''\n")
    assert found.outcome is Outcome.LEFT
    assert "module of the package `pkg`" in found.message
    assert "from . import helpers" in found.advice


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    assert not findings(source)


def test_says_nothing_outside_of_packages() -> None:
    assert not findings("import helpers\nx = u''\n", "script")
