"""Checkpoints as files: names, atomic writing, damage, and what plumpy's persister wrote."""

from __future__ import annotations

import os
import pickle
import pickletools
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, List, Optional, Tuple

import pytest
from hypothesis import given, strategies as st

from plumpy_compat.checkpoints import allowlist, pickle_files
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.persistence import (
    Bundle,
    PersistedCheckpoint,
    PersistedPickle,
    PicklePersister,
    Savable,
    auto_persist,
)


@auto_persist("pid", "value")
class Fake(Savable):
    """Stands for a process."""

    def __init__(self, pid: Any, value: Any = None) -> None:
        self.pid = pid
        self.value = value


@pytest.fixture
def persister(tmp_path: Path) -> PicklePersister:
    return PicklePersister(str(tmp_path / "checkpoints"))


def folder(persister: PicklePersister) -> Path:
    return Path(persister._pickle_directory)


def content(persister: PicklePersister) -> List[str]:
    return sorted(os.listdir(persister._pickle_directory))


def saved(persister: PicklePersister, pid: Any, tag: Optional[str] = None) -> Any:
    return persister.load_checkpoint(pid, tag).unbundle().value


def plumpys(persister: PicklePersister, name: str, pid: Any, tag: Optional[str] = None, value: Any = "old") -> Path:
    """Write a file under the name that plumpy gives it."""
    path = folder(persister) / name
    path.write_bytes(pickle.dumps(PersistedPickle(PersistedCheckpoint(pid, tag), Bundle(Fake(pid, value)))))
    return path


# --- Saving and loading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", [None, "tag"])
@pytest.mark.parametrize("pid", [1, "one", uuid.UUID(int=1)])
def test_what_is_saved_is_loaded(persister: PicklePersister, pid: Any, tag: Optional[str]) -> None:
    persister.save_checkpoint(Fake(pid, {"a": [1]}), tag)
    assert saved(persister, pid, tag) == {"a": [1]}
    assert persister.get_checkpoints() == [PersistedCheckpoint(pid, tag)]


def test_a_path_object_will_do(tmp_path: Path) -> None:
    persister = PicklePersister(tmp_path / "a" / "b")
    persister.save_checkpoint(Fake(1))
    assert (tmp_path / "a" / "b" / "1.pickle").is_file()


def test_a_folder_that_is_there_is_used(tmp_path: Path) -> None:
    PicklePersister(tmp_path).save_checkpoint(Fake(1))
    assert PicklePersister(tmp_path).get_checkpoints() == [(1, None)]


def test_a_folder_that_cannot_be_made_is_a_value_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="failed to create the pickle directory at"):
        PicklePersister(tmp_path / "file" / "below")


@pytest.mark.parametrize(("pid", "tag"), [(2, None), (1, "b"), ("1", None), ("a/b", None)])
def test_a_missing_checkpoint_is_a_missing_file(persister: PicklePersister, pid: Any, tag: Optional[str]) -> None:
    persister.save_checkpoint(Fake(1))
    with pytest.raises(FileNotFoundError):
        persister.load_checkpoint(pid, tag)


def test_a_later_checkpoint_takes_the_place_of_an_earlier_one(persister: PicklePersister) -> None:
    persister.save_checkpoint(Fake(1, "first"))
    persister.save_checkpoint(Fake(1, "second"))
    assert saved(persister, 1) == "second"
    assert content(persister) == ["1.pickle"]


def test_checkpoints_are_deleted(persister: PicklePersister) -> None:
    for pid, tag in ((1, None), (1, "a"), (2, None)):
        persister.save_checkpoint(Fake(pid), tag)
    persister.delete_checkpoint(1, "a")
    persister.delete_checkpoint(1, "a")
    assert sorted(persister.get_process_checkpoints(1)) == [(1, None)]
    persister.delete_process_checkpoints(1)
    persister.delete_process_checkpoints(1)
    assert persister.get_checkpoints() == [(2, None)]


# --- Names ---------------------------------------------------------------------------------------------------------

TEXTS = (
    st.text(max_size=12)
    | st.text(alphabet="./%\\-0123456789 abcdef\0\ud800", max_size=12)
    | st.integers().map(str)
    | st.uuids().map(str)
    | st.sampled_from(["", ".", "..", "-", "%", "%2E", "a.b", "a/b", "../a", "a%2Eb", "con", "~", "1.pickle", "A", "a"])
)
PIDS = TEXTS | st.integers() | st.uuids()
CHECKPOINTS = st.tuples(PIDS, st.none() | TEXTS)


