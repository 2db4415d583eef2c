"""Makes `import plumpy` give this package."""

from __future__ import annotations

import importlib
import sys
from typing import List

_OURS = "plumpy_compat"
_THEIRS = "plumpy"
# Programs, and what is no part of plumpy.
_LEFT_OUT = ("as_plumpy",)


def install_as_plumpy() -> None:
    """From now on `import plumpy`, and `import plumpy.x` for each module, give the modules of this package themselves.

    So classes are the same under both names, and pickles and YAML that name plumpy's load. Calling it again is fine.

    :raises RuntimeError: if the real plumpy has been imported already.
    """
    package = importlib.import_module(_OURS)
    present = sys.modules.get(_THEIRS)
    if present is package:
        return
    if present is not None:
        where = getattr(present, "__file__", "an unknown place")
        raise RuntimeError(
            f"plumpy was imported already, from {where}: call plumpy_compat.install_as_plumpy() before anything imports"
            " plumpy, or run the program with `python -m plumpy_compat.as_plumpy`"
        )
    for name in [_OURS, *_modules()]:
        sys.modules[_THEIRS + name[len(_OURS) :]] = importlib.import_module(name)


def _modules() -> List[str]:
    import pkgutil  # few call this

    package = importlib.import_module(_OURS)
    found = (one.name for one in pkgutil.walk_packages(package.__path__, _OURS + "."))
    return [name for name in found if name.split(".")[1] not in _LEFT_OUT]
