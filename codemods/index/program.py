"""Which functions become native coroutines, which eager ones, and which stay: decided once, over all files.

A native ``async def`` runs only when it's awaited, so it takes the place of a tornado coroutine only where all its
known uses wait for what it gives, or hand it to something that runs it. Every other coroutine becomes an eager one
(`plumpy_compat.aio.eager_coroutine`), whose calls give a future as tornado's did. Methods that override each other
are decided together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from codemods.index.coroutines import AWAITED, SCHEDULED, TRANSPARENT, CoroutineFacts, FunctionNote, UseNote
from codemods.index.facts import Facts
from codemods.index.graph import Graph

TORNADO_KINDS = ("coroutine", "test")
ASYNC_KINDS = ("coroutine", "test", "async", "eager")
AWAITED_BY_PLUMPY = frozenset(
    [
        *("execute", "step", "step_until_terminated", "run", "__call__", "_launch", "_continue", "_create"),
        *("_run_task", "message_receive", "broadcast_receive"),
    ]
)
"""Methods of plumpy's classes that plumpy itself calls, and waits for."""
_RUNTIMES = ("plumpy.", "plumpy_compat.")


class Form(Enum):
    """What becomes of a coroutine."""

    NATIVE = "native"
    EAGER = "eager"
    KEPT = "kept"
    """It stays as it is, for the reason given."""


class Decision(NamedTuple):
    """The form of a function, and why."""

    form: Form
    reason: str


class Callee(Enum):
    """What a call gives."""

    COROUTINE = "coroutine"
    """An awaitable, whichever function it reaches."""
    MIXED = "mixed"
    """It may reach coroutines and plain functions."""
    PLAIN = "plain"
    UNKNOWN = "unknown"


@dataclass
class _Function:
    """All that is known of the functions of one name."""

    notes: List[Tuple[str, FunctionNote]] = field(default_factory=list)
    uses: List[Tuple[str, UseNote]] = field(default_factory=list)

    def is_coroutine(self, kinds: Tuple[str, ...] = ASYNC_KINDS) -> bool:
        return any(note.kind in kinds for _, note in self.notes)


