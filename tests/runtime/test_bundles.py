"""Processes in bundles: what is saved of them, when, and how they come back."""

from __future__ import annotations

import asyncio
import gc
import logging
import pickle
import threading
import uuid
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest
import yaml

import plumpy_compat as plumpy
from plumpy_compat.checkpoints import allow, allowlist
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.lang import NULL
from plumpy_compat.persistence import Bundle, InMemoryPersister, LoadSaveContext, PicklePersister
from plumpy_compat.process_states import ProcessState
from tests.runtime import helpers
from tests.runtime.helpers import LoopErrors, own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


@pytest.fixture
def allowed() -> Iterator[Callable[..., None]]:
    """Give `allow`, taken back after the test."""
    before = set(allowlist._ALLOWED)
    yield allow
    allowlist._ALLOWED.clear()
    allowlist._ALLOWED.update(before)


class Walk(plumpy.Process):
    """Has every kind of thing to be saved."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.input("a", default=1)
        spec.input("n.b", required=False)
        spec.inputs.dynamic = True
        spec.outputs.dynamic = True

    def run(self) -> Any:
        self.out("x.y", [1])
        return plumpy.Continue(self.middle, 1, two=2)

    def middle(self, one: int, two: int) -> Any:
        self.out("sum", one + two)
        return plumpy.Wait(self.end, "for a word", {"data": [1]})

    def end(self, *values: Any) -> Any:
        return [*values, "end"]


class Failing(plumpy.Process):
    error: Any = ValueError("a", 1)

    def run(self) -> Any:
        raise self.error


class OwnError(Exception):
    """Must be allowed."""


class TwoArgumentsError(Exception):
    def __init__(self, first: Any, second: Any) -> None:
        super().__init__(f"{first} and {second}")


class NoTextError(Exception):
    def __str__(self) -> str:
        raise TypeError("no text")


class Foreign:
    """An input of a class of somebody's own."""

    def __init__(self, value: int) -> None:
        self.value = value


def step(process: Any, times: int = 1) -> None:
    for _ in range(times):
        process.loop.run_until_complete(asyncio.wait_for(process.step(), helpers.PATIENCE))


def finish(process: Any) -> None:
    process.loop.run_until_complete(asyncio.wait_for(process.step_until_terminated(), helpers.PATIENCE))


def walk(process: Any, steps: int = 10) -> None:
    """Let a process take at most so many steps, and resume it if it waits."""
    while steps and not process.has_terminated():
        if process.state is ProcessState.WAITING:
            process.resume("word")
        step(process)
        steps -= 1


def ended(process: Any) -> Any:
    """Run a process to its end, however it ends."""
    finish(process)
    if process.future().done() and not process.future().cancelled():
        process.future().exception()
    return process


def by_memory(process: Any, _: Any) -> Bundle:
    persister = InMemoryPersister()
    persister.save_checkpoint(process)
    return persister.load_checkpoint(process.pid)


def by_file(process: Any, folder: Any) -> Bundle:
    persister = PicklePersister(folder)
    persister.save_checkpoint(process)
    return persister.load_checkpoint(process.pid)


def by_yaml(process: Any, _: Any) -> Bundle:
    bundle = yaml.load(yaml.dump(Bundle(process)), Loader=yaml.Loader)
    assert type(bundle) is Bundle
    return bundle


def by_bundle(process: Any, _: Any) -> Bundle:
    return Bundle(process)


ways = pytest.mark.parametrize("way", [by_bundle, by_memory, by_file, by_yaml])


# --- Layout --------------------------------------------------------------------------------------------------------


def test_the_layout_is_plumpys() -> None:
    process = Walk(pid=5, inputs={"a": 2})
    bundle = Bundle(process)
    assert set(bundle) == {
        "!!meta", "_pid", "_creation_time", "_future", "_paused", "_status", "_pre_paused_status", "_event_helper",
        "_state", "INPUTS_RAW", "INPUTS_PARSED", "_CREATION_TIME",
    }  # fmt: skip
    assert bundle["!!meta"] == {
        "class_name": f"{__name__}:Walk",
        "types": {"_future": "S", "_event_helper": "S"},
        "version": 2,
    }
    assert bundle["_pid"] == 5
    assert bundle["_creation_time"] == process.creation_time
    assert bundle["INPUTS_RAW"] == {"a": 2}
    assert bundle["_future"] == {
        "!!meta": {"class_name": "plumpy.persistence:SavableFuture"},
        "_state": "PENDING", "_done": False, "_result": None,
    }  # fmt: skip
    assert bundle["_event_helper"]["!!meta"] == {"class_name": "plumpy.event_helper:EventHelper"}
    assert bundle["_event_helper"]["_listeners"] == set()
    assert bundle["_event_helper"]["_listener_type"] is plumpy.ProcessListener


