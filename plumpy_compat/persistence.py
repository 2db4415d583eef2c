"""Saving processes and loading them again: the Savable protocol, bundles, and what keeps checkpoints.

The layout of a saved state is plumpy's (0.16 to 0.26), plus a `version` in the meta data of each object that was saved
on its own; what releases since 0.14 wrote is read. A saved state is a snapshot: nothing in it changes when the process
goes on.
"""

from __future__ import annotations

import abc
import collections
import sys
from types import MethodType
from typing import Any, Dict, Hashable, Iterable, Iterator, List, MutableMapping, Optional, Set, Type, TypeVar, cast

from . import futures, loaders, utils
from .base.utils import call_with_super_check, super_check
from .checkpoints import allowlist
from .checkpoints.snapshots import snapshot as snapshot
from .exceptions import PersistenceError

__all__ = [
    "Bundle",
    "InMemoryPersister",
    "LoadSaveContext",
    "PersistedCheckpoint",
    "Persister",
    "PicklePersister",
    "Savable",
    "SavableFuture",
    "auto_persist",
]

SAVED_STATE_TYPE = MutableMapping[str, Any]
SavableClsType = TypeVar("SavableClsType", bound="Type[Savable]")

META = "!!meta"
META__CLASS_NAME = "class_name"
META__OBJECT_LOADER = "object_loader"
META__USER = "user"
META__TYPES = "types"
META__TYPE__METHOD = "m"
META__TYPE__SAVABLE = "S"
META__VERSION = "version"

# The version of the layout. 1 is what plumpy 0.16 to 0.26 writes (without saying so), 2 adds what is described in
# docs/checkpoints.md. Readers take what they know and leave the rest.
CHECKPOINT_VERSION = 2


class LoadSaveContext:
    """What objects are told while they are saved or loaded: a loader of classes, and anything else by name."""

    def __init__(self, loader: Optional[loaders.ObjectLoader] = None, **kwargs: Any) -> None:
        self._values = kwargs
        self.loader = loader

    def __getattr__(self, item: str) -> Any:
        # Through `__dict__`: there is none yet when the context is being copied or unpickled.
        try:
            return self.__dict__["_values"][item]
        except KeyError:
            raise AttributeError(f"item '{item}' not found") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, item: str) -> bool:
        return item in self._values

    def copyextend(self, **kwargs: Any) -> LoadSaveContext:
        """Give a copy that knows these as well; `loader` may be among them."""
        extended = LoadSaveContext.__new__(LoadSaveContext)
        extended.loader = kwargs.pop("loader", self.loader)
        extended._values = {**self._values, **kwargs}
        return extended


class Bundle(Dict[str, Any]):
    """The saved state of an object, as a dictionary that can be written somewhere.

    :param savable: the object.
    :param save_context: what the object is told; its `loader` names the classes.
    :param dereference: make a deep copy of what the object saved. Objects of this package save snapshots anyway.
    """

    def __init__(
        self, savable: Savable, save_context: Optional[LoadSaveContext] = None, dereference: bool = False
    ) -> None:
        super().__init__()
        saved = savable.save(save_context)
        self.update(snapshot(saved) if dereference else saved)

    def unbundle(self, load_context: Optional[LoadSaveContext] = None) -> Any:
        """Make the object again.

        :raises ValueError: if it isn't said whose state this is, or its class can't be loaded.
        :raises PersistenceError: if the state has something in it that may not be loaded (see :mod:`.allowlist`).
        """
        return Savable.load(self, load_context)


def auto_persist(*members: str) -> Any:
    """Class decorator: save these attributes, besides those that the base classes save."""

    def decorate(savable: SavableClsType) -> SavableClsType:
        inherited = savable._auto_persist or ()
        savable._auto_persist = set(inherited)
        savable.auto_persist(*members)
        return savable

    return decorate


