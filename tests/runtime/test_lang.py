"""Protected and overriding methods, the "no value" marker, the switches and the exceptions."""

from __future__ import annotations

import copy
import functools
import pickle
from typing import Any, Callable

import pytest

from plumpy_compat import exceptions, lang, settings, utils

DECORATORS: Any = pytest.mark.parametrize(
    ("decorator", "name"), [(lang.protected, "protected"), (lang.override, "override")], ids=["protected", "override"]
)


class Base:
    @lang.protected(check=True)
    def inner(self, value: int = 1) -> int:
        return value

    def outer(self) -> int:
        return self.inner(value=2)


class Derived(Base):
    @lang.override(check=True)
    def outer(self) -> int:
        return 10 * self.inner()

    @lang.override(check=True)
    def lonely(self) -> int:
        return 3


@DECORATORS
def test_unchecked_gives_the_function_itself(decorator: Any, name: str) -> None:
    def method(self: object) -> None:
        pass

    assert decorator()(method) is method
    assert decorator(check=False)(method) is method
    assert getattr(utils, name)(method) is method


@DECORATORS
@pytest.mark.parametrize("check", [False, True])
def test_refuses_what_cannot_be_a_method(decorator: Any, name: str, check: bool) -> None:
    with pytest.raises(RuntimeError, match=rf"^{name.capitalize()} must go after @property decorator$"):
        decorator(check)(property(lambda self: 1))
    functions: list[Callable[..., Any]] = [lambda: 1, lambda *args: 1, functools.partial(lambda: 1)]
    for function in functions:
        with pytest.raises(RuntimeError, match=rf"^Can only use the {name} decorator on member functions$"):
            decorator(check)(function)
    with pytest.raises(TypeError):
        decorator(check)(3)


def test_checked_protected() -> None:
    base = Base()
    assert base.outer() == 2
    assert Base.inner.__name__ == "inner"
    text = r"^Cannot access protected function inner from outside class hierarchy$"
    with pytest.raises(RuntimeError, match=text):
        base.inner()

    def call(self: Base) -> int:
        return base.inner()

    assert call(base) == 1
    with pytest.raises(RuntimeError, match=text):
        call(Base())


def test_checked_protected_needs_a_self_even_for_none() -> None:
    checked = lang.protected(True)(lambda self: 1)
    with pytest.raises(RuntimeError, match="outside class hierarchy"):
        checked(None)


def test_checked_override() -> None:
    assert Derived().outer() == 10
    with pytest.raises(
        RuntimeError, match=r"^Function <function Derived\.lonely at .*> does not override a superclass"
    ):
        Derived().lonely()


def test_null() -> None:
    assert type(lang.NULL)() == lang.NULL
    assert copy.deepcopy(lang.NULL) == lang.NULL
    assert pickle.loads(pickle.dumps(lang.NULL)) == lang.NULL
    assert lang.NULL != 1
    assert lang.NULL is not None
    with pytest.raises(TypeError, match="unhashable"):
        hash(lang.NULL)


def test_checks_are_off_by_default() -> None:
    assert settings.check_protected is False
    assert settings.check_override is False


def test_exceptions() -> None:
    for name in set(exceptions.__all__) - {"UnsuccessfulResult"}:
        assert issubclass(getattr(exceptions, name), Exception)
    assert exceptions.UnsuccessfulResult().result is None
    assert exceptions.UnsuccessfulResult(3).result == 3
    assert not isinstance(exceptions.UnsuccessfulResult(), Exception)
