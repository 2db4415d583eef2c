"""Start, stop and close loops as asyncio does.

Before::

    loop.start()
    loop.close(all_fds=True)
    if loop._running: ...
    if not loop._closing: ...

After::

    loop.run_forever()
    loop.close()
    if loop.is_running(): ...
    if not loop.is_closed(): ...

`stop()` has the same name. A note says where it is called from a thread or a signal handler of the file, which
asyncio's needs `call_soon_threadsafe` for, and that asyncio's loop runs what is ready once more if it was stopped
before it starts. A loop that runs can't be closed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES, LoopCall, loop_calls, renamed

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR303", __doc__, [needle("tornado"), needle("plumpy"), needle("kiwipy")], stages=STAGES)

_FLAGS = {"_closing": "is_closed", "_running": "is_running"}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in loop_calls(module, "start"):
        yield from _start(module, use)
    for use in loop_calls(module, "close"):
        if use.call is not None and (use.call.args or use.call.keywords):
            yield rule.expression(use.call, renamed("close"), "asyncio's loops close what is theirs")
    for use in loop_calls(module, "stop"):
        yield from _stop(module, use)
    for use in loop_calls(module, *_FLAGS):
        name = _FLAGS[use.node.attr]
        yield rule.expression(use.node, _Asked(name), f"`{use.node.attr}` of a loop is `{name}()`")


def _start(module: Module, use: LoopCall) -> Iterator[Item]:
    message = "a loop of asyncio starts with `run_forever`"
    if use.call is not None:
        yield rule.expression(use.call, renamed("run_forever"), message)
    else:
        yield rule.expression(use.node, _Named("run_forever"), message)


def _stop(module: Module, use: LoopCall) -> Iterator[Item]:
    elsewhere = _runs_elsewhere(module, use.node)
    if elsewhere is not None:
        message = f"`stop` is called by {elsewhere}, where asyncio's isn't safe"
        yield rule.note(module, use.node, message, "write `loop.call_soon_threadsafe(loop.stop)`")


def _runs_elsewhere(module: Module, node: ast.AST) -> Optional[str]:
    """What runs the function around `node`, if it's a thread or a signal handler, by what the file says."""
    function: Any = module.enclosing_function(node)
    if function is None:
        return None
    name = getattr(function, "name", None)
    uses = [function] if name is None else [*(one for one, _ in module.loads(name)), *module.attributes(name)]
    for one in uses:
        above = module.parent(one)
        call = module.parent(above) if isinstance(above, ast.keyword) else above
        dotted = module.resolve(call.func) if isinstance(call, ast.Call) else None
        if dotted == "signal.signal":
            return "a signal handler"
        if dotted in ("threading.Thread", "threading.Timer"):
            return "a thread"
    return None


class _Asked:
    """An attribute becomes the call of another name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, node: Any) -> Any:
        called = cst.Call(func=node.with_changes(attr=cst.Name(self.name), lpar=[], rpar=[]))
        return called.with_changes(lpar=node.lpar, rpar=node.rpar)


class _Named:
    """An attribute gets another name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, node: Any) -> Any:
        return node.with_changes(attr=cst.Name(self.name))
