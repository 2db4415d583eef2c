"""List what only tornado's test helpers can do.

For example::

    self.wait()
    with ExpectLog('tornado.application', 'Future exception'):
    class PageTest(testing.AsyncHTTPTestCase):
    @pytest.mark.gen_test

`self.stop()` and `self.wait()` of a test case, a loop made by `get_new_ioloop`, test cases with an HTTP server, log
expectations and ports have no counterpart with the same meaning. `@pytest.mark.gen_test` is pytest-tornado's: such
tests are generators, and their fixture `io_loop` is a loop of tornado's. Nothing is rewritten.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.facts import qualified
from codemods.index.origins import owner
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._tests import is_async_case, methods, on_self

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "TOR506",
    __doc__,
    [needle("tornado"), needle("IsolatedAsyncioTestCase"), needle("gen_test")],
    stages=("asyncio", "final"),
)

_WAITING = "make the test a coroutine that awaits a future or an `asyncio.Event`, which the callback sets"
_METHODS = {"stop": _WAITING, "wait": _WAITING}
_NAMES = {
    "AsyncHTTPTestCase": "test with a server and a client that work with asyncio",
    "AsyncHTTPSTestCase": "test with a server and a client that work with asyncio",
    "ExpectLog": "use `self.assertLogs`; what tornado logged as `tornado.application` is logged as `asyncio` now",
    "LogTrapTestCase": "drop this base: the test runner keeps logs of tests that pass to itself",
    "bind_unused_port": "bind a socket to port 0: `socket.create_server(('127.0.0.1', 0))`",
    "get_unused_port": "bind a socket to port 0: `socket.create_server(('127.0.0.1', 0))`",
    "main": "call `unittest.main()`, or let pytest run the tests",
    "unittest": "import `unittest` itself",
}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for reference in module.references("tornado.testing"):
        name = reference.canonical.split(".")[2:3]
        if name and name[0] in _NAMES:
            message = f"`tornado.testing.{name[0]}` has no counterpart of asyncio's"
            yield rule.left(module, reference.node, message, _NAMES[name[0]])
    for reference in module.references("pytest.mark.gen_test"):
        advice = "make it `async def` under `@pytest.mark.asyncio`, with `await` for `yield`, and without `io_loop`"
        yield rule.left(module, reference.node, "pytest-tornado runs this test on a loop of tornado's", advice)
    for name_, advice in _METHODS.items():
        for node in on_self(module, name_):
            if not _is_own(module, node):
                yield rule.left(module, node, f"`self.{name_}` is gone with tornado's test case", advice)
    for cls in module.of(ast.ClassDef):
        if is_async_case(module, cls):
            for one in methods(cls):
                if one.name == "get_new_ioloop":
                    advice = "let the tests use the loop that they run in, or set the event loop policy"
                    yield rule.left(module, one, "nothing calls `get_new_ioloop` any more", advice)


def _is_own(module: Module, node: ast.Attribute) -> bool:
    """Whether the project defines what is read of `self`."""
    cls = owner(module, node)
    assert cls is not None
    if any(isinstance(one.ctx, ast.Store) for one in module.attributes(node.attr)):
        return True
    return any(module.program.reached(f"self.{qualified(module, cls)}.{node.attr}"))
