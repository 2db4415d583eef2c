"""Mappings with attributes, loading by dotted name, and helpers around callables."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import os.path
import pickle
import subprocess
import sys
import types
import unittest.mock
from collections import deque
from pathlib import Path
from typing import Any, Dict, List

import pytest
import yaml
from hypothesis import given, strategies as st

from plumpy_compat import utils
from plumpy_compat.utils import AttributesDict, AttributesFrozendict, Frozendict

ROOT = Path(__file__).parents[2]

LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.tuples(st.integers(), st.text())
KEYS = st.text() | st.sampled_from(["get", "items", "_dict", "__setstate__", "__deepcopy__", "self", "args"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner) | st.dictionaries(KEYS, inner) | st.dictionaries(KEYS, inner).map(AttributesFrozendict)
    ),
    max_leaves=12,
)
DICTS = st.dictionaries(KEYS, VALUES)
FROZEN: Any = pytest.mark.parametrize("cls", [Frozendict, AttributesFrozendict])


class Derived(AttributesFrozendict):
    pass


# Frozendict and AttributesFrozendict


@FROZEN
def test_mapping(cls: Any) -> None:
    frozen = cls({"a": 1}, b={"c": 3})
    assert frozen["a"] == 1
    assert "b" in frozen
    assert "c" not in frozen
    assert list(frozen) == ["a", "b"]
    assert len(frozen) == 2
    assert frozen.get("z", 5) == 5
    assert frozen == {"a": 1, "b": {"c": 3}}
    assert frozen == types.MappingProxyType({"a": 1, "b": {"c": 3}})
    assert frozen != {"a": 1}
    assert frozen != 3
    assert repr(frozen) == f"<{cls.__name__} {{'a': 1, 'b': {{'c': 3}}}}>"
    assert type(frozen["b"]) is dict
    assert frozen._dict == {"a": 1, "b": {"c": 3}}
    assert not isinstance(frozen, dict)
    with pytest.raises(KeyError, match=r"^'z'$"):
        frozen["z"]
    with pytest.raises(TypeError):
        frozen["a"] = 2


@FROZEN
def test_construction(cls: Any) -> None:
    assert cls() == {}
    assert cls([("a", 1)], b=2) == {"a": 1, "b": 2}
    assert cls(self=1, args=2) == {"self": 1, "args": 2}
    assert cls(cls(a=1), b=2) == {"a": 1, "b": 2}
    source = {"a": 1}
    frozen = cls(source)
    source["a"] = 2
    assert frozen["a"] == 1
    with pytest.raises(TypeError):
        cls({}, {})


@FROZEN
def test_copy_with_changes(cls: Any) -> None:
    frozen = cls(a=1, b=2)
    other = frozen.copy(b=3, c=4)
    assert type(other) is cls
    assert other == {"a": 1, "b": 3, "c": 4}
    assert frozen == {"a": 1, "b": 2}


@FROZEN
def test_hash(cls: Any) -> None:
    assert hash(cls()) == 0
    assert hash(cls(a=1)) == hash(("a", 1))
    frozen = cls(a=1, b="x")
    assert hash(frozen) == hash(("a", 1)) ^ hash(("b", "x")) == hash(frozen) == frozen._hash
    with pytest.raises(TypeError, match="unhashable"):
        hash(cls(a=[]))


def test_attributes() -> None:
    frozen = AttributesFrozendict({"a": 1, "get": 2, 3: 4})
    assert frozen.a == 1
    assert frozen.get("a") == 1
    assert frozen["get"] == 2
    assert dir(frozen) == ["a", "get"]
    assert frozen._initialised is True
    assert vars(frozen).keys() == {"_dict", "_hash", "_initialised"}
    with pytest.raises(AttributeError, match=r"^'AttributesFrozendict' object has no attribute 'z'$"):
        frozen.z  # noqa: B018
    with pytest.raises(AttributeError, match=r"^'Derived' object has no attribute '__setstate__'$"):
        Derived().__setstate__  # noqa: B018
    assert not hasattr(Frozendict(a=1), "a")


@given(DICTS)
def test_frozen_round_trips(values: Dict[str, Any]) -> None:
    frozen = AttributesFrozendict(values)
    copies: List[Any] = [copy.copy(frozen), copy.deepcopy(frozen)]
    copies += [pickle.loads(pickle.dumps(frozen, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in copies:
        assert type(other) is AttributesFrozendict
        assert other is not frozen
        assert other == frozen == values
        assert vars(other).keys() == vars(frozen).keys()


@given(st.dictionaries(st.from_regex("[a-z]{1,5}", fullmatch=True), VALUES))
def test_yaml_round_trip(values: Dict[str, Any]) -> None:
    frozen = AttributesFrozendict(values)
    assert yaml.load(yaml.dump(frozen), Loader=yaml.UnsafeLoader) == frozen


def test_yaml_names_the_attributes() -> None:
    tag = yaml.compose(yaml.dump(AttributesFrozendict(a=1))).tag
    assert tag == "tag:yaml.org,2002:python/object:plumpy.utils.AttributesFrozendict"
    text = yaml.dump(AttributesFrozendict(a=1)).split("\n", 1)[1]
    assert text == "_dict:\n  a: 1\n_hash: null\n_initialised: true\n"


@given(DICTS)
def test_deep_copy_is_deep(values: Dict[str, Any]) -> None:
    frozen = AttributesFrozendict(values)
    before = copy.deepcopy(values)
    _change_all(copy.deepcopy(frozen))
    assert frozen == before


def _change_all(value: Any) -> None:
    """Change each list and dictionary in a value."""
    inner = list(value.values()) if hasattr(value, "values") else value if isinstance(value, (list, tuple)) else []
    for item in list(inner):
        _change_all(item)
    if isinstance(value, list):
        value.append("changed")
    elif isinstance(value, dict):
        value["changed"] = True


def test_deep_copy_details() -> None:
    key = Derived(a=1)
    shared = [1]
    frozen: Any = Derived({key: 1, "list": shared, "again": shared, "type": list, "function": len})
    frozen.note = shared
    hash(key)
    other = copy.deepcopy(frozen)
    assert type(other) is Derived
    assert other == frozen
    assert next(iter(other)) is not key
    assert other["list"] is other["again"] is other.note
    assert other["list"] is not shared
    assert copy.copy(frozen).note is shared
    shared.append(frozen)
    other = copy.deepcopy(frozen)
    assert other["list"][1] is other


@pytest.mark.parametrize(
    "state", [{"_dict": {"a": 1}}, {"_dict": {"a": 1}, "_hash": None}, {"_dict": {"a": 1}, "_initialised": True}]
)
def test_states_that_lack_attributes(state: Dict[str, Any]) -> None:
    frozen = AttributesFrozendict.__new__(AttributesFrozendict)
    vars(frozen).update(state)
    assert frozen == {"a": 1}
    assert frozen.a == 1
    assert hash(frozen) == hash(("a", 1))
    assert copy.deepcopy(frozen) == frozen
    items = "".join(f"{name}: {yaml.dump(value, default_flow_style=True)}\n" for name, value in state.items())
    text = f"!!python/object:plumpy_compat.utils.AttributesFrozendict\n{items.replace('...', '')}"
    assert yaml.load(text.replace("\n\n", "\n"), Loader=yaml.UnsafeLoader) == frozen


def test_without_any_state_it_is_empty() -> None:
    frozen = AttributesFrozendict.__new__(AttributesFrozendict)
    assert frozen == {}
    assert len(frozen) == hash(frozen) == 0
    assert repr(frozen) == "<AttributesFrozendict {}>"
    assert not hasattr(frozen, "_anything")


def test_hash_is_not_written() -> None:
    """Strings have other hashes in another interpreter, so equal mappings would differ."""
    frozen = AttributesFrozendict(a="x")
    hash(frozen)
    program = (
        "import pickle, sys; from plumpy_compat.utils import AttributesFrozendict as A;"
        "loaded = pickle.loads(sys.stdin.buffer.read()); assert loaded == A(a='x') and hash(loaded) == hash(A(a='x'))"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, input=pickle.dumps(frozen), check=True)


def test_freeze_does_not_copy() -> None:
    values = {"a": 1}
    frozen = utils.freeze(values)
    assert frozen._dict is values
    assert vars(frozen) == vars(AttributesFrozendict(a=1))


# AttributesDict


def test_attributes_dict() -> None:
    namespace = AttributesDict(a=1)
    namespace["b"] = 2
    assert (namespace.a, namespace["a"], namespace.b) == (1, 1, 2)
    namespace.c = 3
    assert namespace["c"] == 3
    del namespace["c"]
    assert namespace == AttributesDict(a=1, b=2)
    assert "a" in namespace
    assert "c" not in namespace
    assert namespace.get("c") is None
    assert namespace.get("c", 4) == 4
    assert namespace.setdefault("c", 5) == namespace.setdefault("c", 6) == namespace.c == 5
    assert copy.deepcopy(namespace) == namespace
    assert yaml.load(yaml.dump(namespace), Loader=yaml.UnsafeLoader) == namespace
    assert repr(AttributesDict(a=1)) == "AttributesDict(a=1)"
    with pytest.raises(AttributeError):
        namespace.z  # noqa: B018
    with pytest.raises(KeyError, match="No key 'z'"):
        namespace["z"]
    with pytest.raises(KeyError, match="No key 'z'"):
        del namespace["z"]


# Loading


@pytest.mark.parametrize(
    ("name", "module", "rest"),
    [
        ("os", os, []),
        ("os.path.join", os.path, ["join"]),
        ("plumpy_compat.utils.AttributesDict.get", utils, ["AttributesDict", "get"]),
        ("os..path", os, ["", "path"]),
    ],
)
def test_load_module(name: str, module: Any, rest: List[str]) -> None:
    assert utils.load_module(name) == (module, deque(rest))


@pytest.mark.parametrize("name", ["nope", "nope.x", "", ".os", "."])
def test_load_module_errors(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^Could not load a module corresponding to '{name}'$"):
        utils.load_module(name)


def test_load_object() -> None:
    assert utils.load_object("os.path.join") is os.path.join
    assert utils.load_object("os") is os
    for name in ("os.nope", "os.path.join.nope.x"):
        with pytest.raises(ValueError, match=rf"^Could not load object corresponding to '{name}'$"):
            utils.load_object(name)


class Methods:
    def plain(self) -> Any:
        return self

    @staticmethod
    def static() -> str:
        return "static"

    @classmethod
    def of_class(cls) -> Any:
        return cls


def test_load_function() -> None:
    prefix = f"{__name__}.Methods."
    methods = Methods()
    assert utils.load_function("os.path.join") is os.path.join
    assert utils.load_function("os.path.join", methods) is os.path.join
    assert utils.load_function(prefix + "plain") is Methods.plain
    assert utils.load_function(prefix + "plain", methods)() is methods
    assert utils.load_function(prefix + "plain", "another") is Methods.plain
    assert utils.load_function(prefix + "static", methods)() == "static"
    assert utils.load_function(prefix + "of_class", methods)() is Methods
    for name in ("os.path", "builtins.len", __name__ + ".Methods"):
        with pytest.raises(ValueError, match=rf"^Invalid function name '{name}'$"):
            utils.load_function(name)


def test_type_check() -> None:
    utils.type_check(1, int)
    with pytest.raises(TypeError, match=r"^Got object of type '<class 'int'>' when expecting '<class 'str'>'$"):
        utils.type_check(1, str)


def test_is_mutable_property() -> None:
    class Properties:
        plain = 1
        read = property(lambda self: 1)
        write = property(lambda self: 1, lambda self, value: None)

    assert [utils.is_mutable_property(Properties, name) for name in ("plain", "read", "write", "none")] == [
        False,
        False,
        True,
        False,
    ]


# Coroutine functions


async def coroutine(value: int = 1) -> int:
    return value


@types.coroutine
def generator() -> Any:
    yield


def function(value: int = 1) -> int:
    return value


def marked() -> Any:
    return coroutine()


def with_attribute() -> None:
    pass


with_attribute.note = 1  # type: ignore[attr-defined]

if hasattr(inspect, "markcoroutinefunction"):
    inspect.markcoroutinefunction(marked)
else:
    marked._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]


class Async:
    async def __call__(self) -> int:
        return 1

    async def method(self) -> int:
        return 2

    def plain(self) -> int:
        return 3

    @staticmethod
    async def static() -> int:
        return 4

    @classmethod
    async def of_class(cls) -> int:
        return 5

    partial = functools.partialmethod(method)


class Sync:
    def __call__(self) -> int:
        return 1


class MarkedCall:
    __call__ = marked


class PartialCall:
    __call__ = functools.partial(coroutine)


COROUTINE_FUNCTIONS = [
    coroutine,
    generator,
    marked,
    Async(),
    Async().method,
    Async().static,
    Async.of_class,
    Async().partial,
    functools.partial(coroutine),
    functools.partial(functools.partial(Async().method)),
    functools.partial(Async()),
    types.MethodType(functools.partial(coroutine), 1),
    MarkedCall(),
    PartialCall(),
    unittest.mock.AsyncMock(),
]
OTHERS = [
    function,
    with_attribute,
    lambda: coroutine(),
    len,
    [].append,
    Async,
    Async().plain,
    Sync(),
    Sync,
    functools.partial(function),
    functools.partial(marked).keywords.get,
    object(),
    3,
    None,
    coroutine.__code__,
]


@pytest.mark.parametrize("fn", COROUTINE_FUNCTIONS)
def test_coroutine_functions(fn: Any) -> None:
    assert utils.is_coroutine_function(fn) is True
    assert utils.ensure_coroutine(fn) is fn


@pytest.mark.parametrize("fn", OTHERS)
def test_not_coroutine_functions(fn: Any) -> None:
    assert utils.is_coroutine_function(fn) is False


@pytest.mark.parametrize("fn", [function, functools.partial(function), lambda value: value, len, Sync()])
def test_ensure_coroutine_wraps(fn: Any) -> None:
    wrapped: Any = utils.ensure_coroutine(fn)
    assert utils.is_coroutine_function(wrapped)
    assert wrapped.__wrapped__ is fn


def test_ensure_coroutine_runs_the_callable(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    async def run_with_portal(fn: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(fn)
        return fn(*args, **kwargs)

    module = types.ModuleType("plumpy_compat.greenback_bridge")
    module.run_with_portal = run_with_portal  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)

    async def run() -> List[Any]:
        returned: Any = utils.ensure_coroutine(lambda: coroutine(7))
        inner = await returned()
        return [await utils.ensure_coroutine(function)(value=3), await utils.ensure_coroutine(function)(4), await inner]

    # What the callable returns isn't awaited.
    assert asyncio.run(run()) == [3, 4, 7]
    assert calls[1:] == [function, function]


def test_ensure_coroutine_of_classes() -> None:
    """As in plumpy it's about the call of an instance."""
    assert utils.ensure_coroutine(Async) is Async
    wrapped: Any = utils.ensure_coroutine(Sync)
    assert wrapped.__wrapped__ is Sync.__call__


