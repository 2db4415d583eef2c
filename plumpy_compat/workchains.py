"""Work chains: processes whose work is an outline of steps, with conditions and loops, and a context."""

from __future__ import annotations

import asyncio
import concurrent.futures
import warnings
from types import CoroutineType
from typing import Any, Dict, Optional, Tuple, Union, cast

from . import events, mixins, process_states, processes
from .broker import bridge
from .exceptions import PersistenceError
from .futures import CancelledError
from .greenback_bridge import Drive
from .outline import (
    EXIT_CODE_TYPE as EXIT_CODE_TYPE,
    PREDICATE_TYPE as PREDICATE_TYPE,
    STEPPER_STATE as STEPPER_STATE,
    WC_COMMAND_TYPE as WC_COMMAND_TYPE,
    Stepper as Stepper,
    _Block as _Block,
    _BlockStepper as _BlockStepper,
    _Conditional as _Conditional,
    _FunctionCall as _FunctionCall,
    _FunctionStepper as _FunctionStepper,
    _If as _If,
    _IfStepper as _IfStepper,
    _Instruction as _Instruction,
    _PropagateReturn as _PropagateReturn,
    _Return as _Return,
    _ReturnStepper as _ReturnStepper,
    _While as _While,
    _WhileStepper as _WhileStepper,
    ensure_instruction as ensure_instruction,
    if_ as if_,
    recreate_stepper as recreate_stepper,
    return_ as return_,
    while_ as while_,
)
from .persistence import LoadSaveContext
from .process_states import ProcessState
from .utils import SAVED_STATE_TYPE

__all__ = ["ToContext", "WorkChain", "WorkChainSpec", "if_", "return_", "while_"]

#: What a step returns to have the values in the context before the next step; futures and processes are waited for.
ToContext = dict

_ensure_instruction = ensure_instruction


class WorkChainSpec(processes.ProcessSpec):
    """The spec of a work chain: ports, and the outline."""

    def __init__(self) -> None:
        super().__init__()
        self._outline: Optional[Union[_Instruction, _FunctionCall]] = None

    def get_description(self) -> Dict[str, Any]:
        """Describe the ports and the outline."""
        description = super().get_description()
        if self._outline is not None:
            description["outline"] = self._outline.get_description()
        return description

    def outline(self, *commands: Any) -> None:
        """Set the outline.

        :param commands: methods of the work chain, and :func:`if_`, :func:`while_` and :data:`return_`.
        :raises RuntimeError: if the spec is sealed.
        :raises ValueError: if a step takes the place of a method that work chains need.
        """
        if self._sealed:
            raise RuntimeError("Cannot set the outline after the spec has been sealed")
        outline = ensure_instruction(commands[0] if len(commands) == 1 else commands)
        for function in outline.functions():
            _check_name(function)
        self._outline = outline

    def get_outline(self) -> _Instruction:
        """The outline.

        :raises AssertionError: if there is none.
        """
        if self._outline is None:
            raise AssertionError("outline not yet loaded: `define` must call `spec.outline(...)`")
        return self._outline


# Nothing in here calls these: whoever overrides them has only himself to ask.
_FREE = frozenset(("done", "exception", "execute", "get_name", "launch", "result", "step", "successful"))


def _check_name(function: Any) -> None:
    """See whether a step or predicate takes the place of something else.

    :raises ValueError: if it does.
    """
    name = getattr(function, "__name__", "")
    taken = getattr(WorkChain, name, None)
    if taken is None or getattr(taken, "__func__", taken) is function or name in _FREE:
        return
    if name == "run":
        # plumpy lets it be.
        warnings.warn(
            "a step of the outline is called `run`: it is run in place of the outline, and no other step is; give it"
            " another name",
            UserWarning,
            stacklevel=3,
        )
        return
    raise ValueError(f"the step '{name}' takes the place of `WorkChain.{name}`: give it another name")


