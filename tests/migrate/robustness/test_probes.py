"""Each ugly file goes through the whole command: nothing is damaged, nothing stops the run, and the report says so."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest
from click.testing import CliRunner

from codemods.cli import command
from codemods.migrate import migrate
from codemods.registry import code_rules
from codemods.settings import Settings
from tests.migrate.robustness.probes import (
    DONE,
    FAILED,
    LEFT,
    PASSED,
    PLAIN,
    PROBES,
    REWRITTEN,
    UNTOUCHED,
    Probe,
    utf8,
)

State = Dict[str, Tuple[int, bytes]]


def state(folder: Path) -> State:
    """The mode and content of everything below a folder (of links: where they lead)."""
    found: State = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        content = b""
        if stat.S_ISREG(mode):
            content = path.read_bytes()
        elif stat.S_ISLNK(mode):
            content = os.readlink(path).encode()
        found[path.relative_to(folder).as_posix()] = mode, content
    return found


def run(folder: Path, *options: str) -> Tuple[int, Any]:
    """Migrate a folder; the exit code and the report."""
    result = CliRunner().invoke(command, ["--format", "json", *options, str(folder)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLUMPY_MIGRATE_STATE", str(tmp_path / "state"))
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_probe(probe: Probe, folder: Path) -> None:
    probe.make(folder)
    before = state(folder)
    expected = {**before, **{name: (before[name][0], content) for name, content in probe.wanted}}
    code, report = run(folder, *probe.options)
    assert state(folder) == expected
    assert code == probe.code
    messages = [one["message"] for file in report["files"] for one in file["findings"] if one["outcome"] != "rewritten"]
    assert any(probe.says in message for message in messages) or not probe.says, messages
    summary = report["summary"]
    assert bool(summary["files_changed"]) == bool(probe.wanted)
    assert bool(summary["files_failed"]) == (probe.outcome == FAILED)
    assert {
        REWRITTEN: bool(summary["rewritten"]),
        LEFT: bool(summary["left"]),
        UNTOUCHED: not report["files"],
        PASSED: not summary["rewritten"] and bool(messages),
        FAILED: bool(summary["errors"]),
    }[probe.outcome]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_second_run_changes_nothing(probe: Probe, folder: Path) -> None:
    if probe.outcome == FAILED:
        pytest.skip("what failed fails again")
    probe.make(folder)
    run(folder, *probe.options)
    before = state(folder)
    code, report = run(folder, *probe.options)
    assert (code, report["summary"]["files_changed"], state(folder)) == (0, 0, before)


def test_all_at_once(folder: Path) -> None:
    for number, probe in enumerate(PROBES):
        (folder / str(number)).mkdir()
        probe.make(folder / str(number))
    expected = state(folder)
    for number, probe in enumerate(PROBES):
        if "--py2" not in probe.options:
            expected.update({f"{number}/{name}": (expected[f"{number}/{name}"][0], one) for name, one in probe.wanted})
        if probe.outcome == PASSED:  # What is outside of the probe's folder is inside of this one.
            expected[f"{number}-outside.py"] = (expected[f"{number}-outside.py"][0], utf8(DONE))
    code, _ = run(folder)
    assert state(folder) == expected
    assert code == 2


def test_undo_takes_everything_back(folder: Path) -> None:
    for number, probe in enumerate(PROBES):
        (folder / str(number)).mkdir()
        probe.make(folder / str(number))
    before = state(folder)
    run(folder)
    assert state(folder) != before
    result = CliRunner().invoke(command, ["--undo", str(folder)])
    assert (result.exit_code, state(folder)) == (0, before)


def test_plain_file_alone() -> None:
    rules = [rule for rule in code_rules() if rule.default]
    assert migrate(utf8(PLAIN), "probe.py", "probe", rules, Settings()).result.after == utf8(DONE)
