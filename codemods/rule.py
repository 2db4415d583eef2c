"""The shape of a rule: a code, a docstring for people, needles, and a generator over a `Module`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from inspect import cleandoc
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Optional,
    Pattern,
    Tuple,
    Union,
)

from codemods.edits import Constant, Edit, ImportEdit, NewImport, Shape, TextEdit
from codemods.findings import Finding, Outcome
from codemods.settings import STAGES

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Span

Item = Union[Edit, ImportEdit, TextEdit, Finding]
Find = Callable[["Module"], Iterator[Item]]


@dataclass(frozen=True)
class Needle:
    """What the bytes of a file must contain for a rule to have anything to do there.

    :param literal: bytes that must occur; searching for them is nearly free.
    :param patterns: regular expressions that must match somewhere, tried in turn if the literal occurs. One
        that begins with literal text is searched for ten times as fast.
    :param modules: top-level modules of which one must be imported, by the look of the lines.
    """

    literal: bytes
    patterns: Tuple[Pattern[bytes], ...] = ()
    modules: FrozenSet[bytes] = frozenset()

    @property
    def is_literal(self) -> bool:
        """Whether the literal alone decides."""
        return not self.patterns and not self.modules

    def occurs_in(self, data: bytes) -> bool:
        if self.literal not in data or (self.modules and self.modules.isdisjoint(imported_roots(data))):
            return False
        return all(pattern.search(data) for pattern in self.patterns)


GATES = (b"tornado", b"plumpy", b"kiwipy", b"syncio", b"io_loop")
"""Words of which a file has one if rules that ask for the program have anything to do there by themselves."""


def is_gated(data: bytes) -> bool:
    """Whether a file is of no interest to such rules."""
    return not any(word in data for word in GATES)


class Needles:
    """The needles of some rules, the cheapest first."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        every = list(rules)
        self._open = _Needles(rule for rule in every if not rule.asks_program)
        self._gated = _Needles(rule for rule in every if rule.asks_program)

    def any_in(self, data: bytes) -> bool:
        """Whether any rule has something to look at in a piece of source."""
        return self._open.any_in(data) or (not is_gated(data) and self._gated.any_in(data))


class _Needles:
    def __init__(self, rules: Iterable[Rule]) -> None:
        # What most files have is looked for first.
        every = sorted(
            dict.fromkeys(one for rule in rules for one in rule.needles),
            key=lambda one: one.literal not in (b"__future__", b"six"),
        )
        self._plain = [one.literal for one in every if one.is_literal]
        self._more: Dict[bytes, List[Needle]] = {}
        for one in every:
            if not one.is_literal:
                self._more.setdefault(one.literal, []).append(one)

    def any_in(self, data: bytes) -> bool:
        if b"__future__" in data and any(one.occurs_in(data) for one in self._more.get(b"__future__", ())):
            return True
        if any(literal in data for literal in self._plain):
            return True
        return any(
            literal in data and any(one.occurs_in(data) for one in needles) for literal, needles in self._more.items()
        )


_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\w+)[\w.]*[ \t]+import\b|import[ \t]+([\w., \t]+))", re.MULTILINE)


@lru_cache(maxsize=2)
def imported_roots(data: bytes) -> FrozenSet[bytes]:
    """The top-level modules that a file imports, by the look of its lines: it needn't be parsed for that."""
    roots = set()
    for home, names in _IMPORT.findall(data):
        for name in (home or names).split(b","):
            words = name.split()
            if words:
                roots.add(words[0].split(b".")[0])
    return frozenset(roots)


def importing(*modules: str) -> Needle:
    """A needle for files that import one of some top-level modules."""
    return Needle(b"import", (), frozenset(module.encode() for module in modules))


def needle(literal: str, *patterns: str) -> Needle:
    """A needle from text; the patterns are regular expressions in multi-line mode."""
    return Needle(literal.encode(), tuple(re.compile(pattern.encode(), re.MULTILINE) for pattern in patterns))


class Rule:
    """One codemod.

    :param code: family and number, such as ``SIX105``.
    :param doc: the docstring of the rule's module; its first line is the title.
    :param needles: a file with none of them is of no interest to the rule.
    :param order: rules with a lower number plan first; folds of dead branches come before all others,
        and imports after them.
    :param default: whether it runs without being selected by name.
    :param scans: whether it goes through text or nodes instead of looking names up in the index, so that
        asking its needles first is worth it.
    """

    def __init__(
        self,
        code: str,
        doc: Optional[str],
        needles: Iterable[Needle],
        *,
        order: int = 50,
        default: bool = True,
        scans: bool = False,
        stages: Tuple[str, ...] = STAGES,
    ) -> None:
        self.code = code
        self.doc = cleandoc(doc or "")
        self.title = self.doc.split("\n", 1)[0].rstrip(".")
        self.family = code[:3]
        self.needles = tuple(needles)
        self.order = order
        self.default = default
        self.scans = scans
        self.stages = stages
        self.asks_program = self.family in ("TOR", "PLM", "KIW")
        literals = tuple(one.literal for one in self.needles)
        self.literals = literals if scans or all(one.is_literal for one in self.needles) else None
        self._find: Optional[Find] = None

    def find(self, function: Find) -> Find:
        """Decorator: the generator that yields the edits and findings of a module."""
        self._find = function
        return function

    def run(self, module: Module) -> Iterator[Item]:
        """What the rule has to say about `module`."""
        assert self._find is not None, f"{self.code} has no @rule.find"
        return self._find(module)

    # -- what a rule yields ----------------------------------------------------------------------

    def edit(self, node: ast.AST, shape: Shape, transform: Callable[[Any], Any], message: str, **options: Any) -> Edit:
        """An edit; `options` are the other fields of `Edit`."""
        return Edit(self.code, node, shape, transform, message, **options)

    def expression(self, node: ast.AST, transform: Callable[[Any], Any], message: str, **options: Any) -> Edit:
        """An edit of an expression."""
        return Edit(self.code, node, Shape.EXPRESSION, transform, message, **options)

    def replace(self, node: ast.AST, code: str, message: str, **options: Any) -> Edit:
        """An edit that puts the expression `code` in the place of `node`."""
        return Edit(self.code, node, Shape.EXPRESSION, Constant(code), message, **options)

    def reimport(self, imported: ImportedName, message: str, *becomes: NewImport, inert: bool = False) -> ImportEdit:
        """An edit of one imported name."""
        return ImportEdit(self.code, imported, message, becomes, inert)

    def inside(self, span: Span, text: str, message: str, **options: Any) -> TextEdit:
        """A replacement inside of a comment or a string; `options` are the other fields of `TextEdit`."""
        return TextEdit(self.code, span, text, message, **options)

    def left(self, module: Module, node: ast.AST, message: str, advice: str) -> Finding:
        """A place that a human must look at, with the reason and what to do."""
        return self._finding(module, node, message, advice, Outcome.LEFT)

    def note(self, module: Module, node: ast.AST, message: str, advice: str = "") -> Finding:
        """Something that a reviewer should know; nothing must be done."""
        return self._finding(module, node, message, advice, Outcome.NOTE)

    def _finding(self, module: Module, node: ast.AST, message: str, advice: str, outcome: Outcome) -> Finding:
        line, column = module.source.position(module.span(node)[0])
        return Finding(self.code, line, column, message, outcome, advice)
