"""``--todo``: comments in the source that mark what is left."""

from __future__ import annotations

import ast
from textwrap import dedent
from typing import Any, Dict, Tuple

import pytest

from codemods.findings import Finding, Outcome, Status
from codemods.migrate import migrate
from codemods.registry import code_rules
from codemods.settings import Settings
from codemods.todo import mark

WHY = "this `raise_from` can't be written as a `raise` statement"
_STILL = "# TODO(plumpy-migrate SIX190): `six` is still imported: line {} still uses it\n"


def _run(source: str, *codes: str, **settings: Any) -> Any:
    rules = [rule for rule in code_rules() if rule.code.startswith(codes or ("SIX",))]
    return migrate(source.encode(), "a.py", "a", rules, Settings(todo=True, **settings)).result


def _marked(source: str, *codes: str) -> str:
    result = _run(source, *codes)
    assert result.status is not Status.FAILED, result.findings
    return source if result.after is None else str(result.after.decode())


# Above which line the marker stands: the line is marked with ">" in the source.
PLACES: Dict[str, str] = {
    "a statement": ">x = six.raise_from(a, b)\n",
    "in a block": "if a:\n    b = 1\n>    x = six.raise_from(a, b)\n",
    "an expression over lines": ">x = f(\n    1,\n    six.raise_from(a, b),\n)\n",
    "behind a backslash": ">x = 1 + \\\n    six.raise_from(a, b)\n",
    "behind a semicolon": ">y = 1; x = six.raise_from(a, b)\n",
    "behind a string over lines": '>s = """\n    a"""; x = six.raise_from(a, b)\n',
    "on the line of an if": ">if a: x = six.raise_from(a, b)\n",
    "elif": ">if a:\n    pass\nelif six.raise_from(a, b):\n    pass\n",
    "elif's elif": ">if a:\n    pass\nelif b:\n    pass\nelif six.raise_from(a, b):\n    pass\n",
    "in an elif": "if a:\n    pass\nelif b:\n>    x = six.raise_from(a, b)\n",
    "on the line of an else": ">if a:\n    pass\nelse: x = six.raise_from(a, b)\n",
    "except": ">try:\n    pass\nexcept six.raise_from(a, b):\n    pass\n",
    "finally": ">try:\n    pass\nfinally: x = six.raise_from(a, b)\n",
    "a decorator": "a = 1\n>@one\n@six.raise_from\ndef f():\n    pass\n",
    "a default": ">@one\ndef f(\n    a=six.raise_from(a, b),\n):\n    pass\n",
    "a lambda": ">x = lambda: (\n    six.raise_from(a, b))\n",
    "tabs": "if a:\n>\tx = six.raise_from(a, b)\n",
    "below other comments": "a = 1\n# this is why\n>x = six.raise_from(a, b)\n",
}


@pytest.mark.parametrize("source", PLACES.values(), ids=list(PLACES))
def test_places(source: str) -> None:
    lines = f"import six\n{source}".split("\n")
    place = next(index for index, line in enumerate(lines) if line.startswith(">"))
    lines[place] = lines[place][1:]
    plain = "\n".join(lines)
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    marked = _marked(plain, "SIX114")
    assert marked.split("\n") == [*lines[:place], f"{indent}# TODO(plumpy-migrate SIX114): {WHY}", *lines[place:]]
    assert ast.dump(ast.parse(marked)) == ast.dump(ast.parse(plain))
    assert _marked(marked, "SIX114") == marked


def test_lines_in_messages_and_findings_are_those_of_the_result() -> None:
    source = "import six\nx = six.raise_from(a, b)\n"
    marked = _STILL.format(4) + f"import six\n# TODO(plumpy-migrate SIX114): {WHY}\nx = six.raise_from(a, b)\n"
    result = _run(source)
    assert result.after.decode() == marked
    assert [one.line for one in result.findings] == [1, 2]
    assert [one.line for one in result.findings_after] == [2, 4]
    assert [one.line for one in _run(marked).findings] == [2, 4]
    assert _marked(marked) == marked


def test_what_is_rewritten_needs_no_marker() -> None:
    assert _marked("import six\nx = six.text_type(a)\n") == "x = str(a)\n"


