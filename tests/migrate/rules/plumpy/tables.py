"""What the tests of the rules for plumpy and kiwipy share: tables of snippets."""

from __future__ import annotations

from typing import Any, Dict, List, Set, Tuple

from codemods.findings import Finding
from tests.migrate.rules import checks
from tests.migrate.rules.checks import cases as cases

Rewrites = Dict[str, Tuple[str, str]]
Left = Dict[str, Tuple[str, str]]


class Modules:
    """A project of which only the names of its modules are known."""

    def __init__(self, *names: str) -> None:
        self.names: Set[str] = set(names)

    def has_module(self, dotted: str) -> bool:
        return dotted in self.names

    def imports_from(self, module: str, name: str) -> bool:
        return False

    def takes_by_star(self, module: str, name: str) -> bool:
        return False

    def mentions_attribute(self, name: str) -> bool:
        return False

    def defines_method(self, name: str) -> bool:
        return False


def check_becomes(case: Tuple[str, str], *codes: str, **settings: Any) -> List[Finding]:
    """The first snippet becomes the second, and nothing is left to do."""
    return checks.check_nothing_left(*case, *codes, **settings)
