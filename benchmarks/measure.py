"""Measure what a command costs: processor time and memory of its whole process tree, and wall time. Linux only."""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

from common import BenchmarkError

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """What one run of a command cost.

    :param cpu: user and system time of the command and all processes that it started, in seconds.
    :param wall: wall time in seconds.
    :param peak: the largest resident set of any one of the processes, in MB; what this program itself has in memory
        is the smallest value that the kernel reports.
    """

    cpu: float
    wall: float
    peak: float


def adopt_orphans() -> None:
    """Make this process the parent of all processes whose own parent ends, so that their costs count too."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl failed")


def exit_status(raw: int) -> int:
    """Give the exit status in a wait status; negative for a signal."""
    return os.WEXITSTATUS(raw) if os.WIFEXITED(raw) else -os.WTERMSIG(raw)


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str], good: Sequence[int] = (0, 1)) -> Cost:
    """Run a command and measure it until its last process has ended.

    :param command: the program and its arguments.
    :param folder: where it runs.
    :param environment: its environment variables.
    :param good: the exit statuses of a run that worked.
    """
    adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        peak = 0
        wall = 0.0
        while True:
            try:
                pid, raw, usage = os.wait4(-1, 0)
            except ChildProcessError:
                break
            peak = max(peak, usage.ru_maxrss)
            if pid == child.pid:
                wall = time.perf_counter() - start
                child.returncode = exit_status(raw)
        if child.returncode not in good:
            output.seek(0)
            text = output.read().decode(errors="replace")
            raise BenchmarkError(f"{' '.join(command)[:500]} ended with {child.returncode}:\n{text[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(cpu, wall, peak / 1024)


@dataclass
class Series:
    """The costs of several runs of the same command."""

    costs: list[Cost]

    def median(self, what: str) -> float:
        """Give the median of one kind of cost."""
        values: list[float] = [getattr(cost, what) for cost in self.costs]
        return statistics.median(values)

    def peak(self) -> float:
        """Give the largest peak of memory."""
        return max(cost.peak for cost in self.costs)

    def ratio(self, other: Series, what: str) -> str:
        """Give the median of the ratios to the runs of another series, pair by pair, and their range."""
        pairs = zip(self.costs, other.costs)
        ratios = sorted(getattr(ours, what) / getattr(theirs, what) for ours, theirs in pairs)
        return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
