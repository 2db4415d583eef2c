"""Dependency files follow the code: six is required as long as something imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from tests.migrate.engine.trees import grow, run

SETUP = """\
from setuptools import setup

setup(
    name="pkg",
    install_requires=[
        "six>=1.10",
        "numpy",
    ],
)
"""
WITHOUT = SETUP.replace('        "six>=1.10",\n', "")
FILES = {"setup.py": SETUP, "requirements.txt": "six==1.12.0\nnumpy\n", "pkg/__init__.py": ""}
GONE = "import six\n\nx = six.text_type(1)\n"
STAYS = "import six\n\nx = six.text_type(1)\nf = six.reraise\n"


def _written(root: Path, **files: str) -> Path:
    grow(root / "tree", {**FILES, **{f"pkg/{name}.py": text for name, text in files.items()}})
    run(root / "tree", write=True)
    return root / "tree"


def test_six_goes_when_nothing_imports_it(tmp_path: Path) -> None:
    tree = _written(tmp_path, a=GONE)
    assert (tree / "setup.py").read_text() == WITHOUT
    assert (tree / "requirements.txt").read_text() == "numpy\n"


USERS = {
    "a use that is left": STAYS,
    "a file that doesn't parse": "import six\nprint six.text_type(1)\n",
    "a file that asks to be skipped": "# plumpy-migrate: skip-file\nimport six\n",
    "a use that a comment keeps": "import six\n\nx = six.text_type(1)  # plumpy-migrate: ignore\n",
    "an import by name": "six = __import__('six')\n",
    "an import by name in a file that changes": "import six\n\nx = import_module( 'six.moves')\ny = six.text_type(1)\n",
    "an import by a keyword": 'import importlib\n\nx = importlib.import_module(name="six")\n',
    "an import in a test": "import pytest\n\nsix = pytest.importorskip('six')\n",
    "an import in a function that is left": "def f():\n    from six.moves import other\n    return other\n",
}


@pytest.mark.parametrize("user", USERS.values(), ids=USERS)
def test_six_stays_while_something_imports_it(tmp_path: Path, user: str) -> None:
    tree = _written(tmp_path, a=GONE, b=user)
    assert (tree / "setup.py").read_text() == SETUP
    assert "six==1.12.0\n" in (tree / "requirements.txt").read_text()


def test_setup_py_itself_is_code_too(tmp_path: Path) -> None:
    grow(tmp_path, {**FILES, "setup.py": f"import six\n\nprint(six.text_type(1))\n{SETUP}"})
    run(tmp_path, write=True)
    assert (tmp_path / "setup.py").read_text() == f"print(str(1))\n{WITHOUT}"


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    tree = _written(tmp_path, a=GONE)
    assert not [one for one in run(tree, write=True).files if one.after is not None]


PLUMPY = """\
import plumpy
from tornado import gen


@gen.coroutine
def f(x):
    yield x


g = [f]
p = plumpy.Wait()
"""
REQUIREMENTS = "plumpy~=0.15.1\ntornado<5.0\nkiwipy[rmq]~=0.5.5\nnumpy\n"


@pytest.mark.parametrize(
    ("settings", "after"),
    [
        ({}, "plumpy-compat\nkiwipy[rmq]>=0.8.4\nnumpy\n"),
        ({"stage": "shim"}, "plumpy-compat\ntornado<5.0\nkiwipy[rmq]>=0.8.4\nnumpy\n"),
        ({"runtime": "plumpy"}, "plumpy>=0.22\nplumpy-compat\nkiwipy[rmq]>=0.8.4\nnumpy\n"),
    ],
)
def test_plumpy_and_tornado(tmp_path: Path, settings: Dict[str, str], after: str) -> None:
    grow(tmp_path, {"requirements.txt": REQUIREMENTS, "pkg/__init__.py": "", "pkg/a.py": PLUMPY})
    result = run(tmp_path, write=True, **settings)
    assert (tmp_path / "requirements.txt").read_text() == after
    assert "PM006" not in {finding.rule for one in result.files for finding in one.findings}
    assert not [one for one in run(tmp_path, write=True, **settings).files if one.after is not None]


def test_plumpy_that_is_skipped_if_missing(tmp_path: Path) -> None:
    skip = "import pytest\n\nplumpy = pytest.importorskip('plumpy')\n"
    grow(tmp_path, {"requirements.txt": REQUIREMENTS, "pkg/a.py": PLUMPY, "pkg/b.py": skip})
    run(tmp_path, write=True)
    assert (tmp_path / "requirements.txt").read_text() == "plumpy-compat\nkiwipy[rmq]>=0.8.4\nnumpy\n"


def test_plumpy_compat_is_missed_where_no_requirement_can_be_followed(tmp_path: Path) -> None:
    grow(tmp_path, {"requirements.txt": "numpy\n", "pkg/a.py": PLUMPY})
    result = run(tmp_path, write=True)
    assert [finding.rule for one in result.files for finding in one.findings if finding.rule == "PM006"]