def _ensure_object_loader(context: Optional[LoadSaveContext], saved_state: SAVED_STATE_TYPE) -> LoadSaveContext:
    """A context with a loader: the one of `context`, else one of the class that was recorded, else the global one."""
    if context is None:
        context = LoadSaveContext()
    if context.loader is not None:
        return context
    default = loaders.get_object_loader()
    meta = saved_state.get(META)
    if not meta or META__USER not in meta:
        return context.copyextend(loader=default)
    recorded = meta[META__USER].get(META__OBJECT_LOADER)
    if recorded is None:
        return context.copyextend(loader=default)
    loader = default.load_object(recorded)
    if not (isinstance(loader, type) and issubclass(loader, loaders.ObjectLoader)):
        raise PersistenceError(f"'{recorded}', which the checkpoint gives as its object loader, is none")
    return context.copyextend(loader=loader())


class Savable:
    """Something whose state can be saved as plain data, and made again from it."""

    CLASS_NAME: str = META__CLASS_NAME

    _auto_persist: Optional[Set[str]] = None
    _persist_configured = False

    @staticmethod
    def load(saved_state: SAVED_STATE_TYPE, load_context: Optional[LoadSaveContext] = None) -> Any:
        """Make the object whose state this is.

        :raises ValueError: if it isn't said whose state this is, or its class can't be loaded.
        """
        load_context = _ensure_object_loader(load_context, saved_state)
        try:
            name = Savable._get_class_name(saved_state)
        except KeyError:
            raise ValueError("Class name not found in saved state") from None
        found = cast(loaders.ObjectLoader, load_context.loader).load_object(name)
        if not (isinstance(found, type) and issubclass(found, Savable)):
            raise PersistenceError(f"'{name}', which the checkpoint gives as the class of an object, is not a Savable")
        return found.recreate_from(saved_state, load_context)

    @classmethod
    def auto_persist(cls, *members: str) -> None:
        """Save these attributes of instances of this class."""
        if cls._auto_persist is None:
            cls._auto_persist = set()
        cls._auto_persist.update(members)

    @classmethod
    def persist(cls) -> None:
        """Called before an instance is first saved or loaded: a place to call :meth:`auto_persist`."""

    @classmethod
    def recreate_from(cls, saved_state: SAVED_STATE_TYPE, load_context: Optional[LoadSaveContext] = None) -> Any:
        """Make an instance from its saved state, without calling `__init__`."""
        load_context = _ensure_object_loader(load_context, saved_state)
        obj = cls.__new__(cls)
        call_with_super_check(obj.load_instance_state, saved_state, load_context)
        return obj

    @super_check
    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        """Put the state of this object into `out_state`. Chain up."""
        self._ensure_persist_configured()
        if self._auto_persist:
            self._save_members(self._auto_persist, out_state, save_context)

    @super_check
    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        """Take the state of this object from `saved_state`. Chain up."""
        self._ensure_persist_configured()
        if self._auto_persist:
            self.load_members(self._auto_persist, saved_state, load_context)

    def save(self, save_context: Optional[LoadSaveContext] = None) -> SAVED_STATE_TYPE:
        """Give the state of this object as a dictionary.

        :param save_context: its `loader` gives the names of classes, and is recorded.
        """
        if save_context is None:
            save_context = LoadSaveContext()
        elif type(save_context) is not LoadSaveContext:
            utils.type_check(save_context, LoadSaveContext)
        loader = save_context.loader
        used = loader if loader is not None else loaders.get_object_loader()
        out_state: Dict[str, Any] = {META: {META__CLASS_NAME: used.identify_object(self.__class__)}}
        if loader is not None:
            recorded = loaders.get_object_loader().identify_object(loader.__class__)
            Savable.set_custom_meta(out_state, META__OBJECT_LOADER, recorded)
        call_with_super_check(self.save_instance_state, out_state, save_context)
        return out_state

    def save_members(self, members: Iterable[str], out_state: SAVED_STATE_TYPE) -> None:
        """Save attributes: methods of this object by name, Savables by their own state, others as copies.

        :raises TypeError: for a method of another object.
        """
        self._save_members(members, out_state, None)

    def _save_members(
        self, members: Iterable[str], out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]
    ) -> None:
        for member in sorted(members):
            value = getattr(self, member)
            if type(value) is MethodType:
                if value.__self__ is not self:
                    raise TypeError("Cannot persist methods of other classes")
                Savable._set_meta_type(out_state, member, META__TYPE__METHOD)
                out_state[member] = value.__name__
            elif isinstance(value, Savable):
                Savable._set_meta_type(out_state, member, META__TYPE__SAVABLE)
                out_state[member] = value.save(save_context)
            else:
                out_state[member] = snapshot(value)

    def load_members(
        self, members: Iterable[str], saved_state: SAVED_STATE_TYPE, load_context: Optional[LoadSaveContext] = None
    ) -> None:
        """Set attributes from what :meth:`save_members` saved.

        :raises KeyError: if one is missing.
        """
        types = saved_state.get(META, {}).get(META__TYPES, ())
        for member in members:
            value = saved_state[member]
            if value is not None:
                value = self._get_value(saved_state, member, load_context) if member in types else snapshot(value)
            setattr(self, member, value)

    def _ensure_persist_configured(self) -> None:
        if not self._persist_configured:
            self.persist()
            self._persist_configured = True

    def _get_value(
        self, saved_state: SAVED_STATE_TYPE, name: str, load_context: Optional[LoadSaveContext] = None
    ) -> Any:
        value = saved_state[name]
        kind = Savable._get_meta_type(saved_state, name)
        if kind == META__TYPE__METHOD:
            return getattr(self, value)
        if kind == META__TYPE__SAVABLE and value is not None:
            return Savable.load(value, load_context)
        return snapshot(value)

    @staticmethod
    def set_custom_meta(out_state: SAVED_STATE_TYPE, name: str, value: Any) -> None:
        """Record something about a saved state under a name of your own."""
        Savable._get_create_meta(out_state).setdefault(META__USER, {})[name] = value

    @staticmethod
    def get_custom_meta(saved_state: SAVED_STATE_TYPE, name: str) -> Any:
        """Give what :meth:`set_custom_meta` recorded. (plumpy up to 0.26 looks in the wrong place.)

        :raises ValueError: if there is no such thing.
        """
        meta = saved_state.get(META, {})
        for place in (meta.get(META__USER, {}), meta):
            if name in place:
                return place[name]
        raise ValueError(f"Unknown meta key '{name}'")

    @staticmethod
    def _get_create_meta(out_state: SAVED_STATE_TYPE) -> Dict[str, Any]:
        return cast("Dict[str, Any]", out_state.setdefault(META, {}))

    @staticmethod
    def _set_class_name(out_state: SAVED_STATE_TYPE, name: str) -> None:
        Savable._get_create_meta(out_state)[META__CLASS_NAME] = name

    @staticmethod
    def _get_class_name(saved_state: SAVED_STATE_TYPE) -> str:
        return cast(str, Savable._get_create_meta(saved_state)[META__CLASS_NAME])

    @staticmethod
    def _set_meta_type(out_state: SAVED_STATE_TYPE, name: str, type_spec: Any) -> None:
        Savable._get_create_meta(out_state).setdefault(META__TYPES, {})[name] = type_spec

    @staticmethod
    def _get_meta_type(saved_state: SAVED_STATE_TYPE, name: str) -> Any:
        types = saved_state.get(META, {}).get(META__TYPES)
        return types.get(name) if types else None


