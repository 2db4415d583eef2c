"""Code of 2019 has the same outcomes before and after its migration."""

from __future__ import annotations

from typing import List

import pytest

from tests.migrate.scenario import run as scenario
from tests.migrate.scenario.run import Run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> List[Run]:
    """The runs of all interpreters, the one of plumpy 0.15.2 and tornado first."""
    python = scenario.legacy_python()
    if python is None:
        pytest.skip(f"{scenario.LEGACY} doesn't name a Python with plumpy 0.15.2 and tornado")
    folder = tmp_path_factory.mktemp("scenario")
    with scenario.broker(folder) as uri:
        return scenario.all_runs(python, scenario.migrate(python, folder), uri)


def test_the_scenarios_run_on_what_they_were_written_for(runs: List[Run]) -> None:
    legacy = runs[0]
    assert legacy.trouble == ""
    assert len(legacy.outcomes) >= 60
    others = [name for name, outcome in legacy.outcomes.items() if outcome[0] != "ok"]
    assert others == ["test_fails_as_it_should"], scenario.table(runs[:1])


def test_they_have_the_same_outcomes_on_plumpy_migrated(runs: List[Run]) -> None:
    compare(runs, "migrated")


def test_they_have_the_same_outcomes_on_the_runtime(runs: List[Run]) -> None:
    compare(runs, "runtime")


def test_they_have_the_same_outcomes_at_the_last_stage(runs: List[Run]) -> None:
    compare(runs, "final")


def compare(runs: List[Run], kind: str) -> None:
    compared = [one for one in runs if one.title.startswith(kind)]
    assert compared
    for one in compared:
        assert scenario.same(runs[0], one), scenario.table([runs[0], one])
