"""Comments, docstrings and strings, and what asyncio calls the things that they name by tornado's dotted names."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING, Iterator, List, Match, NamedTuple, Optional

from codemods.todo import MARKER

if TYPE_CHECKING:
    from codemods.index.module import Module, Span

_ASYNCIO = {
    "concurrent.Future": "Future",
    "concurrent.TracebackFuture": "Future",
    "gen.Future": "Future",
    "gen.TimeoutError": "TimeoutError",
    "gen.sleep": "sleep",
    "gen.with_timeout": "wait_for",
    "ioloop.IOLoop": "AbstractEventLoop",
    "ioloop.IOLoop.call_at": "loop.call_at",
    "ioloop.IOLoop.call_later": "loop.call_later",
    "ioloop.IOLoop.close": "loop.close",
    "ioloop.IOLoop.current": "get_event_loop",
    "ioloop.IOLoop.instance": "get_event_loop",
    "ioloop.IOLoop.run_sync": "loop.run_until_complete",
    "ioloop.IOLoop.start": "loop.run_forever",
    "ioloop.IOLoop.stop": "loop.stop",
    "ioloop.TimeoutError": "TimeoutError",
    **{f"locks.{name}": name for name in ("Condition", "Event", "Lock", "Semaphore")},
    **{f"queues.{name}": name for name in ("LifoQueue", "PriorityQueue", "Queue", "QueueEmpty", "QueueFull")},
}
BECOMES = {
    **{f"tornado.{old}": f"asyncio.{new}" for old, new in _ASYNCIO.items()},
    "tornado.ioloop.PeriodicCallback": "plumpy_compat.aio.PeriodicCallback",
    "tornado.testing.AsyncTestCase": "unittest.IsolatedAsyncioTestCase",
}
"""What text says for a name of tornado's."""

NAME = re.compile(r"(?<![\w.])tornado(?:\.[A-Za-z_]\w*)+")
_TYPE = re.compile(r"#[ \t]*type:")
_TORNADO = re.compile(r"tornado", re.IGNORECASE)
_WORDS = re.compile(r"[Tt]ornado|gen\.|run_sync|IOLoop|yield")
_SPOKEN = re.compile(r"\btornado\b(?![ \t]*[<>=!~.\[(])", re.IGNORECASE)
_COMMENT = re.compile(rf"#[^\n]*?(?:{_WORDS.pattern})")


class Text(NamedTuple):
    """A comment or a docstring."""

    span: Span
    node: Optional[ast.Constant]

    @property
    def is_comment(self) -> bool:
        return self.node is None


def texts(module: Module) -> List[Text]:
    """The comments (without types and our own markers) and docstrings that may be of interest, in source order."""
    if "texts" not in module.cache:
        module.cache["texts"] = sorted([*_comments(module), *_docstrings(module)], key=lambda one: one.span)
    found: List[Text] = module.cache["texts"]
    return [one for one in found if not any(first <= one.span[0] < last for first, last in module.dead)]


def _comments(module: Module) -> Iterator[Text]:
    source = module.source
    if not _COMMENT.search(source.text):
        return
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source.text, newline="").readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        if token.type == tokenize.COMMENT and not _TYPE.match(token.string) and not MARKER.match(token.string):
            start = source.line_starts[token.start[0] - 1] + token.start[1]
            yield Text((start, start + len(token.string)), None)


def _docstrings(module: Module) -> Iterator[Text]:
    source = module.source
    lines = {source.position(match.start())[0] for match in _WORDS.finditer(source.text)}
    for node in module.across(lines):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield Text(module.span(value), value)


def prose(module: Module) -> Iterator[Text]:
    """The strings that speak of tornado and aren't docstrings; names and requirements are no prose."""
    source = module.source
    lines = {source.position(match.start())[0] for match in _SPOKEN.finditer(source.text)}
    for node in module.across(lines) if lines else ():
        if not _speaks(node) or module.is_dead(node):
            continue
        if not isinstance(module.parent(node), (ast.Expr, ast.JoinedStr)):
            yield Text(module.span(node), None)


def _speaks(node: ast.AST) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(_SPOKEN.search(one) and len(one.split()) > 2 for one in texts)


def names(module: Module, text: Text) -> Iterator[Match[str]]:
    """The names of tornado's in a text that are asyncio's names now: not where the line speaks of tornado besides."""
    for match in NAME.finditer(module.source.text, *text.span):
        line = module.source.line_text(module.source.position(match.start())[0])
        if match.group() in BECOMES and not _TORNADO.search(without_names(line)):
            yield match


def without_names(line: str) -> str:
    """A line without the names of tornado's that have another name now."""
    return NAME.sub(lambda match: "" if match.group() in BECOMES else match.group(), line)
