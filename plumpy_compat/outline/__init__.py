"""The outline of a work chain. plumpy keeps it in `workchains`; that module has all names."""

from .base import (
    EXIT_CODE_TYPE,
    PREDICATE_TYPE,
    STEPPER_STATE,
    WC_COMMAND_TYPE,
    Stepper,
    _Instruction,
    recreate_stepper,
)
from .blocks import _Block, _BlockStepper, _FunctionCall, _FunctionStepper, ensure_instruction
from .conditions import _Conditional, _If, _IfStepper, _While, _WhileStepper, if_, while_
from .returning import _PropagateReturn, _Return, _ReturnStepper, return_

__all__ = [
    "EXIT_CODE_TYPE", "PREDICATE_TYPE", "STEPPER_STATE", "WC_COMMAND_TYPE", "Stepper", "_Block", "_BlockStepper",
    "_Conditional", "_FunctionCall", "_FunctionStepper", "_If", "_IfStepper", "_Instruction", "_PropagateReturn",
    "_Return", "_ReturnStepper", "_While", "_WhileStepper", "ensure_instruction", "if_", "recreate_stepper", "return_",
    "while_",
]  # fmt: skip
