"""Run a loop until something is done.

Before::

    loop.run_sync(main)                       # a coroutine of the project
    loop.run_sync(lambda: main(name))
    loop.run_sync(lambda: future)
    loop.run_sync(main, timeout=3)

After::

    loop.run_until_complete(main())
    loop.run_until_complete(main(name))
    aio.run_sync(loop, lambda: future)
    aio.run_sync(loop, main, timeout=3)

`plumpy_compat.aio.run_sync` takes what tornado took: functions that give lists, futures of threads, or `None`, and a
timeout that cancels nothing. It is written wherever the function isn't certainly a coroutine of the project that only
runs when it's awaited, or its arguments are computed by calls, which would then happen before the loop runs.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.index.coroutines import TOGETHER, callee
from codemods.index.program import Callee, Form
from codemods.lazy import cst
from codemods.registry import chosen_code_rules
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._coroutines import converted
from codemods.rules.tornado._loops import STAGES, LoopCall, argument, handed, is_simple_call, loop_calls

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR304", __doc__, [needle("run_sync")], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in loop_calls(module, "run_sync"):
        native = _native(module, use.call) if use.call is not None else None
        if native is not None and use.call is not None:
            message = "`run_until_complete` runs a coroutine to its end"
            yield rule.expression(use.call, native, message)
            continue
        message = "`plumpy_compat.aio.run_sync` does what the loop's `run_sync` did"
        yield from handed(rule, module, use, "run_sync", message, func="function")
        yield from _nested(module, use)


def _native(module: Module, call: ast.Call) -> Optional[Any]:
    """The transform to `run_until_complete`, if the function is a native coroutine."""
    function = argument(call, 0, "func")
    if function is None or not is_simple_call(call) or len(call.args) + len(call.keywords) != 1:
        return None
    if is_native(module, function):
        return _called
    if isinstance(function, ast.Lambda) and isinstance(function.body, ast.Call):
        made = function.body
        arguments = [*made.args, *(one.value for one in made.keywords)]
        plain = not any(isinstance(inner, (ast.Call, ast.Yield)) for one in arguments for inner in ast.walk(one))
        return _body if plain and not _has_parameters(function) and is_native(module, made.func) else None
    return None


def _has_parameters(function: ast.Lambda) -> bool:
    args = function.args
    return bool(args.args or args.vararg or args.kwonlyargs or args.kwarg or getattr(args, "posonlyargs", ()))


def is_native(module: Module, node: ast.expr) -> bool:
    """Whether a function is certainly an ``async def`` after the migration, and none that starts at its call."""
    target = callee(module, node)
    if target is None or module.program.callee(target) is not Callee.COROUTINE:
        return False
    reached = list(module.program.reached(target))
    decisions = [module.program.decision(one) for one in reached]
    if any(one is not None for one in decisions) and not _converts(module):
        return False
    return bool(reached) and all(one is None or one.form is Form.NATIVE for one in decisions)


def _converts(module: Module) -> bool:
    """Whether this run makes native coroutines of tornado's at all."""
    return not TOGETHER - {one.code for one in chosen_code_rules(module.settings)}


def _called(call: Any) -> Any:
    return _until_complete(call, cst.Call(func=call.args[0].value))


def _body(call: Any) -> Any:
    return _until_complete(call, call.args[0].value.body)


def _until_complete(call: Any, coroutine: Any) -> Any:
    arg = call.args[0].with_changes(value=coroutine, keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    func = call.func.with_changes(attr=cst.Name("run_until_complete"))
    return call.with_changes(func=func, args=[arg])


def _nested(module: Module, use: LoopCall) -> Iterator[Item]:
    function = module.enclosing_function(use.node)
    if isinstance(function, ast.AsyncFunctionDef) or converted(module, use.node) is not None:
        message = "a loop can't be run while another one runs in this thread, as tornado's could"
        yield rule.note(module, use.node, message, "await what it runs")
