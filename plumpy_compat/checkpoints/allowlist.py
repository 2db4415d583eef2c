"""What a checkpoint may make when it is loaded: nothing but what is listed here.

A pickle can name any callable, and so can PyYAML's tags. The readers below look every name up in one list: containers
and plain values of the standard library, exceptions of Python itself, and the classes of this package. Users widen it
with :func:`allow`. What isn't on the list is refused with an error that names it, and no code of it runs.
"""

from __future__ import annotations

import builtins
import enum
import importlib
import io
import reprlib
import sys
from types import FunctionType
from typing import Any, Dict, Optional, Sequence, Set, Tuple, Type, Union, cast

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
# Names of Python 2, and of one release of Python 3 (3.13).
_MOVED = {
    "__builtin__": "builtins",
    "exceptions": "builtins",
    "copy_reg": "copyreg",
    "pathlib._local": "pathlib",
}
_PYTHON_2_NAMES = {("builtins", "xrange"): "range", ("builtins", "unicode"): "str", ("builtins", "long"): "int"}


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
    module = from_wire_module(_MOVED.get(module, module))
    name = _PYTHON_2_NAMES.get((module, name), name)
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

    # The one that is written in Python: only there can one see what state is given to what.
    class Unpickler(pickle._Unpickler):  # type: ignore[name-defined, misc, unused-ignore]
        def find_class(self, module: str, name: str) -> Any:
            return find(module, name)

        def load_build(self: Any) -> None:
            shared = self.stack[-2]
            if isinstance(shared, (type, enum.Enum, FunctionType)):  # there before, and here to stay
                raise PersistenceError(f"the checkpoint changes {shared!r}, which is not part of it: don't trust it")
            pickle._Unpickler.load_build(self)  # type: ignore[attr-defined, unused-ignore]

        dispatch = {**pickle._Unpickler.dispatch, pickle.BUILD[0]: load_build}  # type: ignore[attr-defined, unused-ignore]  # noqa: RUF012

    try:
        return Unpickler(io.BytesIO(data)).load()
    except PersistenceError:
        raise
    except Exception as error:  # what a damaged pickle can raise isn't known beforehand
        raise PersistenceError(f"the checkpoint is damaged: {type(error).__name__}: {error}") from error


def dump_exception(exception: BaseException) -> str:
    """Write `exception` as plumpy does: YAML that makes it from its class and arguments.

    An exception with an attribute that YAML can't write is written without attributes, one with such an argument with
    its text alone.
    """
    for node in (exception, _Node(exception, _arguments(exception))):
        try:
            text: str = yaml.dump(node, Dumper=_ExceptionDumper, sort_keys=False)
            yaml.load(text, Loader=_SyntaxLoader)
            return text
        except Exception:  # any object may be among the arguments, and raise anything
            continue
    message = _text_of(exception).encode("utf-8", "backslashreplace").decode("utf-8")
    return cast(str, yaml.dump(_Node(exception, (message,)), Dumper=_ExceptionDumper))


def portable(exception: BaseException) -> BaseException:
    """Give a copy of an exception for a saved state; one that can't be pickled is told by its text."""
    import pickle

    try:
        copied = pickle.loads(pickle.dumps(exception))
        if type(copied) is type(exception):
            return copied
    except Exception:  # as above; many exceptions can't be made again from their arguments
        pass
    return RuntimeError(f"{type(exception).__name__}: {_text_of(exception)}")


def _arguments(exception: BaseException) -> Sequence[Any]:
    if isinstance(exception, OSError):  # the file names are no arguments, but were
        return cast("Sequence[Any]", OSError.__reduce__(exception)[1])
    return exception.args


