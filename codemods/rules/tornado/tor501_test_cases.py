"""Make an `IsolatedAsyncioTestCase` of tornado's `AsyncTestCase`.

Before::

    class StoreTest(testing.AsyncTestCase):
        def setUp(self):
            super().setUp()
            self.store = Store()

        @testing.gen_test
        def test_get(self):
            ...

After::

    class StoreTest(unittest.IsolatedAsyncioTestCase):
        def setUp(self):
            super().setUp()
            self.store = Store()

        async def test_get(self):
            ...

Both give each test a loop of its own. As with tornado, that loop is the thread's but doesn't run in `setUp`,
`tearDown` and tests that are plain functions, so these stay as they are (but see TOR503). The limit of five seconds
that `gen_test` set is gone, unless a test gives one (TOR505).

Left is what isn't a base class: `AsyncTestCase` that is stored or handed on. Left, too, are `AsyncHTTPTestCase` and
what else a test case had from tornado alone: `self.stop()` and `self.wait()`, `get_new_ioloop` (TOR506).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.module import Reference
from codemods.index.spelling import spell
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._tests import CASE

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR501", __doc__, [needle("AsyncTestCase")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references(CASE):
        node = reference.node
        for _ in range(reference.canonical.count(".") - CASE.count(".")):
            assert isinstance(node, ast.Attribute)
            node = node.value
        yield _case(module, reference, node)


def _case(module: Module, reference: Reference, node: ast.expr) -> Item:
    if not _is_base(module, node) and not _is_explicit_super(module, node):
        advice = "name `unittest.IsolatedAsyncioTestCase` here, and see what relies on it"
        return rule.left(module, node, "`AsyncTestCase` isn't used as a base class here", advice)
    if module.settings.target_version < (3, 8):
        advice = "raise the target version"
        return rule.left(module, node, "unittest has no test case with a loop before Python 3.8", advice)
    spelling = spell(module, "unittest", "IsolatedAsyncioTestCase", node)
    if spelling is None:
        advice = "rename what is called `unittest` here, and run again"
        return rule.left(module, node, "the import of `unittest` would hide another name", advice)
    message = f"the test case has a loop of asyncio: `{spelling.code}`"
    return rule.replace(node, spelling.code, message, settles=(reference.name,), needs=spelling.needs)


def _is_base(module: Module, node: ast.expr) -> bool:
    above = module.parent(node)
    return isinstance(above, ast.ClassDef) and any(base is node for base in above.bases)


def _is_explicit_super(module: Module, node: ast.expr) -> bool:
    """Whether it's the class in ``AsyncTestCase.setUp(self)``."""
    above = module.parent(node)
    if not isinstance(above, ast.Attribute) or above.attr not in ("setUp", "tearDown"):
        return False
    call = module.parent(above)
    return isinstance(call, ast.Call) and call.func is above
