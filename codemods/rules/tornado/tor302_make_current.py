"""Make a loop the current one with `asyncio.set_event_loop`.

Before::

    loop.make_current()
    IOLoop().make_current()
    IOLoop.clear_current()

After::

    asyncio.set_event_loop(loop)
    asyncio.set_event_loop(asyncio.new_event_loop())
    asyncio.set_event_loop(None)

`IOLoop.clear_instance()` becomes the same as `clear_current()`, with a note: it forgot the loop of the whole program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES, called, class_uses, loop_calls, no_name, replaced
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    import ast

    from codemods.index.module import Module

rule = Rule("TOR302", __doc__, [needle("make_current"), needle("clear_")], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in loop_calls(module, "make_current"):
        setter = asyncio_name(module, "set_event_loop", use.node)
        if setter is None or use.call is None or use.call.args or use.call.keywords:
            yield no_name(rule, module, use.node, "asyncio") if setter is None else _odd(module, use.node)
            continue
        message = "`make_current` is `asyncio.set_event_loop`"
        yield rule.expression(use.call, _Set(setter.code), message, needs=setter.needs)
    for reference, name in class_uses(module, "clear_current", "clear_instance"):
        call = called(module, reference.node)
        yield from _cleared(module, reference.node, call, name, (reference.name,))
    for use in loop_calls(module, "clear_current", "clear_instance"):
        yield from _cleared(module, use.node, use.call, use.node.attr, ())


def _odd(module: Module, node: ast.AST) -> Item:
    message = f"`{module.text(node)}` isn't just called"
    return rule.left(module, node, message, "hand on a function that calls `asyncio.set_event_loop`")


def _cleared(module: Module, node: Any, call: Any, name: str, settles: Any) -> Iterator[Item]:
    if call is None or call.args or call.keywords:
        yield _odd(module, node)
        return
    setter = asyncio_name(module, "set_event_loop", node)
    message = f"`{name}` is `asyncio.set_event_loop(None)`"
    yield replaced(rule, module, call, setter, "(None)", message, settles=settles)
    if name == "clear_instance":
        message = "`clear_instance` forgot the loop of the whole program; now this thread's loop is forgotten"
        yield rule.note(module, node, message)


class _Set:
    """``set_event_loop(loop)`` for ``loop.make_current()``."""

    def __init__(self, setter: str) -> None:
        self.setter = setter

    def __call__(self, call: Any) -> Any:
        loop = call.func.value
        return call.with_changes(func=cst.parse_expression(self.setter), args=[cst.Arg(loop)])
