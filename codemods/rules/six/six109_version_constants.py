"""Replace the constants `six.PY2`, `PY3` and `PY34` where they are used as values.

Before::

    @unittest.skipIf(six.PY2, 'needs Python 3')
    def test(self):
        options = {'strict': not six.PY2}

After::

    @unittest.skipIf(False, 'needs Python 3')
    def test(self):
        options = {'strict': True}

Branches on them are folded by SIX108; one that SIX108 has to leave keeps its constant. A test that is
skipped unless on Python 2 never runs any more; that's noted, for a human to delete it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Set

from codemods.rule import Item, Rule, needle
from codemods.rules.six._generators import ends_generator
from codemods.rules.six._names import uses
from codemods.rules.six._versions import CONSTANTS, Versions

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX109", __doc__, [needle("six")], order=10)


@rule.find
def find(module: Module) -> Iterator[Item]:
    constants = uses(module, *CONSTANTS)
    versions = Versions(module) if constants else None
    done: Set[ast.AST] = set()
    for use in constants:
        assert versions is not None
        node = _whole(module, versions, use.node)
        above = module.parent(node)
        if node in done or (isinstance(above, (ast.If, ast.IfExp)) and above.test is node):
            continue
        done.add(node)
        value = str(versions.decide(node))
        message = f"`{module.text(node)}` is always {value}"
        dead = () if node is use.node else (module.span(node),)
        yield rule.replace(node, value, message, settles=versions.settles(node), dead=dead, replaces_strings=True)
        if _skips(module, node, value == "True"):
            yield rule.note(module, node, "this test is skipped always from now on", "delete it")


def _whole(module: Module, versions: Versions, node: ast.expr) -> ast.expr:
    """The largest test around a constant that comes out the same always."""
    above = module.parent(node)
    while isinstance(above, (ast.UnaryOp, ast.BoolOp)) and "#" not in module.text(above):
        if versions.decide(above) is None or ends_generator(module, above, [module.span(above)]):
            break
        if not versions.is_exact(above) and not versions.is_test(above):
            break
        node, above = above, module.parent(above)
    return node


def _skips(module: Module, node: ast.expr, value: bool) -> bool:
    """Whether `node` is the condition of a decorator that skips a test, and skips it."""
    call = module.parent(node)
    if not isinstance(call, ast.Call) or not call.args or call.args[0] is not node:
        return False
    name = (module.resolve(call.func) or "").lower()
    return name.endswith(".skipif" if value else ".skipunless")
