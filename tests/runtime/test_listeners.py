"""Listeners: what they are told and when, their errors, and how they are saved."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Callable, Iterator, List

import pytest

import plumpy_compat as plumpy
from plumpy_compat import utils
from plumpy_compat.event_helper import EventHelper
from plumpy_compat.exceptions import PersistenceError
from plumpy_compat.persistence import Bundle, Savable, auto_persist
from plumpy_compat.process_listener import ProcessListener
from tests.runtime import helpers
from tests.runtime.helpers import own_loop


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with own_loop() as given:
        yield given


EVENTS = [
    "on_process_created", "on_process_running", "on_process_waiting", "on_process_paused", "on_process_played",
    "on_output_emitted", "on_process_finished", "on_process_excepted", "on_process_killed",
]  # fmt: skip


class Noting(ProcessListener):
    """Writes down what it is told. It doesn't call `__init__` of its base."""

    def __init__(self) -> None:
        self.told: List[Any] = []

    def __getattribute__(self, name: str) -> Any:
        if name in EVENTS:
            return lambda process, *args: self.told.append((name, *args))
        return super().__getattribute__(name)


class Walk(plumpy.Process):
    @classmethod
    def define(cls, spec: Any) -> None:
        super().define(spec)
        spec.output("declared", required=False)
        spec.outputs.dynamic = True

    def run(self) -> Any:
        self.out("declared", 1)
        self.out("free", 2)
        return plumpy.Wait(self.end)

    def end(self) -> Any:
        return "result"


class Failing(plumpy.Process):
    def run(self) -> Any:
        raise ValueError("why")


def noting(process: Any) -> List[Any]:
    listener = Noting()
    process.add_process_listener(listener)
    return listener.told


def step(process: Any, times: int = 1) -> None:
    for _ in range(times):
        process.loop.run_until_complete(asyncio.wait_for(process.step(), helpers.PATIENCE))


def finish(process: Any) -> None:
    process.loop.run_until_complete(asyncio.wait_for(process.step_until_terminated(), helpers.PATIENCE))
    process.future().exception()


# --- Events --------------------------------------------------------------------------------------------------------


def test_a_life_is_told_in_order() -> None:
    process = Walk()
    told = noting(process)
    process.pause("a while")
    process.play()
    step(process, 2)
    process.resume()
    finish(process)
    assert told == [
        ("on_process_paused",),
        ("on_process_played",),
        ("on_process_running",),
        ("on_output_emitted", "declared", 1, False),
        ("on_output_emitted", "free", 2, True),
        ("on_process_waiting",),
        ("on_process_running",),
        ("on_process_finished", {"declared": 1, "free": 2}),
    ]


def test_an_error_is_told_by_its_text() -> None:
    process = Failing()
    told = noting(process)
    finish(process)
    assert told == [("on_process_running",), ("on_process_excepted", "why")]


@pytest.mark.parametrize(("args", "text"), [((), None), (("enough",), "enough")])
def test_a_kill_is_told_with_its_message(args: Any, text: Any) -> None:
    process = Walk()
    told = noting(process)
    process.kill(*args)
    ((event, message),) = told
    assert event == "on_process_killed"
    assert message == text
    assert message["message"] == text


def test_the_process_is_the_first_argument() -> None:
    seen: List[Any] = []

    class Mine(ProcessListener):
        def on_process_running(self, process: Any) -> None:
            seen.append(process)

    process = Walk()
    process.add_process_listener(Mine())
    step(process)
    assert seen == [process]


def test_all_events_have_a_default_that_does_nothing() -> None:
    process = Walk()
    process.add_process_listener(ProcessListener())
    process.pause()
    process.play()
    step(process, 2)
    process.resume()
    finish(process)
    assert process.is_successful
    listener = ProcessListener()
    assert listener.on_process_created(process) is None
    assert listener.on_process_excepted(process, "") is None
    assert listener.on_process_killed(process, None) is None


def test_methods_may_be_set_on_the_instance() -> None:
    listener: Any = ProcessListener()
    seen: List[Any] = []
    listener.on_process_running = seen.append
    process = Walk()
    process.add_process_listener(listener)
    step(process)
    assert seen == [process]


def test_a_listener_may_be_removed() -> None:
    process = Walk()
    listener = Noting()
    process.remove_process_listener(listener)
    process.add_process_listener(listener)
    process.remove_process_listener(listener)
    step(process)
    assert listener.told == []


def test_a_listener_is_told_once_however_often_it_was_added() -> None:
    process = Walk()
    listener = Noting()
    process.add_process_listener(listener)
    process.add_process_listener(listener)
    step(process)
    assert listener.told == [("on_process_running",)]


def test_a_process_cannot_listen_to_itself() -> None:
    process: Any = Walk()
    with pytest.raises(AssertionError, match="Cannot listen to yourself!"):
        process.add_process_listener(process)


def test_listeners_may_come_and_go_while_an_event_is_told() -> None:
    later = Noting()

    class Busy(ProcessListener):
        def on_process_running(self, process: Any) -> None:
            process.remove_process_listener(self)
            process.add_process_listener(later)

    process = Walk()
    process.add_process_listener(Busy())
    step(process)
    assert process._event_helper.listeners == {later}
    assert later.told == []


# --- Errors --------------------------------------------------------------------------------------------------------


class Broken(ProcessListener):
    def on_process_running(self, process: Any) -> None:
        raise KeyError("broken")


