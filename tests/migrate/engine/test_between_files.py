"""What one file means for another: names that others take from a module, and what a run asks of the whole project."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from tests.migrate.engine.trees import after, grow, left, result_of, run

COMPAT = "from six import text_type\nfrom six.moves import range, StringIO, xrange\n\nx = text_type(1)\n"
INIT = {"pkg/__init__.py": ""}


def _reason(root: Path, files: Dict[str, str], name: str = "pkg/compat.py") -> str:
    findings = left(run(grow(root, {**INIT, **files})), name)
    return "; ".join(one.message for one in findings)


KEPT = {
    "imported by name": "from pkg.compat import text_type\n\ny = text_type\n",
    "imported relatively": "from .compat import text_type\n\ny = text_type\n",
    "imported in a function": "def f():\n    from .compat import text_type as t\n    return t\n",
    "attribute of the module": "from pkg import compat\n\ny = compat.text_type\n",
    "attribute of the module by its full name": "import pkg.compat\n\ny = pkg.compat.text_type\n",
    "attribute of the module under another name": "from . import compat as c\n\ny = c.text_type(1)\n",
}
STARS = {
    "star": "from pkg.compat import *\n\ny = text_type\n",
    "relative star": "from .compat import *\n\ny = text_type(1)\n",
}
DROPPED = {
    "nobody": "y = 1\n",
    "another name": "from pkg.compat import x\n",
    "a name of the same module elsewhere": "from other.compat import text_type\n\ny = text_type\n",
    "star without a use": "from pkg.compat import *\n\ny = x\n",
    "star of another module": "from os import *\n\ny = text_type\n",
    "only stored": "from pkg import compat\n\ncompat.text_type = 3\n",
}


@pytest.mark.parametrize("user", KEPT.values(), ids=KEPT)
def test_keeps_what_others_import(tmp_path: Path, user: str) -> None:
    reason = _reason(tmp_path, {"pkg/compat.py": COMPAT, "pkg/user.py": user})
    assert "another module imports `text_type` from here" in reason
    assert "xrange" not in reason


@pytest.mark.parametrize("user", STARS.values(), ids=STARS)
def test_keeps_what_others_get_by_star(tmp_path: Path, user: str) -> None:
    reason = _reason(tmp_path, {"pkg/compat.py": COMPAT, "pkg/user.py": user})
    assert "another module gets `text_type` from here by a star import" in reason


@pytest.mark.parametrize("user", DROPPED.values(), ids=DROPPED)
def test_drops_what_nobody_imports(tmp_path: Path, user: str) -> None:
    result = run(grow(tmp_path, {**INIT, "pkg/compat.py": COMPAT, "pkg/user.py": user}))
    assert after(result, "pkg/compat.py") == "from io import StringIO\n\nx = str(1)\n"


def test_a_chain_of_stars_hands_names_on(tmp_path: Path) -> None:
    files = {
        "pkg/compat.py": COMPAT,
        "pkg/middle.py": "from .compat import *\n",
        "pkg/end.py": "from .middle import *\n",
        "pkg/user.py": "from pkg.end import text_type\n\ny = text_type\n",
    }
    assert "by a star import" in _reason(tmp_path, files)


def test_a_chain_of_stars_in_a_circle_ends(tmp_path: Path) -> None:
    files = {
        "pkg/compat.py": COMPAT + "from .middle import *\n",
        "pkg/middle.py": "from .compat import *\n",
    }
    result = run(grow(tmp_path, {**INIT, **files}))
    assert "text_type" not in after(result, "pkg/compat.py")


def test_what_all_does_not_name_is_not_taken_by_star(tmp_path: Path) -> None:
    files = {"pkg/compat.py": "__all__ = ['x']\n" + COMPAT, "pkg/user.py": STARS["star"]}
    result = run(grow(tmp_path, {**INIT, **files}))
    assert after(result, "pkg/compat.py") == "__all__ = ['x']\nfrom io import StringIO\n\nx = str(1)\n"


def test_what_all_names_stays(tmp_path: Path) -> None:
    files = {"pkg/compat.py": COMPAT + "__all__ = ['text_type', 'StringIO']\n"}
    assert "`__all__` exports `text_type`" in _reason(tmp_path, files)


def test_a_constant_for_others_stays(tmp_path: Path) -> None:
    files = {
        "pkg/compat.py": "from six import PY2\n\nx = 1 if PY2 else 2\n",
        "pkg/user.py": "from .compat import PY2\n\nif PY2:\n    y = 1\n",
    }
    result = run(grow(tmp_path, {**INIT, **files}))
    assert after(result, "pkg/compat.py") == "from six import PY2\n\nx = 2\n"
    assert [one.message for one in left(result, "pkg/compat.py")] == [
        "`six.PY2` is still imported: another module imports `PY2` from here"
    ]


def test_a_constant_that_is_named_as_six_is_folded_everywhere(tmp_path: Path) -> None:
    files = {
        "pkg/compat.py": "import sys\n\nPY2 = sys.version_info[0] == 2\n",
        "pkg/user.py": "from .compat import PY2\n\nif PY2:\n    y = 1\nelse:\n    y = 2\n",
    }
    result = run(grow(tmp_path, {**INIT, **files}), six_modules=("pkg.compat",))
    assert after(result, "pkg/user.py") == "y = 2\n"


def test_a_vendored_copy_is_followed_through_relative_imports(tmp_path: Path) -> None:
    files = {
        "pkg/_vendor/__init__.py": "",
        "pkg/_vendor/six.py": "text_type = str\n",
        "pkg/user.py": "from ._vendor import six\nfrom ._vendor.six.moves import range\n\ny = six.text_type, range\n",
    }
    result = run(grow(tmp_path, {**INIT, **files}), six_modules=("pkg._vendor.six",))
    assert after(result, "pkg/user.py") == "y = str, range\n"


def test_modules_that_move_go_on_to_be_found_by_others(tmp_path: Path) -> None:
    files = {
        "pkg/compat.py": "from six.moves import configparser, urllib\n\nx = urllib.parse\n",
        "pkg/user.py": "from .compat import configparser\n\ny = configparser\n",
    }
    result = run(grow(tmp_path, {**INIT, **files}))
    assert after(result, "pkg/compat.py") == "import configparser\nimport urllib.parse\n\nx = urllib.parse\n"


def test_urllib_for_others_keeps_all_submodules(tmp_path: Path) -> None:
    files = {
        "pkg/compat.py": "from six.moves import urllib\n",
        "pkg/user.py": "from .compat import urllib\n\ny = urllib.request.urlopen\n",
    }
    result = run(grow(tmp_path, {**INIT, **files}))
    assert "import urllib.request\n" in after(result, "pkg/compat.py")


def test_files_without_a_rule_are_asked_only_if_they_matter(tmp_path: Path) -> None:
    files = {"pkg/compat.py": COMPAT, "pkg/broken.py": "def f(:\n", "pkg/user.py": KEPT["imported by name"]}
    result = run(grow(tmp_path, {**INIT, **files}))
    assert all("broken" not in one.path for one in result.files)
    assert result.files_seen == 4
    assert result_of(result, "pkg/compat.py").after is not None


def test_a_name_that_is_patched_in_an_object_stays(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/cli.py": "from six.moves import input as read_line\n\n\ndef ask():\n    return read_line()\n",
        "tests/test_cli.py": """
            from pkg import cli

            def test_ask(monkeypatch):
                monkeypatch.setattr(cli, 'read_line', lambda: 'x')
        """,
    }
    assert any("read_line" in one.message for one in left(run(grow(tmp_path, files)), "cli.py"))
