"""What a rule may ask about the rest of the project, and how the answers come about.

A file is first planned against `Assumptions`, which gives the usual answer and keeps the question.
When all files are indexed, `Project` has the facts; a file whose assumptions were wrong is planned
again with the real answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Protocol, Set, Tuple

from codemods.index.facts import Facts

ANY_MODULE = "*"
"""Stands for the module in a name that is patched in a module which isn't named."""


class Question(NamedTuple):
    """A yes-or-no question about the other files.

    :param kind: the name of the method of `ProjectView` that asks.
    :param words: its arguments.
    """

    kind: str
    words: Tuple[str, ...]

    @property
    def clue(self) -> bytes:
        """What a file must contain to have a part in the answer."""
        name = self.words[-1].rpartition(".")[2].encode()
        form = {"mentions_attribute": b".%s", "defines_method": b"def %s"}.get(self.kind, b"%s")
        return form % name


class ProjectView(Protocol):
    """The questions that rules may ask."""

    def imports_from(self, module: str, name: str) -> bool:
        """Does another file import `name` from `module`, reach it as an attribute, or patch it by name?"""

    def takes_by_star(self, module: str, name: str) -> bool:
        """Does another file get `name` by importing everything from `module`, directly or through others?"""

    def mentions_attribute(self, name: str) -> bool:
        """Does any file access ``….name``?"""

    def has_module(self, dotted: str) -> bool:
        """Does the project itself contain the module `dotted`?"""

    def defines_method(self, name: str) -> bool:
        """Does any class of the project define the method `name`?"""


def usual(kind: str, words: Tuple[str, ...]) -> bool:
    """The answer to a question that is assumed until the project is known.

    A wrong one costs planning a file twice, so it's the likelier or the cheaper: without `.next` there is something
    to rewrite, with it there isn't.
    """
    return kind == "mentions_attribute" and not words[0].startswith("__")


class Assumptions:
    """Gives the usual answers and remembers what was asked.

    :param modules: the dotted names of all modules that were discovered: which there are is no assumption.
    """

    def __init__(self, modules: FrozenSet[str] = frozenset()) -> None:
        self._modules = modules
        self.asked: List[Question] = []

    def _assume(self, kind: str, *words: str) -> bool:
        self.asked.append(Question(kind, words))
        return usual(kind, words)

    def imports_from(self, module: str, name: str) -> bool:
        return self._assume("imports_from", module, name)

    def takes_by_star(self, module: str, name: str) -> bool:
        return self._assume("takes_by_star", module, name)

    def mentions_attribute(self, name: str) -> bool:
        return self._assume("mentions_attribute", name)

    def has_module(self, dotted: str) -> bool:
        return dotted in self._modules

    def defines_method(self, name: str) -> bool:
        return self._assume("defines_method", name)


@dataclass
class Project:
    """All files' facts, as answers.

    :param modules: the dotted names of all modules that were discovered.
    :param patched: dotted names that strings name, as the targets of patches.
    """

    modules: Set[str]

    def __init__(self, modules: Iterable[str], facts: Iterable[Facts], patched: Iterable[str] = ()) -> None:
        self.modules = set(modules)
        self.imported: Set[str] = set(patched)
        self.attributes: Set[str] = set()
        self.methods: Set[str] = set()
        self._star_importers: Dict[str, List[Facts]] = {}
        for one in facts:
            self.imported.update(one.imported)
            for module in one.stars:
                self._star_importers.setdefault(module, []).append(one)
            self.attributes.update(one.attributes)
            for cls in one.classes:
                self.methods.update(cls.methods)

    def imports_from(self, module: str, name: str) -> bool:
        return f"{module}.{name}" in self.imported or f"{ANY_MODULE}.{name}" in self.imported

    def takes_by_star(self, module: str, name: str) -> bool:
        pending, seen = [module], {module}
        while pending:
            for one in self._star_importers.get(pending.pop(), ()):
                if name in one.unbound or f"{one.name}.{name}" in self.imported:
                    return True
                if one.name not in seen:
                    seen.add(one.name)
                    pending.append(one.name)
        return False

    def mentions_attribute(self, name: str) -> bool:
        return name in self.attributes

    def has_module(self, dotted: str) -> bool:
        return dotted in self.modules

    def defines_method(self, name: str) -> bool:
        return name in self.methods

    def holds(self, question: Question) -> bool:
        """Whether the real answer is the usual one."""
        return bool(getattr(self, question.kind)(*question.words)) is usual(*question)
