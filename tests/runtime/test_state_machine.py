"""The state machine under every process, and the hooks that must chain up."""

from __future__ import annotations

import asyncio
import enum
import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from plumpy_compat.base import state_machine
from plumpy_compat.base.state_machine import (
    EventError,
    InvalidStateError,
    State,
    StateEntryFailed,
    StateEventHook,
    StateMachine,
    StateMachineError,
    TransitionFailed,
    event,
)
from plumpy_compat.base.utils import call_with_super_check, super_check
from tests.runtime.helpers import own_loop

ENTERING, ENTERED, EXITING = StateEventHook.ENTERING_STATE, StateEventHook.ENTERED_STATE, StateEventHook.EXITING_STATE


class Light(enum.Enum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


class Red(State):
    LABEL = Light.RED
    ALLOWED = {Light.GREEN, Light.OFF}  # noqa: RUF012


class Green(State):
    LABEL = Light.GREEN
    ALLOWED = {Light.RED, Light.GREEN, Light.OFF}  # noqa: RUF012

    def __init__(self, machine: Any, speed: int = 50, *, lane: str = "left") -> None:
        super().__init__(machine)
        self.speed = speed
        self.lane = lane


class Off(State):
    LABEL = Light.OFF


class Signal(StateMachine):
    STATES = (Red, Green, Off)

    def __init__(self) -> None:
        super().__init__()
        self.calls: List[Any] = []

    def init(self) -> None:
        super().init()
        self.calls.append(("init", self.state))

    def on_terminated(self) -> None:
        super().on_terminated()
        self.calls.append("terminated")

    @event
    def anything(self) -> str:
        return "done"

    @event()
    def anything_called(self) -> str:
        return "done"

    @event(from_states=Red, to_states=Green)
    def go(self) -> None:
        self.transition_to(Light.GREEN)

    @event(from_states=(Red, Green), to_states=(Off,))
    def switch_off(self, how: Any = Light.OFF) -> None:
        if how is not None:
            self.transition_to(how)

    @event(to_states=Off)
    def answer(self, result: Any) -> Any:
        return result


# --- Construction -----------------------------------------------------------------------------------------------------


def test_a_new_machine_is_in_its_initial_state_before_init_is_called():
    signal = Signal()
    assert signal.state is Light.RED
    assert signal.calls == [("init", Light.RED)]
    assert signal._state.in_state


def test_tables_belong_to_each_class():
    class Slow(Green):
        pass

    class Other(Signal):
        STATES = (Red, Slow, Off)

    assert Signal.get_states_map() == {Light.RED: Red, Light.GREEN: Green, Light.OFF: Off}
    assert Other.get_states_map() == {Light.RED: Red, Light.GREEN: Slow, Light.OFF: Off}
    assert Other.get_state_class(Light.GREEN) is Slow
    assert Other.initial_state_label() is Light.RED
    assert list(Other.get_states()) == [Red, Slow, Off]


def test_a_machine_needs_states():
    class Bare(StateMachine):
        pass

    with pytest.raises(RuntimeError, match=r"^States not defined$"):
        Bare()


def test_labels_must_differ():
    class Double(StateMachine):
        STATES = (Red, Red)

    with pytest.raises(AssertionError, match=r"^Duplicate label 'Light.RED'$"):
        Double()


def test_the_first_state_must_be_the_initial_one():
    class Wrong(Signal):
        def create_initial_state(self) -> State:
            return Green(self)

    with pytest.raises(RuntimeError, match=r"^Cannot enter state 'Light.GREEN' as the initial state$"):
        Wrong()


def test_texts_of_machines_and_states():
    signal = Signal()
    assert str(signal) == "<Signal> (Light.RED)"
    assert str(signal._state) == "Light.RED"
    assert signal._state.label is Light.RED


def test_what_a_state_is():
    signal = Signal()
    assert Off.is_terminal()
    assert not Red.is_terminal()
    assert signal._state.execute() is None
    assert isinstance(signal._state.create_state(Light.GREEN, 30, lane="right"), Green)


def test_debug_mode_is_switched():
    signal = Signal()
    before = signal.get_debug()
    signal.set_debug(not before)
    assert signal.get_debug() is not before
    assert Signal().get_debug() is before


@pytest.mark.parametrize("environment", [{}, {"PYTHONSMDEBUG": "1"}], ids=["without", "with"])
def test_debug_mode_is_taken_from_the_environment(environment: Dict[str, str]):
    program = "from plumpy_compat.base.state_machine import StateMachine as M; print(M.get_debug(M))"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONSMDEBUG"}
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**inherited, **environment},
        check=True,
        capture_output=True,
        text=True,
        cwd=str(Path(__file__).parents[2]),
    )
    assert told.stdout.strip() == str(bool(environment))