@pytest.mark.parametrize("value", [3, None, "x"])
def test_ensure_coroutine_needs_a_callable(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^coro_or_fn must be a callable$"):
        utils.ensure_coroutine(value)


# What old plumpy had


def test_listen_context() -> None:
    producer = unittest.mock.Mock()
    with utils.ListenContext(producer, 1, key=2):
        producer.add_listener.assert_called_once_with(1, key=2)
        producer.remove_listener.assert_not_called()
    producer.remove_listener.assert_called_once_with(1, key=2)


def test_thread_safe_counter() -> None:
    counter = utils.ThreadSafeCounter()
    counter.increment()
    counter.increment()
    counter.decrement()
    assert counter.value == counter.counter == 1
    assert not counter.lock.locked()


@pytest.mark.parametrize(
    ("flat", "separator", "nested"),
    [
        ({}, ".", {}),
        ({"a": 1, "b.c": 2, "b.d.e": 3}, ".", {"a": 1, "b": {"c": 2, "d": {"e": 3}}}),
        ({"a/b/c": 1, "x.y": 2}, "/", {"a": {"b": {"c": 1}}, "x.y": 2}),
        ({"a": {"b.c": 1}}, ".", {"a": {"b.c": 1}}),
    ],
)
def test_wrap_dict(flat: Dict[str, Any], separator: str, nested: Dict[str, Any]) -> None:
    assert utils.wrap_dict(flat, separator) == nested


@pytest.mark.parametrize(
    "flat", [{"a": 1, "a.b": 2}, {"a.b": 1, "a": 2}, {"a.b": 1, "a.b.c": 2}, {"a": {"x": 1}, "a.b": 2}]
)
def test_wrap_dict_conflicts(flat: Dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"has a value|that has a value"):
        utils.wrap_dict(flat)


def test_old_names(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("plumpy_compat.event_helper")
    module.EventHelper = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert utils.EventHelper is module.EventHelper
    assert utils.SimpleNamespace is types.SimpleNamespace
    with pytest.raises(AttributeError, match=r"^module 'plumpy_compat.utils' has no attribute 'nope'$"):
        utils.nope  # noqa: B018
