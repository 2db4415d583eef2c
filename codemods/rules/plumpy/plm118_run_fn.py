"""Await the function that a running state runs, if plumpy is the runtime.

Before::

    class RunningStep(plumpy.Running):
        async def execute(self):
            result = self.run_fn(*self.args)

After, with `--runtime plumpy`::

    class RunningStep(plumpy.Running):
        async def execute(self):
            result = await self.run_fn(*self.args)

plumpy makes a coroutine function of `run_fn`, whatever it was (plumpy 0.16), so a call gives a coroutine and no
result. plumpy_compat keeps the function as it is.

Calls that are yielded, returned or handed on stay. Those in plain functions are left.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.facts import qualified
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, both, everywhere, is_instance, is_plumpy
from codemods.rules.plumpy.plm103_super_run import Awaited, needs_parentheses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM118", __doc__, [needle(".run_fn(")], stages=("asyncio", "final"))

_RUNNING = everywhere(*both("process_states", "Running"))
_HANDED_ON = (ast.Await, ast.Yield, ast.YieldFrom, ast.Return, ast.Call, ast.Lambda)


@rule.find
def find(module: Module) -> Iterator[Item]:
    if module.settings.runtime != OLD or is_plumpy(module):
        return
    for node in module.attributes("run_fn"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or isinstance(module.parent(call), _HANDED_ON):
            continue
        if not is_instance(module, node.value, _RUNNING):
            continue
        function = module.enclosing_function(call)
        if isinstance(function, ast.AsyncFunctionDef):
            transform = Awaited("", needs_parentheses(module, call))
            yield rule.expression(call, transform, "`run_fn` of a running state is a coroutine function")
        elif not isinstance(function, FUNCTIONS) or not module.program.becomes_async(qualified(module, function)):
            advice = "await it in an `async def`"
            yield rule.left(module, call, "`run_fn` gives a coroutine, which does nothing by itself", advice)
