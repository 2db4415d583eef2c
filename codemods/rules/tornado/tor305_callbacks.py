"""Hand callbacks to a loop of asyncio.

Before::

    loop.add_callback(process.step_until_terminated)
    loop.spawn_callback(poll, node, interval=5)
    loop.add_future(future, done)

After::

    aio.add_callback(loop, process.step_until_terminated)
    aio.add_callback(loop, poll, node, interval=5)
    aio.add_future(loop, future, done)

`plumpy_compat.aio.add_callback` may be called from any thread and from signal handlers, takes plain and coroutine
functions and keyword arguments, logs errors, and ignores a closed loop, as tornado's did. That's why
`add_callback_from_signal` becomes the same; a note mentions `loop.add_signal_handler`.

Left is a call that gives the callback by name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES, LoopCall, handed, loop_calls, no_name, replaced
from codemods.rules.tornado._spelling import aio, asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR305", __doc__, [needle("add_callback"), needle("spawn_callback"), needle("add_future")], stages=STAGES)

_NAMES = {"add_callback", "spawn_callback", "add_callback_from_signal"}
TAKEN = frozenset(["loop", "function"])
"""Keyword arguments that the helper would take for its own."""


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in loop_calls(module, *sorted(_NAMES)):
        yield from _callback(module, use)
    for use in loop_calls(module, "add_future"):
        message = "`plumpy_compat.aio.add_future` calls back in the loop when a future is done"
        yield from handed(rule, module, use, "add_future", message)
        if use.call is not None and use.call.args:
            yield from _timer(module, use.call.args[0])


def _timer(module: Module, future: ast.expr) -> Iterator[Item]:
    """A `gen.sleep(…)` that is handed to `add_future`, which starts what isn't a future yet."""
    if isinstance(future, ast.Call) and module.resolve(future.func) == "tornado.gen.sleep":
        settles = tuple(one for one in ast.walk(future.func) if isinstance(one, ast.Name))
        spelling = asyncio_name(module, "sleep", future)
        yield replaced(rule, module, future.func, spelling, "", "`gen.sleep` is `asyncio.sleep`", settles=settles)


def _callback(module: Module, use: LoopCall) -> Iterator[Item]:
    name = use.node.attr
    if use.call is not None and any(one.arg == "callback" for one in use.call.keywords):
        message = f"`{name}` gets its callback by name"
        yield rule.left(module, use.node, message, "give the callback by position, and run again")
        return
    message = f"`plumpy_compat.aio.add_callback` does what the loop's `{name}` did"
    if use.call is not None and clashes(use.call, TAKEN):
        yield bound(rule, module, use.node, use.call, "add_callback", 1, message)
    else:
        yield from handed(rule, module, use, "add_callback", message)
    if name == "add_callback_from_signal":
        message = "`aio.add_callback` is safe in signal handlers"
        yield rule.note(module, use.node, message, "asyncio's own way is `loop.add_signal_handler`")


def clashes(call: ast.Call, taken: Any) -> bool:
    """Whether a keyword argument for the callback has the name of one of the helper's own parameters."""
    return any(one.arg in taken for one in call.keywords)


def bound(rule: Rule, module: Module, node: ast.AST, call: ast.Call, name: str, at: int, message: str) -> Item:
    """The edit that hands the callback on with its arguments bound to it.

    :param at: how many arguments of the helper come before the callback.
    """
    helper, partial = aio(module, name, node), spell(module, "functools", "partial", node)
    if helper is None or partial is None:
        return no_name(rule, module, node, "functools.partial" if partial is None else "plumpy_compat.aio")
    transform = _Bound(helper.code, partial.code, at - 1)
    return rule.expression(call, transform, message, needs=(*helper.needs, *partial.needs))


class _Bound:
    """``helper(loop, partial(function, …))`` for ``loop.method(function, …)``."""

    def __init__(self, helper: str, partial: str, at: int) -> None:
        self.helper = helper
        self.partial = partial
        self.at = at

    def __call__(self, call: Any) -> Any:
        own = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in call.args[: self.at]]
        callback = cst.Call(func=cst.parse_expression(self.partial), args=call.args[self.at :])
        args = [cst.Arg(call.func.value), *own, cst.Arg(callback)]
        return call.with_changes(func=cst.parse_expression(self.helper), args=args)
