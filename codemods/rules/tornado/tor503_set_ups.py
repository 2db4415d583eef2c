"""Start coroutines in `asyncSetUp` instead of `setUp`.

Before::

    class ServerTest(testing.AsyncTestCase):
        def setUp(self):
            super().setUp()
            self.server = Server()
            self.serving = self.server.serve()

After::

    class ServerTest(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            await super().asyncSetUp()
            self.server = Server()
            self.serving = self.server.serve()

A coroutine of tornado's that is called runs up to where it first waits. Without a running loop, as in `setUp`, a
coroutine of asyncio's doesn't. So the `setUp` (or `tearDown`) of a test case with a loop that starts a coroutine of
the project becomes `asyncSetUp` (`asyncTearDown`), and with it those of all test cases that it derives from or that
derive from it. All others stay: the test case's loop is this thread's in them.

It stays, with a note, where these test cases are in several files or have other bases with a `setUp` of their own,
where one of them runs a loop until something is done, or where it's called by name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, FrozenSet, Iterator, List, Set

from codemods.edits import Shape
from codemods.index.coroutines import AWAITED, SCHEDULED, callee, how_used
from codemods.index.facts import qualified
from codemods.index.program import Callee
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._tests import CASE, ISOLATED, family, is_async_case, methods

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "TOR503",
    __doc__,
    [needle("def setUp", r"def (?:setUp|tearDown)\b"), needle("def tearDown")],
    stages=("asyncio", "final"),
    scans=True,
)

BECOMES = {"setUp": "asyncSetUp", "tearDown": "asyncTearDown"}
_RUNS = frozenset(["run_sync", "run_until_complete", "run_forever", "start", "run"])
_ROOTS = frozenset([CASE, ISOLATED, "unittest.TestCase", "builtins.object"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    seen: Set[FrozenSet[str]] = set()
    for cls in module.of(ast.ClassDef):
        if not is_async_case(module, cls):
            continue
        group = family(module, cls)
        if group not in seen:
            seen.add(group)
            for name in BECOMES:
                yield from _family(module, group, name)


def _family(module: Module, group: FrozenSet[str], name: str) -> Iterator[Item]:
    """What becomes of the methods `name` of test cases that belong together."""
    classes = [cls for cls in module.of(ast.ClassDef) if qualified(module, cls) in group]
    functions = [one for cls in classes for one in methods(cls) if one.name == name]
    starts = [(one, call) for one in functions for call in _started(module, one)]
    if not starts:
        return
    reason = _refusal(module, group, classes, functions)
    if reason:
        for _, call in starts:
            message = f"`{name}` starts `{module.text(call.func)}`, which now begins to run with the loop, not at once"
            yield rule.note(
                module, call, message, f"make it `{BECOMES[name]}` if it matters; that wasn't done: {reason}"
            )
        return
    for function in functions:
        yield rule.edit(
            function, Shape.HEADER, _Rename(name), f"`{name}` becomes `{BECOMES[name]}`, as the loop must run"
        )
        for call in _to_bases(module, function):
            yield rule.expression(call, _Waited(name), f"`{BECOMES[name]}` of the base is awaited")


def _started(module: Module, function: Any) -> List[ast.Call]:
    """The calls of the project's coroutines in a function, but for those that are run until they're done."""
    return [
        call
        for call in _calls(function)
        if module.enclosing_function(call) is function
        and module.program.callee(callee(module, call.func) or "") is Callee.COROUTINE
        and how_used(module, call.func) not in (AWAITED, SCHEDULED)
    ]


def _calls(function: Any) -> List[ast.Call]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def _refusal(module: Module, group: FrozenSet[str], classes: List[ast.ClassDef], functions: List[Any]) -> str:
    """Why the methods can't be coroutines; empty if they can."""
    if len(classes) < len(group):
        return "other files have test cases that belong to it"
    strangers = {
        base
        for one in group
        for base in module.program.graph.linearised(one)
        if base not in group and base not in _ROOTS
    }
    if strangers or any(_unknown_bases(module, cls) for cls in classes):
        return "it has other bases, which may have one of their own"
    for one in functions:
        if not isinstance(one, ast.FunctionDef) or one.decorator_list or len(one.args.args) != 1:
            return "one of them is decorated, or takes arguments"
        if any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(one)):
            return "one of them returns something"
    for cls in classes:
        for one in methods(cls):
            run = next((call for call in _calls(one) if _runs_a_loop(call)), None)
            if run is not None and not one.name.startswith("test"):
                return f"line {run.lineno} runs a loop"
    named = {node for one in functions for call in _to_bases(module, one) for node in (call.func,)}
    others = [node for node in module.attributes(functions[0].name) if node not in named and not _is_super(node.value)]
    return f"line {others[0].lineno} calls it by name" if others else ""


def _unknown_bases(module: Module, cls: ast.ClassDef) -> bool:
    """Whether the project doesn't know what a base is."""
    known = set(module.program.graph.linearised(qualified(module, cls)))
    return len([base for base in cls.bases if _is_known(module, base, known)]) < len(cls.bases)


def _is_known(module: Module, base: ast.expr, known: Set[str]) -> bool:
    dotted = module.resolve(base) or (f"{module.name}.{base.id}" if isinstance(base, ast.Name) else "")
    return dotted in known or dotted in _ROOTS


def _runs_a_loop(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _RUNS


def _to_bases(module: Module, function: Any) -> List[ast.Call]:
    """The calls ``super().setUp()`` and ``Base.setUp(self)`` in the method `setUp`."""
    return [
        call
        for call in _calls(function)
        if _is_to_base(call, function.name)
        and isinstance(module.parent(call), ast.Expr)
        and module.enclosing_function(call) is function
    ]


def _is_to_base(call: ast.Call, name: str) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr != name:
        return False
    owner = call.func.value
    return _is_super(owner) or (len(call.args) == 1 and isinstance(owner, (ast.Name, ast.Attribute)))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


class _Rename:
    """Makes a coroutine of a method, under its new name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, function: Any) -> Any:
        return function.with_changes(name=cst.Name(BECOMES[self.name]), asynchronous=cst.Asynchronous())


class _Waited:
    """Waits for the method of a base, under its new name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, call: Any) -> Any:
        attr = call.func.attr.with_changes(value=BECOMES[self.name])
        return cst.Await(expression=call.with_changes(func=call.func.with_changes(attr=attr)))
