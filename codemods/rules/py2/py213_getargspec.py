"""Call `inspect.getfullargspec` instead of `getargspec`.

Before::

    names = inspect.getargspec(f).args
    args, varargs, keywords, defaults = inspect.getargspec(f)

After::

    names = inspect.getfullargspec(f).args
    args, varargs, keywords, defaults, *_ = inspect.getfullargspec(f)

Python 3.11 removed the old function. The new one gives seven values instead of four, and calls `keywords`
`varkw`. Where something else is done with the result, it's reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.edits import NewImport
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import renaming, unused

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("PY213", __doc__, [needle("getargspec", r"\bgetargspec\b")])

OLD, NEW = "getargspec", "getfullargspec"
FIELDS = ("args", "varargs", "keywords", "defaults")
_MESSAGE = f"`{OLD}` is gone; `{NEW}` gives the same and more"


@rule.find
def find(module: Module) -> Iterator[Item]:
    imported = [one for one in module.live_imports() if one.canonical == f"inspect.{OLD}"]
    references = [one for one in module.references(f"inspect.{OLD}") if one.node.__class__ in (ast.Name, ast.Attribute)]
    usable = all(one.alias.asname is None and one.top for one in imported)
    usable = usable and all(_use(module, one) is not None for one in references) and not _is_taken(module)
    for one in references:
        use = _use(module, one)
        if use is None or (isinstance(one.node, ast.Name) and not usable):
            advice = f"call `{NEW}`, which gives seven values and calls `keywords` `varkw`"
            yield rule.left(module, one.node, f"what is done with the result of `{OLD}` can't be told", advice)
            continue
        needs = (NewImport("inspect", NEW),) if isinstance(one.node, ast.Name) else ()
        yield rule.expression(one.node, renaming(NEW), _MESSAGE, settles=(one.name,), needs=needs)
        yield from _follow(use, "_rest" if module.loads("_") else "_")
    for name in imported:
        if usable and references and unused(module, name):
            yield rule.reimport(name, _MESSAGE, NewImport("inspect", NEW))


def _is_taken(module: Module) -> bool:
    return any(NEW in scope.bindings for scope in module.walk.scopes.values())


def _use(module: Module, reference: Reference) -> Optional[ast.AST]:
    """The node around the call that shows what is done with the result; ``None`` if it isn't understood."""
    call = module.parent(reference.node)
    if not reference.canonical.endswith(OLD) or not isinstance(call, ast.Call) or call.func is not reference.node:
        return None
    above = module.parent(call)
    if isinstance(above, ast.Attribute) and above.attr in FIELDS:
        return above
    if isinstance(above, ast.Subscript) and _index(above) in (0, 1, 2, 3):
        return above
    if isinstance(above, ast.Assign) and len(above.targets) == 1 and _is_four(above.targets[0]):
        return above
    return None


def _index(node: ast.Subscript) -> Optional[int]:
    # Python 3.8 wraps the index in an `Index`.
    index: Any = getattr(node.slice, "value", None)
    index = getattr(index, "value", index)
    return index if isinstance(index, int) else None


def _is_four(node: ast.expr) -> bool:
    is_list = isinstance(node, (ast.Tuple, ast.List))
    return is_list and len(node.elts) == 4 and not any(isinstance(one, ast.Starred) for one in node.elts)  # type: ignore[attr-defined]


def _follow(use: ast.AST, rest: str) -> Iterator[Item]:
    """The edits of what is done with the result."""
    if isinstance(use, ast.Attribute) and use.attr == "keywords":
        yield rule.expression(use, renaming("varkw"), "`keywords` is called `varkw`")
    if isinstance(use, ast.Assign):
        yield rule.expression(use.targets[0], lambda node: _padded(node, rest), f"`{NEW}` gives more values")


def _padded(node: Any, name: str) -> Any:
    rest = cst.StarredElement(cst.Name(name))
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    last = node.elements[-1]
    rest = rest.with_changes(comma=last.comma)
    return node.with_changes(elements=[*node.elements[:-1], last.with_changes(comma=comma), rest])
