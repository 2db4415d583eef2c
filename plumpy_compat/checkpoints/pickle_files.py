"""Checkpoints as files in a folder: one pickle each, replaced atomically, listed by their names alone."""

from __future__ import annotations

import io
import os
import re
import time
import uuid
from contextlib import suppress
from typing import Any, Hashable, List, Optional, Tuple

from .. import loaders
from ..exceptions import PersistenceError
from ..persistence import Bundle, PersistedCheckpoint, PersistedPickle, Persister
from . import allowlist

__all__ = ["PicklePersister"]

_PICKLE_SUFFIX = "pickle"
_TEMPORARY_SUFFIX = ".checkpoint.tmp"
_REMAINS = 3600  # seconds after which a temporary file is nobody's any more
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
# What a name may hold as it is. `.` separates the process from the tag, `%` escapes.
_SAFE = "_-+=,@ "
_ERRORS = "surrogatepass"
_LONGEST = 255


class PicklePersister(Persister):
    """Keeps checkpoints as files of a folder, named after the process and the tag.

    Files that plumpy's persister wrote are read as well, and the other way round as long as the names have nothing
    that is escaped here. Only what :mod:`.allowlist` allows is made from a file.

    :param pickle_directory: the folder; it's made if it's missing.
    :raises ValueError: if it can't be made.
    """

    def __init__(self, pickle_directory: Any) -> None:
        super().__init__()
        self._pickle_directory = os.fspath(pickle_directory)
        self.ensure_pickle_directory(self._pickle_directory)
        _remove_remains(self._pickle_directory)

    @staticmethod
    def ensure_pickle_directory(dirpath: str) -> None:
        """Make the folder if it's missing.

        :raises ValueError: if it can't be made.
        """
        try:
            os.makedirs(dirpath, exist_ok=True)
        except OSError as error:
            raise ValueError(f"failed to create the pickle directory at {dirpath}") from error

    @staticmethod
    def load_pickle(filepath: Any) -> Any:
        """Read one file; gives a `PersistedPickle`.

        :raises FileNotFoundError: if it isn't there.
        :raises PersistenceError: if it's damaged, or has something in it that isn't allowed.
        """
        with open(filepath, "rb") as handle:
            data = handle.read()
        try:
            persisted = allowlist.loads(data)
        except PersistenceError as error:
            raise PersistenceError(f"{filepath}: {error}") from error
        if not isinstance(persisted, PersistedPickle) or not isinstance(persisted.bundle, Bundle):
            raise PersistenceError(f"{filepath}: not a checkpoint")
        return persisted

    @staticmethod
    def pickle_filename(pid: Hashable, tag: Optional[str] = None) -> str:
        """The name of the file of a checkpoint. Any two checkpoints have different ones.

        :raises PersistenceError: for a pid that is neither text, an integer nor a UUID, or is too long.
        """
        names = [_escape(pid)] if tag is None else [_escape(pid), _escape(tag)]
        name = ".".join([*names, _PICKLE_SUFFIX])
        if len(name) > _LONGEST:
            raise PersistenceError(f"can't name a file after {pid!r} and {tag!r}: that would be too long")
        return name

    def save_checkpoint(self, process: Any, tag: Optional[str] = None) -> None:
        """Save a checkpoint: after a crash at any moment there is the old one or the new one, whole."""
        checkpoint = PersistedCheckpoint(process.pid, tag)
        path = self._pickle_filepath(process.pid, tag)
        bundle = Bundle(process)
        try:
            data = _dumps(PersistedPickle(checkpoint, bundle))
        except Exception as error:  # any object may be in it, and raise anything
            raise PersistenceError(f"the state of process {process.pid} can't be pickled: {error}") from error
        _replace(path, data)
        with suppress(PersistenceError):
            for older in self._old_filepath(process.pid, tag):
                os.remove(older)

    def load_checkpoint(self, pid: Hashable, tag: Optional[str] = None) -> Bundle:
        """Give a checkpoint.

        :raises FileNotFoundError: if there is none.
        :raises PersistenceError: if it's damaged, or has something in it that isn't allowed.
        """
        bundle: Bundle = self.load_pickle(self._existing(pid, tag)).bundle
        return bundle

    def get_checkpoints(self) -> List[Any]:
        return [PersistedCheckpoint(pid, tag) for pid, tag, _ in self._list()]

    def get_process_checkpoints(self, pid: Hashable) -> List[Any]:
        return [one for one in self.get_checkpoints() if one.pid == pid]

    def delete_checkpoint(self, pid: Hashable, tag: Optional[str] = None) -> None:
        for path in (self._pickle_filepath(pid, tag), *self._old_filepath(pid, tag)):
            with suppress(FileNotFoundError):
                os.remove(path)

    def delete_process_checkpoints(self, pid: Hashable) -> None:
        for one in self.get_process_checkpoints(pid):
            self.delete_checkpoint(one.pid, one.tag)

    def _list(self) -> List[Tuple[Hashable, Optional[str], str]]:
        found = []
        from urllib.parse import unquote

        with os.scandir(self._pickle_directory) as entries:
            for entry in entries:
                parts = entry.name.split(".")
                if parts[-1] != _PICKLE_SUFFIX or len(parts) not in (2, 3) or not entry.is_file():
                    continue
                tag = None if len(parts) == 2 else "" if parts[1] == "%" else unquote(parts[1], errors=_ERRORS)
                found.append((_unescape(parts[0]), tag, entry.path))
        return found

    def _existing(self, pid: Hashable, tag: Optional[str]) -> str:
        path = self._pickle_filepath(pid, tag)
        return path if os.path.exists(path) else next(iter(self._old_filepath(pid, tag)), path)

    def _old_filepath(self, pid: Hashable, tag: Optional[str]) -> List[str]:
        """The file of a checkpoint under the name that plumpy gives it, if it's another and there is one.

        :raises PersistenceError: if it isn't readable.
        """
        name = f"{pid}.{_PICKLE_SUFFIX}" if tag is None else f"{pid}.{tag}.{_PICKLE_SUFFIX}"
        path = os.path.join(self._pickle_directory, name)
        if name == self.pickle_filename(pid, tag) or os.path.basename(name) != name or not os.path.isfile(path):
            return []
        # Other checkpoints have that name as well.
        there = self.load_pickle(path).checkpoint
        return [path] if (there.pid, there.tag) == (pid, tag) and type(there.pid) is type(pid) else []

    def _pickle_filepath(self, pid: Hashable, tag: Optional[str] = None) -> str:
        return os.path.join(self._pickle_directory, self.pickle_filename(pid, tag))


