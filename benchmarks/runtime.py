"""Measure plumpy_compat's process runtime side by side with plumpy 0.26.1, and print a table of ratios. Linux only.

Every workload runs in fresh child processes, ours and theirs in turn, in one environment and so with the same
dependencies. What counts is CPU time, the least of some runs.

    python benchmarks/runtime.py [--quick] [--rows REGEX] [--json FILE] [--reference PYTHON]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterable

import runtime_floors
from common import PROJECT, BenchmarkError, make_venv, run
from runtime_rows import ROWS, Row, Workload

REFERENCE = "0.26.1"

SIDES = {"plumpy": f"plumpy {REFERENCE}", "plumpy_compat": "ours", "floor": "floor"}
"""The columns, by the library that the child process imports."""

TIMEOUT = 300.0

IMPORT = """\
{code}
import json, os, time
spent = time.process_time()
pages = int(open("/proc/self/statm").read().split()[1])
size = pages * os.sysconf("SC_PAGESIZE")
print(json.dumps({{"figures": {{"cpu": spent * 1e3, "resident": size / 2**20}}}}))
"""


class Results:
    """The figures of all runs, by workload and side."""

    def __init__(self) -> None:
        self.runs: dict[tuple[Workload, str], list[dict[str, float]]] = {}
        self.errors: dict[tuple[Workload, str], str] = {}

    def measure(self, python: str, workload: Workload, side: str) -> None:
        """Run a workload once more; not again if it failed."""
        if (workload, side) in self.errors:
            return
        answer = run_child(python, workload, side)
        if "error" in answer:
            self.errors[workload, side] = answer["error"]
        else:
            self.runs.setdefault((workload, side), []).append(answer["figures"])

    def value(self, row: Row, side: str) -> float | None:
        """Give what the table shows for a row and a side, or None if there is nothing."""
        value = self._figure(row, row.workload, side)
        return ratio(value, self._figure(row, row.over, side)) if row.over else value

    def _figure(self, row: Row, workload: Workload, side: str) -> float | None:
        if (workload, side) in self.errors:
            return None
        runs = self.runs.get((workload, side), [])
        values = [figures[row.figure] for figures in runs if row.figure in figures]
        return row.of_runs(values) if values else None

    def cell(self, row: Row, side: str) -> str:
        """Give what the table says about a row and a side: a figure, an error or nothing."""
        error = self.errors.get((row.workload, side))
        if error is not None:
            return error.replace("|", "/").replace("\n", " ")[:60]
        return show(self.value(row, side))


def child_command(workload: Workload, side: str) -> list[str]:
    """Give the arguments of the interpreter that runs a workload."""
    name, *arguments = map(str, workload)
    if name != "import":
        script = "runtime_floors.py" if side == "floor" else "runtime_workloads.py"
        return [str(Path(__file__).with_name(script)), name, *arguments]
    if side == "floor":
        code = "import asyncio"
    elif arguments:
        code = f"from {side} import {', '.join(arguments)}"
    else:
        code = f"import {side}"
    return ["-c", IMPORT.format(code=code)]


def run_child(python: str, workload: Workload, side: str) -> dict[str, Any]:
    """Run a workload in a process of its own, and give its figures or its error."""
    command = child_command(workload, side)
    environment = {**os.environ, "BENCHMARK_LIBRARY": side, "PYTHONPATH": str(PROJECT)}
    # The import is measured with compiled modules.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        child = subprocess.run([python, *command], env=environment, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return {"error": f"no end after {TIMEOUT:.0f} s"}
    lines = child.stdout.decode().splitlines()
    if child.returncode or not lines:
        return {"error": (child.stderr.decode().splitlines() or [f"exit status {child.returncode}"])[-1]}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def sides_of(workload: Workload, rows: Iterable[Row]) -> list[str]:
    """Give the sides that a workload is run for."""
    sides = ["plumpy"] if any(row.reference for row in rows if row.workload == workload) else []
    has_floor = workload[0] == "import" or hasattr(runtime_floors, str(workload[0]))
    return [*sides, "plumpy_compat", *(["floor"] if has_floor else [])]


def measure_all(python: str, rows: list[Row], repeat: int) -> Results:
    """Run the workloads of the rows, the sides in turn."""
    results = Results()
    for workload in dict.fromkeys(row.workload for row in rows):
        print(*workload, file=sys.stderr, flush=True)
        for _ in range(repeat):
            for side in sides_of(workload, rows):
                results.measure(python, workload, side)
    return results


def show(value: float | None) -> str:
    """Show a figure with about three digits."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def ratio(value: float | None, other: float | None) -> float | None:
    """Give the ratio of two figures, if there is one."""
    return value / other if value is not None and other else None


def judge(row: Row, theirs: float | None, ours: float | None, floor: float | None) -> str:
    """Say if a row's goal is met."""
    if row.goal is None:
        return ""
    reached = ours if row.absolute else ratio(ours, theirs)
    if reached is None:
        return f"≤ {row.goal:g}"
    if reached <= row.goal:
        return f"≤ {row.goal:g} met"
    lowest = ratio(floor, theirs)
    unreachable = lowest is not None and not row.absolute and lowest > row.goal
    return f"≤ {row.goal:g} **missed**" + (f", the floor is at {lowest:.2g}" if unreachable else "")


def table(rows: list[Row], results: Results) -> list[str]:
    """Give the lines of the table in Markdown."""
    lines = [
        f"| row | unit | plumpy {REFERENCE} | ours | ratio | floor | ours/floor | goal |",
        "|---|---|" + "--:|" * 5 + "---|",
    ]
    for row in rows:
        values = [results.value(row, side) for side in SIDES]
        theirs, ours, floor = values
        cells = [results.cell(row, side) for side in SIDES]
        cells[2:2] = [show(ratio(ours, theirs))]
        cells += [show(ratio(ours, floor)), judge(row, *values)]
        lines.append(f"| {row.label} | {row.unit} | {' | '.join(cells)} |")
    return lines


def facts(python: str) -> str:
    """Say what the figures were measured on."""
    versions = "import platform; print(platform.python_version())"
    version = run([python, "-c", versions]).stdout.strip()
    load = os.getloadavg()[0]
    return f"Python {version}, {os.cpu_count()} cores ({platform.machine()}), load average {load:.1f} at the end."


def as_json(rows: list[Row], results: Results) -> list[dict[str, Any]]:
    """Give all rows for programs."""
    found = []
    for row in rows:
        values = {name: results.value(row, side) for side, name in SIDES.items()}
        errors = {name: results.errors.get((row.workload, side)) for side, name in SIDES.items()}
        goal = {"goal": row.goal, "absolute": row.absolute}
        found.append({"row": row.label, "unit": row.unit, **goal, "values": values, "errors": errors})
    return found


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two runs of each workload instead of five")
    parser.add_argument("--rows", default="", metavar="REGEX", help="only the rows whose label it's found in")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--reference", metavar="PYTHON", help=f"an interpreter with plumpy {REFERENCE}, used for all")
    options = parser.parse_args()
    rows = [row for row in ROWS if re.search(options.rows, row.label)]
    try:
        python = options.reference or str(make_venv("plumpy", sys.executable, [f"plumpy=={REFERENCE}"]) / "python")
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    results = measure_all(python, rows, 2 if options.quick else 5)
    print(facts(python), "", *table(rows, results), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(as_json(rows, results), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
