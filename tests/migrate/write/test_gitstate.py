"""What git says about uncommitted changes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import List

import pytest

from codemods import gitstate
from codemods.gitstate import git_state

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git program")


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    subprocess.run(["git", *identity, *arguments], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repo"
    (folder / "sub").mkdir(parents=True)
    monkeypatch.chdir(folder)
    for name in ("a.py", "sub/b é.py", "sub/[x].py"):
        Path(name).write_text("one\n")
    git("init", "-q", ".")
    git("add", ".")
    git("commit", "-q", "-m", "Start")
    return folder


def test_clean(repository: Path) -> None:
    assert git_state(["."]).changes == []
    assert git_state(["a.py", "sub"]).changes == []


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["."], ["new.py", "sub/b é.py"]),
        (["sub"], ["sub/b é.py"]),
        (["a.py"], []),
        (["sub/[x].py"], []),
        (["new.py", "sub/b é.py"], ["new.py", "sub/b é.py"]),
    ],
)
def test_changed_and_new(repository: Path, paths: List[str], expected: List[str]) -> None:
    Path("sub/b é.py").write_text("two\n")
    Path("new.py").touch()
    assert git_state(paths).changes == expected


def test_renamed(repository: Path) -> None:
    git("mv", "a.py", "z.py")
    assert git_state(["."]).changes == ["z.py"]


def test_paths_are_relative_to_the_current_folder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text("two\n")
    monkeypatch.chdir("sub")
    assert git_state([".."]).changes == [os.path.join("..", "a.py")]


def test_many_paths(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitstate, "_CHUNK", 1)
    Path("a.py").write_text("two\n")
    assert git_state(["a.py", "sub", "."]).changes == ["a.py"]


def test_no_work_tree(tmp_path: Path) -> None:
    state = git_state([str(tmp_path)])
    assert (state.changes, state.note) == (None, "")


def test_inside_a_hook_of_another_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "elsewhere")
    assert git_state(["."]).changes == []


def test_git_that_fails(repository: Path) -> None:
    shutil.rmtree(".git")
    Path(".git").write_text("gitdir: nowhere\n")
    state = git_state(["."])
    assert state.changes is None
    assert "nowhere" in state.note


def test_no_git_program(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    state = git_state(["."])
    assert state.changes is None
    assert "no git program" in state.note


def test_the_index_is_not_written(repository: Path) -> None:
    index = Path(".git/index")
    before = index.stat().st_mtime_ns
    os.utime("a.py", (1, 1))
    assert git_state(["."]).changes == []
    assert index.stat().st_mtime_ns == before
