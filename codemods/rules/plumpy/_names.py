"""What the rules of this family know of plumpy: its names, whichever package they come from, and its objects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, FrozenSet, Iterable, Iterator, Optional

from codemods.index.facts import qualified
from codemods.index.origins import UNKNOWN, origins
from codemods.index.scopes import FUNCTIONS

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

OLD, NEW, LEGACY = "plumpy", "plumpy_compat", "plumpy_compat.legacy"
ROOTS = (OLD, NEW)

MODULES = frozenset(
    "base base.state_machine base.utils communications event_helper events exceptions futures greenback_bridge lang"
    " loaders mixins persistence ports process_comms process_listener process_spec process_states processes settings"
    " utils workchains".split()
)
"""The modules that plumpy and plumpy_compat have in common; each is imported with the package."""


def tail(dotted: Optional[str]) -> Optional[str]:
    """What a dotted name is called within plumpy (``futures.gather``); ``None`` if it isn't plumpy's."""
    for root in (LEGACY, NEW, OLD):
        if dotted is not None and dotted.startswith(root + "."):
            return dotted[len(root) + 1 :]
    return None


def both(home: str, *names: str) -> FrozenSet[str]:
    """Names as they are at the top level and in their module."""
    return frozenset([*names, *(f"{home}.{name}" for name in names)])


def references(module: Module, wanted: Iterable[str]) -> Iterator[Reference]:
    """The uses of some names (as `tail` gives them), in a project that isn't plumpy itself."""
    names = frozenset(wanted)
    for root in ROOTS:
        for one in module.references(root):
            if tail(one.canonical) in names and not is_plumpy(module):
                yield one


def is_plumpy(module: Module) -> bool:
    """Whether the project is plumpy, or plumpy_compat, itself."""
    return module.project.has_module(OLD) or module.project.has_module(NEW)


# -- objects -----------------------------------------------------------------------------------------


def everywhere(*names: str) -> FrozenSet[str]:
    """Names as they are in each package that may be plumpy's."""
    return frozenset(f"{root}.{name}" for root in (OLD, NEW, LEGACY) for name in names)


_AIIDA = ("Process", "CalcJob", "WorkChain", "BaseRestartWorkChain", "FunctionProcess")
_AIIDA_HOMES = (
    *("aiida.engine", "aiida.engine.processes", "aiida.engine.processes.process"),
    *("aiida.engine.processes.calcjobs", "aiida.engine.processes.calcjobs.calcjob"),
    *("aiida.engine.processes.workchains", "aiida.engine.processes.workchains.workchain"),
)
PROCESSES = everywhere("Process", "processes.Process", "WorkChain", "workchains.WorkChain") | frozenset(
    f"{home}.{name}" for home in _AIIDA_HOMES for name in _AIIDA
)
CONTROLLERS = everywhere(
    *both("process_comms", "RemoteProcessController", "RemoteProcessThreadController"),
)
LAUNCHERS = everywhere(*both("process_comms", "ProcessLauncher"))
STATES = everywhere(
    *both("process_states", "Created", "Running", "Waiting", "Excepted", "Finished", "Killed"),
    *("process_states.State", "base.State", "base.state_machine.State"),
)
LISTENERS = everywhere(*both("process_listener", "ProcessListener"))
_GIVE_INSTANCES = (".current", ".recreate_from")
_HAVE_PROCESS = (".process", ".state_machine")


def is_instance(module: Module, node: ast.AST, bases: FrozenSet[str]) -> bool:
    """Whether an expression certainly gives an instance of one of some classes (or ``super()`` of one)."""
    if bases is PROCESSES and isinstance(node, ast.Name) and _is_listened_to(module, node):
        return True
    found = [one for one in origins(module, node) if one != "builtins.None"]
    return bool(found) and all(_is_instance(module, one, bases) for one in found)


def _is_instance(module: Module, origin: str, bases: FrozenSet[str]) -> bool:
    if origin.startswith("super:"):
        return module.program.derives(origin[len("super:") :], bases)
    if bases is PROCESSES and origin.endswith(_HAVE_PROCESS):
        return _is_instance(module, origin.rpartition(".")[0], STATES)
    if not origin.endswith("()"):
        return False
    made = origin[:-2]
    for method in _GIVE_INSTANCES:
        if made.endswith(method):
            made = made[: -len(method)]
    return module.program.derives(made, bases) or _is_mixin(module, made, bases)


def _is_mixin(module: Module, cls: str, bases: FrozenSet[str]) -> bool:
    """Whether a class is only there to be mixed into classes that derive from some."""
    derived = module.program.graph.derived(cls)
    return bool(derived) and all(module.program.derives(one, bases) for one in derived)


def _is_listened_to(module: Module, node: ast.Name) -> bool:
    """Whether a name is the process that a method of a listener is called with."""
    scope = module.scope_of(node).lookup(node.id)
    function = scope.node if scope is not None else None
    if not isinstance(function, FUNCTIONS) or not function.name.startswith("on_process_"):
        return False
    cls, arguments = module.parent(function), function.args.args
    if not isinstance(cls, ast.ClassDef) or len(arguments) < 2 or arguments[1].arg != node.id:
        return False
    return module.program.derives(qualified(module, cls), LISTENERS)


def is_unknown(module: Module, node: ast.AST) -> bool:
    """Whether nothing is known of where a value comes from."""
    return any(one.startswith((UNKNOWN, "param:")) or ")." in one for one in origins(module, node))