# --- Transitions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "args", "kwargs", "expected"),
    [
        (Light.GREEN, (), {}, (50, "left")),
        (Light.GREEN, (30,), {"lane": "right"}, (30, "right")),
        (Green, (30,), {"lane": "right"}, (30, "right")),
        ("instance", (), {}, (70, "left")),
    ],
    ids=["label", "label with arguments", "class", "instance"],
)
def test_a_target_may_be_a_label_a_class_or_an_instance(target: Any, args: Any, kwargs: Any, expected: Any):
    signal = Signal()
    before = signal._state
    signal.transition_to(Green(signal, 70) if target == "instance" else target, *args, **kwargs)
    assert (signal._state.speed, signal._state.lane) == expected
    assert signal._state.in_state
    assert not before.in_state


def test_no_target_does_nothing():
    signal = Signal()
    before = signal._state
    signal.transition_to(None)
    assert signal._state is before


@pytest.mark.parametrize("target", ["blue", 7, int, [1]], ids=str)
def test_an_unknown_target_is_refused(target: Any):
    signal = Signal()
    with pytest.raises(ValueError, match="is not a valid state"):
        signal.transition_to(target)
    assert signal.state is Light.RED
    assert signal._state.in_state


def test_a_state_may_not_follow_unless_it_is_allowed():
    signal = Signal()
    with pytest.raises(RuntimeError, match=r"^Cannot transition from Light.RED to Light.RED$"):
        signal.transition_to(Light.RED)
    assert signal._state.in_state


def test_nothing_follows_a_terminal_state():
    signal = Signal()
    signal.transition_to(Light.OFF)
    assert signal.calls[-1] == "terminated"
    with pytest.raises(InvalidStateError, match=r"^Cannot exit a terminal state Light.OFF$"):
        signal.transition_to(Light.GREEN)
    assert signal.state is Light.OFF
    assert signal._state.in_state
    with pytest.raises(InvalidStateError):
        signal._state.do_exit()


def test_a_transition_within_a_transition_is_refused():
    caught: List[BaseException] = []

    class Eager(Green):
        def enter(self) -> None:
            super().enter()
            try:
                self.state_machine.transition_to(Light.OFF)
            except AssertionError as error:
                caught.append(error)

    class Hurried(Signal):
        STATES = (Red, Eager, Off)

    signal = Hurried()
    signal.transition_to(Light.GREEN)
    assert signal.state is Light.GREEN
    assert str(caught[0]) == "Cannot call transition_to when already transitioning state"


@pytest.mark.parametrize("given", ["instance", "class", "label"])
def test_a_state_that_fails_to_be_entered_may_name_another_one(given: str):
    class Refused(Red):
        LABEL = "refused"

        def enter(self) -> None:
            super().enter()
            target = {"instance": Green(self.state_machine, 10), "class": Green, "label": Light.GREEN}[given]
            raise StateEntryFailed(target, *(() if given == "instance" else (10,)))

    class Start(Red):
        ALLOWED = {"refused", Light.GREEN, Light.OFF}  # noqa: RUF012

    class Redirected(Signal):
        STATES = (Start, Refused, Green, Off)

    signal = Redirected()
    seen: List[Any] = []
    for hook in (EXITING, ENTERING, ENTERED):
        signal.add_state_event_callback(hook, lambda _, at, state: seen.append((at, state and state.label)))
    signal.transition_to("refused")
    assert signal.state is Light.GREEN
    assert signal._state.speed == 10
    assert seen == [
        (EXITING, "refused"),
        (ENTERING, "refused"),
        (EXITING, Light.GREEN),
        (ENTERING, Light.GREEN),
        (ENTERED, Light.RED),
    ]


