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

from codemods.index.coroutines import (
    AWAITED,
    HOOKED,
    PASSED_ON,
    SCHEDULED,
    TESTED,
    TRANSPARENT,
    CoroutineFacts,
    FunctionNote,
    UseNote,
)
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
_TEST_CASES = frozenset(["unittest.TestCase", "unittest.IsolatedAsyncioTestCase", "tornado.testing.AsyncTestCase"])
_LOOPS_COME_FROM = frozenset(["tornado", "asyncio", "uvloop", "plumpy", "plumpy_compat"])
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
    :param complete: whether these are all files; if not, only inner functions are known by all their uses.
    :param native_hooks: whether methods that plumpy calls must be native: its own releases don't wait for futures.
    """

    def __init__(self, facts: Iterable[CoroutineFacts], *, complete: bool = True, native_hooks: bool = False) -> None:
        every = list(facts)
        self._native_hooks = native_hooks
        self.graph = Graph(cls for one in every for cls in one.classes)
        self._functions: Dict[str, _Function] = {}
        self._methods: Dict[str, List[str]] = {}
        for one in every:
            for note in one.functions:
                self._functions.setdefault(note.name, _Function()).notes.append((one.path, note))
        self._roots = {"?", "self", "super", *(name.split(".", 1)[0] for name in self._functions)}
        for name in self._functions:
            self._methods.setdefault(name.rpartition(".")[2], []).append(name)
        for one in every:
            for use in one.uses:
                self._add_use(one.path, use)
        self.decisions: Dict[str, Decision] = {}
        self._paths: Optional[Set[str]] = None
        self._names: Optional[FrozenSet[str]] = None
        self._blocked: Dict[str, str] = {}
        self._complete = complete
        self._promote()
        for group in self._groups():
            self._decide(group)

    # -- what rules ask --------------------------------------------------------------------------

    def decision(self, name: str) -> Optional[Decision]:
        """What becomes of the function `name`; ``None`` if it's no business of ours."""
        return self.decisions.get(name)

    def keep(self, reasons: Dict[str, str]) -> bool:
        """Leave functions as they are after all; tells whether that's news.

        :param reasons: why, by the functions' names.
        """
        news = {name: reason for name, reason in reasons.items() if self._is_rewritten(name)}
        if news:
            self.decisions.update((name, Decision(Form.KEPT, reason)) for name, reason in news.items())
            self._names = None
        return bool(news)

    def _is_rewritten(self, name: str) -> bool:
        return name in self.decisions and self.decisions[name].form is not Form.KEPT

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

    def is_called_only(self, name: str) -> bool:
        """Whether the project calls the function `name`, does nothing else with it, and plumpy doesn't know of it."""
        known = self._functions.get(name)
        if known is None or name.rpartition(".")[2] in AWAITED_BY_PLUMPY:
            return False
        return bool(known.uses) and all(use.called for _, use in known.uses)

    def _only_raises(self, name: str) -> bool:
        return name not in self.decisions and all(note.stub == "raises" for _, note in self._functions[name].notes)

    @property
    def coroutine_names(self) -> FrozenSet[str]:
        """The bare names of all that becomes, or is, a coroutine without tornado."""
        if self._names is None:
            self._names = frozenset(name.rpartition(".")[2] for name in self._functions if self.becomes_async(name))
        return self._names

    @property
    def paths(self) -> Set[str]:
        """The files in which rules have something to do although they needn't mention tornado."""
        if self._paths is None:
            self._paths = self._concerned()
        return self._paths

    def _concerned(self) -> Set[str]:
        found = {path for name in self.decisions for path, _ in self._functions[name].notes}
        tested = ((path, use) for one in self._functions.values() for path, use in one.uses if use.how == TESTED)
        return found | {path for path, _ in tested}

    # -- facts -----------------------------------------------------------------------------------

    def _add_use(self, path: str, use: UseNote) -> None:
        found = list(self.reached(use.callee))
        if not found and use.callee.split(".", 1)[0] in self._roots:
            # An unknown receiver, or a name that a package has from elsewhere: it may be any of that name.
            found = self._methods.get(use.callee.rpartition(".")[2], [])
        if use.how == HOOKED:
            # plumpy_compat runs eager ones just as well.
            if not self._native_hooks or (use.through and not self._is_of_a_process(use.through)):
                use = use._replace(how=PASSED_ON)
        elif use.through and not self._is_of_a_loop(use.through):
            use = use._replace(how=PASSED_ON)
        for one in found:
            self._functions[one].uses.append((path, use))

    def _is_of_a_process(self, method: str) -> bool:
        """Whether a method is one that a class of the project has from plumpy."""
        cls = method.partition(".")[2].rpartition(".")[0]
        is_own = any(True for _ in self.reached(method))
        return not is_own and any(one.startswith(_RUNTIMES) for one in self.graph.linearised(cls))

    def _is_of_a_loop(self, method: str) -> bool:
        """Whether a method that is called as a loop's is one, and not that of some other class."""
        head, _, rest = method.partition(".")
        if head == "?":
            return rest not in self._methods
        return (rest.split(".", 1)[0] if head in ("self", "super") else head) in _LOOPS_COME_FROM

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

    def _promote(self) -> None:
        """Make coroutines of the plain generators that coroutines delegate to, or block these."""
        pending = [name for name, one in self._functions.items() if one.is_coroutine(TORNADO_KINDS)]
        while pending:
            name = pending.pop()
            for _, note in self._functions[name].notes:
                for target in note.delegates:
                    found = list(self.reached(target))
                    for one in found:
                        if one in self.decisions or self._functions[one].is_coroutine():
                            continue
                        if self._is_only_delegated_to(one):
                            self.decisions[one] = Decision(Form.NATIVE, "")
                            pending.append(one)
                        else:
                            found = []
                    if not found:
                        self._blocked[name] = "it delegates with `yield from` to what may not be a coroutine"

    def _is_only_delegated_to(self, name: str) -> bool:
        function = self._functions[name]
        plain = all(note.kind == "generator" and not note.decorators for _, note in function.notes)
        return plain and bool(function.uses) and all(use.how == AWAITED for _, use in function.uses)

    # -- decisions -------------------------------------------------------------------------------

    def _decide(self, group: List[str]) -> None:
        reason = self._why_eager(group)
        form = Form.EAGER if reason else Form.NATIVE
        for name in group:
            notes = [note for _, note in self._functions[name].notes]
            kinds = {note.kind for note in notes}
            trouble = self._blocked.get(name) or next((note.trouble for note in notes if note.trouble), "")
            if not kinds.isdisjoint(TORNADO_KINDS):
                self.decisions[name] = Decision(Form.KEPT, trouble) if trouble else Decision(form, reason)
            elif kinds == {"eager"}:
                self.decisions[name] = Decision(form, reason)
            elif kinds == {"plain"} and form is Form.NATIVE and self._has_tornado(group):
                # A stub. Where the others are eager it stays: its call does what it did.
                self.decisions[name] = Decision(form, "")

    def _has_tornado(self, group: List[str]) -> bool:
        return any(self._functions[name].is_coroutine(TORNADO_KINDS) for name in group)

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
        if self._native_hooks and all(self._is_awaited_by_plumpy(name) for name in group):
            # Others of that name, such as `Process.execute`, are called without being waited for.
            uses = [(path, use) for path, use in uses if not set(group).isdisjoint(self.reached(use.callee))]
        for path, use in sorted(uses, key=lambda pair: (pair[0], pair[1].line)):
            if use.how not in (AWAITED, SCHEDULED, HOOKED):
                return f"{use.how} at {path}:{use.line}"
        if not uses and all(self._is_run_by_unittest(name) for name in group):
            return ""
        if not self._complete and not all(name.rpartition(".")[0] in self._functions for name in group):
            return "other files may call it"
        if not uses and not any(self._is_awaited_by_plumpy(name) for name in group):
            return "nothing in the project calls it"
        return ""

    def _is_run_by_unittest(self, name: str) -> bool:
        cls, _, method = name.rpartition(".")
        return method.startswith("test") and not _TEST_CASES.isdisjoint(self.graph.linearised(cls))

    def _is_awaited_by_plumpy(self, name: str) -> bool:
        cls, _, method = name.rpartition(".")
        return method in AWAITED_BY_PLUMPY and any(one.startswith(_RUNTIMES) for one in self.graph.linearised(cls))


NO_PROGRAM = Program(())
"""The program of a project without coroutines."""
_WORDS = (b"tornado", b"plumpy", b"kiwipy", b"IsolatedAsyncioTestCase")


def concerns_program(data: bytes, decorators: Iterable[str] = ()) -> bool:
    """Whether a file may have coroutines, or test cases of such, that are of interest.

    :param decorators: what else makes a coroutine, as `Settings.coroutine_decorators` has it.
    """
    words = (*_WORDS, *(one.rpartition(".")[2].encode() for one in decorators))
    return any(word in data for word in words)
