"""Who calls whom and who overrides whom, over all files of a project.

The names are dotted and canonical, as in `Facts`. What doesn't resolve is kept by its bare name, so that a
caller can tell "nobody" from "nobody that is known".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Set, Tuple

from codemods.index.facts import CallFacts, ClassFacts, Facts


@dataclass(frozen=True)
class Callers:
    """The calls of one function.

    :param certain: calls that resolve to it.
    :param possible: calls of a method of its name on a receiver that isn't known.
    """

    certain: Tuple[CallFacts, ...]
    possible: Tuple[CallFacts, ...]


class Graph:
    """The classes and calls of a project.

    :param facts: of all files, gathered with their calls.
    """

    def __init__(self, facts: Iterable[Facts]) -> None:
        self._classes: Dict[str, ClassFacts] = {}
        self._derived: Dict[str, List[str]] = {}
        self._certain: Dict[str, List[CallFacts]] = {}
        self._possible: Dict[str, List[CallFacts]] = {}
        every = list(facts)
        for one in every:
            for cls in one.classes:
                self._classes[cls.name] = cls
                for base in cls.bases:
                    self._derived.setdefault(base, []).append(cls.name)
        for one in every:
            for call in one.calls:
                self._add(call)

    def _add(self, call: CallFacts) -> None:
        receiver, _, name = call.callee.rpartition(".")
        if receiver == "?":
            self._possible.setdefault(name, []).append(call)
            return
        if receiver not in ("self", "super"):
            self._certain.setdefault(call.callee, []).append(call)
            return
        cls = self._class_of(call.caller)
        found = list(self._reached(cls, name, receiver == "super")) if cls else []
        for method in found:
            self._certain.setdefault(method, []).append(call)
        if not found:
            self._possible.setdefault(name, []).append(call)

    def _class_of(self, function: str) -> str:
        """The class whose method (or whose method's inner function) `function` is; empty if none."""
        while function and function not in self._classes:
            function = function.rpartition(".")[0]
        return function

    def _reached(self, cls: str, name: str, above: bool) -> Iterator[str]:
        """The methods that ``self.name()`` in a class may run: the inherited one, and those of derived classes."""
        for one in self.linearised(cls)[1 if above else 0 :]:
            if one in self._classes and name in self._classes[one].methods:
                yield f"{one}.{name}"
                break
        if not above:
            for one in self.derived(cls):
                if name in self._classes[one].methods:
                    yield f"{one}.{name}"

    def knows(self, cls: str) -> bool:
        """Whether `cls` is a class of the project, in a file that was looked at."""
        return cls in self._classes

    def defines(self, cls: str, method: str) -> bool:
        """Whether the class itself is known to have a method."""
        return cls in self._classes and method in self._classes[cls].methods

    def linearised(self, cls: str) -> List[str]:
        """A class and its bases, nearest first, as far as the project knows them.

        Depth first, left to right, each class once: good enough to find where a method comes from, if not
        always Python's own order (C3) for diamonds.
        """
        order: List[str] = []
        pending = [cls]
        while pending:
            one = pending.pop(0)
            if one not in order:
                order.append(one)
                known = self._classes.get(one)
                pending[:0] = known.bases if known else ()
        return order

    def derived(self, cls: str) -> List[str]:
        """All classes that derive from a class, directly or not."""
        found: List[str] = []
        seen: Set[str] = {cls}
        pending = [cls]
        while pending:
            for one in self._derived.get(pending.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    found.append(one)
                    pending.append(one)
        return found

    def overridden(self, method: str) -> List[str]:
        """The methods of base classes that a method (``pkg.mod.Class.name``) overrides, nearest first."""
        cls, _, name = method.rpartition(".")
        above = self.linearised(cls)[1:]
        return [f"{one}.{name}" for one in above if one in self._classes and name in self._classes[one].methods]

    def overriding(self, method: str) -> List[str]:
        """The methods of derived classes that override a method."""
        cls, _, name = method.rpartition(".")
        return [f"{one}.{name}" for one in self.derived(cls) if name in self._classes[one].methods]

    def callers(self, function: str) -> Callers:
        """The calls of a function or method."""
        name = function.rpartition(".")[2]
        return Callers(tuple(self._certain.get(function, ())), tuple(self._possible.get(name, ())))
