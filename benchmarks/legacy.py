"""Measure what the legacy flavour costs over the modern one, and against plumpy 0.15.2, side by side in one run.

    python benchmarks/legacy.py --python PYTHON [--reference PYTHON] [--pairs N]

`--python` names an interpreter that has this project and a tornado; the first ratio is between the two flavours on it.
`--reference` names one with plumpy 0.15.2 and tornado 4.5.3. Every workload runs in fresh child processes, one library
after the other; what counts is CPU time, the least of some runs.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

MODERN, LEGACY, OLD = "plumpy_compat", "plumpy_compat.legacy", "plumpy"
ROOT = Path(__file__).resolve().parent.parent

# What a workload does so many times, and the most that legacy may cost, in terms of modern.
WORKLOADS = {
    "trivial process, create and execute()": ("trivial", 300),
    "Continue, 1,000 times": ("continuing", 1000),
    "outline of 1,000 steps": ("outline", 1000),
    "while_, 1,000 times": ("loop", 1000),
    "Wait and resume, 500 times": ("waiting", 500),
    "Bundle, save and load": ("bundle", 200),
}
OVERHEAD, FASTER = 1.5, 1.5


def workloads(plumpy: Any) -> Dict[str, Callable[[], Any]]:
    """The functions that are measured; they run on Python 3.8 with any of the three."""

    class Trivial(plumpy.Process):  # type: ignore[misc]
        def run(self) -> Any:
            pass

    class Continuing(plumpy.Process):  # type: ignore[misc]
        left = 0

        def run(self) -> Any:
            self.left = 1000
            return plumpy.Continue(self.again)

        def again(self) -> Any:
            self.left -= 1
            return plumpy.Continue(self.again) if self.left else None

    class Waiting(Continuing):
        def run(self) -> Any:
            self.left = 500
            return plumpy.Wait(self.again)

        def again(self) -> Any:
            self.left -= 1
            return plumpy.Wait(self.again) if self.left else None

        def on_waiting(self) -> Any:
            super().on_waiting()
            loop = self.loop() if callable(self.loop) else self.loop
            (getattr(loop, "add_callback", None) or loop.call_soon)(self.resume)

    class Outline(plumpy.WorkChain):  # type: ignore[misc]
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(*[cls.one] * 1000)

        def one(self) -> Any:
            pass

    class Loop(plumpy.WorkChain):  # type: ignore[misc]
        @classmethod
        def define(cls, spec: Any) -> None:
            super().define(spec)
            spec.outline(cls.begin, plumpy.while_(cls.more)(cls.count))

        def begin(self) -> Any:
            self.ctx.left = 1000

        def more(self) -> Any:
            return bool(self.ctx.left)

        def count(self) -> Any:
            self.ctx.left -= 1

    def bundle() -> None:
        process = Trivial()
        for _ in range(200):
            state = dict(plumpy.Bundle(process))
            plumpy.Savable.load(state, plumpy.LoadSaveContext(loop=process._loop))

    def trivial() -> None:
        for _ in range(300):
            Trivial().execute()

    def run(kind: Any) -> Callable[[], Any]:
        kind.spec()
        return lambda: kind().execute()

    # To be found when it's loaded.
    globals()["Trivial"] = Trivial
    Trivial.__qualname__, Trivial.__module__ = "Trivial", __name__
    return {
        "trivial": trivial,
        "continuing": run(Continuing),
        "waiting": run(Waiting),
        "outline": run(Outline),
        "loop": run(Loop),
        "bundle": bundle,
    }


def child(library: str, name: str, count: str) -> None:
    """Run a workload and print the CPU time of one of what it does, in microseconds."""
    function = workloads(importlib.import_module(library))[name]
    function()
    times = []
    for _ in range(5):
        gc.collect()
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    print(json.dumps(min(times) * 1e6 / int(count)))


def measure(python: str, library: str, name: str, count: int) -> float:
    command = [python, "-W", "ignore", __file__, "--child", library, name, str(count)]
    path = {} if library == OLD else {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **path}, timeout=300)
    if done.returncode:
        sys.exit(f"{library} {name} failed on {python}:\n{done.stderr[-2000:]}")
    return float(json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    """Print the table; the exit code tells whether the goals were met."""
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    parser.add_argument("--reference")
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    sides = [(MODERN, options.python), (LEGACY, options.python)]
    sides += [(OLD, options.reference)] if options.reference else []
    met = True
    print("| µs of CPU each | modern | legacy | legacy/modern | plumpy 0.15.2 | plumpy/legacy |")
    print("|---|--:|--:|--:|--:|--:|")
    for label, (name, count) in WORKLOADS.items():
        figures: Dict[str, List[float]] = {library: [] for library, _ in sides}
        for _ in range(options.pairs):
            for library, python in sides:
                figures[library].append(measure(python, library, name, count))
        best = {library: min(values) for library, values in figures.items()}
        overhead = best[LEGACY] / best[MODERN]
        cells = [f"{best[MODERN]:.1f}", f"{best[LEGACY]:.1f}", f"{overhead:.2f}", "", ""]
        met = met and overhead <= OVERHEAD
        if OLD in best:
            faster = best[OLD] / best[LEGACY]
            cells[3:] = [f"{best[OLD]:.1f}", f"{faster:.2f}"]
            met = met and faster >= FASTER
        print(f"| {label} | {' | '.join(cells)} |", flush=True)
    print(f"goals: legacy/modern at most {OVERHEAD}, plumpy/legacy at least {FASTER}: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
