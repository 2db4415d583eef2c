"""The dotted module names of files, from where they lie."""

from __future__ import annotations

import os
from typing import Dict, Iterable, Set


def module_names(paths: Iterable[str]) -> Dict[str, str]:
    """For each Python file its dotted name: the packages around it, as far as they have an ``__init__.py``."""
    every = list(paths)
    packages: Set[str] = {os.path.dirname(path) for path in every if os.path.basename(path) == "__init__.py"}
    return {path: _name(path, packages) for path in every}


def _name(path: str, packages: Set[str]) -> str:
    folder, file = os.path.split(path)
    stem = os.path.splitext(file)[0]
    parts = [] if stem == "__init__" else [stem]
    while folder in packages:
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    return ".".join(parts) or stem
