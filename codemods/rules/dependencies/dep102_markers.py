"""DEP102: requirements whose marker is decided by the target version.

Before::

    sphinx==1.8.5; python_version<'3'
    sphinx==2.2.0; python_version>='3.0'

After::

    sphinx==2.2.0

A requirement goes when its marker holds on no Python version from the target version on. The marker goes, and the
requirement stays, when it holds on all of them. A key of ``extras_require`` that is a marker, such as
``":python_version<'3'"``, counts for the requirements below it.

Only markers on ``python_version`` and ``python_full_version`` are decided. Those that also ask for the platform, the
implementation or an extra stay as they are, as does ``python_version < '4'``.
"""

from __future__ import annotations

from typing import Optional

from . import requirement
from .model import Action, DependencyRule, Knowledge, Verdict

RULE = DependencyRule("DEP102", "remove requirements and markers that the target version decides", __doc__ or "")


def judge(text: str, marker: str, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge a requirement by its own marker and by the one that its surroundings add."""
    parsed = requirement.parse(text)
    if parsed is None:
        return None
    oldest = ".".join(map(str, knowledge.target_version))
    own = str(parsed.marker) if parsed.marker else ""
    for condition in (own, marker):
        if condition and requirement.decide(condition, knowledge.target_version) is False:
            message = f"requirement {parsed.name} removed: {condition} never holds from Python {oldest} on"
            return Verdict(RULE.code, Action.REMOVE, message)
    if not own or requirement.decide(own, knowledge.target_version) is not True:
        return None
    bare = requirement.without_marker(text)
    message = f"marker of {parsed.name} removed: {own} always holds from Python {oldest} on"
    if bare is None:
        return Verdict(RULE.code, Action.LEAVE, f"{own} always holds, but the marker can't be cut off the text")
    return Verdict(RULE.code, Action.REPLACE, message, bare)