def test_a_marker_goes_with_its_finding() -> None:
    marked = _marked("import six\nx = six.raise_from(a, b)\n")
    assert "TODO" in marked
    mended = marked.replace("six.raise_from(a, b)", "1")
    assert _marked(mended) == "x = 1\n"


def test_a_marker_of_a_rule_that_did_not_run_stays() -> None:
    source = "# TODO(plumpy-migrate TOR305): why\nx = 1\n"
    assert _marked(source, "SIX") == source
    assert _marked(source, "TOR") == "x = 1\n"


def test_an_ignored_line_is_not_marked() -> None:
    source = "import six\nx = six.raise_from(a, b)  # plumpy-migrate: ignore[SIX114]\n"
    assert _marked(source, "SIX114") == source


def test_what_looks_like_a_marker_in_a_string_stays() -> None:
    source = 'import six\ns = """\n# TODO(plumpy-migrate SIX114): why\n"""\n'
    assert _marked(source, "SIX114") == source


def test_every_rule_has_a_marker_that_is_known_again() -> None:
    for rule in code_rules():
        marked, _ = mark(b"x = 1\n", [Finding(rule.code, 1, 1, "why")], {rule.code})
        assert mark(marked, [Finding(rule.code, 2, 1, "why")], {rule.code})[0] == marked
        assert mark(marked, [], {rule.code})[0] == b"x = 1\n"


def test_other_comments_stay() -> None:
    source = "# TODO(plumpy-migrate): why\n# TODO: plumpy-migrate SIX114\nx = 1\n"
    assert _marked(source, "SIX") == source


def test_nothing_is_marked_unasked() -> None:
    rules = [rule for rule in code_rules() if rule.code == "SIX114"]
    source = b"import six\nx = six.raise_from(a, b)\n"
    assert migrate(source, "a.py", "a", rules, Settings()).result.after is None


LAYOUTS: Dict[str, Tuple[bytes, bytes]] = {
    "carriage returns": (
        b"if a:\r\n    x = 1\r\n",
        b"if a:\r\n    # TODO(plumpy-migrate SIX114): why\r\n    x = 1\r\n",
    ),
    "form feed": (b"a = 1\n\f\nx = 1\n", b"a = 1\n\f\n# TODO(plumpy-migrate SIX114): why\nx = 1\n"),
    "no newline at the end": (b"a = 1\nx = 1", b"a = 1\n# TODO(plumpy-migrate SIX114): why\nx = 1"),
    "byte order mark": (
        b"\xef\xbb\xbfa = 1\nx = 1\n",
        b"\xef\xbb\xbfa = 1\n# TODO(plumpy-migrate SIX114): why\nx = 1\n",
    ),
    "latin-1": (
        b"# coding: latin-1\ns = '\xe4'\nx = 1\n",
        b"# coding: latin-1\ns = '\xe4'\n# TODO(plumpy-migrate SIX114): why\nx = 1\n",
    ),
}


@pytest.mark.parametrize("case", LAYOUTS.values(), ids=list(LAYOUTS))
def test_layouts(case: Tuple[bytes, bytes]) -> None:
    before, after = case
    line = before.count(b"\n", 0, before.index(b"x = 1")) + 1
    assert mark(before, [Finding("SIX114", line, 1, "why")], {"SIX114"})[0] == after
    assert mark(after, [Finding("SIX114", line + 1, 1, "why")], {"SIX114"})[0] == after


def test_a_message_is_one_line_in_the_encoding_of_the_file() -> None:
    before = b"# coding: ascii\nx = 1\n"
    marked, _ = mark(before, [Finding("SIX114", 2, 1, "write \u2026\nor not")], {"SIX114"})
    assert marked == b"# coding: ascii\n# TODO(plumpy-migrate SIX114): write ? or not\nx = 1\n"


def test_one_marker_for_each_rule_of_a_statement() -> None:
    left = [Finding("SIX114", 1, 1, "a"), Finding("SIX114", 1, 5, "b"), Finding("SIX105", 1, 3, "c")]
    notes = [Finding("SIX101", 1, 3, "d", Outcome.NOTE)]
    marked, _ = mark(b"x = 1\n", [*left, *notes], {"SIX114", "SIX105"})
    after = """\
    # TODO(plumpy-migrate SIX114): a
    # TODO(plumpy-migrate SIX105): c
    x = 1
    """
    assert marked.decode() == dedent(after)
