"""Enter kiwipy's communicator for coroutines by `async with`.

Before::

    with RmqCommunicator(connection) as communicator:
        yield communicator.rpc_send(pid, message)

After::

    async with RmqCommunicator(connection) as communicator:
        await communicator.rpc_send(pid, message)

`RmqCommunicator` connects and disconnects by coroutines since kiwipy 0.6. That is done in coroutines; `with` elsewhere
is left, and so are other calls of its methods that nothing waits for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List

from codemods.edits import Shape
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.kiwipy._names import COROUTINES, comes_from, is_kiwipy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("KIW104", __doc__, [needle("kiwipy")], stages=("asyncio", "final"))

_METHODS = frozenset(
    f"{verb}_{kind}_subscriber" for verb in ("add", "remove") for kind in ("rpc", "task", "broadcast")
) | frozenset(["connect", "disconnect", "rpc_send", "task_send", "broadcast_send"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "kiwipy" not in module.import_roots or is_kiwipy(module):
        return
    for statement in module.of(ast.With):
        if any(comes_from(module, item.context_expr, COROUTINES) for item in statement.items):
            yield from _with(module, statement)
    for name in sorted(_METHODS):
        for node in module.attributes(name):
            call = module.parent(node)
            bare = isinstance(call, ast.Call) and call.func is node and isinstance(module.parent(call), ast.Expr)
            if bare and comes_from(module, node.value, COROUTINES):
                advice = "await it, or make a task of it"
                yield rule.left(module, call, f"`{name}` is a coroutine, which does nothing by itself", advice)


def _with(module: Module, statement: ast.With) -> Iterator[Item]:
    asynchronous = isinstance(module.enclosing_function(statement), ast.AsyncFunctionDef)
    if not asynchronous or len(statement.items) > 1:
        advice = "use `async with` in a coroutine, for the communicator alone"
        yield rule.left(module, statement, "`RmqCommunicator` must be entered by `async with`", advice)
        return
    yield rule.edit(statement, Shape.BLOCK, _make_async, "`RmqCommunicator` is entered by `async with`")


def _make_async(node: Any) -> List[Any]:
    return [node.with_changes(asynchronous=cst.Asynchronous())]