def test_an_error_of_a_listener_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    process = Walk()
    process.add_process_listener(Broken())
    told = noting(process)
    step(process)
    assert told == [("on_process_running",)]
    assert process.state is plumpy.ProcessState.RUNNING
    (record,) = [one for one in caplog.records if one.name == "plumpy.event_helper"]
    assert record.levelno == logging.ERROR
    assert record.getMessage().endswith("produced an exception:\n'broken'")
    assert record.getMessage().startswith("Listener '")
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError
    assert "on_process_running" in caplog.text


def test_an_exit_signal_of_a_listener_is_not_held_back() -> None:
    class Leaving(ProcessListener):
        def on_process_running(self, process: Any) -> None:
            raise KeyboardInterrupt

    helper = EventHelper(ProcessListener)
    helper.add_listener(Leaving())
    with pytest.raises(KeyboardInterrupt):
        helper.fire_event(ProcessListener.on_process_running, None)


# --- The helper by itself ------------------------------------------------------------------------------------------


def test_only_the_right_type_may_listen() -> None:
    helper = EventHelper(ProcessListener)
    with pytest.raises(AssertionError, match="Listener is not of right type"):
        helper.add_listener(object())
    assert helper.listeners == set()


def test_all_listeners_may_be_removed() -> None:
    helper = EventHelper(ProcessListener)
    helper.add_listener(ProcessListener())
    helper.remove_all_listeners()
    assert helper.listeners == set()


def test_an_event_must_be_one() -> None:
    with pytest.raises(ValueError, match="Must provide valid event method"):
        EventHelper(ProcessListener).fire_event(None)


def test_any_method_may_be_an_event() -> None:
    class Target:
        got: Any = None

        def happen(self, *args: Any, **kwargs: Any) -> None:
            Target.got = args, kwargs

    helper = EventHelper(Target)
    helper.add_listener(Target())
    helper.fire_event(Target.happen, 1, two=2)
    assert Target.got == ((1,), {"two": 2})


def test_the_helper_is_also_where_older_releases_have_it() -> None:
    assert utils.EventHelper is EventHelper  # type: ignore[attr-defined]


# --- Saving --------------------------------------------------------------------------------------------------------


class Plain(ProcessListener):
    """Has nothing but its parameters."""


class WithInit(ProcessListener):
    def __init__(self, factor: int) -> None:
        super().__init__()
        self.init(factor=factor)

    def init(self, **kwargs: Any) -> None:
        super().init(**kwargs)
        self.factor = kwargs["factor"]


@auto_persist("count")
class WithMembers(ProcessListener):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class OwnLoading(ProcessListener):
    def __init__(self) -> None:
        super().__init__()
        self.made: Any = "by init"

    def load_instance_state(self, saved_state: Any, load_context: Any) -> None:
        super().load_instance_state(saved_state, load_context)
        self.made = "by loading"


class WithMore(ProcessListener):
    """Has what nobody saves."""

    def __init__(self) -> None:
        super().__init__()
        self.more = 1


class WithProcess(ProcessListener):
    def __init__(self, process: Any) -> None:
        super().__init__()
        self.init(process=process)


@auto_persist("value")
class Refusing(ProcessListener):
    value = 1

    def save_instance_state(self, out_state: Any, save_context: Any) -> None:
        super().save_instance_state(out_state, save_context)
        raise PersistenceError("not now")


class NoSavable:
    def happen(self) -> None:
        """Is told."""


def again(*listeners: Any, kind: type = ProcessListener) -> List[Any]:
    helper = EventHelper(kind)
    for one in listeners:
        helper.add_listener(one)
    loaded = Bundle(helper).unbundle()
    assert loaded._listener_type is kind
    return list(loaded.listeners)


@pytest.mark.parametrize(
    ("make", "attribute", "value"),
    [
        (Plain, "_params", {}),
        (lambda: WithInit(3), "factor", 3),
        (lambda: WithMembers(4), "count", 4),
        (OwnLoading, "made", "by loading"),
    ],
    ids=["plain", "init", "members", "own loading"],
)
def test_listeners_that_can_be_made_whole_are_saved(make: Callable[[], Any], attribute: str, value: Any) -> None:
    listener = make()
    (loaded,) = again(listener)
    assert type(loaded) is type(listener)
    assert loaded is not listener
    assert getattr(loaded, attribute) == value


def test_a_listener_without_init_of_its_base_is_saved() -> None:
    (loaded,) = again(NoInit())
    assert type(loaded) is NoInit
    assert ProcessListener._params == {}


class NoInit(ProcessListener):
    def __init__(self) -> None:
        """Doesn't call that of its base."""


@pytest.mark.parametrize(
    "make", [WithMore, Refusing, lambda: WithProcess(Walk()), lambda: type("Local", (ProcessListener,), {})()]
)
def test_others_stay_behind(make: Callable[[], Any]) -> None:
    (loaded,) = again(make(), Plain())
    assert type(loaded) is Plain


def test_what_is_no_savable_stays_behind() -> None:
    assert again(NoSavable(), kind=NoSavable) == []


def test_where_plumpy_looks_there_are_none() -> None:
    helper = EventHelper(ProcessListener)
    helper.add_listener(Plain())
    state = helper.save()
    assert state["_listeners"] == set()
    assert [one["!!meta"]["class_name"] for one in state["savable_listeners"]] == [f"{__name__}:Plain"]


def test_those_that_plumpy_saved_are_taken() -> None:
    state = EventHelper(ProcessListener).save()
    listener = Plain()
    state["_listeners"] = {listener}
    assert Savable.load(state).listeners == {listener}


def test_the_parameters_are_given_to_init_again() -> None:
    listener = WithInit(3)
    state = listener.save()
    assert state["_params"] == {"factor": 3}
    state["_params"] = {"factor": 5}
    assert Savable.load(state).factor == 5