def test_inputs_that_were_not_given_and_outputs_that_are_not_there_have_no_key() -> None:
    process = Walk()
    assert "INPUTS_RAW" not in Bundle(process)
    assert "OUTPUTS" not in Bundle(process)
    step(process, 2)
    assert Bundle(process)["OUTPUTS"] == {"x": {"y": [1]}}


def test_only_what_is_saved_on_its_own_has_a_version() -> None:
    bundle = Bundle(Walk())
    assert [
        key for key, value in bundle.items() if isinstance(value, dict) and "version" in value.get("!!meta", {})
    ] == []


def test_a_later_version_is_refused() -> None:
    bundle = Bundle(Walk())
    bundle["!!meta"]["version"] = 3
    with pytest.raises(
        PersistenceError, match="the checkpoint has version 3, this is plumpy-compat for versions up to 2"
    ):
        bundle.unbundle()


@pytest.mark.parametrize("version", [1, 2])
def test_earlier_versions_are_read(version: int) -> None:
    bundle = Bundle(Walk(pid=1))
    bundle["!!meta"]["version"] = version
    assert bundle.unbundle().pid == 1


def test_unbundling_leaves_the_bundle_as_it_is() -> None:
    process = Stopping()
    step(process)
    process._state._command = plumpy.Stop(1, False)
    bundle = Bundle(process)
    del bundle["_state"]["command"]["successful"]  # as plumpy writes it
    before = yaml.dump(bundle)
    assert bundle.unbundle()._state._command.successful is True
    assert yaml.dump(bundle) == before


class Stopping(plumpy.Process):
    """Does nothing."""


# --- There and back ------------------------------------------------------------------------------------------------


@ways
@pytest.mark.parametrize("steps", range(6))
def test_a_process_goes_on_where_it_was_saved(way: Any, steps: int, tmp_path: Any) -> None:
    process: Any = Walk(pid="walk", inputs={"a": 3, "n": {"b": (1,)}, "more": {"free": [uuid.UUID(int=1)]}})
    walk(process, steps)
    loaded = way(process, tmp_path).unbundle()
    assert type(loaded) is Walk
    assert (loaded.pid, loaded.state, loaded.inputs, loaded.raw_inputs) == (
        process.pid, process.state, process.inputs, process.raw_inputs,
    )  # fmt: skip
    assert loaded.outputs == process.outputs
    walk(loaded)
    assert loaded.result() == ["word", "end"]
    assert loaded.outputs == {"x": {"y": [1]}, "sum": 3}
    assert loaded.future().result() == loaded.outputs


@ways
def test_inputs_come_back_frozen(way: Any, tmp_path: Any) -> None:
    loaded = way(Walk(inputs={"a": 3, "n": {"b": 1}}, pid=1), tmp_path).unbundle()
    assert loaded.inputs.n.b == 1
    with pytest.raises(TypeError):
        loaded.inputs["a"] = 1


@ways
def test_a_paused_process_is_paused_again(way: Any, tmp_path: Any) -> None:
    process = Walk(pid=1)
    process.set_status("before")
    process.pause("why")
    loaded = way(process, tmp_path).unbundle()
    assert (loaded.paused, loaded.status) == (True, "why")
    loaded.play()
    assert (loaded.paused, loaded.status) == (False, "before")
    step(loaded)
    assert loaded.state is ProcessState.RUNNING


@ways
def test_a_killed_process_is_killed_again(way: Any, tmp_path: Any) -> None:
    process = Walk(pid=1)
    process.kill("why")
    loaded = way(process, tmp_path).unbundle()
    assert loaded.killed()
    assert loaded.killed_msg() == "why"
    assert loaded.killed_msg()["message"] == "why"
    assert type(loaded.future().exception()) is plumpy.KilledError


