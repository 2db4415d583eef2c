"""What the migrator has to say about a place in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import List, Optional


class Outcome(str, Enum):
    """What became of a finding."""

    REWRITTEN = "rewritten"
    """The tool changed it (or would, with ``--diff`` and ``--check``)."""
    LEFT = "left"
    """It belongs to a rule, but rewriting it isn't provably safe: a human must."""
    NOTE = "note"
    """Nothing to rewrite; something that a reviewer should know."""
    ERROR = "error"
    """The file could not be processed."""


@dataclass(frozen=True)
class Finding:
    """One place in one file.

    :param rule: the code of the rule, such as ``SIX105``; ``PMnnn`` codes belong to the engine.
    :param line: line number, from 1; 0 where the finding concerns the whole file.
    :param column: column in characters, from 1; 0 where it concerns the whole line.
    :param message: what was found, and for left-overs the reason why it was left.
    :param advice: what a human should do about it; empty where nothing is to be done.
    """

    rule: str
    line: int
    column: int
    message: str
    outcome: Outcome = Outcome.LEFT
    advice: str = ""


class Status(str, Enum):
    """What became of a file."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FAILED = "failed"


@dataclass
class FileResult:
    """What the run did, or would do, to one file.

    :param path: the path as it is shown to the user: as given on the command line, or below it.
    :param before: the content of the file; ``None`` if it could not be read.
    :param findings: what there is to say, with positions in the old content.
    :param findings_after: the same with positions in the new content; ``None`` if there's no difference.
    :param after: the new content; ``None`` if it doesn't change.
    """

    path: str
    status: Status = Status.UNCHANGED
    findings: List[Finding] = field(default_factory=list)
    before: Optional[bytes] = None
    after: Optional[bytes] = None
    findings_after: Optional[List[Finding]] = None


@dataclass
class RunResult:
    """What one run did, or would do, to a tree.

    :param files: each file with something to say about it (changed, failed or with findings).
    :param files_seen: the number of files that were looked at.
    :param wrote: whether changes were written; false for ``--diff``, ``--check`` and stdin.
    :param seconds: the wall time of the run in seconds.
    """

    files: List[FileResult] = field(default_factory=list)
    files_seen: int = 0
    wrote: bool = False
    seconds: float = 0.0
