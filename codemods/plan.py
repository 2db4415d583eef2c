"""Run the rules over an indexed file: edits that don't conflict, and findings.

A rule's edit is dropped where a comment in the source says so, and left to a human where it can't
be carried out (inside an f-string, say, or where verification has refused it before).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Dict, Iterable, List, Mapping, Tuple, Union

from codemods.edits import Edit, ImportEdit, Shape, TextEdit
from codemods.findings import Finding, Outcome
from codemods.rule import is_gated
from codemods.suppress import ignored_lines

if TYPE_CHECKING:
    from codemods.index.module import Module
    from codemods.rule import Item, Rule

AnyEdit = Union[Edit, ImportEdit, TextEdit]
EditKey = Tuple[str, int]
"""The rule and the offset of an edit: how one run tells the next which edits to leave out."""


@dataclass
class Plan:
    """What to do to one file.

    :ivar edits: the accepted edits of expressions, statements, headers and blocks.
    :ivar refused: the edits that can't be made, with the reasons.
    """

    edits: List[Edit] = field(default_factory=list)
    imports: List[ImportEdit] = field(default_factory=list)
    texts: List[TextEdit] = field(default_factory=list)
    findings: List[Finding] = field(default_factory=list)
    refused: List[Tuple[AnyEdit, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.edits or self.imports or self.texts)

    @property
    def is_inert(self) -> bool:
        """Whether it is carried out without giving any rule something new to look at."""
        edits: List[Union[Edit, ImportEdit]] = [*self.edits, *self.imports]
        return not self.texts and all(edit.inert for edit in edits)

    def all(self) -> List[AnyEdit]:
        """Every edit, of whatever kind."""
        return [*self.edits, *self.imports, *self.texts]


def anchor(module: Module, edit: AnyEdit) -> int:
    """The offset in the text that identifies the place of an edit."""
    if isinstance(edit, TextEdit):
        return edit.span[0]
    if isinstance(edit, ImportEdit):
        start = module.span(edit.imported.statement)[0]
        return start + edit.imported.statement.names.index(edit.imported.alias)
    return module.span(edit.at or edit.node)[0]


class _Literals(Dict[bytes, bool]):
    """Whether each literal occurs in a file: many rules share theirs, so each is searched for once."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data

    def __missing__(self, literal: bytes) -> bool:
        occurs = self[literal] = literal in self.data
        return occurs


class _Planner:
    def __init__(self, module: Module, blocked: Mapping[EditKey, str]) -> None:
        self.module = module
        self.blocked = blocked
        self.ignored, notes = ignored_lines(module)
        self.plan = Plan(findings=notes)
        module.found = self.plan.findings
        self._claimed: Dict[Tuple[int, int], Shape] = {}

    def run(self, rules: Iterable[Rule]) -> Plan:
        data = self.module.source.data
        literals = _Literals(data)
        if self.module.settings.six_modules:
            literals[b"six"] = True  # a copy of six may have any name
        closed = is_gated(data) and not self.module.is_in_program
        for rule in rules:
            if closed and rule.asks_program:
                continue
            if rule.literals is not None and not any(map(literals.__getitem__, rule.literals)):
                continue
            if rule.scans and not any(
                literals[one.literal] and (one.is_literal or one.occurs_in(data)) for one in rule.needles
            ):
                continue
            for item in rule.run(self.module):
                self._take(item)
        self.plan.findings.sort(key=lambda one: (one.line, one.column, one.rule))
        return self.plan

    def _take(self, item: Item) -> None:
        if isinstance(item, Finding):
            if not self._ignores(item.rule, item.line, item.line):
                self.plan.findings.append(item)
            return
        reason = self._refuse(item)
        if reason is None:
            return
        line, column = self._position(item)
        if reason:
            advice = "rewrite this place by hand"
            self._find(item.rule, line, column, f"{item.message}: {reason}", Outcome.LEFT, advice)
            self.plan.refused.append((item, reason))
            return
        self._accept(item)
        self._find(item.rule, line, column, item.message, Outcome.REWRITTEN)

    def _find(self, rule: str, line: int, column: int, message: str, outcome: Outcome, advice: str = "") -> None:
        self.plan.findings.append(Finding(rule, line, column, message, outcome, advice))

    def _position(self, item: AnyEdit) -> Tuple[int, int]:
        if isinstance(item, ImportEdit):
            return self.module.source.position(self.module.span(item.imported.statement)[0])
        return self.module.source.position(anchor(self.module, item))

    def _refuse(self, item: AnyEdit) -> Union[str, None]:
        """Why the edit isn't made: an empty string if it is, ``None`` if a comment says not to."""
        if self.ignored and self._ignores(item.rule, *self._lines(item)):
            return None
        if isinstance(item, ImportEdit) and not item.becomes and item.imported.alias in self.module.relied_on:
            return None
        blocked = self.blocked.get((item.rule, anchor(self.module, item))) if self.blocked else None
        if blocked is not None:
            return blocked
        if isinstance(item, Edit):
            if self.module.walk.by_type[ast.JoinedStr] and self.module.enclosing(item.node, ast.JoinedStr) is not None:
                return "it stands inside an f-string, where positions can't be trusted"
            span = self.module.span(item.node)
            if item.shape in (Shape.BLOCK, Shape.RUN, Shape.STATEMENT) and self._claimed.get(span) is item.shape:
                return "another rule rewrites the same statement"
        return ""

    def _lines(self, item: AnyEdit) -> Tuple[int, int]:
        source = self.module.source
        if isinstance(item, TextEdit):
            return source.position(item.span[0])[0], source.position(item.span[1])[0]
        node = item.imported.statement if isinstance(item, ImportEdit) else (item.at or item.node)
        if isinstance(item, Edit) and item.shape in (Shape.BLOCK, Shape.HEADER):
            line = source.position(self.module.span(node)[0])[0]
            return line, line
        start, end = self.module.span(node)
        if isinstance(item, Edit) and item.until is not None:
            end = self.module.span(item.until)[1]
        return source.position(start)[0], source.position(end)[0]

    def _ignores(self, rule: str, first: int, last: int) -> bool:
        for line in range(first, last + 1) if self.ignored else ():
            codes = self.ignored.get(line)
            if codes is not None and (not codes or any(rule.startswith(code) for code in codes)):
                return True
        return False

    def _accept(self, item: AnyEdit) -> None:
        module = self.module
        if isinstance(item, TextEdit):
            self.plan.texts.append(item)
        elif isinstance(item, ImportEdit):
            self.plan.imports.append(item)
            module.leaving.add(item.imported.alias)
        else:
            self.plan.edits.append(item)
            self._claimed[module.span(item.node)] = item.shape
            module.settled.update(item.settles)
            if item.dead:
                # What a name can mean may depend on imports that are dead now.
                module.dead.extend(item.dead)
                module.cache.clear()


def plan(module: Module, rules: Iterable[Rule], blocked: Mapping[EditKey, str]) -> Plan:
    """Plan all edits of one file.

    :param rules: in their order.
    :param blocked: edits that an earlier attempt could not carry out, with the reason.
    """
    made = _Planner(module, blocked).run(rules)
    # A fold may have been planned before a rule learnt that it can't settle everything inside;
    # edits in branches that vanish are pointless.
    made.edits = [edit for edit in made.edits if edit.dead or not module.is_dead(module.statement_of(edit.node))]
    return made
