"""Saving objects and making them again: the Savable protocol, contexts, loaders, futures, the persister in memory."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

from plumpy_compat import loaders, persistence
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.persistence import (
    Bundle,
    InMemoryPersister,
    LoadSaveContext,
    PersistedCheckpoint,
    Persister,
    Savable,
    SavableFuture,
    auto_persist,
)
from tests.runtime import helpers
from tests.runtime.helpers import LoopErrors, own_loop, run


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


@auto_persist("number", "values")
class Thing(Savable):
    def __init__(self, number: Any = 1, values: Any = ()) -> None:
        self.number = number
        self.values = values
        self.forgotten = "gone"


@auto_persist("more")
class Child(Thing):
    def __init__(self, more: Any) -> None:
        super().__init__()
        self.more = more


@auto_persist("method")
class Caller(Savable):
    def __init__(self, method: Any = None) -> None:
        self.method = method or self.own

    def own(self) -> str:
        return "own"


@auto_persist("inner")
class Outer(Savable):
    def __init__(self, inner: Any) -> None:
        self.inner = inner


class ByHook(Savable):
    calls: List[int] = []  # noqa: RUF012

    def __init__(self) -> None:
        self.kept = 1

    @classmethod
    def persist(cls) -> None:
        cls.calls.append(1)
        cls._auto_persist = {"kept"}


class NoChain(Savable):
    def save_instance_state(self, out_state: Any, save_context: Any) -> None:
        """Forgets its super."""


class Plain:
    """Is no Savable."""


class PrefixLoader(loaders.ObjectLoader):
    """Gives names of its own."""

    def load_object(self, identifier: str) -> Any:
        if not identifier.startswith("mine!"):
            raise ValueError(f"not mine: {identifier}")
        return loaders.DefaultObjectLoader().load_object(identifier[5:])

    def identify_object(self, obj: Any) -> str:
        return "mine!" + loaders.DefaultObjectLoader().identify_object(obj)


# --- What is saved -------------------------------------------------------------------------------------------------


def test_members_come_back_and_nothing_else() -> None:
    loaded = Savable.load(Thing(5, [1, {"a": (2,)}]).save())
    assert type(loaded) is Thing
    assert (loaded.number, loaded.values) == (5, [1, {"a": (2,)}])
    assert not hasattr(loaded, "forgotten")


def test_a_subclass_saves_its_members_and_those_of_its_base() -> None:
    assert Child._auto_persist == {"more", "number", "values"}
    assert Thing._auto_persist == {"number", "values"}
    assert Savable.load(Child("x").save()).more == "x"


def test_the_class_method_adds_to_the_set_of_the_class() -> None:
    class Bare(Savable):
        """Has no members yet."""

    assert Bare._auto_persist is None
    Bare.auto_persist("a")
    Bare.auto_persist("b")
    assert Bare._auto_persist == {"a", "b"}
    assert Savable._auto_persist is None


def test_the_keys_are_in_a_fixed_order() -> None:
    assert list(Child("x").save()) == ["!!meta", "more", "number", "values"]


def test_the_class_is_named() -> None:
    assert Thing().save()["!!meta"] == {"class_name": f"{__name__}:Thing"}


def test_the_hook_persist_is_called_once_for_each_instance() -> None:
    ByHook.calls.clear()
    thing = ByHook()
    thing.save()
    state = thing.save()
    assert ByHook.calls == [1]
    assert Savable.load(state).kept == 1
    assert ByHook.calls == [1, 1]


def test_a_saved_state_is_a_snapshot() -> None:
    values = [1]
    thing = Thing(values=values)
    state = thing.save()
    values.append(2)
    assert state["values"] == [1]


def test_what_is_loaded_shares_nothing_with_the_saved_state() -> None:
    state = Thing(values=[1]).save()
    Savable.load(state).values.append(2)
    assert Savable.load(state).values == [1]


def test_a_method_is_saved_by_name() -> None:
    state = Caller().save()
    assert state["method"] == "own"
    assert state["!!meta"]["types"] == {"method": "m"}
    loaded = Savable.load(state)
    assert loaded.method.__self__ is loaded
    assert loaded.method() == "own"


def test_a_method_of_another_object_is_refused() -> None:
    with pytest.raises(TypeError, match="Cannot persist methods of other classes"):
        Caller(Caller().own).save()


def test_savables_are_saved_by_their_own_state() -> None:
    state = Outer(Outer(Thing(3))).save()
    assert state["!!meta"]["types"] == {"inner": "S"}
    assert Savable.load(state).inner.inner.number == 3


def test_members_can_be_saved_by_hand() -> None:
    out: Dict[str, Any] = {}
    Thing(4).save_members(["number"], out)
    thing = Thing()
    thing.load_members(["number"], out)
    assert (out, thing.number) == ({"number": 4}, 4)


def test_a_missing_member_is_a_key_error() -> None:
    state = Thing().save()
    del state["number"]
    with pytest.raises(KeyError, match="number"):
        Savable.load(state)


def test_whoever_forgets_its_super_is_told() -> None:
    with pytest.raises(AssertionError, match="Base 'save_instance_state' was not called"):
        NoChain().save()


def test_the_root_is_only_reached_through_the_check() -> None:
    with pytest.raises(AssertionError, match="call_with_super_check"):
        Thing().save_instance_state({}, LoadSaveContext())


def test_the_context_must_be_one() -> None:
    wrong: Any = {"loader": None}
    with pytest.raises(TypeError, match="LoadSaveContext"):
        Thing().save(wrong)


def test_a_class_that_cannot_be_found_again_is_refused_when_it_is_saved() -> None:
    class Local(Savable):
        """Nobody can import it."""

    with pytest.raises(ValueError, match="Local"):
        Local().save()


@pytest.mark.parametrize("state", [{}, {"!!meta": {}}, {"!!meta": {"types": {}}}])
def test_a_state_without_a_class_is_refused(state: Dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Class name not found in saved state"):
        Savable.load(state)


@pytest.mark.parametrize("name", [f"{__name__}:Plain", f"{__name__}:pytest", "os:system", "builtins:eval"])
def test_a_class_that_is_no_savable_is_refused(name: str) -> None:
    with pytest.raises(PersistenceError, match="is not a Savable"):
        Savable.load({"!!meta": {"class_name": name}})


def test_a_class_that_is_gone_is_refused() -> None:
    with pytest.raises(ValueError, match="Gone"):
        Savable.load({"!!meta": {"class_name": f"{__name__}:Gone"}})


# --- Meta data and loaders -----------------------------------------------------------------------------------------


def test_custom_meta_data_is_found_again() -> None:
    state: Dict[str, Any] = {}
    Savable.set_custom_meta(state, "colour", "red")
    assert state == {"!!meta": {"user": {"colour": "red"}}}
    assert Savable.get_custom_meta(state, "colour") == "red"


def test_custom_meta_data_is_also_looked_for_where_plumpy_does() -> None:
    assert Savable.get_custom_meta({"!!meta": {"colour": "red"}}, "colour") == "red"


@pytest.mark.parametrize("state", [{}, {"!!meta": {}}, {"!!meta": {"user": {"other": 1}}}])
def test_unknown_meta_data_is_a_value_error(state: Dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Unknown meta key 'colour'"):
        Savable.get_custom_meta(state, "colour")


def test_a_loader_is_recorded_and_found_again() -> None:
    state = Thing(7).save(LoadSaveContext(loader=PrefixLoader()))
    assert state["!!meta"] == {
        "class_name": f"mine!{__name__}:Thing",
        "user": {"object_loader": f"{__name__}:PrefixLoader"},
    }
    assert Savable.load(state).number == 7


def test_a_loader_reaches_nested_savables() -> None:
    state = Outer(Thing(7)).save(LoadSaveContext(loader=PrefixLoader()))
    assert state["inner"]["!!meta"]["class_name"] == f"mine!{__name__}:Thing"
    assert Savable.load(state).inner.number == 7


def test_a_loader_in_the_context_has_precedence_over_the_recorded_one() -> None:
    state = Thing(7).save(LoadSaveContext(loader=PrefixLoader()))
    state["!!meta"]["user"]["object_loader"] = f"{__name__}:Gone"
    assert Savable.load(state, LoadSaveContext(loader=PrefixLoader())).number == 7


def test_a_recorded_loader_that_is_none_is_refused() -> None:
    state = Thing(7).save(LoadSaveContext(loader=PrefixLoader()))
    state["!!meta"]["user"]["object_loader"] = f"{__name__}:Plain"
    with pytest.raises(PersistenceError, match="which the checkpoint gives as its object loader, is none"):
        Savable.load(state)


def test_the_global_loader_is_used_otherwise() -> None:
    loaders.set_object_loader(PrefixLoader())
    try:
        state = Thing(8).save()
        assert Savable.load(state).number == 8
    finally:
        loaders.set_object_loader(None)
    assert state["!!meta"] == {"class_name": f"mine!{__name__}:Thing"}


# --- Contexts ------------------------------------------------------------------------------------------------------


def test_a_context_gives_its_values_as_attributes() -> None:
    context = LoadSaveContext(process=1, loop=2)
    assert (context.process, context.loop, context.loader) == (1, 2, None)
    assert "process" in context
    assert "runner" not in context
    assert list(context) == ["process", "loop"]


def test_a_missing_value_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="item 'runner' not found"):
        _ = LoadSaveContext().runner


def test_a_context_can_be_extended() -> None:
    loader = PrefixLoader()
    first = LoadSaveContext(loader=loader, a=1)
    second = first.copyextend(a=2, b=3)
    assert (second.a, second.b, second.loader) == (2, 3, loader)
    assert (first.a, list(first)) == (1, ["a"])
    assert first.copyextend(loader=None).loader is None


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_context_can_be_copied(copied: Callable[[Any], Any]) -> None:
    context = copied(LoadSaveContext(a=[1]))
    assert context.a == [1]
    assert list(context) == ["a"]


def test_states_see_what_is_in_the_context() -> None:
    class Seen(Savable):
        def load_instance_state(self, saved_state: Any, load_context: LoadSaveContext) -> None:
            super().load_instance_state(saved_state, load_context)
            self.where = load_context.where

    assert Seen.recreate_from({}, LoadSaveContext(where="here")).where == "here"


# --- Futures -------------------------------------------------------------------------------------------------------


def saved(future: SavableFuture) -> Any:
    return future.save()


def load_future(state: Any, loop: Optional[asyncio.AbstractEventLoop] = None) -> SavableFuture:
    context = LoadSaveContext() if loop is None else LoadSaveContext(loop=loop)
    future = Savable.load(state, context)
    assert isinstance(future, SavableFuture)
    return future


def test_a_pending_future_is_pending_again(loop: asyncio.AbstractEventLoop) -> None:
    future = load_future(saved(SavableFuture(loop=loop)))
    assert not future.done()


def test_a_result_comes_back_as_a_copy(loop: asyncio.AbstractEventLoop) -> None:
    future = SavableFuture(loop=loop)
    result = {"a": [1]}
    future.set_result(result)
    state = saved(future)
    result["a"].append(2)
    loaded = load_future(state)
    assert loaded.result() == {"a": [1]}
    loaded.result()["a"].append(3)
    assert load_future(state).result() == {"a": [1]}


def test_an_error_comes_back(loop: asyncio.AbstractEventLoop) -> None:
    future = SavableFuture(loop=loop)
    future.set_exception(ValueError("no", 3))
    state = saved(future)
    future.exception()
    error = load_future(state).exception()
    assert type(error) is ValueError
    assert error.args == ("no", 3)


def test_an_error_that_cannot_be_written_is_told_by_its_text(loop: asyncio.AbstractEventLoop) -> None:
    class Local(Exception):
        """Can't be pickled."""

    future = SavableFuture(loop=loop)
    future.set_exception(Local("why"))
    state = saved(future)
    future.exception()
    error = load_future(state).exception()
    assert type(error) is RuntimeError
    assert str(error) == "Local: why"


