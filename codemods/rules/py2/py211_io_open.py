"""Call `open` instead of `io.open`.

Before::

    import io

    with io.open(path, encoding='utf8') as handle:

After::

    with open(path, encoding='utf8') as handle:

They are the same object on Python 3. `import io` goes if nothing else uses it, and so does `from io
import open`. It's left where `open` means something else in the file, and where the file replaces
`io.open` by a mock. `codecs.open` isn't touched: it behaves differently.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import conditional, drop_unused, unused

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Reference

rule = Rule("PY211", __doc__, [needle("open", r"\bio\s*\.\s*open\b|\bfrom\s+io\s+import\b[^#\n]*(?:\(|\bopen\b)")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "io" not in module.import_roots:
        return
    references = [one for one in module.references("io.open") if one.canonical == "io.open"]
    patched = "'io.open'" in module.source.text or '"io.open"' in module.source.text
    patched = patched or any(_is_changed(one) for one in references)
    for one in references:
        if isinstance(one.node, ast.Name) and one.node.id == "open":
            continue
        if patched or not _builtin(module, one):
            mocked = "the file replaces it, or names it in a string, perhaps for a mock"
            reason = mocked if patched else "`open` means something else here"
            yield rule.left(module, one.node, f"`io.open` is left: {reason}", "call the builtin `open` if you can")
        else:
            yield rule.replace(one.node, "open", "`io.open` is the builtin `open`", settles=(one.name,))
    for imported in module.live_imports():
        if imported.canonical == "io.open" and _drops(module, imported):
            yield rule.reimport(imported, "`io.open` is the builtin `open`")
    yield from drop_unused(rule, module, "io", "nothing uses `io` any more")


def _is_changed(reference: Reference) -> bool:
    return not isinstance(getattr(reference.node, "ctx", None), ast.Load)


def _builtin(module: Module, reference: Reference) -> bool:
    """Whether the bare name means the builtin there, now or once the imports of `io.open` are gone."""
    scope = module.scope_of(reference.name).lookup("open")
    if scope is None:
        return True
    bound = [module.by_alias(node) for node in module.bindings(scope, "open")]
    return all(one is not None and one.canonical == "io.open" and _drops(module, one) for one in bound)


def _drops(module: Module, imported: ImportedName) -> bool:
    """Whether an import of `io.open` can go: its uses mean the builtin then."""
    if conditional(module, imported.statement):
        return False
    if imported.local != "open":
        return bool(module.uses(imported)) and unused(module, imported)
    alone = all(one is imported.alias for one in module.bindings(imported.scope, "open"))
    outer = imported.scope.parent.lookup("open") if imported.scope.parent else None
    hidden = imported.local in module.exported or imported.local in module.walk.global_names
    if imported.top and module.project.imports_from(module.name, "open"):
        return False
    return alone and outer is None and not hidden
