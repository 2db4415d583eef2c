"""Rename what tests patch by name.

Before::

    mock.patch('six.moves.builtins.open')

After::

    mock.patch('builtins.open')

Only strings that are a dotted name below `six` and an argument of a call; other strings and comments that
mention six are for a human.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, known, simple_target

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX125", __doc__, [needle("six.", r"['\"]six\.[\w.]+['\"]")])

_DOTTED = re.compile(r"six\.(\w+(?:\.\w+)*)\Z")


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not re.search(r"['\"]six\.[\w.]+['\"]", module.source.text):
        return
    for call in ast.walk(module.tree):
        if not isinstance(call, ast.Call) or module.is_dead(call):
            continue
        for arg in call.args:
            match = _DOTTED.match(arg.value) if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None
            if match is None:
                continue
            target = simple_target(match.group(1))
            if target is None:
                yield rule.left(module, arg, f"the string names `{match.group()}`", "name what is patched now")
                continue
            if known(match.group(1)) in BUILTINS:
                target = f"builtins.{target}"
            start, end = module.span(arg)
            place = module.source.text.index(match.group(), start, end)
            yield rule.inside((place, place + len(match.group())), target, f"`{match.group()}` is `{target}`")
