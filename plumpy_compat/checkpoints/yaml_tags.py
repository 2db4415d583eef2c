"""How bundles, and the types that stand in them, are written to YAML and read by PyYAML's loaders.

The tags are plumpy's, with plumpy's module names, so bundles go both ways between the two.
"""

from __future__ import annotations

import abc
import builtins
import sys
import uuid
from typing import Any, Dict, Iterator, List

from .. import exceptions, loaders, utils
from .after_import import when_imported
from .allowlist import tag_of
from .state_text import StateText, represent_state_text

_BUNDLE_TAG = "!plumpy:Bundle"
_UUID_TAG = "!uuid"
_OBJECT = "tag:yaml.org,2002:python/object:"
_APPLY = "tag:yaml.org,2002:python/object/apply:"
_NAME = "tag:yaml.org,2002:python/name:"

_MAPPINGS = (utils.Frozendict, utils.AttributesFrozendict, utils.AttributesDict)
_ERRORS = (exceptions.KilledError, exceptions.InvalidStateError, exceptions.ClosedError)


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


def old_uuid_representer(dumper: Any, data: uuid.UUID) -> Any:
    """Write a UUID as plumpy did before 0.25, which can't read today's form."""
    return dumper.represent_mapping(f"{_OBJECT}uuid.UUID", {"int": data.int})


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


def _exception_representer(dumper: Any, exception: BaseException) -> Any:
    from .exception_text import represent_exception  # it needs PyYAML, which may be about to be imported by it

    return represent_exception(dumper, exception)


def _exception_constructor(loader: Any, node: Any) -> BaseException:
    from .exception_text import construct_exception

    return construct_exception(loader, node)


def represent_class(dumper: Any, data: type) -> Any:
    """Write a class by its name, ours as plumpy's."""
    return dumper.represent_scalar(f"{_NAME}{loaders.to_wire_module(data.__module__)}.{data.__qualname__}", "")


def _state_constructor(loader: Any, node: Any) -> Any:
    """Read a state, which is in the checkpoints of some programs."""
    from ..process_states import ProcessState

    return ProcessState(*loader.construct_sequence(node))


def _state_text_constructor(loader: Any, node: Any) -> StateText:
    """Read a state in the answer of a process of plumpy up to 0.19, which others give as text."""
    return StateText(_state_constructor(loader, node))


def write_uuids_as_before() -> None:
    """From now on, write UUIDs in messages and YAML such that plumpy before 0.25, but no later one, can read them."""
    global _represent_uuid
    _represent_uuid = old_uuid_representer
    present = sys.modules.get("yaml")
    if present is not None:
        for dumper in _those(present, "Dumper CDumper"):
            dumper.add_representer(uuid.UUID, _represent_uuid)


_represent_uuid = uuid_representer


def register_when_imported() -> None:
    """Teach PyYAML the tags: now, or when somebody imports it, for that takes a seventh of the time that we take."""
    when_imported("yaml", register)


def register(yaml: Any) -> None:
    """Teach PyYAML the tags. Loaders that build nothing but plain data (SafeLoader) aren't touched."""
    from ..persistence import Bundle
    from ..process_listener import ProcessListener
    from ..processes import ProcessStateMachineMeta

    # The C variants have tables of their own.
    dumpers = _those(yaml, "Dumper CDumper")
    readers = _those(yaml, "Loader FullLoader UnsafeLoader CLoader CFullLoader CUnsafeLoader")
    representers: Dict[Any, Any] = {
        Bundle: bundle_representer,
        uuid.UUID: _represent_uuid,
        ProcessStateMachineMeta: represent_class,
        abc.ABCMeta: represent_class,  # that of listeners
        **dict.fromkeys(_MAPPINGS, _frozendict_representer),
        **dict.fromkeys(_ERRORS, _exception_representer),
    }
    constructors: Dict[str, Any] = {
        _BUNDLE_TAG: bundle_constructor,
        _UUID_TAG: uuid_constructor,
        f"{_OBJECT}uuid.UUID": _old_uuid_constructor,
        f"{_NAME}plumpy.process_listener.ProcessListener": lambda loader, node: ProcessListener,
        **{f"{_OBJECT}plumpy.utils.{cls.__name__}": _object_constructor(cls) for cls in _MAPPINGS},
        **{tag_of(kind): _exception_constructor for kind in _ERRORS},
    }
    for dumper in dumpers:
        for kind, representer in representers.items():
            dumper.add_representer(kind, representer)
    for reader in readers:
        for tag, constructor in constructors.items():
            reader.add_constructor(tag, constructor)
    for dumper in _those(yaml, "Dumper CDumper SafeDumper CSafeDumper"):
        dumper.add_representer(StateText, represent_state_text)
    for reader in readers:
        # FullLoader is what reads messages.
        constructor = _state_text_constructor if "Full" in reader.__name__ else _state_constructor
        reader.add_constructor(f"{_APPLY}plumpy.process_states.ProcessState", constructor)
    # What a future failed with. Under the names of Python 3 the other loaders make it anyhow.
    kinds = [kind for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    full = _those(yaml, "FullLoader CFullLoader")
    for kind in kinds:
        for reader in full:
            reader.add_constructor(tag_of(kind), _exception_constructor)
        for reader in readers:
            reader.add_constructor(f"{_APPLY}exceptions.{kind.__name__}", _exception_constructor)


def _those(yaml: Any, names: str) -> List[Any]:
    """The classes of PyYAML with these names, if it has them."""
    return [getattr(yaml, name) for name in names.split() if hasattr(yaml, name)]
