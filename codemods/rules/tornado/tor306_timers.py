"""Call later with a loop of asyncio.

Before::

    handle = loop.call_later(3, self.check)
    loop.call_later(3, poll, node, interval=5)
    loop.add_timeout(datetime.timedelta(seconds=3), poll)
    loop.add_timeout(time.time() + 3, poll)
    loop.call_at(loop.time() + 3, self.check)
    loop.remove_timeout(handle)

After::

    handle = loop.call_later(3, self.check)
    aio.call_later(loop, 3, poll, node, interval=5)
    aio.call_later(loop, datetime.timedelta(seconds=3), poll)
    aio.call_later(loop, 3, poll)
    loop.call_at(loop.time() + 3, self.check)
    handle.cancel()

`call_later` stays where the callback is certainly a plain function, and gets no keyword arguments. Elsewhere
`plumpy_compat.aio.call_later` runs coroutine functions too.

Times were those of the wall clock; `loop.time()` of asyncio isn't. So a time is taken as it is only where it's plain
how it was computed: from `loop.time()` or `time.time()`. Left is any other time, and a use of `loop.time()` that may
meet a time of the wall clock.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import (
    STAGES,
    Handed,
    LoopCall,
    argument,
    handed,
    is_plain,
    is_simple_call,
    loop_calls,
    no_name,
)
from codemods.rules.tornado._spelling import aio
from codemods.rules.tornado._times import Clock, Time, clock_of, time_of
from codemods.rules.tornado.tor305_callbacks import bound, clashes

if TYPE_CHECKING:
    from codemods.index.module import Module

_NEEDLES = [needle(word) for word in ("call_later", "call_at", "add_timeout", "remove_timeout", ".time()")]
rule = Rule("TOR306", __doc__, _NEEDLES, stages=STAGES)

_TAKEN = frozenset(["loop", "delay", "function"])
_SAME = "`plumpy_compat.aio.call_later` does what the loop's `call_later` did"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in loop_calls(module, "call_later"):
        yield from _later(module, use)
    for use in loop_calls(module, "add_timeout", "call_at"):
        yield from _at(module, use)
    for use in loop_calls(module, "remove_timeout"):
        yield from _removed(module, use)
    for use in loop_calls(module, "time"):
        if use.call is not None and use.certain:
            yield from _clock(module, use.call)


def _later(module: Module, use: LoopCall) -> Iterator[Item]:
    call = use.call
    callback = argument(call, 1, "callback") if call is not None else None
    if call is None or callback is None:
        yield from handed(rule, module, use, "call_later", _SAME)
    elif any(one.arg in ("delay", "callback") for one in call.keywords):
        advice = "give delay and callback by position, and run again"
        yield rule.left(module, use.node, "`call_later` gets its arguments by name", advice)
    elif _stays(module, call, callback):
        return
    elif clashes(call, _TAKEN):
        yield bound(rule, module, use.node, call, "call_later", 2, _SAME)
    else:
        yield from handed(rule, module, use, "call_later", _SAME)


def _stays(module: Module, call: ast.Call, callback: ast.expr) -> bool:
    """Whether asyncio's method of the same name does the same."""
    return is_simple_call(call) and not call.keywords and is_plain(module, callback)


def _at(module: Module, use: LoopCall) -> Iterator[Item]:
    call = use.call
    name = use.node.attr
    if call is None or not is_simple_call(call) or len(call.args) < 2:
        advice = "give time and callback by position, and run again"
        yield rule.left(module, use.node, f"`{name}` isn't called with a time and a callback by position", advice)
        return
    deadline, callback = call.args[:2]
    found = time_of(module, deadline)
    if found is None:
        message = f"what time `{module.text(deadline)}` is can't be told; asyncio's aren't those of the wall clock"
        advice = "call `aio.call_later(loop, seconds, …)` with the seconds that are left"
        if name == "add_timeout":
            yield rule.left(module, use.node, message, advice)
        elif use.certain:
            # The loop will be asyncio's, which has a `call_at` too.
            yield rule.note(module, use.node, message, advice)
        return
    yield from _timed(module, use, call, found, _stays(module, call, callback))


def _timed(module: Module, use: LoopCall, call: ast.Call, found: Time, plain: bool) -> Iterator[Item]:
    message = f"`{use.node.attr}` becomes a call after a delay"
    if found.clock is Clock.LOOP and plain:
        if use.node.attr != "call_at":
            yield rule.expression(call, _Method("call_at"), "`add_timeout` at a time of the loop is `call_at`")
        return
    if clashes(call, _TAKEN):
        advice = "bind the arguments with `functools.partial`, and run again"
        yield rule.left(module, use.node, "the callback's arguments have the names of the helper's own", advice)
        return
    if plain and found.clock is Clock.WALL:
        code = ""
    else:
        helper = aio(module, "call_later", use.node)
        if helper is None:
            yield no_name(rule, module, use.node, "plumpy_compat.aio")
            return
        code, needs = helper.code, helper.needs
    options: Any = {"needs": needs} if code else {}
    yield rule.expression(call, _Later(code, found), message, settles=found.settles, **options)


