"""The command as a program, with the real engine and rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Optional

import pytest

ROOT = Path(__file__).resolve().parents[3]
OLD = b"from __future__ import print_function\n\nx = 1\n"
NEW = b"x = 1\n"

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A function that runs the program in a folder with one file to rewrite."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "a.py").write_bytes(OLD)
    environment: Dict[str, str] = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PLUMPY_MIGRATE_STATE": str(tmp_path / "state"),
    }

    def run(*args: str, stdin: Optional[bytes] = None) -> Any:
        command = [sys.executable, "-m", "codemods", *args]
        return subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, check=False)

    return run


def test_rewrite_again_and_undo(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "project" / "a.py"
    assert run("--check", ".").returncode == 1
    assert file.read_bytes() == OLD
    assert (run(".").returncode, file.read_bytes()) == (0, NEW)
    again = run(".")
    assert (again.returncode, again.stdout) == (0, b"Nothing to migrate in 1 file.\n")
    assert (run("--undo", ".").returncode, file.read_bytes()) == (0, OLD)


def test_filter(run: Run) -> None:
    done = run("-", "-q", stdin=OLD)
    assert (done.returncode, done.stdout, done.stderr) == (0, NEW, b"")


def test_a_link_that_is_named_cannot_be_done(run: Run, tmp_path: Path) -> None:
    (tmp_path / "project" / "link.py").symlink_to("a.py")
    done = run("link.py")
    assert done.returncode == 2
    assert b"name the file itself: " in done.stdout
    assert (tmp_path / "project" / "a.py").read_bytes() == OLD


def test_unselected_rule_does_nothing(run: Run) -> None:
    assert run("--check", "--ignore", "FUT", ".").returncode == 0


def test_bad_exclude_pattern(run: Run) -> None:
    done = run("--check", "--exclude", "!", ".")
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: cannot read an exclude pattern")


def test_json_of_the_real_engine(run: Run) -> None:
    document = json.loads(run("--check", "--format", "json", ".").stdout)
    assert document["rules"]["FUT101"] == {"found": 1, "rewritten": 1, "left": 0, "notes": 0, "errors": 0}


def test_all_rules_are_listed_and_explained(run: Run) -> None:
    from codemods.registry import all_rules

    listed = run("--list-rules").stdout.decode()
    assert [rule.code for rule in all_rules() if f"  {rule.code}  {rule.title}" not in listed] == []
    assert [rule.code for rule in all_rules() if not rule.doc] == []