def test_a_redirection_to_a_terminal_state_terminates():
    class Refused(Green):
        def enter(self) -> None:
            super().enter()
            raise StateEntryFailed(Light.OFF)

    class Redirected(Signal):
        STATES = (Red, Refused, Off)

    signal = Redirected()
    signal.transition_to(Light.GREEN)
    assert signal.calls == [("init", Light.RED), "terminated"]


def test_the_entry_failure_keeps_what_it_was_given():
    failure = StateEntryFailed("label", 1, key=2)
    assert (failure.state, failure.args, failure.kwargs) == ("label", (1,), {"key": 2})


# --- Failing hooks ----------------------------------------------------------------------------------------------------


class Boom(Exception):
    pass


def raiser(*_: Any) -> None:
    raise Boom


@pytest.mark.parametrize(
    ("hook", "state_afterwards"),
    [(EXITING, Light.RED), (ENTERING, Light.RED), (ENTERED, Light.GREEN)],
)
def test_a_failing_hook_raises_and_leaves_one_state_current(hook: Any, state_afterwards: Light):
    signal = Signal()
    signal.add_state_event_callback(hook, raiser)
    with pytest.raises(Boom):
        signal.transition_to(Light.GREEN)
    assert signal.state is state_afterwards
    assert signal._state.in_state
    signal.remove_state_event_callback(hook, raiser)
    signal.transition_to(Light.OFF)  # the machine still works
    assert signal.state is Light.OFF


@pytest.mark.parametrize(("name", "state_afterwards"), [("enter", Light.RED), ("exit", Light.RED)])
def test_a_failing_method_of_a_state_raises_and_leaves_one_state_current(
    monkeypatch: pytest.MonkeyPatch, name: str, state_afterwards: Light
):
    signal = Signal()
    monkeypatch.setattr(Green if name == "enter" else Red, name, raiser)
    with pytest.raises(Boom):
        signal.transition_to(Light.GREEN)
    assert signal.state is state_afterwards
    assert signal._state.in_state


def test_transition_failed_is_told_where_and_why():
    told: List[Any] = []

    class Careful(Signal):
        def transition_failed(self, initial_state: Any, final_state: Any, exception: Any, trace: Any) -> None:
            told.append((initial_state, final_state, type(exception), trace is exception.__traceback__))

    signal = Careful()
    signal.add_state_event_callback(ENTERING, raiser)
    signal.transition_to(Light.GREEN)
    assert told == [(Light.RED, Light.GREEN, Boom, True)]


def test_transition_failed_may_go_to_another_state():
    class Careful(Signal):
        def transition_failed(self, *_: Any) -> None:
            self.transition_to(Light.OFF)

    signal = Careful()
    signal.add_state_event_callback(EXITING, raiser)
    signal.transition_to(Light.GREEN)
    assert signal.state is Light.OFF


def test_a_failure_while_a_failure_is_handled_is_raised():
    class Careful(Signal):
        def transition_failed(self, *_: Any) -> None:
            self.transition_to(Light.OFF)

    signal = Careful()
    signal.add_state_event_callback(ENTERING, raiser)
    with pytest.raises(Boom):
        signal.transition_to(Light.GREEN)
    assert not signal._transitioning
    assert not signal._transition_failing


def test_a_keyboard_interrupt_in_a_hook_goes_through():
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    signal = Signal()
    signal.add_state_event_callback(ENTERING, interrupt)
    with pytest.raises(KeyboardInterrupt):
        signal.transition_to(Light.GREEN)
    assert not signal._transitioning


# --- Callbacks --------------------------------------------------------------------------------------------------------


def test_callbacks_are_told_of_each_moment():
    signal = Signal()
    seen: List[Any] = []

    def callback(machine: Any, hook: Any, state: Any) -> None:
        seen.append((machine is signal, hook, state.label, signal.state))

    for hook in StateEventHook:
        signal.add_state_event_callback(hook, callback)
    signal.transition_to(Light.GREEN)
    assert seen == [
        (True, EXITING, Light.GREEN, Light.RED),
        (True, ENTERING, Light.GREEN, Light.RED),
        (True, ENTERED, Light.RED, Light.GREEN),
    ]


