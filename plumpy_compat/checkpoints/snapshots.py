"""Deep copies for saved states: as `copy.deepcopy`, but what can't change isn't copied, and plain containers are quick.

A saved state is mostly strings, numbers and containers of these, on which `copy.deepcopy` spends most of the time that
saving a process takes (plumpy 0.26: four fifths).
"""

from __future__ import annotations

import abc
import copy
import datetime
import enum
import types
import uuid
from typing import Any, Callable, Dict

from ..utils import AttributesFrozendict, Frozendict

_Memo = Dict[int, Any]

_ATOMS = frozenset(
    (
        bool, bytes, complex, float, int, str, type(None), type(Ellipsis), type(NotImplemented), range, type,
        uuid.UUID, datetime.date, datetime.datetime, datetime.time,
        datetime.timedelta, datetime.timezone,
        abc.ABCMeta, types.FunctionType, types.BuiltinFunctionType,
    )
)  # fmt: skip


def snapshot(value: Any) -> Any:
    """Give a copy of `value` that shares nothing with it that can change."""
    return value if type(value) in _ATOMS else _copy(value, {})


def _copy(value: Any, memo: _Memo) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    known = memo.get(id(value))
    if known is not None:
        return known
    copier = _COPIERS.get(kind)
    if copier is not None:
        return copier(value, memo)
    if isinstance(value, (enum.Enum, type)):
        return value
    return copy.deepcopy(value, memo)


def _copy_dict(value: Dict[Any, Any], memo: _Memo) -> Dict[Any, Any]:
    result: Dict[Any, Any] = {}
    memo[id(value)] = result
    for key, item in value.items():
        result[key if type(key) in _ATOMS else _copy(key, memo)] = item if type(item) in _ATOMS else _copy(item, memo)
    return result


def _copy_list(value: Any, memo: _Memo) -> Any:
    result: Any = []
    memo[id(value)] = result
    result.extend(item if type(item) in _ATOMS else _copy(item, memo) for item in value)
    return result


def _copy_set(value: Any, memo: _Memo) -> Any:
    result = memo[id(value)] = {item if type(item) in _ATOMS else _copy(item, memo) for item in value}
    return result


def _copy_tuple(value: Any, memo: _Memo) -> Any:
    items = [item if type(item) in _ATOMS else _copy(item, memo) for item in value]
    if all(new is old for new, old in zip(items, value)):
        return value
    known = memo.get(id(value))  # a list in it may hold the tuple itself
    return tuple(items) if known is None else known


def _copy_frozendict(value: Any, memo: _Memo) -> Any:
    changed = False
    items = {}
    for key, item in value._dict.items():
        new = item if type(item) in _ATOMS else _copy(item, memo)
        changed = changed or new is not item
        items[key] = new
    return type(value)(items) if changed else value


_COPIERS: Dict[type, Callable[[Any, _Memo], Any]] = {
    dict: _copy_dict,
    list: _copy_list,
    set: _copy_set,
    tuple: _copy_tuple,
    Frozendict: _copy_frozendict,
    AttributesFrozendict: _copy_frozendict,
}
