"""Rewrite what only tornado's futures could do: errors with tracebacks, their logs, and timeouts that meant nothing.

Before::

    future.set_exc_info(sys.exc_info())
    future.set_exc_info(error)
    future.result(timeout=5)
    future._clear_tb_log()
    future._tb_logger = None

After::

    future.set_exception(sys.exc_info()[1])
    future.set_exception(error)
    future.result()
    future._log_traceback = False
    future._log_traceback = False

An exception of Python 3 has its traceback. `result` and `exception` of a thread's future keep their timeout, as do
those of an object whose kind isn't known.

Setting `_log_traceback` to False has nobody told of the error, as both old spellings were meant to; where that's done
beside it, `_tb_logger = None` just goes. Code that may not use private names calls `future.exception()` instead, if the
future is done and wasn't cancelled. The error of one that nobody silenced is now logged by `asyncio`, not by
`tornado.application`.

Left are `set_exc_info` of something else, and `exc_info()`: it gave None for a future that wasn't done yet, where
`exception()` raises; other uses of `_tb_logger` and `_clear_tb_log`; and setting `_log_traceback` to True, which is an
error with asyncio's.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.edits import Shape
from codemods.index.facts import qualified
from codemods.index.origins import is_self, origins, owner
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import primary
from codemods.rules.tornado._gen_names import FUTURES, call_of, is_own_future, loads, stays_tornado

if TYPE_CHECKING:
    from codemods.index.module import Module, Span

rule = Rule(
    "TOR215",
    __doc__,
    [*map(needle, ("exc_info", "result(", "exception(", "_tb_log", "_log_traceback"))],
    stages=("asyncio", "final"),
)

_EXC_INFO = "sys.exc_info()"
_RELATED = frozenset(["tornado", "plumpy", "kiwipy"])
"""Where futures of tornado's come from, to files that don't import it themselves."""
_BASES = [
    *FUTURES,
    "asyncio.Future",
    *(f"plumpy.{one}" for one in ("Future", "SavableFuture", "futures.Future", "persistence.SavableFuture")),
]
"""What classes of futures derive from, before and after the migration."""
_SILENT = "_log_traceback"
_SILENCE = "set `_log_traceback = False`, or call `exception()` once it's done, unless it was cancelled"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("set_exc_info"):
        call = call_of(module, node)
        if call is not None and _may_be_future(module, node):
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
    for name in ("_clear_tb_log", "_tb_logger", _SILENT):
        for node in module.attributes(name):
            if _may_be_future(module, node) and not _is_of_other_class(module, node.value):
                yield from _logged(module, node)


def _is_ours(module: Module, node: ast.expr) -> bool:
    return is_own_future(module, node) and not stays_tornado(module, node)


def _may_be_future(module: Module, node: ast.Attribute) -> bool:
    """Whether an object with such an attribute is a future that was tornado's: nothing else is known to have it."""
    if stays_tornado(module, node.value):
        return False
    if is_own_future(module, node.value):
        return True
    here = any(one.name == node.attr for one in module.of(*FUNCTIONS))
    return not _RELATED.isdisjoint(module.import_roots) and not here and not module.project.defines_method(node.attr)


def _is_of_other_class(module: Module, node: ast.expr) -> bool:
    """Whether it's `self`, and no future as far as the project knows."""
    if not isinstance(node, ast.Name) or not is_self(module, node):
        return False
    cls = owner(module, node)
    return cls is None or not module.program.derives(qualified(module, cls), _BASES)


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


def _logged(module: Module, node: ast.Attribute) -> Iterator[Item]:
    """What to say of a use of what has an error logged that nobody retrieved."""
    statement: Any = module.parent(node)
    if node.attr == "_clear_tb_log":
        call = call_of(module, node)
        statement = module.parent(call) if call is not None and not call.args else None
        plain = isinstance(statement, ast.Expr)
    else:
        plain = isinstance(statement, ast.Assign) and statement.targets == [node]
    value = statement.value.value if plain and isinstance(statement.value, ast.Constant) else node
    if node.attr == _SILENT:
        if value is True:
            yield rule.left(module, node, "a future of asyncio takes only False for `_log_traceback`", "leave it out")
    elif plain and (value is None or node.attr == "_clear_tb_log"):
        yield _silenced(module, node, statement)
    else:
        yield rule.left(module, node, f"a future of asyncio has no `{node.attr}`", _SILENCE)


def _silenced(module: Module, node: ast.Attribute, statement: ast.stmt) -> Item:
    line = _line_of(module, statement)
    if node.attr == "_tb_logger" and line is not None and _is_silenced_beside(module, node, statement):
        message = "`_tb_logger` goes: `_log_traceback` is what asyncio has"
        return rule.edit(statement, Shape.BLOCK, lambda _: [], message, dead=(line,), empties=True)
    message = f"`{node.attr}` becomes `_log_traceback = False`"
    return rule.edit(statement, Shape.STATEMENT, _silence, message)


def _is_silenced_beside(module: Module, node: ast.Attribute, statement: ast.stmt) -> bool:
    """Whether a statement of the same block sets `_log_traceback` to False."""
    return any(
        module.parent(module.parent(other)) is module.parent(statement)
        and module.text(module.parent(other)) == f"{module.text(node.value)}.{_SILENT} = False"
        for other in module.attributes(_SILENT)
    )


def _line_of(module: Module, statement: ast.stmt) -> Optional[Span]:
    """Where a statement is, with the comment behind it, which is about what goes; None if others are on its line."""
    start, end = module.span(statement)
    before = module.source.text[:start].rpartition("\n")[2]
    behind = module.source.text[end:].partition("\n")[0]
    alone = not before.strip() and not behind.partition("#")[0].strip()
    return (start, end + len(behind)) if alone else None


def _silence(line: Any) -> Any:
    """The statement that has nobody told of an error, for one that sets `_tb_logger` or calls `_clear_tb_log`."""
    old: Any = line.body[0]
    attribute = old.targets[0].target if hasattr(old, "targets") else old.value.func
    target = cst.AssignTarget(attribute.with_changes(attr=cst.Name(_SILENT)))
    new = cst.Assign(targets=[target], value=cst.Name("False"), semicolon=old.semicolon)
    return [line.with_changes(body=[new])]


def _is_timeout(call: ast.Call) -> bool:
    """Whether the only argument is a timeout that can go."""
    given = [*call.args, *(one.value for one in call.keywords if one.arg == "timeout")]
    return len(given) == 1 == len(call.args) + len(call.keywords) and _is_pure(given[0])


def _arguments(module: Module, call: ast.Call) -> List[ast.AST]:
    given = [*call.args, *(one.value for one in call.keywords)]
    return [load for one in given for load in loads(module, one)]


def _without_arguments(call: Any) -> Any:
    return call.with_changes(args=(), whitespace_before_args=cst.SimpleWhitespace(""))
