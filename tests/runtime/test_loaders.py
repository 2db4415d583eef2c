"""Identifiers of objects, which name plumpy's modules for ours."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any, Iterator

import pytest

from plumpy_compat import loaders, ports, utils


class Top:
    class Nested:
        pass

    def method(self) -> None:
        pass


def make_local() -> type:
    class Top:
        pass

    return Top


@pytest.fixture
def loader() -> loaders.DefaultObjectLoader:
    return loaders.DefaultObjectLoader()


@pytest.fixture
def _reset() -> Iterator[None]:
    yield
    loaders.set_object_loader(None)


MODULES = [
    ("plumpy_compat", "plumpy"),
    ("plumpy_compat.ports", "plumpy.ports"),
    ("plumpy_compat.base.utils", "plumpy.base.utils"),
]


@pytest.mark.parametrize(("own", "wire"), MODULES)
def test_module_names(own: str, wire: str) -> None:
    assert loaders.to_wire_module(own) == wire
    assert loaders.to_wire_module(wire) == wire
    assert loaders.from_wire_module(wire) == own
    assert loaders.from_wire_module(own) == own


@pytest.mark.parametrize("name", ["", "plumpyx", "plumpyx.ports", "plumpy_compatible", "a.plumpy", "a.plumpy_compat"])
def test_other_module_names_stay(name: str) -> None:
    assert loaders.to_wire_module(name) == name
    assert loaders.from_wire_module(name) == name


@pytest.mark.parametrize(
    ("obj", "identifier"),
    [
        (ports.PortNamespace, "plumpy.ports:PortNamespace"),
        (ports.Port, "plumpy.ports:Port"),
        (utils.load_object, "plumpy.utils:load_object"),
        (Top, f"{__name__}:Top"),
        (types.SimpleNamespace, "types:SimpleNamespace"),
    ],
)
def test_round_trip(loader: loaders.DefaultObjectLoader, obj: Any, identifier: str) -> None:
    assert loader.identify_object(obj) == identifier
    assert loader.load_object(identifier) is obj


def test_own_identifiers_are_accepted(loader: loaders.DefaultObjectLoader) -> None:
    assert loader.load_object("plumpy_compat.ports:Port") is ports.Port


INVALID = "identifier `{}` has an invalid format."
NO_MODULE = "module `{}` from identifier `{}` could not be loaded."
NO_OBJECT = "object `{}` form identifier `{}` could not be loaded."


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        *((bad, INVALID.format(bad)) for bad in ["", "x", ":", "x:", ":x", "a:b:c", ".a:b", 3, None]),
        ("no_such_module:x", NO_MODULE.format("no_such_module", "no_such_module:x")),
        ("plumpy.no_such_module:x", NO_MODULE.format("plumpy.no_such_module", "plumpy.no_such_module:x")),
        ("os:nope", NO_OBJECT.format("nope", "os:nope")),
        ("os:path.join", NO_OBJECT.format("path.join", "os:path.join")),
        ("plumpy.loaders:NonExistingClass", NO_OBJECT.format("NonExistingClass", "plumpy.loaders:NonExistingClass")),
    ],
)
def test_load_errors(loader: loaders.DefaultObjectLoader, identifier: Any, text: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        loader.load_object(identifier)
    assert str(error.value) == text


def test_error_of_the_import_is_the_cause(loader: loaders.DefaultObjectLoader) -> None:
    with pytest.raises(ValueError, match="could not be loaded") as error:
        loader.load_object("no_such_module:x")
    assert isinstance(error.value.__cause__, ModuleNotFoundError)


def test_falls_through_to_the_module_of_that_name(
    loader: loaders.DefaultObjectLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("plumpy", "plumpy.loaders", "plumpy.other"):
        module: Any = types.ModuleType(name)
        module.__path__ = []
        module.Only = module.ObjectLoader = name
        monkeypatch.setitem(sys.modules, name, module)
    assert loader.load_object("plumpy.loaders:Only") == "plumpy.loaders"
    assert loader.load_object("plumpy.other:Only") == "plumpy.other"
    assert loader.load_object("plumpy.loaders:ObjectLoader") is loaders.ObjectLoader


@pytest.mark.parametrize("obj", [3, Top(), Top.Nested, Top.method, make_local(), lambda: 1])
def test_identify_errors(loader: loaders.DefaultObjectLoader, obj: Any) -> None:
    with pytest.raises(ValueError, match=r"could not be loaded|has no module or no name|cannot be identified"):
        loader.identify_object(obj)


def test_a_class_that_was_defined_anew_is_identified(loader: loaders.DefaultObjectLoader) -> None:
    old = type("Top", (), {"__module__": __name__})
    assert loader.identify_object(old) == f"{__name__}:Top"


@pytest.mark.usefixtures("_reset")
def test_global_loader() -> None:
    default = loaders.get_object_loader()
    assert isinstance(default, loaders.DefaultObjectLoader)
    assert loaders.get_object_loader() is default is loaders.OBJECT_LOADER
    own = loaders.DefaultObjectLoader()
    loaders.set_object_loader(own)
    assert loaders.get_object_loader() is own
    loaders.set_object_loader(None)
    assert loaders.OBJECT_LOADER is None
    assert loaders.get_object_loader() not in (default, own)


def test_object_loader_is_abstract() -> None:
    with pytest.raises(TypeError, match="abstract"):
        loaders.ObjectLoader()  # type: ignore[abstract]


def test_exports() -> None:
    for module in ("exceptions", "loaders", "ports", "utils", "process_spec"):
        loaded = importlib.import_module(f"plumpy_compat.{module}")
        assert all(hasattr(loaded, name) for name in loaded.__all__)
