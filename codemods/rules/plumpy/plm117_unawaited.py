"""Start what runs a process where nothing waits for it.

Before::

    process.step_until_terminated()         # a process of plumpy's
    controller.launch_process(Sum)          # a RemoteProcessController

After::

    aio.create_task(process.step_until_terminated())
    aio.create_task(controller.launch_process(Sum))

As coroutines of tornado they ran when they were called; now they run when they're awaited. `create_task` starts them
on the running loop, else on this thread's, and keeps the task until it's done.

Only calls whose value is dropped or stored are concerned: what is yielded or handed on is waited for by others.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.coroutines import callee
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import PROCESSES, both, everywhere, is_instance, is_plumpy
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

_STEPS = ("step", "step_until_terminated")
_REMOTE = (
    *("get_status", "pause_process", "play_process", "kill_process"),
    *("continue_process", "launch_process", "execute_process"),
)
_CONTROLLERS = everywhere(*both("process_comms", "RemoteProcessController"))

rule = Rule("PLM117", __doc__, [needle("step"), needle("_process(")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for names, classes in ((_STEPS, PROCESSES), (_REMOTE, _CONTROLLERS)):
        for node in (one for name in names for one in module.attributes(name)):
            call = module.parent(node)
            if not isinstance(call, ast.Call) or call.func is not node:
                continue
            above = module.parent(call)
            if not isinstance(above, (ast.Expr, ast.Assign)) or not is_instance(module, node.value, classes):
                continue
            if list(module.program.reached(callee(module, node) or "")) or is_plumpy(module):
                continue
            yield from _start(module, call, node.attr)


def _start(module: Module, call: ast.Call, name: str) -> Iterator[Item]:
    spelling = aio(module, "create_task", call)
    if spelling is None:
        advice = "make a task of it"
        yield rule.left(module, call, f"`{name}` is a coroutine, which does nothing by itself", advice)
        return
    message = f"`{name}` is a coroutine, and is started"
    yield rule.expression(call, _Started(spelling.code), message, needs=spelling.needs)


class _Started:
    """Hands a call to a function."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, node: Any) -> Any:
        bare = node.with_changes(lpar=[], rpar=[])
        return cst.Call(func=cst.parse_expression(self.code), args=[cst.Arg(bare)], lpar=node.lpar, rpar=node.rpar)
