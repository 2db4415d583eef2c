"""Edit import statements: drop and replace names in place, add what the edits need, where it belongs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from codemods.edits import ImportEdit, NewImport
from codemods.lazy import cst
from codemods.stdlib import EVER_STDLIB

if TYPE_CHECKING:
    from codemods.index.module import ImportStatement, Module

PRAGMA = re.compile(
    r"#\s*(pylint|noqa|isort|type:|pragma|flake8|nosec|yapf|fmt|pyright|mypy)\b|#\s*NOQA", re.IGNORECASE
)
"""Comments that speak to a tool about the statement they stand on; they go with it."""


def code(new: NewImport) -> str:
    """The import statement's source."""
    renamed = f" as {new.alias}" if new.alias else ""
    return f"from {new.module} import {new.name}{renamed}" if new.name else f"import {new.module}{renamed}"


def merged(news: Iterable[NewImport]) -> List[str]:
    """Import statements, those from one module joined, each once, in the order given."""
    lines: Dict[Tuple[str, str], List[str]] = {}
    for new in news:
        renamed = f" as {new.alias}" if new.alias else ""
        key = (new.module, "from") if new.name else (f"{new.module}{renamed}", "import")
        names = lines.setdefault(key, [])
        if new.name and new.name + renamed not in names:
            names.append(new.name + renamed)
    return [f"from {key} import {', '.join(names)}" if names else f"import {key}" for (key, _), names in lines.items()]


# -- names that go or change their home ----------------------------------------------------------


class LineChange(NamedTuple):
    """The import edits of one logical line.

    :param statements: the simple statements of the line; `edits` belong to some of them.
    """

    statements: Sequence[ast.stmt]
    edits: Sequence[ImportEdit]

    def carry_out(self, line: Any, have: Set[str]) -> List[Any]:
        """The statement lines that take the place of `line` (a LibCST ``SimpleStatementLine``).

        :param have: import statements (their code) that needn't be written again; grows.
        """
        drop: Dict[int, Set[int]] = {}
        news: List[NewImport] = []
        for edit in self.edits:
            names: List[ast.alias] = edit.imported.statement.names
            place = next(i for i, one in enumerate(self.statements) if one is edit.imported.statement)
            drop.setdefault(place, set()).add(names.index(edit.imported.alias))
            news += [new for new in edit.becomes if code(new) not in have]
            have.update(code(new) for new in edit.becomes)
        body = [_without(small, drop.get(place, set())) for place, small in enumerate(line.body)]
        kept = [small for small in body if small is not None]
        lines = [cst.parse_statement(text + "\n") for text in merged(news)]
        if not kept:
            return _with_trailing(lines, line)
        kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        line = line.with_changes(body=kept)
        only_imports = all(isinstance(small, (cst.Import, cst.ImportFrom)) for small in kept)
        return [line, *lines] if only_imports else [*lines, line]


def _with_trailing(lines: List[Any], line: Any) -> List[Any]:
    """`lines`, with the trailing comment of the line they replace, if it's still of use."""
    comment = line.trailing_whitespace.comment
    if len(lines) == 1 and comment is not None and not re.search(r"redefined-builtin", comment.value):
        lines[0] = lines[0].with_changes(trailing_whitespace=line.trailing_whitespace)
    return lines


def _without(small: Any, drop: Set[int]) -> Optional[Any]:
    """An import without the names at the indices `drop`; ``None`` if none is left."""
    if not drop:
        return small
    if isinstance(small.names, cst.ImportStar):
        return None
    names = [alias for index, alias in enumerate(small.names) if index not in drop]
    if not names:
        return None
    names[-1] = names[-1].with_changes(comma=closing_comma(names[-1], small.names[-1]))
    return small.with_changes(names=names)


def closing_comma(last: Any, gone: Any) -> Any:
    """The comma of the item that is the last one now: that of the item that was, behind its own comments."""
    own, other = (getattr(one.comma, "whitespace_after", None) for one in (last, gone))
    wide = cst.ParenthesizedWhitespace
    if last is gone or not isinstance(own, wide) or not isinstance(other, wide):
        return gone.comma
    blank = [*own.empty_lines, *other.empty_lines]
    if own.first_line.comment is None and not own.empty_lines:
        return gone.comma
    both = own.with_changes(empty_lines=blank, indent=other.indent, last_line=other.last_line)
    return gone.comma.with_changes(whitespace_after=both)


def line_changes(module: Module, edits: Iterable[ImportEdit]) -> List[LineChange]:
    """Import edits grouped by the logical line they stand on."""
    lines: Dict[ast.stmt, Tuple[List[ast.stmt], List[ImportEdit]]] = {}
    for edit in edits:
        group = same_line(module, edit.imported.statement)
        lines.setdefault(group[0], (group, []))[1].append(edit)
    return [LineChange(*entry) for entry in lines.values()]


def same_line(module: Module, statement: ast.stmt) -> List[ast.stmt]:
    """The simple statements that share a logical line with `statement`, through semicolons."""
    block = module.block_of(statement)[2]
    first = last = next(index for index, one in enumerate(block) if one is statement)
    while first and block[first - 1].end_lineno == block[first].lineno:
        first -= 1
    while last + 1 < len(block) and block[last].end_lineno == block[last + 1].lineno:
        last += 1
    return block[first : last + 1]


# -- imports that are added ------------------------------------------------------------------------


