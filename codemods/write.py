"""Replaces files atomically: whatever happens, a file has its old content or its new one."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterable, List, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from codemods.journal import Journal

_TEMPORARY_MARK = ".plumpy-migrate-"
_NAME_KEPT = 40  # characters of the name in a temporary name, which must stay below 255 bytes
_THREADS = 4
_CHANGES_FOR_THREADS = 4


class WriteError(Exception):
    """A file was not replaced; it is as it was.

    :param path: the file.
    :param reason: why it wasn't replaced.
    :param advice: what the user can do about it.
    """

    def __init__(self, path: str, reason: str, advice: str) -> None:
        super().__init__(f"{path}: {reason}; {advice}")
        self.path = path
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True)
class Change:
    """The new content of a file.

    :param path: as it is shown to the user.
    :param absolute: the absolute path, free of symbolic links.
    :param before: the content that was read; ``None`` for a file that isn't there yet.
    :param after: the content to write.
    """

    path: str
    absolute: str
    before: Optional[bytes]
    after: bytes


def replace_file(path: str, content: bytes, expected: Optional[bytes] = None) -> None:
    """Replace a file through a synced temporary file in the same folder; mode and owner stay.

    The folder isn't synced: see :func:`sync_folders`.

    :param expected: the content that the file must still have.
    :raises WriteError: if the file can't or mustn't be replaced.
    """
    status = _replaceable(path)
    try:
        temporary, descriptor = _create_temporary(path)
    except OSError as error:
        raise _refusal(path, error) from error
    try:
        try:
            _fill(descriptor, content, status)
        finally:
            os.close(descriptor)
        # As late as possible: whoever edits the file meanwhile shall not lose it.
        if expected is not None and _read(path) != expected:
            raise WriteError(path, "it was changed by somebody else meanwhile", "run plumpy-migrate again")
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise _refusal(path, error) from error
        raise


def create_file(path: str, content: bytes) -> None:
    """Create a file through a synced temporary file in the same folder.

    :raises WriteError: if there is such a file, or it can't be created.
    """
    try:
        temporary, descriptor = _create_temporary(path, 0o666)
    except OSError as error:
        raise _refusal(path, error) from error
    try:
        try:
            _fill(descriptor, content)
        finally:
            os.close(descriptor)
        if os.path.lexists(path):
            raise WriteError(path, "it was created by somebody else meanwhile", "run plumpy-migrate again")
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise _refusal(path, error) from error
        raise


def write_all(changes: Sequence[Change], journal: Journal) -> List[WriteError]:
    """Replace files, and go on when one of them can't be replaced.

    :param journal: the journal that has the originals of all the files.
    :return: what could not be written.
    :raises ValueError: if a file isn't in the journal; nothing was written then.
    """
    for change in changes:
        if not journal.covers(change):
            raise ValueError(f"{change.path} is not in the journal")
    outcomes = _each(_write_one, changes)
    sync_folders(change.absolute for change, error in zip(changes, outcomes) if error is None)
    return [error for error in outcomes if error is not None]


def sync_folders(paths: Iterable[str]) -> None:
    """Sync the folders of files, so that their renames survive a power cut."""
    if os.name == "nt":  # folders can't be opened there
        return
    for folder in sorted({os.path.dirname(path) for path in paths}):
        # Some network file systems can't sync a folder; the files themselves are safe anyway.
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def remove_leftovers(paths: Iterable[str]) -> List[str]:
    """Remove the temporary files that a killed run left beside some files; give their paths."""
    prefixes = {os.path.join(os.path.dirname(path), _temporary_prefix(path)) for path in paths}
    removed: List[str] = []
    for folder in sorted({os.path.dirname(prefix) for prefix in prefixes}):
        with suppress(OSError):
            for name in sorted(os.listdir(folder)):
                path = os.path.join(folder, name)
                head, mark, _ = path.rpartition(_TEMPORARY_MARK)
                if head + mark in prefixes:
                    os.unlink(path)
                    removed.append(path)
    return removed


def _write_one(change: Change) -> Optional[WriteError]:
    try:
        if change.before is None:
            create_file(change.absolute, change.after)
        else:
            replace_file(change.absolute, change.after, expected=change.before)
    except WriteError as error:
        return WriteError(change.path, error.reason, error.advice)
    return None


def _each(write: Callable[[Change], Optional[WriteError]], changes: Sequence[Change]) -> List[Optional[WriteError]]:
    """Call a function for each change, in threads where it pays: they wait for the disk."""
    if len(changes) < _CHANGES_FOR_THREADS:
        return [write(change) for change in changes]
    from concurrent.futures import ThreadPoolExecutor

    outcomes: List[Optional[WriteError]] = [None] * len(changes)
    rest = iter(enumerate(changes))

    def work() -> None:
        for index, change in rest:
            outcomes[index] = write(change)

    with ThreadPoolExecutor(_THREADS) as pool:
        futures = [pool.submit(work) for _ in range(_THREADS)]
        try:
            for future in futures:
                future.result()
        finally:  # an interrupted run starts no more files
            for _ in rest:
                pass
    return outcomes


def _replaceable(path: str) -> os.stat_result:
    try:
        status = os.lstat(path)
    except OSError as error:
        raise _refusal(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise WriteError(path, "it is not a regular file", "name the file that it stands for")
    # The bits, not os.access: root may write anything, but a read-only file is meant to stay.
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise WriteError(path, "it is read-only", "make it writable and run plumpy-migrate again")
    return status


def _temporary_prefix(path: str) -> str:
    return f".{os.path.basename(path)[:_NAME_KEPT]}{_TEMPORARY_MARK}"


def _create_temporary(path: str, mode: int = 0o600) -> Tuple[str, int]:
    prefix = os.path.join(os.path.dirname(path), _temporary_prefix(path))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    while True:
        temporary = prefix + os.urandom(4).hex()
        with suppress(FileExistsError):
            return temporary, os.open(temporary, flags, mode)


def _fill(descriptor: int, content: bytes, status: Optional[os.stat_result] = None) -> None:
    """Give an open file its content, and the owner and mode of another, and sync it."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    if status is not None and hasattr(os, "fchown"):
        own = os.fstat(descriptor)
        if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
            with suppress(OSError):
                os.fchown(descriptor, status.st_uid, status.st_gid)
        # After the owner, as a change of owner clears the setuid bit.
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
    os.fsync(descriptor)


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _refusal(path: str, error: OSError) -> WriteError:
    what = "make the file and its folder writable" if isinstance(error, PermissionError) else "see to that"
    return WriteError(path, f"it cannot be written: {error.strerror}", f"{what} and run plumpy-migrate again")
