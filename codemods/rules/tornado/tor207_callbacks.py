"""Report what is left of tornado's callbacks from before there were futures.

`gen.Task`, `gen.Callback`, `gen.Wait`, `gen.WaitAll`, `gen.YieldPoint`, `return_future`, `web.asynchronous` and stack
contexts have no counterpart in asyncio; the advice says what to write. One form is rewritten.

Before::

    yield gen.Task(loop.add_timeout, datetime.timedelta(seconds=5))
    yield gen.Task(loop.add_timeout, time.time() + delay)

After::

    await asyncio.sleep(5)
    await asyncio.sleep(delay)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Tuple

from codemods.index.origins import origins, roots
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import keep_parentheses, primary
from codemods.rules.tornado._gen_names import Use, call_of, is_consumed, loads, taken, task, uses
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR207", __doc__, [needle("tornado")], stages=("asyncio", "final"))

TASK = "tornado.gen.Task"
_FUTURE = "make a future with `aio.create_future()`, pass `future.set_result` as the callback, and await the future"
_CONTEXT = "enter the context with `with` in the coroutine, and keep what it sets in a `contextvars.ContextVar`"
ADVICE = {
    TASK: _FUTURE,
    "tornado.gen.Callback": _FUTURE,
    "tornado.gen.Wait": "await the future whose `set_result` is the callback",
    "tornado.gen.WaitAll": "await `aio.multi` of the futures whose `set_result` are the callbacks",
    "tornado.gen.YieldPoint": "write a class with `__await__`, or a coroutine",
    "tornado.gen.YieldFuture": "await the future itself",
    "tornado.gen.MultiYieldPoint": "await `aio.multi`",
    "tornado.gen.Runner": "await the coroutine, or start it with `aio.create_task`",
    "tornado.concurrent.return_future": "write `async def` and return the result instead of calling back",
    "tornado.web.asynchronous": "write `async def`",
    **{f"tornado.stack_context.{name}": _CONTEXT for name in ("StackContext", "run_with_stack_context")},
    "tornado.stack_context.ExceptionStackContext": "catch what the coroutine raises with `try` around `await`",
    "tornado.stack_context.NullContext": "delete it: asyncio copies contexts instead of entering them again",
    "tornado.stack_context.wrap": "pass the function itself: asyncio's callbacks run in a copy of the context",
    "tornado.stack_context.StackContextInconsistentError": "delete it: nothing raises it",
    "tornado.concurrent.dummy_executor": "call the function, or use a `ThreadPoolExecutor`",
    "tornado.concurrent.DummyExecutor": "call the function, or use a `ThreadPoolExecutor`",
}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *ADVICE):
        call = call_of(module, use.node)
        if use.name == TASK and call is not None and _is_timeout(module, call):
            yield _sleep(module, use, call)
        else:
            message = f"`{module.text(use.node)}` has no counterpart in asyncio"
            yield rule.left(module, use.node, message, ADVICE[use.name])


def _is_timeout(module: Module, call: ast.Call) -> bool:
    """Whether it's ``gen.Task(loop.add_timeout, …)`` or ``gen.Task(loop.call_later, …)``, of a loop that is ours."""
    if len(call.args) != 2 or call.keywords or not isinstance(call.args[0], ast.Attribute):
        return False
    method, when = call.args
    assert isinstance(method, ast.Attribute)
    if method.attr not in ("add_timeout", "call_later"):
        return False
    if any(root in module.settings.foreign for root in roots(origins(module, method.value))):
        return False
    return method.attr == "call_later" or _seconds(module, when) is not None


def _seconds(module: Module, when: ast.expr) -> Optional[Tuple[str, ast.expr]]:
    """How a deadline gives the seconds from now, and the expression to take them from."""
    if isinstance(when, ast.Call) and module.resolve(when.func) == "datetime.timedelta":
        if not when.args and [one.arg for one in when.keywords] == ["seconds"]:
            return "seconds", when.keywords[0].value
        return "timedelta", when
    if isinstance(when, ast.BinOp) and isinstance(when.op, ast.Add) and isinstance(when.left, ast.Call):
        clock = when.left
        name = module.resolve(clock.func) or getattr(clock.func, "attr", "")
        if name in ("time.time", "time") and not clock.args:
            return "after", when.right
    return None


def _sleep(module: Module, use: Use, call: ast.Call) -> Item:
    sleep = asyncio_name(module, "sleep", call)
    waits = is_consumed(module, use.node)
    start = None if waits else task(module, call)
    if sleep is None or (start is None and not waits):
        return taken(rule, module, use)
    method, when = call.args
    found = None if method.attr == "call_later" else _seconds(module, when)  # type: ignore[attr-defined]
    how, kept = found if found is not None else ("", when)
    inside = set(loads(module, kept))
    settles: List[ast.AST] = [one for one in loads(module, call) if one not in inside]
    needs = (*sleep.needs, *(start.needs if start else ()))
    transform = _Sleep(sleep.code, how, start.code if start else "")
    message = f"`{module.text(use.node)}` of a timeout becomes `{sleep.code}`"
    return rule.expression(call, transform, message, settles=tuple(settles), needs=needs)


class _Sleep:
    """Sleeps instead.

    :param how: where the seconds are: see `_seconds`; empty for the argument itself.
    :param start: what starts it; empty if it's awaited.
    """

    def __init__(self, code: str, how: str, start: str) -> None:
        self.code = code
        self.how = how
        self.start = start

    def __call__(self, call: Any) -> Any:
        when = call.args[1].value
        if self.how == "seconds":
            when = when.args[0].value
        elif self.how == "timedelta":
            when = cst.Call(func=cst.Attribute(value=primary(when), attr=cst.Name("total_seconds")))
        elif self.how == "after":
            when = when.right
        new = cst.Call(func=cst.parse_expression(self.code), args=[cst.Arg(when)])
        if self.start:
            new = cst.Call(func=cst.parse_expression(self.start), args=[cst.Arg(new)])
        return keep_parentheses(new, call)
