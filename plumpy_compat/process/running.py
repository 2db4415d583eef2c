"""Running a process: its steps, and how one is interrupted.

A step is interrupted where it awaits, by the :class:`.Drive` that runs the coroutine of the process. What a
CancelledError that comes out of a step means:

1. The state was changed from outside meanwhile (force-kill, fail): the rest of the step is dropped.
2. We interrupted the step: the action that asked for it is carried out.
3. The task that drives the process was cancelled: the process stays in its state, from which it can be run again (here
   or from its checkpoint); a pending kill or pause is carried out; who waits for its future gets CancelledError.
   It isn't killed: cancelling all tasks is how a worker shuts down.
4. Something that the step awaited was cancelled by somebody else: the step failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from typing import Any, Callable, Iterator, Optional, cast

from .. import futures, process_states
from ..aio.loops import no_running_loop
from ..exceptions import ClosedError
from ..greenback_bridge import run_until_complete
from ..persistence import SavableFuture
from ..process_states import Interruption, KillInterruption, ProcessState
from .core import PROCESS_STACK, ensure_not_closed
from .requests import AskedProcess
from .run import Run, coroutine_function

# After so many steps in a row a process lets others have a turn.
_STEPS_PER_TURN = 25


class RunningProcess(AskedProcess):
    """The layer of :class:`.Process` that runs it."""

    # --- Running ----------------------------------------------------------------------------------------------------

    @ensure_not_closed
    def execute(self) -> Any:
        """Run it to its end, and give its outputs; also within a running loop, from a step of another process.

        If it has a loop of its own, which doesn't run, the running loop stands still meanwhile, as under tornado 4.
        A process that is paused is waited for until somebody plays it.

        :raises ClosedError: if it's closed, as it is once it has ended.
        :raises KilledError: if it's killed.
        :raises RuntimeError: if the loop is running and this isn't called from a step: `await` the process's
            `step_until_terminated()` then.
        """
        if self.paused:
            self.logger.warning("Process<%s>: is paused, execute() returns once it was played and has ended", self.pid)
        if self._loop.is_running():
            try:
                run_until_complete(self._loop, self._steps())
            except asyncio.CancelledError:
                # Whoever ran it is gone, and nobody else will.
                self.kill("Killed because the call that ran it was cancelled")
                raise
        else:
            with no_running_loop():
                self._loop.run_until_complete(self._steps())
        return self._future.result()

    @coroutine_function
    def step_until_terminated(self) -> Run:
        """Run it to its end (a coroutine). What it ends with is told by :meth:`future`.

        :raises RuntimeError: if somebody runs it already.
        """
        return self._steps()

    async def step(self) -> None:
        """Run one step: what is to be done in one state, and the transition to the next.

        :raises AssertionError: if it has ended.
        :raises ClosedError: if it's closed.
        :raises RuntimeError: if somebody runs it already.
        """
        if self._closed:
            raise ClosedError("Process is closed")
        if self.has_terminated():
            raise AssertionError("Cannot step, already terminated")
        await self._steps(once=True)

    def _steps(self, once: bool = False) -> Run:
        run = Run(self)
        return run.drive(self._run_steps(run, once))

    async def _run_steps(self, run: Run, once: bool) -> None:
        # A process that waits is suspended in here: there are few frames, and few variables.
        run.unstarted = None
        if self._run is not None:
            raise RuntimeError(f"process {self.pid} is being run already: wait for its future instead")
        self._run = run
        run.forget_cancellations()
        token = PROCESS_STACK.set((weakref.ref(cast(Any, self)),))
        turns = 0
        try:
            while cast(process_states.State, self._state).ALLOWED:
                if self._paused is not None:
                    await self._paused
                    continue
                state, next_state = cast(process_states.State, self._state), None
                run.stepping = run.executing = True
                try:
                    next_state = state.execute()
                    if next_state is not None and not isinstance(next_state, process_states.State):
                        next_state = await (self._awaitable(next_state) or next_state)
                except Exception as exception:
                    next_state = self._step_failed(state, exception)
                except asyncio.CancelledError as exception:
                    next_state = self._step_cancelled(state, exception)
                self._step_done(state, next_state)
                del state, next_state
                turns += 1
                if once:
                    return
                # (The legacy flavour also starts processes before their loop.)
                if turns % _STEPS_PER_TURN == 0 and self._loop.is_running():
                    await asyncio.sleep(0)
        except asyncio.CancelledError:
            self._abandon()
            raise
        finally:
            run.stepping = run.executing = False
            self._set_interrupt_action(None)
            self._run = None
            with contextlib.suppress(ValueError):  # a coroutine that nobody finished is closed in another context
                PROCESS_STACK.reset(token)

    def _step_done(self, state: process_states.State, next_state: Optional[process_states.State]) -> None:
        """Go where the step leads, or do what was asked for meanwhile."""
        run = cast(Run, self._run)
        run.executing = False
        interrupted = run.interrupted
        if run.interrupted or run._from_outside:
            run.interrupted = False
            run.uncancel()
            run.forget_cancellations()
        action = run.action
        if self._state is not state:
            pass  # the state was changed from outside
        elif action is not None and not action.done():
            action.run(next_state)
        elif interrupted and next_state is None and action is not None and isinstance(action.cookie, KillInterruption):
            self._do_kill(action.cookie.msg)  # nobody waits for the answer any more, but the step is gone
        else:
            self.transition_to(next_state)
        run.stepping = False
        late = run.action
        if late is not None:
            if late is not action and not late.done():
                late.run(None)  # a hook of the transition asked for it
            self._set_interrupt_action(None)

    def _step_failed(self, state: process_states.State, exception: Exception) -> Optional[process_states.State]:
        """An exception came out of a state: an interruption, or the state to except in."""
        if self._state is not state:
            return None
        if isinstance(exception, Interruption):
            try:
                self._set_interrupt_action_from_exception(exception)
                return None
            except ValueError as unknown:
                exception = unknown
        self._set_interrupt_action(None)
        excepted = self.create_state(ProcessState.EXCEPTED, exception, exception.__traceback__)
        return cast(process_states.State, excepted)

    def _step_cancelled(
        self, state: process_states.State, exception: asyncio.CancelledError
    ) -> Optional[process_states.State]:
        """A cancellation came out of a state: see the top of this module."""
        run = cast(Run, self._run)
        if run.cancelled_from_outside():
            raise exception
        if run.interrupted or self._state is not state:
            return None
        error = futures.CancelledError("what the step waited for was cancelled")
        error.__cause__ = exception
        return cast(process_states.State, self.create_state(ProcessState.EXCEPTED, error, exception.__traceback__))

    def _abandon(self) -> None:
        """Nobody drives the process any more: answer everybody."""
        run = cast(Run, self._run)
        run.stepping = run.executing = run.interrupted = False
        if run.action is not None and not run.action.done() and not self.has_terminated():
            run.action.run(None)
        if self.has_terminated():
            return
        if self._paused is not None and self._paused.done():  # cancelled with the task that waited for it
            self._paused = self._create_future()
        abandoned, self._future = self._future, self._create_future()
        if self._future_watched:
            self._future_watched = False
            abandoned.remove_done_callback(self._watcher)
        abandoned.cancel()

    def _abandon_unstarted(self, run: Run) -> None:
        run.unstarted = None
        if self._run is None:
            self._run = run
            try:
                self._abandon()
            finally:
                self._run = None

    # --- The stack of processes -------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _process_scope(self) -> Iterator[None]:
        """Have :meth:`current` give this process."""
        token = PROCESS_STACK.set((weakref.ref(cast(Any, self)),))
        try:
            yield
        finally:
            PROCESS_STACK.reset(token)

    def future(self) -> SavableFuture:
        """A future of the outputs, of the error, or of :class:`.KilledError`. Cancelling it kills the process."""
        if not self._future_watched and not self._future.done():
            self._future_watched = True
            self._watcher = _kill_if_cancelled(weakref.ref(self))
            self._future.add_done_callback(self._watcher)
        return self._future

    _watcher: Callable[[asyncio.Future[Any]], None] = staticmethod(lambda _: None)


def _kill_if_cancelled(process: weakref.ref[RunningProcess]) -> Callable[[asyncio.Future[Any]], None]:
    def done(future: asyncio.Future[Any]) -> None:
        alive = process()
        if future.cancelled() and alive is not None:
            alive.kill("Killed by future being cancelled")

    return done
