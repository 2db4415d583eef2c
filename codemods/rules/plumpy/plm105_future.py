"""Make futures where no loop need run.

Before::

    class Queue(object):
        def __init__(self):
            self._ready = plumpy.Future()

After::

    class Queue(object):
        def __init__(self):
            self._ready = aio.create_future()

`plumpy.Future` is asyncio's since 0.16, and belongs to a loop: in code that isn't a coroutine none need run, and
newer Pythons refuse. `create_future` takes the running loop, else this thread's. In coroutines the call stays.

Left are classes derived from it, whose constructor needs the loop; and if plumpy is the runtime, the loop that a
process is loaded for (`LoadSaveContext(loop=…)`): plumpy makes its futures on the current one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.facts import qualified
from codemods.index.program import Form
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, both, references
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM105", __doc__, [needle("Future"), needle("LoadSaveContext(")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, both("futures", "Future")):
        above = module.parent(use.node)
        if isinstance(above, ast.ClassDef) and any(use.node is one for one in above.bases):
            advice = "see that `loop` reaches asyncio's constructor, and that `result()` is called without a timeout"
            yield rule.left(module, use.node, "`plumpy.Future` is asyncio's, not tornado's", advice)
        if not isinstance(above, ast.Call) or above.func is not use.node or above.args or above.keywords:
            continue
        if _in_coroutine(module, above):
            continue
        spelling = aio(module, "create_future", above)
        if spelling is None:
            advice = "make it by `loop.create_future()`"
            yield rule.left(module, above, "`plumpy.Future()` needs a loop, which need not run here", advice)
            continue
        message = "a future is made where no loop need run"
        yield rule.replace(use.node, spelling.code, message, settles=(use.name,), needs=spelling.needs)
    for use in references(module, both("persistence", "LoadSaveContext")) if module.settings.runtime == OLD else ():
        call = module.parent(use.node)
        if isinstance(call, ast.Call) and any(one.arg == "loop" for one in call.keywords):
            advice = "set this loop as the current one while the process is loaded"
            yield rule.left(module, call, "the futures of a loaded process belong to the current loop", advice)


def _in_coroutine(module: Module, node: ast.AST) -> bool:
    function = module.enclosing_function(node)
    if isinstance(function, ast.Lambda):
        return _in_coroutine(module, function)
    if not isinstance(function, FUNCTIONS):
        return False
    decision = module.program.decision(qualified(module, function))
    return isinstance(function, ast.AsyncFunctionDef) or (decision is not None and decision.form is not Form.KEPT)
