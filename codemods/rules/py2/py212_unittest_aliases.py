"""Call the methods of `unittest` by the names that Python 3.12 still knows.

Before::

    self.assertEquals(a, b)
    self.failUnless(a)
    self.assertItemsEqual(a, b)

After::

    self.assertEqual(a, b)
    self.assertTrue(a)
    self.assertCountEqual(a, b)

Only on `self` or `cls` within a class that may be a test case: one without bases (a mixin), or
with a base that isn't certainly something else. It's reported where the receiver is another name, where
the project defines a method of the old name itself, and where no new method does the same.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import first_parameter, renaming
from codemods.stdlib import EVER_STDLIB

if TYPE_CHECKING:
    from codemods.index.module import Module

NEW_NAMES = {
    "assertEquals": "assertEqual",
    "assertNotEquals": "assertNotEqual",
    "assertAlmostEquals": "assertAlmostEqual",
    "assertNotAlmostEquals": "assertNotAlmostEqual",
    "assertRegexpMatches": "assertRegex",
    "assertNotRegexpMatches": "assertNotRegex",
    "assertRaisesRegexp": "assertRaisesRegex",
    "assertItemsEqual": "assertCountEqual",
    "assert_": "assertTrue",
    "failUnless": "assertTrue",
    "failIf": "assertFalse",
    "failUnlessEqual": "assertEqual",
    "failIfEqual": "assertNotEqual",
    "failUnlessAlmostEqual": "assertAlmostEqual",
    "failIfAlmostEqual": "assertNotAlmostEqual",
    "failUnlessRaises": "assertRaises",
}
GONE = "assertDictContainsSubset"

_NAMES = "|".join([*NEW_NAMES, GONE])

rule = Rule(
    "PY212",
    __doc__,
    [needle("assert", rf"\.\s*(?:{_NAMES})\b"), needle("fail", rf"\.\s*(?:{_NAMES})\b")],
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for old, new in () if NEW_NAMES.keys().isdisjoint(module.walk.attributes) else NEW_NAMES.items():
        for node in module.attributes(old):
            reason = _refusal(module, node)
            if reason is None:
                yield rule.expression(node, renaming(new), f"`{old}` is called `{new}`")
            else:
                advice = f"call it `{new}` if it's the method of unittest, which Python 3.12 removed"
                yield rule.left(module, node, f"`{module.text(node)}` isn't renamed: {reason}", advice)
    for node in module.attributes(GONE):
        if _refusal(module, node) is None:
            advice = "compare with `{**whole, **subset}`, or the items one by one"
            yield rule.left(module, node, f"Python 3.12 removed `{GONE}` without a successor", advice)


def _refusal(module: Module, node: ast.Attribute) -> Optional[str]:
    if _defined_here(module, node.attr) or module.project.defines_method(node.attr):
        return "the project defines a method of this name"
    cls = first_parameter(module, node.value)
    if cls is None:
        return "its receiver isn't the first parameter of a method"
    bases = [module.resolve(base) for base in cls.bases]
    bases = [base for base in bases if base != "builtins.object"]
    if bases and all(_is_no_test_case(base) for base in bases):
        return f"{cls.name} isn't a test case"
    return None


def _defined_here(module: Module, name: str) -> bool:
    return any(function.name == name for function in module.of(*FUNCTIONS))


def _is_no_test_case(base: Optional[str]) -> bool:
    root = (base or "").split(".")[0]
    return bool(base) and root != "unittest" and root in EVER_STDLIB
