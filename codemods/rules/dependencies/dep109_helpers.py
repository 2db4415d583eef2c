"""DEP109: the requirement on plumpy-compat, where the code imports it.

Before::

    install_requires=['tornado<5.0', 'pyyaml']

After, when the code uses ``plumpy_compat.aio`` in tornado's place::

    install_requires=['plumpy-compat', 'pyyaml']

plumpy-compat takes the place of the requirement on tornado that goes. If none goes, it's added behind the one on
tornado, plumpy or kiwipy that stays. A list that names plumpy-compat already is left alone, and of two that would
become it one goes.

With ``--stage final --runtime plumpy`` plumpy is added behind plumpy-compat where the code imports both.

Where no list has one of these, PM006 says that the requirement is missing.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from . import requirement
from .dep108_plumpy import COMPAT, MODERN
from .model import Action, DependencyRule, Kind, Knowledge, Slot, Verdict

RULE = DependencyRule("DEP109", "require plumpy-compat where the code imports it", __doc__ or "")

_Judged = List[Tuple[Slot, Verdict]]
_ANCHORS = ("tornado", "plumpy", "kiwipy")


def settle(slots: Sequence[Slot], judged: _Judged, knowledge: Knowledge) -> _Judged:
    """Decide for a whole file where plumpy-compat is required."""
    judged = _once_a_list(slots, judged)
    if knowledge.runtime == "plumpy" and knowledge.stage == "final" and knowledge.selected(RULE.code):
        judged = [*judged, *_plumpy_as_well(slots, knowledge)]
    if "plumpy_compat" not in knowledge.imported or not knowledge.complete:
        return judged
    if not knowledge.selected(RULE.code) or _is_required(slots, judged):
        return judged
    instead = next((index for index, pair in enumerate(judged) if _goes(*pair)), None)
    if instead is not None:
        slot = judged[instead][0]
        judged[instead] = (slot, Verdict(RULE.code, Action.REPLACE, f"{COMPAT} takes the place of tornado", COMPAT))
        return judged
    behind = _anchor(slots, judged)
    if behind is not None:
        judged.append((behind, Verdict(RULE.code, Action.ADD, f"the code imports plumpy_compat, of {COMPAT}", COMPAT)))
    return judged


def _plumpy_as_well(slots: Sequence[Slot], knowledge: Knowledge) -> _Judged:
    """Require plumpy beside plumpy-compat where the code imports both."""
    if not {"plumpy", "plumpy_compat"} <= knowledge.imported or any(_name(slot) == "plumpy" for slot in slots):
        return []
    beside = (slot for slot in slots if _name(slot) == COMPAT and not slot.fixed and _is_listed(slot))
    verdict = Verdict(RULE.code, Action.ADD, "the code imports plumpy again", MODERN)
    return [(slot, verdict) for slot in beside][:1]


def _name(slot: Slot) -> Optional[str]:
    return requirement.leading_name(slot.value) if slot.kind is Kind.REQUIREMENT else None


def _becomes(verdict: Verdict) -> bool:
    return verdict.action is Action.REPLACE and requirement.leading_name(verdict.replacement) == COMPAT


def _once_a_list(slots: Sequence[Slot], judged: _Judged) -> _Judged:
    """Let each list name once what takes the place of others."""
    named = {(slot.path[:-1], _name(slot)) for slot in slots}
    found: _Judged = []
    for slot, verdict in judged:
        new = requirement.leading_name(verdict.replacement) if verdict.action is Action.REPLACE else None
        if new in (COMPAT, "aio-pika") and slot.kind is Kind.REQUIREMENT:
            if (slot.path[:-1], new) in named:
                verdict = Verdict(verdict.rule, Action.REMOVE, f"{new} is required already")
            named.add((slot.path[:-1], new))
        found.append((slot, verdict))
    return found


def _is_required(slots: Sequence[Slot], judged: _Judged) -> bool:
    return any(_name(slot) == COMPAT for slot in slots) or any(_becomes(verdict) for _, verdict in judged)


def _goes(slot: Slot, verdict: Verdict) -> bool:
    """Whether a requirement on tornado goes, in a list in which another may take its place."""
    plain = not slot.fixed and not slot.marker and ";" not in slot.value and _is_listed(slot)
    return plain and _name(slot) == "tornado" and verdict.action is Action.REMOVE


def _is_listed(slot: Slot) -> bool:
    """Whether a requirement is an element of a list, and not the key of a table."""
    return slot.kind is Kind.REQUIREMENT and isinstance(slot.path[-1] if slot.path else None, int)


def _anchor(slots: Sequence[Slot], judged: _Judged) -> Optional[Slot]:
    """The requirement that stays and behind which another goes well; of the lists, the first."""
    gone = {slot.path for slot, verdict in judged if verdict.action is Action.REMOVE}
    for name in _ANCHORS:
        for slot in slots:
            plain = _name(slot) == name and not slot.fixed and not slot.marker and _is_listed(slot)
            if plain and slot.path not in gone:
                return slot
    return None
