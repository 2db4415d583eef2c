"""Steps, and blocks of instructions that are worked through one after the other."""

from __future__ import annotations

import collections
import collections.abc
import inspect
from typing import (
    TYPE_CHECKING,
    Any,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
    cast,
)

from .. import persistence
from ..exceptions import PersistenceError
from ..persistence import LoadSaveContext
from ..utils import SAVED_STATE_TYPE
from .base import (
    INSTRUCTION,
    STEPPER_STATE,
    WC_COMMAND_TYPE,
    Stepper,
    _Instruction,
    recreate_stepper,
)

if TYPE_CHECKING:
    from ..workchains import WorkChain


class _FunctionStepper(Stepper):
    _fn: WC_COMMAND_TYPE

    def __init__(self, workchain: WorkChain, fn: WC_COMMAND_TYPE) -> None:
        super().__init__(workchain)
        self._fn = fn

    def __str__(self) -> str:
        return self._fn.__name__

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        out_state["_fn"] = self._fn.__name__

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        name = saved_state["_fn"]
        owner = type(self._workchain)
        if not hasattr(owner, name):
            raise PersistenceError(f"the checkpoint is at step '{name}', which {owner.__name__} hasn't got (any more)")
        self._fn = getattr(owner, name)

    def step(self) -> Tuple[bool, Any]:
        return True, self._fn(self._workchain)


class _FunctionCall(_Instruction):
    """Calls a method of the work chain.

    :raises TypeError: if it isn't a function of one argument.
    """

    def __init__(self, func: WC_COMMAND_TYPE) -> None:
        if not inspect.isfunction(func):
            raise TypeError(f"func is not a function, got {type(func)}")
        parameters = inspect.signature(func).parameters
        required = [one for one in parameters.values() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
        if len(required) != 1:
            raise TypeError("Step must take one argument only: self")
        self._fn = func

    def create_stepper(self, workchain: WorkChain) -> _FunctionStepper:
        return _FunctionStepper(workchain, self._fn)

    def recreate_stepper(self, saved_state: SAVED_STATE_TYPE, workchain: WorkChain) -> _FunctionStepper:
        return cast(_FunctionStepper, _FunctionStepper.recreate_from(saved_state, LoadSaveContext(workchain=workchain)))

    def get_description(self) -> str:
        if not self._fn.__doc__:
            return self._fn.__name__
        return f"{self._fn.__name__}({' '.join(self._fn.__doc__.split())})"

    def functions(self) -> Iterator[Any]:
        yield self._fn

    @property
    def label(self) -> str:
        return self._fn.__name__


def ensure_instruction(command: Any) -> _Instruction:
    """Make an instruction of what may stand in an outline."""
    if isinstance(command, _Instruction):
        return command
    if isinstance(command, (list, tuple)):
        return _Block(command)
    return _FunctionCall(command)


@persistence.auto_persist("_pos")
class _BlockStepper(Stepper):
    def __init__(self, block: Sequence[_Instruction], workchain: WorkChain) -> None:
        super().__init__(workchain)
        self._block = block
        self._pos = 0
        self._child_stepper: Optional[Stepper] = self._block[0].create_stepper(workchain)

    def __str__(self) -> str:
        return f"{self._pos}:{self._child_stepper}"

    def step(self) -> Tuple[bool, Any]:
        if self.finished():
            raise AssertionError("Can't step, the block is finished")
        child_finished, result = cast(Stepper, self._child_stepper).step()
        if child_finished:
            self.next_instruction()
        return self.finished(), result

    def next_instruction(self) -> None:
        """Go to the next instruction, if there is one."""
        if self.finished():
            raise AssertionError("Can't go on, the block is finished")
        self._pos += 1
        self._child_stepper = None if self.finished() else self._block[self._pos].create_stepper(self._workchain)

    def finished(self) -> bool:
        """Tell whether no instruction is left."""
        return self._pos == len(self._block)

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        if self._child_stepper is not None:
            out_state[STEPPER_STATE] = self._child_stepper.save()
            out_state[INSTRUCTION] = self._block[self._pos].label

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._block = load_context.block_instruction
        self._child_stepper = None
        state = saved_state.get(STEPPER_STATE)
        if state is None:
            return
        instruction = self._block[self._pos] if self._pos < len(self._block) else None
        where = f" (number {self._pos} of its block)"
        self._child_stepper = recreate_stepper(instruction, state, self._workchain, saved_state.get(INSTRUCTION), where)


class _Block(_Instruction, collections.abc.Sequence):  # type: ignore[type-arg]
    """Instructions, one after the other.

    :raises ValueError: if there are none.
    """

    def __init__(self, instructions: Sequence[Any]) -> None:
        if not instructions:
            raise ValueError("an outline, or a body in it, must have a step")
        self._instruction: List[_Instruction] = [ensure_instruction(one) for one in instructions]

    def __getitem__(self, index: Any) -> Any:
        return self._instruction[index]

    def __len__(self) -> int:
        return len(self._instruction)

    def create_stepper(self, workchain: WorkChain) -> _BlockStepper:
        return _BlockStepper(self, workchain)

    def recreate_stepper(self, saved_state: SAVED_STATE_TYPE, workchain: WorkChain) -> _BlockStepper:
        context = LoadSaveContext(workchain=workchain, block_instruction=self)
        return cast(_BlockStepper, _BlockStepper.recreate_from(saved_state, context))

    def get_description(self) -> List[Any]:
        return [one.get_description() for one in self._instruction]

    def functions(self) -> Iterator[Any]:
        for one in self._instruction:
            yield from one.functions()

    @property
    def label(self) -> str:
        return "block"