def _escape(value: Hashable) -> str:
    if isinstance(value, (int, uuid.UUID)) and not isinstance(value, bool):
        return str(value if isinstance(value, uuid.UUID) else int(value))
    if not isinstance(value, str):
        raise PersistenceError(f"can't name a file after {value!r}: a pid must be text, an integer or a UUID")
    from urllib.parse import quote

    text = quote(value, safe=_SAFE, errors=_ERRORS).replace(".", "%2E")
    if _INTEGER.match(text) or _UUID.match(text) or text in ("", "-"):
        text = f"%{ord(text[0]):02X}{text[1:]}" if text else "%"  # text that looks like a number stays text
    return text


def _unescape(name: str) -> Hashable:
    if _INTEGER.match(name):
        return int(name)
    if _UUID.match(name):
        return uuid.UUID(name)
    from urllib.parse import unquote

    return "" if name == "%" else unquote(name, errors=_ERRORS)


def _dumps(value: Any) -> bytes:
    """Pickle `value`, with the classes of this package under plumpy's names."""
    import pickle  # here, for it and what others import here costs all programs a tenth of the import, and few need it

    # The one that is written in Python: only there can one say how a class is named. It takes a tenth of the time that
    # writing a small file takes.
    class Pickler(pickle._Pickler):  # type: ignore[name-defined, misc, unused-ignore]
        def save_global(self, obj: Any, name: Optional[str] = None) -> None:
            module = getattr(obj, "__module__", None)
            if name is not None or not isinstance(module, str) or loaders.to_wire_module(module) == module:
                super().save_global(obj, name)  # type: ignore[misc, unused-ignore]
                return
            this: Any = self
            this.save(loaders.to_wire_module(module))
            this.save(obj.__qualname__)
            this.write(pickle.STACK_GLOBAL)
            this.memoize(obj)

    buffer = io.BytesIO()
    try:
        Pickler(buffer, protocol=4).dump(value)
    except RecursionError:  # the one in C gets deeper
        return pickle.dumps(value, protocol=4)
    return buffer.getvalue()


def _remove_remains(folder: str) -> None:
    """Remove what writers that were killed left behind, if it's old enough to be nobody's at the moment."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") and entry.name.endswith(_TEMPORARY_SUFFIX):
                with suppress(OSError):
                    if time.time() - entry.stat().st_mtime > _REMAINS:
                        os.remove(entry.path)


def _replace(path: str, data: bytes) -> None:
    """Write a file such that its name has the old content or the new one at any moment, also after a power cut."""
    folder = os.path.dirname(path)
    temporary = os.path.join(folder, f".{uuid.uuid4().hex}{_TEMPORARY_SUFFIX}")
    # With the rights that any new file gets; `tempfile` would keep it from everybody else.
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(temporary)
        raise
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(descriptor)  # the name itself
        finally:
            os.close(descriptor)
