"""Run the scenarios in `legacy` as they are, and migrated: against plumpy 0.15.2 migrated, and against the runtime (at
the stages asyncio and final).

    python -m tests.migrate.scenario.run

prints a table of the outcomes; with a folder as an argument it leaves there what it ran. `PLUMPY_COMPAT_LEGACY_PYTHON`
names a Python 3.8 with plumpy 0.15.2, kiwipy[rmq] 0.5.5, pika 1.1 and tornado 4.5.3; `PLUMPY_COMPAT_MODERN_PYTHONS`
those with this project's dependencies, separated as in PATH; by default it's the one that runs this.
`PLUMPY_COMPAT_FLAVOUR_PYTHONS` names those that have tornado too: there the scenarios run as they are, on the legacy
flavour.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from tests.migrate.scenario import by_hand
from tests.runtime.broker import Broker, server_program

LEGACY = "PLUMPY_COMPAT_LEGACY_PYTHON"
MODERN = "PLUMPY_COMPAT_MODERN_PYTHONS"
FLAVOUR = "PLUMPY_COMPAT_FLAVOUR_PYTHONS"
AMQP = "PLUMPY_COMPAT_TEST_AMQP"

ROOT = Path(__file__).resolve().parents[3]
SOURCES = Path(__file__).resolve().parent / "legacy"
PATIENCE = 600.0

PACKAGES = ("plumpy", "frozendict", "yaml")
"""What is taken from the legacy interpreter, and migrated: plumpy, and what it needs in a version of that time that
later Pythons wouldn't take."""

PACKAGE_OPTIONS = ("--runtime", "plumpy")
"""For plumpy itself: it isn't to import another one."""

ON_PACKAGE_OPTIONS = (*PACKAGE_OPTIONS, "--ignore", "PLM")
"""For what runs on plumpy 0.15.2 migrated: its API hasn't changed."""


FINAL_OPTIONS = ("--stage", "final")


class ScenarioError(Exception):
    """A part of the run couldn't even be done."""


@dataclass
class Run:
    """What one interpreter made of the scenarios.

    :param outcomes: by the names of the scenarios.
    :param trouble: why it didn't come to its end, or empty.
    """

    title: str
    outcomes: Dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True)
class Migration:
    """The code that `plumpy-migrate` made, and what it left to do by hand.

    :param left: its findings, and the edits that were made for them.
    """

    packages: Path
    on_packages: Path
    on_runtime: Path
    final: Path
    left: Tuple[str, ...]


def main() -> int:
    """Print the table of all runs; the exit code tells whether all have the same outcomes."""
    python = legacy_python()
    if python is None:
        print(f"skipped: {LEGACY} doesn't name a Python with plumpy 0.15.2 and tornado", file=sys.stderr)
        return 0
    with workplace() as folder, broker(folder) as uri:
        migration = migrate(python, folder)
        runs = all_runs(python, migration, uri)
    print(table(runs))
    for line in migration.left:
        print(line)
    return 0 if all(same(runs[0], one) for one in runs) else 1


@contextmanager
def workplace() -> Iterator[Path]:
    """Give the folder that was asked for, which stays, or one that doesn't."""
    if sys.argv[1:]:
        place = Path(sys.argv[1]).resolve()
        place.mkdir(parents=True)
        yield place
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def legacy_python() -> Optional[str]:
    """The interpreter that has plumpy 0.15.2, or None."""
    python = os.environ.get(LEGACY)
    code = "import plumpy, tornado; assert plumpy.__version__ == '0.15.2' and tornado.version_info < (5,)"
    if not python or subprocess.run([python, "-c", code], capture_output=True, check=False).returncode:
        return None
    return python


def modern_pythons() -> List[str]:
    return os.environ.get(MODERN, sys.executable).split(os.pathsep)


