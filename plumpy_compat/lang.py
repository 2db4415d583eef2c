"""Markers for protected and overriding methods, and a "no value" marker."""

from __future__ import annotations

import functools
import inspect
import sys
from types import FunctionType
from typing import Any, Callable, TypeVar

_Func = TypeVar("_Func", bound=Callable[..., Any])


def _check_is_method(func: Any, marker: str) -> None:
    """:raises RuntimeError: if `func` can't be a method, so that `marker` can't decorate it."""
    if isinstance(func, property):
        raise RuntimeError(f"{marker.capitalize()} must go after @property decorator")
    # Most often it's a function, and a look at its code costs a fraction of its full signature.
    count = func.__code__.co_argcount if isinstance(func, FunctionType) else len(inspect.getfullargspec(func).args)
    if not count:
        raise RuntimeError(f"Can only use the {marker} decorator on member functions")


def protected(check: bool = False) -> Callable[[_Func], _Func]:
    """Make a decorator that marks a method as protected: only methods of the same object call it.

    :param check: check the caller at each call; else the function is returned as it is.
    :raises RuntimeError: (the decorator) on a property or a function without arguments; (a checked method) when
        the local variable `self` of the direct caller isn't the object.
    """

    def decorate(func: _Func) -> _Func:
        _check_is_method(func, "protected")
        if not check:
            return func

        @functools.wraps(func)
        def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            # A default that no caller can have, since `self` may be None.
            if sys._getframe(1).f_locals.get("self", NULL) is not self:
                raise RuntimeError(f"Cannot access protected function {func.__name__} from outside class hierarchy")
            return func(self, *args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorate


def override(check: bool = False) -> Callable[[_Func], _Func]:
    """Make a decorator that marks a method as one that overrides a method of a superclass.

    :param check: check that at each call; else the function is returned as it is.
    :raises RuntimeError: (the decorator) on a property or a function without arguments; (a checked method) when no
        superclass of the object's class has the method.
    """

    def decorate(func: _Func) -> _Func:
        _check_is_method(func, "override")
        if not check:
            return func

        @functools.wraps(func)
        def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not hasattr(super(type(self), self), func.__name__):
                raise RuntimeError(f"Function {func} does not override a superclass method")
            return func(self, *args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorate


class __NULL:
    """The type of `NULL`. All its instances are equal, so a pickled or copied one is still recognised."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self))


#: Stands for "no value" where None is a value.
NULL = __NULL()
