"""Mappings with attribute access, loading of objects by dotted name, and helpers around callables."""

from __future__ import annotations

import asyncio
import collections.abc
import copy
import functools
import importlib
import inspect
import logging
import operator
import threading
from collections import deque
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType, ModuleType, SimpleNamespace
from typing import (
    TYPE_CHECKING,
    Any,
    Awaitable,
    Callable,
    Deque,
    Dict,
    FrozenSet,
    Hashable,
    Iterator,
    List,
    Mapping,
    MutableMapping,
    Optional,
    Tuple,
    Type,
    TypeVar,
)

from . import lang, settings

__all__ = ["AttributesDict"]

_LOGGER = logging.getLogger("plumpy.utils")

#: A saved state: names to plain data.
SAVED_STATE_TYPE = MutableMapping[str, Any]
#: The identifier of a process.
PID_TYPE = Hashable

protected = lang.protected(check=settings.check_protected)
override = lang.override(check=settings.check_override)

_Self = TypeVar("_Self", bound="Frozendict")

if TYPE_CHECKING:
    _AnyMapping = Mapping[Any, Any]
else:
    # The generic alias would slow down each construction on Python 3.8.
    _AnyMapping = collections.abc.Mapping

#: Types whose instances `copy.deepcopy` gives back as they are: to ask it costs more than the copy.
ATOMIC_TYPES: FrozenSet[type] = frozenset(
    {type(None), bool, int, float, complex, str, bytes, type, FunctionType, BuiltinFunctionType}
)


def copy_dict_deeply(source: Mapping[Any, Any], memo: Dict[int, Any]) -> Dict[Any, Any]:
    """A deep copy of a mapping as a dictionary, that spends no time on values that can't change.

    :param memo: the memo of `copy.deepcopy`.
    """
    new = dict(source)
    for key, value in source.items():
        if type(value) not in ATOMIC_TYPES:
            new[key] = copy.deepcopy(value, memo)
    if not ATOMIC_TYPES.issuperset(map(type, new)):
        new = {copy.deepcopy(key, memo): value for key, value in new.items()}
    return new


class Frozendict(_AnyMapping):
    """A mapping that doesn't change and is hashable if its values are.

    :param args: a mapping or pairs, as for `dict`.
    :param kwargs: more items.
    """

    # Of an instance whose state isn't set (yet), or was written without them.
    _dict: Mapping[Any, Any] = MappingProxyType({})
    _hash: Optional[int] = None

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        if len(args) == 1 and isinstance(args[0], Frozendict):
            args = (args[0]._dict,)
        self._dict = dict(*args, **kwargs)
        self._hash = None

    def __getitem__(self, key: Any) -> Any:
        return self._dict[key]

    def __contains__(self, key: Any) -> bool:
        return key in self._dict

    def __iter__(self) -> Iterator[Any]:
        return iter(self._dict)

    def __len__(self) -> int:
        return len(self._dict)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {dict(self._dict)!r}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Frozendict):
            return self._dict == other._dict
        if isinstance(other, collections.abc.Mapping):
            return self._dict == dict(other)
        return NotImplemented

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = functools.reduce(operator.xor, map(hash, self._dict.items()), 0)
        return self._hash

    def __getstate__(self) -> Dict[str, Any]:
        # The hash of a string differs from one interpreter to the next, so a written hash would be wrong.
        return {**self.__dict__, "_hash": None}

    def __copy__(self: _Self) -> _Self:
        return self._with_state(self.__dict__)

    def __deepcopy__(self: _Self, memo: Dict[int, Any]) -> _Self:
        new = self._with_state(self.__dict__)
        memo[id(self)] = new
        state = new.__dict__
        state["_hash"] = None
        state["_dict"] = copy_dict_deeply(self._dict, memo)
        # Beyond the two and `_initialised` only what others have set.
        for name, value in self.__dict__.items():
            if name not in _FROZEN_STATE:
                state[name] = copy.deepcopy(value, memo)
        return new

    @classmethod
    def _with_state(cls: Type[_Self], state: Mapping[str, Any]) -> _Self:
        new = cls.__new__(cls)
        new.__dict__.update(state)
        return new

    def copy(self: _Self, **add_or_replace: Any) -> _Self:
        """A new one with the same items.

        :param add_or_replace: items to add or replace.
        """
        return type(self)(self, **add_or_replace)


_FROZEN_STATE = frozenset({"_dict", "_hash", "_initialised"})


