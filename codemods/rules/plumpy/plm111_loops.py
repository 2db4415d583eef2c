"""Make event loops without plumpy's functions for it, which are gone.

Before::

    plumpy.set_event_loop_policy()
    loop = plumpy.get_event_loop()
    loop = plumpy.new_event_loop()
    plumpy.run_until_complete(future, loop)

After, with `--runtime plumpy`::

    loop = plumpy.get_or_create_event_loop()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(future)

`set_event_loop_policy()` and `reset_event_loop_policy()`, which let processes run within each other, go in any case:
they do so without. plumpy_compat has the other functions still, so that they stay there.

plumpy's own `run_until_complete` takes the loop first since 0.26; a call where it can't be told which argument is the
loop is left.

A loop that is made (`new_event_loop`) must be assigned to a name in a statement of its own; else it's left.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Tuple

from codemods.edits import Shape
from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, both, references
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.edits import NewImport
    from codemods.index.module import Module, Reference

rule = Rule("PLM111", __doc__, [needle("event_loop"), needle("run_until_complete")], stages=("asyncio", "final"))

_POLICIES = both("events", "set_event_loop_policy", "reset_event_loop_policy")
_RUN = both("events", "run_until_complete")
_GONE = both("events", "get_event_loop", "new_event_loop", "set_event_loop")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, _POLICIES):
        yield from _policy(module, use)
    for use in references(module, _RUN) if module.settings.runtime == OLD else ():
        yield from _run(module, use)
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


def _run(module: Module, use: Reference) -> Iterator[Item]:
    call = module.parent(use.node)
    name = "run_until_complete"
    if not isinstance(call, ast.Call) or call.func is not use.node:
        yield rule.left(module, use.node, f"`{name}` takes the loop first", "give it the loop, then the future")
        return
    loops = [number for number, one in enumerate(_arguments(call)) if one is not None and _is_loop(module, one)]
    if not call.args or loops == [0]:
        return
    message = f"a loop's own `{name}` runs a future"
    if len(_arguments(call)) == 2 and loops == [1]:
        yield rule.expression(call, _run_by_loop, message, settles=(use.name,))
        return
    current, needs = _current_loop(module, use, call)
    if len(_arguments(call)) == 1 and not isinstance(call.args[0], ast.Starred) and current:
        yield rule.expression(call, _RunByCurrent(current), message, settles=(use.name,), needs=needs)
    else:
        advice = f"write `loop.{name}(future)`"
        yield rule.left(module, call, f"`{name}` takes the loop first, and it's not clear which that is", advice)


def _current_loop(module: Module, use: Reference, call: ast.Call) -> Tuple[str, Sequence[NewImport]]:
    """What to call plumpy's function that gives the current loop, and the import that it needs; empty if it's taken."""
    name = "get_or_create_event_loop"
    if isinstance(use.node, ast.Attribute):
        return module.text(use.node)[: -len(use.node.attr)] + name, ()
    found = spell(module, OLD, name, call, by_name=True)
    return (found.code, found.needs) if found is not None else ("", ())


def _arguments(call: ast.Call) -> List[Optional[ast.expr]]:
    named = [one.value if one.arg == "loop" else None for one in call.keywords]
    return [*call.args, *named]


def _is_loop(module: Module, node: ast.expr) -> bool:
    """Whether an expression is a loop by its name, or by the function that gives it."""
    if isinstance(node, ast.Call):
        dotted = module.resolve(node.func) or ""
        return dotted.endswith(("event_loop", "IOLoop.current", "IOLoop.instance", "ioloop.IOLoop"))
    return getattr(node, "attr", getattr(node, "id", "")).lower().endswith("loop")


def _run_by_loop(node: Any) -> Any:
    future, loop = node.args
    func = cst.Attribute(value=loop.value, attr=cst.Name("run_until_complete"))
    return node.with_changes(func=func, args=[future.with_changes(comma=cst.MaybeSentinel.DEFAULT)])


class _RunByCurrent:
    """Has the current loop run a future.

    :param function: what gives the loop.
    """

    def __init__(self, function: str) -> None:
        self.function = function

    def __call__(self, node: Any) -> Any:
        return node.with_changes(func=cst.parse_expression(f"{self.function}().run_until_complete"))


def _function(module: Module, use: Reference, call: ast.Call, name: str) -> Iterator[Item]:
    if name == "get_event_loop":
        current, wanted = _current_loop(module, use, call)
        if current:
            message = f"`{name}` is `get_or_create_event_loop`"
            settled = (use.name,) if isinstance(use.node, ast.Name) else ()
            yield rule.replace(use.node, current, message, needs=wanted, settles=settled)
        else:
            yield rule.left(module, call, "plumpy has no `get_event_loop` any more", "get the loop otherwise")
        return
    spelling = asyncio_name(module, name, call)
    setter = asyncio_name(module, "set_event_loop", call)
    if spelling is None or setter is None:
        yield rule.left(module, call, f"plumpy has no `{name}` any more", f"use `asyncio.{name}`")
    elif name == "set_event_loop":
        message = f"`{name}` is asyncio's"
        yield rule.replace(use.node, spelling.code, message, needs=spelling.needs, settles=(use.name,))
    else:
        yield from _new_loop(module, use, call, spelling.code, setter.code, spelling.needs)


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
