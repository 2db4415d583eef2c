"""One way for all formats: read, judge, edit, and check that nothing but the wanted entries changed."""

from __future__ import annotations

import copy
from typing import Any, Callable, List, Optional, Tuple

from codemods.findings import Finding, Outcome

from .judge import judge_all
from .model import Action, CannotParse, Change, DependencyFile, Document, Knowledge, finding, last_first

Reader = Callable[[str, Knowledge], Document]

CANNOT_PARSE = "PM001"
BUG = "PM002"


def run(file: DependencyFile, knowledge: Knowledge, reader: Reader) -> Tuple[str, List[Finding]]:
    """Migrate one file with the reader of its format."""
    try:
        document = reader(file.text, knowledge)
    except CannotParse as error:
        message = f"cannot parse: {error.reason}"
        return file.text, [Finding(CANNOT_PARSE, error.line, 0, message, Outcome.LEFT, "Migrate this file by hand.")]
    changes, findings = _decide(document, knowledge)
    if not changes:
        return file.text, findings
    problem, new = _edit(document, changes, knowledge, reader)
    if problem is None:
        return new, findings
    lost = [each for each in findings if each.outcome is not Outcome.REWRITTEN]
    advice = "Migrate this file by hand, and report this as a bug of the migrator."
    return file.text, [*lost, Finding(BUG, 0, 0, f"the file was left: {problem}", Outcome.LEFT, advice)]


def _decide(document: Document, knowledge: Knowledge) -> Tuple[List[Change], List[Finding]]:
    changes: List[Change] = []
    findings = [each for each in document.findings if each.rule.startswith("PM") or knowledge.selected(each.rule)]
    for slot, verdict in judge_all(document.slots, knowledge):
        findings.append(finding(document.text, slot.start, verdict))
        if verdict.edits:
            changes.append(Change(slot, verdict))
    return changes, sorted(findings, key=lambda each: (each.line, each.column))


def _edit(document: Document, changes: List[Change], knowledge: Knowledge, reader: Reader) -> Tuple[Optional[str], str]:
    """Make the changes; gives what is wrong with the result, if anything, and the result."""
    new = document.text
    try:
        new = document.edit(changes)
        if not document.text.endswith(("\n", "\r")):
            new = new.rstrip("\r\n")
        again = reader(new, knowledge)
    except CannotParse as error:
        return f"the edit failed ({error.reason})", new
    if prune(again.data) != prune(expected(document.data, changes)):
        return "the edit would have changed more than the entries it is about", new
    if _decide(again, knowledge)[0]:
        return "a second run would have changed it again", new
    return None, new


def expected(data: Any, changes: List[Change]) -> Any:
    """Give the data as they must be after the changes."""
    data = copy.deepcopy(data)
    for change in last_first(changes):
        parent = data
        for key in change.slot.path[:-1]:
            parent = parent[key]
        if change.verdict.action is Action.REPLACE:
            parent[change.slot.path[-1]] = change.verdict.replacement
        elif change.verdict.action is Action.ADD:
            parent.insert(int(change.slot.path[-1]) + 1, change.verdict.replacement)
        else:
            del parent[change.slot.path[-1]]
    return data


def prune(data: Any) -> Any:
    """Drop empty lists and tables: removing the last entry may or may not take along what it stood in."""
    if isinstance(data, dict):
        pruned = {key: prune(value) for key, value in data.items()}
        return {key: value for key, value in pruned.items() if value not in ({}, [], None)}
    return [item for item in map(prune, data) if item != {}] if isinstance(data, list) else data
