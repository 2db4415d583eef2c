"""Report tests that patch tornado by name.

This has no effect on code that doesn't use tornado any more::

    mock.patch('tornado.gen.sleep')

Nothing is rewritten: `asyncio.sleep` is a coroutine function, so what takes its place must be one, too.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR222", __doc__, [needle("tornado.", r"['\"]tornado\.\w")], scans=True, stages=("asyncio", "final"))

_PATCHED = re.compile(r"tornado\.(?:concurrent|gen|ioloop|locks|queues|stack_context)\.[\w.]+\Z")
_PATCHERS = frozenset(["patch", "setattr", "delattr", "spy", "stub"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for call in ast.walk(module.tree):
        if not isinstance(call, ast.Call) or not call.args or module.is_dead(call):
            continue
        first = call.args[0]
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if (
            name in _PATCHERS
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
            and _PATCHED.match(first.value)
        ):
            advice = "patch what takes its place, where the code that is tested looks it up"
            yield rule.left(module, call, f"`{first.value}` is patched, which has no effect any more", advice)
