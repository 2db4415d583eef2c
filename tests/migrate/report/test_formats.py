"""The reports that programs read."""

from __future__ import annotations

import json as standard_json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from codemods import __version__
from codemods.findings import FileResult, Finding, Outcome, RunResult, Status
from codemods.report import github, json, sarif


@dataclass(frozen=True)
class FakeRule:
    code: str
    title: str
    doc: str
    family: str = "SIX"
    default: bool = True


RULES = (FakeRule("SIX101", "first", "first.\n\nMore."), FakeRule("SIX105", "second", ""))
REWRITTEN = Finding("SIX105", 3, 1, "six.moves.range", Outcome.REWRITTEN)
LEFT = Finding("SIX101", 7, 5, "50% of\nit: a, b", Outcome.LEFT, "Look at it.")
NOTE = Finding("SIX101", 1, 0, "seen", Outcome.NOTE)
ERROR = Finding("PM001", 0, 0, "can't be parsed", Outcome.ERROR)


def result(*findings: Finding, wrote: bool = False, path: str = "my pkg/ä.py") -> RunResult:
    file = FileResult(path, Status.CHANGED, list(findings), b"", b"")
    return RunResult([file], files_seen=3, wrote=wrote, seconds=1.23456)


def test_json() -> None:
    counts = {"found": 2, "rewritten": 1, "left": 1, "notes": 1, "errors": 1}
    document = standard_json.loads(json.render(result(REWRITTEN, LEFT, NOTE, ERROR)))
    listed = document.pop("files")
    assert document == {
        "schema": "plumpy-migrate-report",
        "version": 1,
        "tool": {"name": "plumpy-migrate", "version": __version__},
        "wrote": False,
        "seconds": 1.235,
        "summary": {"files_seen": 3, "files_changed": 1, "files_failed": 0, **counts},
        "families": {
            "PM": {"found": 0, "rewritten": 0, "left": 0, "notes": 0, "errors": 1},
            "SIX": {**counts, "errors": 0},
        },
        "rules": {
            "PM001": {"found": 0, "rewritten": 0, "left": 0, "notes": 0, "errors": 1},
            "SIX101": {"found": 1, "rewritten": 0, "left": 1, "notes": 1, "errors": 0},
            "SIX105": {"found": 1, "rewritten": 1, "left": 0, "notes": 0, "errors": 0},
        },
    }
    assert [(file["path"], file["status"]) for file in listed] == [("my pkg/ä.py", "changed")]
    assert listed[0]["findings"][1] == {
        "rule": "SIX101",
        "line": 7,
        "column": 5,
        "outcome": "left",
        "message": "50% of\nit: a, b",
        "advice": "Look at it.",
    }


def test_json_of_nothing() -> None:
    document = standard_json.loads(json.render(RunResult()))
    assert (document["files"], document["summary"]["found"]) == ([], 0)


def test_json_documents_its_keys() -> None:
    document = standard_json.loads(json.render(result(LEFT)))
    names = {*document, *document["summary"], *document["files"][0], *document["files"][0]["findings"][0]}
    assert json.__doc__ is not None
    assert [name for name in names if f"``{name}``" not in json.__doc__] == []


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (
            LEFT,
            "::warning file=my pkg/ä.py,line=7,col=5,title=plumpy-migrate SIX101::50%25 of%0Ait: a, b%0ALook at it.\n",
        ),
        (NOTE, "::notice file=my pkg/ä.py,line=1,title=plumpy-migrate SIX101::seen\n"),
        (ERROR, "::error file=my pkg/ä.py,title=plumpy-migrate PM001::can't be parsed\n"),
        (
            REWRITTEN,
            "::warning file=my pkg/ä.py,line=3,col=1,title=plumpy-migrate SIX105::six.moves.range"
            " (plumpy-migrate would rewrite this)\n",
        ),
    ],
)
def test_github(finding: Finding, line: str) -> None:
    assert github.render(result(finding)) == line


def test_github_escapes_properties() -> None:
    assert github.render(result(NOTE, path="a,b:c%d\r.py")).startswith("::notice file=a%2Cb%3Ac%25d%0D.py,line=1,")


def test_what_was_rewritten_has_no_place_any_more() -> None:
    assert github.render(result(REWRITTEN, wrote=True)) == ""
    assert standard_json.loads(sarif.render(result(REWRITTEN, wrote=True), RULES))["runs"][0]["results"] == []


def run_of(text: str) -> Any:
    document = standard_json.loads(text)
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run,) = document["runs"]
    return run


def test_sarif_results() -> None:
    run = run_of(sarif.render(result(REWRITTEN, LEFT, NOTE, ERROR), RULES))
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == ["PM001", "SIX101", "SIX105"]
    assert described[0]["shortDescription"]["text"] == "a file that can't be parsed"
    assert [rule["help"]["text"] for rule in described][1:] == ["first.\n\nMore.", "second"]
    assert all(described[found["ruleIndex"]]["id"] == found["ruleId"] for found in run["results"])
    assert [(found["ruleId"], found["level"]) for found in run["results"]] == [
        ("PM001", "error"),
        ("SIX101", "note"),
        ("SIX105", "warning"),
        ("SIX101", "warning"),
    ]
    assert [found["locations"][0]["physicalLocation"].get("region") for found in run["results"]] == [
        None,
        {"startLine": 1},
        {"startLine": 3, "startColumn": 1},
        {"startLine": 7, "startColumn": 5},
    ]
    assert run["results"][3]["message"]["text"] == "50% of\nit: a, b\nLook at it."
    assert run["invocations"] == [{"executionSuccessful": False}]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("my pkg/ä.py", "my%20pkg/%C3%A4.py"),
        ("./a.py", "a.py"),
        ("pkg/../a:b.py", "a%3Ab.py"),
        ("\udcff.py", "%FF.py"),
    ],
)
def test_sarif_uris_are_relative(path: str, uri: str) -> None:
    run = run_of(sarif.render(result(LEFT, path=path), RULES))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_uris_outside_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    run = run_of(sarif.render(result(LEFT, path="../a.py"), RULES))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (tmp_path / "a.py").as_uri()
