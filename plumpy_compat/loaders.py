"""Identifiers of objects, as they are written in checkpoints and messages, and back.

The runtime's own objects are identified by the name of the plumpy module that they stand for, so that plumpy reads
what this package wrote, and the other way round.
"""

from __future__ import annotations

import abc
import functools
import importlib
import sys
from types import ModuleType
from typing import Any, Iterator, Optional

__all__ = ["DefaultObjectLoader", "ObjectLoader", "get_object_loader", "set_object_loader"]

_OWN_PACKAGE = "plumpy_compat"
_LEGACY_PACKAGE = "plumpy_compat.legacy"
_WIRE_PACKAGE = "plumpy"


def _move(name: str, source: str, target: str) -> str:
    if name == source or name.startswith(source + "."):
        return target + name[len(source) :]
    return name


# What plumpy keeps in another module.
_WIRE_MODULES = {
    "plumpy_compat.commands": "plumpy.process_states",
    "plumpy_compat.messages": "plumpy.process_comms",
    **{f"plumpy_compat.outline.{name}": "plumpy.workchains" for name in ("base", "blocks", "conditions", "returning")},
}


@functools.lru_cache(maxsize=1024)
def to_wire_module(name: str) -> str:
    """The name under which a module is written: `plumpy.x` for our `plumpy_compat.x`, any other as it is."""
    name = _move(name, _LEGACY_PACKAGE, _OWN_PACKAGE)
    return _WIRE_MODULES.get(name) or _move(name, _OWN_PACKAGE, _WIRE_PACKAGE)


@functools.lru_cache(maxsize=1024)
def from_wire_module(name: str) -> str:
    """Our module that stands for a module that was written: `plumpy_compat.x` for `plumpy.x`, any other as it is."""
    return _move(name, _WIRE_PACKAGE, _OWN_PACKAGE)


class ObjectLoader(metaclass=abc.ABCMeta):
    """Finds the object of an identifier, and the identifier of an object."""

    @abc.abstractmethod
    def load_object(self, identifier: str) -> Any:
        """The object that `identifier` names.

        :raises ValueError: if it can't be loaded.
        """

    @abc.abstractmethod
    def identify_object(self, obj: Any) -> str:
        """An identifier that `load_object` takes.

        :raises ValueError: if there is none.
        """


class DefaultObjectLoader(ObjectLoader):
    """Identifies objects by `module:name`, for what a module holds at its top level."""

    def load_object(self, identifier: str) -> Any:
        """The object that `identifier` names; `plumpy.x:Name` gives our own `Name` if there is one.

        :param identifier: `module:name`.
        :raises ValueError: if it isn't of that form, the module can't be imported or doesn't have the name.
        """
        module_name, separator, name = identifier.partition(":") if isinstance(identifier, str) else ("", "", "")
        if not (module_name and separator and name) or ":" in name or module_name.startswith("."):
            raise ValueError(f"identifier `{identifier}` has an invalid format.")
        # Nearly always it's there already: the import system takes ten times as long to say so.
        present = sys.modules.get(from_wire_module(module_name))
        loaded = None if present is None else getattr(present, name, None)
        if loaded is not None:
            return loaded
        error: Optional[ImportError] = None
        found = False
        for candidate in _candidates(module_name):
            try:
                module: ModuleType = importlib.import_module(candidate)
            except ImportError as exc:
                # The first one says more: the second candidate is often not installed at all.
                error = error or exc
                continue
            found = True
            try:
                return getattr(module, name)
            except AttributeError:
                pass
        if found:
            raise ValueError(f"object `{name}` form identifier `{identifier}` could not be loaded.")
        raise ValueError(f"module `{module_name}` from identifier `{identifier}` could not be loaded.") from error

    def identify_object(self, obj: Any) -> str:
        """`module:name` of a class or function.

        :raises ValueError: if that doesn't load, or `obj` is nested or local and it loads something else (plumpy
            doesn't notice the latter).
        """
        try:
            identifier = f"{to_wire_module(obj.__module__)}:{obj.__name__}"
        except AttributeError as exc:
            raise ValueError(f"object `{obj!r}` has no module or no name to identify it by.") from exc
        if getattr(sys.modules.get(obj.__module__), obj.__name__, None) is obj:
            return identifier
        # A class that was defined anew, as in a notebook, is not the old one but takes its place: let it.
        if self.load_object(identifier) is not obj and getattr(obj, "__qualname__", obj.__name__) != obj.__name__:
            raise ValueError(f"object `{obj!r}` cannot be identified: `{identifier}` is another object.")
        return identifier


def _candidates(module_name: str) -> Iterator[str]:
    """The modules to look in, the preferred one first."""
    own = from_wire_module(module_name)
    yield own
    if own != module_name:
        if _LEGACY_PACKAGE in sys.modules:
            yield _move(own, _OWN_PACKAGE, _LEGACY_PACKAGE)  # what only that flavour has
        yield module_name


OBJECT_LOADER: Optional[ObjectLoader] = None


def get_object_loader() -> ObjectLoader:
    """The global loader, by default a `DefaultObjectLoader`."""
    global OBJECT_LOADER
    if OBJECT_LOADER is None:
        OBJECT_LOADER = DefaultObjectLoader()
    return OBJECT_LOADER


def set_object_loader(loader: Optional[ObjectLoader]) -> None:
    """Replace the global loader.

    :param loader: the new one, or None for the default.
    """
    global OBJECT_LOADER
    OBJECT_LOADER = loader
