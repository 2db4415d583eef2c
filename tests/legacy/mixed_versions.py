"""What the tests with real releases of plumpy share: the programs of `legacy-fixtures/mixed_versions`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, List

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "legacy-fixtures" / "mixed_versions"
sys.path.insert(0, str(FOLDER))
try:
    import compare_checkpoints as checkpoints
    import compare_wire as wire
    import environments
finally:
    sys.path.remove(str(FOLDER))

__all__ = ["checkpoints", "environments", "peers", "wire"]

VARIABLE = "PLUMPY_COMPAT_RELEASES"
"""The environment variable with the folder of environments."""


def peers(*names: str) -> List[Any]:
    """Give the releases with these names; skip the test if there is no environment for one."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"{VARIABLE} doesn't say where environments with releases of plumpy are")
    found = environments.real_peers(Path(folder), names)
    missing = set(names) - {one.name for one in found}
    if missing:
        pytest.skip(f"{folder} has no environment {', '.join(sorted(missing))}")
    return found
