"""Whether checkpoints go from releases of plumpy to plumpy-compat and back, and are continued to the same end.

    python legacy-fixtures/mixed_versions/compare_checkpoints.py --make-venvs FOLDER
    python legacy-fixtures/mixed_versions/compare_checkpoints.py --venvs FOLDER --flavour legacy

Each release writes a pickle and a YAML file of every case of `checkpoint_cases.py`. The release and plumpy-compat load
each, tell what is in it, continue it and tell how it ends; that is compared. Then the other way round: what
plumpy-compat wrote.

Exit codes: 0 if both continued all to the same end, but for what a release can't read, 1 if not, 2 if nothing could be
said.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environments import Peer, Problem, make, our_peers, real_peers

SCRIPT = "checkpoint_cases.py"
Told = Dict[str, Dict[str, Any]]


class Difference(NamedTuple):
    """What two readers make of a file."""

    case: str
    way: str
    what: str
    excuse: Optional[str] = None


class Compared(NamedTuple):
    """How two readers agree on what one writer wrote."""

    files: int
    differences: List[Difference]

    @property
    def same(self) -> int:
        return self.files - len(self.differences)


def excuse(reader: Peer, writer: Peer, case: str, way: str) -> Optional[str]:
    """Why a release can't read a file of ours, where that is up to the release."""
    python_2 = reader.name.endswith("py27")
    if python_2 and way == "pickle":
        return "Python 2 has no pickles of protocol 4"
    if python_2 and case.startswith(("excepted", "futures", "cancelled")):
        return "the modules of Python's exceptions have other names in Python 2"
    if reader.of_tornado and case == "cancelled future":
        return "plumpy up to 0.15 knows no cancelled futures in checkpoints, only such as are done"
    if case == "pid that is a UUID" and way == "yaml" and writer.flavour == "modern" and reader.version < (0, 25):
        return "plumpy before 0.25 can't read today's form of a UUID"
    return None


def write(writer: Peer, folder: Path) -> Dict[str, Dict[str, str]]:
    """Write all cases, and tell which can't be written."""
    refused: Dict[str, Dict[str, str]] = json.loads(writer.run(SCRIPT, "write", str(folder)))["cases"]
    return refused


def finish(reader: Peer, folder: Path) -> Told:
    """What a reader makes of the files in a folder."""
    told: Told = json.loads(reader.run(SCRIPT, "finish", str(folder)))["cases"]
    return told


def compare(expected: Told, found: Told) -> Compared:
    """Compare what two readers told of the same files."""
    files = [(case, way) for case, ways in sorted(expected.items()) for way in sorted(ways)]
    differences = []
    for case, way in files:
        here, there = expected[case][way], found.get(case, {}).get(way)
        if here != there or "error" in here:
            differences.append(Difference(case, way, _difference(here, there)))
    return Compared(len(files), differences)


def _difference(expected: Any, found: Any) -> str:
    if found is None:
        return "isn't there"
    if "error" in expected or "error" in found:
        return f"{expected.get('error', 'goes on')} / {found.get('error', 'goes on')}"
    parts = [
        f"{when} {key}: {expected[when].get(key)!r} / {found[when].get(key)!r}"
        for when in ("before", "after")
        for key in sorted({*expected[when], *found[when]})
        if expected[when].get(key) != found[when].get(key)
    ]
    return "; ".join(parts)


def there(real: Peer, ours: Peer, folder: Path) -> Compared:
    """Files of a release: whether ours continues them as the release itself does."""
    write(real, folder)
    return compare(finish(real, folder), finish(ours, folder))


def back(real: Peer, ours: Peer, folder: Path) -> Compared:
    """Files of ours: whether the release continues them as ours does."""
    write(ours, folder)
    files, differences = compare(finish(ours, folder), finish(real, folder))
    return Compared(files, [one._replace(excuse=excuse(real, ours, one.case, one.way)) for one in differences])


def _row(real: Peer, ours: Peer, scratch: Path, verbose: bool) -> bool:
    ways = []
    for name, function in (("there", there), ("back", back)):
        folder = scratch / real.name / ours.name.replace(", ", "-") / name
        folder.mkdir(parents=True)
        ways.append(function(real, ours, folder))
    read, written = ways
    print(f"{real.name:<13}{ours.name:<14}{read.same:>6} of {read.files:<6}{written.same:>8} of {written.files}")
    for one in [*read.differences, *written.differences]:
        if verbose or not one.excuse:
            print(f"    {one.case} ({one.way}): {one.excuse or one.what}")
    return bool(read.files) and all(one.excuse for way in ways for one in way.differences)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Compare, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", help="all by default")
    parser.add_argument("--make-venvs", metavar="FOLDER", help="make the environments that this folder doesn't have")
    parser.add_argument("--venvs", metavar="FOLDER", help="where the environments are")
    parser.add_argument("--python", default=sys.executable, help="a Python that can run plumpy-compat")
    parser.add_argument("--flavour", action="append", help="modern (by default), or legacy; both if given twice")
    parser.add_argument("--verbose", action="store_true", help="also say what the releases can't read of ours, and why")
    options = parser.parse_args(arguments)
    folder = options.make_venvs or options.venvs
    if folder is None:
        parser.error("say where the environments are, or are to be made")
    try:
        if options.make_venvs:
            make(Path(folder), options.releases or None)
        reals = real_peers(Path(folder), options.releases or None)
        if not reals:
            raise Problem(f"{folder} has no environment of a release of plumpy")
        print(f"{'':<13}{'':<14}{'ours reads':>12}{'it reads ours':>20}")
        with tempfile.TemporaryDirectory(prefix="checkpoints-") as scratch:
            ours = our_peers(options.python, options.flavour or ["modern"])
            rows = [_row(real, one, Path(scratch), options.verbose) for one in ours for real in reals]
        return 0 if all(rows) else 1
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
