"""DEP106: test environments on Python versions below the target version.

Reported, for instance::

    [tox]
    envlist = py27,py36

and the Python versions in the configuration of Travis, GitHub Actions, GitLab, AppVeyor, Azure and Read the Docs, in
conda environments (``python=2.7``) and in ``language_version`` of pre-commit.

Not reported: environments whose names say that they're for some plumpy or tornado (``py37-tornado45``); that's meant,
and their ``deps`` stay, too.

Never rewritten: whether a job is dropped or moved to a newer version is for a human to decide.
"""

from __future__ import annotations

import re
from typing import Iterator, Optional, Tuple

from .model import Action, DependencyRule, Verdict

RULE = DependencyRule("DEP106", "report test environments on older Python versions", __doc__ or "")

_FACTOR = re.compile(r"(?<![\w.])(?:py|pypy)(?P<major>[23])[.]?(?P<minor>\d{0,2})(?![\w.]*\w)")
_BRACED = re.compile(r"(?<![\w.])py\{(?P<inside>[^}]*)\}|(?<![\w.])py3?\{(?P<minors>[^}]*)\}")
_OLD_STACK = re.compile(r"(?:^|[-{,])(?:plumpy|tornado)\d")
_NAME_END = re.compile(r"[\s,]")
_VERSION = re.compile(r"(?:python|cpython|pypy)?[-=<>~! ]*(?P<major>[23])\.(?P<minor>\d+)(?:[-.*,<].*)?")


def is_for_old_stack(environment: str) -> bool:
    """Say whether a test environment is for some plumpy or tornado, by its name or the end of it."""
    return _OLD_STACK.search(environment) is not None


def old_factors(text: str, target: Tuple[int, int]) -> Iterator[Tuple[int, str]]:
    """Find tox factors such as ``py27`` and ``py{27,36}`` that are below the target; gives offset and factor."""
    for match in _FACTOR.finditer(text):
        if not is_for_old_stack(_rest(text, match)) and _below(match.group("major"), match.group("minor"), target):
            yield match.start(), match.group()
    for match in _BRACED.finditer(text):
        inside = "" if is_for_old_stack(_rest(text, match)) else match.group("inside") or ""
        for part in re.finditer(r"([23])\.?(\d{1,2})", inside):
            if _below(part.group(1), part.group(2), target):
                yield match.start("inside") + part.start(), "py" + part.group()


def _rest(text: str, match: re.Match[str]) -> str:
    """Give what comes behind a factor in the name of an environment."""
    return _NAME_END.split(text[match.end() :], maxsplit=1)[0]


def old_version(text: str, target: Tuple[int, int]) -> bool:
    """Say whether a value (``2.7``, ``3.5-dev``, ``python3.6``) is a Python version below the target."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return text.strip() in ("2", "python2")
    return _below(match.group("major"), match.group("minor"), target)


def report(what: str) -> Verdict:
    """Report a test environment."""
    message = f"{what} is below the target version"
    return Verdict(RULE.code, Action.LEAVE, message, advice="Remove it, or move it to a supported version.")


def report_version(text: str, target: Tuple[int, int]) -> Optional[Verdict]:
    """Report a value if it is a Python version below the target."""
    return report(f"Python version {text.strip()!r}") if old_version(text, target) else None


def _below(major: str, minor: str, target: Tuple[int, int]) -> bool:
    if not minor:
        return int(major) < target[0]
    return (int(major), int(minor)) < target
