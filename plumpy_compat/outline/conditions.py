"""Conditions and loops: `if_(...)(...).elif_(...)(...).else_(...)` and `while_(...)(...)`."""

from __future__ import annotations

import asyncio
import collections
import collections.abc
import warnings
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterator,
    List,
    Optional,
    Tuple,
    cast,
)

from .. import persistence
from ..greenback_bridge import sync_await
from ..persistence import LoadSaveContext
from ..utils import SAVED_STATE_TYPE
from .base import (
    INSTRUCTION,
    PREDICATE_TYPE,
    STEPPER_STATE,
    Stepper,
    _changed,
    _Instruction,
)
from .blocks import _Block

if TYPE_CHECKING:
    from ..workchains import WorkChain


class _Conditional:
    """A predicate, and the instructions that depend on it: `parent(predicate)(*instructions)`."""

    def __init__(self, parent: _Instruction, predicate: PREDICATE_TYPE, label: str) -> None:
        self._parent = parent
        self._predicate = predicate
        self._body: Optional[_Block] = None
        self._label = label

    @property
    def body(self) -> _Block:
        """The instructions.

        :raises AssertionError: if there are none yet.
        """
        if self._body is None:
            raise AssertionError(f"{self} has no body: write {self}(step, ...)")
        return self._body

    @property
    def predicate(self) -> PREDICATE_TYPE:
        """The predicate."""
        return self._predicate

    def is_true(self, workflow: WorkChain) -> Any:
        """Give what the predicate says; a coroutine function is awaited."""
        value: Any = self._predicate(workflow)
        if asyncio.iscoroutine(value):
            value = sync_await(value)
        if not hasattr(value, "__bool__"):
            warnings.warn(
                f"The conditional predicate `{self.name}` returned `{value}` which is not boolean-like. The return"
                " value should be `True` or `False`, or implement the `__bool__` method.",
                UserWarning,
                stacklevel=2,
            )
        return value

    def __call__(self, *instructions: Any) -> _Instruction:
        if self._body is not None:
            raise AssertionError(f"the body of {self} is set already")
        self._body = _Block(instructions)
        return self._parent

    def __str__(self) -> str:
        return f"{self._label}_({self.name})"

    @property
    def name(self) -> str:
        """The name of the predicate."""
        return getattr(self._predicate, "__name__", repr(self._predicate))

    @property
    def heading(self) -> str:
        """What stands over the body in a description."""
        return f"{self._label}({self.name})"


@persistence.auto_persist("_pos")
class _IfStepper(Stepper):
    def __init__(self, if_instruction: _If, workchain: WorkChain) -> None:
        super().__init__(workchain)
        self._if_instruction = if_instruction
        self._pos = 0
        self._child_stepper: Optional[Stepper] = None

    def __str__(self) -> str:
        # When it's done there's no branch to show, so it's the first.
        text = str(self._if_instruction[0 if self.finished() else self._pos])
        return f"{text}({self._child_stepper})" if self._child_stepper is not None else text

    def step(self) -> Tuple[bool, Any]:
        if self.finished():
            raise AssertionError("Can't step, the if is finished")
        if self._child_stepper is None:
            while not self._if_instruction[self._pos].is_true(self._workchain):
                self._pos += 1
                if self.finished():
                    return True, None
            self._child_stepper = self._if_instruction[self._pos].body.create_stepper(self._workchain)
        finished, result = self._child_stepper.step()
        if finished:
            self._pos = len(self._if_instruction)
            self._child_stepper = None
        return self.finished(), result

    def finished(self) -> bool:
        """Tell whether a branch was run, or none is to be."""
        return self._pos == len(self._if_instruction)

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        if self._child_stepper is not None:
            out_state[STEPPER_STATE] = self._child_stepper.save()
            out_state[INSTRUCTION] = str(self._if_instruction[self._pos])

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._if_instruction = load_context.if_instruction
        self._child_stepper = None
        if STEPPER_STATE in saved_state:
            branch = self._if_instruction[self._pos]
            there, here = saved_state.get(INSTRUCTION, str(branch)), str(branch)
            if there != here:
                raise _changed(self._workchain, f"where the checkpoint is in '{there}' there is now '{here}'")
            self._child_stepper = branch.body.recreate_stepper(saved_state[STEPPER_STATE], self._workchain)


