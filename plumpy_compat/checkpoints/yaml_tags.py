"""How bundles, and the types that stand in them, are written to YAML and read by PyYAML's loaders.

The tags are plumpy's, with plumpy's module names, so bundles go both ways between the two.
"""

from __future__ import annotations

import abc
import builtins
import uuid
from typing import Any, Iterator

import yaml

from .. import exceptions, loaders, utils
from . import allowlist

_BUNDLE_TAG = "!plumpy:Bundle"
_UUID_TAG = "!uuid"
_OBJECT = "tag:yaml.org,2002:python/object:"
_NAME = "tag:yaml.org,2002:python/name:"


def bundle_representer(dumper: Any, node: Any) -> Any:
    """Write a bundle as a mapping."""
    return dumper.represent_mapping(_BUNDLE_TAG, node)


def bundle_constructor(loader: Any, data: Any) -> Iterator[Any]:
    """Read a bundle, in two steps so that it may refer to itself."""
    from ..persistence import Bundle

    bundle = Bundle.__new__(Bundle)
    yield bundle
    bundle.update(loader.construct_mapping(data))


def uuid_representer(dumper: Any, data: uuid.UUID) -> Any:
    """Write a UUID as text."""
    return dumper.represent_scalar(_UUID_TAG, str(data))


def uuid_constructor(loader: Any, node: Any) -> uuid.UUID:
    """Read a UUID."""
    return uuid.UUID(loader.construct_scalar(node))


def _old_uuid_constructor(loader: Any, node: Any) -> uuid.UUID:
    """Read a UUID that plumpy before 0.25 wrote; PyYAML's own loaders differ in whether they do."""
    return uuid.UUID(int=loader.construct_mapping(node)["int"])


def _frozendict_representer(dumper: Any, data: Any) -> Any:
    return dumper.represent_mapping(f"{_OBJECT}plumpy.utils.{type(data).__name__}", vars(data))


def _object_constructor(cls: Any) -> Any:
    def construct(loader: Any, node: Any) -> Iterator[Any]:
        obj = cls.__new__(cls)
        yield obj
        vars(obj).update(loader.construct_mapping(node, deep=True))

    return construct


def represent_class(dumper: Any, data: type) -> Any:
    """Write a class by its name, ours as plumpy's."""
    return dumper.represent_scalar(f"{_NAME}{loaders.to_wire_module(data.__module__)}.{data.__qualname__}", "")


def register() -> None:
    """Teach PyYAML the tags. Loaders that build nothing but plain data (SafeLoader) aren't touched."""
    from ..persistence import Bundle

    # The C variants have tables of their own.
    dumpers = [getattr(yaml, name) for name in ("Dumper", "CDumper") if hasattr(yaml, name)]
    names = ("Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader")
    readers = [getattr(yaml, name) for name in names if hasattr(yaml, name)]
    for dumper in dumpers:
        dumper.add_representer(Bundle, bundle_representer)
        dumper.add_representer(uuid.UUID, uuid_representer)
    for reader in readers:
        reader.add_constructor(_BUNDLE_TAG, bundle_constructor)
        reader.add_constructor(_UUID_TAG, uuid_constructor)
        reader.add_constructor(f"{_OBJECT}uuid.UUID", _old_uuid_constructor)
    for cls in (utils.Frozendict, utils.AttributesFrozendict, utils.AttributesDict):
        for dumper in dumpers:
            dumper.add_representer(cls, _frozendict_representer)
        for reader in readers:
            reader.add_constructor(f"{_OBJECT}plumpy.utils.{cls.__name__}", _object_constructor(cls))
    for kind in (exceptions.KilledError, exceptions.InvalidStateError, exceptions.ClosedError):
        for dumper in dumpers:
            dumper.add_representer(kind, allowlist.represent_exception)
        for reader in readers:
            reader.add_constructor(allowlist.tag_of(kind), allowlist.construct_exception)
    # What a future failed with. The other loaders make these anyhow.
    for kind in vars(builtins).values():
        if isinstance(kind, type) and issubclass(kind, Exception):
            for name in ("FullLoader", "CFullLoader"):
                if hasattr(yaml, name):
                    getattr(yaml, name).add_constructor(allowlist.tag_of(kind), allowlist.construct_exception)


def register_class(metaclass: type, *classes: type) -> None:
    """Have classes of this metaclass written by name, and these classes of ours read by plumpy's name."""
    for name in ("Dumper", "CDumper"):
        if hasattr(yaml, name):
            getattr(yaml, name).add_representer(metaclass, represent_class)
            getattr(yaml, name).add_representer(abc.ABCMeta, represent_class)  # that of listeners
    for cls in classes:
        tag = f"{_NAME}{loaders.to_wire_module(cls.__module__)}.{cls.__qualname__}"
        for name in ("Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader"):
            if hasattr(yaml, name):
                getattr(yaml, name).add_constructor(tag, lambda loader, node, cls=cls: cls)