def same(one: Tuple[Any, Any], other: Tuple[Any, Any]) -> bool:
    return one == other and type(one[0]) is type(other[0])


@given(st.lists(CHECKPOINTS, min_size=2, max_size=2))
def test_two_checkpoints_never_share_a_file(both: List[Tuple[Any, Any]]) -> None:
    first, second = (PicklePersister.pickle_filename(*one) for one in both)
    assert (first == second) is same(*both)


@given(CHECKPOINTS)
def test_no_name_leaves_the_folder_or_is_hidden(checkpoint: Tuple[Any, Any]) -> None:
    name = PicklePersister.pickle_filename(*checkpoint)
    assert os.path.basename(name) == name
    assert not name.startswith(".")
    assert name.isascii()
    assert name.isprintable()


@given(checkpoint=CHECKPOINTS)
def test_a_name_tells_the_checkpoint(checkpoint: Tuple[Any, Any], tmp_path_factory: Any) -> None:
    persister = PicklePersister(tmp_path_factory.mktemp("names"))
    (folder(persister) / persister.pickle_filename(*checkpoint)).write_bytes(b"")
    (listed,) = persister.get_checkpoints()
    assert same(tuple(listed), checkpoint)


@pytest.mark.parametrize(
    ("pid", "tag", "name"),
    [
        (1, None, "1.pickle"),
        (-1, "a", "-1.a.pickle"),
        ("one", "two", "one.two.pickle"),
        (uuid.UUID(int=1), None, "00000000-0000-0000-0000-000000000001.pickle"),
        ("a.b", None, "a%2Eb.pickle"),
        ("../../etc/passwd", None, "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.pickle"),
        ("1", None, "%31.pickle"),
        ("ä", None, "%C3%A4.pickle"),
    ],
)
def test_names(pid: Any, tag: Optional[str], name: str) -> None:
    assert PicklePersister.pickle_filename(pid, tag) == name


def test_odd_names_work_as_files(persister: PicklePersister) -> None:
    odd: List[Any] = [
        "a.b",
        "a/b",
        "../a",
        "",
        "%",
        "1",
        1,
        "1.5",
        str(uuid.UUID(int=1)),
        uuid.UUID(int=1),
        "\ud800",
        "ü",
        "a\0b",
    ]
    for pid in odd:
        persister.save_checkpoint(Fake(pid, repr(pid)))
        persister.save_checkpoint(Fake(pid, repr(pid) + "tagged"), "1.a/b")
    for pid in odd:
        assert saved(persister, pid) == repr(pid)
        assert saved(persister, pid, "1.a/b") == repr(pid) + "tagged"
    assert len(persister.get_checkpoints()) == 2 * len(odd)
    for pid in odd:
        persister.delete_process_checkpoints(pid)
    assert content(persister) == []


@pytest.mark.parametrize("pid", [None, True, 1.5, b"a", (1, 2)])
def test_other_types_of_pid_are_refused(persister: PicklePersister, pid: Any) -> None:
    with pytest.raises(PersistenceError, match="a pid must be text, an integer or a UUID"):
        persister.save_checkpoint(Fake(pid))


@pytest.mark.parametrize(("pid", "tag"), [("x" * 250, None), ("ä" * 42, None), (1, "t" * 250)])
def test_a_name_that_is_too_long_is_refused(persister: PicklePersister, pid: Any, tag: Optional[str]) -> None:
    with pytest.raises(PersistenceError, match="that would be too long"):
        persister.save_checkpoint(Fake(pid), tag)
    assert content(persister) == []


def test_a_long_name_works(persister: PicklePersister) -> None:
    pid = "x" * 248
    persister.save_checkpoint(Fake(pid, "long"))
    assert saved(persister, pid) == "long"


# --- What else is in the folder --------------------------------------------------------------------------------------


def test_listing_reads_no_file(persister: PicklePersister) -> None:
    (folder(persister) / "1.pickle").write_bytes(b"not a pickle")
    (folder(persister) / "2.a.pickle").write_bytes(pickle.dumps(os.system))
    assert sorted(persister.get_checkpoints()) == [(1, None), (2, "a")]


def test_listing_passes_over_what_is_no_checkpoint(persister: PicklePersister) -> None:
    (folder(persister) / "sub.pickle").mkdir()
    for name in ("notes.txt", ".1.pickle.tmp", "a.b.c.pickle", "pickle"):
        (folder(persister) / name).write_bytes(b"")
    persister.save_checkpoint(Fake(1))
    assert persister.get_checkpoints() == [(1, None)]


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x80\x04", b"hello", b"\x80\x04K\x01", b"\x80\x04."])
def test_a_damaged_file_is_told(persister: PicklePersister, data: bytes) -> None:
    (folder(persister) / "1.pickle").write_bytes(data)
    with pytest.raises(PersistenceError, match=r"1\.pickle: the checkpoint is damaged"):
        persister.load_checkpoint(1)