class Insertion(NamedTuple):
    """Text to put in at an offset of the file's text."""

    offset: int
    text: str


def existing(module: Module, leaving: Set[ast.alias]) -> Set[str]:
    """The code of each import at the module's top that stays."""
    have = set()
    for one in module.imports:
        if one.top and one.alias not in leaving and not module.is_dead(one.statement):
            if isinstance(one.statement, ast.Import):
                have.add(code(NewImport(one.alias.name, None, one.alias.asname)))
            else:
                base = module.absolute(one.statement.module, one.statement.level)
                have.add(code(NewImport(base, one.alias.name, one.alias.asname)))
    return have


def insertions(module: Module, needs: Iterable[NewImport], leaving: Set[ast.alias]) -> List[Insertion]:
    """Where each needed import goes: sorted into the file's group of standard library imports."""
    lines: Dict[int, List[str]] = {}
    for text in sorted(merged(needs), key=lambda one: (one.startswith("from "), one)):
        lines.setdefault(_place(module, text, leaving), []).append(text)
    return [Insertion(offset, _frame(module, offset, texts, leaving)) for offset, texts in lines.items()]


def _leading_imports(module: Module) -> List[ImportStatement]:
    """The imports at the head of the module, without those from `__future__`."""
    found: List[ImportStatement] = []
    for statement in _after_docstring(module):
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            break
        if not is_future(statement):
            found.append(statement)
    return found


def _after_docstring(module: Module) -> List[ast.stmt]:
    body = module.tree.body
    return body[1:] if ast.get_docstring(module.tree, clean=False) is not None else body


def is_future(statement: ast.stmt) -> bool:
    """Whether the statement is ``from __future__ import …``."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__" and not statement.level


def _home(statement: ImportStatement) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def _place(module: Module, text: str, leaving: Set[ast.alias]) -> int:
    """The offset of the line before which the import `text` goes."""
    new = ast.parse(text).body[0]
    assert isinstance(new, (ast.Import, ast.ImportFrom))
    staying = _staying(module, leaving)
    standard = [one for one in staying if _is_standard(one) == _is_standard(new) and not _home(one).startswith(".")]
    if not standard and not _is_standard(new):
        gone = [one for one in _leading_imports(module) if one not in staying and not _is_standard(one)]
        if any(not _home(one).startswith(".") for one in gone):
            return _line_start(module, [one for one in gone if not _home(one).startswith(".")][-1])
    if not standard:
        return _head(module) if _is_standard(new) or not staying else _behind(module, staying[-1])
    alike = [one for one in standard if type(one) is type(new)]
    for one in alike:
        if _home(one) > _home(new):
            return _line_start(module, one)
    if alike:
        return _behind(module, alike[-1])
    return _line_start(module, standard[0]) if isinstance(new, ast.Import) else _behind(module, standard[-1])


def _staying(module: Module, leaving: Set[ast.alias]) -> List[ImportStatement]:
    """The leading imports of which something stays."""
    return [one for one in _leading_imports(module) if any(alias not in leaving for alias in one.names)]


def _is_standard(statement: ImportStatement) -> bool:
    return _home(statement).split(".")[0] in EVER_STDLIB


def _line_start(module: Module, statement: ast.stmt) -> int:
    return module.source.line_starts[same_line(module, statement)[0].lineno - 1]


def _behind(module: Module, statement: ast.stmt) -> int:
    end = module.span(same_line(module, statement)[-1])[1]
    return module.source.after_newline(module.source.line_end(end))


def _head(module: Module) -> int:
    """Where the first import goes in a module without standard library imports."""
    future = [one for one in module.tree.body if is_future(one)]
    leading = _leading_imports(module)
    if leading and not (future and same_line(module, leading[0])[0] in future):
        return _line_start(module, leading[0])
    if future:
        return _behind(module, future[-1])
    rest = _after_docstring(module)
    if len(rest) < len(module.tree.body):
        return _behind(module, module.tree.body[0])
    return _above(module, rest[0])


def _above(module: Module, statement: ast.stmt) -> int:
    """The offset of the line above which nothing belongs to `statement`; the file's own head stays above."""
    source = module.source
    line = first = source.position(module.full_span(statement)[0])[0]
    while line > 1 and source.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
    return source.line_starts[(line if line > 1 else first) - 1]


def _frame(module: Module, offset: int, texts: List[str], leaving: Set[ast.alias]) -> str:
    """The lines of `texts`, with blank lines around them where they make up a group of their own."""
    newline = module.source.newline
    lines = newline.join(texts) + newline
    text = module.source.text
    if offset and text[offset - 1] not in "\r\n":
        lines = newline + lines
    if any(_is_standard(one) for one in _staying(module, leaving)):
        return lines
    follows = text[offset:].lstrip(" \t\f")
    if follows and follows[0] not in "\r\n":
        lines += newline
    if offset and _ends_above(module, offset, leaving):
        lines = newline + lines
    return lines


def _ends_above(module: Module, offset: int, leaving: Set[ast.alias]) -> bool:
    """Whether the docstring, or an import from `__future__` that stays, ends at `offset`."""
    body = module.tree.body
    heads = body[:1] if ast.get_docstring(module.tree, clean=False) is not None else []
    for one in body:
        if isinstance(one, ast.ImportFrom) and is_future(one) and any(alias not in leaving for alias in one.names):
            heads.append(one)
    return any(_behind(module, one) == offset for one in heads)
