"""The report as SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Sequence
from urllib.parse import quote_from_bytes

from codemods import __version__
from codemods.engine_codes import ENGINE_CODES
from codemods.findings import FileResult, Finding, Outcome, RunResult
from codemods.report import RuleInfo, reportable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Outcome.ERROR: "error", Outcome.LEFT: "warning", Outcome.REWRITTEN: "warning", Outcome.NOTE: "note"}


def render(result: RunResult, rules: Sequence[RuleInfo]) -> str:
    """Return a SARIF log of one run.

    :param result: what the run did. Places that it has rewritten aren't mentioned.
    :param rules: all rules there are.
    """
    shown = list(reportable(result))
    described = _descriptors(rules, [finding.rule for _, finding in shown])
    positions = {descriptor["id"]: position for position, descriptor in enumerate(described)}
    driver = {"name": "plumpy-migrate", "semanticVersion": _semantic(__version__), "rules": described}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not any(found.outcome is Outcome.ERROR for _, found in shown)}],
        "results": [_result(file, finding, positions[finding.rule]) for file, finding in shown],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _semantic(version: str) -> str:
    """Return a version of Python's form in the form of semantic versioning: ``0.1.0-dev0``."""
    return version.replace(".dev", "-dev")


def _descriptors(rules: Sequence[RuleInfo], used: Sequence[str]) -> List[Dict[str, Any]]:
    """Describe all rules, and those codes of the engine that occur."""
    engine = [one for one in ENGINE_CODES if one.code in used]
    described: Dict[str, Dict[str, Any]] = {
        rule.code: {
            "id": rule.code,
            "shortDescription": {"text": rule.title},
            "help": {"text": rule.doc or rule.title},
            "properties": {"tags": [rule.family]},
        }
        for rule in (*rules, *engine)
    }
    for code in used:
        described.setdefault(code, {"id": code})
    return [described[code] for code in sorted(described)]


def _result(file: FileResult, finding: Finding, position: int) -> Dict[str, Any]:
    message = f"{finding.message}\n{finding.advice}" if finding.advice else finding.message
    location: Dict[str, Any] = {"artifactLocation": {"uri": _uri(file.path)}}
    if finding.line:
        location["region"] = {"startLine": finding.line}
        if finding.column:
            location["region"]["startColumn"] = finding.column
    return {
        "ruleId": finding.rule,
        "ruleIndex": position,
        "level": LEVELS[finding.outcome],
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "properties": {"outcome": finding.outcome.value},
    }


def _uri(path: str) -> str:
    """Return a path as a URI: relative to the working folder if it's in there, absolute otherwise."""
    absolute = Path(os.path.abspath(path))
    try:
        relative = absolute.relative_to(Path.cwd())
    except ValueError:
        return absolute.as_uri()
    # This quotes colons too, which would read as the end of a scheme.
    return quote_from_bytes(os.fsencode(relative.as_posix()))
