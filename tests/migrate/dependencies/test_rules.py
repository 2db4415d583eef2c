"""The rules on single values, without the formats around them."""

from __future__ import annotations

from typing import List, Optional, Tuple

import pytest

from codemods.rules.dependencies import (
    RULES,
    dep101_shims as shims,
    dep102_markers,
    dep103_python,
    dep106_matrix,
    requirement,
)
from codemods.rules.dependencies.model import Action, Kind
from tests.migrate.dependencies.helpers import knowledge


def test_rules_explain_themselves() -> None:
    assert [rule.code for rule in RULES] == [f"DEP10{number}" for number in range(1, 10)]
    for rule in RULES:
        assert rule.family == "DEP"
        assert rule.default
        assert rule.title
        assert rule.code in rule.doc


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("six", Action.REMOVE),
        ("enum34", Action.REMOVE),
        ("types-six", Action.REMOVE),
        ("backports-functools-lru-cache", Action.REMOVE),
        ("future", Action.NOTE),
        ("sixer", None),
        ("numpy", None),
        ("backports", Action.REMOVE),
        ("backports-unheard-of", None),
    ],
)
def test_shims(name: str, action: Optional[Action]) -> None:
    verdict = shims.judge(name, knowledge("os", "past"))
    assert (verdict.action if verdict else None) is action


def test_shims_are_only_reported_when_part_of_the_project_was_read() -> None:
    verdict = shims.judge("six", knowledge("os", complete=False))
    assert verdict is not None
    assert verdict.action is Action.LEAVE


@pytest.mark.parametrize(("target", "gone"), [((3, 8), False), ((3, 9), True), ((3, 12), True)])
def test_a_backport_stays_until_the_target_version_has_it(target: Tuple[int, int], gone: bool) -> None:
    assert (shims.judge("backports-zoneinfo", knowledge(target=target)) is not None) is gone


@pytest.mark.parametrize(
    ("marker", "answer"),
    [
        ("python_version < '3.5'", False),
        ("python_version == '2.7'", False),
        ("python_version in '2.6 2.7 3.2'", False),
        ("python_version >= '3'", True),
        ("python_version > '2.7' and python_version != '3.3'", True),
        ("python_version < '3' or python_version >= '3.4'", True),
        ("python_version < '3.10'", None),
        ("python_version >= '3.10'", None),
        ("python_version < '4'", None),
        ("python_full_version >= '3.6.1'", True),
        ("python_full_version < '3.9.2'", None),
        ("python_version < '3' and sys_platform == 'win32'", None),
        ("extra == 'test'", None),
        ("python_version ~ nonsense", None),
    ],
)
def test_markers(marker: str, answer: Optional[bool]) -> None:
    assert requirement.decide(marker, (3, 9)) is answer


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("sphinx==2.2.0; python_version>='3.0'", "sphinx==2.2.0"),
        ("tornado <5 ;python_version >= '3'", "tornado <5"),
        ("a[b,c]>=1,<2;python_version>='3'", "a[b,c]>=1,<2"),
        ("a @ https://example.org/a;b.zip ; python_version>='3'", "a @ https://example.org/a;b.zip"),
    ],
)
def test_markers_that_always_hold_are_cut(text: str, bare: str) -> None:
    verdict = dep102_markers.judge(text, "", knowledge())
    assert verdict is not None
    assert (verdict.action, verdict.replacement) == (Action.REPLACE, bare)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (">=2.7,!=3.0.*, !=3.1.*, !=3.2.*", ">=3.9"),
        (">=2.7, <4", ">=3.9, <4"),
        (">3.5,!=3.9.1,<3.12", ">=3.9,!=3.9.1,<3.12"),
        ("~=3.5", ">=3.9,<4.0"),
        ("<4", ">=3.9,<4"),
        ("!=3.0.*", ">=3.9"),
        (">=3.5", ">=3.9"),
        (">=3.9", None),
        (">=3.10,<4", None),
        (">=2.7,<3.8", ""),
        ("==2.7.*", ""),
        ("~=3.5.2", ""),
        ("three", ""),
    ],
)
def test_python_requires(before: str, after: Optional[str]) -> None:
    """An empty result stands for a report."""
    verdict = dep103_python.judge(Kind.SPECIFIERS, before, knowledge())
    assert (verdict.replacement if verdict else None) == after
    assert verdict is None or verdict.action is (Action.REPLACE if after else Action.LEAVE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("^3.6", "^3.9"),
        ("^2.7 || ^3.5", "^3.9"),
        ("~2.7 || ^3.5", "^3.9"),
        ("*", ">=3.9"),
        (">=3.6,<4.0", ">=3.9,<4.0"),
        ("^3.9", None),
        ("~3.10", None),
        ("~2.7", ""),
        (">=2.7,<3.0 || >=3.5", ""),
    ],
)
def test_python_in_poetry(before: str, after: Optional[str]) -> None:
    """An empty result stands for a report."""
    verdict = dep103_python.judge(Kind.POETRY_PYTHON, before, knowledge())
    assert (verdict.replacement if verdict else None) == after


@pytest.mark.parametrize(
    ("classifier", "old"),
    [
        ("Programming Language :: Python", False),
        ("Programming Language :: Python :: 2", True),
        ("Programming Language :: Python :: 2 :: Only", True),
        ("Programming Language :: Python :: 2.7", True),
        ("Programming Language :: Python :: 3", False),
        ("Programming Language :: Python :: 3 :: Only", False),
        ("Programming Language :: Python :: 3.8", True),
        ("Programming Language :: Python :: 3.9", False),
        ("Programming Language :: Python :: 3.10", False),
        ("Programming Language :: Python :: Implementation :: CPython", False),
    ],
)
def test_classifiers(classifier: str, old: bool) -> None:
    assert dep103_python.names_old_python(classifier, (3, 9)) is old


@pytest.mark.parametrize(
    ("text", "factors"),
    [
        ("envlist = py27,py36-django{1,2},py39,lint", ["py27", "py36"]),
        ("envlist = py{27,38,39,310}-x, pypy, pypy3", ["py27", "py38"]),
        ("envlist = py3, py2, copy27", ["py2"]),
    ],
)
def test_tox_factors(text: str, factors: List[str]) -> None:
    assert [factor for _, factor in sorted(dep106_matrix.old_factors(text, (3, 9)))] == factors


@pytest.mark.parametrize(
    "text", ["2.7", "3.5-dev", "python3.6", "python=2.7", "python>=3.6,<4", "2.7.*", "pypy2.7-5.8"]
)
def test_versions_below_the_target(text: str) -> None:
    assert dep106_matrix.old_version(text, (3, 9))


@pytest.mark.parametrize("text", ["3.10", "3.9", "3.9-dev", "3.x", "python", "1.0", "12.7", "three"])
def test_versions_not_below_the_target(text: str) -> None:
    assert not dep106_matrix.old_version(text, (3, 9))