def test_a_cancelled_future_is_cancelled_again(loop: asyncio.AbstractEventLoop) -> None:
    future = SavableFuture(loop=loop)
    future.cancel()
    assert load_future(saved(future)).cancelled()


def test_saving_a_failed_future_does_not_count_as_looking_at_it() -> None:
    async def main() -> None:
        errors = LoopErrors()
        future = SavableFuture(loop=asyncio.get_running_loop())
        future.set_exception(ValueError("nobody looks"))
        future.save()
        del future
        gc.collect()
        await helpers.turns()
        assert len(errors.contexts) == 1

    run(main())


def test_a_loaded_failed_future_is_silent() -> None:
    async def main() -> None:
        errors = LoopErrors()
        future = SavableFuture(loop=asyncio.get_running_loop())
        future.set_exception(ValueError("seen"))
        state = future.save()
        future.exception()
        loaded = load_future(state)
        del loaded
        gc.collect()
        await helpers.turns()
        assert errors.contexts == []

    run(main())


def test_a_future_is_loaded_for_the_loop_in_the_context() -> None:
    with own_loop(current=False) as mine:
        state = saved(SavableFuture(loop=mine))
        assert load_future(state, mine).get_loop() is mine


def test_a_future_is_loaded_for_the_current_loop_otherwise(loop: asyncio.AbstractEventLoop) -> None:
    assert load_future(saved(SavableFuture(loop=loop))).get_loop() is loop


