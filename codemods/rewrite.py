"""Carry out a plan: hand each edited piece of source to LibCST, and put the results back in place.

A piece is rendered from the inside out: the edits within it first, then its own, on the text that
they left. A statement that vanishes leaves a mark, and when all is in place the marked lines are
taken out (`vanished.py`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

from codemods.edits import Edit, Shape, TextEdit
from codemods.fragments import (
    EditFailed,
    RoundTripError,
    one_line,
    parse_expression,
    parse_header,
    parse_run,
    parse_statements,
    tokens,
)
from codemods.imports import PRAGMA, LineChange, existing, insertions, line_changes
from codemods.vanished import GONE, take_out

if TYPE_CHECKING:
    from codemods.index.module import Module, Span
    from codemods.plan import AnyEdit, Plan

__all__ = ["EditFailed", "Replacement", "Rewritten", "RoundTripError", "rewrite"]

_RANK = {Shape.BLOCK: 0, Shape.RUN: 0, Shape.HEADER: 2, Shape.STATEMENT: 3, Shape.EXPRESSION: 4}
_LINE_RANK = 1


@dataclass(frozen=True)
class Replacement:
    """An outermost piece of the old text and the text in its place.

    :param dead: spans within it whose comments and strings vanish on purpose.
    :param strings: whether its string literals must survive.
    """

    start: int
    end: int
    text: str
    dead: Tuple[Span, ...] = ()
    strings: bool = True


@dataclass(frozen=True)
class Rewritten:
    """The new text, and what was replaced to get there, in order."""

    text: str
    replacements: Tuple[Replacement, ...]


@dataclass
class _Piece:
    start: int
    end: int
    rank: int
    render: Callable[[str], str]
    edits: List[AnyEdit]
    inner: List[_Piece] = field(default_factory=list)

    @property
    def key(self) -> Tuple[int, int, int]:
        return self.start, -self.end, self.rank


class _Rewriter:
    def __init__(self, module: Module, plan: Plan) -> None:
        self.module = module
        self.source = module.source
        self.plan = plan
        self.leaving: Set[ast.alias] = {edit.imported.alias for edit in plan.imports}
        needed = {new for edit in plan.edits for new in edit.needs} | {new for one in plan.texts for new in one.needs}
        self._keep_needed(needed)
        self.have = existing(module, self.leaving)
        self.gone: Set[ast.stmt] = set()
        self.needs = sorted((new for new in needed), key=lambda new: (new.module, new.name or ""))
        self.breaks = {one.offset for one in insertions(module, self.needs, self.leaving)}

    def _keep_needed(self, needed: Set[Any]) -> None:
        """An import that one rule drops and another needs stays."""
        for edit in list(self.plan.imports):
            one = edit.imported
            if edit.becomes or not isinstance(one.statement, ast.Import):
                continue
            if any(new.name is None and new.module == one.alias.name and not one.alias.asname for new in needed):
                self.plan.imports.remove(edit)
                self.leaving.discard(one.alias)

    def run(self) -> Rewritten:
        pieces = [*self._edit_pieces(), *self._import_pieces(), *map(self._text_piece, self.plan.texts)]
        self._spread()
        self._fill_empty_blocks(pieces)
        from codemods.imports import code

        missing = [new for new in self.needs if code(new) not in self.have]
        for insertion in insertions(self.module, missing, self.leaving):
            pieces.append(_insertion(insertion.offset, insertion.text))
        roots = _nest(pieces)
        replacements = tuple(self._replacement(piece) for piece in roots)
        text = _splice(self.source.text, 0, len(self.source.text), replacements)
        return Rewritten(take_out(text), replacements)

    def _replacement(self, piece: _Piece) -> Replacement:
        edits = list(_all_edits(piece))
        dead = tuple(span for edit in edits if isinstance(edit, Edit) for span in edit.dead)
        dead += tuple(edit.span for edit in edits if isinstance(edit, TextEdit) and edit.removes)
        strings = not any(isinstance(edit, TextEdit) or getattr(edit, "replaces_strings", False) for edit in edits)
        return Replacement(piece.start, piece.end, self._render(piece), dead, strings)

    def _render(self, piece: _Piece) -> str:
        inner = [Replacement(one.start, one.end, self._render(one)) for one in piece.inner]
        text = _splice(self.source.text, piece.start, piece.end, inner)
        if GONE in text:
            text = take_out(text)
        return piece.render(text)

    # -- edits -----------------------------------------------------------------------------------

    def _edit_pieces(self) -> List[_Piece]:
        groups: Dict[Tuple[Span, Shape], List[Edit]] = {}
        for edit in self.plan.edits:
            groups.setdefault((self._span(edit), edit.shape), []).append(edit)
        pieces = []
        for (span, shape), edits in groups.items():
            if shape is Shape.BLOCK and edits[0].empties:
                self.gone.add(edits[0].node)  # type: ignore[arg-type]
            render = self._renderer(span, shape, edits)
            pieces.append(_Piece(*span, _RANK[shape], render, list(edits)))
        return pieces

    def _renderer(self, span: Span, shape: Shape, edits: Sequence[Edit]) -> Callable[[str], str]:
        parse = {
            Shape.EXPRESSION: parse_expression,
            Shape.STATEMENT: parse_statements,
            Shape.HEADER: parse_header,
            Shape.BLOCK: parse_statements,
            Shape.RUN: parse_run,
        }[shape]
        indent = self.source.indentation(span[0])
        adapt = one_line if shape is Shape.STATEMENT and not self._opens_line(span[0]) else _as_it_is

        def render(text: str) -> str:
            for edit in edits:
                before = text
                try:
                    text = parse(text, indent, self.source.newline, adapt(edit.transform))
                    self._keeps_comments(before, text, edit.dead)
                except EditFailed as failure:
                    failure.edit = failure.edit or edit
                    raise
            if shape is Shape.EXPRESSION:
                return text
            if edits[0].node in self.gone:
                return _without_pass(text) or GONE
            return text or "pass"

        return render

    def _opens_line(self, offset: int) -> bool:
        """Whether nothing but white space stands before `offset` on its line."""
        return not self.source.text[self.source.line_starts[self.source.position(offset)[0] - 1] : offset].strip()

    def _keeps_comments(self, before: str, after: str, dead: Sequence[Span]) -> None:
        """Refuse an edit that would lose a comment which neither speaks to a linter nor is dead."""
        if "#" not in before:
            return
        lost = tokens(before)[0] - tokens(after)[0]
        for start, end in dead:
            lost -= tokens(self.source.text[start:end])[0]
        if any(not PRAGMA.match(comment) for comment in lost):
            raise EditFailed("it would lose a comment")

    def _span(self, edit: Edit) -> Span:
        if edit.shape is Shape.HEADER:
            return header_span(self.module, edit.node)
        if edit.shape is Shape.BLOCK:
            return block_span(self.module, edit.node)  # type: ignore[arg-type]
        start, end = self.module.span(edit.node)
        return start, self.module.span(edit.until)[1] if edit.until is not None else end

    def _text_piece(self, edit: TextEdit) -> _Piece:
        return _Piece(*edit.span, 9, lambda _: edit.text, [edit])

    # -- imports ---------------------------------------------------------------------------------

    def _import_pieces(self) -> List[_Piece]:
        changes = sorted(line_changes(self.module, self.plan.imports), key=lambda one: one.statements[0].lineno)
        runs: List[List[LineChange]] = []
        for change in changes:
            # Adjacent lines go through LibCST together; with a comment on a line, it must stay there.
            if runs and self._adjacent(runs[-1][-1], change):
                runs[-1].append(change)
            else:
                runs.append([change])
        return [self._import_piece(run) for run in runs]

    def _adjacent(self, above: LineChange, below: LineChange) -> bool:
        first, second = above.statements[-1], below.statements[0]
        if first.end_lineno is None or second.lineno != first.end_lineno + 1 or first.col_offset != second.col_offset:
            return False
        start, end = self.module.span(above.statements[0])[0], self.module.span(below.statements[-1])[1]
        if self.source.line_starts[second.lineno - 1] in self.breaks:
            return False
        return "#" not in self.source.text[start : self.source.line_end(end)]

    def _import_piece(self, run: Sequence[LineChange]) -> _Piece:
        statements = [statement for change in run for statement in change.statements]
        edits: List[AnyEdit] = [edit for change in run for edit in change.edits]
        start = self.module.span(statements[0])[0]
        end = self.source.line_end(self.module.span(statements[-1])[1])
        old = self.source.text[start:end]
        top = not self.source.indentation(start)
        have = self.have if top else set()
        known = frozenset(have)
        try:
            text = self._imports(run, old, start, have)
        except EditFailed as failure:
            failure.edit = failure.edit or edits[0]
            raise
        if not _code(text):
            self.gone.update(statements)

        def render(now: str) -> str:
            # Other edits may have changed the statements that share a line with the imports.
            return (text if now == old else self._imports(run, now, start, set(known))) or GONE

        return _Piece(start, end, _LINE_RANK, render, edits)

    def _imports(self, run: Sequence[LineChange], old: str, start: int, have: Set[str]) -> str:
        """The lines `old` with the changes of `run`, and the comments that still mean something."""

        def carry_out(lines: Sequence[Any]) -> List[Any]:
            if any(len(change.statements) != len(line.body) for change, line in zip(run, lines)):
                raise EditFailed("the statements beside an import were joined or split")
            return [new for change, line in zip(run, lines) for new in change.carry_out(line, have)]

        text = parse_run(old, self.source.indentation(start), self.source.newline, carry_out)
        own_line = self._opens_line(start)
        if not own_line:
            text = text.replace(self.source.newline, "; ")
        lost = _lost_comments(old, text)
        if not own_line:
            return "  ".join([*([text] if text else []), *lost])
        return (self.source.newline + self.source.indentation(start)).join([*lost, *([text] if text else [])])

    # -- what vanishes ---------------------------------------------------------------------------

    def _spread(self) -> None:
        """A folded statement vanishes if all statements that would take its place do."""
        before = -1
        while len(self.gone) != before:
            before = len(self.gone)
            for edit in self.plan.edits:
                if edit.lifts and all(one in self.gone or isinstance(one, ast.Pass) for one in edit.lifts):
                    self.gone.add(edit.node)  # type: ignore[arg-type]

    def _fill_empty_blocks(self, pieces: List[_Piece]) -> None:
        """Put ``pass`` where all statements of a block vanish."""
        for statement in list(self.gone):
            owner, _, block = self.module.block_of(statement)
            if isinstance(owner, ast.Module) or not all(one in self.gone for one in block):
                continue
            if statement is not block[0]:
                continue
            start = self.module.span(statement)[0]
            for piece in pieces:
                if piece.start == start and piece.rank in (_LINE_RANK, _RANK[Shape.BLOCK]):
                    piece.render = self._filled(piece.render, start)

    def _filled(self, render: Callable[[str], str], start: int) -> Callable[[str], str]:
        """`render`, with a ``pass`` below the comments that it leaves (before them, within a line)."""

        def filled(text: str) -> str:
            comments = render(text).replace(GONE, "")
            if not self._opens_line(start):
                return f"pass  {comments}".rstrip()
            lines = [*([comments] if comments else []), "pass"]
            return (self.source.newline + self.source.indentation(start)).join(lines)

        return filled


def _lost_comments(old: str, new: str) -> List[str]:
    """The comments of `old` that `new` doesn't have, but for those that only speak to linters."""
    if "#" not in old:
        return []
    kept = tokens(new)[0]
    return list(dict.fromkeys(one for one in tokens(old)[0].elements() if not kept[one] and not PRAGMA.match(one)))


