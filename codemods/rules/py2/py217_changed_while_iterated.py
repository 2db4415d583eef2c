"""Iterate over a copy where a loop changes the dict that it iterates over.

Before::

    for key in table.keys():
        if is_old(key):
            del table[key]

After::

    for key in list(table.keys()):
        if is_old(key):
            del table[key]

On Python 2 `keys()`, `items()` and `values()` gave lists. On Python 3 they're views, and the loop
fails as soon as the dict grows or shrinks. Nothing is done where the loop ends right after the
change. `six.iteritems` and the like count as what they become. A loop over the bare dict
failed on Python 2 as well; it's reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Tuple, Type

from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

# A loop, and soon after it something that changes what is looped over.
_HEAD = r"for\b[^\n]*?\bin[ \t]+([\w.]+)"
_CHANGE = r"(?:del[ \t]+\1\[|(?<![\w.])\1(?:\.(?:pop|popitem|clear|update|setdefault)\(|\[[^\n]*\][ \t]*=[^=]))"
_LOOP = rf"{_HEAD}\.(?:keys|items|values)\(\)[ \t]*:[\s\S]{{1,2000}}?{_CHANGE}"
_BARE = rf"{_HEAD}[ \t]*:[\s\S]{{1,2000}}?(?:del[ \t]+\1\[|(?<![\w.])\1\.pop\(\w)"
_SIX = r"\bfor\b[^\n]*\bin\b[^\n]*\bsix\.(?:iter|view)"

rule = Rule(
    "PY217",
    __doc__,
    [
        *(needle(view, _LOOP) for view in (".keys()", ".items()", ".values()")),
        *(needle(change, _BARE) for change in ("del ", ".pop(")),
        needle("six.", _SIX),
    ],
    # After the rules that rewrite what six has for this.
    order=70,
)

_VIEWS = frozenset({"keys", "items", "values"})
_SIX_VIEWS = frozenset(f"six.{kind}{view}" for kind in ("iter", "view") for view in _VIEWS)
_CHANGES = frozenset({"pop", "popitem", "clear", "update", "setdefault"})
_ENDS: Tuple[Type[ast.stmt], ...] = (ast.Break, ast.Return, ast.Raise)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for loop in module.of(ast.For):
        call, owner = loop.iter, _viewed(module, loop.iter)
        if not _is_plain(owner or call) or not _may_change(module, loop, owner or call):
            continue
        if owner is not None:
            change = _change(loop.body, owner, loop.target)
            if change is not None and module.scope_of(call).lookup("list") is None:
                yield rule.expression(call, _in_list, f"line {change.lineno} changes the dict in the loop over it")
        elif isinstance(loop.target, ast.Name):
            change = _change(loop.body, call, loop.target)
            if change is not None and _removes(change, loop.target.id):
                message = f"line {change.lineno} removes what the loop over `{module.text(call)}` is at"
                advice = f"if it's a dict, iterate over `list({module.text(call)})`"
                yield rule.left(module, loop, message, advice)


def _may_change(module: Module, loop: ast.For, owner: ast.expr) -> bool:
    """Whether the loop's text has anything that could change the owner: looking is cheaper than analysing."""
    name, text = module.text(owner), module.text(loop)
    return f"{name}[" in text or any(f"{name}.{change}(" in text for change in _CHANGES)


def _viewed(module: Module, call: ast.expr) -> Optional[ast.expr]:
    """The expression whose keys, items or values `call` gives."""
    if not isinstance(call, ast.Call) or call.keywords or len(call.args) > 1:
        return None
    if not call.args:
        return call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in _VIEWS else None
    return call.args[0] if module.resolve(call.func) in _SIX_VIEWS else None


def _in_list(node: object) -> object:
    return cst.Call(func=cst.Name("list"), args=[cst.Arg(node)])  # type: ignore[arg-type, unused-ignore]


def _is_plain(node: ast.AST) -> bool:
    """Whether an expression is a name or a chain of attributes, which gives the same object each time."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _change(
    body: Sequence[ast.stmt], owner: ast.expr, target: ast.expr, ends: Tuple[Type[ast.stmt], ...] = _ENDS
) -> Optional[ast.stmt]:
    """The first statement of a loop that changes the size of `owner` without leaving the loop right after."""
    for index, statement in enumerate(body):
        if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            continue
        inner = tuple(set(ends) - {ast.Break}) if isinstance(statement, (ast.For, ast.While)) else ends
        blocks = _blocks(statement)
        changes = [_change(block, owner, target, inner) for block in blocks]
        if not blocks and _changes(statement, owner, target):
            changes = [statement]
        found = next((one for one in changes if one is not None), None)
        if found is not None and not any(isinstance(one, ends) for one in body[index + 1 :]):
            return found
    return None


def _blocks(statement: ast.stmt) -> List[List[ast.stmt]]:
    found = [getattr(statement, field, None) for field in ("body", "orelse", "finalbody")]
    found += [handler.body for handler in getattr(statement, "handlers", ())]
    return [block for block in found if block]


def _code(node: ast.AST) -> str:
    return ast.dump(node).replace("Store()", "Load()")


def _key(node: ast.Subscript) -> ast.AST:
    # Python 3.8 wraps the key in an `Index`.
    key: ast.AST = getattr(node.slice, "value", node.slice) if type(node.slice).__name__ == "Index" else node.slice
    return key


def _changes(statement: ast.stmt, owner: ast.expr, target: ast.expr) -> bool:
    """Whether a simple statement removes from `owner`, or stores under a key that isn't the loop's own."""
    same = _code(owner)
    targets = getattr(statement, "targets", []) if isinstance(statement, (ast.Assign, ast.Delete)) else []
    for one in targets:
        if isinstance(one, ast.Subscript) and _code(one.value) == same:
            return isinstance(statement, ast.Delete) or _code(_key(one)) not in _code(target)
    return any(call.func.attr in _CHANGES and _code(call.func.value) == same for call in _method_calls(statement))


def _method_calls(statement: ast.stmt) -> List[Any]:
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute)]


def _removes(statement: ast.stmt, key: str) -> bool:
    """Whether a change removes the item `key`; that of a list by value or a set at random is something else."""
    if isinstance(statement, ast.Delete):
        keys = [_key(one) for one in statement.targets if isinstance(one, ast.Subscript)]
    else:
        keys = [call.args[0] for call in _method_calls(statement) if call.func.attr == "pop" and call.args]
    return any(isinstance(one, ast.Name) and one.id == key for one in keys)
