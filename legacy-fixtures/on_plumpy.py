"""Run the tests of the fixtures with processes, migrated for plumpy itself (`--stage final --runtime plumpy`).

Give an interpreter that has plumpy 0.26, pytest and no tornado:

    python legacy-fixtures/on_plumpy.py --python NEW/bin/python

What the tool reports there and a human does is in `plumpy/<fixture>.patch`. Then the same tests must pass as on the
legacy stack, and another run of plumpy-migrate must change nothing. Of plumpy_compat only the helpers are of use, as
plumpy's own modules run the processes.

Exit codes: 0 if all is well, 1 if not, 2 if it can't be told.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import List, Optional, Sequence

import run

FIXTURES = ("plumpy_program", "aiida_plugin")
PATCHES = run.HERE / "plumpy"


def helpers(folder: Path) -> Path:
    """A folder for PYTHONPATH that has plumpy_compat, and nothing else of ours; tornado and topika are blocked."""
    run.BLOCKED = ("tornado", "topika")
    run.block(folder)
    link = folder / "plumpy_compat"
    if not link.exists():
        link.symlink_to(run.HERE.parent / "plumpy_compat")
    return folder


def troubles(fixture: str, options: argparse.Namespace, folder: Path) -> List[str]:
    """Migrate a fixture, run its tests, and say what is wrong."""
    copied = run.copy(fixture, folder / fixture)
    migrator = [options.migrate_with, "-m", "codemods", "--stage", "final", "--runtime", "plumpy"]
    migrated = run.migrate(copied, PATCHES / f"{fixture}.patch", migrator, folder)
    os.environ["PYTHONPATH"] = str(helpers(folder / "helpers"))
    outcome = run.run_tests(copied, options.python, folder, options.limit, blocked=True)
    print(f"{fixture}: {len(migrated.reported)} left, {len(outcome.passed)} of {outcome.total} tests pass")
    for left in migrated.reported:
        print(f"    {left}")
    return [*migrated.faults, *run.differences(run.recorded()[fixture], outcome)]


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run what the command line says, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", nargs="*", metavar="FIXTURE", help=f"which ones; default: {', '.join(FIXTURES)}")
    parser.add_argument("--python", required=True, help="the interpreter that has plumpy")
    parser.add_argument("--migrate-with", metavar="PYTHON", default=sys.executable, help="default: this")
    parser.add_argument("--keep", metavar="FOLDER", help="work there, and keep the migrated copies")
    parser.add_argument("--limit", type=int, default=300, metavar="SECONDS", help="for one run of tests; default 300")
    options = parser.parse_args(arguments)
    options.python = os.path.abspath(options.python)
    found: List[str] = []
    try:
        with run.workspace(options.keep) as folder:
            for fixture in options.fixtures or FIXTURES:
                found += [f"{fixture}: {trouble}" for trouble in troubles(fixture, options, folder)]
    except run.Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    for trouble in found:
        print(trouble)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
