"""The context as a mixin."""

from __future__ import annotations

import asyncio
from typing import Any, Iterator

import pytest

import plumpy_compat as plumpy
from plumpy_compat.persistence import Bundle, Savable, auto_persist
from plumpy_compat.utils import AttributesDict
from tests.runtime.helpers import own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


class Process(plumpy.ContextMixin, plumpy.Process):
    def run(self) -> Any:
        self.ctx.values = [1]
        return plumpy.Continue(self.next)

    def next(self) -> Any:
        return list(self.ctx.values)


@auto_persist("base")
class Base(Savable):
    def __init__(self, base: Any) -> None:
        self.base = base


class Thing(plumpy.ContextMixin, Base):
    """Something else than a process."""


def test_there_is_a_context_from_the_start() -> None:
    process = Process()
    assert type(process.ctx) is AttributesDict
    assert vars(process.ctx) == {}
    with pytest.raises(AttributeError):
        process.ctx = AttributesDict()  # type: ignore[misc]


def test_the_context_is_kept_from_step_to_step() -> None:
    process = Process()
    process.execute()
    assert process.result() == [1]


def test_arguments_go_to_the_next_base() -> None:
    assert Thing(5).base == 5


def test_the_context_is_saved_with_the_rest() -> None:
    thing = Thing(5)
    thing.ctx.values = [1]
    bundle = Bundle(thing)
    thing.ctx.values.append(2)
    assert bundle[plumpy.ContextMixin.CONTEXT] == bundle["_context"] == {"values": [1]}
    loaded = bundle.unbundle()
    assert (loaded.base, vars(loaded.ctx)) == (5, {"values": [1]})
    loaded.ctx.values.append(3)
    assert bundle["_context"] == {"values": [1]}


def test_a_state_without_a_context_gives_an_empty_one() -> None:
    bundle = Bundle(Thing(5))
    del bundle["_context"]
    assert vars(bundle.unbundle().ctx) == {}


def test_names_that_are_no_identifiers_come_back() -> None:
    thing = Thing(5)
    thing.ctx["with a space"] = 1
    thing.ctx["self"] = 2
    assert vars(Bundle(thing).unbundle().ctx) == {"with a space": 1, "self": 2}
