"""DEP103: statements that Python versions below the target version are supported.

Before::

    python_requires='>=2.7,!=3.0.*,!=3.1.*,<4',
    classifiers=[
        'Programming Language :: Python :: 2.7',
        'Programming Language :: Python :: 3.7',
        'Programming Language :: Python :: 3.9',
    ],

After, with the target version 3.9::

    python_requires='>=3.9,<4',
    classifiers=[
        'Programming Language :: Python :: 3.9',
    ],

Upper bounds and exclusions that still say something stay. Where all classifiers with a version would go, the last one
becomes ``Programming Language :: Python :: 3``; none is added. ``universal = 1`` for wheels goes too. Poetry's ``^3.6``
becomes ``^3.9``. Black's ``target-version`` loses the versions below the target.

Refuses, and reports, when the statement excludes the target version (``<3.8``), when it isn't a plain specifier, and
when it isn't one literal string. Reports ``use_2to3`` and ``universal`` in a ``setup.py``, and a ``target-version`` of
Black that would become empty. A ``setup`` call and a ``setup.json`` that say nothing about Python are noted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, List, Optional, Sequence, Tuple

from .model import Action, DependencyRule, Kind, Knowledge, Slot, Verdict

if TYPE_CHECKING:
    from packaging.specifiers import Specifier

RULE = DependencyRule("DEP103", "raise the required Python version to the target version", __doc__ or "")

_CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d+)(?:\.(\d+))?(?: :: Only)?")
_ANY_PYTHON_3 = "Programming Language :: Python :: 3"
_BLACK = re.compile(r"py(\d)(\d+)")
_CARET = re.compile(r"\^\s*(\d+)(?:\.(\d+))?(?:\.\d+)*")
_TILDE = re.compile(r"~\s*(\d+)\.(\d+)(?:\.\d+)*")
_POETRY_ONLY = re.compile(r"\^|\|\||~(?!=)")
_IMPOSSIBLE = "supported Python versions were left: {0!r} excludes the target version {1}"


def judge(kind: Kind, value: str, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge a statement about Python versions."""
    target = knowledge.target_version
    if kind is Kind.CLASSIFIER:
        return _judge_classifier(value, target)
    if kind is Kind.POETRY_PYTHON:
        return _judge_poetry(value, target)
    if kind is Kind.UNIVERSAL:
        return _judge_universal(value)
    if kind is Kind.BLACK:
        return _judge_black(value, target)
    return _judge_specifiers(value, target)


def missing(knowledge: Knowledge) -> Verdict:
    """Say that nothing states which Python versions are supported."""
    oldest = _dotted(knowledge.target_version)
    advice = f"Add python_requires='>={oldest}', unless another file states it."
    return Verdict(RULE.code, Action.NOTE, "python_requires isn't stated here", advice=advice)


def leftover(name: str) -> Verdict:
    """Say that a ``setup.py`` sets something for builds that serve Python 2 too."""
    reasons = {
        "use_2to3": "use_2to3 converts sources of Python 2, and setuptools refuses it since its release 58",
        "universal": "universal wheels are for code that runs on Python 2 too",
    }
    return Verdict(RULE.code, Action.LEAVE, reasons[name], advice=f"Remove the setting {name}.")


def names_old_python(value: str, target: Tuple[int, int]) -> bool:
    """Say whether a classifier names a Python version below the target."""
    match = _CLASSIFIER.fullmatch(value.strip())
    if match is None:
        return False
    major, minor = int(match.group(1)), match.group(2)
    return major < target[0] or (minor is not None and (major, int(minor)) < target)


def _judge_classifier(value: str, target: Tuple[int, int]) -> Optional[Verdict]:
    if not names_old_python(value, target):
        return None
    return Verdict(RULE.code, Action.REMOVE, f"classifier removed: {value.strip()}")


def keep_one(slots: Sequence[Slot], judged: List[Tuple[Slot, Verdict]]) -> List[Tuple[Slot, Verdict]]:
    """Turn the last classifier with a version into one that holds, if all of them are to go."""
    named = [slot for slot in slots if slot.kind is Kind.CLASSIFIER and _CLASSIFIER.fullmatch(slot.value.strip())]
    going = [slot for slot, verdict in judged if slot.kind is Kind.CLASSIFIER and verdict.action is Action.REMOVE]
    if not going or len(going) < len(named):
        return judged
    message = f"classifier {going[-1].value.strip()} became {_ANY_PYTHON_3}"
    kept = Verdict(RULE.code, Action.REPLACE, message, _ANY_PYTHON_3)
    return [(slot, kept if slot is going[-1] else verdict) for slot, verdict in judged]


def _judge_universal(value: str) -> Optional[Verdict]:
    if value.strip().lower() not in ("1", "true", "yes", "on"):
        return None
    return Verdict(RULE.code, Action.REMOVE, "universal wheels are for code that runs on Python 2 too: removed")


