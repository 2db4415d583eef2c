"""Run the command on each ugly file of the tests and print the page docs/robustness.md.

Usage: python benchmarks/robustness.py > docs/robustness.md
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Tuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.migrate.robustness.probes import PROBES, Probe  # noqa: E402

HEAD = """\
# Ugly files

What `plumpy-migrate` does to files that are hard to read, hard to write or not quite files. Printed by
`python benchmarks/robustness.py` from a run of the command on each folder of `tests/migrate/robustness/probes.py`, on
Python {version}; the same probes are tests.

A file that is *rewritten* is as it was outside of the edits, byte for byte: encoding, byte order mark, newlines, tabs,
form feeds, mode bits, and whether it ends with a newline. What is *left, listed* or *passed over, listed* is unchanged
and reported, which is no error (exit code 0). A file that *failed* is unchanged and makes the exit code 2; the run goes
on.

| folder with | outcome | as it should | exit code | what the report says, besides the rewriting |
|---|---|---|---|---|
"""

LAST = "all of these at once"


def run(folder: Path, state: Path, *options: str) -> Tuple[int, Dict[str, Any]]:
    """Run the command on a folder; its exit code and report."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PLUMPY_MIGRATE_STATE": str(state)}
    command = [sys.executable, "-m", "codemods", "--format", "json", *options, str(folder)]
    result = subprocess.run(command, env=environment, capture_output=True, check=False)
    if not result.stdout:
        raise SystemExit(f"{folder.name}: no report, exit code {result.returncode}:\n{result.stderr.decode()}")
    report: Dict[str, Any] = json.loads(result.stdout)
    return result.returncode, report


def as_wanted(probe: Probe, folder: Path, before: Dict[str, bytes]) -> bool:
    """Whether the files have what the probe wants, and all others what they had."""
    return contents(folder) == {**before, **dict(probe.wanted)}


def contents(folder: Path) -> Dict[str, bytes]:
    """The content of all regular files below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def outcome(report: Dict[str, Any]) -> str:
    """What happened, in one word or two, from the report alone."""
    summary = report["summary"]
    words = []
    if summary["files_changed"]:
        words.append("rewritten")
    if summary["left"]:
        words.append("left, listed")
    if summary["errors"]:
        words.append("failed")
    if not words:
        words.append("passed over, listed" if report["files"] else "nothing to do")
    return "; ".join(words)


def messages(report: Dict[str, Any], folder: Path) -> str:
    """The messages of a report for a table cell."""
    found: List[str] = []
    for file in report["files"]:
        for one in file["findings"]:
            if one["outcome"] != "rewritten" and one["message"] not in found:
                found.append(one["message"])
    # A cell can't hold a vertical bar, and the page must not tell where it was made.
    return "; ".join(found).replace("|", "\\|").replace(str(folder), "FOLDER") or "nothing"


def row(name: str, code: int, report: Dict[str, Any], right: bool, folder: Path) -> str:
    """One row of the table."""
    cells = [name, outcome(report), "yes" if right else "NO", str(code), messages(report, folder)]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Print the page; the exit code says whether all is as it should be."""
    version = ".".join(platform.python_version_tuple()[:2])
    print(HEAD.format(version=version), end="")
    right = True
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        every = top / "every"
        for number, probe in enumerate(PROBES):
            folder = top / "each" / str(number)
            for place in (folder, every / str(number)):
                place.mkdir(parents=True)
                probe.make(place)
            before = contents(folder)
            code, report = run(folder, top / "state", *probe.options)
            good = as_wanted(probe, folder, before) and code == probe.code
            right = right and good
            print(row(probe.name, code, report, good, folder))
        code, report = run(every, top / "state")
    summary = report["summary"]
    told = f"{summary['files_changed']} of {summary['files_seen']} files rewritten, {summary['left']} places left"
    print(f"| {LAST} | rewritten; left, listed; failed | {'yes' if code == 2 else 'NO'} | {code} | {told} |")
    return 0 if right and code == 2 else 1


if __name__ == "__main__":
    sys.exit(main())
