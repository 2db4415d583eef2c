"""Turn tornado's coroutines into `async def`.

Before::

    @gen.coroutine
    def fetch(self):
        yield self.connect()

    @gen.coroutine
    def start(self):
        ...

    service.start()

After::

    async def fetch(self):
        await self.connect()

    @aio.eager_coroutine
    async def start(self):
        ...

    service.start()

A coroutine becomes a plain `async def` where everything that the project does with it waits for what it gives, or
hands the function to a loop. Any other keeps what tornado's had: its call starts it at once and gives a future, under
`plumpy_compat.aio.eager_coroutine`. The report gives the reason. Methods that override each other become the same; a
base method that only raises `NotImplementedError` or does nothing becomes `async def` with them.

Left is a coroutine that can't be rewritten as a whole: `__init__`, one that gives its result to a callback, that
yields inside an f-string, or that delegates with `yield from` to what isn't a coroutine.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Tuple

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.index.program import Form
from codemods.lazy import cst
from codemods.rule import Item, Rule, importing
from codemods.rules.tornado._coroutines import Conversion, conversions
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR101", __doc__, [importing("tornado", "asyncio")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in conversions(module):
        name = one.function.name
        if one.decision.form is Form.KEPT:
            advice = "rewrite it by hand: `async def`, `await`, `return`"
            at = one.function if one.place is None else one.function.decorator_list[one.place]
            yield rule.left(module, at, f"`{name}` stays a coroutine of tornado: {one.decision.reason}", advice)
        elif one.place is None:
            yield rule.edit(one.function, Shape.HEADER, _Transform(), f"`{name}` becomes `async def`")
        else:
            yield _decorated(module, one, one.place)


def _decorated(module: Module, one: Conversion, place: int) -> Item:
    decorator = one.function.decorator_list[place]
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    text = module.text(called)
    if one.kind == "test" and module.resolve(called) in module.settings.coroutine_decorators:
        message = f"`{one.function.name}` becomes `async def`"
        return rule.edit(one.function, Shape.HEADER, _Transform(), message, at=decorator)
    settles = tuple(node for node in ast.walk(decorator) if isinstance(node, ast.Name))
    if one.decision.form is Form.NATIVE:
        message = f"`{one.function.name}` becomes `async def`"
        return rule.edit(one.function, Shape.HEADER, _Transform(text), message, settles=settles, at=decorator)
    spelling = aio(module, "eager_coroutine", one.function)
    if spelling is None:
        advice = "rename what is called `aio` and `plumpy_compat` here, and run again"
        return rule.left(module, decorator, "the import of `plumpy_compat.aio` would hide another name", advice)
    message = f"`{one.function.name}` becomes an eager coroutine: {one.decision.reason}"
    transform = _Transform(text, spelling.code)
    return rule.edit(
        one.function, Shape.HEADER, transform, message, settles=settles, needs=spelling.needs, at=decorator
    )


class _Transform:
    """Makes a function ``async``, and drops or replaces a decorator.

    :param decorator: its source; empty for none.
    :param becomes: what takes its place; empty if nothing does.
    """

    def __init__(self, decorator: str = "", becomes: str = "") -> None:
        self.decorator = decorator
        self.becomes = becomes

    def __call__(self, function: Any) -> Any:
        if self.decorator:
            place = find_in(function.decorators, self.decorator)
            if self.becomes:
                new = function.decorators[place].with_changes(decorator=cst.parse_expression(self.becomes))
                decorators: Tuple[Any, ...] = function.decorators
                decorators = (*decorators[:place], new, *decorators[place + 1 :])
                function = function.with_changes(decorators=decorators)
            else:
                function = without(function, place)
        return function.with_changes(asynchronous=cst.Asynchronous())
