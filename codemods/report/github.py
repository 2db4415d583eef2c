"""The report as GitHub workflow commands, which become annotations of a pull request."""

from __future__ import annotations

from pathlib import PurePath
from typing import Dict, List

from codemods.findings import FileResult, Finding, Outcome, RunResult
from codemods.report import reportable

LEVELS = {Outcome.ERROR: "error", Outcome.LEFT: "warning", Outcome.REWRITTEN: "warning", Outcome.NOTE: "notice"}


def render(result: RunResult) -> str:
    """Return one workflow command a line.

    :param result: what the run did. Places that it has rewritten aren't mentioned.
    """
    return "".join(_command(file, finding) + "\n" for file, finding in reportable(result))


def _command(file: FileResult, finding: Finding) -> str:
    properties: Dict[str, str] = {"file": PurePath(file.path).as_posix()}
    if finding.line:
        properties["line"] = str(finding.line)
        if finding.column:
            properties["col"] = str(finding.column)
    properties["title"] = f"plumpy-migrate {finding.rule}"
    head = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{LEVELS[finding.outcome]} {head}::{_data(_text(finding))}"


def _text(finding: Finding) -> str:
    parts: List[str] = [finding.message]
    if finding.outcome is Outcome.REWRITTEN:
        parts.append("(plumpy-migrate would rewrite this)")
    if finding.advice:
        parts.append(f"\n{finding.advice}")
    return " ".join(parts).replace(" \n", "\n")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
