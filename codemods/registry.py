"""All rules, found by where they lie: each module of `codemods.rules.<family>` with a ``rule`` is one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import TYPE_CHECKING, Iterable, List, Protocol, Tuple, TypeVar

from codemods.settings import STAGES

if TYPE_CHECKING:
    from codemods.rule import Rule
    from codemods.settings import Settings


class AnyRule(Protocol):
    """What rules for source and for dependency files have in common; see `codemods.rule.Rule`."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def doc(self) -> str: ...

    @property
    def family(self) -> str: ...

    @property
    def default(self) -> bool: ...


SomeRule = TypeVar("SomeRule", bound=AnyRule)

FAMILIES = ("six", "future", "py2", "namespaces", "tornado", "plumpy", "kiwipy")
"""The folders under `rules` whose rules are for Python source."""


@lru_cache(maxsize=None)
def code_rules() -> Tuple[Rule, ...]:
    """The rules for Python source."""
    found: List[Rule] = []
    for family in FAMILIES:
        package = importlib.import_module(f"codemods.rules.{family}")
        for info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            if hasattr(module, "rule"):
                found.append(module.rule)
    return tuple(sorted(found, key=lambda rule: rule.code))


def all_rules() -> Tuple[AnyRule, ...]:
    """All rules, those for dependency files included."""
    from codemods.rules.dependencies import RULES

    return (*code_rules(), *RULES)


@lru_cache(maxsize=None)
def chosen_code_rules(settings: Settings) -> Tuple[Rule, ...]:
    """The rules for Python source that the settings select."""
    return chosen(code_rules(), settings)


def chosen(rules: Iterable[SomeRule], settings: Settings) -> Tuple[SomeRule, ...]:
    """The rules that the settings select, by code or by a prefix of it."""

    def among(rule: AnyRule, names: Iterable[str]) -> bool:
        return any(rule.code.startswith(name) for name in names)

    def wanted(rule: AnyRule) -> bool:
        on = among(rule, settings.select) if settings.select else rule.default
        on = on or (settings.py2 and rule.code == "PY200")
        return (on or among(rule, settings.extend_select)) and not among(rule, settings.ignore)

    return tuple(rule for rule in rules if settings.stage in getattr(rule, "stages", STAGES) and wanted(rule))
