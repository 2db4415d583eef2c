"""Note divisions whose result differs between Python 2 and 3.

For example::

    from __future__ import print_function

    middle = len(items) / 2

A file that imports from `__future__`, but not `division`, was written with care for Python 2, where
`/` between integers rounded down. Divisions with an operand that is certainly a float aren't
counted. Nothing is rewritten: on Python 3 the code does today what it will do tomorrow.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Tuple

from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("FUT102", __doc__, [needle("__future__", r"^from\s+__future__\s+import\b(?!\s+annotations\s*$)")])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "__future__" not in module.source.text or "/" not in module.source.text:
        return
    features = {name.name for one in module.of(ast.ImportFrom) if one.module == "__future__" for name in one.names}
    if not features - {"annotations"} or "division" in features:
        return
    found: List[Any] = [one for one in module.of(ast.BinOp, ast.AugAssign) if isinstance(one.op, ast.Div)]
    found = [one for one in found if not any(_is_no_integer(module, side) for side in _sides(one))]
    if found:
        what = (
            "division may have been an integer division" if len(found) == 1 else "divisions may have been integer ones"
        )
        message = f"{len(found)} {what} on Python 2"
        yield rule.note(module, found[0], message, "write `//` where the result must be an integer")


def _sides(node: Any) -> Tuple[ast.expr, ast.expr]:
    return (node.target, node.value) if isinstance(node, ast.AugAssign) else (node.left, node.right)


def _is_no_integer(module: Module, node: ast.expr) -> bool:
    """Whether an operand is certainly a float, or a string (which makes it a path)."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, int)
    if isinstance(node, ast.UnaryOp):
        return _is_no_integer(module, node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)):
        return _is_no_integer(module, node.left) or _is_no_integer(module, node.right)
    if isinstance(node, ast.Call):
        return (module.resolve(node.func) or "") in ("builtins.float", "time.time", "math.sqrt", "math.log", "math.exp")
    return isinstance(node, ast.JoinedStr) or module.resolve(node) == "math.pi"
