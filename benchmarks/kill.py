"""Kill the migrator at random moments, and look at what it leaves behind.

Each run migrates a fresh copy of a tree and is killed with SIGKILL: half of the runs at any moment, half of them at a
moment after the journal was written, when files are being replaced. Then each file must have its old content or its
new one, in full; and ``--undo`` must give back the tree as it was.

    python benchmarks/kill.py [--runs N] [--tree FOLDER]

Without ``--tree`` the tree is the source archive of plumpy 0.14.5. The exit status is 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Sequence, Tuple

from common import BenchmarkError, attempt, migrate_command, migrate_environment, unpack_sdist

TEMPORARY_MARK = ".plumpy-migrate-"

TRIES = 20
"""How often a run is started anew because it ended before it was killed."""

PATIENCE = 3.0
"""Seconds that worker processes have to end after the process that started them was killed."""

Files = Dict[str, Tuple[int, bytes]]
"""Mode and content of each file of a tree, by its path."""


@dataclass
class Tally:
    """What the runs of one kind left behind.

    :param runs: how many there were.
    :param untouched: those that left the tree as it was.
    :param mixed: those that left some files old and some new.
    :param complete: those that left all files new, or had nothing left to write.
    :param leftovers: temporary files left behind.
    :param workers: runs whose worker processes lived on.
    :param undone: those after which ``--undo`` gave back the tree.
    :param problems: what must not be.
    """

    runs: int = 0
    untouched: int = 0
    mixed: int = 0
    complete: int = 0
    leftovers: int = 0
    workers: int = 0
    undone: int = 0
    problems: list[str] = field(default_factory=list)


def read_tree(tree: Path) -> Files:
    """Read all files of a tree."""
    files: Files = {}
    for folder, _, names in os.walk(tree):
        for name in names:
            path = Path(folder, name)
            files[str(path.relative_to(tree))] = (stat.S_IMODE(path.lstat().st_mode), path.read_bytes())
    return files


class Killer:
    """Runs the command and kills it.

    :param original: the tree, never changed.
    :param scratch: a folder for copies and journals.
    """

    def __init__(self, original: Path, scratch: Path) -> None:
        self.original = original
        self.tree = scratch / "tree"
        self.state = scratch / "state"
        self.random = random.Random(0)
        self.old = read_tree(original)
        self.new, self.whole_time, self.write_time = self.rehearse()

    def fresh(self) -> None:
        """Make a fresh copy of the tree and an empty folder for the journal."""
        for folder in (self.tree, self.state):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.original, self.tree)
        self.state.mkdir()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the command in a process group of its own."""
        nowhere = subprocess.DEVNULL
        environment = migrate_environment(self.state)
        command = migrate_command(self.tree)
        return subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere, start_new_session=True)

    def wait_for_journal(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the journal is there, or the command has ended."""
        while process.poll() is None and not any(self.state.glob("**/journal.json")):
            time.sleep(0.0005)

    def rehearse(self) -> tuple[Files, float, float]:
        """Run the command undisturbed; give the result, the time of the run, and that from the first file to the last.

        As each file is replaced by another, the times of their status show when that was.
        """
        self.fresh()
        start = time.perf_counter()
        status = self.start().wait()
        whole_time = time.perf_counter() - start
        new = read_tree(self.tree)
        if status not in (0, 1) or new == self.old:
            raise BenchmarkError(f"the command ended with {status}; the tree is {'old' if new == self.old else 'new'}")
        journal = next(self.state.glob("**/journal.json")).stat().st_ctime
        last = max((self.tree / path).stat().st_ctime for path in new if new[path] != self.old.get(path))
        return new, whole_time, last - journal

    def changed(self, path: str) -> bool:
        """Tell whether the undisturbed run changed a file."""
        return self.new.get(path) != self.old.get(path)

    def run(self, tally: Tally, while_writing: bool) -> bool:
        """Run the command once, kill it, and look; give whether it was killed, as it may have ended just before.

        :param tally: where the result goes.
        :param while_writing: wait for the journal before choosing the moment.
        """
        self.fresh()
        process = self.start()
        if while_writing:
            self.wait_for_journal(process)
        time.sleep(self.random.uniform(0, self.write_time if while_writing else self.whole_time))
        process.kill()
        if process.wait() != -signal.SIGKILL:
            return False
        tally.runs += 1
        tally.workers += self.workers_live_on(process.pid)
        self.look(tally, read_tree(self.tree))
        self.undo(tally)
        return True

    def workers_live_on(self, group: int) -> bool:
        """Tell whether processes of a group are there after a while, and end them."""
        end = time.monotonic() + PATIENCE
        with suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.killpg(group, 0)
                time.sleep(0.01)
            os.killpg(group, signal.SIGKILL)
            return True
        return False

    def look(self, tally: Tally, found: Files) -> None:
        """Compare what a killed run left with the old and the new tree."""
        extra = [path for path in found if path not in self.old and path not in self.new]
        strange = [path for path in extra if TEMPORARY_MARK not in Path(path).name]
        tally.leftovers += len(extra) - len(strange)
        tally.problems += [f"{path} is neither of the tree nor a temporary file" for path in strange]
        paths = {*self.old, *self.new}
        for path in sorted(paths):
            if found.get(path) not in (self.old.get(path), self.new.get(path)):
                tally.problems.append(f"{path} is neither old nor new")
        written = [path for path in paths if self.changed(path) and found.get(path) == self.new.get(path)]
        tally.untouched += not written
        tally.complete += len(written) == sum(map(self.changed, paths))
        tally.mixed += 0 < len(written) < sum(map(self.changed, paths))

    def undo(self, tally: Tally) -> None:
        """Take the run back, and compare with the old tree."""
        result = attempt(migrate_command(self.tree, "--undo"), env=migrate_environment(self.state))
        if read_tree(self.tree) == self.old:
            tally.undone += 1
        else:
            tally.problems.append(f"--undo did not restore the tree: {result.stdout[-500:]}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the result is its exit status."""
    parser = argparse.ArgumentParser(description="Kill the migrator at random moments, and look at what it leaves.")
    parser.add_argument("--runs", type=int, default=50, help="how many runs to kill (%(default)s)")
    parser.add_argument("--tree", type=Path, help="the tree to migrate, by default plumpy 0.14.5")
    options = parser.parse_args(arguments)
    tallies = {"any": Tally(), "while files are replaced": Tally()}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        killer = Killer(options.tree or unpack_sdist("plumpy", "0.14.5", scratch / "original"), scratch)
        for number in range(options.runs):
            kind = "while files are replaced" if number % 2 else "any"
            tries = (killer.run(tallies[kind], while_writing=bool(number % 2)) for _ in range(TRIES))
            if not any(tries):
                raise BenchmarkError(f"{TRIES} runs ended before they could be killed")
    changed = sum(map(killer.changed, killer.new))
    times = f"{killer.whole_time:.2f} s a run, {killer.write_time * 1000:.0f} ms from the journal to the last file"
    print(f"{changed} files to replace; {times}.\n")
    print("| killed | runs | tree old | mixed | new | temporary files | workers left | restored |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for kind, tally in tallies.items():
        states = [tally.runs, tally.untouched, tally.mixed, tally.complete]
        cells = [kind, *states, tally.leftovers, tally.workers, tally.undone]
        print(f"| {' | '.join(map(str, cells))} |")
    problems = [problem for tally in tallies.values() for problem in tally.problems]
    print("", *problems, sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
