"""How ``runtime.py`` measures inside of a child process. Linux only."""

from __future__ import annotations

import concurrent.futures
import gc
import json
import os
import statistics
import sys
import time
import traceback
import tracemalloc
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Dict

Figures = Dict[str, float]
"""What a workload gives: its figures by name."""

PATIENCE = 0.5
"""After how many seconds an answer counts as missing."""


def cpu(function: Callable[[], object], count: int, repeat: int = 3) -> float:
    """Give the CPU time of a call in microseconds for each of the things that it does; the best of some calls."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times) * 1e6 / count


def resident() -> float:
    """Give the memory that this process occupies, in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * float(os.sysconf("SC_PAGESIZE"))


def allocated(function: Callable[[], object]) -> int:
    """Give how many bytes more are in use after a call, whose result is kept meanwhile."""
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    kept = function()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return after - before


def ask(name: str, send: Callable[[], Any], count: int) -> Figures:
    """Send a number of requests, one after the other, and see when the answers come."""
    times = []
    missing = 0
    start_cpu = time.process_time()
    for _ in range(count):
        start = time.perf_counter()
        try:
            answer = send()
            while isinstance(answer, concurrent.futures.Future):
                answer = answer.result(timeout=PATIENCE)
            times.append(time.perf_counter() - start)
        except (concurrent.futures.TimeoutError, TimeoutError):
            missing += 1
    spent = time.process_time() - start_cpu
    return {
        f"{name}_p50": statistics.median(times or [PATIENCE]) * 1e6,
        f"{name}_cpu": spent * 1e6 / count,
        f"{name}_missing": missing,
    }


def main(module: ModuleType) -> None:
    """Run the workload that the command line names, and print its figures or its error as JSON."""
    name, *arguments = sys.argv[1:]
    try:
        answer: dict[str, Any] = {"figures": getattr(module, name)(*map(int, arguments))}
    except BaseException as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
    # What still waits would only complain.
    os._exit(0)