def flavour_pythons() -> List[str]:
    return list(filter(None, os.environ.get(FLAVOUR, "").split(os.pathsep)))


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Give the address of a RabbitMQ, or an empty one if there is none."""
    address = os.environ.get(AMQP, "")
    if address or server_program() is None:
        yield address
        return
    with Broker(folder / "broker") as own:
        yield own.uri


# -- migrating -------------------------------------------------------------------------------------


def migrate(python: str, folder: Path) -> Migration:
    """Migrate the scenarios, three times, and the packages of the legacy interpreter that they need."""
    packages = folder / "packages"
    left: List[str] = []
    for name in PACKAGES:
        copy_package(python, name, packages)
    left += plumpy_migrate(packages, *PACKAGE_OPTIONS)
    left += by_hand.finish(packages)
    places = [folder / name for name in ("on_packages", "on_runtime", "final")]
    for place, options in zip(places, (ON_PACKAGE_OPTIONS, (), FINAL_OPTIONS)):
        shutil.copytree(SOURCES, place, ignore=shutil.ignore_patterns("__pycache__", "*.toml"))
        left += plumpy_migrate(place, *options)
    need_no_tornado(packages, *places)
    on_packages, on_runtime, final = places
    return Migration(packages, on_packages, on_runtime, final, tuple(left))


def need_no_tornado(*folders: Path) -> None:
    """Raise an error if a file still imports tornado: an interpreter that has it would hide that."""
    for folder in folders:
        for path in folder.rglob("*.py"):
            if re.search(r"^\s*(import|from) tornado\b", path.read_text(errors="replace"), re.MULTILINE):
                raise ScenarioError(f"{path.relative_to(folder.parent)} still imports tornado")


def copy_package(python: str, name: str, target: Path) -> None:
    """Copy the sources of a package out of an interpreter."""
    code = f"import {name}; print({name}.__path__[0])"
    found = subprocess.run([python, "-c", code], capture_output=True, check=True, text=True).stdout.strip()
    shutil.copytree(found, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))


def plumpy_migrate(path: Path, *options: str) -> List[str]:
    """Migrate a folder; give what is left to do by hand."""
    command = [sys.executable, "-m", "codemods", "--quiet", "--target-version", "3.8", *options, str(path)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, env=environment(), cwd=path)
    if done.returncode:
        raise ScenarioError(f"plumpy-migrate failed on {path.name}:\n{done.stdout}{done.stderr}")
    return done.stdout.replace(str(path.parent) + os.sep, "").splitlines()


# -- running ---------------------------------------------------------------------------------------


def all_runs(python: str, migration: Migration, uri: str) -> List[Run]:
    """Run the scenarios as they are, then each migrated version on each modern interpreter."""
    runs = [run("legacy", python, SOURCES, (), uri)]
    for modern in modern_pythons():
        version = version_of(modern)
        runs.append(run(f"migrated {version}", modern, migration.on_packages, (migration.packages, ROOT), uri))
        runs.append(run(f"runtime {version}", modern, migration.on_runtime, (ROOT,), uri))
        runs.append(run(f"final {version}", modern, migration.final, (ROOT,), uri))
    for python in flavour_pythons():
        title = f"flavour {version_of(python)} tornado {version_of_tornado(python)}"
        runs.append(
            run(title, python, SOURCES, (ROOT,), uri, "-W", "ignore", "-m", "plumpy_compat.as_plumpy", "--legacy")
        )
    return runs


def version_of_tornado(python: str) -> str:
    code = "import tornado; print(tornado.version)"
    return subprocess.run([python, "-c", code], capture_output=True, check=True, text=True).stdout.strip()


def version_of(python: str) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, check=True, text=True).stdout.strip()


def run(title: str, python: str, folder: Path, paths: Sequence[Path], uri: str, *options: str) -> Run:
    """Run the scenarios of a folder.

    :param options: of the interpreter.
    """
    result = Run(title)
    output = ""
    try:
        done = subprocess.run(
            [python, *options, "scenario_main.py"],
            capture_output=True,
            check=False,
            text=True,
            timeout=PATIENCE,
            cwd=folder,
            env={**environment(*paths), "SCENARIO_AMQP": uri, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        output = done.stdout
        if done.returncode:
            result.trouble = f"exit code {done.returncode}:\n{done.stderr[-3000:]}"
    except subprocess.TimeoutExpired as error:
        output = error.stdout.decode() if isinstance(error.stdout, bytes) else (error.stdout or "")
        result.trouble = "it didn't end"
    for line in output.splitlines():
        entry = json.loads(line)
        result.outcomes[entry["name"]] = entry["outcome"]
    return result


def environment(*paths: Path) -> Dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths or (ROOT,)))}


# -- telling ---------------------------------------------------------------------------------------


def same(first: Run, other: Run) -> bool:
    """Whether two runs have the same outcomes."""
    return not other.trouble and first.outcomes == other.outcomes


def differences(first: Run, other: Run) -> Dict[str, Tuple[Any, Any]]:
    """The scenarios whose outcomes differ, with both."""
    names = dict.fromkeys([*first.outcomes, *other.outcomes])
    pairs = {name: (first.outcomes.get(name), other.outcomes.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def table(runs: Sequence[Run]) -> str:
    """The outcomes of all runs: one line for each scenario, and more for those that differ."""
    first = runs[0]
    names = dict.fromkeys(name for one in runs for name in one.outcomes)
    width = max([len(name) for name in names] + [8])
    lines = ["".ljust(width) + "  " + "  ".join(one.title for one in runs)]
    for name in names:
        marks = [_mark(first, one, name).ljust(len(one.title)) for one in runs]
        lines.append(f"{name.ljust(width)}  {'  '.join(marks).rstrip()}")
    counts = [str(len(first.outcomes) - len(differences(first, one))).ljust(len(one.title)) for one in runs]
    lines.append(f"{'the same'.ljust(width)}  {'  '.join(counts).rstrip()}")
    for one in runs:
        lines += [f"{one.title}: {one.trouble}"] if one.trouble else []
        for name, pair in differences(first, one).items():
            if name not in one.outcomes:
                continue
            lines += [f"{one.title}: {name}", f"  - {json.dumps(pair[0])}", f"  + {json.dumps(pair[1])}"]
    return "\n".join(lines)


def _mark(first: Run, other: Run, name: str) -> str:
    if name not in other.outcomes:
        return "missing"
    if other.outcomes[name] != first.outcomes.get(name):
        return "differs"
    return str(other.outcomes[name][0])


if __name__ == "__main__":
    sys.exit(main())