class _Method:
    """A call gets another method."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, call: Any) -> Any:
        return call.with_changes(func=call.func.with_changes(attr=cst.Name(self.name)))


class _Later:
    """``helper(loop, delay, …)`` for ``loop.method(time, …)``; ``loop.call_later(delay, …)`` if there is no helper."""

    def __init__(self, helper: str, found: Time) -> None:
        self.helper = helper
        self.found = found

    def __call__(self, call: Any) -> Any:
        first = call.args[0]
        args = [first.with_changes(value=self.found.delay(first.value)), *call.args[1:]]
        call = call.with_changes(args=args)
        return Handed(self.helper)(call) if self.helper else _Method("call_later")(call)


def _removed(module: Module, use: LoopCall) -> Iterator[Item]:
    call = use.call
    if call is None or len(call.args) != 1 or call.keywords or not is_simple_call(call):
        message = "`remove_timeout` isn't called with a handle"
        yield rule.left(module, use.node, message, "call `cancel()` of the handle")
        return
    yield rule.expression(call, _cancel, "a handle of asyncio is taken back with its `cancel()`")


def _cancel(call: Any) -> Any:
    handle = call.args[0].value
    if not isinstance(handle, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) and not handle.lpar:
        handle = handle.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.Call(func=cst.Attribute(value=handle, attr=cst.Name("cancel")), lpar=call.lpar, rpar=call.rpar)


# -- loop.time() -------------------------------------------------------------------------------------


def _clock(module: Module, call: ast.Call) -> Iterator[Item]:
    clock = _wanted_clock(module, call)
    if clock is Clock.WALL:
        spelling = spell(module, "time", "time", call)
        if spelling is None:
            yield no_name(rule, module, call, "time.time")
            return
        message = "a time of the wall clock is meant, which `loop.time()` isn't any more"
        yield rule.replace(call, f"{spelling.code}()", message, needs=spelling.needs)
    elif clock is None:
        message = "`loop.time()` was the time of the wall clock; asyncio's only grows, from anywhere"
        yield rule.note(module, call, message, "write `time.time()` if it meets other times of the wall clock")


def _wanted_clock(module: Module, call: ast.Call) -> Optional[Clock]:
    """What a ``loop.time()`` must be; ``None`` if that can't be told."""
    top = _sum(module, call)
    above = module.parent(top)
    if _is_deadline(above, top):
        return Clock.LOOP
    if isinstance(above, ast.Call) and above.args[:1] == [top]:
        dotted = module.resolve(above.func)
        if dotted in ("tornado.gen.with_timeout", "plumpy_compat.aio.with_timeout"):
            return Clock.WALL
    if isinstance(above, ast.keyword) and above.arg == "timeout":
        return Clock.WALL
    if isinstance(above, (ast.BinOp, ast.Compare)):
        sides = [above.left, *([above.right] if isinstance(above, ast.BinOp) else above.comparators)]
        others = {clock_of(module, one) for one in sides if one is not top}
        return others.pop() if len(others) == 1 else None
    if isinstance(above, ast.Assign) and len(above.targets) == 1 and isinstance(above.targets[0], ast.Name):
        return _of_name(module, above.targets[0])
    return None


def _is_deadline(above: ast.AST, node: ast.AST) -> bool:
    """Whether `node` is the time of a call at a time."""
    method = above.func.attr if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) else ""
    return method in ("call_at", "add_timeout") and above.args[:1] == [node]  # type: ignore[attr-defined]


def _sum(module: Module, node: ast.AST) -> ast.AST:
    """The whole sum ``loop.time() + x`` around a ``loop.time()``."""
    above = module.parent(node)
    while isinstance(above, ast.BinOp) and isinstance(above.op, ast.Add):
        node, above = above, module.parent(above)
    return node


def _of_name(module: Module, target: ast.Name) -> Optional[Clock]:
    """The loop's clock, if a name is only ever compared with times of it, or given to `call_at`."""
    scope = module.scope_of(target).lookup(target.id)
    if scope is None or len(module.bindings(scope, target.id)) != 1:
        return None
    for load, where in module.loads(target.id):
        if where.lookup(target.id) is not scope:
            continue
        above = module.parent(load)
        if _is_deadline(above, load):
            continue
        if not isinstance(above, (ast.BinOp, ast.Compare)):
            return None
        sides = [above.left, *([above.right] if isinstance(above, ast.BinOp) else above.comparators)]
        if {clock_of(module, one) for one in sides if one is not load} != {Clock.LOOP}:
            return None
    return Clock.LOOP