def test_a_truncated_file_is_told_wherever_it_was_cut(persister: PicklePersister) -> None:
    persister.save_checkpoint(Fake(1, {"a": [1, "text", uuid.UUID(int=5)]}))
    path = folder(persister) / "1.pickle"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(PersistenceError, match="damaged"):
            persister.load_checkpoint(1)


@pytest.mark.parametrize("value", [None, 1, {"checkpoint": 1}, PersistedCheckpoint(1, None), PersistedPickle(1, {})])
def test_another_pickle_is_no_checkpoint(persister: PicklePersister, value: Any) -> None:
    (folder(persister) / "1.pickle").write_bytes(pickle.dumps(value))
    with pytest.raises(PersistenceError, match=r"1\.pickle: not a checkpoint"):
        persister.load_checkpoint(1)


def test_a_file_that_asks_for_code_is_refused(persister: PicklePersister) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(folder(persister) / "made"),)

    (folder(persister) / "1.pickle").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(PersistenceError, match=f"'{os.mkdir.__module__}:mkdir', which is not allowed"):
        persister.load_checkpoint(1)
    assert content(persister) == ["1.pickle"]


def test_a_checkpoint_can_be_loaded_without_the_right_to_write_it(persister: PicklePersister) -> None:
    persister.save_checkpoint(Fake(1, "kept"))
    (folder(persister) / "1.pickle").chmod(0o400)
    assert saved(persister, 1) == "kept"


def test_an_error_of_the_system_is_passed_on(persister: PicklePersister, monkeypatch: pytest.MonkeyPatch) -> None:
    persister.save_checkpoint(Fake(1))

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PermissionError):
        persister.load_checkpoint(1)


# --- Writing -------------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The interpreter goes down."""


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Crash()])
@pytest.mark.parametrize("place", ["fsync", "replace", "fdopen"])
def test_a_failed_write_leaves_the_old_checkpoint(
    persister: PicklePersister, monkeypatch: pytest.MonkeyPatch, place: str, error: BaseException
) -> None:
    persister.save_checkpoint(Fake(1, "old"))

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(os, place, fail)
        with pytest.raises(type(error)):
            persister.save_checkpoint(Fake(1, "new"))
    assert saved(persister, 1) == "old"
    assert content(persister) == ["1.pickle"]


def test_a_crash_before_the_rename_leaves_the_old_checkpoint(
    persister: PicklePersister, monkeypatch: pytest.MonkeyPatch
) -> None:
    persister.save_checkpoint(Fake(1, "old"))
    with monkeypatch.context() as patched:
        # Nothing runs any more, not even what clears up.
        patched.setattr(os, "replace", lambda *_: None)
        persister.save_checkpoint(Fake(1, "new"))
    assert saved(persister, 1) == "old"
    assert persister.get_checkpoints() == [(1, None)]
    assert len(content(persister)) == 2


def test_the_content_is_synced_before_it_gets_its_name(
    persister: PicklePersister, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: List[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("sync"), fsync(handle)))
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("rename"), replace(*names)))
    persister.save_checkpoint(Fake(1))
    assert done[:2] == ["sync", "rename"]
    assert done[2:] == (["sync"] if hasattr(os, "O_DIRECTORY") else [])


