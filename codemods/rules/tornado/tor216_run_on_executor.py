"""Write out `run_on_executor`.

Before::

    @concurrent.run_on_executor(executor="_pool")
    def parse(self, path):
        return parse(path)

After::

    def parse(self, path):
        def run():
            return parse(path)

        return self._pool.submit(run)

This is what the decorator did in tornado 4: the method gives the future of a thread, whether it's awaited or not, and
needs no loop. `await aio.as_awaitable(…)` waits for it.

Left is a method that sets its own parameters, uses `super()` without arguments, `locals()` or `yield`, or has comments
around its decorator that would be lost; and one that is given `callback=` in this file.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, List, Optional

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import Use, uses

if TYPE_CHECKING:
    from typing import Iterator

    from codemods.index.module import Module

rule = Rule("TOR216", __doc__, [needle("run_on_executor")], stages=("asyncio", "final"))

_ADVICE = "write a method that gives `self.executor.submit(…)`, or a coroutine that awaits `loop.run_in_executor(…)`"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "tornado.concurrent.run_on_executor"):
        above = module.parent(use.node)
        decorator = above if isinstance(above, ast.Call) and above.func is use.node else use.node
        function = module.parent(decorator)
        if not isinstance(function, FUNCTIONS) or decorator not in function.decorator_list:
            yield rule.left(module, use.node, "`run_on_executor` isn't used as a decorator here", _ADVICE)
            continue
        executor = _executor(decorator)
        reason = "its arguments aren't plain" if executor is None else _refusal(module, function, decorator)
        if executor is None or reason:
            message = f"`{function.name}` runs on an executor by tornado's decorator: {reason}"
            yield rule.left(module, decorator, message, _ADVICE)
        else:
            yield _edit(module, use, function, decorator, executor)


def _executor(decorator: ast.expr) -> Optional[str]:
    """The name of the attribute that has the executor; ``None`` if it can't be told."""
    if not isinstance(decorator, ast.Call):
        return "executor"
    if decorator.args:
        return None
    given = {one.arg: getattr(one.value, "value", None) for one in decorator.keywords}
    if not set(given) <= {"executor", "io_loop"}:
        return None
    name = given.get("executor", "executor")
    return name if isinstance(name, str) and name.isidentifier() else None


def _refusal(module: Module, function: Any, decorator: ast.expr) -> str:
    """Why the body can't be moved into a function of its own; empty if it can."""
    arguments = function.args
    names = [*getattr(arguments, "posonlyargs", ()), *arguments.args, *arguments.kwonlyargs]
    names += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    if isinstance(function, ast.AsyncFunctionDef) or not arguments.args or function.decorator_list[-1] is not decorator:
        return "it isn't a plain method right below it"
    if any(isinstance(one, (ast.Global, ast.Nonlocal)) for one in ast.walk(function)):
        return "it sets names of other scopes"
    scope = module.walk.scopes[function]
    for one in names:
        if len(scope.bindings.get(one.arg, ())) > 1:
            return f"it sets its parameter `{one.arg}`"
    if "run" in scope.bindings or any(name.id == "run" for name in _names(function)):
        return "`run` is taken"
    for node in ast.walk(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom)) and module.enclosing_function(node) is function:
            return "it yields"
        called = node.func if isinstance(node, ast.Call) and not node.args else None
        if isinstance(called, ast.Name) and called.id in ("super", "locals", "vars"):
            return f"it calls `{called.id}()`"
    return "it's called with a callback" if _has_callback(module, function.name) else ""


def _names(function: Any) -> List[ast.Name]:
    return [one for one in ast.walk(function) if isinstance(one, ast.Name)]


def _has_callback(module: Module, name: str) -> bool:
    for node in module.attributes(name):
        call = module.parent(node)
        if isinstance(call, ast.Call) and call.func is node and any(one.arg == "callback" for one in call.keywords):
            return True
    return False


def _edit(module: Module, use: Use, function: Any, decorator: ast.expr, executor: str) -> Item:
    owner = function.args.args[0].arg
    transform = _WriteOut(module.text(use.node), f"{owner}.{executor}")
    message = f"`{function.name}` hands its work to `{owner}.{executor}` itself"
    options = {"settles": use.settles, "at": decorator, "replaces_strings": True}
    return rule.edit(function, Shape.BLOCK, transform, message, **options)


class _WriteOut:
    """Moves the body into a function that is submitted.

    :param decorator: its source, without its arguments.
    :param executor: the expression for the executor.
    """

    def __init__(self, decorator: str, executor: str) -> None:
        self.decorator = decorator
        self.executor = executor

    def __call__(self, function: Any) -> List[Any]:
        function = without(function, find_in(function.decorators, self.decorator))
        body = function.body
        if isinstance(body, cst.SimpleStatementSuite):
            body = cst.IndentedBlock(body=[cst.SimpleStatementLine(body=body.body)])
        docstring: List[Any] = []
        statements = list(body.body)
        if function.get_docstring(clean=False) is not None:
            docstring, statements = statements[:1], statements[1:]
        if not statements:
            statements = [cst.parse_statement("pass")]
        plain = cst.IndentedBlock(body=statements, footer=body.footer, indent=body.indent)
        parameters = cst.Parameters()
        run = cst.FunctionDef(name=cst.Name("run"), params=parameters, body=plain)
        if docstring:
            run = run.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        given = cst.parse_statement(f"return {self.executor}.submit(run)")
        given = given.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        new = body.with_changes(body=[*docstring, run, given], footer=())
        return [function.with_changes(body=new)]
