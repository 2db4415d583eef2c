"""Show which stacks the fixtures, and the project's own tests, were run on, and how many tests passed.

    python legacy-fixtures/matrix.py FOLDER
    python legacy-fixtures/matrix.py FOLDER --write README.md

FOLDER has what each environment of tox left: a JSON file of `run.py --results`, or a JUnit report of pytest. It's said
which of those in tox.ini left nothing. A cell is how many tests passed: `5 + 2 known` if others must fail there
(`known.json`), `4 of 5` if some fail that mustn't. With `--write` the tables go between two marks in a file,
`<!-- matrix -->` and `<!-- end of matrix -->`.

Exit codes: 0 if all that was run passed, 1 if not, 2 if nothing was run or a file can't be written.
"""

from __future__ import annotations

import argparse
import configparser
import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

TOX_INI = Path(__file__).resolve().parents[1] / "tox.ini"
MATRIX = "matrix"  # its section with the lists of environments
MARKS = ("<!-- matrix -->", "<!-- end of matrix -->")
KINDS = {"legacy": "as they were", "flavour": "as they were, on the legacy flavour", "migrated": "migrated"}


class Problem(Exception):
    """Something because of which there is nothing to show."""


class Row(NamedTuple):
    """A stack, and how many tests of each fixture passed there."""

    kind: str
    versions: Dict[str, str]
    fixtures: Dict[str, Dict[str, int]]

    @property
    def order(self) -> Tuple[int, List[int], List[int]]:
        """Where its line is in the table: by kind, then by Python, then by tornado."""
        return list(KINDS).index(self.kind), _number(self.versions["python"]), _number(self.versions.get("tornado", ""))

    @property
    def passes(self) -> bool:
        return all(_complete(one) and not one["troubles"] for one in self.fixtures.values())


class Own(NamedTuple):
    """How the project's own tests ended in an environment."""

    environment: str
    passed: int
    failed: int
    skipped: int


def _number(version: str) -> List[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def read(folder: Path) -> Tuple[List[Row], List[Own]]:
    """Read what the runs left."""
    found = [Row(**one) for file in sorted(folder.glob("*.json")) for one in json.loads(file.read_text("utf-8"))]
    own = [_own(file) for file in sorted(folder.glob("*.xml"))]
    return sorted(found, key=lambda row: row.order), sorted(own, key=_own_order)


def _own(file: Path) -> Own:
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in ElementTree.parse(str(file)).iter("testsuite"):
        counts = {name: count + int(suite.get(name, "0")) for name, count in counts.items()}
    failed = counts["failures"] + counts["errors"]
    return Own(file.stem, counts["tests"] - failed - counts["skipped"], failed, counts["skipped"])


def _own_order(own: Own) -> Tuple[int, str]:
    digits = own.environment.split("-")[0][len("py3") :]
    return int(digits) if digits.isdigit() else 0, own.environment


def text(rows: Sequence[Row], own: Sequence[Own]) -> str:
    """Give the tables in Markdown."""
    return "\n\n".join(table for table in (_grid(rows), _own_table(own)) if table)


def _grid(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    names = sorted({name for row in rows for name in row.fixtures})
    head = ["the fixtures", "Python", "plumpy", "tornado", *names]
    body = [
        [
            KINDS[row.kind],
            row.versions["python"],
            row.versions.get("plumpy", "") if row.kind == "legacy" else "ours",
            row.versions.get("tornado", "") if row.kind != "migrated" else "none",
            *(_cell(row.fixtures.get(name)) for name in names),
        ]
        for row in rows
    ]
    return _table(head, body, left=1)


def _cell(found: Optional[Dict[str, int]]) -> str:
    if found is None:
        return ""
    count = str(found["passed"])
    if found.get("known"):
        count += f" + {found['known']} known"
    if not _complete(found):
        return f"{count} of {found['expected']}"
    # Such as a file that doesn't compile, or a test that nobody knew.
    return f"{count} (!)" if found["troubles"] else count


def _complete(found: Dict[str, int]) -> bool:
    """Whether all tests pass but those that must fail."""
    return found["passed"] + found.get("known", 0) == found["expected"]


def _own_table(own: Sequence[Own]) -> str:
    if not own:
        return ""
    head = ["the project's own tests", "passed", "failed", "skipped"]
    return _table(head, [[f"`{one.environment}`", *map(str, one[1:])] for one in own], left=1)


def _table(head: Sequence[str], body: Sequence[Sequence[str]], left: int) -> str:
    rule = ["---" if index < left else "--:" for index in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *body))


def environments(file: Path) -> List[str]:
    """The environments that a tox.ini lists in its section of the matrix."""
    parser = configparser.RawConfigParser()
    parser.read(str(file), encoding="utf-8")
    lists = [value for key, value in parser.items(MATRIX) if key != "results"] if parser.has_section(MATRIX) else []
    return [name for value in lists for pattern in value.split() for name in expand(pattern)]


def expand(pattern: str) -> List[str]:
    """The names that a pattern with braces stands for."""
    head, brace, rest = pattern.partition("{")
    if not brace:
        return [pattern]
    choices, _, tail = rest.partition("}")
    return [head + choice + end for choice in choices.split(",") for end in expand(tail)]


def missing(expected: Sequence[str], folder: Path) -> List[str]:
    """The environments that left nothing."""
    return [name for name in expected if not any((folder / (name + suffix)).exists() for suffix in (".json", ".xml"))]


def write(file: Path, table: str) -> bool:
    """Put the tables between the marks of a file, and say whether that changed it."""
    old = file.read_text("utf-8")
    start, end = (old.find(mark) for mark in MARKS)
    if not 0 <= start < end:
        raise Problem(f"{file} doesn't have the lines {MARKS[0]} and {MARKS[1]}")
    new = f"{old[: start + len(MARKS[0])]}\n{table}\n{old[end:]}"
    file.write_text(new, "utf-8")
    return new != old


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Do what the command line says, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", help="what the environments left")
    parser.add_argument("--write", metavar="FILE", help="write the table between the marks of this file")
    parser.add_argument("--forget", metavar="NAME", help="only remove what this environment left")
    options = parser.parse_args(arguments)
    try:
        return _main(options)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2


def _main(options: Any) -> int:
    folder = Path(options.folder)
    if options.forget:
        for file in folder.glob(f"{options.forget}.*"):
            file.unlink()
        return 0
    rows, own = read(folder)
    absent = missing(environments(TOX_INI), folder)
    if absent:
        print(f"not run, or not to an end: {', '.join(absent)}\n")
    if not (rows or own):
        raise Problem(f"there are no results in {folder}; tox makes some")
    table = text(rows, own)
    print(table)
    if options.write:
        done = write(Path(options.write), table)
        print(f"\n{options.write} {'is written' if done else 'is as it was'}")
    return 0 if all(row.passes for row in rows) and not any(one.failed for one in own) else 1


if __name__ == "__main__":
    sys.exit(main())
