"""A run that is killed at any moment leaves each file old or new, and can be undone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List

import pytest

import codemods
from codemods.journal import STATE_VARIABLE, run_root, undo

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")

FILES = 50
SCRIPT = Path(__file__).with_name("kill_me.py")
OLD = {f"m{number:02}.py": (f"old = {number}\n" * 400).encode() for number in range(FILES)}
NEW = {name: content.replace(b"old", b"NEW") for name, content in OLD.items()}
CHOICE = random.Random(20240229)
# The journal is done after about 10 calls; each file then takes 3, the folders 1.
CALLS = sorted(CHOICE.sample(range(1, 3 * FILES + 10), 12))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    tree = tmp_path / "tree"
    tree.mkdir()
    for name, content in OLD.items():
        (tree / name).write_bytes(content)
    return tree


def start(action: str, folder: Path, call: int = 0) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(codemods.__file__).parents[1])}
    command = [sys.executable, str(SCRIPT), action, str(folder), str(call)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == b"ready\n"
    return process


def contents(folder: Path) -> Dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def new_ones(folder: Path) -> List[str]:
    """Give the names of the files that are new; the others must be old, and none half-written."""
    found = contents(folder)
    assert found.keys() == OLD.keys()
    assert [name for name, content in found.items() if content not in (OLD[name], NEW[name])] == []
    return [name for name, content in found.items() if content == NEW[name]]


def assert_undone(folder: Path) -> None:
    result = undo(run_root([str(folder)]))
    assert result.refused == []
    assert contents(folder) == OLD
    assert sorted(path.name for path in folder.iterdir()) == sorted(OLD)


@pytest.mark.parametrize("call", CALLS)
def test_killed_at_a_call(folder: Path, call: int) -> None:
    assert start("write", folder, call).wait() == -signal.SIGKILL
    new_ones(folder)
    assert_undone(folder)


@pytest.mark.parametrize("tenths", range(8))
def test_killed_at_a_moment(folder: Path, tenths: int) -> None:
    process = start("write", folder)
    time.sleep(CHOICE.random() * 0.01 * (tenths + 1))
    process.kill()
    process.wait()
    new_ones(folder)
    assert_undone(folder)


@pytest.mark.parametrize("call", [1, 2, 50, 100, 149, 152, 154])
def test_undo_that_is_killed_can_be_run_again(folder: Path, call: int) -> None:
    assert start("write", folder).wait() == 0
    assert len(new_ones(folder)) == FILES
    assert start("undo", folder, call).wait() == -signal.SIGKILL
    new_ones(folder)
    assert_undone(folder)


def test_not_killed(folder: Path) -> None:
    assert start("write", folder).wait() == 0
    assert len(new_ones(folder)) == FILES
    assert_undone(folder)