class _If(_Instruction, collections.abc.Sequence):  # type: ignore[type-arg]
    """`if_(predicate)(*body).elif_(predicate)(*body).else_(*body)`."""

    def __init__(self, condition: PREDICATE_TYPE) -> None:
        super().__init__()
        self._ifs: List[_Conditional] = [_Conditional(self, condition, "if")]
        self._sealed = False

    def __getitem__(self, idx: Any) -> Any:
        return self._ifs[idx]

    def __len__(self) -> int:
        return len(self._ifs)

    def __call__(self, *commands: Any) -> _If:
        """Set the body of the if."""
        self._ifs[0](*commands)
        return self

    def elif_(self, condition: PREDICATE_TYPE) -> _Conditional:
        """Add a branch."""
        self._check_open()
        self._ifs.append(_Conditional(self, condition, "elif"))
        return self._ifs[-1]

    def else_(self, *commands: Any) -> _If:
        """Set what is run if no predicate is true."""
        self._check_open()
        branch = _Conditional(self, _always, "elif")
        branch(*commands)
        self._ifs.append(branch)
        self._sealed = True
        return self

    def _check_open(self) -> None:
        if self._sealed:
            raise AssertionError("nothing can follow an else")

    def create_stepper(self, workchain: WorkChain) -> _IfStepper:
        return _IfStepper(self, workchain)

    def recreate_stepper(self, saved_state: SAVED_STATE_TYPE, workchain: WorkChain) -> _IfStepper:
        context = LoadSaveContext(workchain=workchain, if_instruction=self)
        return cast(_IfStepper, _IfStepper.recreate_from(saved_state, context))

    def get_description(self) -> Dict[str, Any]:
        description: Dict[str, Any] = collections.OrderedDict()
        for branch in self._ifs:
            name = branch.heading
            while name in description:  # another branch with a predicate of that name
                name += "'"
            description[name] = branch.body.get_description()
        return description

    def functions(self) -> Iterator[Any]:
        for branch in self._ifs:
            yield branch.predicate
            yield from branch.body.functions()

    @property
    def label(self) -> str:
        return str(self._ifs[0])


def _always(_workchain: WorkChain) -> bool:
    return True


_always.__name__ = "<lambda>"  # as descriptions name the else


class _WhileStepper(Stepper):
    def __init__(self, while_instruction: _While, workchain: WorkChain) -> None:
        super().__init__(workchain)
        self._while_instruction = while_instruction
        self._child_stepper: Optional[Stepper] = None

    def __str__(self) -> str:
        text = str(self._while_instruction)
        return f"{text}({self._child_stepper})" if self._child_stepper is not None else text

    def step(self) -> Tuple[bool, Any]:
        if self._child_stepper is None:
            if not self._while_instruction.is_true(self._workchain):
                return True, None
            self._child_stepper = self._while_instruction.body.create_stepper(self._workchain)
        finished, result = self._child_stepper.step()
        if finished:
            self._child_stepper = None
        return False, result

    def save_instance_state(self, out_state: SAVED_STATE_TYPE, save_context: Optional[LoadSaveContext]) -> None:
        super().save_instance_state(out_state, save_context)
        if self._child_stepper is not None:
            out_state[STEPPER_STATE] = self._child_stepper.save()

    def load_instance_state(self, saved_state: SAVED_STATE_TYPE, load_context: LoadSaveContext) -> None:
        super().load_instance_state(saved_state, load_context)
        self._while_instruction = load_context.while_instruction
        self._child_stepper = None
        if STEPPER_STATE in saved_state:
            body = self._while_instruction.body
            self._child_stepper = body.recreate_stepper(saved_state[STEPPER_STATE], self._workchain)


class _While(_Conditional, _Instruction, collections.abc.Sequence):  # type: ignore[type-arg]
    """`while_(predicate)(*body)`."""

    def __init__(self, predicate: PREDICATE_TYPE) -> None:
        super().__init__(self, predicate, "while")

    def __getitem__(self, idx: Any) -> Any:
        if idx != 0:
            raise IndexError(idx)
        return self

    def __len__(self) -> int:
        return 1

    def create_stepper(self, workchain: WorkChain) -> _WhileStepper:
        return _WhileStepper(self, workchain)

    def recreate_stepper(self, saved_state: SAVED_STATE_TYPE, workchain: WorkChain) -> _WhileStepper:
        context = LoadSaveContext(workchain=workchain, while_instruction=self)
        return cast(_WhileStepper, _WhileStepper.recreate_from(saved_state, context))

    def __str__(self) -> str:
        return _Conditional.__str__(self)

    def get_description(self) -> Dict[str, Any]:
        return {self.heading: self.body.get_description()}

    def functions(self) -> Iterator[Any]:
        yield self.predicate
        yield from self.body.functions()

    @property
    def label(self) -> str:
        return str(self)


def if_(condition: PREDICATE_TYPE) -> _If:
    """A condition: `if_(predicate)(step, ...).elif_(predicate)(step, ...).else_(step, ...)`."""
    return _If(condition)


def while_(condition: PREDICATE_TYPE) -> _While:
    """A loop: `while_(predicate)(step, ...)`."""
    return _While(condition)
