"""Join the making of a namespace with the plain stores that follow it: ``ns = NS(); ns.a = 1`` to ``ns = NS(a=1)``."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Iterator, List, Sequence

from codemods.fragments import EditFailed
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst

if TYPE_CHECKING:
    from codemods.index.module import Module

LINE_LENGTH = 88
_GAP = re.compile(r"[ \t\f\r\n;]*")
_CONTINUED = re.compile(r"\\[\r\n]")
_MAY_FAIL = (ast.Attribute, ast.BinOp, ast.Call, ast.Compare, ast.JoinedStr, ast.Starred, ast.Subscript, ast.UnaryOp)
_NEVER = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


def foldable(module: Module, made: ast.Assign) -> List[ast.Assign]:
    """The stores that can become keywords of the call in `made`, in order."""
    target = made.targets[0]
    careful = _seen_meanwhile(module, target) or _failure_is_caught(module, made)
    block = module.block_of(made)[2]
    index = next(place for place, one in enumerate(block) if one is made)
    stores: List[ast.Assign] = []
    taken = set()
    for statement in block[index + 1 :]:
        if not _is_store(statement, target):
            break
        assert isinstance(statement, ast.Assign)
        name = getattr(statement.targets[0], "attr", "")
        if _has_comment(module, (stores or [made])[-1], statement):
            # Some keywords and some stores with comments in between would be neither fish nor fowl.
            return []
        if name in taken or name.startswith("__") or not _can_move(statement.value, target, careful):
            break
        if _CONTINUED.search(module.text(statement.value)):
            break
        taken.add(name)
        stores.append(statement)
    return stores


def _is_store(statement: ast.stmt, target: ast.expr) -> bool:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    attribute = statement.targets[0]
    return isinstance(attribute, ast.Attribute) and _same(attribute.value, target)


def _same(one: ast.expr, other: ast.expr) -> bool:
    """Whether two names, or attributes of names, are spelt alike."""
    if isinstance(one, ast.Name) and isinstance(other, ast.Name):
        return one.id == other.id
    if isinstance(one, ast.Attribute) and isinstance(other, ast.Attribute):
        return one.attr == other.attr and _same(one.value, other.value)
    return False


def _has_comment(module: Module, last: ast.stmt, statement: ast.stmt) -> bool:
    """Whether anything but white space and semicolons stands between the statements, or a comment behind the second."""
    text = module.source.text
    start, end = module.span(statement)
    if not _GAP.fullmatch(text[module.span(last)[1] : start]):
        return True
    return text[end : module.source.line_end(end)].lstrip().startswith("#")


def _seen_meanwhile(module: Module, target: ast.expr) -> bool:
    """Whether other code may look at the namespace while its attributes are stored."""
    if not isinstance(target, ast.Name):
        return True
    scope = module.scope_of(target).lookup(target.id)
    if scope is None or scope.kind != "function":
        return True
    return any(where is not scope and where.lookup(target.id) is scope for _, where in module.loads(target.id))


def _failure_is_caught(module: Module, made: ast.stmt) -> bool:
    """Whether code behind a ``try`` may find the namespace half filled."""
    for above in module.parents(made):
        if isinstance(above, (*FUNCTIONS, ast.ClassDef)):
            return False
        if type(above).__name__ in ("Try", "TryStar", "With", "AsyncWith"):
            return True
    return False


def _can_move(value: ast.expr, target: ast.expr, careful: bool) -> bool:
    """Whether nobody notices that `value` is found before the namespace is there."""
    mine = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
    for node in ast.walk(value):
        if isinstance(node, _NEVER) or (careful and isinstance(node, _MAY_FAIL)):
            return False
        if (isinstance(node, ast.Name) and node.id == mine) or (isinstance(node, ast.Attribute) and node.attr == mine):
            return False
    return True


class Join:
    """The LibCST side: joins the statement lines of a run, and puts comments above it.

    :param stores: the number of stores behind the first statement.
    :param comments: lines of text to put above, as comments.
    :param indent: the indentation of the run.
    """

    def __init__(self, stores: int, comments: Sequence[str], indent: str) -> None:
        self.stores = stores
        self.comments = comments
        self.indent = indent

    def __call__(self, lines: Sequence[Any]) -> List[Any]:
        first = lines[0]
        if self.stores:
            smalls = list(_smalls(lines))
            if len(smalls) != self.stores + 1:
                raise EditFailed("another edit changes the stores")
            assign = self._joined(smalls[0], smalls[1:]).with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
            first = first.with_changes(body=[assign], trailing_whitespace=lines[-1].trailing_whitespace)
        elif len(lines) != 1:
            raise EditFailed("another edit changes the statement")
        above = [cst.EmptyLine(comment=cst.Comment(f"# {line}".rstrip())) for line in self.comments]
        return [first.with_changes(leading_lines=[*first.leading_lines, *above])]

    def _joined(self, assign: Any, stores: Sequence[Any]) -> Any:
        call = assign.value
        args = [_keyword(store.targets[0].target.attr, store.value) for store in stores]
        short = assign.with_changes(value=call.with_changes(args=args))
        if self._fits(short):
            return short
        unit = "\t" if "\t" in self.indent else "    "
        inner = _line_break(unit)
        args = [arg.with_changes(comma=cst.Comma(whitespace_after=inner)) for arg in args]
        args[-1] = args[-1].with_changes(comma=cst.Comma(whitespace_after=_line_break("")))
        return assign.with_changes(value=call.with_changes(args=args, whitespace_before_args=inner))

    def _fits(self, assign: Any) -> bool:
        """Whether the call ends on the line that it begins on; it may begin on a continuation line."""
        code = cst.Module(body=[])
        value, whole = code.code_for_node(assign.value), self.indent + code.code_for_node(assign)
        return len(value.splitlines()) == 1 and len(whole.splitlines()[-1]) <= LINE_LENGTH


def _smalls(lines: Sequence[Any]) -> Iterator[Any]:
    for line in lines:
        if not isinstance(line, cst.SimpleStatementLine):
            raise EditFailed("another edit changes the stores")
        for small in line.body:
            if not isinstance(small, cst.Assign):
                raise EditFailed("another edit changes the stores")
            yield small


def _keyword(name: Any, value: Any) -> Any:
    if isinstance(value, cst.Tuple) and not value.lpar:
        value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    bare = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))
    return cst.Arg(keyword=cst.Name(name.value), value=value, equal=bare)


def _line_break(indent: str) -> Any:
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))
