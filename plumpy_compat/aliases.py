"""Makes `import plumpy` give this package."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Iterator, Optional, Tuple

_OURS = "plumpy_compat"
_THEIRS = "plumpy"
_FLAVOURS = {"modern": _OURS, "legacy": _OURS + ".legacy"}
# Programs, what is no part of the modern flavour, what suits one release of tornado, and what warns when it's imported.
_LEFT_OUT = frozenset(
    "plumpy_compat.as_plumpy plumpy_compat.audit plumpy_compat.legacy plumpy_compat.legacy.future_tornado4"
    " plumpy_compat.legacy.loops plumpy_compat.legacy.stack plumpy_compat.legacy.test_utils"
    " plumpy_compat.legacy.version".split()
)
# Those of the last kind: they are imported when they are asked for.
_LATER = {"legacy": ("stack", "test_utils", "version")}


class _Later(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Has `import plumpy.x` give our module `x`, where that is only to be imported if somebody asks for it."""

    def __init__(self, own: str, names: Tuple[str, ...]) -> None:
        self._ours = {f"{_THEIRS}.{name}": f"{own}.{name}" for name in names}

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname in self._ours else None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = importlib.import_module(self._ours[module.__name__])


def install_as_plumpy(flavour: str = "modern") -> None:
    """From now on `import plumpy`, and `import plumpy.x` for each module, give the modules of this package themselves.

    So classes are the same under both names, and pickles and YAML that name plumpy's load. Calling it again is fine.

    :param flavour: "modern" for the API of plumpy 0.26, or "legacy" for that of 0.14 and 0.15 (:mod:`.legacy`).
    :raises RuntimeError: if the real plumpy, or the other flavour, has been imported as plumpy already.
    :raises ValueError: if there is no such flavour.
    """
    if flavour not in _FLAVOURS:
        raise ValueError(f"there is no flavour {flavour!r}: write one of {', '.join(map(repr, _FLAVOURS))}")
    own = _FLAVOURS[flavour]
    package = importlib.import_module(own)
    present = sys.modules.get(_THEIRS)
    if present is package:
        return
    if present is not None:
        where = getattr(present, "__file__", "an unknown place")
        raise RuntimeError(
            f"plumpy was imported already, from {where}: call plumpy_compat.install_as_plumpy() before anything imports"
            " plumpy, or run the program with `python -m plumpy_compat.as_plumpy`"
        )
    for root in dict.fromkeys((_OURS, own)):
        for name in _modules(root):
            sys.modules[_THEIRS + name[len(root) :]] = importlib.import_module(name)
    if flavour == "legacy":
        importlib.import_module(f"{_OURS}.checkpoints.yaml_tags").write_uuids_as_before()
    if flavour in _LATER:
        sys.meta_path.insert(0, _Later(own, _LATER[flavour]))


def _modules(root: str) -> Iterator[str]:
    """The package `root` and the modules in it, by their full names."""
    import pkgutil  # few call this

    yield root
    for found in pkgutil.iter_modules(importlib.import_module(root).__path__, root + "."):
        if found.name in _LEFT_OUT:
            continue
        if found.ispkg:
            yield from _modules(found.name)
        else:
            yield found.name
