"""What a checkpoint may make when it is loaded: nothing but what is listed here.

A pickle can name any callable, and so can PyYAML's tags. The readers below look every name up in one list: containers
and plain values of the standard library, exceptions of Python itself, and the classes of this package. Users widen it
with :func:`allow`. What isn't on the list is refused with an error that names it, and no code of it runs.
"""

from __future__ import annotations

import builtins
import importlib
import io
from typing import Any, Dict, Set, Tuple, Type, Union

import yaml

from ..exceptions import PersistenceError
from ..loaders import from_wire_module

__all__ = ["allow", "dump_exception", "load_exception", "loads"]

_Name = Tuple[str, str]

_STANDARD: Dict[str, str] = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
    "collections": "Counter OrderedDict defaultdict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "pathlib": "PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath Path",
    "pathlib._local": "PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath Path",
    "types": "SimpleNamespace",
    "uuid": "SafeUUID UUID",
    # How pickle makes an object of a class, which is looked up here itself.
    "copyreg": "__newobj__ _reconstructor",
    "_codecs": "encode",
    "concurrent.futures": "CancelledError TimeoutError",
    "concurrent.futures._base": "CancelledError TimeoutError",
    "asyncio.exceptions": "CancelledError InvalidStateError TimeoutError",
    "kiwipy.exceptions": "CommunicatorClosed DeliveryFailed DuplicateSubscriberIdentifier InvalidStateError QueueEmpty"
    " RemoteException TaskRejected UnroutableError",
    "plumpy_compat.event_helper": "EventHelper",
    "plumpy_compat.exceptions": "ClosedError InvalidStateError KilledError PersistenceError UnsuccessfulResult",
    "plumpy_compat.base.state_machine": "EventError InvalidStateError StateEntryFailed StateMachineError",
    "plumpy_compat.persistence": "Bundle PersistedCheckpoint PersistedPickle",
    "plumpy_compat.ports": "PortValidationError",
    "plumpy_compat.process_listener": "ProcessListener",
    "plumpy_compat.process_states": "Interruption KillInterruption PauseInterruption ProcessState",
    "plumpy_compat.utils": "AttributesDict AttributesFrozendict Frozendict",
}
_ALLOWED: Set[_Name] = {(module, name) for module, names in _STANDARD.items() for name in names.split()}
# Exit signals are no outcome of a process.
_ALLOWED.update(
    ("builtins", name)
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception)
)
_PYTHON_2 = {"__builtin__": "builtins", "exceptions": "builtins", "copy_reg": "copyreg"}


def allow(*types: Union[type, str]) -> None:
    """Let checkpoints make instances of these types, in this interpreter.

    :param types: classes, or their names as `module:Class`.
    :raises ValueError: if a name is not of that form.
    """
    for one in types:
        if isinstance(one, str):
            module, _, name = one.partition(":")
            if not module or not name:
                raise ValueError(f"'{one}' does not name a type: write 'module:Class'")
            _ALLOWED.add((from_wire_module(module), name))
        else:
            _ALLOWED.add((one.__module__, one.__qualname__))


def find(module: str, name: str) -> Any:
    """Give the type that a checkpoint names.

    :raises PersistenceError: if it isn't on the list, or is on it but can't be imported.
    """
    module = from_wire_module(_PYTHON_2.get(module, module))
    if (module, name) not in _ALLOWED:
        raise PersistenceError(
            f"the checkpoint asks for '{module}:{name}', which is not allowed to be made from a checkpoint; if you"
            f" trust it, call plumpy_compat.checkpoints.allow('{module}:{name}') before loading"
        )
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise PersistenceError(
            f"the checkpoint asks for '{module}:{name}', which can't be imported: {error}"
        ) from error
    return found


def loads(data: bytes) -> Any:
    """Unpickle `data`, making nothing that isn't allowed.

    :raises PersistenceError: if it names something else, or isn't a whole pickle.
    """
    import pickle

    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            return find(module, name)

    try:
        return Unpickler(io.BytesIO(data)).load()
    except PersistenceError:
        raise
    except Exception as error:  # what a damaged pickle can raise isn't known beforehand
        raise PersistenceError(f"the checkpoint is damaged: {type(error).__name__}: {error}") from error


