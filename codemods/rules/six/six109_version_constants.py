"""Replace the constants `six.PY2`, `PY3` and `PY34` where they are used as values.

Before::

    @unittest.skipIf(six.PY2, 'needs Python 3')
    def test(self):
        options = {'strict': six.PY3}

After::

    @unittest.skipIf(False, 'needs Python 3')
    def test(self):
        options = {'strict': True}

Branches on them are folded by SIX108. A test that is skipped unless on Python 2 never runs any more;
it's reported, for a human to delete.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import uses
from codemods.rules.six._versions import CONSTANTS

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX109", __doc__, [needle("six")], order=10)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *CONSTANTS):
        value = str(CONSTANTS[use.name])
        yield rule.replace(use.node, value, f"`{module.text(use.node)}` is always {value}", settles=use.settles)
        call = module.enclosing(use.node, ast.Call)
        if call is not None and (module.resolve(call.func) or "").endswith(("skipUnless", "skipIf")):
            skipped = (module.resolve(call.func) or "").endswith("skipIf") == (value == "True")
            if skipped:
                yield rule.left(module, call, "this test is skipped always from now on", "delete it")
