"""Replace tornado's exceptions, and put handlers of timeouts before those of `OSError`.

Before::

    try:
        yield gen.with_timeout(limit, connected)
    except (IOError, OSError):
        retry()
    except gen.TimeoutError:
        give_up()

After::

    try:
        await aio.with_timeout(limit, connected)
    except asyncio.TimeoutError:
        give_up()
    except (IOError, OSError):
        retry()

`gen.TimeoutError`, `ioloop.TimeoutError` and `util.TimeoutError` become `asyncio.TimeoutError`; `queues.QueueEmpty` and
`queues.QueueFull` those of asyncio. From Python 3.11 on, `asyncio.TimeoutError` is an `OSError`, so a handler of that
which comes first would take it. Around `gen.with_timeout`, a handler of `OSError` without one of timeouts gets
`except asyncio.TimeoutError: raise` before it. A timeout of a socket is the same class then; this is noted.

Also noted, once a file: `except Exception` around a `yield` doesn't see `asyncio.CancelledError`.

Left are exceptions that nothing raises any more (`KeyReuseError`, …), `BadYieldError`, those of streams, and those of
queues in a file whose queues stay.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Set

from codemods.decorators import code
from codemods.edits import Shape
from codemods.index.coroutines import own_yields
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._coroutines import converted
from codemods.rules.tornado._gen_names import call_of, rename, stays_tornado, uses
from codemods.rules.tornado._queues import Group, refused
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR221", __doc__, [needle("tornado"), needle("asyncio")], stages=("asyncio", "final"))

TIMEOUTS = ("tornado.gen.TimeoutError", "tornado.ioloop.TimeoutError", "tornado.util.TimeoutError")
RENAMED = {
    **dict.fromkeys(TIMEOUTS, "TimeoutError"),
    "tornado.queues.QueueEmpty": "QueueEmpty",
    "tornado.queues.QueueFull": "QueueFull",
}
_GONE = "delete it: nothing raises it any more"
_STREAM = "catch what the streams or the client that take the place of tornado's raise"
ADVICE = {
    "tornado.gen.BadYieldError": "catch `TypeError`, which `aio.as_awaitable` and `await` raise instead",
    **{
        f"tornado.gen.{name}": _GONE
        for name in ("KeyReuseError", "UnknownKeyError", "LeakedCallbackError", "ReturnValueIgnoredError")
    },
    "tornado.concurrent.ReturnValueIgnoredError": _GONE,
    "tornado.iostream.StreamClosedError": _STREAM,
    "tornado.iostream.UnsatisfiableReadError": _STREAM,
    "tornado.iostream.StreamBufferFullError": _STREAM,
}
_OS_ERRORS = frozenset(
    [
        *(f"builtins.{name}" for name in ("OSError", "IOError", "EnvironmentError", "WindowsError")),
        *("socket.error", "select.error", "os.error"),
    ]
)
_ALL = frozenset(["builtins.Exception", "builtins.BaseException"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    queues_stay = refused(module, Group.QUEUE) is not None
    for use in uses(module, *RENAMED):
        if queues_stay and use.name.startswith("tornado.queues."):
            advice = "replace it together with the queues"
            yield rule.left(module, use.node, "the queues of this file stay, and with them what they raise", advice)
            continue
        yield rename(rule, module, use, asyncio_name(module, RENAMED[use.name], use.node))
    for use in uses(module, *ADVICE):
        text = module.text(use.node)
        yield rule.left(module, use.node, f"`{text}` has no counterpart in asyncio", ADVICE[use.name])
    if "tornado" in module.import_roots:
        for node in module.of(ast.Try):
            if not stays_tornado(module, node):
                yield from _distinct(module, node)
                yield from _ordered(module, node)
        yield from _cancellation(module)


# -- classes that are one now -----------------------------------------------------------------------


def _distinct(module: Module, node: ast.Try) -> Iterator[Item]:
    """Name a class once in a tuple, and report the second of two handlers."""
    seen: Set[str] = set()
    for handler in node.handlers:
        kinds = [_becomes(module, kind) for kind in _kinds(handler)]
        renamed = any(module.resolve(kind) in RENAMED for kind in _kinds(handler))
        if renamed and len(set(kinds)) < len(kinds):
            assert handler.type is not None
            yield rule.expression(handler.type, _named_once, "a class that was two classes is named once")
        if renamed and not isinstance(handler.type, ast.Tuple) and seen.intersection(kinds):
            message = f"a handler above catches `{kinds[0]}` already, which was another class under tornado"
            yield rule.note(module, handler, message, "join the two handlers")
        seen.update(kinds)


def _becomes(module: Module, kind: ast.expr) -> str:
    name = module.resolve(kind) or module.text(kind)
    return f"asyncio.{RENAMED[name]}" if name in RENAMED else name


def _named_once(kinds: Any) -> Any:
    elements: Dict[str, Any] = {}
    for one in kinds.elements:
        elements.setdefault(code(one.value), one)
    kept = list(elements.values())
    if len(kept) == 1:
        return kept[0].value
    kept[-1] = kept[-1].with_changes(comma=kinds.elements[-1].comma)
    return kinds.with_changes(elements=kept)


# -- timeouts and OSError ----------------------------------------------------------------------------


def _ordered(module: Module, node: ast.Try) -> Iterator[Item]:
    """Timeouts before `OSError`, or a word about it."""
    first = next((i for i, one in enumerate(node.handlers) if _catches(module, one, _OS_ERRORS)), None)
    if first is None or any(_is_bare(module, one) for one in node.handlers[:first]):
        return
    place = next((i for i, one in enumerate(node.handlers) if _catches(module, one, frozenset(TIMEOUTS))), None)
    if place is None:
        if _has_timeout(module, node):
            yield from _let_through(module, node, first)
        return
    if place <= first:
        return
    handler = node.handlers[place]
    between = node.handlers[first:place]
    if any(_is_bare(module, one) for one in between):
        return
    if all(module.resolve(kind) in TIMEOUTS for kind in _kinds(handler)):
        message = "the handler of timeouts comes before that of `OSError`, which they are from Python 3.11 on"
        yield rule.edit(node, Shape.BLOCK, _Move(place, first), message, at=handler)
        yield _others(module, handler)
    else:
        advice = "split it, and put `except asyncio.TimeoutError` before the handler of `OSError`"
        message = "this handler comes too late for timeouts on Python 3.11 and later, where they are `OSError`"
        yield rule.note(module, handler, message, advice)


def _others(module: Module, handler: ast.ExceptHandler) -> Item:
    message = "timeouts of sockets and of the system come here on Python 3.10 and later"
    return rule.note(module, handler, message, "test the exception, if it matters which timeout it is")


def _let_through(module: Module, node: ast.Try, first: int) -> Iterator[Item]:
    """A handler that raises timeouts again, before one of `OSError` that didn't see them."""
    handler = node.handlers[first]
    spelling = asyncio_name(module, "TimeoutError", node)
    if spelling is None or any(_is_bare(module, one) for one in node.handlers[first:]):
        message = f"the handler at line {handler.lineno} catches timeouts on Python 3.11 and later"
        yield rule.note(module, handler, message, "put `except asyncio.TimeoutError` before it")
        return
    message = "timeouts, which are `OSError` from Python 3.11 on, pass by its handler as before"
    yield rule.edit(node, Shape.BLOCK, _Raise(spelling.code, first), message, at=handler, needs=spelling.needs)
    message = f"timeouts of sockets and of the system pass by the handler at line {handler.lineno} as well"
    yield rule.note(module, handler, message, "test the exception, if it matters which timeout it is")


