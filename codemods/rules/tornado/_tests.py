"""Test cases: which classes have a loop of their own, and what a method of one may take for the loop."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Iterator, List, Optional

from codemods.index.coroutines import SCHEDULED, how_used
from codemods.index.facts import qualified
from codemods.index.origins import is_self, owner
from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module

CASE = "tornado.testing.AsyncTestCase"
ISOLATED = "unittest.IsolatedAsyncioTestCase"
PLAIN = "unittest.TestCase"
HTTP_CASES = frozenset(["tornado.testing.AsyncHTTPTestCase", "tornado.testing.AsyncHTTPSTestCase"])


def is_async_case(module: Module, cls: ast.ClassDef) -> bool:
    """Whether the class is, or becomes, one of `unittest.IsolatedAsyncioTestCase`."""
    known = lineage(module, cls)
    return CASE in known or ISOLATED in known or not _async_cases(module).isdisjoint(known)


def lineage(module: Module, cls: ast.ClassDef) -> List[str]:
    """The class and its bases, nearest first, whether or not the project's facts have this file."""
    own = _classes(module)
    found: List[str] = []
    pending = [qualified(module, cls)]
    while pending:
        name = pending.pop(0)
        if name in found:
            continue
        found.append(name)
        bases = own[name].bases if name in own else []
        dotted = [module.resolve(base) or f"{module.name}.{module.text(base)}" for base in bases]
        pending[:0] = [*dotted, *module.program.graph.linearised(name)[1:]]
    return found


def _classes(module: Module) -> Dict[str, ast.ClassDef]:
    """The classes of the file by their dotted names."""
    if "classes" not in module.cache:
        module.cache["classes"] = {qualified(module, one): one for one in module.of(ast.ClassDef)}
    found: Dict[str, ast.ClassDef] = module.cache["classes"]
    return found


def _async_cases(module: Module) -> FrozenSet[str]:
    """The classes of the file that have such a base by now."""
    if "async cases" not in module.cache:
        module.cache["async cases"] = frozenset(
            qualified(module, cls)
            for cls in module.of(ast.ClassDef)
            if any(module.resolve(base) in (CASE, ISOLATED) for base in cls.bases)
        )
    found: FrozenSet[str] = module.cache["async cases"]
    return found


def on_self(module: Module, name: str) -> Iterator[ast.Attribute]:
    """The reads of ``self.name`` in test cases that have a loop."""
    for node in module.attributes(name):
        if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name) and is_self(module, node.value):
            cls = owner(module, node)
            if cls is not None and is_async_case(module, cls):
                yield node


def is_async(module: Module, function: Any) -> bool:
    """Whether a function is a coroutine, now or once it's migrated."""
    if isinstance(function, ast.AsyncFunctionDef):
        return True
    return isinstance(function, ast.FunctionDef) and module.program.becomes_async(qualified(module, function))


RUNNING, CURRENT = "running", "current"


def loop_in(module: Module, function: Any) -> Optional[str]:
    """Whether the test case's loop runs while the function does, or is at least this thread's; ``None`` if unknown."""
    if is_async(module, function):
        return RUNNING
    if isinstance(module.parent(function), ast.ClassDef):
        called = all(_is_called(module, node) for node in module.attributes(function.name))
        return CURRENT if called else None
    uses: List[ast.expr] = [function]
    if not isinstance(function, ast.Lambda):
        scope = module.scope_of(function)
        uses = [node for node, where in module.loads(function.name) if where.lookup(function.name) is scope]
    if all(how_used(module, one) == SCHEDULED for one in uses):
        return RUNNING
    return CURRENT if all(_is_called(module, one) for one in uses) else None


def _is_called(module: Module, node: ast.expr) -> bool:
    """Whether a function is called where it's named, or handed to a loop, so that it doesn't run in another thread."""
    above = module.parent(node)
    return (isinstance(above, ast.Call) and above.func is node) or how_used(module, node) == SCHEDULED


def methods(cls: ast.ClassDef) -> Iterator[Any]:
    """The functions in the body of a class."""
    return (one for one in cls.body if isinstance(one, FUNCTIONS))


def family(module: Module, cls: ast.ClassDef) -> FrozenSet[str]:
    """The test cases of the project that share a base or a derived class with `cls`, `cls` included."""
    graph = module.program.graph
    group, pending = {qualified(module, cls)}, [qualified(module, cls)]
    while pending:
        one = pending.pop()
        for other in (*graph.linearised(one), *graph.derived(one)):
            if other not in group and other not in (CASE, ISOLATED) and module.program.derives(other, (CASE, ISOLATED)):
                group.add(other)
                pending.append(other)
    return frozenset(group)