@ways
def test_a_uuid_comes_back_if_it_is_the_pid(way: Any, tmp_path: Any) -> None:
    process = Walk()
    loaded = way(process, tmp_path).unbundle()
    assert loaded.pid == loaded.uuid == process.uuid
    assert way(Walk(pid=7), tmp_path).unbundle().uuid is None


def test_the_context_gives_loop_logger_and_communicator(loop: asyncio.AbstractEventLoop) -> None:
    bundle = Bundle(Walk())
    logger = logging.getLogger("somewhere")
    assert bundle.unbundle(LoadSaveContext(logger=None)).loop is loop
    with own_loop(current=False) as other:
        loaded = bundle.unbundle(LoadSaveContext(loop=other, logger=logger, communicator=None))
        assert (loaded.loop, loaded.logger, loaded.future().get_loop()) == (other, logger, other)
        assert loaded._communicator is None


def test_a_process_that_has_ended_has_its_outcome() -> None:
    loaded = Bundle(ended(Failing(pid=1))).unbundle()
    assert loaded.is_excepted
    assert loaded.future().exception() is loaded.exception()


def test_a_class_may_say_how_inputs_are_saved() -> None:
    bundle = Bundle(Encoding(inputs={"a": threading.Lock()}))
    assert bundle["INPUTS_RAW"] == {"a": "a lock"}
    assert type(bundle.unbundle().inputs.a) is type(threading.Lock())


class Encoding(plumpy.Process):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.inputs.dynamic = True

    def encode_input_args(self, inputs: Any) -> Any:
        return dict.fromkeys(inputs, "a lock")

    def decode_input_args(self, encoded: Any) -> Any:
        return {key: threading.Lock() for key in encoded}


def test_a_loader_names_all_classes(loop: asyncio.AbstractEventLoop) -> None:
    process = Walk(pid=1)
    bundle = Bundle(process, LoadSaveContext(loader=Shouting()))
    names = [line for line in yaml.dump(bundle).splitlines() if "class_name" in line]
    assert len(names) == 4
    assert all("loud " in name for name in names)
    assert bundle.unbundle().pid == 1


class Shouting(plumpy.ObjectLoader):
    def load_object(self, identifier: str) -> Any:
        assert identifier.startswith("loud ")
        return plumpy.DefaultObjectLoader().load_object(identifier[5:])

    def identify_object(self, obj: Any) -> str:
        return "loud " + plumpy.DefaultObjectLoader().identify_object(obj)


# --- Snapshots -----------------------------------------------------------------------------------------------------


class Saving(plumpy.WorkChain):
    """Saves itself in the middle of a step."""

    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.outputs.dynamic = True
        spec.outline(cls.first, cls.second)

    def first(self) -> None:
        self.ctx.values = [1]
        self.out("o", [1])
        self.bundle = Bundle(self)
        self.ctx.values.append(2)
        self.outputs["o"].append(2)

    def second(self) -> Any:
        return list(self.ctx.values)


def test_a_bundle_does_not_change_when_the_process_goes_on() -> None:
    process = Saving(pid=1)
    finish(process)
    assert process.result() == [1, 2]
    assert process.bundle["_context"] == {"values": [1]}
    assert process.bundle["OUTPUTS"] == {"o": [1]}


def test_a_checkpoint_from_within_a_step_runs_the_step_again() -> None:
    process = Saving(pid=1)
    finish(process)
    loaded = process.bundle.unbundle()
    assert loaded.state is ProcessState.RUNNING
    finish(loaded)
    assert loaded.result() == [1, 2]


HOOKS = ["on_run", "on_running", "on_exit_running", "on_wait", "on_waiting", "on_finish", "on_finished"]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_checkpoint_from_within_a_hook_can_be_run(hook: str) -> None:
    kept: List[Bundle] = []
    process = Hooked(hook, kept)
    step(process, 3)
    process.resume("word")
    finish(process)
    assert process.result() == ["word", "end"]
    for bundle in kept:
        again = yaml.load(yaml.dump(bundle), Loader=yaml.Loader).unbundle()
        walk(again)
        assert again.result() == ["word", "end"]
    assert kept