def _kinds(handler: ast.ExceptHandler) -> List[ast.expr]:
    if handler.type is None:
        return []
    return list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]


def _catches(module: Module, handler: ast.ExceptHandler, wanted: Any) -> bool:
    return any(module.resolve(kind) in wanted for kind in _kinds(handler))


def _is_bare(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes all exceptions, timeouts included."""
    return handler.type is None or _catches(module, handler, _ALL)


def _has_timeout(module: Module, node: ast.Try) -> bool:
    """Whether something in the body of a `try`, and not in one within it, raises a timeout of tornado's."""
    for use in uses(module, "tornado.gen.with_timeout", *TIMEOUTS):
        call = call_of(module, use.node)
        if module.enclosing_function(use.node) is not module.enclosing_function(node):
            continue
        if module.enclosing(use.node, ast.Try) is not node or (call is None and not _is_raised(module, use.node)):
            continue
        if any(one is use.node for statement in node.body for one in ast.walk(statement)):
            return True
    return False


def _is_raised(module: Module, node: ast.AST) -> bool:
    return isinstance(module.parent(node), ast.Raise)


class _Move:
    """Puts a handler before another one.

    :param place: its position.
    :param first: where it goes.
    """

    def __init__(self, place: int, first: int) -> None:
        self.place = place
        self.first = first

    def __call__(self, block: Any) -> List[Any]:
        handlers = list(block.handlers)
        handlers.insert(self.first, handlers.pop(self.place))
        return [block.with_changes(handlers=handlers)]


class _Raise:
    """Puts a handler that raises again before another one.

    :param code: the class.
    :param first: where it goes.
    """

    def __init__(self, code: str, first: int) -> None:
        self.code = code
        self.first = first

    def __call__(self, block: Any) -> List[Any]:
        kind = cst.parse_expression(self.code)
        indent = getattr(block.body, "indent", None)
        body = cst.IndentedBlock([cst.SimpleStatementLine([cst.Raise()])], indent=indent)
        handler = cst.ExceptHandler(type=kind, body=body)
        return [block.with_changes(handlers=[*block.handlers[: self.first], handler, *block.handlers[self.first :]])]


# -- cancellation ------------------------------------------------------------------------------------


def _cancellation(module: Module) -> Iterator[Item]:
    """A note at the first `except Exception` around a `yield` that becomes `await`."""
    for node in module.of(ast.Try):
        handler = next((one for one in node.handlers if _catches(module, one, {"builtins.Exception"})), None)
        one = converted(module, node)
        if handler is None or one is None:
            continue
        inside = {each for statement in node.body for each in ast.walk(statement)}
        if any(each in inside for each in own_yields(module, one.function)):
            message = "`except Exception` doesn't see `asyncio.CancelledError`, which an `await` can raise"
            yield rule.note(module, handler, message, "use `finally` for what must be done in any case")
            return
