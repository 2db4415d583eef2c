"""What rules yield: edits of the source, each with the LibCST function that carries it out."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, Optional, Tuple

from codemods.lazy import cst

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Span


class Shape(Enum):
    """The piece of source that an edit hands to LibCST, and what its transform gets and gives back."""

    EXPRESSION = "expression"
    """An expression, without the parentheses around it; gives an expression."""
    STATEMENT = "statement"
    """A simple statement; gets a ``SimpleStatementLine`` with it alone, gives a list of statement lines."""
    HEADER = "header"
    """A class or function up to its colon, with decorators; gets it with the body ``pass``, gives it back."""
    BLOCK = "block"
    """A whole compound statement; gives the list of statements in its place."""
    RUN = "run"
    """Consecutive simple statements, from `Edit.node` to `Edit.until`; gets and gives a list of statement lines."""


@dataclass(frozen=True)
class Constant:
    """The transform that puts the same expression in the place of any other."""

    code: str

    def __call__(self, _: Any) -> Any:
        return cst.parse_expression(self.code)


@dataclass(frozen=True)
class NewImport:
    """An import that the result needs: ``import module [as alias]`` or ``from module import name [as alias]``."""

    module: str
    name: Optional[str] = None
    alias: Optional[str] = None


@dataclass(frozen=True, eq=False)
class Edit:
    """An edit of the source.

    :param rule: the code of the rule.
    :param node: the `ast` node whose source is handed to `transform`.
    :param message: what is rewritten, for the report.
    :param settles: loads of imported names that are gone afterwards; an import whose loads are all
        settled can go too.
    :param needs: imports that the result uses.
    :param dead: spans of the source that vanish; nothing in them is planned or must survive.
    :param at: the node that the report points at, if it isn't `node`.
    :param replaces_strings: whether string literals are deliberately replaced or dropped.
    :param empties: whether nothing is left in the statement's place.
    :param until: the last statement of a run.
    :param inert: whether no rule can find anything new to do because of it, and no other file is concerned.
    :param lifts: the statements that take the place of a block; if all of them vanish, so does it.
    """

    rule: str
    node: ast.AST
    shape: Shape
    transform: Callable[[Any], Any]
    message: str
    settles: Tuple[ast.AST, ...] = ()
    needs: Tuple[NewImport, ...] = ()
    dead: Tuple[Span, ...] = ()
    at: Optional[ast.AST] = None
    replaces_strings: bool = False
    empties: bool = False
    until: Optional[ast.stmt] = None
    lifts: Tuple[ast.stmt, ...] = ()
    inert: bool = False


@dataclass(frozen=True, eq=False)
class ImportEdit:
    """An imported name that is no longer imported, or is imported from somewhere else.

    Edits of one import statement are carried out together.

    :param becomes: what is imported in its place.
    :param inert: whether no rule can find anything new to do because of it: nobody looks the name up.
    """

    rule: str
    imported: ImportedName
    message: str
    becomes: Tuple[NewImport, ...] = ()
    inert: bool = False


@dataclass(frozen=True, eq=False)
class TextEdit:
    """A replacement inside of a comment or a string literal, which has no finer node.

    :param span: the offsets of what is replaced.
    :param removes: whether a comment vanishes on purpose.
    :param needs: imports that the result uses.
    """

    rule: str
    span: Span
    text: str
    message: str
    removes: bool = False
    needs: Tuple[NewImport, ...] = ()
