"""Transitions of a process, and requests to it: pause, play, kill, resume, fail.

Requests while a step runs are *actions*: futures that are answered when the request was carried out, or can't be any
more. They rank: force-kill > kill > pause > play. A request of the same rank joins the one that is pending, a higher
one takes its place (whoever made the lower one is answered False), a lower one is refused (False)."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, Hashable, List, Optional, Union, cast

from .. import futures, process_states
from ..base.state_machine import event
from ..base.utils import call_with_super_check
from ..messages import MESSAGE_TEXT_KEY, Message, MessageBuilder
from ..process_states import Interruption, KillInterruption, PauseInterruption, ProcessState
from .hooks import HookedProcess
from .run import Run

MessageOrText = Union[str, Dict[str, Any], None]


class AskedProcess(HookedProcess):
    """The layer of :class:`.Process` that takes requests."""

    # --- Transitions ------------------------------------------------------------------------------------------------

    def transition_to(self, new_state: Any, *args: Any, **kwargs: Any) -> None:
        before = self._state
        try:
            super().transition_to(new_state, *args, **kwargs)
        finally:
            if self._deferred and not self._transitioning:
                deferred, self._deferred = self._deferred, None
                for request in deferred:
                    self._loop.call_soon(request)
        if self._run is not None and self._state is not before:
            self.interrupt_step()  # from outside of the step: what it would lead to is of no use any more

    def transition_failed(
        self, initial_state: Hashable, final_state: Hashable, exception: Exception, trace: Any
    ) -> None:
        """A transition failed: the process excepts, unless its end had been announced already.

        While it is being created the error goes to whoever creates it.
        """
        if self._announced and self.has_terminated():
            self._log_error("a hook failed after its end", exception)
            self._terminate()
            return
        if final_state == ProcessState.CREATED:
            raise exception.with_traceback(trace)
        target = self._failed_target
        error: BaseException = exception
        if isinstance(target, process_states.Excepted) and target.exception is not None:
            # The error that it was to except with is the one to be told.
            self._log_error("a hook failed while the process excepted", exception)
            error, trace = target.exception, target.traceback
        excepted = self.create_state(ProcessState.EXCEPTED, error, trace)
        self._announced = False
        try:
            self.transition_to(excepted)
        except Exception as double_fault:
            self._log_error("a hook failed while the process excepted", double_fault)
            excepted.in_state = True
            self._state = excepted
            self._terminate()

    def _terminate(self) -> None:
        """The end was reached: everybody who waits for something gets an answer, whatever hooks do."""
        self._settle()
        try:
            super()._terminate()
        except Exception as exception:
            self._log_error("a hook failed after its end", exception)
        if not self._closed:
            self._clean_up()
        self._open_gate()
        for action in (self._interrupt_action, self._pausing, self._killing):
            if action is not None and not action.at_work:  # that one answers for itself
                self._answer(action, self.killed() and isinstance(action.cookie, KillInterruption))
        self._pausing = self._killing = None
        if self.killed() and self._children:
            self._kill_children()
        cast(process_states.State, self._state).let_go()

    def _kill_children(self) -> None:
        for child in list(self._children or ()):
            if not child.has_terminated():
                child.kill(f"Killed because its parent, {self.pid}, was killed")

    def _log_error(self, what: str, exception: BaseException) -> None:
        info = (type(exception), exception, exception.__traceback__)
        self.logger.error("Process<%s>: %s (%s)", self.pid, what, self.state, exc_info=info)

    @staticmethod
    def _answer(action: Optional[asyncio.Future[Any]], answer: bool) -> None:
        if action is not None and not action.done():
            action.set_result(answer)

    # --- Requests ---------------------------------------------------------------------------------------------------

    def pause(
        self, msg_text: MessageOrText = None, msg: MessageOrText = None
    ) -> Union[bool, futures.CancellableAction]:
        """Pause after the step that runs, or at once.

        :param msg_text: why; it becomes the status. `msg` is its name up to plumpy 0.23.
        :return: whether it is paused; a future of that if a step has to end first.
        """
        if self.has_terminated():
            return False
        if self.paused:
            return True
        if self._is_pending(self._killing):
            return False
        if self._is_pending(self._pausing):
            return cast(futures.CancellableAction, self._pausing)
        text = Message.of(msg_text if msg_text is not None else msg, MessageBuilder.pause())
        if not self._stepping:
            return self._do_pause(text)
        self._pausing = self._request(PauseInterruption(text))
        return self._pausing

    def play(self) -> bool:
        """Go on, or don't pause after all.

        :return: False if there's nothing left to play.
        """
        if self.paused:
            call_with_super_check(self.on_playing)
            return True
        if self._is_pending(self._pausing):
            self._answer(self._pausing, False)
        self._pausing = None
        return not self.has_terminated()

    def kill(
        self, msg_text: MessageOrText = None, force_kill: bool = False, msg: MessageOrText = None
    ) -> Union[bool, futures.CancellableAction]:
        """Kill it: where the step awaits, or after it if it doesn't, or at once if no step runs.

        :param msg_text: why. `msg` is its name up to plumpy 0.23.
        :param force_kill: at once in any case. A step is interrupted where it awaits, and its outcome doesn't count.
        :return: whether it is killed; a future of that if a step has to end first.
        """
        if self.killed():
            return True
        if self.has_terminated():
            return False
        text = Message.of(msg_text if msg_text is not None else msg, MessageBuilder.kill(force_kill=force_kill))
        if not self._stepping:
            return self._do_kill(text) if not self._transitioning else self._kill_later(text, force_kill)
        if force_kill and not self._transitioning:
            return self._do_kill(text)
        if not self._is_pending(self._killing):
            self._killing = self._request(KillInterruption(text, force_kill))
        return cast(futures.CancellableAction, self._killing)

    def _kill_later(self, text: Message, force_kill: bool) -> futures.CancellableAction:
        """Kill it once the transition that goes on is over: a hook of one that isn't a step's asks for it."""
        action = self._create_action(lambda: self.kill(text, force_kill))
        self._defer(lambda: None if action.done() else action.run())
        return action

    def _defer(self, request: Callable[[], None]) -> None:
        """Have something done after the transition that goes on."""
        self._deferred = [*(self._deferred or ()), request]

    _deferred: Optional[List[Callable[[], None]]] = None

    @event(from_states=process_states.Waiting)
    def resume(self, *args: Any) -> None:
        """End the wait.

        :param args: at most one value, for the function that goes on.
        :raises EventError: if it doesn't wait.
        """
        return cast(process_states.Waiting, self._state).resume(*args)

    @event(to_states=process_states.Excepted)
    def fail(self, exception: BaseException, trace_back: Any = None) -> None:
        """End it with an error, at once.

        :raises InvalidStateError: if it has ended already.
        """
        self.transition_to(self.create_state(ProcessState.EXCEPTED, exception, trace_back))

    def callback_excepted(self, _callback: Any, exception: Exception, trace: Any) -> None:
        """A callback of :meth:`.Process.call_soon` failed: so does the process, unless it has ended."""
        if self.has_terminated():
            self._log_error("a callback failed after its end", exception)
        elif self._transitioning:  # a hook waits for something meanwhile
            self._defer(lambda: self.callback_excepted(_callback, exception, trace))
        else:
            self.fail(exception, trace)

    @property
    def _stepping(self) -> bool:
        return self._run is not None and self._run.stepping

    @property
    def _interrupt_action(self) -> Optional[futures.CancellableAction]:
        return None if self._run is None else self._run.action

    @staticmethod
    def _is_pending(action: Optional[asyncio.Future[Any]]) -> bool:
        return action is not None and not action.done()

    def _request(self, interruption: Interruption) -> futures.CancellableAction:
        """Have the step that runs interrupted, to carry a request out."""
        interruption.requested = True
        action = self._create_interrupt_action(interruption)
        self._set_interrupt_action(action)
        cast(process_states.State, self._state).interrupt(interruption)
        return action

    def _create_interrupt_action(self, exception: Interruption) -> futures.CancellableAction:
        """What an interruption asks for, as an action; the interruption is its cookie.

        :raises ValueError: if that isn't known.
        """
        if isinstance(exception, PauseInterruption):
            pausing = exception
            return self._create_action(lambda next_state: self._do_pause(pausing.msg, next_state), cookie=exception)
        if isinstance(exception, KillInterruption):
            killing = exception
            return self._create_action(lambda next_state: self._do_kill(killing.msg, next_state), cookie=exception)
        raise ValueError(f"Got unknown interruption type '{type(exception)}'")

    def _set_interrupt_action(self, new_action: Optional[futures.CancellableAction]) -> None:
        """Put a request in the place of the one that is pending, which is answered."""
        run = cast(Run, self._run)
        old, run.action = run.action, new_action
        if old is not new_action:
            self._answer(old, False)

    def _set_interrupt_action_from_exception(self, interrupt_exception: Interruption) -> None:
        """A state raised an interruption: see to it that something is done about it."""
        pending = self._interrupt_action
        if pending is not None and pending.cookie is interrupt_exception:
            return
        if interrupt_exception.requested:
            return  # withdrawn, or outranked by what is pending
        if self._is_pending(self._killing) and not isinstance(interrupt_exception, KillInterruption):
            return
        self._set_interrupt_action(self._create_interrupt_action(interrupt_exception))

    def _do_pause(self, state_msg: Any, next_state: Optional[process_states.State] = None) -> bool:
        """Pause now, after going to the state that the step led to."""
        if next_state is not None:
            self.transition_to(next_state)
        text = state_msg[MESSAGE_TEXT_KEY] if isinstance(state_msg, dict) else state_msg
        call_with_super_check(self.on_pausing, text)
        call_with_super_check(self.on_paused, text)
        return True

    def _do_kill(self, msg: Any, next_state: Optional[process_states.State] = None) -> bool:
        """Kill now, wherever the step led to."""
        if isinstance(next_state, process_states.Excepted) and next_state.exception is not None:
            self._log_error("the step failed before it was killed", next_state.exception)
        self.transition_to(self.create_state(ProcessState.KILLED, msg))
        return self.killed()

    def interrupt_step(self) -> None:
        """Interrupt the step where it awaits, or at its next `await` if it's running right now."""
        run = self._run
        if run is not None and run.executing:
            run.interrupted = True
            run.cancel()
