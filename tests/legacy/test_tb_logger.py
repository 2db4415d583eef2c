"""Futures, and errors that nobody asks for, on all stacks: the table of `docs/legacy-futures.md`.

`PLUMPY_COMPAT_LEGACY_PYTHON` and `PLUMPY_COMPAT_LEGACY_PYTHONS` name the interpreters that have the real ones.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import Any, Dict, List, Optional

import pytest

from tests.legacy import tb_logger_table as table

DOCS = table.ROOT / "docs" / "legacy-futures.md"
EXPECTED = {column.title: column for column in table.read(DOCS.read_text(encoding="utf-8"))}
NAMES = list(EXPECTED[table.REAL_3].outcomes)

# plumpy 0.15 forgets that a future was cancelled when it's loaded; its later releases, and this package, don't.
REMEMBERED = {"reloaded, cancelled: `result()`", "reloaded, cancelled: `cancelled()`"}


def _real() -> List[Any]:
    more = os.environ.get("PLUMPY_COMPAT_LEGACY_PYTHONS", "").split(os.pathsep)
    named = [one for one in dict.fromkeys([os.environ.get("PLUMPY_COMPAT_LEGACY_PYTHON", ""), *more]) if one]
    if named:
        return [pytest.param(one, id=f"real {index}") for index, one in enumerate(named, 1)]
    reason = "PLUMPY_COMPAT_LEGACY_PYTHON doesn't name a Python with plumpy 0.15"
    return [pytest.param(None, id="real", marks=pytest.mark.skip(reason=reason))]


REAL = _real()
STACKS = [pytest.param(sys.executable, id="here"), *REAL]

measure = functools.lru_cache(maxsize=None)(table.run)


@pytest.mark.parametrize("python", STACKS)
@pytest.mark.parametrize("name", NAMES)
def test_it_does_as_the_table_says(python: str, name: str) -> None:
    column = measure(python)
    assert column.outcomes[name] == EXPECTED[column.title].outcomes[name]


@pytest.mark.parametrize("python", STACKS)
def test_the_table_has_every_row(python: str) -> None:
    assert list(measure(python).outcomes) == NAMES


def test_it_warns_where_the_table_says() -> None:
    column = measure(sys.executable)
    assert column.rules == EXPECTED[column.title].rules
    assert column.rules


@pytest.mark.parametrize("python", REAL)
def test_the_real_one_warns_of_nothing(python: str) -> None:
    assert measure(python).rules == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_flavour_does_as_plumpy_on_python_3(name: str) -> None:
    real, legacy, other = (EXPECTED[one].outcomes[name] for one in (table.REAL_3, table.TORNADO_4, table.OTHERS))
    assert other == through_asyncio(legacy)
    if name in REMEMBERED:
        assert legacy != real
    else:
        assert legacy == real


def through_asyncio(outcome: str) -> str:
    """The outcome where asyncio logs what tornado logged."""
    never = r"tornado\.application ERROR: Future <(\w+)> exception was never retrieved: .*"
    outcome = re.sub(never, r"asyncio ERROR: \1 exception was never retrieved", outcome)
    return outcome.replace("tornado.application ERROR", "asyncio ERROR")


@functools.lru_cache(maxsize=None)
def of_python_2() -> Dict[str, Optional[str]]:
    """What Python 2 does otherwise."""
    real_2, real_3 = EXPECTED[table.REAL_2].outcomes, EXPECTED[table.REAL_3].outcomes
    return {name: real_2[name] for name in NAMES if real_2[name] != plain(real_3[name])}


def plain(outcome: str) -> str:
    """Without the object, which Python 2's helper doesn't know."""
    return re.sub(r"Future <\w+> exception", "Future exception", outcome)


def test_on_python_2_another_one_logs() -> None:
    logged = "tornado.application ERROR: Future exception was never retrieved: ValueError: boom"
    assert of_python_2() == {
        "failed: `_tb_logger`": "_TracebackLogger",
        "failed, `_tb_logger = None`, collected: logs": f"at once {logged}, then nothing",
        "failed, `_log_traceback = False`, collected: logs": f"at once nothing, then {logged}",
        "failed and read, `_log_traceback = True`, collected: logs": "nothing",
        "reloaded, failed, `_log_traceback = True`, collected: logs": "nothing",
        "fresh, `_tb_logger` set to an object, failed and read: what is called, then `_tb_logger`": "[], then None",
        "of a subclass with `__del__`, failed, collected: logs": f"at once nothing, then {logged}",
        "of a subclass whose `load_instance_state` sets `_log_traceback = True`, reloaded, failed, collected: logs": (
            "nothing"
        ),
    }


def test_the_table_is_what_a_run_prints() -> None:
    columns = list(EXPECTED.values())
    assert [column.title for column in columns] == list(table.COLUMNS)
    assert table.markdown(columns) in DOCS.read_text(encoding="utf-8")
    measured = measure(sys.executable)
    assert table.merge([*columns, measured]) == columns


def test_stacks_that_differ_do_not_share_a_column() -> None:
    one = EXPECTED[table.OTHERS]
    other = one._replace(outcomes={**one.outcomes, NAMES[0]: "something else"})
    with pytest.raises(table.StacksDiffer, match="something else"):
        table.merge([one, other])
