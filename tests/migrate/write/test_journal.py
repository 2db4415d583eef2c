"""The journal of runs, and undoing them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from codemods import journal as journal_module
from codemods.journal import KEPT_RUNS, STATE_VARIABLE, Journal, JournalError, run_root, undo
from codemods.write import Change, write_all


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv(STATE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.py", "b.py", "sub/c é.py"):
        (folder / name).write_text("one\n")
    return folder


def run(tree: Path, new: str) -> Journal:
    """Do one run that gives all files a new content."""
    changes = [
        Change(path.name, str(path), path.read_bytes(), f"{new} {path.name}\n".encode())
        for path in sorted(tree.rglob("*.py"))
    ]
    journal = Journal.create(str(tree), changes, "1.2")
    assert write_all(changes, journal) == []
    return journal


def texts(tree: Path) -> Dict[str, str]:
    return {path.name: path.read_text() for path in sorted(tree.rglob("*.py"))}


ONE = {"a.py": "one\n", "b.py": "one\n", "c é.py": "one\n"}
TWO = {"a.py": "two a.py\n", "b.py": "two b.py\n", "c é.py": "two c é.py\n"}


def test_undo(tree: Path) -> None:
    journal = run(tree, "two")
    assert texts(tree) == TWO
    result = undo(str(tree))
    assert texts(tree) == ONE
    assert result.complete
    assert result.run == journal.folder
    assert [Path(path).name for path in result.restored] == ["a.py", "b.py", "c é.py"]
    assert result.unchanged == []


def test_undo_twice_undoes_the_run_before(tree: Path) -> None:
    run(tree, "two")
    run(tree, "three")
    assert undo(str(tree)).complete
    assert texts(tree) == TWO
    assert undo(str(tree)).complete
    assert texts(tree) == ONE
    assert undo(str(tree)).run == ""


def test_nothing_to_undo(tree: Path) -> None:
    result = undo(str(tree))
    assert not result.complete
    assert (result.run, result.restored, result.refused) == ("", [], [])


def test_runs_of_other_roots_are_not_touched(tree: Path) -> None:
    run(tree, "two")
    assert undo(str(tree / "sub")).run == ""
    assert texts(tree) == TWO


def test_edited_file_is_refused_and_the_run_stays(tree: Path) -> None:
    run(tree, "two")
    (tree / "b.py").write_text("mine\n")
    for restored in (["a.py", "c é.py"], []):
        result = undo(str(tree))
        assert [Path(path).name for path in result.restored] == restored
        assert [error.reason for error in result.refused] == ["it was changed since"]
        assert not result.complete
        assert texts(tree) == {**ONE, "b.py": "mine\n"}
    (tree / "b.py").write_text(TWO["b.py"])
    assert undo(str(tree)).complete
    assert texts(tree) == ONE


def test_file_that_is_gone_or_a_link_is_refused(tree: Path) -> None:
    run(tree, "two")
    (tree / "a.py").unlink()
    (tree / "b.py").unlink()
    (tree / "b.py").symlink_to("a.py")
    result = undo(str(tree))
    assert [Path(error.path).name for error in result.refused] == ["a.py", "b.py"]
    assert (tree / "sub" / "c é.py").read_text() == "one\n"


def test_read_only_file_is_refused(tree: Path) -> None:
    run(tree, "two")
    (tree / "a.py").chmod(0o444)
    assert [error.reason for error in undo(str(tree)).refused] == ["it is read-only"]


def test_file_that_was_put_back_already(tree: Path) -> None:
    run(tree, "two")
    (tree / "a.py").write_text("one\n")
    result = undo(str(tree))
    assert [Path(path).name for path in result.unchanged] == ["a.py"]
    assert result.complete
    assert texts(tree) == ONE


def test_run_killed_before_it_wrote(tree: Path) -> None:
    changes = [Change("a.py", str(tree / "a.py"), b"one\n", b"two\n")]
    Journal.create(str(tree), changes)
    result = undo(str(tree))
    assert result.complete
    assert result.restored == []


def test_run_without_journal_is_passed_over(tree: Path) -> None:
    run(tree, "two")
    os.unlink(os.path.join(run(tree, "three").folder, "journal.json"))
    undo(str(tree))
    assert texts(tree)["a.py"] == "three a.py\n"


def test_journal_is_plain(tree: Path) -> None:
    journal = run(tree, "two")
    content = json.loads(Path(journal.folder, "journal.json").read_text())
    assert content["root"] == str(tree)
    assert content["tool_version"] == "1.2"
    assert content["undone"] is None
    assert [record["path"] for record in content["files"]] == ["a.py", "b.py", "sub/c é.py"]
    assert {record["mode"] for record in content["files"]} == {(tree / "a.py").stat().st_mode & 0o7777}


def test_originals_are_stored_before_anything_is_written(tree: Path, state: Path) -> None:
    changes = [Change("a.py", str(tree / "a.py"), b"one\n", b"two\n")]
    Journal.create(str(tree), changes)
    assert texts(tree) == ONE
    assert [path.name for path in sorted(state.rglob("*.*")) if path.is_file()] == ["journal.json", "originals.zip"]


@pytest.mark.skipif(os.name == "nt", reason="there are no mode bits")
def test_journal_is_private(tree: Path) -> None:
    assert os.stat(run(tree, "two").folder).st_mode & 0o077 == 0


def test_damaged_original_is_not_restored(tree: Path) -> None:
    journal = run(tree, "two")
    path = Path(journal.folder, "journal.json")
    content = json.loads(path.read_text())
    content["files"][0]["before"] = "0" * 64
    path.write_text(json.dumps(content))
    result = undo(str(tree))
    assert ["damaged" in error.reason for error in result.refused] == [True]
    assert texts(tree) == {**ONE, "a.py": TWO["a.py"]}


@pytest.mark.parametrize(
    ("name", "content"),
    [("journal.json", b"{"), ("journal.json", b'{"version": 99}'), ("originals.zip", b"")],
)
def test_damaged_journal(tree: Path, name: str, content: bytes) -> None:
    Path(run(tree, "two").folder, name).write_bytes(content)
    with pytest.raises(JournalError):
        undo(str(tree))
    assert texts(tree) == TWO


def test_state_folder_that_cannot_be_written(tree: Path, state: Path) -> None:
    state.write_text("a file")
    changes = [Change("a.py", str(tree / "a.py"), b"one\n", b"two\n")]
    with pytest.raises(JournalError, match=rf"nothing was changed.*{STATE_VARIABLE}"):
        Journal.create(str(tree), changes)
    assert texts(tree) == ONE


def test_full_disk(tree: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal_module.os, "fsync", fail)
    with pytest.raises(JournalError, match="No space left"):
        run(tree, "two")
    assert texts(tree) == ONE
    assert [path for path in state.rglob("*") if path.is_file()] == []


def test_only_the_last_runs_are_kept(tree: Path, state: Path) -> None:
    folders = [run(tree, str(number)).folder for number in range(KEPT_RUNS + 2)]
    assert [os.path.isdir(folder) for folder in folders] == [False] * 2 + [True] * KEPT_RUNS


def test_files_outside_of_the_root_are_a_mistake(tree: Path) -> None:
    change = Change("a.py", str(tree / "a.py"), b"one\n", b"two\n")
    with pytest.raises(ValueError, match="not below"):
        Journal.create(str(tree / "sub"), [change])


class TestRunRoot:
    @pytest.mark.parametrize(
        ("paths", "expected"),
        [
            (["."], "."),
            (["sub"], "sub"),
            (["a.py"], "."),
            (["sub", "a.py"], "."),
            (["sub/c é.py", "sub"], "sub"),
        ],
    )
    def test_common_folder(self, tree: Path, monkeypatch: pytest.MonkeyPatch, paths: List[str], expected: str) -> None:
        monkeypatch.chdir(tree)
        assert run_root(paths) == os.path.realpath(expected)

    @pytest.mark.parametrize("paths", [["."], ["sub"], ["sub/c é.py"], ["sub", "a.py"]])
    def test_git_root(self, tree: Path, monkeypatch: pytest.MonkeyPatch, paths: List[str]) -> None:
        (tree / ".git").mkdir()
        monkeypatch.chdir(tree)
        assert run_root(paths) == str(tree.resolve())

    def test_links_are_resolved(self, tree: Path) -> None:
        link = tree.with_name("link")
        link.symlink_to(tree)
        assert run_root([str(link)]) == str(tree.resolve())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other folders")
def test_default_state_folder(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STATE_VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert run(tree, "two").folder.startswith(str(tmp_path / "xdg" / "plumpy-migrate"))
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert run(tree, "three").folder.startswith(str(tmp_path / "home" / ".local" / "state" / "plumpy-migrate"))


def test_import_is_light() -> None:
    code = "import codemods.journal, sys; sys.exit(not sys.modules.keys().isdisjoint(['zipfile', 'platformdirs']))"
    environment = {**os.environ, "PYTHONPATH": str(Path(journal_module.__file__).parents[1])}
    assert subprocess.run([sys.executable, "-S", "-c", code], env=environment, check=False).returncode == 0