def dump_exception(exception: BaseException) -> str:
    """Write `exception` as plumpy does: YAML that makes it from its class and arguments.

    An exception with arguments that YAML can't write is written with their text.
    """
    args = getattr(exception, "args", ())
    try:
        text: str = yaml.dump(_Node(exception, args), Dumper=_ExceptionDumper)
        yaml.load(text, Loader=_SyntaxLoader)
    except Exception:  # any object may be among the arguments, and raise anything
        text = yaml.dump(_Node(exception, (_text_of(exception),)), Dumper=_ExceptionDumper)
    return text


def _text_of(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception as error:
        return f"<no text: {type(error).__name__}>"


class _Node:
    def __init__(self, exception: BaseException, args: Tuple[Any, ...]) -> None:
        self.type, self.args = type(exception), list(args)


class _ExceptionDumper(yaml.SafeDumper):  # type: ignore[misc, unused-ignore]
    """Writes plain values only, and the exception itself by the name of its class."""


class _SyntaxLoader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
    """Reads plain values, and exceptions if their class is allowed."""


def _represent(dumper: Any, node: _Node) -> Any:
    from ..loaders import to_wire_module

    name = f"{to_wire_module(node.type.__module__)}.{node.type.__qualname__}"
    return dumper.represent_sequence(f"tag:yaml.org,2002:python/object/apply:{name}", node.args)


def _construct(loader: Any, suffix: str, node: Any) -> Any:
    """Read `!!python/object/apply:Class [args]`, or the mapping form that PyYAML writes if there's more to say."""
    args, state = [], {}
    if isinstance(node, yaml.SequenceNode):
        args = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
        args, state = value.get("args", []), value.get("state", {})
    return _Call(suffix, tuple(args), state)


class _Call:
    def __init__(self, name: str, args: Tuple[Any, ...], state: Any) -> None:
        self.name, self.args, self.state = name, args, state


_ExceptionDumper.add_representer(_Node, _represent)
_ExceptionDumper.add_representer(
    tuple, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:python/tuple", data)
)
_SyntaxLoader.add_multi_constructor("tag:yaml.org,2002:python/object/apply:", _construct)
_SyntaxLoader.add_multi_constructor("tag:yaml.org,2002:python/object/new:", _construct)
_SyntaxLoader.add_constructor(
    "tag:yaml.org,2002:python/tuple", lambda loader, node: tuple(loader.construct_sequence(node, deep=True))
)
for _text in ("unicode", "str"):
    _SyntaxLoader.add_constructor(
        f"tag:yaml.org,2002:python/{_text}", lambda loader, node: loader.construct_scalar(node)
    )


def load_exception(text: str) -> BaseException:
    """Read what :func:`dump_exception`, or plumpy since 0.14, wrote.

    The class's `__init__` is not run.

    :raises PersistenceError: if the class isn't allowed or isn't an exception, or the text says something else.
    """
    try:
        call = yaml.load(text, Loader=_SyntaxLoader)
    except yaml.YAMLError as error:
        raise PersistenceError(f"the exception in the checkpoint can't be read safely: {error}") from error
    if not isinstance(call, _Call):
        raise PersistenceError(f"the exception in the checkpoint is none: {text!r}")
    module, _, name = call.name.rpartition(".")
    found: Type[Any] = find(module or "builtins", name)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise PersistenceError(f"the checkpoint gives '{call.name}' as an exception, which it isn't")
    args = tuple(_value(one) for one in call.args)
    exception = found.__new__(found, *args)
    exception.args = args
    if isinstance(call.state, dict):
        vars(exception).update(call.state)
    return exception


def _value(value: Any) -> Any:
    """An argument; one that is an exception itself is given as text."""
    return f"{value.name}{value.args}" if isinstance(value, _Call) else value
