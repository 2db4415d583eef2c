"""What the rules of this family know of kiwipy: its names and its communicators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, FrozenSet, Iterator, Optional

from codemods.index.facts import qualified
from codemods.index.origins import origins
from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module

HOMES = ("kiwipy.rmq", "kiwipy.rmq.communicator", "kiwipy.rmq.threadcomms")
THREAD = frozenset(f"{home}.RmqThreadCommunicator" for home in HOMES)
CONNECTS = frozenset(f"{home}.connect" for home in HOMES) | frozenset(f"{one}.connect" for one in THREAD)
COROUTINES = frozenset(f"{home}.RmqCommunicator" for home in HOMES)
_DEPTH = 3


def is_kiwipy(module: Module) -> bool:
    """Whether the project is kiwipy itself."""
    return module.project.has_module("kiwipy")


def comes_from(module: Module, node: ast.AST, makers: FrozenSet[str]) -> bool:
    """Whether a value certainly comes from a call of one of `makers`, perhaps through functions of the file."""
    found = {one for one in origins(module, node) if one != "builtins.None"}
    return bool(found) and all(_comes_from(module, one, makers, _DEPTH) for one in found)


def _comes_from(module: Module, origin: str, makers: FrozenSet[str], depth: int) -> bool:
    if not origin.endswith("()") or depth == 0:
        return False
    maker = origin[:-2]
    if maker in makers or module.program.derives(maker, makers):
        return True
    function = _function(module, maker.replace("()", ""))
    given = list(_given(module, function)) if function is not None else []
    return bool(given) and all(
        _comes_from(module, one, makers, depth - 1)
        for value in given
        for one in (origins(module, value) if value is not None else ["?"])
        if one != "builtins.None"
    )


def _function(module: Module, dotted: str) -> Optional[ast.AST]:
    """The function of the file that has a dotted name."""
    name = dotted.rpartition(".")[2]
    for function in module.of(*FUNCTIONS):
        if function.name == name and qualified(module, function) == dotted:
            found: ast.AST = function
            return found
    return None


def _given(module: Module, function: ast.AST) -> Iterator[Optional[ast.expr]]:
    """The values that a function returns."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and module.enclosing_function(node) is function:
            yield node.value
