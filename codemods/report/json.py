"""The report as JSON.

The document is one object. Its form is stable: within one ``version`` keys may be added, but none is
removed and none changes its meaning.

``schema``
    Always ``plumpy-migrate-report``.
``version``
    The version of this form, 1.
``tool``
    ``name`` and ``version`` of the program.
``wrote``
    Whether the changes were written; false for ``--check``, ``--diff`` and standard input.
``seconds``
    How long the run took.
``summary``
    Numbers: ``files_seen``, ``files_changed``, ``files_failed``, and of findings: ``found`` (``rewritten`` +
    ``left``), ``rewritten``, ``left``, ``notes``, ``errors``.
``families``, ``rules``
    The same numbers of findings by family (``SIX``) and by rule (``SIX105``).
``files``
    A list of objects with ``path``, ``status`` (``unchanged``, ``changed``, ``failed``) and ``findings``. A finding
    has ``rule``, ``line`` and ``column`` (from 1; 0 where it concerns the whole file or line), ``outcome``
    (``rewritten``, ``left``, ``note``, ``error``), ``message`` and ``advice`` (empty where there is nothing to do).
"""

from __future__ import annotations

import json
from typing import Any, Dict

from codemods import __version__
from codemods.findings import FileResult, RunResult, Status
from codemods.report import Tally, count_status, family_of, tallies, total

SCHEMA = "plumpy-migrate-report"
VERSION = 1


def render(result: RunResult) -> str:
    """Return the report as a JSON document.

    :param result: what the run did.
    """
    document = {
        "schema": SCHEMA,
        "version": VERSION,
        "tool": {"name": "plumpy-migrate", "version": __version__},
        "wrote": result.wrote,
        "seconds": round(result.seconds, 3),
        "summary": {
            "files_seen": result.files_seen,
            "files_changed": count_status(result, Status.CHANGED),
            "files_failed": count_status(result, Status.FAILED),
            **_numbers(total(result)),
        },
        "families": _groups(tallies(result, family_of)),
        "rules": _groups(tallies(result, str)),
        "files": [_file(file) for file in sorted(result.files, key=lambda file: file.path)],
    }
    return json.dumps(document, indent=2) + "\n"


def _numbers(tally: Tally) -> Dict[str, int]:
    return {
        "found": tally.found,
        "rewritten": tally.rewritten,
        "left": tally.left,
        "notes": tally.notes,
        "errors": tally.errors,
    }


def _groups(groups: Dict[str, Tally]) -> Dict[str, Dict[str, int]]:
    return {name: _numbers(groups[name]) for name in sorted(groups)}


def _file(file: FileResult) -> Dict[str, Any]:
    return {
        "path": file.path,
        "status": file.status.value,
        "findings": [
            {
                "rule": finding.rule,
                "line": finding.line,
                "column": finding.column,
                "outcome": finding.outcome.value,
                "message": finding.message,
                "advice": finding.advice,
            }
            for finding in file.findings
        ],
    }