@auto_persist("_state", "_result")
class SavableFuture(futures.Future, Savable):  # type: ignore[type-arg]
    """A future whose outcome can be saved. Callbacks are not saved."""

    EXCEPTION = "exception"

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        out_state["_done"] = self.done()  # where plumpy up to 0.15 looks
        exception = self._exception  # not `exception()`: saving isn't retrieving
        if exception is not None:
            out_state[self.EXCEPTION] = allowlist.portable(exception)

    @classmethod
    def recreate_from(cls, saved_state: SAVED_STATE_TYPE, load_context: Optional[LoadSaveContext] = None) -> Any:
        """Make a future of the loop in `load_context` (or of the current one) with the saved outcome.

        It stays silent if it failed and nobody asks why: that was logged where it failed.
        """
        installed = getattr(sys.modules.get("plumpy.persistence"), "SavableFuture", cls)
        if cls is SavableFuture and installed is not cls and issubclass(installed, Savable):
            return installed.recreate_from(saved_state, load_context)  # the legacy flavour's
        load_context = _ensure_object_loader(load_context, saved_state)
        loop = load_context.loop if "loop" in load_context else None
        if loop is None:
            from .events import get_or_create_event_loop

            loop = get_or_create_event_loop()
        future = cls(loop=loop)
        exception = saved_state.get(cls.EXCEPTION)
        # plumpy up to 0.15 says `_done`, later releases `_state`.
        state = saved_state.get("_state") or ("FINISHED" if saved_state.get("_done") else "PENDING")
        if state == "CANCELLED":
            future.cancel()
        elif exception is not None:
            future.set_exception(exception)
            future.exception()
        elif state == "FINISHED":
            future.set_result(snapshot(saved_state.get("_result")))
        return future


