"""Run the coroutines that are tests of a plain `unittest.TestCase`.

Before::

    class StoreTest(unittest.TestCase):
        async def test_get(self):
            ...

After::

    class StoreTest(unittest.IsolatedAsyncioTestCase):
        async def test_get(self):
            ...

A plain test case calls such a test and drops what it gives: nothing of it runs, and it passes. `@pytest.mark.asyncio`
changes nothing about that. So does a coroutine of tornado's, of which only what stands before the first `yield` ran; a
test that never really ran may fail now.

A class whose test case is somewhere among its bases gets `unittest.IsolatedAsyncioTestCase` as one more base.

Left is a class that sets a loop of its own, or may: the tests would run in another one. Left, too, is a class with
bases that the project doesn't know.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Set

from codemods.decorators import find as find_in, without
from codemods.edits import Shape
from codemods.findings import Finding
from codemods.index.coroutines import coroutine_decorator
from codemods.index.facts import qualified
from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._tests import HTTP_CASES, PLAIN, is_async_case, lineage, methods
from codemods.stdlib import EVER_STDLIB

if TYPE_CHECKING:
    from codemods.index.module import Module

_TEST = r"def test"
rule = Rule(
    "TOR504",
    __doc__,
    [needle("asyncio", _TEST), needle("tornado", _TEST), needle("plumpy", _TEST)],
    stages=("asyncio", "final"),
    scans=True,
)

_RUN_COROUTINES = frozenset(["builtins", "django", "aiohttp", "asynctest", "twisted"])
"""Libraries whose test cases run coroutines."""
_SETS_A_LOOP = frozenset(["make_current", "set_event_loop", "new_event_loop", "IOLoop", "reset_event_loop"])
_SET_UPS = ("setUp", "setUpClass", "asyncSetUp", "__init__", "run", "__call__")
_ADVICE = "derive it from `unittest.IsolatedAsyncioTestCase`, and let the tests use the loop that they run in"


@rule.find
def find(module: Module) -> Iterator[Item]:
    running: Set[str] = set()
    for cls in module.of(ast.ClassDef):
        tests = [one for one in methods(cls) if _is_coroutine_test(module, one)]
        if is_async_case(module, cls) or not running.isdisjoint(lineage(module, cls)):
            yield from _plain(module, tests)
        elif tests:
            items = list(_class(module, cls, tests))
            if any(not isinstance(item, Finding) for item in items):
                running.add(qualified(module, cls))
            yield from items


def _is_coroutine_test(module: Module, function: Any) -> bool:
    if not function.name.startswith("test"):
        return False
    return isinstance(function, ast.AsyncFunctionDef) or coroutine_decorator(module, function) is not None


def _plain(module: Module, tests: List[Any]) -> Iterator[Item]:
    """Tests that became eager coroutines, as nobody seems to call them, are run by unittest if they're plain ones."""
    for test in tests:
        found = coroutine_decorator(module, test)
        if found is None or found[1] != "eager" or module.attributes(test.name):
            continue
        decorator = test.decorator_list[found[0]]
        settles = tuple(node for node in ast.walk(decorator) if isinstance(node, ast.Name))
        message = f"unittest waits for `{test.name}`, which needn't be eager"
        transform = _Without(module.text(decorator))
        yield rule.edit(test, Shape.HEADER, transform, message, settles=settles, at=decorator)


def _class(module: Module, cls: ast.ClassDef, tests: List[Any]) -> Iterator[Item]:
    case = _case(module, cls)
    if case is None:
        return
    what = f"`{tests[0].name}`" if len(tests) == 1 else f"`{tests[0].name}` and {len(tests) - 1} more"
    reason = _refusal(module, cls, case)
    spelling = spell(module, "unittest", "IsolatedAsyncioTestCase", cls) if not reason else None
    if spelling is None:
        message = f"nothing runs the coroutine {what} of the test case `{cls.name}`; it passes whatever it does"
        if case != PLAIN:
            message = f"if `{case}` is a test case of unittest, {message}"
        advice = f"{_ADVICE}; that wasn't done: {reason or '`unittest` means something else here'}"
        yield rule.left(module, cls, message, advice)
        return
    done = f"`{spelling.code}` runs the coroutine {what}, which nothing ran"
    base = next((one for one in cls.bases if module.resolve(one) == PLAIN), None)
    if base is not None:
        settles = tuple(node for node in ast.walk(base) if isinstance(node, ast.Name))
        yield rule.replace(base, spelling.code, done, settles=settles, needs=spelling.needs)
    else:
        yield rule.edit(cls, Shape.HEADER, _AddBase(spelling.code), done, needs=spelling.needs)
    yield rule.note(
        module, cls, f"the tests of `{cls.name}` that are coroutines didn't run before", "see that they pass"
    )


def _case(module: Module, cls: ast.ClassDef) -> Optional[str]:
    """What makes a test case of a class: `unittest.TestCase`, or else a base that may be one; ``None`` if none is."""
    known = lineage(module, cls)
    if PLAIN in known:
        return PLAIN
    own = {qualified(module, one) for one in module.of(ast.ClassDef)}
    unknown = [
        name for name in known[1:] if not module.program.graph.knows(name) and name not in own and not _is_no_case(name)
    ]
    prefix = f"{module.name}."
    return unknown[0][len(prefix) :] if unknown and unknown[0].startswith(prefix) else (unknown[0] if unknown else None)


def _is_no_case(name: str) -> bool:
    """Whether a class that the project doesn't know is no test case, or one that runs coroutines."""
    root = name.split(".")[0]
    return name in HTTP_CASES or root in _RUN_COROUTINES or (root in EVER_STDLIB and root != "unittest")


def _refusal(module: Module, cls: ast.ClassDef, case: str) -> str:
    if module.settings.target_version < (3, 8):
        return "unittest has no such test case before Python 3.8"
    if case != PLAIN:
        return f"whether `{case}` is a test case isn't known"
    own = {qualified(module, one): one for one in module.of(ast.ClassDef)}
    for name in lineage(module, cls):
        if name == PLAIN:
            continue
        if name not in own:
            if _sets_up(module, name):
                return f"`{name}` is in another file, and may set a loop of its own"
            continue
        line = _sets_a_loop(own[name])
        if line:
            return f"line {line} sets a loop of its own"
    return ""


def _sets_up(module: Module, name: str) -> bool:
    """Whether a class of another file has, or may have, something that is run before a test."""
    graph = module.program.graph
    return not graph.knows(name) or any(graph.defines(name, method) for method in _SET_UPS)


def _sets_a_loop(cls: ast.ClassDef) -> int:
    """The line in which a set-up of the class makes a loop; 0 if none does."""
    for one in methods(cls):
        if one.name.startswith("test"):
            continue
        for node in ast.walk(one):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in _SETS_A_LOOP:
                return int(node.lineno)  # type: ignore[attr-defined]
    return 0


class _Without:
    """Drops a decorator.

    :param decorator: its source.
    """

    def __init__(self, decorator: str) -> None:
        self.decorator = decorator

    def __call__(self, function: Any) -> Any:
        return without(function, find_in(function.decorators, self.decorator))


class _AddBase:
    """Gives a class one more base."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, cls: Any) -> Any:
        if any(cst.Module([]).code_for_node(one.value) == self.code for one in cls.bases):
            return cls
        return cls.with_changes(bases=[*cls.bases, cst.Arg(cst.parse_expression(self.code))])
