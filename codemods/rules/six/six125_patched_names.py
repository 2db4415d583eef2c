"""Rename what tests patch by name.

Before::

    mock.patch('six.moves.builtins.open')

After::

    mock.patch('builtins.open')

Only strings that are a dotted name below `six` and an argument of a call. A name below the `six` of another
module (`'package.module.six.moves.input'`) is reported; other strings and comments that mention six are for
a human.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, known, simple_target

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX125", __doc__, [needle("six.", r"six\.(?<!\wsix\.)[\w.]+['\"]")], scans=True)

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+\Z")
_LITERAL = re.compile(r"['\"][\w.]*\bsix\.[\w.]+['\"]")


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not _LITERAL.search(module.source.text):
        return
    for call in ast.walk(module.tree):
        if isinstance(call, ast.Call) and not module.is_dead(call):
            for arg in (*call.args, *(keyword.value for keyword in call.keywords)):
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and _DOTTED.match(arg.value):
                    yield from _name(module, call, arg, arg.value)


def _name(module: Module, call: ast.Call, node: ast.Constant, dotted: str) -> Iterator[Item]:
    home = next((one for one in ("six", *module.settings.six_modules) if dotted.startswith(one + ".")), None)
    if home is None:
        if ".six." in dotted:
            yield rule.left(module, node, f"the string names `{dotted}`", "name what is patched there now")
        return
    name = dotted[len(home) + 1 :]
    target = simple_target(name)
    if target is None or dotted not in module.text(node):
        yield rule.left(module, node, f"the string names `{dotted}`", "name what is patched now")
        return
    if known(name) in BUILTINS and not _is_cast(call):
        target = f"builtins.{target}"
    start, end = module.span(node)
    place = module.source.text.index(dotted, start, end)
    yield rule.inside((place, place + len(dotted)), target, f"`{dotted}` is `{target}`")


def _is_cast(call: ast.Call) -> bool:
    """Whether the string is a type for type checkers."""
    return getattr(call.func, "attr", getattr(call.func, "id", "")) in ("cast", "NewType", "TypeVar")
