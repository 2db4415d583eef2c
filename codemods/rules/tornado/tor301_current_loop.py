"""Get event loops from asyncio.

Before::

    loop = loop or IOLoop.current()
    other = IOLoop()

    @gen.coroutine
    def f():
        IOLoop.current().add_callback(g)

After::

    loop = loop or aio.get_or_create_event_loop()
    other = asyncio.new_event_loop()

    async def f():
        aio.add_callback(asyncio.get_running_loop(), g)

In a coroutine the loop is the one that runs it. Elsewhere `plumpy_compat.aio.get_or_create_event_loop` gives the
running loop, else this thread's, and makes one if there is none. `IOLoop.current(instance=False)` becomes
`aio.current_event_loop()`, which never makes one. `IOLoop.instance()` was the loop of the whole program; asyncio has
none, so it becomes that of the thread, with a note.

There is a note for `IOLoop()` as well: in a thread without a loop it became the thread's, and it could be run while
another loop ran in the thread.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.index.origins import origins
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._coroutines import converted
from codemods.rules.tornado._loops import IOLOOP, STAGES, argument, called, class_uses, replaced
from codemods.rules.tornado._spelling import aio, asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference
    from codemods.index.spelling import Spelling

rule = Rule("TOR301", __doc__, [needle("IOLoop")], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference, name in class_uses(module, "current", "instance", ""):
        call = called(module, reference.node)
        if name and call is None:
            yield from _passed(module, reference)
        elif call is not None:
            yield from _made(module, reference, call) if not name else _current(module, reference, call, name)


def _passed(module: Module, reference: Reference) -> Iterator[Item]:
    """``get_loop = IOLoop.current``."""
    spelling = aio(module, "get_or_create_event_loop", reference.node)
    message = f"`{module.text(reference.node)}` is `plumpy_compat.aio.get_or_create_event_loop`"
    yield replaced(rule, module, reference.node, spelling, "", message, settles=(reference.name,))


def _current(module: Module, reference: Reference, call: ast.Call, name: str) -> Iterator[Item]:
    flag = argument(call, 0, "instance")
    text = module.text(call)
    if flag is not None and not isinstance(flag, ast.Constant):
        message = f"whether `{text}` makes a loop depends on its argument"
        advice = "write `aio.current_event_loop()` or `aio.get_or_create_event_loop()`"
        yield rule.left(module, call, message, advice)
        return
    spelling = _spelling(module, call, flag is None or bool(flag.value))
    message = f"`{text}` is `{spelling.code}()`" if spelling is not None else ""
    yield replaced(rule, module, call, spelling, "()", message, settles=(reference.name,))
    if name == "instance":
        message = "`IOLoop.instance()` was one loop for all threads; now it's the loop of the thread that asks"
        yield rule.note(module, call, message, "hand the loop to threads that need it")


def _spelling(module: Module, call: ast.Call, makes: bool) -> Optional[Spelling]:
    if not makes:
        return aio(module, "current_event_loop", call)
    function = module.enclosing_function(call)
    in_default = function is not None and any(above is function.args for above in module.parents(call))
    runs = isinstance(function, ast.AsyncFunctionDef) or converted(module, call) is not None
    if runs and not in_default:
        return asyncio_name(module, "get_running_loop", call)
    return aio(module, "get_or_create_event_loop", call)


def _made(module: Module, reference: Reference, call: ast.Call) -> Iterator[Item]:
    flag = argument(call, 0, "make_current")
    if call.args or (flag is not None and not _is_no(flag)):
        message = f"`{module.text(call)}` makes the loop current, which `asyncio.new_event_loop` doesn't"
        advice = "call `asyncio.set_event_loop` with the new loop, and drop the argument"
        yield rule.left(module, call, message, advice)
        return
    spelling = asyncio_name(module, "new_event_loop", call)
    message = f"`{module.text(call)}` is `asyncio.new_event_loop()`"
    yield replaced(rule, module, call, spelling, "()", message, settles=(reference.name,))
    if flag is None and not _is_made_current(module, call):
        message = "`IOLoop()` became the current loop where there was none; and it could run while another one did"
        advice = "call `asyncio.set_event_loop` if code looks the loop up before it runs"
        yield rule.note(module, call, message, advice)


def _is_no(flag: ast.expr) -> bool:
    return isinstance(flag, ast.Constant) and flag.value is False


def _is_made_current(module: Module, call: ast.Call) -> bool:
    """Whether the file makes the loop that it made here current."""
    makers = module.attributes("make_current")
    function = module.enclosing_function(call)
    return any(
        module.enclosing_function(one) is function and f"{IOLOOP}()" in origins(module, one.value) for one in makers
    )
