"""Who derives from whom and who overrides whom, over all files of a project.

The names are dotted and canonical, as in `ClassFacts`.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Set

from codemods.index.facts import ClassFacts


class Graph:
    """The classes of a project.

    :param classes: those of all files.
    """

    def __init__(self, classes: Iterable[ClassFacts]) -> None:
        self._classes: Dict[str, ClassFacts] = {}
        self._derived: Dict[str, List[str]] = {}
        for cls in classes:
            self._classes[cls.name] = cls
            for base in cls.bases:
                self._derived.setdefault(base, []).append(cls.name)

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
