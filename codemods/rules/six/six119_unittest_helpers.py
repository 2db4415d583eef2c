"""Call the assertions of the test case itself.

Before::

    six.assertCountEqual(self, got, wanted)

After::

    self.assertCountEqual(got, wanted)

Also `assertRaisesRegex`, `assertRegex` and `assertNotRegex`. Left where they aren't called with the test
case as first argument.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Callable, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.six._calls import argument, method, rest
from codemods.rules.six._names import call_of, uses

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX119", __doc__, [needle("six")])

ASSERTIONS = ("assertCountEqual", "assertRaisesRegex", "assertRegex", "assertNotRegex")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in uses(module, *ASSERTIONS):
        call = call_of(module, use.node)
        if call is None or not call.args or isinstance(call.args[0], ast.Starred):
            message = f"`{module.text(use.node)}` isn't called with a test case"
            yield rule.left(module, use.node, message, f"call `.{use.name}` of the test case")
            continue
        message = f"`{use.name}` is a method of the test case"
        yield rule.expression(call, _method(use.name), message, settles=use.settles)


def _method(name: str) -> Callable[[Any], Any]:
    return lambda call: method(argument(call, 0), name, rest(call, 1), call)
