"""Remove task subscribers by their identifiers.

Before::

    communicator.add_task_subscriber(on_task)
    ...
    communicator.remove_task_subscriber(on_task)

After::

    on_task_identifier = communicator.add_task_subscriber(on_task)
    ...
    communicator.remove_task_subscriber(on_task_identifier)

`remove_task_subscriber` takes what `add_task_subscriber` gave since kiwipy 0.6; before, it took the subscriber.

That is done where both stand in the same function, with the same words and each once, and the identifier is a new
name. Elsewhere it's left.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from codemods.edits import Shape
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.kiwipy._names import is_kiwipy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("KIW103", __doc__, [needle("remove_task_subscriber")], stages=("asyncio", "final"))

_ADVICE = "keep what `add_task_subscriber` gives, and hand that over"
_REASON = "`remove_task_subscriber` takes the identifier that `add_task_subscriber` gave"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.attributes("remove_task_subscriber"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or len(call.args) != 1 or is_kiwipy(module):
            continue
        if _is_identifier(module, call.args[0]):
            continue
        added = _added(module, node, call)
        name = f"{module.text(call.args[0]).split('.')[-1]}_identifier"
        if added is None or name in module.bound or not name.isidentifier():
            yield rule.left(module, call, _REASON, _ADVICE)
            continue
        message = "the identifier of the subscriber is kept"
        yield rule.edit(added, Shape.STATEMENT, _Keep(name), message)
        yield rule.replace(call.args[0], name, "the subscriber is removed by its identifier")


def _is_identifier(module: Module, node: ast.expr) -> bool:
    """Whether an argument comes from `add_task_subscriber`, or is called an identifier."""
    if isinstance(node, ast.Constant):
        return True
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "id" or name.endswith(("identifier", "_id"))


def _added(module: Module, node: ast.Attribute, call: ast.Call) -> Optional[ast.Expr]:
    """The statement that adds what the call removes, if it's certain."""
    function = module.enclosing_function(call)
    found: List[ast.Expr] = []
    for one in module.attributes("add_task_subscriber"):
        add = module.parent(one)
        if not isinstance(add, ast.Call) or add.func is not one or module.text(one.value) != module.text(node.value):
            continue
        statement = module.parent(add)
        if len(add.args) != 1 or add.keywords or module.text(add.args[0]) != module.text(call.args[0]):
            continue
        if not isinstance(statement, ast.Expr) or module.enclosing_function(statement) is not function:
            return None
        found.append(statement)
    removes = [one for one in module.attributes("remove_task_subscriber") if module.enclosing_function(one) is function]
    return found[0] if len(found) == 1 and len(removes) == 1 and function is not None else None


class _Keep:
    """Assigns what a statement's expression gives to a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, line: Any) -> List[Any]:
        target = cst.AssignTarget(cst.Name(self.name))
        kept = cst.Assign([target], line.body[0].value, semicolon=line.body[0].semicolon)
        return [line.with_changes(body=[kept])]