def test_where_folders_cannot_be_synced_the_file_is_written_all_the_same(
    persister: PicklePersister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    persister.save_checkpoint(Fake(1, "there"))
    assert saved(persister, 1) == "there"


class OddError(Exception):
    """Raised while something is pickled."""


class Unpicklable:
    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise OddError("never")


@pytest.mark.parametrize("value", [Unpicklable(), (lambda: None)], ids=["raises", "function"])
def test_a_state_that_cannot_be_pickled_is_told(persister: PicklePersister, value: Any) -> None:
    persister.save_checkpoint(Fake(1, "old"))
    with pytest.raises(PersistenceError, match="the state of process 1 can't be pickled"):
        persister.save_checkpoint(Fake(1, value))
    assert saved(persister, 1) == "old"


def test_a_state_that_cannot_be_copied_is_told_before_anything_is_written(persister: PicklePersister) -> None:
    with pytest.raises(TypeError, match="lock"):
        persister.save_checkpoint(Fake(1, threading.Lock()))
    assert content(persister) == []


def names_in(data: bytes) -> List[str]:
    return [argument for _, argument, _ in pickletools.genops(data) if isinstance(argument, str)]


def test_files_have_plumpys_names_in_them(persister: PicklePersister) -> None:
    persister.save_checkpoint(Fake(1, ["plumpy_compat.persistence", "Bundle"]))
    data = (folder(persister) / "1.pickle").read_bytes()
    names = names_in(data)
    assert "plumpy.persistence" in names
    assert names.count("plumpy_compat.persistence") == 1, "what looks like a name in a value is left alone"
    assert saved(persister, 1) == ["plumpy_compat.persistence", "Bundle"]


def test_a_state_of_any_depth_that_c_can_pickle_is_saved(persister: PicklePersister) -> None:
    deep: Any = []
    for _ in range(sys.getrecursionlimit() // 6):
        deep = [deep]
    persister.save_checkpoint(Fake(1, deep))
    assert saved(persister, 1) == deep


def test_what_is_too_deep_for_the_pickler_in_python_is_left_to_that_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(*_: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr(pickle._Pickler, "dump", too_deep)  # type: ignore[attr-defined]
    value = PersistedPickle(PersistedCheckpoint(1, None), {"a": 1})
    assert allowlist.loads(pickle_files._dumps(value)) == value


# --- What plumpy wrote -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pid", "tag"),
    [
        ("1.pickle", 1, None),
        ("a.b.pickle", "a.b", None),
        ("a.b.pickle", "a", "b"),
        ("1.2.pickle", 1, "2"),
        ("12.pickle", "12", None),
        ("a b#c.pickle", "a b#c", None),
        ("a.b.c.pickle", "a.b", "c"),
        ("a.b.c.pickle", "a", "b.c"),
    ],
)
def test_plumpys_files_are_read_and_deleted(persister: PicklePersister, name: str, pid: Any, tag: Any) -> None:
    plumpys(persister, name, pid, tag)
    assert saved(persister, pid, tag) == "old"
    persister.delete_checkpoint(pid, tag)
    assert content(persister) == []


@pytest.mark.parametrize(
    ("name", "inside", "asked"),
    [
        ("a.b.pickle", ("a", "b"), ("a.b", None)),
        ("12.pickle", (12, None), ("12", None)),
        ("a.b.c.pickle", ("a.b", "c"), ("a", "b.c")),
    ],
)
def test_another_checkpoint_is_not_taken_for_the_one_that_was_asked_for(
    persister: PicklePersister, name: str, inside: Tuple[Any, Any], asked: Tuple[Any, Any]
) -> None:
    path = plumpys(persister, name, *inside)
    with pytest.raises(FileNotFoundError):
        persister.load_checkpoint(*asked)
    persister.delete_checkpoint(*asked)
    persister.save_checkpoint(Fake(asked[0], "new"), asked[1])
    assert path.is_file()
    assert saved(persister, *asked) == "new"
    assert saved(persister, *inside) == "old"


def test_a_new_checkpoint_takes_the_place_of_plumpys(persister: PicklePersister) -> None:
    plumpys(persister, "a#b.pickle", "a#b")
    persister.save_checkpoint(Fake("a#b", "new"))
    assert content(persister) == ["a%23b.pickle"]
    assert saved(persister, "a#b") == "new"


def test_a_damaged_file_in_plumpys_place_does_not_stop_a_new_checkpoint(persister: PicklePersister) -> None:
    (folder(persister) / "a#b.pickle").write_bytes(b"")
    persister.save_checkpoint(Fake("a#b", "new"))
    assert saved(persister, "a#b") == "new"


def test_a_pid_with_a_slash_does_not_read_elsewhere(tmp_path: Path) -> None:
    persister = PicklePersister(tmp_path / "checkpoints")
    plumpys(persister, os.path.join("..", "outside.pickle"), "../outside")
    with pytest.raises(FileNotFoundError):
        persister.load_checkpoint("../outside")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_files_get_the_rights_of_any_new_file(persister: PicklePersister) -> None:
    before = os.umask(0o027)
    try:
        persister.save_checkpoint(Fake(1))
    finally:
        os.umask(before)
    assert (folder(persister) / "1.pickle").stat().st_mode & 0o777 == 0o640


def test_what_a_killed_writer_left_is_removed_once_it_is_old(persister: PicklePersister) -> None:
    old, new = (folder(persister) / f".{name}{pickle_files._TEMPORARY_SUFFIX}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    again = PicklePersister(folder(persister))
    assert (old.exists(), new.exists()) == (False, True)
    assert again.get_checkpoints() == []
