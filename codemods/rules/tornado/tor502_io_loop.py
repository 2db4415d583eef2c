"""Write `asyncio.get_running_loop()` instead of a test case's `self.io_loop`.

Before::

    def setUp(self):
        super().setUp()
        self.service = Service(loop=self.io_loop)

    @testing.gen_test
    def test_tell(self):
        self.io_loop.call_later(0.1, self.service.tell, 7)

After::

    def setUp(self):
        super().setUp()
        self.service = Service(loop=aio.get_or_create_event_loop())

    async def test_tell(self):
        asyncio.get_running_loop().call_later(0.1, self.service.tell, 7)

Where no loop runs, as in `setUp` and in tests that are plain functions, `plumpy_compat.aio.get_or_create_event_loop()`
gives the test case's loop.

Methods that only tornado's loops have are the business of the rules TOR3; what these leave is left here. Left, too, is
a function inside a test that may run in another thread, where the loop must be handed over, and an assignment to
`self.io_loop`.
"""

from __future__ import annotations

import ast
import asyncio
from typing import TYPE_CHECKING, Iterator

from codemods.index.origins import is_self, owner
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._spelling import aio, asyncio_name
from codemods.rules.tornado._tests import RUNNING, is_async_case, loop_in, on_self

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR502", __doc__, [needle("io_loop")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in on_self(module, "io_loop"):
        yield _loop(module, node)
    for node in module.attributes("io_loop"):
        cls = owner(module, node)
        if isinstance(node.ctx, ast.Store) and cls is not None and is_async_case(module, cls):
            if isinstance(node.value, ast.Name) and is_self(module, node.value):
                advice = "let the tests use the loop that they run in"
                yield rule.left(module, node, "the test case sets its own `io_loop`", advice)


def _loop(module: Module, node: ast.Attribute) -> Item:
    above = module.parent(node)
    if isinstance(above, ast.Attribute) and not hasattr(asyncio.AbstractEventLoop, above.attr):
        advice = "use what asyncio's loop, `asyncio.get_running_loop()`, has instead"
        return rule.left(module, node, f"asyncio's loops have no `{above.attr}`", advice)
    function = module.enclosing_function(node)
    known = loop_in(module, function)
    if known is None:
        advice = "give the loop a name outside of the function: `loop = asyncio.get_running_loop()`"
        return rule.left(module, node, "this function may run where the test's loop isn't the current one", advice)
    running = known == RUNNING
    name = "get_running_loop" if running else "get_or_create_event_loop"
    spelling = asyncio_name(module, name, node) if running else aio(module, name, node)
    if spelling is None:
        hidden = "asyncio" if running else "aio"
        advice = f"rename what is called `{hidden}` here, and run again"
        return rule.left(module, node, f"the import of `{hidden}` would hide another name", advice)
    code = f"{spelling.code}()"
    return rule.replace(node, code, f"the test's loop is `{code}`", needs=spelling.needs)
