"""The outline of a work chain: instructions, and steppers that work through them and can be saved in between.

What plumpy keeps in `workchains`; that module has all names.
"""

from __future__ import annotations

import abc
import asyncio
import collections
import collections.abc
import inspect
import warnings
import weakref
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, NoReturn, Optional, Sequence, Tuple, cast

from . import persistence
from .exceptions import PersistenceError
from .greenback_bridge import sync_await
from .persistence import LoadSaveContext
from .utils import SAVED_STATE_TYPE

if TYPE_CHECKING:
    from .workchains import WorkChain

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


def if_(condition: PREDICATE_TYPE) -> _If:
    """A condition: `if_(predicate)(step, ...).elif_(predicate)(step, ...).else_(step, ...)`."""
    return _If(condition)


def while_(condition: PREDICATE_TYPE) -> _While:
    """A loop: `while_(predicate)(step, ...)`."""
    return _While(condition)


#: Ends the work chain: `return_`, or `return_(exit_code)`.
return_ = _Return()
