"""A finite state machine whose states are objects, with hooks around every transition.

A transition leaves the current state (EXITING hook, `exit`), then enters the next one (ENTERING hook, `enter`, the
switch, ENTERED hook). What is told to whom, and in which order, follows plumpy 0.26.
"""

from __future__ import annotations

import enum
import functools
import inspect
import logging
import os
import weakref
from asyncio import isfuture
from types import TracebackType
from typing import (
    Any,
    Callable,
    ClassVar,
    Dict,
    Hashable,
    List,
    Optional,
    Sequence,
    Set,
    Type,
    TypeVar,
    Union,
    cast,
)

from .utils import call_with_super_check, super_check

__all__ = ["StateMachine", "StateMachineMeta", "TransitionFailed", "event"]

_LOGGER = logging.getLogger("plumpy.base.state_machine")

LABEL_TYPE = Union[None, enum.Enum, str]
_Method = TypeVar("_Method", bound=Callable[..., Any])
EVENT_CALLBACK_TYPE = Callable[["StateMachine", Hashable, Optional["State"]], None]


class StateMachineError(Exception):
    """Base of the errors of a state machine."""


class StateEntryFailed(Exception):
    """Raise it while a state is being entered, to enter `state` instead.

    :param state: an instance of a state, or (as before plumpy 0.24) a label or class, created with the other arguments.
    """

    def __init__(self, state: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__("failed to enter state")
        self.state = state
        self.args = args
        self.kwargs = kwargs


class InvalidStateError(Exception):
    """The machine is in a state in which this can't be done."""


class EventError(StateMachineError):
    """An event came in the wrong state, or led to the wrong one."""

    def __init__(self, evt: str, msg: str) -> None:
        super().__init__(msg)
        self.event = evt


class TransitionFailed(Exception):
    """A transition failed. Kept for clients that catch it; the machine raises the original error."""

    def __init__(
        self, initial_state: State, final_state: Optional[State] = None, traceback_str: Optional[str] = None
    ) -> None:
        self.initial_state = initial_state
        self.final_state = final_state
        self.traceback_str = traceback_str
        super().__init__(self._format_msg())

    def _format_msg(self) -> str:
        lines = [f"{self.initial_state} -> {self.final_state}"]
        if self.traceback_str is not None:
            lines.append(self.traceback_str)
        return "\n".join(lines)


def event(from_states: Any = "*", to_states: Any = "*") -> Callable[[_Method], _Method]:
    """Check that a method is called in one of `from_states`, and leads to one of `to_states` (`*`: any).

    The second check is left out if the method returns False or a future, for then nothing has happened (yet). It can
    be written with and without parentheses.

    :raises EventError: from the method, when a check fails.
    """
    if inspect.isfunction(from_states):
        return event()(from_states)
    sources, targets = _state_classes("from_states", from_states), _state_classes("to_states", to_states)

    def decorate(wrapped: _Method) -> _Method:
        name = wrapped.__name__

        @functools.wraps(wrapped)
        def transition(self: Any, *args: Any, **kwargs: Any) -> Any:
            initial = self._state
            if sources is not None and not isinstance(initial, sources):
                raise EventError(name, f"Event {name} invalid in state {initial.label}")
            result = wrapped(self, *args, **kwargs)
            if targets is None or result is False or isfuture(result) or isinstance(self._state, targets):
                return result
            if self._state is initial:
                raise EventError(name, "Machine did not transition")
            message = f"Event produced invalid state transition from {initial.label} to {self._state.label}"
            raise EventError(name, message)

        return cast(_Method, transition)

    return decorate


def _state_classes(name: str, given: Any) -> Optional[Any]:
    if given == "*":
        return None
    classes = (given,) if inspect.isclass(given) else tuple(given)
    if not all(inspect.isclass(one) and issubclass(one, State) for one in classes):
        raise TypeError(f"{name}: must be '*', a State class or several of them, got {given!r}")
    return classes


class State:
    """One state of a machine.

    `LABEL` names it, `ALLOWED` holds the labels of the states that may follow; without any it is terminal.
    """

    LABEL: ClassVar[LABEL_TYPE] = None
    ALLOWED: ClassVar[Set[LABEL_TYPE]] = set()

    @classmethod
    def is_terminal(cls) -> bool:
        """Tell whether nothing follows this state."""
        return not cls.ALLOWED

    def __init__(self, state_machine: StateMachine, *args: Any, **kwargs: Any) -> None:
        """:param state_machine: the machine that the state belongs to."""
        self.state_machine = state_machine
        self.in_state = False

    def let_go(self) -> None:
        """Refer to the machine weakly from now on, so that it needs no garbage collector to be gone."""
        machine = self.__dict__.pop("state_machine", None)
        if machine is not None:
            self._machine = weakref.ref(machine)

    def __getattr__(self, name: str) -> Any:
        # Called for what isn't there, so most states never pay for this.
        if name == "state_machine":
            reference = self.__dict__.get("_machine")
            machine = None if reference is None else reference()
            if machine is not None:
                return machine
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __str__(self) -> str:
        return str(self.LABEL)

    @property
    def label(self) -> LABEL_TYPE:
        """The label of the state."""
        return self.LABEL

    @super_check
    def enter(self) -> None:
        """Called when the state is being entered. Chain up."""

    def execute(self) -> Any:
        """Do what is to be done in this state; the result is the next state, or None."""

    @super_check
    def exit(self) -> None:
        """Called when the state is being left. Chain up.

        :raises InvalidStateError: if the state is terminal.
        """
        if self.is_terminal():
            raise InvalidStateError(f"Cannot exit a terminal state {self.label}")

    def create_state(self, state_label: Hashable, *args: Any, **kwargs: Any) -> State:
        """Make another state of the same machine."""
        return self.state_machine.create_state(state_label, *args, **kwargs)

    def do_enter(self) -> None:
        """Enter: call the hook, then mark the state as current."""
        call_with_super_check(self.enter)
        self.in_state = True

    def do_exit(self) -> None:
        """Leave: call the hook, then unmark the state."""
        call_with_super_check(self.exit)
        self.in_state = False


class StateEventHook(enum.Enum):
    """The moments of a transition that callbacks can be set for, and what they are given."""

    ENTERING_STATE = 0  # the state that is being entered
    ENTERED_STATE = 1  # the state before, or None
    EXITING_STATE = 2  # the state that follows


class StateMachineMeta(type):
    """Puts a new machine into its initial state before the caller gets it, then calls `init`."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        machine = super().__call__(*args, **kwargs)
        machine.transition_to(machine.create_initial_state())
        call_with_super_check(machine.init)
        return machine


class StateMachine(metaclass=StateMachineMeta):
    """A machine; subclasses list the classes of its states in `STATES`, the initial one first."""

    STATES: ClassVar[Optional[Sequence[Type[State]]]] = None
    _STATES_MAP: ClassVar[Optional[Dict[Hashable, Type[State]]]] = None

    # Defaults of what most machines never set: they cost no memory.
    _transitioning = False
    _transition_failing = False
    _failed_target: Any = None  # what couldn't be entered, while `transition_failed` is called
    _exception_handler: Any = None
    _debug = "PYTHONSMDEBUG" in os.environ
    _event_callbacks: Dict[Hashable, List[EVENT_CALLBACK_TYPE]]

    @classmethod
    def get_states_map(cls) -> Dict[Hashable, Type[State]]:
        """The classes of the states by label."""
        cls.__ensure_built()
        return cast("Dict[Hashable, Type[State]]", cls._STATES_MAP)

    @classmethod
    def get_states(cls) -> Sequence[Type[State]]:
        """The classes of the states, the initial one first.

        :raises RuntimeError: if there are none.
        """
        if cls.STATES is None:
            raise RuntimeError("States not defined")
        return cls.STATES

    @classmethod
    def initial_state_label(cls) -> LABEL_TYPE:
        """The label of the initial state."""
        cls.__ensure_built()
        return cast("Sequence[Type[State]]", cls.STATES)[0].LABEL

    @classmethod
    def get_state_class(cls, label: LABEL_TYPE) -> Type[State]:
        """The class of the state with this label."""
        return cls.get_states_map()[label]

    @classmethod
    def __ensure_built(cls) -> None:
        # Each class has tables of its own: a subclass may replace states.
        if "sealed" in cls.__dict__:
            return
        cls.STATES = cls.get_states()
        table: Dict[Hashable, Type[State]] = {}
        for state in cls.STATES:
            if state.LABEL in table:
                raise AssertionError(f"Duplicate label '{state.LABEL}'")
            table[state.LABEL] = state
        cls._STATES_MAP = table
        cls.sealed = True  # type: ignore[attr-defined]

    def __init__(self) -> None:
        self.__ensure_built()
        self._state: Optional[State] = None
        self._event_callbacks = {}

    @super_check
    def init(self) -> None:
        """Called when the machine is in its initial state, before the caller of the constructor has it. Chain up."""

    def __str__(self) -> str:
        return f"<{self.__class__.__name__}> ({self.state})"

    def create_initial_state(self) -> State:
        """Make the state that the machine starts in."""
        return self.get_state_class(self.initial_state_label())(self)

    @property
    def state(self) -> Optional[LABEL_TYPE]:
        """The label of the current state, or None before there is one."""
        return None if self._state is None else self._state.LABEL

    def add_state_event_callback(self, hook: Hashable, callback: EVENT_CALLBACK_TYPE) -> None:
        """Have `callback(machine, hook, state)` called at the `hook` of each transition."""
        self._event_callbacks.setdefault(hook, []).append(callback)

    def remove_state_event_callback(self, hook: Hashable, callback: EVENT_CALLBACK_TYPE) -> None:
        """Take a callback back.

        :raises ValueError: if it isn't set (and the machine isn't closed).
        """
        if getattr(self, "_closed", False):
            return
        try:
            self._event_callbacks[hook].remove(callback)
        except (KeyError, ValueError):
            raise ValueError(f"Callback not set for hook '{hook}'") from None

    @super_check
    def on_terminated(self) -> None:
        """Called when a terminal state was entered. Chain up."""

    def transition_to(self, new_state: Any, *args: Any, **kwargs: Any) -> None:
        """Go to another state.

        :param new_state: an instance of a state; None does nothing. A label or a class, created with the other
            arguments, is taken too, as before plumpy 0.24.
        :raises AssertionError: when called while another transition goes on.
        :raises InvalidStateError: when the current state is terminal. That is final, so nothing else happens.
        """
        if self._transitioning:
            raise AssertionError("Cannot call transition_to when already transitioning state")
        if new_state is None:
            return
        initial = self._state
        if initial is not None and not self._transition_failing and initial.is_terminal():
            raise InvalidStateError(f"Cannot exit a terminal state {initial.label}")
        label = None if initial is None else initial.LABEL
        target = getattr(new_state, "LABEL", new_state)
        try:
            self._transitioning = True
            if not isinstance(new_state, State):
                new_state = self._create_state_instance(new_state, *args, **kwargs)
            self._exit_current_state(new_state)
            try:
                self._enter_next_state(new_state)
            except StateEntryFailed as failure:
                new_state = self._create_state_instance(failure.state, *failure.args, **failure.kwargs)
                target = new_state.LABEL
                self._exit_current_state(new_state)
                self._enter_next_state(new_state)
            if new_state.is_terminal():
                self._terminate()
        except Exception as exception:
            self._transitioning = False
            if initial is not None and self._state is initial:
                initial.in_state = True  # it was left, but nothing else was entered
            if self._transition_failing:
                raise
            self._transition_failing = True
            self._failed_target = new_state
            self.transition_failed(label, target, exception, exception.__traceback__)
        finally:
            if self._transition_failing:
                self._transition_failing = False
                self._failed_target = None
            self._transitioning = False

    def transition_failed(
        self,
        initial_state: Hashable,
        final_state: Hashable,
        exception: Exception,
        trace: Optional[TracebackType],
    ) -> None:
        """Called when a transition failed, with the labels of both states; the default raises the error."""
        raise exception.with_traceback(trace)

    def get_debug(self) -> bool:
        """Tell whether the machine is in debug mode."""
        return self._debug

    def set_debug(self, enabled: bool) -> None:
        """Switch debug mode; environment variable `PYTHONSMDEBUG` sets it from the start."""
        self._debug = enabled

    def create_state(self, state_label: Hashable, *args: Any, **kwargs: Any) -> State:
        """Make a state of this machine.

        :raises ValueError: if there is none with this label.
        """
        states = self._STATES_MAP if "sealed" in self.__class__.__dict__ else self.get_states_map()
        state_class = cast("Dict[Hashable, Type[State]]", states).get(state_label)
        if state_class is None:
            raise ValueError(f"{state_label} is not a valid state")
        return state_class(self, *args, **kwargs)

    def _create_state_instance(self, state: Any, *args: Any, **kwargs: Any) -> State:
        """Make a state from an instance (taken as it is), a class or a label."""
        if isinstance(state, State):
            return state
        return self._ensure_state_class(state)(self, *args, **kwargs)

    def _ensure_state_class(self, state: Any) -> Type[State]:
        if inspect.isclass(state) and issubclass(state, State):
            return state
        try:
            return self.get_states_map()[state]
        except (KeyError, TypeError):
            raise ValueError(f"{state} is not a valid state") from None

    def _terminate(self) -> None:
        """A terminal state was entered."""
        call_with_super_check(self.on_terminated)

    def _exit_current_state(self, next_state: State) -> None:
        current = self._state
        if current is None:
            if self.initial_state_label() != next_state.LABEL:
                raise RuntimeError(f"Cannot enter state '{next_state}' as the initial state")
            return
        if self._transition_failing:
            return  # the failure may have come from here: leave in a hurry
        if next_state.LABEL not in current.ALLOWED:
            raise RuntimeError(f"Cannot transition from {current.LABEL} to {next_state.label}")
        self._fire_state_event(StateEventHook.EXITING_STATE, next_state)
        current.do_exit()

    def _enter_next_state(self, next_state: State) -> None:
        last_state = self._state
        self._fire_state_event(StateEventHook.ENTERING_STATE, next_state)
        next_state.do_enter()
        self._state = next_state
        self._fire_state_event(StateEventHook.ENTERED_STATE, last_state)

    def _fire_state_event(self, hook: Hashable, state: Optional[State]) -> None:
        if self._event_callbacks:
            for callback in tuple(self._event_callbacks.get(hook, ())):
                callback(self, hook, state)
