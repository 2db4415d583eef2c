"""Keeps the originals of the files that a run replaces, and puts them back.

Each run has a folder in a state folder outside of the tree, with ``originals.zip`` and
``journal.json``. The latter is written last, so what has none never changed a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

from codemods.gitstate import git_root
from codemods.write import Change, WriteError, remove_leftovers, replace_file, sync_folders

STATE_VARIABLE = "PLUMPY_MIGRATE_STATE"
KEPT_RUNS = 20
_VERSION = 1
_JOURNAL = "journal.json"
_ORIGINALS = "originals.zip"


class JournalError(Exception):
    """The journal can't be written or read; no file of the tree was changed."""


@dataclass
class UndoResult:
    """What an undo did.

    :param run: the folder of the run in the journal; empty if there was none to undo.
    :param time: when the run was, in UTC.
    :param restored: the files that have their original content again.
    :param unchanged: the files that had it already.
    :param refused: the files that were not restored, and why.
    """

    run: str = ""
    time: str = ""
    restored: List[str] = field(default_factory=list)
    unchanged: List[str] = field(default_factory=list)
    refused: List[WriteError] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Tell whether the run is undone as a whole, so that the next undo goes further back."""
        return bool(self.run) and not self.refused


class Journal:
    """The journal of one run."""

    def __init__(self, folder: str, covered: Set[Tuple[str, Optional[bytes]]]) -> None:
        """Make a journal whose originals are stored already: see :meth:`create`."""
        self.folder = folder
        self._covered = covered

    @classmethod
    def create(cls, root: str, changes: Sequence[Change], tool_version: str = "") -> Journal:
        """Store the originals of all files of a run, synced to disk.

        :param root: what :func:`run_root` gives for the paths of the run.
        :raises JournalError: if that fails; then nothing must be written.
        """
        files = [_record(root, change) for change in changes]
        try:
            folder = _new_run_folder(root)
            try:
                _write_originals(os.path.join(folder, _ORIGINALS), changes)
                content = {"version": _VERSION, "tool_version": tool_version, "time": _now(), "root": root}
                _write_journal(folder, {**content, "undone": None, "files": files})
                _sync_up(folder)
            except OSError:
                _remove(folder)
                raise
        except OSError as error:
            raise JournalError(
                f"cannot store the originals in {_state_folder()}: {error.strerror}; nothing was changed"
                f" (set {STATE_VARIABLE} to use another folder)"
            ) from error
        _forget_old_runs(root)
        return cls(folder, {(change.absolute, change.before) for change in changes})

    def covers(self, change: Change) -> bool:
        """Tell whether the original of a change is in the journal."""
        return (change.absolute, change.before) in self._covered


def run_root(paths: Sequence[str]) -> str:
    """Give the folder that a run is kept under: the git work tree, else the common parent folder."""
    folders = []
    for path in paths:
        real = os.path.realpath(path)
        folders.append(real if os.path.isdir(real) else os.path.dirname(real))
    try:
        common = os.path.commonpath(folders)
    except ValueError as error:
        raise JournalError(f"the given paths have no common parent folder: {error}") from error
    return git_root(common) or common


def undo(root: str) -> UndoResult:
    """Put back the files of the last run under a root that isn't undone yet.

    A file that was changed since the run is left as it is. As long as there is one, the run
    counts as not undone.

    :param root: what :func:`run_root` gives for the paths of the run.
    :raises JournalError: if the journal can't be read.
    """
    for folder in reversed(_run_folders(root)):
        content = _read_journal(folder)
        if content is not None and not content["undone"]:
            return _undo_run(folder, content)
    return UndoResult()


def _undo_run(folder: str, content: Dict[str, Any]) -> UndoResult:
    result = UndoResult(run=folder, time=content["time"])
    root, touched = content["root"], []
    with _open_originals(folder) as originals:
        for record in content["files"]:
            path = os.path.join(root, *record["path"].split("/"))
            touched.append(path)
            try:
                changed = _restore(path, record, originals, folder)
            except WriteError as error:
                result.refused.append(error)
            else:
                (result.restored if changed else result.unchanged).append(path)
    sync_folders(touched)
    remove_leftovers(touched)
    if not result.refused:
        try:
            _write_journal(folder, {**content, "undone": _now()})
        except OSError as error:
            raise JournalError(f"all files are restored, but {folder} cannot be written: {error.strerror}") from error
    return result


def _restore(path: str, record: Dict[str, Any], originals: Any, folder: str) -> bool:
    """Put one file back; tell whether it had to be."""
    if record["before"] is None and not os.path.lexists(path):
        return False
    kept = f"its original is {record['before']} in {os.path.join(folder, _ORIGINALS)}"
    if record["before"] is None:
        kept = "the run created it, so remove it by hand if it isn't needed"
    try:
        if os.path.islink(path):
            raise WriteError(path, "it is a symbolic link now", kept)
        with open(path, "rb") as file:
            current = file.read()
    except OSError as error:
        raise WriteError(path, f"it cannot be read: {error.strerror}", kept) from error
    now = _digest(current)
    if record["before"] is None:
        return _remove_created(path, now == record["after"], kept)
    if now == record["before"]:
        return False
    if now != record["after"]:
        raise WriteError(path, "it was changed since", kept)
    original = _original(originals, record["before"])
    if original is None:
        raise WriteError(path, "its original in the journal is damaged", "restore it from version control")
    replace_file(path, original, expected=current)
    return True


def _remove_created(path: str, as_created: bool, advice: str) -> bool:
    """Remove a file that the run created."""
    if not as_created:
        raise WriteError(path, "it was changed since", advice)
    try:
        os.unlink(path)
    except OSError as error:
        raise WriteError(path, f"it cannot be removed: {error.strerror}", advice) from error
    return True


def _record(root: str, change: Change) -> Dict[str, Any]:
    relative = os.path.relpath(change.absolute, root)
    if relative.split(os.sep)[0] == os.pardir or os.path.isabs(relative):
        raise ValueError(f"{change.absolute} is not below {root}")
    mode: Optional[int] = None
    with suppress(OSError):  # a file that is gone meanwhile is refused when it's written
        mode = stat.S_IMODE(os.lstat(change.absolute).st_mode)
    return {
        "path": relative.replace(os.sep, "/"),
        "mode": mode,
        "before": None if change.before is None else _digest(change.before),
        "after": _digest(change.after),
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_originals(path: str, changes: Sequence[Change]) -> None:
    """Write the originals as one file, as a sync of each would take longer than all the rest."""
    import zipfile

    unique = {_digest(change.before): change.before for change in changes if change.before is not None}
    with open(path, "xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for digest, content in unique.items():
                archive.writestr(digest, content)
        file.flush()
        os.fsync(file.fileno())


def _open_originals(folder: str) -> Any:
    import zipfile

    try:
        return zipfile.ZipFile(os.path.join(folder, _ORIGINALS))
    except (OSError, zipfile.BadZipFile) as error:
        raise JournalError(f"cannot read the originals in {folder}: {error}") from error


def _original(originals: Any, digest: str) -> Optional[bytes]:
    """Read an original; ``None`` if it isn't what was stored."""
    import zipfile
    import zlib

    with suppress(OSError, KeyError, zipfile.BadZipFile, zlib.error):
        content: bytes = originals.read(digest)
        return content if _digest(content) == digest else None
    return None