class Hooked(Walk):
    """Saves itself in one of its hooks."""

    hook: Optional[str] = None

    def __init__(self, hook: str, kept: List[Bundle]) -> None:
        super().__init__(pid="hooked")
        self.hook = hook
        self.kept = kept

    def _note(self, hook: str) -> None:
        if self.hook == hook:
            self.kept.append(Bundle(self))

    def on_run(self) -> None:
        super().on_run()
        self._note("on_run")

    def on_running(self) -> None:
        super().on_running()
        self._note("on_running")

    def on_exit_running(self) -> None:
        super().on_exit_running()
        self._note("on_exit_running")

    def on_wait(self, data: Any) -> None:
        super().on_wait(data)
        self._note("on_wait")

    def on_waiting(self) -> None:
        super().on_waiting()
        self._note("on_waiting")

    def on_finish(self, result: Any, successful: bool) -> None:
        super().on_finish(result, successful)
        self._note("on_finish")

    def on_finished(self) -> None:
        super().on_finished()
        self._note("on_finished")


class SavingListener(plumpy.ProcessListener):
    """Saves its process on every event."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: List[Bundle] = []

    def on_process_running(self, process: Any) -> None:
        self.kept.append(Bundle(process))


def test_a_failed_save_in_a_listener_does_not_harm_the_process(caplog: pytest.LogCaptureFixture) -> None:
    process = Walk(inputs={"lock": 1})
    listener = SavingListener()
    process.add_process_listener(listener)
    process._outputs["lock"] = threading.Lock()
    step(process)
    assert process.state is ProcessState.RUNNING
    assert "lock" in caplog.text


# --- Continuations -------------------------------------------------------------------------------------------------


def free_function(process: Any = None) -> None:
    """Isn't a method."""


class Odd(plumpy.Process):
    after: Any = None

    def run(self) -> Any:
        return self.after


@pytest.mark.parametrize(
    "command",
    [plumpy.Continue(free_function), plumpy.Continue(lambda: None), plumpy.Wait(lambda: None),
     plumpy.Wait(free_function)],
    ids=["function", "lambda", "wait for lambda", "wait for function"],
)  # fmt: skip
def test_a_continuation_that_is_no_method_cannot_be_saved(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Odd, "after", command)
    process = Odd()
    step(process, 2)
    with pytest.raises(PersistenceError, match="can't be saved, for it is not a method of Odd: make it one"):
        Bundle(process)


@pytest.mark.parametrize("key", ["run_fn", "DONE_CALLBACK"])
def test_a_method_that_is_gone_is_told(key: str) -> None:
    process = Walk()
    step(process, 1 if key == "run_fn" else 3)
    bundle = Bundle(process)
    bundle["_state"][key] = "renamed"
    with pytest.raises(PersistenceError, match=r"goes on with 'renamed', which Walk hasn't got \(any more\)"):
        bundle.unbundle()


# --- Waiting -------------------------------------------------------------------------------------------------------


def waiting() -> Any:
    process = Walk(pid=1)
    step(process, 3)
    assert process.state is ProcessState.WAITING
    return process


@ways
@pytest.mark.parametrize(("args", "result"), [((), ["end"]), ((None,), [None, "end"]), (([1],), [[1], "end"])])
def test_what_it_was_resumed_with_is_saved(way: Any, args: Any, result: Any, tmp_path: Any) -> None:
    process = waiting()
    process.resume(*args)
    loaded = way(process, tmp_path).unbundle()
    finish(loaded)
    assert loaded.result() == result


@ways
def test_that_the_wait_has_failed_is_saved(way: Any, tmp_path: Any) -> None:
    process = waiting()
    process._state.fail(KeyError("k"))
    loaded = ended(way(process, tmp_path).unbundle())
    assert loaded.is_excepted
    assert loaded.exception().args == ("k",)


def test_message_and_data_of_a_wait_come_back() -> None:
    loaded = Bundle(waiting()).unbundle()
    assert str(loaded._state) == "ProcessState.WAITING (for a word)"
    assert loaded._state.data == {"data": [1]}


# --- Errors --------------------------------------------------------------------------------------------------------