def test_a_callback_may_remove_itself():
    signal = Signal()
    seen: List[Any] = []

    def once(machine: Any, hook: Any, _: Any) -> None:
        machine.remove_state_event_callback(hook, once)
        seen.append("once")

    signal.add_state_event_callback(ENTERED, once)
    signal.add_state_event_callback(ENTERED, lambda *_: seen.append("other"))
    signal.transition_to(Light.GREEN)
    assert seen == ["once", "other"]


@pytest.mark.parametrize("other_is_set", [False, True])
def test_removing_a_callback_that_is_not_set_is_an_error(other_is_set: bool):
    signal = Signal()
    if other_is_set:
        signal.add_state_event_callback(ENTERED, print)
    with pytest.raises(ValueError, match=r"^Callback not set for hook 'StateEventHook.ENTERED_STATE'$"):
        signal.remove_state_event_callback(ENTERED, raiser)


def test_removing_a_callback_from_a_closed_machine_is_no_error():
    signal = Signal()
    signal._closed = True
    signal.remove_state_event_callback(ENTERED, raiser)
    assert not signal._event_callbacks


# --- States that have let go ------------------------------------------------------------------------------------------


def test_a_state_that_has_let_go_still_knows_its_machine_while_that_is_there():
    signal = Signal()
    state = signal._state
    state.let_go()
    state.let_go()
    assert state.state_machine is signal
    assert state.create_state(Light.OFF).state_machine is signal
    with pytest.raises(AttributeError, match=r"^'Red' object has no attribute 'nothing'$"):
        state.nothing  # noqa: B018
    del signal
    with pytest.raises(AttributeError, match=r"^'Red' object has no attribute 'state_machine'$"):
        state.state_machine  # noqa: B018


def test_a_state_without_machine_has_none_to_let_go():
    state = Red.__new__(Red)
    state.let_go()
    assert not hasattr(state, "state_machine")


# --- Events -----------------------------------------------------------------------------------------------------------


def test_a_bare_event_works():
    """Defect 4.2: in plumpy only `@event(...)` with parentheses works."""
    signal = Signal()
    assert signal.anything() == "done"
    assert signal.anything_called() == "done"
    assert Signal.anything.__name__ == "anything"


def test_an_event_changes_the_state():
    signal = Signal()
    signal.go()
    assert signal.state is Light.GREEN


def test_an_event_in_the_wrong_state():
    signal = Signal()
    signal.go()
    with pytest.raises(EventError, match=r"^Event go invalid in state Light.GREEN$") as caught:
        signal.go()
    assert caught.value.event == "go"
    assert isinstance(caught.value, StateMachineError)


@pytest.mark.parametrize(
    ("how", "text"),
    [
        (None, "Machine did not transition"),
        (Light.GREEN, "Event produced invalid state transition from Light.RED to Light.GREEN"),
    ],
)
def test_an_event_that_leads_nowhere_or_elsewhere(how: Any, text: str):
    with pytest.raises(EventError, match=f"^{text}$"):
        Signal().switch_off(how)


def test_an_event_may_say_that_nothing_has_happened_yet():
    signal = Signal()
    with own_loop() as loop:
        future = loop.create_future()
        assert signal.answer(future) is future
    assert signal.answer(False) is False
    with pytest.raises(EventError):
        signal.answer(True)
    assert asyncio.isfuture(future)


@pytest.mark.parametrize("given", [int, (Red, 3), [object], 5], ids=str)
@pytest.mark.parametrize("name", ["from_states", "to_states"])
def test_an_event_needs_classes_of_states(name: str, given: Any):
    with pytest.raises(TypeError):
        event(**{name: given})


# --- Creating states --------------------------------------------------------------------------------------------------


def test_an_unknown_label_is_refused():
    with pytest.raises(ValueError, match=r"^blue is not a valid state$"):
        Signal().create_state("blue")


def test_a_key_error_of_a_constructor_comes_out_as_it_is():
    """Defect 4.2: plumpy takes any KeyError for an unknown label."""

    class Picky(Green):
        def __init__(self, machine: Any) -> None:
            {}["missing"]

    class Strict(Signal):
        STATES = (Red, Picky, Off)

    with pytest.raises(KeyError, match="missing"):
        Strict().create_state(Light.GREEN)


