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
often makes it available too is an accident. An import in a `try` with a fallback is left alone, and so is a
class that the file puts back into `collections` (or takes out) itself; there's a note where it does.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator, Optional, Tuple

from codemods.edits import NewImport
from codemods.index.spelling import spell
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import is_fallback, unused

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Reference

_ABC = (
    r"\b(?:Awaitable|Coroutine|AsyncIterable|AsyncIterator|AsyncGenerator|Hashable|Iterable|Iterator|Generator|Reversible"
    r"|Sized|Container|Callable|Collection|Set|MutableSet|Mapping|MutableMapping|MappingView|KeysView|ItemsView"
    r"|ValuesView|Sequence|MutableSequence|ByteString)\b"
)
_WANTED = re.compile(rf"collections\.{_ABC}")
_CHANGERS = frozenset({"builtins.setattr", "builtins.delattr"})

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
    if "collections" not in module.import_roots:
        return
    references = module.references("collections")
    patches = {name: node for one in references for name, node in _patches(module, one)}
    for name, place in patches.items():
        message = f"the file changes `{name}`, which is left alone here"
        yield rule.note(module, place, message, "import the classes from `collections.abc`, and drop this then")
    if "collections" in patches:
        return
    for one in references:
        node = _member(one.node)
        if _WANTED.match(one.canonical) and node is not None and f"collections.{node.attr}" not in patches:
            yield from _attribute(module, node, one.name)
    for imported in module.live_imports():
        if imported.canonical not in patches:
            yield from _import(module, imported)


def _member(node: ast.expr) -> Optional[ast.Attribute]:
    """The innermost attribute of a chain: the class may be asked for more, as in `collections.Mapping.register`."""
    while isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
        node = node.value
    return node if isinstance(node, ast.Attribute) else None


def _patches(module: Module, reference: Reference) -> Iterator[Tuple[str, ast.AST]]:
    """What a reference changes: a class, or (by a computed name) the whole module; and where."""
    node, above, name = reference.node, module.parent(reference.node), ""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        name = reference.canonical
    elif reference.canonical == "collections" and isinstance(above, ast.Call) and above.args[:1] == [node]:
        name = _changed(above) if module.resolve(above.func) in _CHANGERS else ""
    if name == "collections" or _WANTED.fullmatch(name):
        yield name, node


def _changed(call: ast.Call) -> str:
    name = call.args[1] if len(call.args) > 1 else None
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return f"collections.{name.value}"
    return "collections"


def _attribute(module: Module, node: ast.Attribute, name: ast.Name) -> Iterator[Item]:
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
