"""Replace `six.string_types`, `integer_types` and `class_types`.

Before::

    isinstance(x, six.string_types)
    isinstance(x, (six.string_types, six.text_type, float))
    kinds = six.string_types + (float,)

After::

    isinstance(x, str)
    isinstance(x, (str, float))
    kinds = (str, float)

On Python 3 these are the tuples `(str,)`, `(int,)` and `(type,)`. Where a type is as good as a tuple of
types, the plain type is written: in `isinstance` and `issubclass`, in `assertIsInstance`, `type_check`
and other functions named in the setting `isinstance-like`, as `valid_type=` of a port, and in
annotations. Types that a tuple would then name twice are named once. Anywhere else, the tuple is
written.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Set

from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, SixUse, uses
from codemods.rules.six._spelling import builtin

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX104", __doc__, [needle("six")])

TYPES = {"string_types": "str", "integer_types": "int", "class_types": "type"}
TEXTS = ("text_type", "binary_type")
TAKE_TYPES = frozenset({"assertIsInstance", "assertNotIsInstance", "assertIsSubclass", "type_check"})


@rule.find
def find(module: Module) -> Iterator[Item]:
    tuples: Set[ast.Tuple] = set()
    sums: Set[ast.AST] = set()
    for use in uses(module, *TYPES):
        spelt = builtin(module, TYPES[use.name], use.node)
        text = module.text(use.node)
        if spelt is None:
            yield rule.left(module, use.node, f"`{text}`: the name of the type is taken here", "rename what shadows it")
            continue
        above = module.parent(use.node)
        if _is_first_item(above, use.node):
            message = f"`{text}[0]` is `{spelt.code}`"
            yield rule.replace(above, spelt.code, message, settles=use.settles, needs=spelt.needs)
            continue
        around = _tuple_around(module, use.node)
        plain = _takes_type(module, around or use.node)
        code = spelt.code if plain else f"({spelt.code},)"
        yield rule.replace(use.node, code, f"`{text}` is `{code}`", settles=use.settles, needs=spelt.needs)
        if around is not None and plain:
            tuples.add(around)
        whole = None if plain else _whole_sum(module, use.node)
        if whole is not None and whole not in sums:
            sums.add(whole)
            yield rule.expression(whole, _joined, "the sum of tuples is one tuple")
            if _takes_type(module, whole) and _has_twins(module, _elements(module, whole)):
                yield rule.expression(whole, _distinct, "a type that was named twice is named once")
    for use in uses(module, *TEXTS):
        around = _tuple_around(module, use.node)
        if around is not None and _takes_type(module, around):
            tuples.add(around)
    for one in sorted(tuples, key=module.span):
        if _has_twins(module, one.elts):
            yield rule.expression(one, _distinct, "a type that was named twice is named once")


def _is_first_item(above: ast.AST, node: ast.expr) -> bool:
    if not isinstance(above, ast.Subscript) or above.value is not node:
        return False
    index: Any = getattr(above.slice, "value", above.slice)
    return index == 0 or getattr(index, "value", None) == 0


def _tuple_around(module: Module, node: ast.expr) -> Optional[ast.Tuple]:
    above = module.parent(node)
    return above if isinstance(above, ast.Tuple) and isinstance(above.ctx, ast.Load) else None


def _takes_type(module: Module, node: ast.expr) -> bool:
    """Whether `node` stands where a type is as good as a tuple of types."""
    above = module.parent(node)
    if isinstance(above, ast.Tuple):
        return _takes_type(module, above)
    if isinstance(above, ast.keyword):
        return above.arg == "valid_type"
    if isinstance(above, ast.arg) or node in (getattr(above, "annotation", None), getattr(above, "returns", None)):
        return True
    if not isinstance(above, ast.Call) or node not in above.args[1:]:
        return False
    name = module.resolve(above.func) or ""
    last = name.rpartition(".")[2] or getattr(above.func, "attr", getattr(above.func, "id", ""))
    if name in ("builtins.isinstance", "builtins.issubclass"):
        return True
    return last in TAKE_TYPES or last in module.settings.isinstance_like


def _final(module: Module, node: ast.expr) -> str:
    """What an element of a tuple will read like."""
    by_node = {use.node: use for use in uses(module, *TYPES, *TEXTS)}
    use: Optional[SixUse] = by_node.get(node)
    if use is not None:
        return TYPES.get(use.name) or BUILTINS[use.name]
    return module.text(node)


def _has_twins(module: Module, elements: List[ast.expr]) -> bool:
    names = [_final(module, one) for one in elements]
    return len(set(names)) < len(names)


def _distinct(found: Any) -> Any:
    """A LibCST tuple without repeated names; a single one without the tuple."""
    if not isinstance(found, cst.Tuple):
        return found
    kept: List[Any] = []
    seen: Set[str] = set()
    for element in found.elements:
        star = "*" if isinstance(element, cst.StarredElement) else ""
        code = star + cst.Module(body=[]).code_for_node(element.value)
        if code not in seen:
            kept.append(element)
            seen.add(code)
    if len(kept) == 1 and not isinstance(kept[0], cst.StarredElement):
        return kept[0].value
    kept[-1] = kept[-1].with_changes(comma=found.elements[-1].comma)
    return found.with_changes(elements=kept)


def _whole_sum(module: Module, node: ast.expr) -> Optional[ast.BinOp]:
    """The largest sum of tuples around `node`, such as ``(int,) + six.string_types + (float,)``."""
    found = None
    above = module.parent(node)
    while isinstance(above, ast.BinOp) and _is_sum(module, above):
        found, above = above, module.parent(above)
    if found is None or _takes_type(module, found):
        return found
    # Where the length may matter, no type is dropped; and one that's named twice is better seen in its place.
    return None if _has_twins(module, _elements(module, found)) else found


def _is_sum(module: Module, node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Add) and all(_is_tuple(module, one) for one in (node.left, node.right))


def _is_tuple(module: Module, node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_sum(module, node)
    return isinstance(node, ast.Tuple) or _is_six(module, node)


def _elements(module: Module, node: ast.expr) -> List[ast.expr]:
    """What the tuples of a sum hold; a name of six stands for its one type."""
    if isinstance(node, ast.BinOp):
        return [*_elements(module, node.left), *_elements(module, node.right)]
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _is_six(module: Module, node: ast.expr) -> bool:
    return any(use.node is node for use in uses(module, *TYPES))


def _joined(found: Any) -> Any:
    tuples = list(_terms(found))
    if not all(isinstance(one, cst.Tuple) for one in tuples):
        return found
    elements = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for term in tuples for one in term.elements]
    joined = cst.Tuple(elements=elements, lpar=tuples[0].lpar, rpar=tuples[0].rpar)
    return joined.with_changes(lpar=[*found.lpar, *joined.lpar], rpar=[*joined.rpar, *found.rpar])


def _terms(found: Any) -> Iterator[Any]:
    """The terms of a LibCST sum, those of sums within it included."""
    if isinstance(found, cst.BinaryOperation) and isinstance(found.operator, cst.Add):
        yield from _terms(found.left)
        yield from _terms(found.right)
    else:
        yield found