def _judge_black(value: str, target: Tuple[int, int]) -> Optional[Verdict]:
    match = _BLACK.fullmatch(value)
    if match is None or (int(match.group(1)), int(match.group(2))) >= target:
        return None
    return Verdict(RULE.code, Action.REMOVE, f"target version {value} of Black removed")


def leave_all(slots: Sequence[Slot], judged: List[Tuple[Slot, Verdict]]) -> List[Tuple[Slot, Verdict]]:
    """Report Black's target versions instead, if all of them are to go: then it would guess."""
    named = [slot for slot in slots if slot.kind is Kind.BLACK]
    going = [slot for slot, verdict in judged if slot.kind is Kind.BLACK and verdict.action is Action.REMOVE]
    if not going or len(going) < len(named):
        return judged
    message = "all target versions of Black are below the target version"
    left = Verdict(RULE.code, Action.LEAVE, message, advice="State one that your release of Black knows.")
    return [(slot, left if slot is going[0] else verdict) for slot, verdict in judged if slot not in going[1:]]


def _judge_specifiers(value: str, target: Tuple[int, int]) -> Optional[Verdict]:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        admitted = SpecifierSet(value)
    except InvalidSpecifier:
        return _left(f"supported Python versions were left: {value!r} isn't understood", target)
    if not any(admitted.contains(version) for version in _versions_below(target)):
        return None
    raised = _raise(value, target)
    if raised is None:
        return _left(_IMPOSSIBLE.format(value, _dotted(target)), target)
    return _raised(value, raised)


def _judge_poetry(value: str, target: Tuple[int, int]) -> Optional[Verdict]:
    if value.strip() == "*":
        return _raised(value, f">={_dotted(target)}")
    if not _POETRY_ONLY.search(value):
        return _judge_specifiers(value, target)
    parts = [part.strip() for part in value.split("||")]
    kept: List[str] = []
    for part in parts:
        new = _raise_poetry(part, target)
        if new is None:
            return _left(f"supported Python versions were left: {value!r} isn't understood", target)
        if new and new not in kept:
            kept.append(new)
    if not kept:
        return _left(_IMPOSSIBLE.format(value, _dotted(target)), target)
    new_value = " || ".join(kept)
    return None if kept == parts else _raised(value, new_value)


def _raise_poetry(part: str, target: Tuple[int, int]) -> Optional[str]:
    """Raise one alternative; empty if the target version rules it out, ``None`` if it isn't understood."""
    caret, tilde = _CARET.fullmatch(part), _TILDE.fullmatch(part)
    if caret:
        major, minor = int(caret.group(1)), int(caret.group(2) or 0)
        if major != target[0]:
            return "" if major < target[0] else part
        return part if (major, minor) >= target else f"^{_dotted(target)}"
    if tilde:
        return part if (int(tilde.group(1)), int(tilde.group(2))) >= target else ""
    return None


def _raised(old: str, new: str) -> Verdict:
    return Verdict(RULE.code, Action.REPLACE, f"required Python raised from {old!r} to {new!r}", new)


def _left(message: str, target: Tuple[int, int]) -> Verdict:
    return Verdict(RULE.code, Action.LEAVE, message, advice=f"State by hand that it needs Python {_dotted(target)}.")


def _raise(value: str, target: Tuple[int, int]) -> Optional[str]:
    """Give the specifiers with the target as the lower bound; ``None`` if they exclude it."""
    from packaging.specifiers import SpecifierSet

    separator = re.search(r",\s*", value)
    floor = f">={_dotted(target)}"
    kept: List[str] = []
    for clause in (part.strip() for part in value.split(",")):
        new = _raise_clause(clause, target, floor) if clause else []
        kept.extend(item for item in new if item not in kept)
    if floor not in kept:
        kept.insert(0, floor)
    raised = (separator.group() if separator else ",").join(kept)
    admitted = SpecifierSet(raised)
    return raised if any(admitted.contains(f"{_dotted(target)}.{micro}") for micro in (0, 99)) else None


def _raise_clause(clause: str, target: Tuple[int, int], floor: str) -> List[str]:
    from packaging.specifiers import Specifier

    specifier = Specifier(clause)
    if specifier.operator in (">=", ">"):
        return [floor]
    if specifier.operator == "!=":
        return [clause] if _matters(specifier, target) else []
    if specifier.operator == "~=":
        parts = [int(part) for part in re.findall(r"\d+", specifier.version)]
        bound = parts[:-1]
        bound[-1] += 1
        return [floor, "<" + ".".join(map(str, bound if len(bound) > 1 else [*bound, 0]))]
    return [clause]


def _matters(exclusion: Specifier, target: Tuple[int, int]) -> bool:
    parts = tuple(int(part) for part in re.findall(r"\d+", exclusion.version))
    return parts[:2] >= target[: len(parts[:2])]


def _versions_below(target: Tuple[int, int]) -> List[str]:
    minors = [(2, 6), (2, 7)] + [(3, minor) for minor in range(target[1])]
    return [f"{major}.{minor}.{micro}" for major, minor in minors for micro in (0, 99)]


def _dotted(version: Tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