def _write_journal(folder: str, content: Dict[str, Any]) -> None:
    path = os.path.join(folder, _JOURNAL)
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    sync_folders([path])


def _read_journal(folder: str) -> Optional[Dict[str, Any]]:
    """Read the journal of a run; ``None`` for a run that was killed before it had one."""
    path = os.path.join(folder, _JOURNAL)
    try:
        with open(path, encoding="ascii") as file:
            content: Dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise JournalError(f"cannot read {path}: {error}") from error
    if content["version"] != _VERSION:
        raise JournalError(f"{path} was written by another version of plumpy-migrate")
    return content


def _now() -> str:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


def _state_folder() -> str:
    given = os.environ.get(STATE_VARIABLE)
    if given:
        return os.path.abspath(given)
    from platformdirs import user_state_dir

    return user_state_dir("plumpy-migrate", appauthor=False)


def _root_folder(root: str) -> str:
    return os.path.join(_state_folder(), _digest(os.fsencode(os.path.normcase(root)))[:16])


def _run_folders(root: str) -> List[str]:
    """List the folders of the runs of a root, the oldest first."""
    parent = _root_folder(root)
    try:
        return [os.path.join(parent, name) for name in sorted(os.listdir(parent))]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise JournalError(f"cannot read {parent}: {error.strerror}") from error


def _new_run_folder(root: str) -> str:
    parent = _root_folder(root)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    folder = os.path.join(parent, f"{_now()[:26].replace(':', '').replace('-', '')}-{os.getpid()}")
    os.mkdir(folder, 0o700)
    return folder


def _sync_up(folder: str) -> None:
    """Sync the folders that lead to a run: they may be new, too."""
    parent = os.path.dirname(folder)
    sync_folders([folder, parent, os.path.dirname(parent)])


def _forget_old_runs(root: str) -> None:
    for folder in _run_folders(root)[:-KEPT_RUNS]:
        _remove(folder)


def _remove(folder: str) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