def excepted(error: Exception, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Failing, "error", error)
    process = ended(Failing(pid=1))
    assert process.is_excepted
    return process


def chained() -> Exception:
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise ValueError("outer") from inner
    except ValueError as outer:
        return outer


@ways
@pytest.mark.parametrize(
    "error",
    [
        ValueError("a", {"b": (1, [2])}), KeyError("k"), FileNotFoundError(2, "no", "/p"), chained(), StopIteration(3),
        RuntimeError(KeyError("k")), UnicodeDecodeError("utf-8", b"a", 0, 1, "why"), plumpy.KilledError("k"),
        Exception(),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_pythons_errors_come_back(way: Any, error: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    loaded = way(excepted(error, monkeypatch), tmp_path).unbundle()
    assert type(loaded.exception()) is type(error)
    assert str(loaded.exception()) == str(error)
    assert repr(loaded.exception().args) == repr(error.args)
    with pytest.raises(type(error)):
        loaded.result()


@ways
@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError(threading.Lock()), "unlocked"),
        (TwoArgumentsError(1, 2), "1 and 2"),
        (OwnError("own"), "own"),
    ],
    ids=["argument", "init", "own"],
)
def test_odd_errors_come_back(
    way: Any, error: Any, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, allowed: Any
) -> None:
    allowed(TwoArgumentsError, OwnError)
    loaded = way(excepted(error, monkeypatch), tmp_path).unbundle()
    assert type(loaded.exception()) is type(error)
    assert text in str(loaded.exception())
    assert loaded.future().exception() is loaded.exception()


@ways
def test_an_error_without_a_text_comes_back(
    way: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, allowed: Any
) -> None:
    allowed(NoTextError)
    loaded = way(excepted(NoTextError(1), monkeypatch), tmp_path).unbundle()
    assert type(loaded.exception()) is NoTextError
    assert loaded.exception().args == (1,)


@ways
def test_an_error_of_ones_own_is_refused_until_it_is_allowed(
    way: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, allowed: Any
) -> None:
    process = excepted(OwnError("a"), monkeypatch)
    with pytest.raises(PersistenceError, match=rf"'{__name__}:OwnError', which is not allowed"):
        way(process, tmp_path).unbundle()
    allowed(OwnError)
    assert way(process, tmp_path).unbundle().exception().args == ("a",)


def test_a_local_error_can_be_saved_and_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    class LocalError(Exception):
        """Nobody can import it."""

    process = excepted(LocalError("a"), monkeypatch)
    with pytest.raises(PersistenceError, match="LocalError"):
        by_file(process, tmp_path).unbundle()


def test_the_traceback_is_saved_as_text_and_kept() -> None:
    process = ended(Failing(pid=1))
    bundle = Bundle(process)
    assert "raise self.error" in bundle["_state"]["traceback"]
    loaded = bundle.unbundle()
    assert loaded._state.traceback is None
    again = Bundle(loaded)
    assert again["_state"]["traceback"] == bundle["_state"]["traceback"]
    assert again.unbundle().is_excepted


def test_an_error_without_a_traceback_has_no_key_for_it() -> None:
    process = Walk()
    process.fail(ValueError("x"))
    process.future().exception()
    assert "traceback" not in Bundle(process)["_state"]


def test_a_loaded_error_is_not_reported_again(loop: asyncio.AbstractEventLoop) -> None:
    bundle = Bundle(ended(Failing(pid=1)))

    async def main() -> None:
        errors = LoopErrors()
        bundle.unbundle(LoadSaveContext(loop=loop))
        gc.collect()
        await helpers.turns()
        assert errors.contexts == []

    loop.run_until_complete(main())


def test_a_process_whose_future_was_cancelled_can_be_saved(loop: asyncio.AbstractEventLoop) -> None:
    process = Walk(pid=1)
    process.future().cancel()
    loop.run_until_complete(helpers.turns())
    assert process.killed()
    loaded = Bundle(process).unbundle()
    assert loaded.killed()
    assert loaded.future().cancelled()


def test_saving_an_error_does_not_keep_its_frames_alive() -> None:
    process = ended(Failing(pid=1))
    error = Bundle(process)["_future"]["exception"]
    assert error is not process.exception()
    assert error.__traceback__ is None


