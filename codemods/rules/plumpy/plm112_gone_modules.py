"""Take from plumpy itself what its modules `version` and `stack` had.

Before::

    from plumpy.version import __version__
    from plumpy import stack

    plumpy.version.__version__
    stack.top()

After::

    from plumpy_compat import __version__

    plumpy.__version__
    plumpy.Process.current()

Both modules are gone (plumpy 0.21, 0.18). Left are the other functions of `stack`, and other names of `version`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.edits import NewImport
from codemods.index.spelling import spell
from codemods.rule import Item, Rule, importing
from codemods.rules.plumpy._names import NEW, OLD, ROOTS, is_plumpy, references, tail

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Reference

rule = Rule("PLM112", __doc__, [importing(OLD, NEW)], order=60, stages=("asyncio", "final"))

_VERSION = "version.__version__"
_GONE = {
    "stack": "`Process.current()` gives the process that runs; nothing else is kept",
    "version": "take `__version__` from the package",
}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, [_VERSION]):
        if isinstance(use.node, ast.Attribute) and isinstance(use.node.value, ast.Attribute):
            code = f"{module.text(use.node.value.value)}.__version__"
            yield rule.replace(use.node, code, "the version is kept in the package itself")
        elif isinstance(use.node, ast.Attribute):
            yield from _spelt(module, use, "__version__", "", "the version is kept in the package itself")
    for use in references(module, ["stack.top"]):
        if _is_called(module, use):
            yield from _spelt(module, use, "Process", ".current", "`stack.top()` is `Process.current()`")
    if not is_plumpy(module):
        yield from _through_package(module)
        if any(_module(one) for one in module.live_imports()):
            yield from _imports(module)


def _is_called(module: Module, use: Reference) -> bool:
    call = module.parent(use.node)
    return isinstance(call, ast.Call) and call.func is use.node and not call.args


def _through_package(module: Module) -> Iterator[Item]:
    """What is left of uses such as `plumpy.stack.push`; an import names the package there, and not the module."""
    for use in (one for root in ROOTS for one in module.references(root)):
        name = tail(use.canonical) or ""
        gone = name.split(".")[0]
        if gone not in _GONE or name == _VERSION or (name == "stack.top" and _is_called(module, use)):
            continue
        if any(one.canonical in ROOTS for one in use.imported):
            yield rule.left(module, use.node, f"plumpy has no module {gone} any more", _GONE[gone])


def _spelt(module: Module, use: Reference, name: str, rest: str, message: str) -> Iterator[Item]:
    home = module.settings.runtime
    spelling = spell(module, home, name, use.node, lambda dotted: home if dotted in (OLD, NEW) else dotted)
    if spelling is None:
        yield rule.left(module, use.node, f"{message}, whose name is taken here", "rewrite it by hand")
        return
    yield rule.replace(use.node, spelling.code + rest, message, settles=(use.name,), needs=spelling.needs)


def _module(one: ImportedName) -> str:
    """The module that is gone and that an import names; empty if it's none of them."""
    dotted = one.canonical
    if isinstance(one.statement, ast.Import):
        dotted = one.alias.name
    top = (tail(dotted) or "").split(".")[0]
    return top if top in _GONE else ""


def _imports(module: Module) -> Iterator[Item]:
    home = module.settings.runtime
    for one in module.live_imports():
        gone = _module(one)
        if not gone:
            continue
        if tail(one.canonical) == _VERSION:
            new = NewImport(home, "__version__", one.alias.asname)
            yield rule.reimport(one, "the version is kept in the package itself", new)
        elif isinstance(one.statement, ast.Import) and not one.alias.asname:
            new = NewImport(home, None, "plumpy" if home != "plumpy" else None)
            yield rule.reimport(one, f"plumpy has no module {gone}", new)
        elif all(use in module.settled for use in module.uses(one)):
            yield rule.reimport(one, f"plumpy has no module {gone}")
        else:
            yield rule.left(module, one.statement, f"plumpy has no module {gone} any more", _GONE[gone])
