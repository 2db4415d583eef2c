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

A function inside a test may run in another thread, or nobody knows when. So it uses a name that the test gives its
loop, above the function: ``loop = asyncio.get_running_loop()``.

Methods that only tornado's loops have are the business of the rules TOR3; what these leave is left here. Left, too, is
an assignment to `self.io_loop`, and a method or a lambda that may run in another thread.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional

from codemods.edits import Shape
from codemods.index.origins import assigned, is_self, owner
from codemods.index.scopes import FUNCTIONS
from codemods.index.spelling import Spelling
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._spelling import aio, asyncio_name
from codemods.rules.tornado._tests import RUNNING, is_async_case, loop_in, on_self

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR502", __doc__, [needle("io_loop")], stages=("asyncio", "final"))


_NAME = "loop"
_LOOPS = frozenset(["asyncio.get_running_loop", "plumpy_compat.aio.get_or_create_event_loop"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    nodes = list(on_self(module, "io_loop"))
    first = _first_functions(module, nodes)
    for node in nodes:
        yield from _loop(module, node, first)
    for node in module.attributes("io_loop"):
        if isinstance(node.ctx, ast.Store) and _is_of_case(module, node):
            advice = "let the tests use the loop that they run in"
            yield rule.left(module, node, "the test case sets its own `io_loop`", advice)


def _is_of_case(module: Module, node: ast.Attribute) -> bool:
    cls = owner(module, node)
    of_self = isinstance(node.value, ast.Name) and is_self(module, node.value)
    return of_self and cls is not None and is_async_case(module, cls)


def _first_functions(module: Module, nodes: List[ast.Attribute]) -> Dict[Any, Any]:
    """For each function the first one inside it that needs a name for the loop."""
    first: Dict[Any, Any] = {}
    for node in nodes:
        function = module.enclosing_function(node)
        if isinstance(function, FUNCTIONS) and loop_in(module, function) is None:
            first.setdefault(module.enclosing_function(function), function)
    return first


def _loop(module: Module, node: ast.Attribute, first: Dict[Any, Any]) -> Iterator[Item]:
    """What becomes of a use.

    :param first: the functions that a name for the loop would go above, by the function around; shrinks.
    """
    import asyncio  # few files come this far

    above = module.parent(node)
    if isinstance(above, ast.Attribute) and not hasattr(asyncio.AbstractEventLoop, above.attr):
        advice = "use what asyncio's loop, `asyncio.get_running_loop()`, has instead"
        yield rule.left(module, node, f"asyncio's loops have no `{above.attr}`", advice)
        return
    function = module.enclosing_function(node)
    known = loop_in(module, function)
    if known is None:
        yield from _named(module, node, function, first)
        return
    spelling = _spelling(module, node, known)
    if spelling is None:
        advice = "rename what is called `asyncio`, `aio` or `plumpy_compat` here, and run again"
        yield rule.left(module, node, "the import that is needed would hide another name", advice)
        return
    code = f"{spelling.code}()"
    yield rule.replace(node, code, f"the test's loop is `{code}`", needs=spelling.needs)


def _spelling(module: Module, node: ast.AST, known: str) -> Optional[Spelling]:
    """The function that gives the loop where it runs, or is only this thread's."""
    if known == RUNNING:
        return asyncio_name(module, "get_running_loop", node)
    return aio(module, "get_or_create_event_loop", node)


def _named(module: Module, node: ast.Attribute, function: Any, first: Dict[Any, Any]) -> Iterator[Item]:
    """Use the name that the function around has for the loop, or give it one first."""
    outer = module.enclosing_function(function)
    known = loop_in(module, outer) if outer is not None and isinstance(function, FUNCTIONS) else None
    message = f"the test's loop is called `{_NAME}`"
    if known is not None and _is_named(module, outer, function):
        yield rule.replace(node, _NAME, message)
        return
    spelling = _spelling(module, function, known) if known is not None and _is_free(module, outer) else None
    if spelling is None:
        advice = f"give the loop a name outside of the function: `{_NAME} = asyncio.get_running_loop()`"
        yield rule.left(module, node, "this function may run where the test's loop isn't the current one", advice)
    elif outer in first:
        yield rule.edit(first.pop(outer), Shape.BLOCK, _Named(spelling.code), message, needs=spelling.needs, at=node)


def _is_named(module: Module, outer: Any, function: Any) -> bool:
    """Whether the function around names the loop, above the function inside."""
    bound = module.walk.scopes[outer].bindings.get(_NAME, ())
    value = assigned(module, bound[0]) if len(bound) == 1 else None
    if not isinstance(value, ast.Call) or module.resolve(value.func) not in _LOOPS:
        return False
    return value.lineno < function.lineno and _NAME not in module.walk.scopes[function].bindings


def _is_free(module: Module, outer: Any) -> bool:
    """Whether nothing in a function has the name."""
    return not any(
        (isinstance(node, ast.Name) and node.id == _NAME) or (isinstance(node, ast.arg) and node.arg == _NAME)
        for node in ast.walk(outer)
    )


class _Named:
    """Gives the loop a name above a function.

    :param code: the function that gives the loop.
    """

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, function: Any) -> List[Any]:
        name = cst.parse_statement(f"{_NAME} = {self.code}()\n")
        return [name, function.with_changes(leading_lines=[cst.EmptyLine(indent=False)])]
