"""Report what adds to or takes from `six.moves`.

`six.add_move`, `remove_move`, `MovedModule`, `MovedAttribute` and a bare `six.moves.urllib` have no
counterpart on Python 3.

Before and after::

    six.add_move(six.MovedModule('mock', 'mock', 'unittest.mock'))

A human must import the module directly where the move is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import uses
from codemods.rules.six._spelling import stays

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX121", __doc__, [needle("six")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, "add_move", "remove_move", "MovedModule", "MovedAttribute"):
        message = f"`{module.text(use.node)}` changes six itself"
        yield rule.left(module, use.node, message, "import the module directly where the move is used")
    for use in uses(module, "moves.urllib"):
        if not stays(module, use):
            message = f"`{module.text(use.node)}` is handed on as a whole"
            yield rule.left(module, use.node, message, "import the submodules of urllib that are used")
