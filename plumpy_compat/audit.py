"""Shows which legacy features a program uses, and where.

    python -m plumpy_compat.audit -m pytest tests
    python -m plumpy_compat.audit script.py argument
    python -m plumpy_compat.audit --legacy -m pytest tests
    python -m plumpy_compat.audit --json uses.json --legacy -m pytest tests

It runs the program, and then prints a table of the features that only `plumpy_compat.legacy` has: the rule of
plumpy-migrate that removes each, the place that it's used at, and how often it was. Interpreters that the program
starts count too. With `--legacy` `import plumpy` gives the legacy flavour, in the first interpreter only.

The exit code is the program's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, NoReturn, Optional, Tuple

#: The environment variable that names the folder for what was counted (see :mod:`.legacy.warn`).
FOLDER = "PLUMPY_COMPAT_AUDIT"


class Use(NamedTuple):
    """A feature, and a place that it's used at."""

    rule: str
    feature: str
    file: str
    line: int


Counts = Dict[Use, int]


def main(arguments: List[str]) -> int:
    """Run `[--json FILE] [--legacy] -m module [argument ...]`, or a script, and print the table."""
    target: Optional[str] = None
    if arguments[:1] == ["--json"]:
        if len(arguments) < 2:
            _exit_with_usage(2)
        target, arguments = arguments[1], arguments[2:]
    program = arguments[1:] if arguments[:1] == ["--legacy"] else arguments
    if not program or program[0] in ("-h", "--help") or program == ["-m"]:
        _exit_with_usage(0 if program[:1] in (["-h"], ["--help"]) else 2)
    if program[0].startswith("-") and program[0] != "-m":
        print(f"audit: unknown option '{program[0]}'\n", file=sys.stderr)
        _exit_with_usage(2)
    runner = ["-m", "plumpy_compat.as_plumpy"] if program is not arguments else []
    with tempfile.TemporaryDirectory(prefix="plumpy-audit-") as folder:
        code = subprocess.call([sys.executable, *runner, *arguments], env={**os.environ, FOLDER: folder})
        counts = read(Path(folder))
    if target is not None:
        rows = [{**use._asdict(), "count": count} for use, count in counts.items()]
        Path(target).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    sys.stdout.flush()
    print("\n" + "\n".join(table(counts)))
    return code if code >= 0 else 128 - code  # as a shell says that it was killed


def read(folder: Path) -> Counts:
    """Add up what interpreters left in a folder; in the order of the rules and places."""
    counts: Counts = {}
    for path in folder.glob("*.json"):
        for row in json.loads(path.read_text(encoding="utf-8")):
            count = row.pop("count")
            use = Use(**{**row, "file": _short(row["file"])})
            counts[use] = counts.get(use, 0) + count
    return dict(sorted(counts.items()))


def _short(file: str) -> str:
    """A path from the current folder on, if it's in there."""
    try:
        return str(Path(file).resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return file


def table(counts: Counts) -> List[str]:
    """The lines of the table, and of the totals."""
    if not counts:
        return ["no legacy feature was used: plumpy_compat.legacy can go"]
    uses = [(use.rule, use.feature, f"{use.file}:{use.line}", str(count)) for use, count in counts.items()]
    totals: Dict[str, Tuple[int, int]] = {}
    for use, count in counts.items():
        places, times = totals.get(use.rule, (0, 0))
        totals[use.rule] = places + 1, times + count
    rows = [(rule, str(places), str(times)) for rule, (places, times) in totals.items()]
    places, times = len(counts), sum(counts.values())
    return [
        *_columns([("rule", "legacy feature", "place", "uses"), *uses]),
        "",
        *_columns([("rule", "places", "uses"), *rows, ("all", str(places), str(times))]),
        "",
        "`plumpy-migrate --explain RULE` tells what takes the place of each.",
    ]


def _columns(rows: Iterable[Tuple[str, ...]]) -> List[str]:
    """Rows with columns of equal width; numbers, which the last one has, to the right."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths)]
        lines.append("  ".join([*cells, row[-1].rjust(widths[-1])]))
    return lines


def _exit_with_usage(code: int) -> NoReturn:
    print(__doc__, file=sys.stderr if code else sys.stdout)
    sys.exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
