"""Import plumpy_compat instead of plumpy.

Before::

    import plumpy
    import plumpy.persistence as store
    from plumpy import ProcessState, process_comms

After::

    import plumpy_compat as plumpy
    import plumpy_compat.persistence as store
    from plumpy_compat import ProcessState, process_comms

The names stay, so nothing else in the file changes. With `--runtime plumpy` the imports stay, for the code is to run
on plumpy 0.22 or newer. With `--stage shim` they lead to `plumpy_compat.legacy`, which keeps the API of plumpy 0.15
and tornado; the later stages lead on from there. `--stage final --runtime plumpy` leads from plumpy_compat to plumpy,
except for the helpers in `plumpy_compat.aio` and `.text`, which plumpy hasn't.

Left are star imports of the whole package, modules that are gone (`plumpy.test_utils`), what only plumpy_compat has
when it's to become plumpy, and files that use AiiDA as a library: it brings plumpy's own classes, which plumpy_compat's
aren't. Nothing is done in plumpy itself.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, NamedTuple, Optional, Union

from codemods.edits import NewImport
from codemods.rule import Item, Rule, importing
from codemods.rules.plumpy._names import LEGACY, MODULES, NEW, OLD, is_plumpy

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module
    from codemods.settings import Settings

rule = Rule("PLM101", __doc__, [importing(OLD, NEW)], order=95)

_HELPERS = (f"{NEW}.aio", f"{NEW}.text")
"""What migrated code imports from plumpy_compat whatever the runtime is."""
_ELSEWHERE = ("utils.SimpleNamespace", "version", "stack")
"""What rules of their own find another home for."""
ONLY_OURS = frozenset(
    "install_as_plumpy aliases as_plumpy broker checkpoints commands legacy messages outline port_base process text"
    " KILL_MSG PAUSE_MSG PLAY_MSG STATUS_MSG get_event_loop new_event_loop set_event_loop".split()
)
"""What plumpy_compat has and plumpy hasn't."""


class Left(NamedTuple):
    """Why an import stays, and what to do."""

    reason: str
    advice: str


@rule.find
def find(module: Module) -> Iterator[Item]:
    found = [one for one in module.live_imports() if one.alias not in module.leaving and _leads_on(module, one)]
    if not found or is_plumpy(module):
        return
    if _uses_aiida(module):
        for one in found:
            reason = f"`{_name(module, one)}` stays: aiida makes objects of plumpy's own classes"
            yield rule.left(module, one.statement, reason, "migrate with `--runtime plumpy`")
        return
    for one in found:
        new = becomes(module, one)
        if isinstance(new, Left):
            yield rule.left(module, one.statement, f"`{_name(module, one)}` stays: {new.reason}", new.advice)
        elif new:
            yield rule.reimport(one, f"`{_name(module, one)}` comes from {new[-1].module}", *new)


def _uses_aiida(module: Module) -> bool:
    return "aiida" in module.import_roots and not module.project.has_module("aiida")


def _name(module: Module, one: ImportedName) -> str:
    """The dotted name that a statement imports."""
    if isinstance(one.statement, ast.Import):
        return one.alias.name
    return f"{module.absolute(one.statement.module, one.statement.level)}.{one.alias.name}"


def _leads_on(module: Module, one: ImportedName) -> bool:
    if isinstance(one.statement, ast.ImportFrom) and one.statement.level:
        return False
    return home(_name(module, one), module.settings) is not None


def home(dotted: str, settings: Settings) -> Optional[str]:
    """The package that takes the place of the one that `dotted` begins with; ``None`` if it stays."""
    if settings.stage == "shim":
        return LEGACY if _within(dotted, OLD) else None
    if _within(dotted, LEGACY):
        return settings.runtime
    if _within(dotted, OLD):
        return NEW if settings.runtime == NEW else None
    stays = settings.stage != "final" or settings.runtime == NEW or any(_within(dotted, one) for one in _HELPERS)
    return OLD if _within(dotted, NEW) and not stays else None


def _within(dotted: str, package: str) -> bool:
    return dotted == package or dotted.startswith(package + ".")


def _root(dotted: str) -> str:
    return next(one for one in (LEGACY, NEW, OLD) if _within(dotted, one))


def becomes(module: Module, one: ImportedName) -> Union[Left, List[NewImport]]:
    """The imports that take the place of one imported name; none if another rule sees to it."""
    dotted = _name(module, one)
    old, new = _root(dotted), home(dotted, module.settings)
    assert new is not None
    rest = dotted[len(old) + 1 :]
    if rest in _ELSEWHERE or rest.split(".")[0] in _ELSEWHERE:
        # Their rules don't run at this stage.
        return _moved(one, new, rest) if module.settings.stage == "shim" else []
    if rest == "*":
        return Left("a star import can bring any name", "import the names that are used")
    refused = _refusal(module, one, old, new, rest)
    return refused if refused is not None else _moved(one, new, rest)


def _refusal(module: Module, one: ImportedName, old: str, new: str, rest: str) -> Optional[Left]:
    if new == LEGACY:
        return None
    top = rest.split(".")[0]
    if top in ("test_utils", "common"):
        return Left(f"{new} has no module {top}", "keep what is needed of it in the project")
    if isinstance(one.statement, ast.Import) and not one.alias.asname and rest and rest not in MODULES:
        return Left(f"{new} has no module {rest}", "import what is used of it from where it is now")
    if old == NEW and new == OLD:
        uses = (use.canonical for use in module.references(NEW) if one in use.imported)
        used = {dotted[len(NEW) + 1 :].split(".")[0] for dotted in uses}
        ours = sorted({top} & ONLY_OURS if rest else used & (ONLY_OURS | {"aio"}))
        if ours:
            return Left(f"plumpy has no {', '.join(ours)}", "do without it first")
    return None


def _moved(one: ImportedName, new: str, rest: str) -> List[NewImport]:
    if isinstance(one.statement, ast.ImportFrom):
        if not rest:  # from plumpy_compat import legacy
            return [_package(new, one.local)]
        package, _, name = f"{new}.{rest}".rpartition(".")
        return [NewImport(package, name, one.alias.asname)]
    if one.alias.asname and rest:
        return [NewImport(f"{new}.{rest}", None, one.alias.asname)]
    return [_package(new, one.local)]


def _package(new: str, local: str) -> NewImport:
    """The import of a package under the name that the file has for it."""
    package, _, name = new.rpartition(".")
    if package:
        return NewImport(package, name, local if local != name else None)
    return NewImport(new, None, local if local != new else None)
