"""Import the abstract base classes from `collections.abc`.

Before::

    import collections
    from collections import Mapping, OrderedDict

    isinstance(x, collections.Sequence)

After::

    import collections.abc
    from collections.abc import Mapping
    from collections import OrderedDict

    isinstance(x, collections.abc.Sequence)

Python 3.10 removed the old names. `collections.abc` is imported explicitly; that `import collections`
often makes it available too is an accident. An import in a `try` with a fallback is left alone.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator

from codemods.edits import NewImport
from codemods.index.spelling import spell
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import is_fallback, unused

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

_ABC = (
    r"\b(?:Awaitable|Coroutine|AsyncIterable|AsyncIterator|AsyncGenerator|Hashable|Iterable|Iterator|Generator|Reversible"
    r"|Sized|Container|Callable|Collection|Set|MutableSet|Mapping|MutableMapping|MappingView|KeysView|ItemsView"
    r"|ValuesView|Sequence|MutableSequence|ByteString)\b"
)
_WANTED = re.compile(rf"collections\.{_ABC}")

rule = Rule(
    "PY210",
    __doc__,
    [
        needle("collections", rf"\bfrom\s+collections\s+import\s*(?:\([^)]*|[^\n(]*(?:\\\r?\n[^\n]*)*){_ABC}"),
        needle("collections", rf"collections(?<![\w.]collections)\s*\.\s*{_ABC}"),
        needle("collections", r"\bimport\s[^#\n]*\bcollections\s+as\b"),
    ],
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.references("collections"):
        if _WANTED.match(one.canonical) and isinstance(one.node, ast.Attribute):
            yield from _attribute(module, one.node, one.name)
    for imported in module.live_imports():
        yield from _import(module, imported)


def _attribute(module: Module, node: ast.expr, name: ast.Name) -> Iterator[Item]:
    # The class may stand within a longer chain, such as `collections.Mapping.register`.
    while isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
        node = node.value
    if not isinstance(node, ast.Attribute):
        return
    spelling = spell(module, "collections.abc", node.attr, node)
    if spelling is None:
        message = f"Python 3.10 removed `collections.{node.attr}`; no name for it is free here"
        yield rule.left(module, node, message, "import the class from `collections.abc` under another name")
        return
    message = f"`collections.{node.attr}` has moved to `collections.abc`"
    yield rule.replace(node, spelling.code, message, settles=(name,), needs=spelling.needs)


def _import(module: Module, imported: ImportedName) -> Iterator[Item]:
    name = imported.alias.name
    if is_fallback(module, imported.statement):
        return
    if isinstance(imported.statement, ast.ImportFrom):
        if _WANTED.fullmatch(imported.canonical):
            new = NewImport("collections.abc", name, imported.alias.asname)
            yield rule.reimport(imported, f"`{name}` has moved to `collections.abc`", new)
    elif name == imported.canonical == "collections" and module.uses(imported) and unused(module, imported):
        becomes = () if imported.alias.asname or not imported.top else (NewImport("collections.abc"),)
        yield rule.reimport(imported, "only `collections.abc` is used", *becomes)
