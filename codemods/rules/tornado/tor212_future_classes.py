"""Derive classes from `asyncio.Future` instead of tornado's.

Before::

    class InterruptableFuture(concurrent.Future):
        def interrupt(self, reason):
            self.set_exception(reason)

After::

    class InterruptableFuture(asyncio.Future):
        def interrupt(self, reason):
            self.set_exception(reason)

An object belongs to the loop that is current when it's made; this is noted.

Left is a class that has other bases or decorators, that defines or sets what a future of asyncio has itself (also in a
class of the project that derives from it), that uses what only tornado's had, or that can be pickled or saved. Its
`__init__` must begin by calling the one of its base without arguments.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List

from codemods.index.facts import qualified
from codemods.index.origins import is_self
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import Use, rename, uses
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR212", __doc__, [needle("tornado")], stages=("asyncio", "final"))

_OWN = frozenset(
    """__await__ __iter__ __del__ __new__ _asyncio_future_blocking _callbacks _cancel_message _exception _log_traceback
    _loop _result _source_traceback _state add_done_callback cancel cancelled done exception get_loop
    remove_done_callback result set_exception set_result""".split()
)
"""What `asyncio.Future` has, for itself and for others."""
_TORNADO = frozenset(
    """_check_done _clear_tb_log _done _exc_info _set_done _tb_logger exc_info running set_exc_info""".split()
)
"""What only tornado's had."""
_SAVED = frozenset(
    """__getnewargs__ __getstate__ __reduce__ __reduce_ex__ __setstate__ load_instance_state
    save_instance_state""".split()
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.concurrent.Future"):
        cls = module.parent(use.node)
        if not isinstance(cls, ast.ClassDef) or use.node not in cls.bases:
            continue
        reason = _refusal(module, cls)
        if reason:
            advice = "derive it from `asyncio.Future` by hand, or let it have a future instead of being one"
            yield rule.left(module, use.node, f"`{cls.name}` derives from tornado's `Future`: {reason}", advice)
        else:
            yield from _rebased(module, use, cls)


def _rebased(module: Module, use: Use, cls: ast.ClassDef) -> Iterator[Item]:
    yield rename(rule, module, use, asyncio_name(module, "Future", use.node))
    message = f"a `{cls.name}` belongs to the loop that is current when it's made; without one, making it may fail"
    yield rule.note(module, cls, message, "make it in a coroutine, or where its loop is current")


def _refusal(module: Module, cls: ast.ClassDef) -> str:
    """Why a class can't derive from `asyncio.Future`; empty if it can."""
    if len(cls.bases) > 1 or cls.keywords:
        return "it has other bases"
    if cls.decorator_list:
        return "it is decorated"
    defined = _defined(cls)
    for names, what in ((_OWN, "it defines `{}`"), (_TORNADO, "it defines `{}`"), (_SAVED, "`{}` pickles or saves it")):
        for one in sorted(names.intersection(defined)):
            return what.format(one)
    used = _used(module, cls)
    if used:
        return used
    for function in cls.body:
        if isinstance(function, FUNCTIONS) and function.name == "__init__" and not _initializes(function):
            return "its `__init__` doesn't begin by calling that of its base without arguments"
    return _derived(module, cls)


def _defined(cls: ast.ClassDef) -> List[str]:
    names = [one.name for one in cls.body if isinstance(one, (*FUNCTIONS, ast.ClassDef))]
    for statement in cls.body:
        targets: List[Any] = statement.targets if isinstance(statement, ast.Assign) else []
        names += [one.id for one in targets if isinstance(one, ast.Name)]
    return names


def _used(module: Module, cls: ast.ClassDef) -> str:
    for node in ast.walk(cls):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if not is_self(module, node.value) or node.attr not in _OWN | _TORNADO:
            continue
        # Whether reading one of asyncio's private attributes gives the same doesn't matter: it did read tornado's.
        if node.attr in _TORNADO or node.attr.startswith("_") or not isinstance(node.ctx, ast.Load):
            return f"line {node.lineno} uses `{node.attr}`"
    return ""


def _initializes(function: Any) -> bool:
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    call = body[0].value if body and isinstance(body[0], ast.Expr) else None
    if not isinstance(call, ast.Call) or call.args or call.keywords or not isinstance(call.func, ast.Attribute):
        return False
    parent = call.func.value
    is_super = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "super"
    return call.func.attr == "__init__" and is_super


def _derived(module: Module, cls: ast.ClassDef) -> str:
    """What a class of the project that derives from it defines."""
    name = qualified(module, cls)
    forbidden = sorted((_OWN | _TORNADO | _SAVED) - {"__new__"})
    for method in forbidden:
        for one in module.program.graph.overriding(f"{name}.{method}"):
            return f"`{one}` is defined in a class that derives from it"
    return ""
