"""Work chains of plumpy 0.14 and 0.15; what goes into the context may be a future of tornado."""

from __future__ import annotations

from typing import Any, Dict, Hashable, Optional, Type

from .. import workchains as modern
from ..process_states import ProcessState
from ..workchains import (
    Stepper as Stepper,
    ToContext as ToContext,
    WorkChainSpec as WorkChainSpec,
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
    if_ as if_,
    return_ as return_,
    while_ as while_,
)
from . import awaiting, process_states, processes

__all__ = modern.__all__


class Waiting(process_states.WaitingByFuture, modern.Waiting):
    """The wait for what a step put into the context."""


class WorkChain(modern.WorkChain, processes.Process):
    """A process that works through the outline of its spec.

    Steps may also be coroutines of tornado, and give futures of tornado and of threads to wait for.
    """

    def __init__(
        self,
        inputs: Optional[Dict[str, Any]] = None,
        pid: Any = None,
        logger: Any = None,
        loop: Any = None,
        communicator: Any = None,
    ) -> None:
        super().__init__(inputs=inputs, pid=pid, logger=logger, loop=loop, communicator=communicator)

    @classmethod
    def get_state_classes(cls) -> Dict[Hashable, Type[Any]]:
        return {**super().get_state_classes(), ProcessState.WAITING: Waiting}

    def to_context(self, **kwargs: Any) -> None:
        super().to_context(**{key: awaiting.joinable(value, self._loop, self.define) for key, value in kwargs.items()})

    # Plain functions, as in 0.15, for those who call them and look at what they get.

    def run(self) -> Any:
        return self._do_step()

    def _do_step(self, *_resumed_with: Any) -> Any:
        finished, result = self._begin_step()
        awaitable = self._awaitable(result)
        if awaitable is None:
            return self._end_step(finished, result)
        self._note_steps()
        return self._do_rest(finished, awaitable)

    _noted = False

    def _note_steps(self) -> None:
        """Warn of steps that are coroutines of tornado."""
        if not self._noted:
            self._noted = True
            for function in self.spec().get_outline().functions():
                awaiting.note(function)

    async def _do_rest(self, finished: bool, awaitable: Any) -> Any:
        return self._end_step(*await self._wait_for_step(finished, awaitable))


processes.LEGACY_OF[modern.Waiting] = Waiting