def test_callbacks_are_not_saved(loop: asyncio.AbstractEventLoop) -> None:
    future = SavableFuture(loop=loop)
    called: List[Any] = []
    future.add_done_callback(called.append)
    loaded = load_future(saved(future))
    loaded.set_result(1)
    loop.run_until_complete(helpers.turns())
    assert called == []


# --- Bundles -------------------------------------------------------------------------------------------------------


def test_a_bundle_is_a_dictionary_of_the_state() -> None:
    thing = Thing(2, [3])
    bundle = Bundle(thing)
    assert bundle == thing.save()
    assert bundle.unbundle().values == [3]


def test_a_bundle_can_be_made_without_an_object() -> None:
    bundle = Bundle.__new__(Bundle)
    bundle.update(Thing(9).save())
    assert bundle.unbundle().number == 9


class Sharer(Savable):
    """Saves something that goes on changing."""

    def __init__(self) -> None:
        self.live = [1]

    def save_instance_state(self, out_state: Any, save_context: Any) -> None:
        super().save_instance_state(out_state, save_context)
        out_state["live"] = self.live


@pytest.mark.parametrize(("dereference", "is_shared"), [(False, True), (True, False)])
def test_a_bundle_is_dereferenced_if_it_is_asked_for(dereference: bool, is_shared: bool) -> None:
    sharer = Sharer()
    assert (Bundle(sharer, dereference=dereference)["live"] is sharer.live) is is_shared


