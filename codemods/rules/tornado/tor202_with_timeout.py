"""Replace `gen.with_timeout`.

Before::

    yield gen.with_timeout(datetime.timedelta(seconds=5), future, io_loop=loop)
    yield gen.with_timeout(loop.time() + 5, future, quiet_exceptions=IOError)

After::

    await aio.with_timeout(datetime.timedelta(seconds=5), future)
    await aio.with_timeout(time.time() + 5, future, quiet_exceptions=IOError)

`aio.with_timeout` does what tornado's did: it takes all that could be yielded, a number is the time at which it's over
and not how long it takes, and what it waits for goes on afterwards. `asyncio.wait_for` would cancel that.

The time of a loop of tornado was `time.time()`, that of a loop of asyncio counts from some other point; so a deadline
that's computed here from `loop.time()` is computed from `time.time()`. One that's computed elsewhere is noted.

Left is a call whose third argument may be a loop (up to tornado 4.5) or exceptions (from 5.0 on), and one with `*` or
`**`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Tuple

from codemods.index.origins import assigned, origins
from codemods.index.spelling import Spelling, spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import Recall, Use, call_of, loads, rename, taken, uses
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR202", __doc__, [needle("tornado")], stages=("asyncio", "final"))

_KEYWORDS = {"future": "value"}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.gen.with_timeout"):
        call = call_of(module, use.node)
        if call is None:
            yield rename(rule, module, use, aio(module, "with_timeout", use.node))
            continue
        spelling = aio(module, "with_timeout", call)
        drop = _loops(module, call)
        if spelling is None:
            yield taken(rule, module, use)
        elif drop is None:
            advice = "name each argument: `timeout=`, `value=`, `quiet_exceptions=`; a loop can go"
            message = "an argument of `with_timeout` may be a loop or exceptions; which can't be told"
            yield rule.left(module, call, message, advice)
        else:
            yield _edit(module, use, call, spelling, drop)
            yield from _notes(module, call)


def _loops(module: Module, call: ast.Call) -> Optional[List[int]]:
    """The positions of arguments that are loops, keywords counted after the others; ``None`` if that can't be told."""
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    drop = [len(call.args) + index for index, one in enumerate(call.keywords) if one.arg == "io_loop"]
    if len(call.args) > 3:
        return [2]
    if len(call.args) == 3:
        if not _is_loop(module, call.args[2]):
            return None
        drop.append(2)
    return drop


def _is_loop(module: Module, node: ast.expr) -> bool:
    last = getattr(node, "attr", getattr(node, "id", ""))
    if isinstance(node, ast.Constant) and node.value is None:
        return True
    return "loop" in last.lower() or any("IOLoop" in one for one in origins(module, node))


def _edit(module: Module, use: Use, call: ast.Call, spelling: Spelling, drop: List[int]) -> Item:
    given = [*call.args, *(one.value for one in call.keywords)]
    settles: List[ast.AST] = [*use.settles, *(load for index in drop for load in loads(module, given[index]))]
    needs = spelling.needs
    clock = None
    place, deadline = _deadline(call)
    if deadline is not None and _is_loop_time(module, deadline):
        clock = spell(module, "time", "time", call)
        if clock is not None:
            needs = (*needs, *clock.needs)
            settles += loads(module, deadline.left)  # type: ignore[attr-defined]
    transform = _Transform(spelling.code, drop, place if clock else -1, f"{clock.code}()" if clock else "")
    message = f"`{module.text(use.node)}` becomes `{spelling.code}`"
    return rule.expression(call, transform, message, settles=tuple(settles), needs=needs)


def _deadline(call: ast.Call) -> Tuple[int, Optional[ast.expr]]:
    """The argument `timeout` and its position."""
    if call.args:
        return 0, call.args[0]
    for index, one in enumerate(call.keywords):
        if one.arg == "timeout":
            return index, one.value
    return -1, None


def _is_loop_time(module: Module, node: ast.AST) -> bool:
    """Whether it's ``loop.time() + …``."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Add, ast.Sub)):
        return False
    clock = node.left
    if not isinstance(clock, ast.Call) or not isinstance(clock.func, ast.Attribute) or clock.args or clock.keywords:
        return False
    return clock.func.attr == "time" and module.resolve(clock.func) is None


def _notes(module: Module, call: ast.Call) -> Iterator[Item]:
    deadline = _deadline(call)[1]
    if isinstance(deadline, ast.Constant) and isinstance(deadline.value, (int, float)):
        message = (
            f"the timeout {module.text(deadline)} is a time, long past: it's over at once, as it was under tornado"
        )
        yield rule.note(module, call, message, "write `datetime.timedelta(seconds=…)` if a duration is meant")
    elif isinstance(deadline, ast.Name) and any(_is_loop_time(module, one) for one in _values(module, deadline)):
        message = f"`{deadline.id}` comes from the time of a loop, which asyncio counts from another point"
        yield rule.note(module, call, message, "compute it from `time.time()`")


def _values(module: Module, name: ast.Name) -> Iterator[ast.expr]:
    scope = module.scope_of(name).lookup(name.id)
    for bound in module.bindings(scope, name.id) if scope is not None else ():
        value = assigned(module, bound)
        if value is not None:
            yield value


class _Transform(Recall):
    """Calls the helper, on another clock if need be.

    :param place: the position of the deadline; -1 to leave it.
    :param clock: what gives the time now.
    """

    def __init__(self, code: str, drop: List[int], place: int, clock: str) -> None:
        super().__init__(code, _KEYWORDS, drop=drop)
        self.place = place
        self.clock = clock

    def __call__(self, call: Any) -> Any:
        if self.place >= 0:
            args = list(call.args)
            old = args[self.place]
            value = old.value.with_changes(left=cst.parse_expression(self.clock))
            args[self.place] = old.with_changes(value=value)
            call = call.with_changes(args=args)
        return super().__call__(call)
