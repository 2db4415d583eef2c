"""Which keys of setuptools hold requirements, and how they are written in data files."""

from __future__ import annotations

from typing import Optional

from .model import Kind, Path

REQUIREMENT_LISTS = ("install_requires", "setup_requires", "tests_require")
EXTRAS = "extras_require"


def setuptools_kind(path: Path) -> Optional[Kind]:
    """Say what the value at a path in the keywords of ``setup`` stands for."""
    depth = len(path)
    if path == ("python_requires",):
        return Kind.SPECIFIERS
    if depth == 2 and path[0] == "classifiers":
        return Kind.CLASSIFIER
    if (depth == 2 and path[0] in REQUIREMENT_LISTS) or (depth == 3 and path[0] == EXTRAS):
        return Kind.REQUIREMENT
    return None


def extras_marker(key: str) -> str:
    """Give the marker in a key of ``extras_require``: what is behind the colon."""
    return key.partition(":")[2].strip()
