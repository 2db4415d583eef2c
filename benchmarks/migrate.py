"""Measure the migrator against the tools that people use for the same work today.

Everything that is compared runs in turns in one go (A B A B ...), each time on a fresh copy of the same tree, so that
a change in the load of the machine meets both. Processor time is the figure to compare: it is the user and system
time of all processes of a command. The copies are made, and read into the page cache, outside of the measured part.
Our code is byte-compiled before, as pip did with the code of the others.

    python benchmarks/migrate.py [--pairs N] [--tree FOLDER] [--peers NAME ...] [--json FILE]

Without ``--tree`` the tree is the source archive of aiida-core 1.0.1.
"""

from __future__ import annotations

import argparse
import compileall
import filecmp
import json
import os
import platform
import shlex
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Callable, Sequence

from common import (
    CACHE,
    PROJECT,
    BenchmarkError,
    make_folder,
    make_venv,
    migrate_command,
    migrate_environment,
    unpack_sdist,
)
from measure import Cost, Series, measure

CORES = str(os.cpu_count() or 1)

TWO_TO_THREE = ("--write", "--nobackups", "--no-diffs", "--processes", CORES)


def no_files(tree: Path) -> list[str]:
    """Give the argument for a command that takes a folder."""
    return ["."]


def python_files(tree: Path) -> list[str]:
    """Give the arguments for a command that takes only files."""
    return sorted(str(path.relative_to(tree)) for path in tree.rglob("*.py") if path.is_file())


@dataclass(frozen=True)
class Peer:
    """A tool to compare with.

    :param name: what it's called in the table.
    :param requirement: what pip installs.
    :param command: the command without paths; the first word is a program of the virtual environment.
    :param paths: gives the paths for a tree, in which the command runs.
    """

    name: str
    requirement: str
    command: tuple[str, ...]
    paths: Callable[[Path], list[str]] = no_files


RUFF = ("ruff", "check", "--isolated", "--no-cache", "--target-version", "py39", "--select", "UP,I,F401")
NOOP = ("python", "-m", "libcst.tool", "codemod", "--no-format", "--hide-progress", f"-j{CORES}", "noop.NOOPCommand")

PEERS = (
    Peer("pyupgrade", "pyupgrade==3.22.0", ("pyupgrade", "--py39-plus"), python_files),
    Peer("ruff", "ruff==0.17.6", (*RUFF, "--fix", "--unsafe-fixes", "-q")),
    Peer("fissix", "fissix==24.4.24", ("python", "-m", "fissix", *TWO_TO_THREE)),
    Peer("modernize", "modernize==0.8.0", ("modernize", *TWO_TO_THREE)),
    Peer("LibCST, no-op", "libcst==1.9.0", NOOP),
)


@dataclass
class Bench:
    """What all measurements need.

    :param tree: the original tree, never changed.
    :param scratch: a folder for copies.
    :param pairs: how often each measurement is repeated.
    :param ours: the command under test without its path; empty for the one of this project.
    """

    tree: Path
    scratch: Path
    pairs: int
    ours: tuple[str, ...] = ()
    series: dict[str, Series] = field(default_factory=dict)

    def copy(self, tree: Path | None = None) -> Path:
        """Give a fresh copy of a tree, in the page cache."""
        copy = self.scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tree or self.tree, copy, symlinks=True)
        for path in python_files(copy):
            (copy / path).read_bytes()
        return copy

    def run_ours(self, name: str, tree: Path, *options: str) -> Cost:
        """Measure one run of the command under test.

        :param name: the series that the cost goes to.
        :param tree: where it runs.
        :param options: options of the command.
        """
        command = [*self.ours, str(tree)] if self.ours else migrate_command(tree, *options)
        return self.keep(name, measure(command, tree, migrate_environment(self.scratch / "state")))

    def keep(self, name: str, cost: Cost) -> Cost:
        """Add a cost to a series."""
        self.series.setdefault(name, Series([])).costs.append(cost)
        return cost


def changed_files(old: Path, new: Path) -> int:
    """Count the Python files whose content differs."""
    paths = python_files(old)
    match, _, _ = filecmp.cmpfiles(old, new, paths, shallow=False)
    return len(paths) - len(match)


def compare(bench: Bench, peer: Peer) -> str:
    """Measure the command under test and a peer in turns; give a row of the table."""
    programs = make_venv(peer.requirement, sys.executable, [peer.requirement])
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    mine, other = f"ours for {peer.name}", peer.name
    changed = []
    for _ in range(bench.pairs):
        copy = bench.copy()
        bench.run_ours(mine, copy)
        changed = [changed_files(bench.tree, copy)]
        if not changed[0]:
            raise BenchmarkError("the command under test changed nothing")
        copy = bench.copy()
        command = [str(programs / peer.command[0]), *peer.command[1:], *peer.paths(copy)]
        bench.keep(other, measure(command, copy, environment))
        changed.append(changed_files(bench.tree, copy))
    ours, theirs = bench.series[mine], bench.series[other]
    cells = [f"{peer.name} ({peer.requirement.split('==')[1]})"]
    for what in ("cpu", "wall"):
        cells += [f"{ours.median(what):.2f}", f"{theirs.median(what):.2f}", ours.ratio(theirs, what)]
    cells += [f"{ours.peak():.0f} / {theirs.peak():.0f}", f"{changed[0]} / {changed[1]}"]
    return row(cells)