def _as_it_is(transform: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return transform


def _code(text: str) -> str:
    """`text` without the lines that are only comments."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")).strip()


def _without_pass(text: str) -> str:
    """What is left of a block that does nothing: its comments."""
    return "".join(line for line in text.splitlines(keepends=True) if line.strip() != "pass").rstrip("\r\n")


def _insertion(offset: int, text: str) -> _Piece:
    return _Piece(offset, offset, -1, lambda _: text, [])


def block_span(module: Module, statement: ast.stmt) -> Span:
    """The lines of a statement, with its decorators and the comment lines below that are indented like its body."""
    source = module.source
    start, end = module.full_span(statement)
    text, indent = source.text, len(source.indentation(start))
    end = here = source.line_end(end)
    while here < len(text):
        begin = source.after_newline(here)
        if begin == here:
            break
        here = source.line_end(begin)
        line = text[begin:here]
        bare = line.strip()
        if bare and not (bare.startswith("#") and len(line) - len(line.lstrip()) > indent):
            break
        if bare:
            end = here
    return start, end


def header_span(module: Module, node: ast.AST) -> Span:
    """From the first decorator (or the keyword) to the colon, and the comment behind it if it ends the line."""
    start = module.full_span(node)[0]  # type: ignore[arg-type]
    body: List[ast.stmt] = node.body  # type: ignore[attr-defined]
    first = module.span(body[0])[0]
    text = module.source.text
    from codemods.fragments import colon

    end = start + colon(text[start:first])
    rest = text[end : module.source.line_end(end)]
    return start, end + len(rest.rstrip()) if rest.strip().startswith("#") else end


def _nest(pieces: List[_Piece]) -> List[_Piece]:
    """Pieces as trees, by containment.

    :raises EditFailed: if two pieces overlap without one containing the other.
    """
    roots: List[_Piece] = []
    around: List[_Piece] = []
    for piece in sorted(pieces, key=lambda one: one.key if one.start != one.end else (one.start, -(10**12), -1)):
        while around and around[-1].end <= piece.start and not (around[-1].end == piece.end == piece.start):
            around.pop()
        if around and piece.end > around[-1].end:
            edit = next((one for one in piece.edits if isinstance(one, Edit)), None)
            raise EditFailed("it overlaps with another edit", edit)
        (around[-1].inner if around else roots).append(piece)
        if piece.start != piece.end:
            around.append(piece)
    return roots


def _all_edits(piece: _Piece) -> List[AnyEdit]:
    found = list(piece.edits)
    for one in piece.inner:
        found += _all_edits(one)
    return found


def _splice(text: str, start: int, end: int, replacements: Sequence[Replacement]) -> str:
    parts = []
    here = start
    for one in replacements:
        parts += [text[here : one.start], one.text]
        here = one.end
    return "".join([*parts, text[here:end]])


def rewrite(module: Module, plan: Plan) -> Rewritten:
    """Carry out `plan`.

    :raises RoundTripError: if LibCST doesn't reproduce a piece that it's given.
    :raises EditFailed: if an edit can't be carried out; it names the edit.
    """
    return _Rewriter(module, plan).run()


def first_line(module: Module, edit: Optional[Edit]) -> int:
    """The line of an edit, for a message."""
    return module.source.position(module.span(edit.node)[0])[0] if edit is not None else 0
