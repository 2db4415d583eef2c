"""DEP108: requirements on plumpy and kiwipy.

Before::

    plumpy~=0.15.1
    kiwipy[rmq]~=0.5.5

After::

    plumpy-compat
    kiwipy[rmq]>=0.8.4

plumpy-compat takes plumpy's place when the code imports it instead. With ``--runtime plumpy`` the requirement becomes
``plumpy>=0.22``, if it allows no such version yet. The one on kiwipy is widened in the same way. Extras of kiwipy and
markers stay; versions that already fit do, too. With ``--stage final`` plumpy takes the place of plumpy-compat, if the
code imports that no longer.

Refuses, and reports, when the run didn't read all Python files of the project; in conda's and Poetry's lists, where the
name or the version stands elsewhere. Keeps plumpy, with a note, when the code still imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence

from . import requirement
from .dep107_loops import CONCERNED
from .model import Action, DependencyRule, Knowledge, Verdict

if TYPE_CHECKING:
    from packaging.requirements import Requirement

RULE = DependencyRule("DEP108", "require what takes the place of old versions of plumpy and kiwipy", __doc__ or "")

COMPAT = "plumpy-compat"
MODERN = "plumpy>=0.22"
_PLUMPY = ("0.22.0", "0.22.3", "0.23.0", "0.24.0", "0.25.0", "0.26.0", "0.26.1")
_KIWIPY = ("0.8.4", "0.8.5", "0.9.0")


def judge(text: str, name: str, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge a requirement (``text``) on the distribution ``name`` (normalised)."""
    if name not in ("plumpy", "kiwipy", COMPAT) or knowledge.before.isdisjoint(CONCERNED):
        return None
    parsed = requirement.parse(text)
    if parsed is None:
        message = f"{text!r} was left: it isn't understood as a requirement"
        return Verdict(RULE.code, Action.LEAVE, message, advice="Change it by hand.")
    if name == COMPAT:
        return _back(parsed, knowledge)
    if name == "kiwipy":
        uses = "plumpy_compat" in knowledge.imported or knowledge.stage != "shim"
        return _widened(parsed, _KIWIPY, knowledge) if uses else None
    if knowledge.runtime == "plumpy" and knowledge.stage != "shim":
        return _widened(parsed, _PLUMPY, knowledge)
    return _replaced(parsed, knowledge)


def _replaced(parsed: Requirement, knowledge: Knowledge) -> Optional[Verdict]:
    if "plumpy_compat" not in knowledge.imported:
        return None
    if "plumpy" in knowledge.imported:
        return Verdict(RULE.code, Action.NOTE, "plumpy stays: the code still imports it")
    if not knowledge.complete:
        message = "plumpy was left: the run didn't see the whole project, so the code may still import it"
        return Verdict(RULE.code, Action.LEAVE, message, advice="Run on the whole project, or change it by hand.")
    return Verdict(
        RULE.code, Action.REPLACE, f"{COMPAT} takes the place of plumpy", COMPAT + _marker(parsed, knowledge)
    )


def _back(parsed: Requirement, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge the requirement on plumpy-compat when plumpy takes its place again."""
    final = knowledge.stage == "final" and knowledge.runtime == "plumpy" and knowledge.complete
    if not final or "plumpy_compat" in knowledge.imported or "plumpy" not in knowledge.imported:
        return None
    new = MODERN + _marker(parsed, knowledge)
    return Verdict(RULE.code, Action.REPLACE, f"plumpy takes the place of {COMPAT}", new)


def _widened(parsed: Requirement, releases: Sequence[str], knowledge: Knowledge) -> Optional[Verdict]:
    """Judge a requirement that must allow one of some releases."""
    if parsed.url or any(parsed.specifier.contains(one, prereleases=True) for one in releases):
        return None
    extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
    oldest = releases[0][: -len(".0")] if releases[0].endswith(".0") else releases[0]
    new = f"{parsed.name}{extras}>={oldest}{_marker(parsed, knowledge)}"
    return Verdict(RULE.code, Action.REPLACE, f"{parsed.name} {oldest} or newer is required", new)


def _marker(parsed: Requirement, knowledge: Knowledge) -> str:
    """Give the marker of a requirement, unless it always holds."""
    if parsed.marker is None or requirement.decide(str(parsed.marker), knowledge.target_version) is True:
        return ""
    return f"; {parsed.marker}"
