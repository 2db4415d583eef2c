"""Replace tornado's `Future`.

Before::

    future = concurrent.Future()
    waiting = collections.defaultdict(Future)
    def fetch(self) -> Future: ...
    isinstance(result, Future)

After::

    future = aio.create_future()
    waiting = collections.defaultdict(aio.create_future)
    def fetch(self) -> asyncio.Future: ...
    isinstance(result, asyncio.Future)

So do `gen.Future` and `TracebackFuture`. A future of asyncio belongs to a loop: `aio.create_future` takes the running
loop, or else the current one, which it makes if there is none. In a function that was given a loop, or has looked for
one, it becomes `loop.create_future()`. Where it's made while a module is imported or an object is built, another loop
may run later; this is noted.

As a type it becomes `asyncio.Future`, in type comments and annotations that are strings as well. Docstrings that name
it as `tornado.concurrent.Future` name that, too.

Left is a call with arguments.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.index.facts import qualified
from codemods.index.origins import origins
from codemods.index.scopes import FUNCTIONS
from codemods.index.spelling import Spelling
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import FUTURES, Use, call_of, is_read, rename, uses
from codemods.rules.tornado._gen_types import type_names
from codemods.rules.tornado._loops import is_named_loop
from codemods.rules.tornado._spelling import aio, asyncio_name

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR211", __doc__, [needle("tornado")], stages=("asyncio", "final"))

FUTURE = "tornado.concurrent.Future"
_FACTORIES = frozenset(["collections.defaultdict"])
_FACTORY_KEYWORDS = frozenset(["default_factory", "factory", "side_effect", "new_callable"])
_METHODS = frozenset(
    """add_done_callback cancel cancelled done exception get_loop remove_done_callback result set_exception
    set_result""".split()
)
"""What `asyncio.Future` has."""
_LOOPS = frozenset([*(f"tornado.ioloop.IOLoop{made}" for made in ("()", ".current()", ".instance()")), "builtins.None"])
_DOCUMENTED = re.compile(r"(?<![\w.])tornado\.(?:concurrent|gen)\.Future\b")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, FUTURE):
        above = module.parent(use.node)
        call = call_of(module, use.node)
        if isinstance(above, ast.ClassDef):
            continue  # TOR212
        if call is not None:
            yield from _made(module, use, call)
        elif _is_factory(module, use.node):
            yield rename(rule, module, use, aio(module, "create_future", use.node))
        elif isinstance(above, ast.Attribute) and above.attr not in _METHODS:
            advice = "write what it does with a future of asyncio"
            yield rule.left(module, above, f"`asyncio.Future` has no `{above.attr}`", advice)
        else:
            yield from _type(module, use, above)
    yield from _documented(module)
    yield from _in_text(module)


def _made(module: Module, use: Use, call: ast.Call) -> Iterator[Item]:
    if call.args or call.keywords:
        advice = "tornado's takes no arguments; call `aio.create_future()`"
        yield rule.left(module, call, f"`{module.text(use.node)}` is called with arguments", advice)
        return
    loop = _own_loop(module, call)
    if loop:
        # Whoever calls this function may do so in another thread than that of the loop.
        yield rename(rule, module, use, Spelling(f"{loop}.create_future", None))
        return
    yield rename(rule, module, use, aio(module, "create_future", use.node))
    when = _early(module, call)
    if when and is_read(use.node):
        message = f"a future of asyncio belongs to the loop that is current when it's made, which is {when}"
        yield rule.note(module, call, message, "make sure that the same loop runs later, or make it in a coroutine")


def _own_loop(module: Module, call: ast.Call) -> str:
    """The name of a loop that the plain function around was given, or found, before it makes the future."""
    function = module.enclosing_function(call)
    if not isinstance(function, ast.FunctionDef) or module.program.becomes_async(qualified(module, function)):
        return ""
    arguments = function.args
    given = arguments.args[: len(arguments.args) - len(arguments.defaults)]
    names = [one.arg for one in given]
    for statement in function.body:
        if statement.lineno >= module.statement_of(call).lineno:
            break
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            names += [target.id] if isinstance(target, ast.Name) else []
    scope = module.scope_of(call)
    for name in names:
        nodes = [node for node, where in module.loads(name) if where is scope]
        if nodes and is_named_loop(nodes[0]) and origins(module, nodes[0]) <= _LOOPS | {f"param:{name}"}:
            return name
    return ""


def _early(module: Module, node: ast.AST) -> str:
    """When a future is made, if that may be before its loop runs."""
    function = module.enclosing(node, *FUNCTIONS, ast.Lambda)
    if function is None or _is_default(module, function, node):
        return "while the module is imported"
    return "while an object is built" if getattr(function, "name", "") == "__init__" else ""


def _is_default(module: Module, function: Any, node: ast.AST) -> bool:
    defaults = [*function.args.defaults, *function.args.kw_defaults]
    return module.enclosing_function(function) is None and any(
        node is one for default in defaults if default is not None for one in ast.walk(default)
    )


def _is_factory(module: Module, node: ast.expr) -> bool:
    above = module.parent(node)
    if isinstance(above, ast.keyword):
        return above.arg in _FACTORY_KEYWORDS
    return isinstance(above, ast.Call) and module.resolve(above.func) in _FACTORIES and above.args[:1] == [node]


def _type(module: Module, use: Use, above: ast.AST) -> Iterator[Item]:
    yield rename(rule, module, use, asyncio_name(module, "Future", use.node))
    if isinstance(above, ast.Assign) and is_read(use.node):
        message = "another name for `asyncio.Future`: what is made by it belongs to the current loop"
        yield rule.note(module, use.node, message, "call `aio.create_future()` to make one")


def _in_text(module: Module) -> Iterator[Item]:
    for one in type_names(module, FUTURES):
        spelling = asyncio_name(module, "Future", one.at)
        if spelling is None:
            advice = "import asyncio's `Future` under another name, and write that"
            yield rule.left(module, one.at, f"a type names `{one.text}`, which is `asyncio.Future` now", advice)
        else:
            message = f"`{one.text}` becomes `{spelling.code}`"
            yield rule.inside(one.span, spelling.code, message, needs=spelling.needs)


def _documented(module: Module) -> Iterator[Item]:
    for docstring in _docstrings(module):
        start, end = module.span(docstring)
        for match in _DOCUMENTED.finditer(module.source.text, start, end):
            message = f"`{match.group()}` is `asyncio.Future`"
            yield rule.inside(match.span(), "asyncio.Future", message)


def _docstrings(module: Module) -> List[ast.Constant]:
    if not _DOCUMENTED.search(module.source.text):
        return []
    owners = [module.tree, *module.of(ast.ClassDef, *FUNCTIONS)]
    found = [_docstring(one) for one in owners]
    return [one for one in found if one is not None]


def _docstring(owner: Any) -> Optional[ast.Constant]:
    first = owner.body[0] if owner.body else None
    value = first.value if isinstance(first, ast.Expr) else None
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