class Program:
    """The coroutines of a project, and what becomes of each.

    :param facts: of all files that have to do with any.
    """

    def __init__(self, facts: Iterable[CoroutineFacts]) -> None:
        every = list(facts)
        self.graph = Graph(Facts(name="", path=one.path, classes=one.classes) for one in every)
        self._functions: Dict[str, _Function] = {}
        self._methods: Dict[str, List[str]] = {}
        for one in every:
            for note in one.functions:
                self._functions.setdefault(note.name, _Function()).notes.append((one.path, note))
        for name in self._functions:
            self._methods.setdefault(name.rpartition(".")[2], []).append(name)
        for one in every:
            for use in one.uses:
                self._add_use(one.path, use)
        self.decisions: Dict[str, Decision] = {}
        for group in self._groups():
            self._decide(group)

    # -- what rules ask --------------------------------------------------------------------------

    def decision(self, name: str) -> Optional[Decision]:
        """What becomes of the function `name`; ``None`` if it's no business of ours."""
        return self.decisions.get(name)

    def becomes_async(self, name: str) -> bool:
        """Whether the function `name` is a coroutine without tornado, now or after the migration."""
        made = self.decisions.get(name)
        if made is not None:
            return made.form is not Form.KEPT
        known = self._functions.get(name)
        return known is not None and known.is_coroutine(("async", "eager"))

    def callee(self, target: str) -> Callee:
        """What a call of `target` (as `coroutines.callee` gives it) may reach."""
        found = list(self.reached(target))
        if target.startswith("?.") and not found:
            found = self._methods.get(target[2:], [])
        if not found:
            return Callee.UNKNOWN
        kinds = {self.becomes_async(one) for one in found if not self._only_raises(one)} or {False}
        if kinds == {True}:
            return Callee.COROUTINE
        return Callee.MIXED if True in kinds else Callee.PLAIN

    def reached(self, target: str) -> Iterator[str]:
        """The functions of the project that a call may run; none if the receiver isn't known."""
        head, _, rest = target.partition(".")
        if head not in ("self", "super"):
            if target in self._functions:
                yield target
            return
        cls, _, name = rest.rpartition(".")
        for one in self.graph.linearised(cls)[1 if head == "super" else 0 :]:
            if f"{one}.{name}" in self._functions:
                yield f"{one}.{name}"
                break
        if head == "self":
            yield from (f"{one}.{name}" for one in self.graph.derived(cls) if f"{one}.{name}" in self._functions)

    def derives(self, cls: str, bases: Iterable[str]) -> bool:
        """Whether the class `cls` is one of `bases` or derives from one, as far as the project knows."""
        wanted = set(bases)
        return any(one in wanted for one in self.graph.linearised(cls))

    def _only_raises(self, name: str) -> bool:
        return name not in self.decisions and all(note.stub == "raises" for _, note in self._functions[name].notes)

    # -- facts -----------------------------------------------------------------------------------

    def _add_use(self, path: str, use: UseNote) -> None:
        found = list(self.reached(use.callee))
        if not found and use.callee.startswith(("?.", "self.", "super.")):
            found = self._methods.get(use.callee.rpartition(".")[2], [])
        for one in found:
            self._functions[one].uses.append((path, use))

    def _groups(self) -> Iterator[List[str]]:
        """The functions that are decided together: a function, or methods that override each other."""
        seen: Set[str] = set()
        for name, function in self._functions.items():
            if name in seen or not function.is_coroutine():
                continue
            group = sorted(self._related(name))
            seen.update(group)
            yield group

    def _related(self, name: str) -> Set[str]:
        group, pending = {name}, [name]
        while pending:
            one = pending.pop()
            for other in (*self.graph.overridden(one), *self.graph.overriding(one)):
                if other in self._functions and other not in group:
                    group.add(other)
                    pending.append(other)
        return group

    # -- decisions -------------------------------------------------------------------------------

    def _decide(self, group: List[str]) -> None:
        reason = self._why_eager(group)
        form = Form.EAGER if reason else Form.NATIVE
        for name in group:
            notes = [note for _, note in self._functions[name].notes]
            kinds = {note.kind for note in notes}
            trouble = next((note.trouble for note in notes if note.trouble), "")
            if not kinds.isdisjoint(TORNADO_KINDS):
                self.decisions[name] = Decision(Form.KEPT, trouble) if trouble else Decision(form, reason)
            elif kinds == {"eager"}:
                self.decisions[name] = Decision(form, reason)
            elif kinds == {"plain"} and form is Form.NATIVE:
                # A stub. Where the others are eager it stays: its call does what it did.
                self.decisions[name] = Decision(form, "")

    def _why_eager(self, group: List[str]) -> str:
        """Why the functions of a group can't be native; empty if they can."""
        functions = [self._functions[name] for name in group]
        if all(note.kind == "test" for one in functions for _, note in one.notes):
            return ""
        for one in functions:
            for _, note in one.notes:
                unknown = [name for name in note.decorators if name not in TRANSPARENT]
                if unknown and note.kind in ASYNC_KINDS:
                    return f"`{unknown[0]}` decorates it"
                if note.kind in ("plain", "generator") and not (note.stub and not note.decorators):
                    return "it overrides a function that isn't a coroutine, or is overridden by one"
        uses = [use for one in functions for use in one.uses]
        for path, use in sorted(uses, key=lambda pair: (pair[0], pair[1].line)):
            if use.how not in (AWAITED, SCHEDULED):
                return f"{use.how} at {path}:{use.line}"
        if not uses and not any(self._is_awaited_by_plumpy(name) for name in group):
            return "nothing in the project calls it"
        return ""

    def _is_awaited_by_plumpy(self, name: str) -> bool:
        cls, _, method = name.rpartition(".")
        return method in AWAITED_BY_PLUMPY and any(one.startswith(_RUNTIMES) for one in self.graph.linearised(cls))


NO_PROGRAM = Program(())
"""The program of a project without coroutines."""
INTERESTING: FrozenSet[bytes] = frozenset([b"tornado", b"plumpy", b"kiwipy"])
"""What a file must contain to have coroutines that are of interest."""
