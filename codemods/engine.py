"""The pipeline: what `plumpy-migrate` does to a tree, stage by stage (see docs/design-migrator.md)."""

from __future__ import annotations

import gc
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from codemods.findings import FileResult, Finding, Outcome, RunResult, Status
from codemods.index.facts import Facts, gather
from codemods.index.module import Module
from codemods.index.project import Assumptions, Project, ProjectView, Question
from codemods.plan import EditKey, Plan, anchor, plan, skips_file
from codemods.registry import chosen, code_rules
from codemods.source import Source, SourceError

if TYPE_CHECKING:
    from codemods.rule import Rule
    from codemods.settings import Settings

sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))
