"""Rewrite what only tornado's futures could do: errors with tracebacks, and timeouts that meant nothing.

Before::

    future.set_exc_info(sys.exc_info())
    future.set_exc_info(error)
    future.result(timeout=5)

After::

    future.set_exception(sys.exc_info()[1])
    future.set_exception(error)
    future.result()

An exception of Python 3 has its traceback. `result` and `exception` of a thread's future keep their timeout, as do
those of an object whose kind isn't known.

Left are `set_exc_info` of something else, and `exc_info()`: it gave None for a future that wasn't done yet, where
`exception()` raises.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.index.origins import origins
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import primary
from codemods.rules.tornado._gen_names import call_of, is_own_future, loads, stays_tornado

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "TOR215", __doc__, [needle("exc_info"), needle("result("), needle("exception(")], stages=("asyncio", "final")
)

_EXC_INFO = "sys.exc_info()"
_RELATED = frozenset(["tornado", "plumpy", "kiwipy"])
"""Where futures of tornado's come from, to files that don't import it themselves."""


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("set_exc_info"):
        call = call_of(module, node)
        if call is not None and _may_be_future(module, node.value):
            yield _set(module, node, call)
    for node in module.attributes("exc_info"):
        call = call_of(module, node)
        if call is not None and not call.args and _is_ours(module, node.value):
            advice = "write `(type(e), e, e.__traceback__)` with `e = future.exception()`, once it's done"
            yield rule.left(module, call, "a future of asyncio has no `exc_info`", advice)
    for name in ("result", "exception"):
        for node in module.attributes(name):
            call = call_of(module, node)
            if call is not None and _is_timeout(call) and _is_ours(module, node.value):
                message = f"`{name}` of a future of asyncio takes no timeout; tornado's took no notice of it"
                yield rule.expression(call, _without_arguments, message, settles=tuple(_arguments(module, call)))


def _is_ours(module: Module, node: ast.expr) -> bool:
    return is_own_future(module, node) and not stays_tornado(module, node)


def _may_be_future(module: Module, node: ast.expr) -> bool:
    """Whether an object with `set_exc_info` is a future that was tornado's: nothing else is known to have it."""
    if stays_tornado(module, node):
        return False
    if is_own_future(module, node):
        return True
    here = any(one.name == "set_exc_info" for one in module.of(*FUNCTIONS))
    return (
        not _RELATED.isdisjoint(module.import_roots) and not here and not module.project.defines_method("set_exc_info")
    )


def _set(module: Module, node: ast.Attribute, call: ast.Call) -> Item:
    how = _error(module, call)
    if how is None:
        advice = "call `set_exception` with the exception"
        return rule.left(module, call, "a future of asyncio has no `set_exc_info`", advice)
    settles = () if how != "second" else tuple(_dropped(module, call))
    message = "`set_exc_info` becomes `set_exception`"
    return rule.expression(call, _SetException(how), message, settles=settles)


def _error(module: Module, call: ast.Call) -> Optional[str]:
    """Where the exception is in the argument: it ``is`` it, or the ``second`` of a tuple that is there or ``given``."""
    if len(call.args) != 1 or call.keywords:
        return None
    value = call.args[0]
    if isinstance(value, ast.Tuple) and len(value.elts) == 3:
        others = (value.elts[0], value.elts[2])
        return "second" if all(_is_pure(one) for one in others) else None
    if origins(module, value) == {_EXC_INFO}:
        return "given"
    return "is" if _is_exception(module, value) else None


def _is_pure(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "type" and all(map(_is_pure, node.args))
    if isinstance(node, ast.Attribute):
        return _is_pure(node.value)
    return isinstance(node, (ast.Name, ast.Constant))


def _is_exception(module: Module, node: ast.expr) -> bool:
    """Whether it's a name that `except … as` binds around it, or a call of a class of exceptions."""
    if isinstance(node, ast.Call):
        name = str(module.resolve(node.func) or getattr(node.func, "id", "")).rpartition(".")[2]
        return name.endswith(("Error", "Exception"))
    if not isinstance(node, ast.Name):
        return False
    return any(isinstance(above, ast.ExceptHandler) and above.name == node.id for above in module.parents(node))


def _dropped(module: Module, call: ast.Call) -> List[ast.AST]:
    first, _, last = call.args[0].elts  # type: ignore[attr-defined]
    return [*loads(module, first), *loads(module, last)]


class _SetException:
    """Hands on the exception alone.

    :param how: see `_error`.
    """

    def __init__(self, how: str) -> None:
        self.how = how

    def __call__(self, call: Any) -> Any:
        value = call.args[0].value
        if self.how == "second":
            value = value.elements[1].value
        elif self.how == "given":
            index = cst.SubscriptElement(slice=cst.Index(value=cst.Integer("1")))
            value = cst.Subscript(value=primary(value), slice=[index])
        func = call.func.with_changes(attr=cst.Name("set_exception"))
        return call.with_changes(func=func, args=[call.args[0].with_changes(value=value)])


def _is_timeout(call: ast.Call) -> bool:
    """Whether the only argument is a timeout that can go."""
    given = [*call.args, *(one.value for one in call.keywords if one.arg == "timeout")]
    return len(given) == 1 == len(call.args) + len(call.keywords) and _is_pure(given[0])


def _arguments(module: Module, call: ast.Call) -> List[ast.AST]:
    given = [*call.args, *(one.value for one in call.keywords)]
    return [load for one in given for load in loads(module, one)]


def _without_arguments(call: Any) -> Any:
    return call.with_changes(args=(), whitespace_before_args=cst.SimpleWhitespace(""))
