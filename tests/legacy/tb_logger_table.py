"""Print the table of `docs/legacy-futures.md`: what futures do on the stacks of the interpreters that are named.

    python -m tests.legacy.tb_logger_table [PYTHON ...]

An interpreter may have plumpy 0.14 or 0.15, or this package with any tornado, or none. Those that belong in one column
must do the same. Without arguments it's the one that runs this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

PROBE = Path(__file__).with_name("tb_probe.py")
ROOT = PROBE.parents[2]

REAL_2 = "plumpy 0.14, Python 2.7"
REAL_3 = "plumpy 0.14 and 0.15, Python 3"
TORNADO_4 = "legacy flavour, tornado before 5"
OTHERS = "legacy flavour, tornado from 5 on, or none"
COLUMNS = (REAL_3, REAL_2, TORNADO_4, OTHERS)
WARNS = "warns of"
# The rule for errors that futures keep; each row may warn of more.
RULE = "TOR215"
SAME = "the same"

# What decides on the column, in Python 2 as well.
STACK = """
import sys, json
try:
    import plumpy
except ImportError:
    plumpy = None
try:
    import tornado
except ImportError:
    tornado = None
print(json.dumps([plumpy is not None, sys.version_info[0], tornado and tornado.version_info[0]]))
"""


class Column(NamedTuple):
    """What one stack does, and which rules its warnings name, by the names of the rows."""

    title: str
    outcomes: Dict[str, str]
    rules: Dict[str, str]


class StacksDiffer(Exception):
    """Two stacks of one column don't do the same."""


def run(python: str) -> Column:
    """Run the probe with an interpreter."""
    real, major, tornado = json.loads(_output(python, "-c", STACK))
    program = [str(PROBE)] if real else ["-m", "plumpy_compat.as_plumpy", "--legacy", str(PROBE)]
    rows: List[Tuple[str, str, List[str]]] = json.loads(_output(python, *program))
    ours = TORNADO_4 if tornado is not None and tornado < 5 else OTHERS
    title = ours if not real else REAL_2 if major == 2 else REAL_3
    return Column(title, {row[0]: row[1] for row in rows}, {row[0]: RULE for row in rows if RULE in row[2]})


def _output(python: str, *arguments: str) -> str:
    # A team's settings of warnings are not for these.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMPY_COMPAT_")}
    return subprocess.run(
        [python, *arguments], cwd=str(ROOT), env=environment, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def merge(columns: Sequence[Column]) -> List[Column]:
    """One column for each title, in the order of the table.

    :raises StacksDiffer: if two with the same title differ.
    """
    found: Dict[str, Column] = {}
    for column in columns:
        before = found.setdefault(column.title, column)
        for name in before.outcomes:
            if before.outcomes[name] != column.outcomes.get(name):
                raise StacksDiffer(f"{name}: {before.outcomes[name]!r}, but {column.outcomes.get(name)!r}")
    return [found[title] for title in COLUMNS if title in found]


def markdown(columns: Sequence[Column]) -> str:
    """The table; a cell says that it's the same as in the first column."""
    first = columns[0]
    rules: Dict[str, str] = {}
    for column in columns:
        rules.update(column.rules)
    lines = [["", *(column.title for column in columns), WARNS], ["---"] * (len(columns) + 2)]
    for name, value in first.outcomes.items():
        others = [column.outcomes[name] for column in columns[1:]]
        cells = [SAME if other == value else f"`{other}`" for other in others]
        lines.append([name, f"`{value}`", *cells, rules.get(name, "")])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def read(text: str) -> List[Column]:
    """The columns of the table at the end of a text."""
    lines = text[text.index("\n|  |") :].splitlines()
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line]
    head, body = rows[0], rows[2:]
    columns = []
    for index, title in enumerate(head[1:-1], 1):
        cells: Dict[str, Any] = {row[0]: row[1] if row[index] == SAME else row[index] for row in body}
        outcomes = {name: cell.strip("`") for name, cell in cells.items()}
        columns.append(Column(title, outcomes, {row[0]: row[-1] for row in body if row[-1]}))
    return columns


if __name__ == "__main__":
    sys.stdout.write(markdown(merge([run(python) for python in sys.argv[1:] or [sys.executable]])))
