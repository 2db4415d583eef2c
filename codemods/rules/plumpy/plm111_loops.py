"""Make event loops without plumpy's functions for it, which are gone.

Before::

    plumpy.set_event_loop_policy()
    loop = plumpy.get_event_loop()
    loop = plumpy.new_event_loop()

After, with `--runtime plumpy`::

    loop = plumpy.get_or_create_event_loop()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

`set_event_loop_policy()` and `reset_event_loop_policy()`, which let processes run within each other, go in any case:
they do so without. plumpy_compat has the other functions still, so that they stay there.

A loop that is made (`new_event_loop`) must be assigned to a name in a statement of its own; else it's left.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List

from codemods.edits import Shape
from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, both, references
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("PLM111", __doc__, [needle("event_loop")], stages=("asyncio", "final"))

_POLICIES = both("events", "set_event_loop_policy", "reset_event_loop_policy")
_GONE = both("events", "get_event_loop", "new_event_loop", "set_event_loop")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, _POLICIES):
        yield from _policy(module, use)
    for use in references(module, _GONE) if module.settings.runtime == OLD else ():
        call = module.parent(use.node)
        name = use.canonical.rpartition(".")[2]
        if isinstance(call, ast.Call) and call.func is use.node:
            yield from _function(module, use, call, name)
        else:
            yield rule.left(module, use.node, f"plumpy has no `{name}` any more", f"use `asyncio.{name}`")


def _policy(module: Module, use: Reference) -> Iterator[Item]:
    call = module.parent(use.node)
    statement = module.statement_of(use.node)
    name = use.canonical.rpartition(".")[2]
    plain = isinstance(call, ast.Call) and call.func is use.node
    if plain and isinstance(statement, ast.Expr) and statement.value is call:
        message = f"`{name}()` isn't needed any more"
        yield rule.edit(statement, Shape.BLOCK, _nothing, message, settles=(use.name,), empties=True)
    else:
        yield rule.left(module, use.node, f"`{name}` does nothing any more", "take it out")


def _nothing(_: Any) -> List[Any]:
    return []


def _function(module: Module, use: Reference, call: ast.Call, name: str) -> Iterator[Item]:
    if name == "get_event_loop":
        message = f"`{name}` is `get_or_create_event_loop`"
        if isinstance(use.node, ast.Attribute):
            code = module.text(use.node)[: -len(name)] + "get_or_create_event_loop"
            yield rule.replace(use.node, code, message)
        else:
            found = spell(module, OLD, "get_or_create_event_loop", call, by_name=True)
            if found is None:
                yield rule.left(module, call, "plumpy has no `get_event_loop` any more", "get the loop otherwise")
                return
            yield rule.replace(use.node, found.code, message, needs=found.needs, settles=(use.name,))
        return
    spelling = asyncio_name(module, name, call)
    current = asyncio_name(module, "set_event_loop", call)
    if spelling is None or current is None:
        yield rule.left(module, call, f"plumpy has no `{name}` any more", f"use `asyncio.{name}`")
    elif name == "set_event_loop":
        message = f"`{name}` is asyncio's"
        yield rule.replace(use.node, spelling.code, message, needs=spelling.needs, settles=(use.name,))
    else:
        yield from _new_loop(module, use, call, spelling.code, current.code, spelling.needs)


def _new_loop(module: Module, use: Reference, call: ast.Call, made: str, current: str, needs: Any) -> Iterator[Item]:
    statement = module.statement_of(call)
    if not isinstance(statement, ast.Assign) or statement.value is not call or len(statement.targets) != 1:
        advice = "make it by `asyncio.new_event_loop()`, and set it"
        yield rule.left(module, call, "plumpy has no `new_event_loop` any more", advice)
        return
    transform = _MadeAndSet(made, current, module.text(statement.targets[0]))
    message = "a loop is made and set by asyncio"
    yield rule.edit(statement, Shape.STATEMENT, transform, message, settles=(use.name,), needs=needs)


class _MadeAndSet:
    """Makes a loop in one statement and sets it in another."""

    def __init__(self, made: str, current: str, target: str) -> None:
        self.made = made
        self.current = current
        self.target = target

    def __call__(self, line: Any) -> List[Any]:
        small = line.body[0].with_changes(value=cst.parse_expression(f"{self.made}()"))
        second = cst.parse_statement(f"{self.current}({self.target})\n")
        return [line.with_changes(body=[small]), second]
