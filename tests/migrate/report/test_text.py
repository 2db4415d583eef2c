"""The report for people, and the diffs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from codemods.findings import FileResult, Finding, Outcome, RunResult, Status
from codemods.report import Tally, diff, family_of, tallies, text

REWRITTEN = Finding("SIX105", 3, 1, "six.moves.range", Outcome.REWRITTEN)
LEFT = Finding("PY201", 7, 5, "[bold]backquotes[/bold] :smile:", Outcome.LEFT, "Write repr().\nThen run it.")
NOTE = Finding("SIX112", 1, 0, "decorator below", Outcome.NOTE)
ERROR = Finding("PM001", 0, 0, "can't be parsed", Outcome.ERROR)


def result(wrote: bool = True, *findings: Finding) -> RunResult:
    file = FileResult("pkg/a.py", Status.CHANGED if REWRITTEN in findings else Status.UNCHANGED, list(findings))
    return RunResult([file] if findings else [], files_seen=12, wrote=wrote)


@pytest.mark.parametrize(
    ("code", "family"), [("SIX105", "SIX"), ("PY201", "PY2"), ("PM001", "PM"), ("NEW7", "NEW"), ("DEP102", "DEP")]
)
def test_family(code: str, family: str) -> None:
    assert family_of(code) == family


def test_found_is_rewritten_and_left() -> None:
    tally = tallies(result(True, REWRITTEN, LEFT, NOTE, ERROR), lambda code: "all")["all"]
    assert tally == Tally(rewritten=1, left=1, notes=1, errors=1)
    assert tally.found == 2


def test_whole_report() -> None:
    lines = text.render(result(True, REWRITTEN, LEFT, NOTE, ERROR)).splitlines()
    assert lines[0] == "Rewrote pkg/a.py"
    table = [re.split(r"  +", line.strip()) for line in lines[2:6]]
    assert table == [
        ["Family", "found", "rewritten", "left to do"],
        ["SIX", "six and its moves", "1", "1", "0"],
        ["PY2", "leftovers of Python 2", "1", "0", "1"],
        ["Total", "2", "1", "1"],
    ]
    assert lines[6:] == [
        "",
        "Left to do by hand (1):",
        "pkg/a.py:7:5  PY201  [bold]backquotes[/bold] :smile:",
        "    Write repr().",
        "    Then run it.",
        "",
        "Errors (1):",
        "pkg/a.py  PM001  can't be parsed",
        "",
        "Rewrote 1 place in 1 of 12 files; 1 left to do; 1 note (see --verbose); 1 error.",
    ]


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        ([], "Nothing to migrate in 12 files."),
        ([REWRITTEN], "Would rewrite 1 place in 1 of 12 files."),
        ([LEFT], "Nothing to rewrite in 12 files; 1 left to do."),
        ([NOTE], "Nothing to rewrite in 12 files; 1 note (see --verbose)."),
        ([ERROR], "Nothing to rewrite in 12 files; 1 error."),
    ],
)
def test_closing_line(findings: Any, line: str) -> None:
    assert text.render(result(False, *findings)).splitlines()[-1] == line


def test_verbose_has_notes_and_rules() -> None:
    shown = text.render(result(True, REWRITTEN, NOTE), verbose=True)
    assert "pkg/a.py:1  SIX112  decorator below" in shown
    assert re.search(r"^SIX105 +1 +1 +0$", shown, re.MULTILINE)
    assert shown.endswith("1 note.\n")


def test_quiet_has_only_what_is_to_be_done() -> None:
    assert text.render(result(True, REWRITTEN, NOTE), quiet=True) == ""
    assert text.render(result(True, LEFT), quiet=True).startswith("Left to do by hand (1):\n")


def test_lines_are_not_wrapped() -> None:
    long = Finding("SIX105", 1, 1, "word " * 60 + "end")
    assert "word " * 60 + "end\n" in text.render(result(True, long), width=60)


def test_colours_only_if_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" in text.render(result(True, LEFT), colour=True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" not in text.render(result(True, LEFT), colour=False)


def changed(before: bytes, after: bytes, path: str = "a b.py") -> RunResult:
    return RunResult([FileResult(path, Status.CHANGED, [REWRITTEN], before, after)])


@pytest.mark.parametrize(
    ("before", "after", "body"),
    [
        (b"a\n", b"b\n", b"@@ -1 +1 @@\n-a\n+b\n"),
        (b"a\r\n\x0c\r\n", b"b\r\n\x0c\r\n", b"@@ -1,2 +1,2 @@\n-a\r\n+b\r\n \x0c\r\n"),
        (b"\xff\n", b"\xfe\n", b"@@ -1 +1 @@\n-\xff\n+\xfe\n"),
        (b"a", b"b\n", b"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"),
        (b"a\n", b"", b"@@ -1 +0,0 @@\n-a\n"),
    ],
)
def test_diff_keeps_the_bytes(before: bytes, after: bytes, body: bytes) -> None:
    assert diff.render(changed(before, after)) == b"--- a/a b.py\n+++ b/a b.py\n" + body


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (b"# coding: latin-1\n\xe9\n", "\n-\xe9\n"),
        (b"\xe9\n", "\n-\\xe9\n"),
        (b"# coding: nonsense\n\xc3\xa9\n", "\n-\xe9\n"),
        (b"# coding: hex\n\xe9\n", "\n-\\xe9\n"),
    ],
)
def test_diff_on_a_terminal_is_in_its_encoding(before: bytes, shown: str) -> None:
    assert shown in diff.render(changed(before, b""), encoding="utf-8").decode()


def test_diff_in_colour() -> None:
    assert b"\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n" in diff.render(changed(b"a\n", b"b\n"), colour=True)


def test_diff_of_undecodable_name() -> None:
    assert diff.render(changed(b"a\n", b"b\n", "/tmp/\udcff.py")).startswith(b"--- a/tmp/\xff.py\n")


def test_diff_passes_over_what_did_not_change() -> None:
    assert diff.render(RunResult([FileResult("a.py", before=b"a"), FileResult("b.py", Status.FAILED)])) == b""


def test_names_that_cannot_be_decoded() -> None:
    assert "Rewrote \udcff.py\n" in text.render(changed_and_written("\udcff.py"))


def changed_and_written(path: str) -> RunResult:
    return RunResult([FileResult(path, Status.CHANGED, [REWRITTEN])], files_seen=1, wrote=True)
