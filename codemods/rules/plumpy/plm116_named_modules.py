"""Name plumpy_compat in what patches or imports plumpy by its name.

Before::

    mock.patch('plumpy.process_comms.create_launch_body')
    plumpy = pytest.importorskip('plumpy')

After::

    mock.patch('plumpy_compat.process_comms.create_launch_body')
    plumpy = pytest.importorskip('plumpy_compat')

Other strings stay, such as the names of classes in messages and of loggers: plumpy_compat takes plumpy's names there.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, is_plumpy
from codemods.rules.plumpy.plm101_imports import home

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM116", __doc__, [needle("plumpy", r"['\"]plumpy[.'\"]")], scans=True)

_NAMED = re.compile(r"plumpy(\.[A-Za-z_]\w*)*\Z")
_TAKERS = ("patch", "setattr", "delattr", "import_module", "importorskip", "__import__")


@rule.find
def find(module: Module) -> Iterator[Item]:
    new = home(OLD, module.settings)
    if new is None or not any(name in module.source.text for name in _TAKERS):
        return
    for call in ast.walk(module.tree):
        if not isinstance(call, ast.Call) or not call.args or module.is_dead(call):
            continue
        name, arg = getattr(call.func, "attr", getattr(call.func, "id", "")), call.args[0]
        if name not in _TAKERS or not isinstance(arg, ast.Constant) or not isinstance(arg.value, str):
            continue
        uses_aiida = "aiida" in module.import_roots and not module.project.has_module("aiida")
        if _NAMED.match(arg.value) and arg.value in module.text(arg) and not is_plumpy(module) and not uses_aiida:
            start, end = module.span(arg)
            place = module.source.text.index(OLD, start, end)
            yield rule.inside((place, place + len(OLD)), new, f"the string names `{new}`")
