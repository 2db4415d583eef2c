"""Use the builtins of Python 3 instead of those that are gone.

Before::

    for i in xrange(3):
        text = unicode(raw_input())
    isinstance(x, (int, long))

After::

    for i in range(3):
        text = str(input())
    isinstance(x, int)

Each of these names is a `NameError` on Python 3, so whatever still uses one doesn't run there. `xrange`,
`raw_input`, `unichr`, `unicode` and `long` get their successors, and `reduce`, `intern` and `reload` are imported from
where they live now. `basestring`, `file`, `cmp`, `buffer`, `apply`, `execfile` and `coerce` are
reported. A name that the file binds anywhere, or that stands in a `try` for a `NameError` or in a test of
the version, is left alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.py2.shared import expects, is_free, renaming

if TYPE_CHECKING:
    from codemods.index.module import Module

SUCCESSORS = {"xrange": "range", "raw_input": "input", "unichr": "chr", "unicode": "str", "long": "int"}
MOVED = {"reduce": "functools", "intern": "sys", "reload": "importlib"}
ADVICE = {
    "basestring": "test for `str`, or for `(str, bytes)`",
    "file": "call `open`, or test for `io.IOBase`",
    "cmp": "write `(a > b) - (a < b)`, or sort by a key",
    "buffer": "use `memoryview`",
    "apply": "write `function(*args, **kwargs)`",
    "execfile": "write `exec(open(path).read())`",
    "coerce": "convert the operands by hand",
}

# Most of these names are also words of English or names of methods, so they must look like calls or types.
_RARE = ("xrange", "raw_input", "unichr", "basestring", "execfile")
_CALLED = [name for name in (*SUCCESSORS, *MOVED, *ADVICE) if name not in _RARE]
_TYPES = ("unicode", "long", "file", "buffer")

rule = Rule(
    "PY220",
    __doc__,
    [
        *(needle(name, rf"{name}(?<![\w.'\"`]{name})\b(?!['\"`])") for name in _RARE),
        *(needle(f"{name}(", rf"{name}\((?<![\w.`]{name}\()(?<!def {name}\()(?!\))") for name in _CALLED),
        *(needle(f"{taker}(", rf"{taker}\([^\n]*\b(?:{'|'.join(_TYPES)})\b") for taker in ("isinstance", "issubclass")),
        needle("map(", rf"map\((?:{'|'.join(_TYPES)}),"),
    ],
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    if module.has_star_import:
        return
    for old in (*SUCCESSORS, *MOVED, *ADVICE):
        for name in module.builtin_loads(old) if old in module.walk.loads else ():
            if expects(module, name, "NameError") or _is_bound(module, old):
                continue
            item = _successor(module, name) if old in SUCCESSORS else None
            item = _moved(module, name) if old in MOVED else item
            if item is None:
                advice = ADVICE.get(old, f"use `{SUCCESSORS.get(old, old)}`, which means something else in this file")
                item = rule.left(module, name, f"Python 3 has no builtin `{old}`", advice)
            yield item


def _is_bound(module: Module, name: str) -> bool:
    return any(name in scope.bindings for scope in module.walk.scopes.values())


def _successor(module: Module, name: ast.Name) -> Optional[Item]:
    new = SUCCESSORS[name.id]
    if not is_free(module, new, f"builtins.{new}"):
        return None
    message = f"`{name.id}` is called `{new}`"
    above = module.parent(name)
    if isinstance(above, ast.Tuple) and any(isinstance(one, ast.Name) and one.id == new for one in above.elts):
        call = module.parent(above)
        if isinstance(call, ast.Call) and above in call.args[1:] and module.resolve(call.func) == "builtins.isinstance":
            old = name.id
            return rule.expression(above, lambda node: _without(node, old), message, at=name)
    return rule.expression(name, renaming(new), message)


def _without(node: Any, name: str) -> Any:
    """A tuple of types without the type `name`; the only type that is left stands alone."""
    kept = [one for one in node.elements if not (isinstance(one.value, cst.Name) and one.value.value == name)]
    if len(kept) == 1:
        return kept[0].value
    last = cst.MaybeSentinel.DEFAULT if kept[-1] is not node.elements[-1] else kept[-1].comma
    return node.with_changes(elements=[*kept[:-1], kept[-1].with_changes(comma=last)])


def _moved(module: Module, name: ast.Name) -> Optional[Item]:
    home = MOVED[name.id]
    spelling = spell(module, home, name.id, name)
    if spelling is None:
        return None
    return rule.replace(name, spelling.code, f"`{name.id}` is part of `{home}`", needs=spelling.needs)