class Waiting(process_states.Waiting):
    """The wait for what a step put into the context.

    :param awaiting: futures, with the keys that their results get in the context.
    """

    def __init__(
        self,
        process: WorkChain,
        done_callback: Any,
        msg: Optional[str] = None,
        awaiting: Optional[Dict[asyncio.Future[Any], str]] = None,
    ) -> None:
        super().__init__(process, done_callback, msg, awaiting)
        self._awaiting: Dict[asyncio.Future[Any], str] = dict(awaiting or {})

    def enter(self) -> None:
        super().enter()
        for future in tuple(self._awaiting):
            future.add_done_callback(self._awaitable_done)

    def exit(self) -> None:
        super().exit()
        for future in self._awaiting:
            future.remove_done_callback(self._awaitable_done)

    def _awaitable_done(self, awaitable: asyncio.Future[Any]) -> None:
        key = self._awaiting.pop(awaitable, None)
        if key is None:
            return
        if awaitable.cancelled():
            self.fail(CancelledError(f"what the work chain waited for as '{key}' was cancelled"))
            return
        exception = awaitable.exception()
        if exception is not None:
            self.fail(exception)
            return
        cast("WorkChain", self.process).ctx[key] = awaitable.result()
        if not self._awaiting:
            self.resume()

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        if self._awaiting:
            keys = ", ".join(f"'{key}'" for key in self._awaiting.values())
            raise PersistenceError(
                f"process {self.process.pid} waits for futures (for {keys} in its context), which can't be saved; save"
                " it before the step that waits, or have the step return a plain value and wait in the next one"
            )
        data, self.data = self.data, None  # it is what was awaited
        try:
            super().save_instance_state(out_state, save_context)
        finally:
            self.data = data
        out_state["_awaiting"] = {}

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._awaiting = {}
        # Nothing is left to wait for, unless a step itself said that the work chain waits to be resumed.
        if self.done_callback == cast("WorkChain", self.process)._do_step and self._error is None:
            self.resume()


class WorkChain(mixins.ContextMixin, processes.Process):
    """A process that works through the outline of its spec, one step for each time that it runs.

    A step is a method without arguments, or a coroutine function (plumpy doesn't await these). What it returns:
    nothing, to go on; a dictionary (:data:`ToContext`), to put values into the context; anything else ends the work
    chain with that as its result.
    """

    _spec_class = WorkChainSpec
    _STEPPER_STATE = "stepper_state"
    _OUTLINE = "outline"
    _CONTEXT = "CONTEXT"

    _stepper: Optional[Stepper] = None

    @classmethod
    def get_state_classes(cls) -> Dict[Any, Any]:
        states = super().get_state_classes()
        states[ProcessState.WAITING] = Waiting
        return states

    @classmethod
    def spec(cls) -> WorkChainSpec:
        """The spec of this class."""
        return cast(WorkChainSpec, super().spec())

    def __init__(
        self,
        inputs: Optional[Dict[str, Any]] = None,
        pid: Any = None,
        logger: Any = None,
        loop: Optional[asyncio.AbstractEventLoop] = None,
        communicator: Any = None,
    ) -> None:
        super().__init__(inputs=inputs, pid=pid, logger=logger, loop=loop, communicator=communicator)
        self._awaitables: Dict[asyncio.Future[Any], str] = {}

    def on_create(self) -> None:
        super().on_create()
        self._stepper = self.spec().get_outline().create_stepper(self)

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        if self._stepper is not None:
            out_state[self._STEPPER_STATE] = self._stepper.save(save_context)
            out_state[self._OUTLINE] = self.spec().get_outline().label

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._awaitables = {}
        self._stepper = None
        state = saved_state.get(self._STEPPER_STATE)
        if state is not None:
            outline = self.spec().get_outline()
            try:
                self._stepper = recreate_stepper(outline, state, self, saved_state.get(self._OUTLINE))
            except PersistenceError:
                if not self.has_terminated():  # else it goes nowhere any more
                    raise

    def to_context(self, **kwargs: Any) -> None:
        """Put values into the context before the next step.

        Futures (also those of a communicator), coroutines and processes are waited for.
        """
        for key, value in kwargs.items():
            awaited = value.future() if isinstance(value, processes.Process) else value
            if isinstance(awaited, concurrent.futures.Future) or type(awaited) is CoroutineType:
                awaited = events.spawn(self._loop, Drive(bridge.follow(awaited)))
            if asyncio.isfuture(awaited):
                self._awaitables[awaited] = key
            else:
                self.ctx[key] = awaited

    async def run(self) -> Any:
        return await self._do_step()

    async def _do_step(self, *_resumed_with: Any) -> Any:
        finished, result = self._begin_step()
        awaitable = self._awaitable(result)
        if awaitable is not None:
            finished, result = await self._wait_for_step(finished, awaitable)
        return self._end_step(finished, result)

    def _begin_step(self) -> Tuple[bool, Any]:
        self._awaitables = {}
        try:
            return cast(Stepper, self._stepper).step()
        except _PropagateReturn as propagated:
            return True, propagated.exit_code

    async def _wait_for_step(self, finished: bool, awaitable: Any) -> Tuple[bool, Any]:
        try:
            return finished, await awaitable
        except _PropagateReturn as propagated:
            return True, propagated.exit_code

    def _end_step(self, finished: bool, result: Any) -> Any:
        """What the result of a step means for the process."""
        if isinstance(result, process_states.Wait) and result.continue_fn is None and not finished:
            result.continue_fn = self._do_step  # there are steps left
        if finished or not (result is None or isinstance(result, dict)):
            return result
        if isinstance(result, dict):
            self.to_context(**result)
        if self._awaitables:
            return process_states.Wait(self._do_step, "Waiting before next step", self._awaitables)
        return process_states.Continue(self._do_step)
