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
from types import FunctionType
from typing import Any, Dict, Set, Tuple, Union

from ..exceptions import PersistenceError
from ..loaders import from_wire_module, to_wire_module

__all__ = ["allow", "loads"]

Name = Tuple[str, str]

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
_ALLOWED: Set[Name] = {(module, name) for module, names in _STANDARD.items() for name in names.split()}
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

        def _decode_string(self, value: bytes) -> str:
            # Python 2 wrote its `str` so: text mostly, but also the bytes that a date is made of.
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return value.decode("latin-1")

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


def portable(exception: BaseException) -> BaseException:
    """Give a copy of an exception for a saved state; one that can't be pickled is told by its text."""
    import pickle

    try:
        copied = pickle.loads(pickle.dumps(exception))
        if type(copied) is type(exception):
            # One with no frames to keep alive, and nothing that changes, is equal to what was saved before as itself.
            linked = (exception.__traceback__, exception.__cause__, exception.__context__)
            plain = all(isinstance(one, (bool, bytes, float, int, str)) for one in exception.args)
            return exception if plain and not vars(exception) and not any(linked) else copied
    except Exception:  # as above; many exceptions can't be made again from their arguments
        pass
    return RuntimeError(f"{type(exception).__name__}: {text_of(exception)}")


def text_of(exception: BaseException) -> str:
    """The text of an exception, whatever that raises."""
    try:
        return str(exception)
    except Exception as error:
        return f"<no text: {type(error).__name__}>"


def tag_of(kind: type) -> str:
    """The tag of exceptions of a class."""
    return f"tag:yaml.org,2002:python/object/apply:{to_wire_module(kind.__module__)}.{kind.__qualname__}"
