"""The DEP family: the dependency files of a project follow its code."""

from __future__ import annotations

from typing import List, Tuple

from codemods.findings import Finding

from . import (
    dep101_shims,
    dep102_markers,
    dep103_python,
    dep104_hooks,
    dep105_lint,
    dep106_matrix,
    dep107_loops,
    dep108_plumpy,
    dep109_helpers,
)
from .dep107_loops import CONCERNED
from .files import is_dependency_file, reader_for
from .model import DependencyFile, DependencyRule, Knowledge

RULES: Tuple[DependencyRule, ...] = (
    dep101_shims.RULE,
    dep102_markers.RULE,
    dep103_python.RULE,
    dep104_hooks.RULE,
    dep105_lint.RULE,
    dep106_matrix.RULE,
    dep107_loops.RULE,
    dep108_plumpy.RULE,
    dep109_helpers.RULE,
)


def migrate(file: DependencyFile, knowledge: Knowledge) -> Tuple[str, List[Finding]]:
    """Migrate one dependency file.

    :returns: the new text, which is the old one if there is nothing to do, and what there is to report.
    """
    from .driver import run

    reader = reader_for(file)
    return run(file, knowledge, reader) if reader is not None else (file.text, [])


__all__ = ["CONCERNED", "RULES", "DependencyFile", "DependencyRule", "Knowledge", "is_dependency_file", "migrate"]
