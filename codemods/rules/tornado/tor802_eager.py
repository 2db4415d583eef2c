"""Make eager coroutines native where all uses wait for them by now (stage final).

Before::

    @aio.eager_coroutine
    async def fetch():
        ...

    await fetch()

After::

    async def fetch():
        ...

    await fetch()

It is decided as for tornado's coroutines: see TOR101.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.index.coroutines import coroutine_decorator
from codemods.index.facts import qualified
from codemods.index.program import Form
from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR802", __doc__, [needle("eager_coroutine")], stages=("final",))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for function in module.of(ast.AsyncFunctionDef):
        found = coroutine_decorator(module, function)
        decision = module.program.decision(qualified(module, function))
        if found is None or found[1] != "eager" or decision is None or decision.form is not Form.NATIVE:
            continue
        decorator = function.decorator_list[found[0]]
        settles = tuple(node for node in ast.walk(decorator) if isinstance(node, ast.Name))
        message = f"all uses of `{function.name}` wait for what it gives"
        transform = _Without(module.text(decorator))
        yield rule.edit(function, Shape.HEADER, transform, message, settles=settles, at=decorator)


class _Without:
    """Takes the decorator away."""

    def __init__(self, decorator: str) -> None:
        self.decorator = decorator

    def __call__(self, function: Any) -> Any:
        return without(function, find_in(function.decorators, self.decorator))
