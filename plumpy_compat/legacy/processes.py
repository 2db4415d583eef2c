"""The process of plumpy 0.14 and 0.15: `loop()` is a method, and what runs it gives a future that has started."""

from __future__ import annotations

import logging
from typing import Any, Callable, Dict, Hashable, Optional, Sequence, Type

import kiwipy

from .. import (
    events as modern_events,
    loaders,
    persistence as modern_persistence,
    process_states as modern_states,
    processes as modern,
)
from ..broker import bridge
from ..checkpoints.state_text import StateText
from ..loaders import ObjectLoader
from ..messages import INTENT_KEY, Intent
from ..processes import (
    BundleKeys as BundleKeys,
    ProcessListener as ProcessListener,
    ProcessSpec as ProcessSpec,
    ProcessStateMachineMeta as ProcessStateMachineMeta,
    TransitionFailed as TransitionFailed,
    ensure_not_closed as ensure_not_closed,
)
from ..utils import PID_TYPE, SAVED_STATE_TYPE
from . import awaiting, events, loops, persistence, process_states
from .futures import CancellableAction
from .persistence import LoadSaveContext, SavableFuture
from .process_comms import text_of
from .warn import warn, warn_if_users

__all__ = modern.__all__


class Process(modern.Process):
    """A process; see the modern :class:`plumpy_compat.Process` for what isn't said here.

    :param loop: tornado's, or asyncio's.
    """

    def __init__(
        self,
        inputs: Optional[Dict[str, Any]] = None,
        pid: Optional[PID_TYPE] = None,
        logger: Optional[logging.Logger] = None,
        loop: Any = None,
        communicator: Optional[kiwipy.Communicator] = None,
    ) -> None:
        on = awaiting.given(loop)
        super().__init__(inputs=inputs, pid=pid, logger=logger, loop=on, communicator=communicator)

    # --- The loop ---------------------------------------------------------------------------------------------------

    def loop(self) -> Any:  # type: ignore[override]
        """The loop that it runs on, as tornado's."""
        warn("`Process.loop()`", "PLM102")
        return loops.io_loop(self._loop)

    def step_until_terminated(self) -> Any:
        """Run it to its end. It has started when this returns."""
        return awaiting.started(self._steps(), self._loop)

    def step(self) -> Any:
        """Run one step. It has started when this returns."""
        return awaiting.started(super().step(), self._loop)

    def call_soon(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> events.ProcessCallback:
        """Schedule a function or coroutine on the loop; if it fails, so does the process."""
        handle = events.ProcessCallback(self, callback, args, kwargs)
        modern_events.spawn(self._loop, self._run_task(handle.run))
        return handle

    def run(self) -> Any:
        """The first step, which does nothing."""
        warn_if_users("`Process.run()` without `await`", "PLM103")

    def pause(self, msg_text: Any = None, msg: Any = None) -> Any:
        return super().pause(text_of(msg_text, msg))

    def kill(self, msg_text: Any = None, force_kill: bool = False, msg: Any = None) -> Any:
        return super().kill(text_of(msg_text, msg), force_kill)

    # --- What the engine makes --------------------------------------------------------------------------------------

    @classmethod
    def get_states(cls) -> Sequence[Type[Any]]:
        states = super().get_states()
        for state in states:
            awaiting.note(state.execute)
        return states

    @classmethod
    def get_state_classes(cls) -> Dict[Hashable, Type[Any]]:
        return process_states.state_classes()

    def _create_future(self) -> Any:
        return SavableFuture()

    def _create_action(self, action: Callable[..., Any], cookie: Any = None) -> Any:
        return CancellableAction(action, cookie=cookie)

    def _awaitable(self, result: Any) -> Any:
        return awaiting.awaitable_of(result, self._loop)

    # --- State ------------------------------------------------------------------------------------------------------

    def done(self) -> bool:
        """Tell whether it has come to an end."""
        warn("`Process.done()`", "PLM106")
        return self.has_terminated()

    def transition_failed(
        self, initial_state: Hashable, final_state: Hashable, exception: Exception, trace: Any
    ) -> None:
        """A transition failed: the process excepts, and who asked for it gets the error too, as in 0.15.

        A step asks for none itself; there `future()` and `execute()` tell. (In 0.15 they wait forever.)
        """
        super().transition_failed(initial_state, final_state, exception, trace)
        if not self._stepping:
            self.interrupt_step()
            raise exception.with_traceback(trace)

    def get_status_info(self, out_status_info: Dict[str, Any]) -> None:
        super().get_status_info(out_status_info)
        out_status_info.update(state=StateText(self.state), state_info=str(self._state))

    def _take_rpc(self, communicator: kiwipy.Communicator, message: Dict[str, Any]) -> Any:
        if message.get(INTENT_KEY) == Intent.STATUS:  # 0.15 gives it at once, on whatever thread
            return self._status_info()
        return super()._take_rpc(communicator, message)

    def _schedule_rpc(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> kiwipy.Future:
        return bridge.call_on_loop(self._loop, callback, *args, **kwargs)

    # --- Checkpoints ------------------------------------------------------------------------------------------------

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        if "loop" in load_context:
            load_context = load_context.copyextend(loop=awaiting.given(load_context.loop))
        super().load_instance_state(saved_state, load_context.copyextend(loader=_Legacy(load_context.loader)))

    def recreate_state(self, saved_state: SAVED_STATE_TYPE) -> process_states.State:
        context = LoadSaveContext(loader=_Legacy(None), process=self, loop=self._loop)
        return persistence.Savable.load(saved_state, context)  # type: ignore[no-any-return]


class _Legacy(ObjectLoader):
    """Finds the legacy classes where a checkpoint names plumpy's, which are the modern ones to other loaders."""

    def __init__(self, loader: Optional[ObjectLoader]) -> None:
        self._loader = loader if loader is not None else loaders.get_object_loader()

    def load_object(self, identifier: str) -> Any:
        found = self._loader.load_object(identifier)
        return LEGACY_OF.get(found, found)

    def identify_object(self, obj: Any) -> str:
        return self._loader.identify_object(obj)


#: The legacy classes that stand for modern ones in checkpoints.
LEGACY_OF: Dict[Any, Any] = {
    modern_persistence.SavableFuture: SavableFuture,
    modern_states.Running: process_states.Running,
    modern_states.Waiting: process_states.Waiting,
    modern_states.Killed: process_states.Killed,
}