def test_create_state_works_before_any_instance_exists():
    class Fresh(Signal):
        pass

    assert isinstance(StateMachine.create_state(object.__new__(Fresh), Light.OFF), Off)


# --- TransitionFailed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "text"),
    [(("a",), "a -> None"), (("a", "b"), "a -> b"), (("a", "b", "trace"), "a -> b\ntrace")],
)
def test_the_text_of_a_failed_transition(args: Any, text: str):
    assert str(TransitionFailed(*args)) == text


def test_what_the_module_exports():
    assert {"StateMachine", "StateMachineMeta", "TransitionFailed", "event"} <= set(state_machine.__all__)


# --- super_check ------------------------------------------------------------------------------------------------------


class Root:
    """Any object can have such hooks."""

    def __init__(self) -> None:
        self.done: List[Any] = []

    @super_check
    def hook(self, *args: Any, **kwargs: Any) -> str:
        self.done.append((args, kwargs))
        return "discarded"

    @super_check
    def outer(self) -> None:
        self.done.append("outer")


class Chains(Root):
    def hook(self, *args: Any, **kwargs: Any) -> None:
        super().hook(*args, **kwargs)


class Forgets(Root):
    def hook(self, *args: Any, **kwargs: Any) -> None:
        self.done.append("forgot")


class ChainsTwice(Root):
    def hook(self, *args: Any, **kwargs: Any) -> None:
        super().hook()
        super().hook()


class Fails(Root):
    def hook(self, *args: Any, **kwargs: Any) -> None:
        raise Boom

    def outer(self) -> None:
        try:
            call_with_super_check(self.hook)
        except Boom:
            self.done.append("swallowed")
        super().outer()


@pytest.mark.parametrize("kind", [Root, Chains])
def test_a_hook_that_reaches_its_root_is_fine(kind: Any):
    obj = kind()
    assert call_with_super_check(obj.hook, 1, key=2) is None
    assert obj.done == [((1,), {"key": 2})]


def test_a_hook_that_forgets_its_super_is_told():
    obj = Forgets()
    with pytest.raises(AssertionError) as caught:
        call_with_super_check(obj.hook)
    first, hint = str(caught.value).splitlines()
    assert first == f"Base 'hook' was not called from '{Forgets}'"
    assert hint == "Hint: Did you forget to call the super?"
    assert obj.done == ["forgot"]


def test_a_hook_that_calls_its_root_twice_is_told():
    with pytest.raises(AssertionError, match="was not called through call_with_super_check"):
        call_with_super_check(ChainsTwice().hook)


@pytest.mark.parametrize("kind", [Root, Chains])
def test_a_hook_may_not_be_called_directly(kind: Any):
    obj = kind()
    with pytest.raises(AssertionError, match=r"^The function 'hook' was not called through call_with_super_check$"):
        obj.hook()
    assert obj.done == []


def test_a_root_keeps_its_name():
    assert Root.hook.__name__ == "hook"


def test_a_swallowed_failure_further_down_does_not_blame_the_outer_hook():
    """Defect 4.2: in plumpy the counter stays where the failure left it."""
    obj = Fails()
    call_with_super_check(obj.outer)
    assert obj.done == ["swallowed", "outer"]


def test_the_counter_is_back_after_a_failure():
    obj = Fails()
    with pytest.raises(Boom):
        call_with_super_check(obj.hook)
    assert obj._called == 0


def test_an_override_that_is_decorated_like_its_root_is_called():
    """`functools.wraps(root)` copies the attributes of the root; the override must be called all the same."""

    class Wrapped(Root):
        @functools.wraps(Root.hook)
        def hook(self, *args: Any, **kwargs: Any) -> None:
            self.done.append("mine")
            super().hook()

    obj = Wrapped()
    call_with_super_check(obj.hook)
    assert obj.done == ["mine", ((), {})]


def test_a_root_that_is_patched_with_a_wrapper_calls_the_wrapper(monkeypatch: pytest.MonkeyPatch):
    root = Root.hook

    @functools.wraps(root)
    def traced(self: Any, *args: Any) -> None:
        self.done.append("traced")
        root(self, *args)

    monkeypatch.setattr(Root, "hook", traced)
    obj = Root()
    call_with_super_check(obj.hook, 3)
    assert obj.done == ["traced", ((3,), {})]