def _text_of(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception as error:
        return f"<no text: {type(error).__name__}>"


class _Node:
    """An exception with other arguments, and nothing else."""

    def __init__(self, exception: BaseException, args: Sequence[Any]) -> None:
        self.type, self.args = type(exception), args


class _ExceptionDumper(yaml.SafeDumper):  # type: ignore[misc, unused-ignore]
    """Writes plain values only, and the exception itself by the name of its class."""


class _SyntaxLoader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
    """Reads plain values, and exceptions if their class is allowed."""


def tag_of(kind: type) -> str:
    """The tag of exceptions of a class."""
    from ..loaders import to_wire_module

    return f"tag:yaml.org,2002:python/object/apply:{to_wire_module(kind.__module__)}.{kind.__qualname__}"


def _represent_node(dumper: Any, node: _Node) -> Any:
    return dumper.represent_sequence(tag_of(node.type), list(node.args))


def represent_exception(dumper: Any, exception: BaseException) -> Any:
    """Write an exception in the forms of PyYAML."""
    args = list(_arguments(exception))
    if not vars(exception):
        return dumper.represent_sequence(tag_of(type(exception)), args)
    return dumper.represent_mapping(tag_of(type(exception)), {"args": args, "state": vars(exception)})


def construct_exception(loader: Any, node: Any) -> BaseException:
    """Read one, in any of the forms of PyYAML."""
    return _made(_construct(loader, node.tag.partition("object/apply:")[2], node))


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


_ExceptionDumper.add_representer(_Node, _represent_node)
_ExceptionDumper.add_multi_representer(BaseException, represent_exception)
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

    The class's `__init__` is not run, unless it's one of Python's own.

    :raises PersistenceError: if the class isn't allowed or isn't an exception, or the text says something else.
    """
    try:
        call = yaml.load(text, Loader=_SyntaxLoader)
    except Exception as error:  # what a damaged text can raise isn't known beforehand
        raise PersistenceError(f"the exception in the checkpoint can't be read safely: {error}") from error
    if not isinstance(call, _Call):
        raise PersistenceError(f"the exception in the checkpoint is none: {text!r}")
    return _made(call)


def _made(call: _Call, known: Optional[Dict[int, Any]] = None) -> BaseException:
    found: Type[Any] = find(*_split(call.name))
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise PersistenceError(f"the checkpoint gives '{call.name}' as an exception, which it isn't")
    try:
        known = {} if known is None else known
        args = tuple(_value(one, known) for one in call.args)
        exception: BaseException = found.__new__(found, *args)
        # What Python's own classes make of the arguments (`errno` and so on) is done by their `__init__`.
        builtin: Type[Any] = next(one for one in found.__mro__ if one.__module__ == "builtins")
        try:
            builtin.__init__(exception, *args)
        except Exception:  # the class takes other ones than its base
            exception.args = args
        if isinstance(call.state, dict):
            vars(exception).update(_value(call.state, known))
    except Exception as error:
        raise PersistenceError(f"the exception '{call.name}' in the checkpoint can't be made: {error!r}") from error
    return exception


def _split(name: str) -> _Name:
    """Module and name of a class; which dot is between them is told by the list, or by the modules that there are."""
    parts = name.split(".")
    splits = [(".".join(parts[:at]), ".".join(parts[at:])) for at in range(len(parts) - 1, 0, -1)] or [
        ("builtins", name)
    ]
    splits = [(from_wire_module(_MOVED.get(module, module)), name) for module, name in splits]
    allowed = (one for one in splits if one in _ALLOWED)
    loaded = (one for one in splits if hasattr(sys.modules.get(one[0]), one[1].partition(".")[0]))
    return next(allowed, None) or next(loaded, splits[0])


def _value(value: Any, known: Optional[Dict[int, Any]] = None) -> Any:
    """An argument; an exception among them that isn't allowed is given as text.

    :param known: what was made of values before: YAML can name one so often that making it each time takes for ever.
    """
    known = {} if known is None else known
    if id(value) not in known:
        known[id(value)] = _made_anew(value, known)
    return known[id(value)]


def _made_anew(value: Any, known: Dict[int, Any]) -> Any:
    if isinstance(value, _Call):
        try:
            return _made(value, known)
        except PersistenceError:
            args = ", ".join(reprlib.repr(_value(one, known)) for one in value.args)
            return f"{value.name}({args})"
    if isinstance(value, (list, tuple)):
        return type(value)(_value(one, known) for one in value)
    if isinstance(value, dict):
        return {key: _value(one, known) for key, one in value.items()}
    return value