def row(cells: Sequence[str]) -> str:
    """Give a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def measure_runs(bench: Bench) -> None:
    """Measure a first run, a second one on its result, and the shortest run there is, in turns."""
    for _ in range(bench.pairs):
        copy = bench.copy()
        bench.run_ours("first run", copy)
        bench.run_ours("second run", copy)
        bench.run_ours("--version", copy, "--version")


def measure_cores(bench: Bench) -> None:
    """Measure with one worker process and with one for each core, in turns."""
    for _ in range(bench.pairs):
        for jobs in ("1", CORES):
            bench.run_ours(f"--jobs {jobs}", bench.copy(), "--jobs", jobs)


def measure_growth(bench: Bench) -> None:
    """Measure trees that hold each package of the original once, twice and four times, in turns."""
    trees = {times: multiply(bench.tree, bench.scratch / f"times-{times}", times) for times in (1, 2, 4)}
    for _ in range(bench.pairs):
        for times, tree in trees.items():
            bench.run_ours(f"{times} x the packages", bench.copy(tree))


def multiply(tree: Path, into: Path, times: int) -> Path:
    """Make a tree with copies of the packages of another, each copy under a name of its own."""
    packages = [init.parent for init in tree.glob("*/__init__.py")]
    for number in range(times):
        for package in packages:
            name = f"{package.name}_{number}" if number else package.name
            shutil.copytree(package, into / name, symlinks=True)
    return into


def single_table(bench: Bench, names: Sequence[str]) -> list[str]:
    """Give the rows of the table of the command under test alone; ratios are to the first name."""
    first = bench.series[names[0]]
    rows = []
    for name in names:
        one = bench.series[name]
        cells = [name, f"{one.median('cpu'):.2f}", one.ratio(first, "cpu")]
        rows.append(row([*cells, f"{one.median('wall'):.2f}", one.ratio(first, "wall"), f"{one.peak():.0f}"]))
    return rows


def report(bench: Bench, peers: Sequence[Peer]) -> None:
    """Measure everything and print the tables as the rows become known."""
    size = sum((bench.tree / path).stat().st_size for path in python_files(bench.tree))
    files = f"{len(python_files(bench.tree))} files, {size / 1e6:.2f} MB of Python"
    print(f"{files}; {bench.pairs} pairs; {CORES} cores; Python {platform.python_version()}.")
    print("Ratios are medians of pairs, with their range; MB are of the largest process; files are those changed.\n")
    if peers:
        print(row(["peer", *("our CPU s", "its CPU s", "ratio", "our wall s", "its wall s", "ratio"), "MB", "files"]))
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for peer in peers:
        print(compare(bench, peer), flush=True)
    if bench.ours:
        return
    print("\n| ours | CPU s | ratio | wall s | ratio | MB |\n|---|--:|--:|--:|--:|--:|")
    for step in (measure_runs, measure_cores, measure_growth):
        known = set(bench.series)
        step(bench)
        print("\n".join(single_table(bench, [name for name in bench.series if name not in known])), flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the result is its exit status."""
    parser = argparse.ArgumentParser(description="Measure the migrator against other tools.")
    parser.add_argument("--pairs", type=int, default=5, help="how often each measurement is repeated (%(default)s)")
    parser.add_argument("--tree", type=Path, help="the tree to migrate, by default aiida-core 1.0.1")
    parser.add_argument("--peers", nargs="*", help=f"of {', '.join(peer.name for peer in PEERS)}; all by default")
    parser.add_argument("--command", default="", help="measure this command instead of ours, against the peers only")
    parser.add_argument("--json", type=Path, help="write all single costs to this file")
    options = parser.parse_args(arguments)
    peers = [peer for peer in PEERS if options.peers is None or peer.name in options.peers]
    compileall.compile_dir(PROJECT / "codemods", quiet=1)
    with tempfile.TemporaryDirectory(dir=make_folder(CACHE)) as scratch:
        tree = options.tree or unpack_sdist("aiida-core", "1.0.1", Path(scratch) / "original")
        bench = Bench(tree.resolve(), Path(scratch), options.pairs, tuple(shlex.split(options.command)))
        report(bench, peers)
        if options.json:
            options.json.write_text(json.dumps({name: asdict(one) for name, one in bench.series.items()}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