class AttributesFrozendict(Frozendict):
    """A mapping that doesn't change, and whose items can be read as attributes too.

    Keys with the name of a method, like `items`, are only found by `[]`. The names of the instance attributes are part
    of the YAML that plumpy writes.

    :raises AttributeError: on access to an attribute that is neither a key.
    """

    _initialised: bool = False

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialised = True

    def __getattr__(self, attr: str) -> Any:
        try:
            return self._dict[attr]
        except KeyError:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{attr}'") from None

    def __dir__(self) -> List[str]:
        """The keys, for completion."""
        return [key for key in self._dict if isinstance(key, str)]


def freeze(values: Dict[str, Any]) -> AttributesFrozendict:
    """An `AttributesFrozendict` around a dictionary that nobody else holds: it isn't copied."""
    new = AttributesFrozendict.__new__(AttributesFrozendict)
    new._dict = values
    new._hash = None
    new._initialised = True
    return new


class AttributesDict(SimpleNamespace):
    """A namespace whose attributes can be read, set and deleted as items too.

    :param kwargs: the attributes.
    :raises KeyError: on access to or deletion of an item that doesn't exist.
    """

    def __getitem__(self, item: str) -> Any:
        try:
            return self.__dict__[item]
        except KeyError:
            raise KeyError(f"No key '{item}'") from None

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)

    def __delitem__(self, item: str) -> None:
        try:
            del self.__dict__[item]
        except KeyError:
            raise KeyError(f"No key '{item}'") from None

    def __contains__(self, item: object) -> bool:
        """Whether there is such an item (plumpy raises a TypeError)."""
        return item in self.__dict__

    def setdefault(self, key: str, value: Any) -> Any:
        """The value of `key`, which is set to `value` if it doesn't exist."""
        return self.__dict__.setdefault(key, value)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """The value of a key, or a default, with the arguments of `dict.get`."""
        return self.__dict__.get(*args, **kwargs)


def load_module(fullname: str) -> Tuple[ModuleType, Deque[str]]:
    """Import the longest part of a dotted name that is a module.

    :returns: the module, and the parts of the name after it.
    :raises ValueError: if not even the first part is one.
    """
    parts = fullname.split(".")
    error: Optional[Exception] = None
    for end in range(len(parts), 0, -1):
        try:
            return importlib.import_module(".".join(parts[:end])), deque(parts[end:])
        except (ImportError, ValueError, TypeError) as exc:
            # The last two are about names with empty parts.
            error = error or exc
    raise ValueError(f"Could not load a module corresponding to '{fullname}'") from error


def load_object(fullname: str) -> Any:
    """The object with a dotted name, as `package.module.Class.attribute`.

    :raises ValueError: if it can't be found.
    """
    return _load_with_parent(fullname)[0]


def _load_with_parent(fullname: str) -> Tuple[Any, Any]:
    """The object with a dotted name, and the object that has it."""
    parent: Any = None
    obj, names = load_module(fullname)  # type: Any, Deque[str]
    for name in names:
        try:
            parent, obj = obj, getattr(obj, name)
        except AttributeError as exc:
            raise ValueError(f"Could not load object corresponding to '{fullname}'") from exc
    return obj, parent


def load_function(name: str, instance: Any = None) -> Callable[..., Any]:
    """The function or method with a dotted name.

    :param instance: bind a method to it, if it's an instance of the method's class. (Since Python 3 plumpy never does.)
    :raises ValueError: if it can't be found or is something else.
    """
    obj, parent = _load_with_parent(name)
    if not isinstance(obj, (FunctionType, MethodType)):
        raise ValueError(f"Invalid function name '{name}'")
    if isinstance(obj, FunctionType) and isinstance(parent, type) and isinstance(instance, parent):
        static = isinstance(inspect.getattr_static(parent, obj.__name__, None), staticmethod)
        return obj if static else MethodType(obj, instance)
    return obj


def type_check(obj: Any, expected_type: Any) -> None:
    """Check the type of an object.

    :param expected_type: what `isinstance` takes.
    :raises TypeError: if it isn't of that type.
    """
    if not isinstance(obj, expected_type):
        raise TypeError(f"Got object of type '{type(obj)}' when expecting '{expected_type}'")


def is_mutable_property(cls: Any, attribute: str) -> bool:
    """Whether `attribute` of a class is a property that can be set."""
    value = getattr(cls, attribute, None)
    return isinstance(value, property) and value.fset is not None


_COROUTINE_FLAGS = inspect.CO_COROUTINE | inspect.CO_ITERABLE_COROUTINE
#: How `asyncio.coroutine` (until Python 3.10) and `unittest.mock` mark a callable; asyncio has it until Python 3.13.
_ASYNCIO_MARKER = getattr(asyncio.coroutines, "_is_coroutine", object())


