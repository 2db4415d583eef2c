"""Mark in the source what is left to a human: a comment above each statement that a rule left.

    # TODO(plumpy-migrate TOR305): `f` may run in another thread
    loop.add_callback(f)

A marker stays until its rule has nothing more to say about that statement; then a run with ``--todo`` takes it out.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import AbstractSet, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from codemods.findings import Finding, Outcome
from codemods.source import Source, SourceError

MARKER = re.compile(r"# TODO\(plumpy-migrate ([A-Z]{2,3}\d{3})\): ")
_LINES = re.compile(r"\b(lines? )(\d+(?:, \d+)*)")


def mark(data: bytes, left: List[Finding], rules: AbstractSet[str]) -> Tuple[bytes, List[Finding]]:
    """The file with its markers, and the findings with their lines in it.

    :param left: what is to be said about the file; places of `Outcome.LEFT` are marked.
    :param rules: the codes of the rules that were run; markers of others stay.
    """
    try:
        source = Source(data)
        changes = _Marks(source, rules).changes(left)
        if not changes.any:
            return data, left
        text = changes.carry_out(source)
        if ast.dump(ast.parse(text)) != ast.dump(ast.parse(source.text)):
            return data, left
        return source.encode(text), [replace(one, line=changes.shifted(one.line)) for one in left]
    except (SourceError, SyntaxError, tokenize.TokenError, ValueError, RecursionError):
        # A file that was read so far is as good without markers.
        return data, left


class _Changes(NamedTuple):
    """What to do to the lines of a file, all by their numbers.

    :param gone: markers to take out.
    :param new: what to put above lines: the rule and its message for each.
    """

    gone: List[int]
    new: Dict[int, Dict[str, str]]

    @property
    def any(self) -> bool:
        return bool(self.gone or self.new)

    def shifted(self, line: int) -> int:
        """The new number of a line."""
        above = sum(len(messages) for at, messages in self.new.items() if at <= line)
        return line + above - bisect_left(self.gone, line)

    def carry_out(self, source: Source) -> str:
        lines = []
        starts = [*source.line_starts, len(source.text)]
        for line in range(1, len(starts)):
            indent = source.indentation(_first(source, line))
            for rule, message in self.new.get(line, {}).items():
                lines.append(f"{indent}# TODO(plumpy-migrate {rule}): {self._text(source, message)}{source.newline}")
            if line not in self.gone:
                lines.append(source.text[starts[line - 1] : starts[line]])
        return "".join(lines)

    def _text(self, source: Source, message: str) -> str:
        """A message on one line, in the file's encoding, with the lines that it names where they'll be."""

        def moved(match: re.Match[str]) -> str:
            return match.group(1) + ", ".join(str(self.shifted(int(one))) for one in match.group(2).split(", "))

        text = " ".join(_LINES.sub(moved, message).split())
        return text.encode(source.encoding, "replace").decode(source.encoding)


class _Marks:
    """The markers of a file, and the statements that they can stand above."""

    def __init__(self, source: Source, rules: AbstractSet[str]) -> None:
        self.source = source
        self.rules = rules
        self.logical: List[int] = []
        """The lines with which logical lines begin, in order."""
        self.comments: Set[int] = set()
        """The lines that are only a comment."""
        self._read()
        tree = ast.parse(source.text)
        self.statements = [one for node in ast.walk(tree) for one in self._statement(node)]
        self.starts = {one.first for one in self.statements if self._can_be_marked(one)}

    def _read(self) -> None:
        fresh = True
        skipped = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT)
        for token in tokenize.generate_tokens(io.StringIO(self.source.text, newline="").readline):
            if token.type == tokenize.COMMENT and fresh:
                self.comments.add(token.start[0])
            elif token.type == tokenize.NEWLINE:
                fresh = True
            elif fresh and token.type not in skipped:
                self.logical.append(token.start[0])
                fresh = False

    def _statement(self, node: ast.AST) -> Iterator[_Statement]:
        if isinstance(node, ast.stmt):
            start = self.source.offset(node.lineno, node.col_offset)
            decorators = getattr(node, "decorator_list", None)
            if decorators:
                first = self.source.offset(decorators[0].lineno, decorators[0].col_offset)
                start = self.source.text.rindex("@", 0, first)
            yield _Statement(self.source.position(start)[0], node.end_lineno or node.lineno, start)

    def _can_be_marked(self, one: _Statement) -> bool:
        """Whether it begins a logical line, and isn't the `elif` of another."""
        start = _first(self.source, one.first)
        return one.start == start and not re.match(r"elif\b", self.source.text[start:]) and self._begins(one.first)

    def _begins(self, line: int) -> bool:
        at = bisect_left(self.logical, line)
        return at < len(self.logical) and self.logical[at] == line

    def changes(self, left: Iterable[Finding]) -> _Changes:
        wanted: Dict[int, Dict[str, str]] = {}
        for one in left:
            place = self._place(one.line) if one.outcome is Outcome.LEFT else None
            if place is not None:
                wanted.setdefault(place, {}).setdefault(one.rule, one.message)
        gone = []
        for line, rule in self._markers():
            place = self._below(line)
            if rule in wanted.get(place, {}):
                del wanted[place][rule]
            elif rule in self.rules:
                gone.append(line)
        return _Changes(gone, {line: messages for line, messages in wanted.items() if messages})

    def _markers(self) -> Iterator[Tuple[int, str]]:
        for line in sorted(self.comments):
            match = MARKER.match(self.source.line_text(line).lstrip(" \t\f"))
            if match:
                yield line, match.group(1)

    def _below(self, line: int) -> int:
        """The line below the comments that `line` belongs to."""
        while line in self.comments:
            line += 1
        return line

    def _place(self, line: int) -> Optional[int]:
        """The line of the statement above which a marker for `line` goes."""
        at = bisect_right(self.logical, line)
        if not at:
            return None
        begin = self.logical[at - 1]
        around = [one.first for one in self.statements if one.first <= begin <= one.last and one.first in self.starts]
        return begin if begin in self.starts else (max(around) if around else None)


class _Statement(NamedTuple):
    """The lines of a statement with its decorators, and the offset at which it begins."""

    first: int
    last: int
    start: int


def _first(source: Source, line: int) -> int:
    """The offset of the first character of a line that isn't white space."""
    text = source.line_text(line)
    return source.line_starts[line - 1] + len(text) - len(text.lstrip(" \t\f"))
