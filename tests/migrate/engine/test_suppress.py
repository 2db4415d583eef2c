"""Comments that keep rules off a line or a file: real ones only, and what is wrong with them is said."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from codemods.findings import Outcome
from codemods.suppress import skips_file
from tests.migrate.rules.checks import check, check_untouched, run

IN_STRINGS = {
    "ignore in a string": (
        "import six\nx = six.text_type('# plumpy-migrate: ignore')\n",
        "x = str('# plumpy-migrate: ignore')\n",
    ),
    "ignore in a longer string": (
        "import six\nx = '''\n# plumpy-migrate: ignore''' + six.text_type(1)\n",
        "x = '''\n# plumpy-migrate: ignore''' + str(1)\n",
    ),
    "skip-file in a docstring": (
        '"""How to:\n\n# plumpy-migrate: skip-file\n"""\nimport six\nx = six.text_type(1)\n',
        '"""How to:\n\n# plumpy-migrate: skip-file\n"""\nx = str(1)\n',
    ),
    "skip-file behind code": (
        "import six\nx = six.text_type(1)  # plumpy-migrate: skip-file\n",
        "x = str(1)  # plumpy-migrate: skip-file\n",
    ),
    "another word": (
        "import six\nx = six.text_type(1)  # plumpy-migrate: ignored by all\n",
        "x = str(1)  # plumpy-migrate: ignored by all\n",
    ),
}


@pytest.mark.parametrize("case", IN_STRINGS.values(), ids=IN_STRINGS)
def test_what_is_no_comment_keeps_nothing_off(case: Tuple[str, str]) -> None:
    check(*case, "SIX")


COMMENTS = [
    "# plumpy-migrate: ignore",
    "# noqa  # plumpy-migrate: ignore[SIX]",
    "# plumpy-migrate: ignore[six101]",
    "# plumpy-migrate: ignore[ py2, Six1 ]",
]


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_keep_rules_off_their_line(comment: str, newline: str) -> None:
    source = f"import six\n'''a\x0c\nb'''; x = six.text_type(1)  {comment}\n"
    assert run(source.replace("\n", newline), "SIX").result.after is None


@pytest.mark.parametrize("before", ["", "'''Doc.'''\n", "def f():\n    pass\n    "])
def test_skip_file(before: str) -> None:
    check_untouched(f"{before}# plumpy-migrate: skip-file\nimport six\nx = six.text_type(1)\n", "SIX")


@pytest.mark.parametrize("data", [b"print 'x'\n", b"x = (\n", b"\xef\xbb\xbf", b"# \xe9\n"])
def test_skip_file_where_the_source_is_broken(data: bytes) -> None:
    assert skips_file(data + b"# plumpy-migrate: skip-file\n")


@pytest.mark.parametrize(
    ("codes", "unknown"),
    [("SIX999", ["SIX999"]), ("six101, nonsense,SIX-1", ["NONSENSE", "SIX-1"]), ("SIX1, DEP101, FUT", [])],
)
def test_unknown_rules_are_noted(codes: str, unknown: List[str]) -> None:
    source = f"import six\nx = six.text_type(1)\ny = 1  # plumpy-migrate: ignore[{codes}]\n"
    result = run(source, "SIX").result
    assert result.after is not None
    for findings in (result.findings, result.findings_after or []):
        noted = [one for one in findings if one.rule == "PM007"]
        assert [one.message.split('"')[1] for one in noted] == unknown
        assert all(one.outcome is Outcome.NOTE and one.column == 8 for one in noted)