def is_coroutine_function(fn: Any) -> bool:
    """Whether a call of `fn` gives a coroutine.

    True of `async def` functions and `types.coroutine` generators, of methods and partials of them, of objects with an
    async `__call__`, and of what is marked so by asyncio or `inspect.markcoroutinefunction`. It runs on each step of
    a process, so it looks at the code first and asks `inspect` last.
    """
    kind = type(fn)
    while kind is MethodType or kind is functools.partial:
        fn = fn.__func__ if kind is MethodType else fn.func
        kind = type(fn)
    if kind is FunctionType:
        if fn.__code__.co_flags & _COROUTINE_FLAGS:
            return True
        # Markers are attributes, which few functions have.
        return bool(fn.__dict__) and _is_marked(fn)
    if kind is BuiltinFunctionType or kind is type:
        return False
    call = getattr(kind, "__call__", None)  # noqa: B004
    if type(call) is FunctionType and call.__code__.co_flags & _COROUTINE_FLAGS:
        return True
    return _is_marked(fn) or (call is not None and type(call) in (functools.partial, FunctionType) and _is_marked(call))


def _is_marked(fn: Any) -> bool:
    return inspect.iscoroutinefunction(fn) or getattr(fn, "_is_coroutine", None) is _ASYNCIO_MARKER


def ensure_coroutine(coro_or_fn: Any) -> Callable[..., Awaitable[Any]]:
    """A coroutine function that calls `coro_or_fn`.

    A coroutine function, or a callable whose `__call__` is one, is returned as it is. A class is replaced by its
    `__call__`, as in plumpy. A synchronous callable is run by `greenback_bridge.run_with_portal`, so that it may wait
    for awaitables (plumpy 0.26); an awaitable that it returns isn't awaited.

    :raises TypeError: if it isn't callable.
    """
    if is_coroutine_function(coro_or_fn):
        return coro_or_fn  # type: ignore[no-any-return]
    if not callable(coro_or_fn):
        raise TypeError("coro_or_fn must be a callable")
    fn: Any = coro_or_fn
    if isinstance(coro_or_fn, type):
        fn = coro_or_fn.__call__
        if is_coroutine_function(fn):
            return coro_or_fn

    @functools.wraps(fn)
    async def run(*args: Any, **kwargs: Any) -> Any:
        # Imported at the call since that module needs this one.
        from .greenback_bridge import run_with_portal

        return await run_with_portal(fn, *args, **kwargs)

    return run


class ListenContext:
    """Add a listener for the duration of a block (in plumpy until 0.18.1).

    :param producer: has `add_listener` and `remove_listener`.
    :param args: given to both.
    :param kwargs: given to both.
    """

    def __init__(self, producer: Any, *args: Any, **kwargs: Any) -> None:
        self._producer = producer
        self._args = args
        self._kwargs = kwargs

    def __enter__(self) -> None:
        self._producer.add_listener(*self._args, **self._kwargs)

    def __exit__(self, exc_type: Any, exc_value: Any, exc_traceback: Any) -> None:
        self._producer.remove_listener(*self._args, **self._kwargs)


class ThreadSafeCounter:
    """A counter that starts at zero and that threads share (in plumpy until 0.18.1)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counter = 0

    @property
    def value(self) -> int:
        """The count."""
        with self.lock:
            return self.counter

    def increment(self) -> None:
        """Count one up."""
        with self.lock:
            self.counter += 1

    def decrement(self) -> None:
        """Count one down."""
        with self.lock:
            self.counter -= 1


def wrap_dict(flat_dict: Mapping[str, Any], separator: str = ".") -> Dict[str, Any]:
    """Nested dictionaries from a flat one with dotted keys (in plumpy until 0.18.1).

    :param separator: what separates the parts of a key.
    :raises ValueError: if a key has a value and is part of another key too.
    """
    nested: Dict[str, Any] = {}
    for key, value in flat_dict.items():
        *parents, last = key.split(separator)
        target: Any = nested
        for parent in parents:
            target = target.setdefault(parent, _Branch())
            if not isinstance(target, _Branch):
                raise ValueError(f"'{key}' is below a key that has a value")
        if last in target:
            raise ValueError(f"'{key}' has a value and keys below it")
        target[last] = value
    return _plain(nested)


class _Branch(Dict[str, Any]):
    """A dictionary that `wrap_dict` made, unlike one that is a value."""


def _plain(nested: Dict[str, Any]) -> Dict[str, Any]:
    return {key: _plain(value) if isinstance(value, _Branch) else value for key, value in nested.items()}


def __getattr__(name: str) -> Any:
    # It was here until plumpy 0.21.8; its module imports this one.
    if name == "EventHelper":
        from .event_helper import EventHelper

        return EventHelper
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