# --- Classes of somebody's own ---------------------------------------------------------------------------------------


def test_an_input_of_ones_own_class_must_be_allowed_for_a_file(tmp_path: Any, allowed: Any) -> None:
    process = Walk(inputs={"mine": Foreign(5)}, pid=1)
    with pytest.raises(PersistenceError, match=rf"'{__name__}:Foreign', which is not allowed"):
        by_file(process, tmp_path)
    allowed(Foreign)
    assert by_file(process, tmp_path).unbundle().inputs.mine.value == 5


def test_a_process_class_needs_no_line(tmp_path: Any) -> None:
    assert type(by_file(Walk(pid=1), tmp_path).unbundle()) is Walk


def test_a_class_that_is_no_process_is_not_made() -> None:
    bundle = Bundle(Walk())
    bundle["!!meta"]["class_name"] = "os:system"
    with pytest.raises(PersistenceError, match="is not a Savable"):
        bundle.unbundle()


def test_a_state_of_another_class_is_not_made() -> None:
    bundle = Bundle(Walk())
    bundle["_state"]["!!meta"]["class_name"] = f"{__name__}:Foreign"
    with pytest.raises(PersistenceError, match="is not a Savable"):
        bundle.unbundle()


def test_a_bundle_is_a_picklable_dictionary() -> None:
    bundle = Bundle(Walk(pid=1))
    copied = pickle.loads(pickle.dumps(bundle))
    assert type(copied) is Bundle
    assert copied.unbundle().pid == 1


# --- Listeners -----------------------------------------------------------------------------------------------------


class Counting(plumpy.ProcessListener):
    """Can be saved: it is made again by `init`."""

    seen: List[Any] = []  # noqa: RUF012

    def __init__(self, **params: Any) -> None:
        super().__init__()
        if params:
            self.init(**params)

    def on_process_finished(self, process: Any, outputs: Any) -> None:
        self.seen.append(self._params)


class Knowing(plumpy.ProcessListener):
    """Can't be saved: it knows its process."""

    def __init__(self, process: Any) -> None:
        super().__init__()
        self.process = process


@ways
def test_listeners_that_can_be_saved_come_back(way: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "seen", [])
    process = Quick(pid=1)
    process.add_process_listener(Counting(name="a"))
    loaded = way(process, tmp_path).unbundle()
    finish(loaded)
    assert Counting.seen == [{"name": "a"}]


@ways
def test_listeners_that_know_the_process_stay_behind(way: Any, tmp_path: Any) -> None:
    process = Quick(pid=1)
    process.add_process_listener(Knowing(process))
    loaded = way(process, tmp_path).unbundle()
    assert loaded._event_helper.listeners == set()
    finish(loaded)
    assert loaded.is_successful


class Quick(plumpy.Process):
    def run(self) -> Any:
        return 1


def test_a_process_cannot_be_copied() -> None:
    process = Walk(pid=1, inputs={"other": Quick(pid="other")})
    with pytest.raises(TypeError, match="process other can't be copied"):
        Bundle(process)


def test_null_is_not_mistaken_for_a_value() -> None:
    process = waiting()
    process.resume(type(NULL)())
    finish(process)
    assert process.result() == ["end"]


class Comparing:
    """Answers comparisons as an array does."""

    def __eq__(self, other: object) -> Any:
        return Comparing()

    def __bool__(self) -> bool:
        raise ValueError("ambiguous")

    __hash__ = None  # type: ignore[assignment]


def test_a_value_is_never_compared() -> None:
    process = waiting()
    value = Comparing()
    process.resume(value)
    Bundle(process)
    finish(process)
    assert process.result()[0] is value


def test_a_status_that_never_was_is_none() -> None:
    info: Dict[str, Any] = {}
    Bundle(Walk(pid=1)).unbundle().get_status_info(info)
    assert info["status"] is None
    assert info["pid"] == "1"


def test_a_killed_process_that_was_loaded_saves_the_same() -> None:
    loop = asyncio.new_event_loop()
    try:
        process = plumpy.Process(loop=loop)
        process.kill("enough")
        bundle = Bundle(process)
        assert Bundle(bundle.unbundle(plumpy.LoadSaveContext(loop=loop))) == bundle
    finally:
        loop.close()