def test_a_bundle_passes_the_context_on() -> None:
    bundle = Bundle(Thing(1), LoadSaveContext(loader=PrefixLoader()))
    assert bundle["!!meta"]["class_name"].startswith("mine!")
    assert bundle.unbundle(LoadSaveContext(loader=PrefixLoader())).number == 1


# --- In memory -----------------------------------------------------------------------------------------------------


class Fake(Thing):
    """Stands for a process."""

    def __init__(self, pid: Any, number: Any = 1) -> None:
        super().__init__(number, [])
        self.pid = pid


@pytest.fixture
def memory() -> InMemoryPersister:
    persister = InMemoryPersister()
    for pid, tag in ((1, None), (1, "a"), (2, "a")):
        persister.save_checkpoint(Fake(pid), tag)
    return persister


def test_checkpoints_in_memory_are_listed(memory: InMemoryPersister) -> None:
    assert memory.get_checkpoints() == [(1, None), (1, "a"), (2, "a")]
    assert memory.get_process_checkpoints(1) == [PersistedCheckpoint(1, None), PersistedCheckpoint(1, "a")]
    assert memory.get_process_checkpoints(3) == []


def test_a_later_checkpoint_takes_the_place_of_an_earlier_one(memory: InMemoryPersister) -> None:
    memory.save_checkpoint(Fake(1, number=5), "a")
    assert memory.load_checkpoint(1, "a").unbundle().number == 5
    assert len(memory.get_checkpoints()) == 3


def test_checkpoints_in_memory_are_deleted(memory: InMemoryPersister) -> None:
    memory.delete_checkpoint(1, "a")
    memory.delete_checkpoint(1, "a")
    memory.delete_checkpoint(7)
    assert memory.get_checkpoints() == [(1, None), (2, "a")]
    memory.delete_process_checkpoints(2)
    memory.delete_process_checkpoints(2)
    memory.delete_checkpoint(1)
    assert memory.get_checkpoints() == []


@pytest.mark.parametrize(("pid", "tag"), [(3, None), (2, None), (1, "b")])
def test_a_missing_checkpoint_in_memory_is_a_key_error(memory: InMemoryPersister, pid: int, tag: Any) -> None:
    with pytest.raises(KeyError):
        memory.load_checkpoint(pid, tag)


def test_a_checkpoint_that_is_given_out_is_a_copy(memory: InMemoryPersister) -> None:
    memory.load_checkpoint(1)["values"].append("mine")
    assert memory.load_checkpoint(1)["values"] == []


def test_a_checkpoint_in_memory_does_not_change_with_the_object() -> None:
    memory = InMemoryPersister()
    sharer: Any = Sharer()
    sharer.pid = 1
    memory.save_checkpoint(sharer)
    sharer.live.append(2)
    assert memory.load_checkpoint(1)["live"] == [1]


def test_the_persister_in_memory_uses_its_loader() -> None:
    memory = InMemoryPersister(loader=PrefixLoader())
    memory.save_checkpoint(Fake(1, number=6))
    bundle = memory.load_checkpoint(1)
    assert bundle["!!meta"]["class_name"] == f"mine!{__name__}:Fake"
    assert bundle.unbundle().number == 6


def test_a_persister_must_be_able_to_do_everything() -> None:
    incomplete: Any = Persister
    with pytest.raises(TypeError, match="abstract"):
        incomplete()


def test_the_constants_are_those_of_plumpy() -> None:
    assert (persistence.META, persistence.META__USER, persistence.META__TYPES) == ("!!meta", "user", "types")
    assert (persistence.META__TYPE__METHOD, persistence.META__TYPE__SAVABLE) == ("m", "S")
    assert Savable.CLASS_NAME == persistence.META__CLASS_NAME == "class_name"
    assert persistence.META__OBJECT_LOADER == "object_loader"
    assert SavableFuture.EXCEPTION == "exception"
