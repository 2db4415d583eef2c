"""Checkpoints that releases of plumpy wrote are continued by ours to the same end, and the other way round.

The layouts written by hand are in `tests/runtime/test_old_checkpoints.py`; here real releases write and read. They need
environments, which `legacy-fixtures/mixed_versions/compare_checkpoints.py --make-venvs FOLDER` makes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from tests.legacy.mixed_versions import checkpoints, environments, peers

FLAVOURS = environments.our_peers()
releases = pytest.mark.parametrize("release", list(environments.RELEASES))
flavours = pytest.mark.parametrize("ours", FLAVOURS, ids=[one.name for one in FLAVOURS])


def told(differences: List[Any]) -> List[str]:
    return [f"{one.case} ({one.way}): {one.what}" for one in differences if not one.excuse]


@releases
@flavours
def test_checkpoints_of_a_release_are_continued_as_it_would(release: str, ours: Any, tmp_path: Path) -> None:
    (real,) = peers(release)
    compared = checkpoints.there(real, ours, tmp_path)
    assert compared.files > 70
    assert told(compared.differences) == []


@releases
@flavours
def test_a_release_continues_our_checkpoints_as_we_would(release: str, ours: Any, tmp_path: Path) -> None:
    (real,) = peers(release)
    compared = checkpoints.back(real, ours, tmp_path)
    assert compared.files > 80
    assert told(compared.differences) == []


@flavours
def test_ours_continue_what_the_other_flavour_wrote(ours: Any, tmp_path: Path) -> None:
    (other,) = (one for one in FLAVOURS if one != ours)
    checkpoints.write(other, tmp_path)
    compared = checkpoints.compare(checkpoints.finish(other, tmp_path), checkpoints.finish(ours, tmp_path))
    assert compared.files > 80
    assert told(compared.differences) == []