PersistedCheckpoint = collections.namedtuple("PersistedCheckpoint", ["pid", "tag"])
PersistedPickle = collections.namedtuple("PersistedPickle", ["checkpoint", "bundle"])


class Persister(metaclass=abc.ABCMeta):
    """Keeps the checkpoints of processes. A process has one for each tag, and one without."""

    @abc.abstractmethod
    def save_checkpoint(self, process: Any, tag: Optional[str] = None) -> None:
        """Save a checkpoint of `process`, in place of an older one with this tag.

        :raises PersistenceError: if it can't be saved.
        """

    @abc.abstractmethod
    def load_checkpoint(self, pid: Hashable, tag: Optional[str] = None) -> Bundle:
        """Give a checkpoint.

        :raises PersistenceError: if it can't be loaded.
        """

    @abc.abstractmethod
    def get_checkpoints(self) -> List[Any]:
        """List all checkpoints, as :class:`PersistedCheckpoint`."""

    @abc.abstractmethod
    def get_process_checkpoints(self, pid: Hashable) -> List[Any]:
        """List the checkpoints of one process, as :class:`PersistedCheckpoint`."""

    @abc.abstractmethod
    def delete_checkpoint(self, pid: Hashable, tag: Optional[str] = None) -> None:
        """Delete a checkpoint; it's no error if there is none."""

    @abc.abstractmethod
    def delete_process_checkpoints(self, pid: Hashable) -> None:
        """Delete all checkpoints of one process."""


class InMemoryPersister(Persister):
    """Keeps checkpoints in memory, for tests and for processes that needn't outlive the interpreter.

    :param loader: names the classes; the global object loader if it isn't given.
    """

    def __init__(self, loader: Optional[loaders.ObjectLoader] = None) -> None:
        super().__init__()
        self._checkpoints: Dict[Hashable, Dict[Optional[str], Bundle]] = {}
        self._save_context = LoadSaveContext(loader=loader)

    def save_checkpoint(self, process: Any, tag: Optional[str] = None) -> None:
        bundle = Bundle(process, self._save_context, dereference=True)
        self._checkpoints.setdefault(process.pid, {})[tag] = bundle

    def load_checkpoint(self, pid: Hashable, tag: Optional[str] = None) -> Bundle:
        """Give a copy of a checkpoint.

        :raises KeyError: if there is none.
        """
        return cast(Bundle, snapshot(self._checkpoints[pid][tag]))

    def get_checkpoints(self) -> List[Any]:
        return [PersistedCheckpoint(pid, tag) for pid, tagged in self._checkpoints.items() for tag in tagged]

    def get_process_checkpoints(self, pid: Hashable) -> List[Any]:
        return [PersistedCheckpoint(pid, tag) for tag in self._checkpoints.get(pid, {})]

    def delete_checkpoint(self, pid: Hashable, tag: Optional[str] = None) -> None:
        tagged = self._checkpoints.get(pid, {})
        tagged.pop(tag, None)
        if not tagged:
            self._checkpoints.pop(pid, None)

    def delete_process_checkpoints(self, pid: Hashable) -> None:
        self._checkpoints.pop(pid, None)


from .checkpoints.pickle_files import PicklePersister  # noqa: E402 - it is a Persister, which stands above
from .checkpoints.yaml_tags import (  # noqa: E402
    uuid_constructor as uuid_constructor,
    uuid_representer as uuid_representer,
)
