"""Deep copies for saved states: equal to what `copy.deepcopy` gives, and nothing that can change is shared."""

from __future__ import annotations

import collections
import copy
import datetime
import decimal
import enum
import pathlib
import threading
import uuid
from typing import Any

import pytest
from hypothesis import given, strategies as st

from plumpy_compat.checkpoints.snapshots import snapshot
from plumpy_compat.process_listener import ProcessListener
from plumpy_compat.utils import AttributesDict, AttributesFrozendict, Frozendict


class Colour(enum.Enum):
    RED = 1


class Holder:
    """An object of somebody's own."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Holder) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


class OwnDict(dict):  # type: ignore[type-arg]
    """A subclass of a container."""


class OwnList(list):  # type: ignore[type-arg]
    """A subclass of a container."""


def function() -> None:
    """Can't be copied."""


ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.uuids()
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.lists(inner).map(OwnList)
        | st.dictionaries(st.text(), inner)
        | st.dictionaries(st.text(), inner).map(OwnDict)
        | st.dictionaries(st.text(), inner).map(AttributesFrozendict)
        | st.dictionaries(st.text(), inner).map(Frozendict)
        | st.dictionaries(st.text(), inner).map(lambda one: AttributesDict(**one))
        | st.sets(ATOMS)
        | st.frozensets(ATOMS)
        | inner.map(Holder)
    ),
    max_leaves=12,
)
CHANGEABLE = (list, dict, set, Holder, AttributesDict)


def parts(value: Any) -> Any:
    """All that is in a value, but in its sets, and the value itself."""
    yield value
    if isinstance(value, (Holder, AttributesDict)):
        value = vars(value)
    if isinstance(value, collections.abc.Mapping):
        for key, item in value.items():
            yield from parts(key)
            yield from parts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from parts(item)


@given(VALUES)
def test_a_snapshot_is_equal_and_shares_nothing_that_can_change(value: Any) -> None:
    copied = snapshot(value)
    assert copied == value
    assert [type(one) for one in parts(copied)] == [type(one) for one in parts(value)]
    shared = {id(one) for one in parts(value) if isinstance(one, CHANGEABLE)}
    assert not [one for one in parts(copied) if id(one) in shared]


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "a", b"b", 2.5, uuid.UUID(int=1), datetime.datetime(2020, 1, 2), datetime.timedelta(1),
        decimal.Decimal("1.5"), pathlib.PurePosixPath("/a"), Colour.RED, int, Colour, ProcessListener, function, len,
        range(3), ..., NotImplemented, (1, ("a", None)), AttributesFrozendict(a=AttributesFrozendict(b=(1,))),
    ],
)  # fmt: skip
def test_what_cannot_change_is_not_copied_or_equal(value: Any) -> None:
    assert snapshot(value) == value
    assert snapshot([value]) == [value]
    assert snapshot({"a": value}) == {"a": value}


@pytest.mark.parametrize("value", [Colour.RED, int, Colour, ProcessListener, function, len, (1, ("a", None))])
def test_what_has_an_identity_keeps_it(value: Any) -> None:
    assert snapshot([value])[0] is value


@pytest.mark.parametrize("shared", [[], {}, {1}, Holder(1), OwnList(), AttributesDict(a=1)])
def test_what_is_shared_within_a_value_stays_shared(shared: Any) -> None:
    copied = snapshot({"a": shared, "b": [shared], "c": Holder(shared), "d": (shared,)})
    assert copied["a"] is not shared
    assert copied["a"] is copied["b"][0] is copied["c"].value is copied["d"][0]


def test_values_may_hold_themselves() -> None:
    held: Any = []
    held.append(held)
    holder = Holder([])
    holder.value.append(holder)
    table: Any = {}
    table["self"] = table
    in_tuple: Any = ([],)
    in_tuple[0].append(in_tuple)
    assert snapshot(held)[0][0][0] is not held
    copied = snapshot(held)
    assert copied[0] is copied
    again = snapshot(holder)
    assert again.value[0] is again
    inner = snapshot(table)
    assert inner["self"] is inner
    pair = snapshot(in_tuple)
    assert pair[0][0][0] is pair[0]
    assert pair is not in_tuple


def test_keys_are_copied_as_well() -> None:
    key = (1, AttributesFrozendict(a=1))
    assert snapshot({key: 1}) == {key: 1}


def test_a_frozen_mapping_with_something_changeable_is_copied() -> None:
    value = AttributesFrozendict(a=[1], b=2)
    copied = snapshot(value)
    value.a.append(2)
    assert copied == {"a": [1], "b": 2}
    assert type(copied) is AttributesFrozendict


def test_a_set_of_tuples_is_copied() -> None:
    value = {(1, 2), (3,)}
    copied = snapshot(value)
    value.add((4,))
    assert copied == {(1, 2), (3,)}


def test_what_cannot_be_copied_is_refused_as_by_copy() -> None:
    lock = threading.Lock()
    with pytest.raises(TypeError) as ours:
        snapshot({"a": [lock]})
    with pytest.raises(TypeError) as theirs:
        copy.deepcopy(lock)
    assert str(ours.value) == str(theirs.value)


def test_an_objects_own_copying_is_respected() -> None:
    class Single:
        def __deepcopy__(self, memo: Any) -> Any:
            return self

    single = Single()
    assert snapshot([single])[0] is single
