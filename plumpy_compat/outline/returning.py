"""The end of an outline before its end: `return_` and `return_(exit_code)`."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    NoReturn,
    cast,
)

from ..persistence import LoadSaveContext
from ..utils import SAVED_STATE_TYPE
from .base import (
    Stepper,
    _Instruction,
)

if TYPE_CHECKING:
    from ..workchains import WorkChain


class _PropagateReturn(BaseException):
    """Carries an exit code out of all blocks."""

    def __init__(self, exit_code: Any) -> None:
        super().__init__()
        self.exit_code = exit_code


class _ReturnStepper(Stepper):
    def __init__(self, return_instruction: _Return, workchain: WorkChain) -> None:
        super().__init__(workchain)
        self._return_instruction = return_instruction

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._return_instruction = load_context.func_spec

    def step(self) -> NoReturn:
        raise _PropagateReturn(self._return_instruction.exit_code)

    def __str__(self) -> str:
        return "return"


class _Return(_Instruction):
    """`return_`, or `return_(exit_code)`: ends the work chain with that as its result."""

    def __init__(self, exit_code: Any = None) -> None:
        super().__init__()
        self.exit_code = exit_code

    def __call__(self, exit_code: Any) -> _Return:
        return _Return(exit_code)

    def create_stepper(self, workchain: WorkChain) -> _ReturnStepper:
        return _ReturnStepper(self, workchain)

    def recreate_stepper(self, saved_state: SAVED_STATE_TYPE, workchain: WorkChain) -> _ReturnStepper:
        context = LoadSaveContext(workchain=workchain, func_spec=self)
        return cast(_ReturnStepper, _ReturnStepper.recreate_from(saved_state, context))

    def get_description(self) -> str:
        return "Return from the outline immediately"

    @property
    def label(self) -> str:
        return "return"


#: Ends the work chain: `return_`, or `return_(exit_code)`.
return_ = _Return()
