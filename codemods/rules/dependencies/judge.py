"""What all rules together say about one value."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from . import (
    dep101_shims,
    dep102_markers,
    dep103_python,
    dep104_hooks,
    dep105_lint,
    dep107_loops,
    dep108_plumpy,
    dep109_helpers,
    requirement,
)
from .model import Action, Kind, Knowledge, Slot, Verdict

_PYTHON = (Kind.SPECIFIERS, Kind.POETRY_PYTHON, Kind.CLASSIFIER, Kind.UNIVERSAL, Kind.BLACK)
_LINT = (Kind.MODULES, Kind.IMPORTS, Kind.FORCED)


def judge(slot: Slot, knowledge: Knowledge) -> List[Verdict]:
    """Ask the selected rules about a value.

    :returns: at most one verdict that edits, which comes first, and what there is to report besides.
    """
    verdicts = [verdict for verdict in _ask(slot, knowledge) if knowledge.selected(verdict.rule)]
    edit = next((verdict for verdict in verdicts if verdict.edits), None)
    if edit is None:
        return verdicts
    if slot.fixed:
        return [Verdict(edit.rule, Action.LEAVE, f"{_subject(slot)} was left: {slot.fixed}", advice="Edit it by hand.")]
    reports = [verdict for verdict in verdicts if not verdict.edits and edit.action is not Action.REMOVE]
    return [edit, *reports]


def judge_all(slots: Sequence[Slot], knowledge: Knowledge) -> List[Tuple[Slot, Verdict]]:
    """Ask about all values of a file; what can't be decided for one value alone is decided here."""
    judged = [(slot, verdict) for slot in slots for verdict in judge(slot, knowledge)]
    judged = dep109_helpers.settle(slots, judged, knowledge)
    return dep103_python.leave_all(slots, dep103_python.keep_one(slots, judged))


def _subject(slot: Slot) -> str:
    first_line = slot.value.strip().splitlines()[0] if slot.value.strip() else slot.kind.value
    return repr(first_line)


def _ask(slot: Slot, knowledge: Knowledge) -> List[Verdict]:
    if slot.kind in _PYTHON:
        found = [dep103_python.judge(slot.kind, slot.value, knowledge)]
    elif slot.kind in _LINT:
        found = [dep105_lint.judge(slot.kind, slot.value, knowledge)]
    elif slot.kind is Kind.HOOK:
        found = [dep104_hooks.judge(slot.value)]
    else:
        found = _ask_requirement(slot, knowledge)
    return [verdict for verdict in found if verdict is not None]


def _ask_requirement(slot: Slot, knowledge: Knowledge) -> List[Optional[Verdict]]:
    if slot.kind is Kind.CONDA:
        name = requirement.conda_name(slot.value)
        return _ask_conda(name, knowledge) if name else []
    name = requirement.leading_name(slot.value)
    if name is None:
        return []
    shims = dep101_shims.judge(name, knowledge) or dep107_loops.judge(name, knowledge)
    if slot.kind is Kind.NAME:
        return [shims]
    if shims is not None and shims.edits and requirement.parse(slot.value) is None:
        reason = f"{slot.value!r} was left: it isn't understood as a requirement"
        return [Verdict(shims.rule, Action.LEAVE, reason, advice="Remove it by hand.")]
    markers = dep102_markers.judge(slot.value, slot.marker, knowledge)
    shims = shims or dep108_plumpy.judge(slot.value, name, knowledge)
    # A shim that goes for good must not first lose its marker: removal is what both rules come to.
    if shims is not None and shims.edits and (markers is None or markers.action is not Action.REMOVE):
        return [shims, markers]
    return [markers, shims]


def _ask_conda(name: str, knowledge: Knowledge) -> List[Optional[Verdict]]:
    found = dep101_shims.judge(name, knowledge) or dep107_loops.judge(name, knowledge)
    found = found or dep108_plumpy.judge(f"{name}<0", name, knowledge)
    if found is not None and found.action is Action.REPLACE:
        advice = f"Let pip install {found.replacement.replace('<0', '')}, or change it by hand."
        found = Verdict(
            found.rule, Action.LEAVE, f"{name} was left: conda may not have what takes its place", advice=advice
        )
    return [found]
