"""Reading requirement strings, and evaluating their markers on the supported Python versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator, List, Optional, Set, Tuple

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.requirements import Requirement

_LEADING_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?=$|[\s\[(<>=!~;@,])")
_CONDA_NAME = re.compile(r"\s*(?:[\w./-]+::)?([A-Za-z0-9_][A-Za-z0-9._-]*)(?=$|[\s\[<>=!~])")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_VERSION_VARIABLES = {"python_version", "python_full_version"}
_FAR = 60
"""A minor version beyond all that a marker may reasonably mention."""


def normalise(name: str) -> str:
    """Give a distribution name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(text: str) -> Optional[Requirement]:
    """Read a requirement; ``None`` if it isn't one."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def leading_name(text: str) -> Optional[str]:
    """Give the normalised name that a requirement, however malformed, starts with."""
    match = _LEADING_NAME.match(text)
    return normalise(match.group(1)) if match else None


def conda_name(text: str) -> Optional[str]:
    """Give the normalised name of a conda match specification such as ``conda-forge::six=1.12``."""
    match = _CONDA_NAME.match(text)
    return normalise(match.group(1)) if match else None


def without_marker(text: str) -> Optional[str]:
    """Give the requirement without its marker; ``None`` if that can't be done by cutting the text."""
    old = parse(text)
    if old is None or old.marker is None:
        return None
    separator = re.search(r"\s+;", text) if old.url else re.search(r"\s*;", text)
    new = parse(text[: separator.start()]) if separator else None
    if separator is None or new is None:
        return None
    old.marker = None
    return text[: separator.start()] if str(old) == str(new) else None


def decide(marker: str, target: Tuple[int, int]) -> Optional[bool]:
    """Say whether a marker holds on all Python versions from ``target`` on (``True``), or on none (``False``).

    :returns: ``None`` if it depends on the version, on anything but the version, or can't be read.
    """
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    bare = _QUOTED.sub(" ", marker)
    variables = set(re.findall(r"[A-Za-z_.]+", bare)) - {"and", "or", "not", "in"}
    if not variables or variables - _VERSION_VARIABLES:
        return None
    try:
        answers = _answers(Marker(marker), marker, target)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return None
    return answers.pop() if len(answers) == 1 else None


def _answers(parsed: Marker, marker: str, target: Tuple[int, int]) -> Set[bool]:
    answers: Set[bool] = set()
    for major, minor, micro in _samples(marker, target):
        full = f"{major}.{minor}.{micro}"
        answers.add(parsed.evaluate({"python_version": f"{major}.{minor}", "python_full_version": full}))
        if len(answers) > 1:
            break
    return answers


def _samples(marker: str, target: Tuple[int, int]) -> Iterator[Tuple[int, int, int]]:
    """Give versions between which the value of the marker can't change."""
    numbers: List[List[int]] = []
    for groups in _QUOTED.findall(marker):
        for version in re.findall(r"\d+(?:\.\d+)*", "".join(groups)):
            numbers.append([int(part) for part in version.split(".")])
    minors = [number[1] for number in numbers if len(number) > 1] + [target[1]]
    micros = [number[2] for number in numbers if len(number) > 2]
    limit = min(max(minors), _FAR) + 1
    near = {0, _FAR} | {max(0, micro + step) for micro in micros for step in (-1, 0, 1)}
    for minor in [*range(target[1], limit + 1), _FAR]:
        for micro in sorted(near):
            yield target[0], minor, micro
    yield target[0] + 1, 0, 0
