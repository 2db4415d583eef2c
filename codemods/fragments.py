"""Pieces of source in LibCST's hands: parse, check the round trip, transform, and give back text."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from functools import lru_cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, Callable, Counter as CounterType, List, Optional, Tuple

from codemods.edits import Constant
from codemods.lazy import cst

if TYPE_CHECKING:
    from codemods.plan import AnyEdit

Transform = Callable[[Any], Any]


class EditFailed(Exception):
    """An edit can't be carried out; the place is left to a human."""

    def __init__(self, reason: str, edit: Optional[AnyEdit] = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.edit = edit


class RoundTripError(Exception):
    """LibCST doesn't give a piece of source back as it was given.

    LibCST 1.0 to 1.9 have known cases; no edit of such a piece can be trusted.
    """


def _parsed(parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except (cst.ParserSyntaxError, RecursionError) as error:
        raise EditFailed(f"LibCST can't parse it ({type(error).__name__})") from None


@lru_cache(maxsize=None)
def _for_newline(newline: str) -> Tuple[Any, Any]:
    """LibCST's configuration and an empty module, for files with the given newline."""
    return cst.PartialParserConfig(default_newline=newline), cst.Module(body=[], default_newline=newline)


@lru_cache(maxsize=512)
def _expression(text: str, newline: str) -> Tuple[Any, Any]:
    """An expression, and the module that writes it; nodes never change, so that equal texts can share them."""
    config, module = _for_newline(newline)
    wrapped = f"({text})"
    node = _parsed(lambda: cst.parse_expression(wrapped, config))
    if module.code_for_node(node) != wrapped:
        raise RoundTripError(text)
    return node, module


@lru_cache(maxsize=256)
def _module(wrapped: str) -> Any:
    """Statements as a module; the imports at the heads of files are often the same."""
    module = _parsed(lambda: cst.parse_module(wrapped))
    if module.code != wrapped:
        raise RoundTripError(wrapped)
    return module


def parse_expression(text: str, _indent: str, newline: str, transform: Transform) -> str:
    """Transform an expression.

    The parentheses that it's parsed in let it span lines as it does in its file.
    """
    # Files say the same thing over and over; what has no state of its own always makes the same of it.
    plain = isinstance(transform, FunctionType) and transform.__closure__ is None
    stateless = plain or isinstance(transform, Constant)
    return (_remembered if stateless else _transformed)(text, newline, transform)


def _transformed(text: str, newline: str, transform: Transform) -> str:
    node, module = _expression(text, newline)
    code: str = module.code_for_node(transform(node.with_changes(lpar=node.lpar[1:], rpar=node.rpar[:-1])))
    return f"({code})" if "\n" in code and _stands_alone(text) and not _stands_alone(code) else code


_remembered = lru_cache(maxsize=2048)(_transformed)


def _stands_alone(code: str) -> bool:
    """Whether an expression needs no parentheses around it to span its lines."""
    try:
        ast.parse(code, mode="eval")
    except SyntaxError:
        return False
    return True


def one_line(transform: Transform) -> Transform:
    """`transform` of a statement that shares its line with others, so that what comes of it must as well."""

    def joined(statement: Any) -> List[Any]:
        lines = list(transform(statement))
        if len(lines) < 2:
            return lines
        if any(not isinstance(line, cst.SimpleStatementLine) for line in lines):
            raise EditFailed("it shares its line with other statements")
        body = [small for line in lines for small in line.body]
        semicolon = cst.Semicolon(whitespace_after=cst.SimpleWhitespace(" "))
        body[:-1] = [small.with_changes(semicolon=semicolon) for small in body[:-1]]
        return [lines[-1].with_changes(body=body, leading_lines=())]

    return joined


def parse_statements(text: str, indent: str, newline: str, transform: Transform) -> str:
    """Transform a statement (or a logical line) into any number of statements; none gives an empty text."""

    def change(body: Any) -> Any:
        if len(body) != 1:
            raise EditFailed("it isn't one statement")
        return transform(body[0])

    return parse_run(text, indent, newline, change)


def parse_run(text: str, indent: str, newline: str, transform: Transform) -> str:
    """Transform the list of some consecutive statements into any number of statements."""
    prefix = f"if 1:{newline}" if indent else ""
    wrapped = f"{prefix}{indent}{text}{newline}"
    try:
        module = _module(wrapped)
    except RoundTripError:
        raise RoundTripError(text) from None
    new = list(transform(module.body[0].body.body if indent else module.body))
    if not new:
        return ""
    if indent:
        block = module.body[0].with_changes(body=module.body[0].body.with_changes(body=new))
        code = module.with_changes(body=[block]).code[len(prefix) :]
    else:
        code = module.with_changes(body=new).code
    return _without_newline(code[len(indent) :] if code.startswith(indent) else code)


def parse_header(text: str, indent: str, newline: str, transform: Transform) -> str:
    """Transform the header of a class or function; its body is a ``pass`` that comes and goes."""
    stub = f"{newline}{indent}    pass"

    def change(node: Any) -> List[Any]:
        return [transform(node)]

    code = parse_statements(text + stub, indent, newline, change)
    if not code.endswith(stub):
        raise EditFailed("its header can't be told from its body")
    return code[: -len(stub)]


def _without_newline(code: str) -> str:
    return re.sub(r"(?:\r\n?|\n)\Z", "", code)


def line_starts(text: str) -> List[int]:
    """The offset of each line, as Python's own tokenizer counts lines."""
    return [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]


def colon(text: str) -> int:
    """The offset behind the colon that ends the header with which `text` begins."""
    starts = line_starts(text)
    depth = 0
    decorating = False
    fresh = True
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            if token.type == tokenize.NEWLINE:
                decorating, fresh = False, True
            continue
        if fresh:
            decorating, fresh = token.string == "@", False
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and not depth and not decorating:
                return starts[token.end[0] - 1] + token.end[1]
    raise EditFailed("its colon can't be found")


def tokens(text: str) -> Tuple[CounterType[str], CounterType[str]]:
    """The comments and the values of the string literals in a piece of source.

    Inside parentheses any balanced piece is a sequence of tokens, whatever its indentation.
    """
    comments: CounterType[str] = Counter()
    strings: CounterType[str] = Counter()
    for kind, string, _ in offsets(text):
        if kind == tokenize.COMMENT:
            comments[string.rstrip()] += 1
        else:
            strings[_value(string)] += 1
    return comments, strings


def offsets(text: str) -> List[Tuple[int, str, int]]:
    """The comment and string tokens of a piece of source: type, text and offset."""
    starts = line_starts(text)
    found = []
    wanted = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1)}
    reader = io.StringIO(f"({text}\n)", newline="").readline
    for token in tokenize.generate_tokens(reader):
        if token.type in wanted:
            line, column = token.start
            kind = tokenize.COMMENT if token.type == tokenize.COMMENT else tokenize.STRING
            found.append((kind, token.string, starts[line - 1] + column - (line == 1)))
    return found


def _value(string: str) -> str:
    try:
        return repr(ast.literal_eval(string))
    except (ValueError, SyntaxError):
        return string
