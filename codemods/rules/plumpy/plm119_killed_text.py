"""Report where a process's text of a kill is taken, if plumpy is the runtime.

For example::

    if process.killed_msg() == 'too late': ...

    class Journal(plumpy.ProcessListener):
        def on_process_killed(self, process, msg):
            self.write(msg)

In plumpy 0.24 these became the message that `MessageBuilder.kill` makes, a dict, or stayed `None`; `msg` of `on_kill`
as well. Nothing is rewritten: there may be no message. plumpy_compat gives what `kill` was called with.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Iterator

from codemods.index.coroutines import callee
from codemods.index.facts import qualified
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import LISTENERS, OLD, PROCESSES, is_plumpy

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM119", __doc__, [needle("killed_msg"), needle("_kill")], stages=("asyncio", "final"))

_TAKERS: Dict[str, FrozenSet[str]] = {"on_kill": PROCESSES, "on_process_killed": LISTENERS}
_ADVICE = "take its text by `[process_comms.MESSAGE_TEXT_KEY]`, if there is a message"


@rule.find
def find(module: Module) -> Iterator[Item]:
    if module.settings.runtime != OLD or is_plumpy(module):
        return
    for node in module.attributes("killed_msg"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or _is_opened(module, call):
            continue
        if not any(True for _ in module.program.reached(callee(module, node) or "")):
            yield rule.left(module, call, "`killed_msg()` gives a message, and not its text", _ADVICE)
    for function in module.of(*FUNCTIONS):
        cls, bases = module.parent(function), _TAKERS.get(function.name, frozenset())
        if not bases or not isinstance(cls, ast.ClassDef) or not _takes_text(module, function):
            continue
        if module.program.derives(qualified(module, cls), bases):
            message = f"plumpy gives `{function.name}` a message, and not its text"
            yield rule.left(module, function, message, _ADVICE)


def _is_opened(module: Module, node: ast.AST) -> bool:
    """Whether something is taken out of a message, or whether it's dropped."""
    above = module.parent(node)
    return isinstance(above, (ast.Attribute, ast.Expr)) or (isinstance(above, ast.Subscript) and above.value is node)


def _takes_text(module: Module, function: Any) -> bool:
    """Whether a method does more with its last parameter than to hand it to the base class's."""
    method, name = function.name, function.args.args[-1].arg if function.args.args else ""
    loads = [load for load, scope in module.loads(name) if scope.node is function]
    return any(not _is_opened(module, load) and not _goes_to_base(module, load, method) for load in loads)


def _goes_to_base(module: Module, node: ast.AST, method: str) -> bool:
    call = module.parent(node)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != method:
        return False
    base = call.func.value
    return isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super"
