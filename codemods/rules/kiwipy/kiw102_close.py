"""Close a communicator by `close()`.

Before::

    communicator = kiwipy.rmq.connect(parameters)
    communicator.stop()

After::

    communicator = kiwipy.rmq.connect(parameters)
    communicator.close()

`stop` became `close` in kiwipy 0.6, and `start` is gone: a communicator runs as soon as it's connected.

Only receivers that come from `connect` or `RmqThreadCommunicator` count, perhaps through methods of the same file.
Left are `start()`, and `stop()` on what has the name of a communicator but unknown origin.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Iterator

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.kiwipy._names import CONNECTS, THREAD, comes_from, is_kiwipy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("KIW102", __doc__, [needle("communicator"), needle("Communicator")], stages=("asyncio", "final"))

_SOUNDS_LIKE_IT = re.compile(r"communicator(\(\))?$")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for name in ("stop", "start"):
        for node in module.attributes(name):
            call = module.parent(node)
            if isinstance(call, ast.Call) and call.func is node and not is_kiwipy(module):
                yield from _call(module, node, name)


def _call(module: Module, node: ast.Attribute, name: str) -> Iterator[Item]:
    if comes_from(module, node.value, CONNECTS | THREAD):
        if name == "stop":
            yield rule.expression(node, _renamed, "`stop` of a communicator is `close`")
        else:
            yield rule.left(module, node, "a communicator has no `start` any more: it runs already", "take it out")
    elif name == "stop" and _SOUNDS_LIKE_IT.search(module.text(node.value)):
        advice = "if it's one of kiwipy's, call `close()`"
        yield rule.left(module, node, f"`{module.text(node.value)}` may be a communicator without `stop`", advice)


def _renamed(node: Any) -> Any:
    return node.with_changes(attr=cst.Name("close"))
