"""Replacing files."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Any, List

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from codemods import write
from codemods.journal import STATE_VARIABLE, Journal
from codemods.write import Change, WriteError, remove_leftovers, replace_file, write_all


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tree" / "a.py"
    path.parent.mkdir()
    path.write_bytes(b"old\n")
    return path


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))


def names(path: Path) -> List[str]:
    return sorted(os.listdir(str(path.parent)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=100_000))
def test_content_is_replaced(file: Path, content: bytes) -> None:
    replace_file(str(file), content)
    assert file.read_bytes() == content
    assert names(file) == ["a.py"]


@pytest.mark.skipif(os.name == "nt", reason="there are no mode bits")
@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o4755, 0o2664, 0o200])
def test_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace_file(str(file), b"new\n")
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_owner_is_kept(file: Path) -> None:
    os.chown(str(file), 12345, 54321)
    replace_file(str(file), b"new\n")
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 54321)


@pytest.mark.skipif(not hasattr(os, "fchown"), reason="files have no owners")
def test_owner_that_cannot_be_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    real = os.fstat
    monkeypatch.setattr(write.os, "fchown", refuse)
    monkeypatch.setattr(write.os, "fstat", lambda fd: os.stat_result([*real(fd)[:4], 1, 1, *real(fd)[6:10]]))
    replace_file(str(file), b"new\n")
    assert file.read_bytes() == b"new\n"


@pytest.mark.parametrize("name", ["é" * 120 + ".py", "a b.py", "-x.py", "n" * 250 + ".py"])
def test_odd_names(file: Path, name: str) -> None:
    path = file.with_name(name)
    path.write_bytes(b"old")
    replace_file(str(path), b"new")
    assert path.read_bytes() == b"new"


def test_read_only_file_is_refused(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(WriteError, match=r"read-only; make it writable") as caught:
        replace_file(str(file), b"new\n")
    assert caught.value.path == str(file)
    assert file.read_bytes() == b"old\n"


def test_link_is_refused(file: Path) -> None:
    link = file.with_name("link.py")
    link.symlink_to("a.py")
    with pytest.raises(WriteError, match="not a regular file"):
        replace_file(str(link), b"new\n")
    assert link.is_symlink()
    assert file.read_bytes() == b"old\n"


def test_missing_file_is_refused(file: Path) -> None:
    with pytest.raises(WriteError, match="No such file"):
        replace_file(str(file.with_name("b.py")), b"new\n")
    assert names(file) == ["a.py"]


def test_file_that_was_edited_meanwhile_is_refused(file: Path) -> None:
    with pytest.raises(WriteError, match="changed by somebody else"):
        replace_file(str(file), b"new\n", expected=b"older\n")
    assert file.read_bytes() == b"old\n"
    assert names(file) == ["a.py"]
    replace_file(str(file), b"new\n", expected=b"old\n")
    assert file.read_bytes() == b"new\n"


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_failure_leaves_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(write.os, call, fail)
    expected = WriteError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        replace_file(str(file), b"new\n")
    assert file.read_bytes() == b"old\n"
    assert names(file) == ["a.py"]


def test_short_writes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(write.os, "write", lambda descriptor, content: real(descriptor, bytes(content)[:3]))
    replace_file(str(file), b"0123456789")
    assert file.read_bytes() == b"0123456789"


def test_synced_before_it_is_renamed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: List[str] = []

    def record(name: str) -> None:
        real = getattr(os, name)

        def call(*args: Any) -> Any:
            calls.append(name)
            return real(*args)

        monkeypatch.setattr(write.os, name, call)

    for name in ("write", "fsync", "replace"):
        record(name)
    replace_file(str(file), b"new\n")
    assert calls == ["write", "fsync", "replace"]


def make_changes(folder: Path, count: int) -> List[Change]:
    changes = []
    for number in range(count):
        path = folder / f"sub{number % 3}" / f"m{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"old\n")
        changes.append(Change(path.name, str(path), b"old\n", b"new %d\n" % number))
    return changes


@pytest.mark.parametrize("count", [0, 1, 60])
def test_write_all(tmp_path: Path, count: int) -> None:
    changes = make_changes(tmp_path, count)
    assert write_all(changes, Journal.create(str(tmp_path), changes)) == []
    assert [Path(change.absolute).read_bytes() for change in changes] == [change.after for change in changes]


@pytest.mark.parametrize("count", [4, 60])
def test_write_all_goes_on_after_a_failure(tmp_path: Path, count: int) -> None:
    changes = make_changes(tmp_path, count)
    Path(changes[1].absolute).chmod(0o444)
    Path(changes[2].absolute).write_bytes(b"edited\n")
    Path(changes[3].absolute).unlink()
    errors = write_all(changes, Journal.create(str(tmp_path), changes))
    assert [error.path for error in errors] == ["m1.py", "m2.py", "m3.py"]
    written = [change for change in changes if Path(change.absolute).exists()]
    assert [Path(change.absolute).read_bytes() == change.after for change in written].count(False) == 2


def test_nothing_is_written_without_its_original_in_the_journal(tmp_path: Path) -> None:
    changes = make_changes(tmp_path, 2)
    journal = Journal.create(str(tmp_path), changes[:1])
    with pytest.raises(ValueError, match=r"m1\.py is not in the journal"):
        write_all(changes, journal)
    assert Path(changes[0].absolute).read_bytes() == b"old\n"


def test_interrupt_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = make_changes(tmp_path, 60)
    journal = Journal.create(str(tmp_path), changes)

    def interrupt(source: str, target: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(write.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_all(changes, journal)
    assert {Path(change.absolute).read_bytes() for change in changes} == {b"old\n"}
    assert [name for name in os.listdir(str(tmp_path / "sub0")) if name.startswith(".")] == []


def test_leftovers_are_removed(file: Path) -> None:
    leftover, foreign = file.with_name(".a.py.plumpy-migrate-0011aabb"), file.with_name(".b.py.plumpy-migrate-1")
    leftover.touch()
    foreign.touch()
    assert remove_leftovers([str(file), str(file.parent / "gone" / "c.py")]) == [str(leftover)]
    assert names(file) == [".b.py.plumpy-migrate-1", "a.py"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_undecodable_name(file: Path) -> None:
    path = os.fsdecode(os.fsencode(str(file.parent)) + b"/caf\xe9.py")
    with open(path, "wb") as target:
        target.write(b"old")
    change = Change("caf\udce9.py", path, b"old", b"new")
    assert write_all([change], Journal.create(str(file.parent), [change])) == []
    with open(path, "rb") as target:
        assert target.read() == b"new"
