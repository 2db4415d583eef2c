"""Keep the time limits that tests give, without tornado.

Before::

    TIMEOUT = testing.get_async_test_timeout()

    @testing.gen_test(timeout=10)
    def test_slow(self):
        yield slow()

After::

    TIMEOUT = 5

    async def test_slow(self):
        async def limited():
            await slow()

        await asyncio.wait_for(limited(), 10)

`get_async_test_timeout` gave five seconds unless the environment variable ASYNC_TEST_TIMEOUT said otherwise; that
variable is of no use any more. A test that gave no limit of its own had the same one, and has none now.

Not kept is the limit of a test that calls `super()` without arguments, assigns to its parameters or shares a line
with its `def`; that is reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.edits import Shape
from codemods.fragments import EditFailed
from codemods.index.coroutines import TEST, coroutine_decorator
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._coroutines import conversions, is_converted
from codemods.rules.tornado._spelling import asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "TOR505",
    __doc__,
    [needle("get_async_test_timeout"), needle("timeout", r"@.*gen_test")],
    stages=("asyncio", "final"),
)

TIMEOUT = "tornado.testing.get_async_test_timeout"
_NAME = "limited"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references(TIMEOUT):
        call = module.parent(reference.node)
        if isinstance(call, ast.Call) and call.func is reference.node and not call.args and not call.keywords:
            yield rule.replace(call, "5", "the time limit of tornado's tests is 5 seconds", settles=(reference.name,))
        else:
            advice = "write the number of seconds"
            yield rule.left(module, reference.node, "`get_async_test_timeout` isn't just called here", advice)
    for one in conversions(module):
        if one.kind == "test" and is_converted(one):
            limit = _limit(module, one.function)
            if limit is not None:
                yield _limited(module, one.function, limit)


def _limit(module: Module, function: Any) -> Optional[ast.expr]:
    """The time limit that the test's `gen_test` is given."""
    found = coroutine_decorator(module, function)
    decorator = function.decorator_list[found[0]] if found is not None else None
    if not isinstance(decorator, ast.Call) or module.resolve(decorator.func) not in TEST:
        return None
    for keyword in decorator.keywords:
        none = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
        if keyword.arg == "timeout" and not none:
            return keyword.value
    return None


def _limited(module: Module, function: Any, limit: ast.expr) -> Item:
    spelling = asyncio_name(module, "wait_for", function)
    reason = _refusal(module, function, limit)
    if reason or spelling is None:
        message = f"the time limit of `{function.name}` is gone: {reason or 'asyncio means something else here'}"
        return rule.note(module, function, message, "give the test a limit with `asyncio.wait_for`")
    message = f"`asyncio.wait_for` keeps the time limit of `{function.name}`"
    transform = _Limit(f"{spelling.code}({_NAME}(), {_code(module, limit)})")
    return rule.edit(function, Shape.BLOCK, transform, message, needs=spelling.needs, at=limit)


def _code(module: Module, limit: ast.expr) -> str:
    resolved = module.resolve(limit.func) if isinstance(limit, ast.Call) else None
    return "5" if resolved == TIMEOUT else module.text(limit)


def _refusal(module: Module, function: Any, limit: ast.expr) -> str:
    if _code(module, limit) != "5" and any("tornado" in (module.resolve(one) or "") for one in ast.walk(limit)):
        return "it comes from tornado"
    if "\n" in module.text(limit) or "\r" in module.text(limit):
        return "it goes over several lines"
    if any(isinstance(one, ast.Name) and one.id == "super" for one in _inside(function)):
        return "the test uses `super`"
    scope = module.walk.scopes[function]
    if any(len(scope.bindings.get(one.arg, ())) > 1 for one in ast.walk(function.args) if isinstance(one, ast.arg)):
        return "the test assigns to a parameter"
    if _NAME in scope.bindings or any(isinstance(one, ast.Name) and one.id == _NAME for one in _inside(function)):
        return f"the test has something called `{_NAME}`"
    if function.body[0].lineno == function.lineno:
        return "the test shares a line with its `def`"
    return ""


def _inside(function: Any) -> List[ast.AST]:
    return [node for statement in function.body for node in ast.walk(statement)]


class _Limit:
    """Moves the body of a coroutine into one of its own, and waits for that.

    :param waits: the call that waits.
    """

    def __init__(self, waits: str) -> None:
        self.waits = waits

    def __call__(self, function: Any) -> List[Any]:
        if not isinstance(function, cst.FunctionDef) or function.asynchronous is None:
            raise EditFailed("it isn't a coroutine yet")
        body = list(function.body.body)
        docstring = body[:1] if function.get_docstring() is not None else []
        rest = body[len(docstring) :]
        inner = cst.FunctionDef(
            name=cst.Name(_NAME),
            params=cst.Parameters(),
            body=function.body.with_changes(body=rest, header=cst.TrailingWhitespace()),
            asynchronous=cst.Asynchronous(),
        )
        wait = cst.parse_statement(f"await {self.waits}\n").with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        return [function.with_changes(body=function.body.with_changes(body=[*docstring, inner, wait], footer=[]))]
