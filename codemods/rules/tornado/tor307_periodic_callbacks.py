"""Call at intervals with `plumpy_compat.aio.PeriodicCallback`.

Before::

    PeriodicCallback(self.beat, 500, io_loop=IOLoop.current()).start()

After::

    aio.PeriodicCallback(self.beat, 500).start()

It has tornado's methods. A loop that is given stays, unless it's the current one or `None`. While a coroutine runs the
next calls of it are left out; up to tornado 6.1 they overlapped.

Left is a class that derives from `PeriodicCallback`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional, Tuple

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import IOLOOP, STAGES, called, replaced
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("TOR307", __doc__, [needle("PeriodicCallback")], stages=STAGES)

_NAME = "tornado.ioloop.PeriodicCallback"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references(_NAME):
        if reference.canonical != _NAME:
            yield _left(module, reference, "is read of the class")
        elif isinstance(module.parent(reference.node), ast.ClassDef):
            yield _left(module, reference, "is a base class, of which tornado's inner workings may be used")
        else:
            yield from _use(module, reference)


def _left(module: Module, reference: Reference, what: str) -> Item:
    message = f"`{module.text(reference.node)}` {what}"
    return rule.left(module, reference.node, message, "use `plumpy_compat.aio.PeriodicCallback`")


def _use(module: Module, reference: Reference) -> Iterator[Item]:
    node = reference.node
    message = "`plumpy_compat.aio.PeriodicCallback` calls at intervals"
    yield replaced(rule, module, node, aio(module, "PeriodicCallback", node), "", message, settles=(reference.name,))
    call = called(module, node)
    dropped = _dropped(module, call) if call is not None else None
    if call is not None and dropped is not None:
        place, settles = dropped
        yield rule.expression(call, _Without(place), "it takes the current loop without being told", settles=settles)


def _dropped(module: Module, call: ast.Call) -> Optional[Tuple[int, Tuple[ast.AST, ...]]]:
    """The place of an argument that only says "the current loop", and the loads of names that go with it."""
    for place, value in enumerate([*call.args, *(one.value for one in call.keywords)]):
        keyword = call.keywords[place - len(call.args)].arg if place >= len(call.args) else None
        if keyword != "io_loop" and (keyword is not None or place != 2):
            continue
        if isinstance(value, ast.Constant) and value.value is None:
            return place, ()
        asked = value.func if isinstance(value, ast.Call) and not value.args and not value.keywords else None
        if asked is not None and module.resolve(asked) in (f"{IOLOOP}.current", f"{IOLOOP}.instance"):
            return place, tuple(one for one in ast.walk(asked) if isinstance(one, ast.Name))
    return None


class _Without:
    """A call without one of its arguments."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, call: Any) -> Any:
        args = [one for place, one in enumerate(call.args) if place != self.place]
        last = call.args[-1].comma
        if self.place == len(call.args) - 1 and args:
            args[-1] = args[-1].with_changes(comma=last if isinstance(last, cst.Comma) else cst.MaybeSentinel.DEFAULT)
        return call.with_changes(args=args)
