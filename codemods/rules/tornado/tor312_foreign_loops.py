"""Leave the loops of libraries that keep tornado alone.

`arbiter.loop.run_sync(stop)` stays where `arbiter` comes from circus, for one: its loop is tornado's, whatever becomes
of the project. A note says so at each place. Which libraries these are is the setting `foreign` (circus, zmq, notebook
and bokeh, if it isn't given); it goes for any other library that is no part of the migration, too.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import ONLY_LOOPS, STAGES, Receiver, receiver

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR312", __doc__, [needle(name) for name in sorted(ONLY_LOOPS)], stages=STAGES)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for method in sorted(ONLY_LOOPS):
        for node in module.attributes(method):
            if isinstance(node.ctx, ast.Load) and receiver(module, node) is Receiver.FOREIGN:
                message = f"`{module.text(node.value)}` comes from a library that keeps tornado, so it's left alone"
                yield rule.note(module, node, message)
