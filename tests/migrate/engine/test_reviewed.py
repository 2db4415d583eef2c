"""Defects that a review found, each by its smallest input."""

from __future__ import annotations

from pathlib import Path

from codemods.engine import run
from codemods.findings import Outcome
from codemods.settings import Settings
from tests.migrate.rules.checks import check, check_left, run as migrated


def test_a_feature_that_is_used_as_a_name_stays() -> None:
    check_left("from __future__ import division\nprint(division)\n", "used as a name", "FUT101")


def test_an_import_line_that_libcst_cannot_parse_is_left() -> None:
    result = migrated('import six; x = six.text_type(1); \\\n  y = six.u("a")\n').result
    assert result.after == b'import six; x = str(1); \\\n  y = "a"\n'
    assert [one.rule for one in result.findings if one.outcome is Outcome.LEFT] == ["SIX190"]


def test_a_form_feed_is_no_indentation() -> None:
    check("x = 1\n\x0cclass A(object):\n    pass\n", "x = 1\n\x0cclass A:\n    pass\n", "PY203")


def test_a_copy_of_six_stays_and_is_reported(tmp_path: Path) -> None:
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    copy = "import sys\nPY2 = sys.version_info[0] == 2\nclass Module_six_moves_urllib(object):\n    pass\n"
    (package / "six.py").write_text(copy)
    result = run([str(tmp_path)], Settings(jobs=1), write=True)
    assert (package / "six.py").read_text() == copy
    (found,) = [one for file in result.files for one in file.findings]
    assert (found.rule, found.outcome) == ("PM008", Outcome.LEFT)
    assert "--six-module pkg.six" in found.advice


def test_warnings_about_the_sources_are_not_passed_on(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import six\npattern = '\\-'\n")
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run([str(tmp_path)], Settings(jobs=1), write=False)
    assert not caught
