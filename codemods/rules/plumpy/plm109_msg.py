"""Call the text of a kill or a pause `msg_text`.

Before::

    self.kill(msg='enough')                     # in a subclass of plumpy's Process
    controller = plumpy.RemoteProcessThreadController(communicator)
    controller.pause_process(pid, msg='wait')

After::

    self.kill(msg_text='enough')
    controller = plumpy.RemoteProcessThreadController(communicator)
    controller.pause_process(pid, msg_text='wait')

The keyword was renamed in plumpy 0.24. plumpy_compat takes both, so that calls on what isn't known for a process or a
controller stay; they are left to do if plumpy is the runtime, as are overrides that take `msg`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.coroutines import callee
from codemods.index.facts import qualified
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import CONTROLLERS, OLD, PROCESSES, is_instance, is_plumpy, is_unknown

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM109", __doc__, [needle("msg", r"\bmsg\b")], stages=("asyncio", "final"))

_OF_PROCESS = ("kill", "pause")
_OF_CONTROLLER = ("kill_process", "pause_process", "kill_all", "pause_all")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for names, classes in ((_OF_PROCESS, PROCESSES), (_OF_CONTROLLER, CONTROLLERS)):
        for node in (one for name in names for one in module.attributes(name)):
            call = module.parent(node)
            if not isinstance(call, ast.Call) or call.func is not node or not _keyword(call):
                continue
            if is_instance(module, node.value, classes):
                if not _is_overridden(module, node) and not is_plumpy(module):
                    yield rule.expression(call, _rename, f"the text of `{node.attr}` is called `msg_text`")
            elif module.settings.runtime == OLD and is_unknown(module, node.value):
                what = "a process" if names is _OF_PROCESS else "a controller"
                advice = f"call it `msg_text` if this is {what} of plumpy's"
                yield rule.left(module, call, f"the text of `{node.attr}` isn't called `msg` any more", advice)
    if module.settings.runtime == OLD:
        yield from _overrides(module)


def _overrides(module: Module) -> Iterator[Item]:
    for function in module.of(*FUNCTIONS):
        cls = module.parent(function)
        if function.name not in _OF_PROCESS or not isinstance(cls, ast.ClassDef):
            continue
        takes = any(one.arg == "msg" for one in function.args.args)
        if takes and module.program.derives(qualified(module, cls), PROCESSES) and not is_plumpy(module):
            advice = "rename the parameter"
            yield rule.left(module, function, f"plumpy may call `{function.name}` with `msg_text`", advice)


def _keyword(call: ast.Call) -> bool:
    names = {one.arg for one in call.keywords}
    return "msg" in names and "msg_text" not in names


def _is_overridden(module: Module, node: ast.Attribute) -> bool:
    """Whether the call may reach a method of the project, whose parameter has the name that it has."""
    target = callee(module, node)
    return target is not None and any(True for _ in module.program.reached(target))


def _rename(node: Any) -> Any:
    args = [
        arg.with_changes(keyword=cst.Name("msg_text"))
        if arg.keyword is not None and arg.keyword.value == "msg"
        else arg
        for arg in node.args
    ]
    return node.with_changes(args=args)
