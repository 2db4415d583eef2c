"""What an outline is made of: instructions, and steppers that work through them and can be saved in between."""

from __future__ import annotations

import abc
import weakref
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Iterator,
    Optional,
    Tuple,
)

from .. import persistence
from ..exceptions import PersistenceError
from ..persistence import LoadSaveContext
from ..utils import SAVED_STATE_TYPE

if TYPE_CHECKING:
    from ..workchains import WorkChain


WC_COMMAND_TYPE = Callable[["WorkChain"], Any]
PREDICATE_TYPE = Callable[["WorkChain"], bool]
EXIT_CODE_TYPE = int
STEPPER_STATE = "stepper_state"
INSTRUCTION = "instruction"


class Stepper(persistence.Savable, metaclass=abc.ABCMeta):
    """Works through an instruction, step by step."""

    _owner: Callable[[], Optional[WorkChain]]

    def __init__(self, workchain: WorkChain) -> None:
        self._workchain = workchain

    @property
    def _workchain(self) -> WorkChain:
        workchain = self._owner()
        if workchain is None:
            raise ReferenceError("the work chain of this stepper is gone")
        return workchain

    @_workchain.setter
    def _workchain(self, workchain: WorkChain) -> None:
        # The work chain has the stepper: a strong reference would leave both to the garbage collector.
        self._owner = weakref.ref(workchain)

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._workchain = load_context.workchain

    @abc.abstractmethod
    def step(self) -> Tuple[bool, Any]:
        """Do one step; tell whether it was the last, and what came out of it (it may be a coroutine)."""


class _Instruction(metaclass=abc.ABCMeta):
    """A part of an outline."""

    @abc.abstractmethod
    def create_stepper(self, workchain: WorkChain) -> Stepper:
        """Make what works through this instruction."""

    @abc.abstractmethod
    def recreate_stepper(self, saved_state: SAVED_STATE_TYPE, workchain: WorkChain) -> Stepper:
        """Make it from its saved state."""

    @abc.abstractmethod
    def get_description(self) -> Any:
        """Describe the instruction with plain data."""

    def functions(self) -> Iterator[Any]:
        """The steps and predicates in it."""
        return iter(())

    @property
    @abc.abstractmethod
    def label(self) -> str:
        """Tells the instruction from others in the same place; it's saved with the position in an outline."""

    def __str__(self) -> str:
        return str(self.get_description())


def recreate_stepper(
    instruction: Optional[_Instruction], state: SAVED_STATE_TYPE, workchain: WorkChain, label: Any, where: str = ""
) -> Stepper:
    """Make the stepper of an instruction from its saved state.

    :param label: of the instruction when it was saved; None if that isn't known, as plumpy doesn't save it.
    :raises PersistenceError: if it was another instruction.
    """
    here = None if instruction is None else instruction.label
    if label is None:
        label = state.get("_fn")  # plumpy saves that of a step
    if instruction is None or (label is not None and label != here):
        raise _changed(workchain, f"where the checkpoint is at '{label}'{where} there is now {here!r}")
    try:
        return instruction.recreate_stepper(state, workchain)
    except (IndexError, KeyError) as error:
        raise _changed(workchain, f"what the checkpoint says of '{here}'{where} does not fit it") from error


def _changed(workchain: WorkChain, what: str) -> PersistenceError:
    return PersistenceError(
        f"the outline of {type(workchain).__name__} was changed: {what}; load it with the outline that it was made with"
    )
