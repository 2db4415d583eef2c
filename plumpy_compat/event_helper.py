"""Tells listeners of events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Set

from . import loaders, persistence
from .exceptions import PersistenceError
from .persistence import LoadSaveContext, Savable
from .utils import SAVED_STATE_TYPE

if TYPE_CHECKING:
    from .process_listener import ProcessListener

_LOGGER = logging.getLogger("plumpy.event_helper")


@persistence.auto_persist("_listener_type")
class EventHelper(Savable):
    """Keeps the listeners of an object, and calls them.

    Listeners that can be saved by themselves are saved with the object; others are not (plumpy 0.22.3 to 0.26 makes
    deep copies of all, which fails for a listener that knows a process).

    :param listener_type: the class that listeners must be instances of.
    """

    LISTENERS = "savable_listeners"

    def __init__(self, listener_type: type) -> None:
        self._listener_type = listener_type
        self._listeners: Set[Any] = set()

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        out_state["_listeners"] = set()  # where plumpy looks
        saved = [state for state in map(_saved, self._listeners) if state is not None]
        if saved:
            out_state[self.LISTENERS] = saved

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._listeners = set(saved_state.get("_listeners", ()))
        for state in saved_state.get(self.LISTENERS, ()):
            self._listeners.add(Savable.load(state, load_context))

    def add_listener(self, listener: Any) -> None:
        """Tell `listener` too from now on.

        :raises AssertionError: if it isn't of the right type.
        """
        if not isinstance(listener, self._listener_type):
            raise AssertionError("Listener is not of right type")
        self._listeners.add(listener)

    def remove_listener(self, listener: Any) -> None:
        """Don't tell `listener` any more; it's no error if it wasn't told."""
        self._listeners.discard(listener)

    def remove_all_listeners(self) -> None:
        """Tell nobody any more."""
        self._listeners.clear()

    @property
    def listeners(self) -> Set[ProcessListener]:
        """Who is told."""
        return self._listeners

    def fire_event(self, event_function: Optional[Callable[..., Any]], *args: Any, **kwargs: Any) -> None:
        """Call the method with the name of `event_function` on each listener. What one raises is logged.

        :raises ValueError: if there's no event.
        """
        if event_function is None:
            raise ValueError("Must provide valid event method")
        listeners: List[Any] = list(self._listeners)
        for listener in listeners:
            try:
                getattr(listener, event_function.__name__)(*args, **kwargs)
            except Exception as exception:
                _LOGGER.error("Listener '%s' produced an exception:\n%s", listener, exception, exc_info=True)


def _saved(listener: Any) -> Optional[SAVED_STATE_TYPE]:
    """The state of a listener, or None if it can't be saved or couldn't be loaded."""
    if not isinstance(listener, Savable) or not _is_complete(listener):
        return None
    try:
        loaders.get_object_loader().identify_object(type(listener))
        return listener.save()
    except (AttributeError, PersistenceError, TypeError, ValueError) as error:
        _LOGGER.debug("listener %s is not saved: %s", listener, error)
        return None


def _is_complete(listener: Any) -> bool:
    """Tell whether what the listener saves makes it whole again, as far as one can see."""
    from .process_listener import ProcessListener

    if type(listener).load_instance_state is not ProcessListener.load_instance_state or listener._params:
        return True  # its author took care of it
    return set(vars(listener)) <= {*(listener._auto_persist or ()), "_called", "_persist_configured"}
