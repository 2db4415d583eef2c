"""Import `SimpleNamespace` from `types` instead of from plumpy.

Before::

    from plumpy.utils import SimpleNamespace

After::

    from types import SimpleNamespace

plumpy had its own copy for Python 2, up to version 0.14. The one difference: two namespaces of plumpy's were equal to
any object with the same attributes, those of `types` only to other namespaces.

Nothing is done in plumpy itself, and classes derived from plumpy's are reported: they may rely on its methods.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.edits import NewImport
from codemods.rule import Item, Rule, needle
from codemods.rules.namespaces.replacing import drop_unused, spelling

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("NSP103", __doc__, [needle("plumpy", r"\bSimpleNamespace\b")], order=40)

OLD = "plumpy.utils.SimpleNamespace"


@rule.find
def find(module: Module) -> Iterator[Item]:
    references = [one for one in module.references(OLD) if one.canonical == OLD]
    imports = [one for one in module.live_imports() if one.canonical == OLD]
    if (not references and not imports) or module.project.has_module("plumpy.utils"):
        return
    bases = [one for one in references if _is_base(module, one.node)]
    for one in bases:
        advice = "derive it from types.SimpleNamespace and check what it overrides"
        yield rule.left(module, one.node, "this class is derived from plumpy's SimpleNamespace, which is gone", advice)
    if bases:
        return
    for imported in imports:
        home = NewImport("types", "SimpleNamespace", imported.alias.asname)
        yield rule.reimport(imported, "`SimpleNamespace` is at home in `types`", home)
    for one in references:
        if any(imported.canonical == OLD for imported in one.imported):
            continue
        spelt = spelling(module, one.node)
        if spelt is not None:
            code, needs = spelt
            message = f"`{module.text(one.node)}` is `types.SimpleNamespace`"
            yield rule.replace(one.node, code, message, settles=(one.name,), needs=needs)
    yield from drop_unused(rule, module, references)


def _is_base(module: Module, node: ast.AST) -> bool:
    above = module.parent(node)
    return isinstance(above, ast.ClassDef) and any(base is node for base in above.bases)
