"""How calls of events, locks and queues are rewritten."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional, Tuple

from codemods.edits import NewImport, Shape
from codemods.lazy import cst
from codemods.rules.tornado._loops import no_name, replaced
from codemods.rules.tornado._queues import WAITING, Fate, Group, Kept, Trouble, Wait, kept, refused
from codemods.rules.tornado._spelling import aio, asyncio_name
from codemods.rules.tornado._times import Clock, Time, root_name

if TYPE_CHECKING:
    from codemods.index.module import Module
    from codemods.index.spelling import Spelling
    from codemods.rule import Item, Rule

Needs = Tuple[NewImport, ...]


def rewritten(rule: Rule, module: Module, group: Group, what: str) -> Iterator[Item]:
    """The edits of all objects of a group, or the reason why there are none."""
    found = kept(module, group)
    together = refused(module, group) if group is not Group.EVENT else None
    if together is not None:
        yield _stay(rule, module, together, what)
        return
    for one in found:
        if one.trouble is None:
            yield from _one(rule, module, one)
        else:
            yield _stay(rule, module, one.trouble, what)


def _stay(rule: Rule, module: Module, trouble: Trouble, what: str) -> Item:
    which = "this event stays" if what == "events" else f"the {what} of this file stay"
    message = f"{which} tornado's: {trouble.reason}"
    return rule.left(module, trouble.node, message, f"use asyncio's {what}, and await what they give")


def _one(rule: Rule, module: Module, one: Kept) -> Iterator[Item]:
    node = one.reference.node
    name = one.reference.canonical.rpartition(".")[2]
    spelling = asyncio_name(module, name, node)
    message = f"`{module.text(node)}` is `asyncio.{name}`"
    yield replaced(rule, module, node, spelling, "", message, settles=(one.reference.name,))
    if spelling is None:
        return
    for wait in one.waits:
        yield from _wait(rule, module, wait)
    for note in one.notes:
        yield rule.note(module, note.node, note.reason)


def binds_early(rule: Rule, module: Module, group: Group, what: str) -> Iterator[Item]:
    """A note, once a file, where the target version's objects belong to the loop that is current when they're made."""
    made = [one for one in kept(module, group) if one.trouble is None and not refused(module, group)]
    if made and module.settings.target_version < (3, 10):
        message = f"before Python 3.10 asyncio's {what} belong to the loop that is current where they're made"
        yield rule.note(module, made[0].reference.node, message, "make them where the loop is current that uses them")


def _wait(rule: Rule, module: Module, wait: Wait) -> Iterator[Item]:
    if wait.fate is Fate.WITH:
        item = module.parent(module.parent(wait.call))
        statement = module.parent(item)
        yield rule.edit(statement, Shape.HEADER, _async_with, "`async with` holds it", at=wait.call)
        return
    if wait.fate is Fate.NOWAIT:
        message = "it's put into the queue at once, as nobody waits for `put`"
        yield rule.expression(wait.call, _put_nowait, message)
        return
    transform, needs, settles = _wrapped(module, wait)
    if transform is not None:
        yield rule.expression(wait.call, transform, _message(wait), needs=needs, settles=settles)
    elif wait.fate is Fate.STARTED or wait.timeout is not None:
        yield no_name(rule, module, wait.call, "plumpy_compat.aio")


def _message(wait: Wait) -> str:
    if wait.drops and wait.fate is Fate.AWAITED:
        return "asyncio's waits for any time without being told"
    if wait.timeout is None:
        return "a task starts at once, as it did before anything waited for it"
    return "asyncio waits for some time with `wait_for`"


def _wrapped(module: Module, wait: Wait) -> Tuple[Optional[Any], Needs, Tuple[ast.AST, ...]]:
    """The transform of a call, the imports for it, and the names that it drops; no transform if nothing is to do."""
    needs: Needs = ()
    limited = started = ""
    place = WAITING_AT[wait.call.func.attr]  # type: ignore[attr-defined]
    time = wait.timeout[1] if wait.timeout is not None else None
    if wait.timeout is not None:
        limit = _limit(module, wait, time)
        if limit is None:
            return None, (), ()
        needs += limit.needs
        limited = limit.code
    if wait.fate is Fate.STARTED:
        task = aio(module, "create_task", wait.call)
        if task is None:
            return None, (), ()
        needs += task.needs
        started = task.code
    if not (limited or started or wait.drops):
        return None, (), ()
    return _Waited(place, time, limited, started), needs, _settled(wait, time)


def _limit(module: Module, wait: Wait, time: Optional[Time]) -> Optional[Spelling]:
    """What waits for some time, and no longer."""
    if time is None:
        return aio(module, "with_timeout", wait.call)
    if time.is_positive and wait.fate is Fate.AWAITED:
        return asyncio_name(module, "wait_for", wait.call)
    # asyncio's starts nothing if there's no time left, and before Python 3.12 nothing at once.
    return aio(module, "wait_for", wait.call)


def _settled(wait: Wait, time: Optional[Time]) -> Tuple[ast.AST, ...]:
    """The names that vanish with a time-out of which only the seconds are kept."""
    value = wait.timeout[0] if wait.timeout is not None else None
    if time is None or time.clock is not Clock.SPAN:
        return time.settles if time is not None else ()
    plain = isinstance(value, ast.Call) and not value.args and [one.arg for one in value.keywords] == ["seconds"]
    root = root_name(value.func) if plain else None  # type: ignore[union-attr]
    return (root,) if root is not None else ()


WAITING_AT = {name: place for methods in WAITING.values() for name, place in methods.items()}


class _Waited:
    """The call of a method, without its time-out, within the calls that wait for it.

    :param place: the position of the time-out.
    :param limited: the code of what waits for some time, if there's a time-out: it takes the call and the seconds, or,
        if it can't be told what time it is, the time-out and the call.
    :param started: the code of what starts a task.
    """

    def __init__(self, place: int, time: Optional[Time], limited: str, started: str) -> None:
        self.place = place
        self.time = time
        self.limited = limited
        self.started = started

    def __call__(self, call: Any) -> Any:
        bare, value = self._without(call.with_changes(lpar=[], rpar=[]))
        result = bare
        if self.limited and self.time is not None:
            result = _called(self.limited, bare, seconds(self.time, value))
        elif self.limited:
            result = self._within(bare, value)
        if self.started:
            result = _called(self.started, result)
        if isinstance(result, cst.IfExp):
            return result.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return result.with_changes(lpar=call.lpar, rpar=call.rpar)

    def _without(self, call: Any) -> Tuple[Any, Any]:
        """The call without its time-out, and the time-out."""
        places = [one for one in range(len(call.args)) if self._is_timeout(one, call.args[one])]
        if not places:
            return call, None
        value = call.args[places[0]].value
        args = [one for place, one in enumerate(call.args) if place != places[0]]
        if args:
            args[-1] = args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return call.with_changes(args=args, whitespace_before_args=cst.SimpleWhitespace("")), value

    def _is_timeout(self, place: int, arg: Any) -> bool:
        return arg.keyword.value == "timeout" if arg.keyword is not None else place == self.place

    def _within(self, bare: Any, value: Any) -> Any:
        waited = _called(self.limited, value, bare)
        if not isinstance(value, (cst.Name, cst.Attribute)):
            return waited
        isnt = cst.ComparisonTarget(cst.IsNot(), cst.Name("None"))
        test = cst.Comparison(left=value, comparisons=[isnt])
        return cst.IfExp(test=test, body=waited, orelse=bare)


def seconds(time: Time, value: Any) -> Any:
    """The seconds from now to a time, of LibCST's node for it."""
    if time.clock is not Clock.SPAN:
        return time.delay(value)
    if isinstance(value, cst.Call) and len(value.args) == 1:
        only = value.args[0]
        if only.keyword is not None and only.keyword.value == "seconds":
            return only.value
    return cst.Call(func=cst.Attribute(value=value, attr=cst.Name("total_seconds")))


def _called(code: str, *args: Any) -> Any:
    return cst.Call(func=cst.parse_expression(code), args=[cst.Arg(one) for one in args])


def _put_nowait(call: Any) -> Any:
    return call.with_changes(func=call.func.with_changes(attr=cst.Name("put_nowait")))


def _async_with(statement: Any) -> Any:
    item = statement.items[0]
    lock = item.item.value.func.value
    space = cst.SimpleWhitespace(" ")
    return statement.with_changes(
        asynchronous=cst.Asynchronous(whitespace_after=space),
        items=[item.with_changes(item=lock)],
        whitespace_after_with=space,
    )


__all__ = ["Trouble", "binds_early", "rewritten", "seconds"]
