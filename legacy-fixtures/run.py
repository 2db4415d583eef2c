"""Run the tests of the legacy fixtures: as they were, on a legacy stack or the legacy flavour, and migrated.

Give interpreters that have what they need (see README.md); `tox` makes them, and runs this in each:

    python legacy-fixtures/run.py --legacy OLD/bin/python --flavour MIXED/bin/python --python NEW/bin/python

The tests that pass must be those of tests.json: not as many, but the same. On the legacy flavour those of known.json
must fail, since tornado or Python dropped what they use. Where a fixture is migrated no tornado and no plumpy can be
imported, every file must compile, and a second run of plumpy-migrate must change nothing.

Exit codes: 0 if all is well, 1 if not, 2 if it can't be told (wrong usage, an interpreter without what it needs).
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Collection, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

HERE = Path(__file__).resolve().parent
RECORD = HERE / "tests.json"
KNOWN = HERE / "known.json"
PATCH = "migration.patch"
# None of these may be of use to migrated code: topika is the AMQP client for tornado that kiwipy had.
BLOCKED: Tuple[str, ...] = ("tornado", "plumpy", "topika")
LEFT_OVERS = shutil.ignore_patterns(PATCH, "__pycache__", ".pytest_cache", "*.egg-info")
# How pytest starts where `import plumpy` is to be the legacy flavour.
FLAVOUR = ("-m", "plumpy_compat.as_plumpy", "--legacy")


class Problem(Exception):
    """Something because of which nothing can be said about a fixture."""


class Outcome(NamedTuple):
    """The tests of a run by how they ended; names are like those of a JUnit report."""

    passed: List[str]
    failed: List[str]
    skipped: List[str]
    output: str

    @property
    def total(self) -> int:
        return len(self.passed) + len(self.failed) + len(self.skipped)


class Stack(NamedTuple):
    """An interpreter, what it is to run, and what it has."""

    python: str
    kind: str  # "legacy" or "flavour", which run a fixture as it is, or "migrated"
    versions: Dict[str, str]  # of Python, and of plumpy and tornado if they're installed

    @property
    def name(self) -> str:
        middle = " legacy" if self.kind == "flavour" else f" {self.kind}" if self.kind == "migrated" else ""
        has = ("plumpy", "tornado") if self.kind == "legacy" else ("tornado",) if self.kind == "flavour" else ()
        named = [f" {package} {self.versions[package]}" for package in has if package in self.versions]
        return self.versions["python"] + middle + "".join(named)


class LeftOver(NamedTuple):
    """A place that plumpy-migrate leaves to a human."""

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.message}"


class Migrated(NamedTuple):
    """What came of a migration."""

    reported: List[LeftOver]  # before the patch, in the migrated files
    left: List[LeftOver]  # after it
    faults: List[str]


def fixtures() -> List[str]:
    """The names of all fixtures."""
    return sorted(file.parent.name for file in HERE.glob("*/setup.py"))


def recorded() -> Dict[str, List[str]]:
    """The tests that each fixture passed on the legacy stack."""
    record: Dict[str, List[str]] = json.loads(RECORD.read_text("utf-8"))
    return record


def known_failures(fixture: str, stack: Stack) -> Dict[str, str]:
    """The tests that must fail on a stack, as what they use is gone from its tornado or Python, and why."""
    if stack.kind != "flavour" or not KNOWN.exists():
        return {}
    return {
        test: reason["why"]
        for reason in json.loads(KNOWN.read_text("utf-8"))
        if all(_reaches(stack.versions.get(what), reason.get(what)) for what in ("python", "tornado"))
        for test in reason["tests"].get(fixture, [])
    }


def _reaches(version: Optional[str], first: Optional[str]) -> bool:
    """Whether a version has a change; None is for what isn't installed, and for a change that doesn't depend on it."""
    return first is None or (version is not None and _number(version) >= _number(first))


def _number(version: str) -> List[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


@contextmanager
def workspace(folder: Optional[str]) -> Iterator[Path]:
    """A folder for copies: the given one, which stays, or one that goes."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="fixtures-") as name:
            yield Path(name).resolve()
    else:
        path = Path(folder).resolve()
        path.mkdir(parents=True, exist_ok=True)
        yield path


def copy(fixture: str, folder: Path) -> Path:
    """A copy of a fixture in a git work tree of its own, so that no settings and no git above it are heeded."""
    if folder.exists():
        shutil.rmtree(str(folder))
    shutil.copytree(str(HERE / fixture), str(folder), ignore=LEFT_OVERS)
    _call(["git", "init", "--quiet"], cwd=folder)
    return folder


def migrate(copied: Path, patch: Path, migrator: Sequence[str], scratch: Path) -> Migrated:
    """Migrate a copy, apply its patch, and say what is wrong with the result."""
    faults: List[str] = []
    _run_migrator(copied, migrator, scratch)
    reported = _settled(copied, migrator, scratch, "without its patch", faults)
    left = reported
    if patch.exists():
        _call(["git", "apply", "--whitespace=nowarn", str(patch)], cwd=copied)
        # What the rest had kept goes now: requirements on tornado, above all.
        _run_migrator(copied, migrator, scratch)
        left = _settled(copied, migrator, scratch, "with its patch", faults)
    return Migrated(reported, left, faults)


def _settled(copied: Path, migrator: Sequence[str], scratch: Path, when: str, faults: List[str]) -> List[LeftOver]:
    """Run plumpy-migrate again and give what it leaves; it's a fault if it changes something."""
    before = scratch / "before"
    if before.exists():
        shutil.rmtree(str(before))
    shutil.copytree(str(copied), str(before), ignore=shutil.ignore_patterns(".git"))
    left = _run_migrator(copied, migrator, scratch)
    changed = [
        str(file.relative_to(before))
        for file in sorted(before.rglob("*"))
        if file.is_file() and not filecmp.cmp(str(file), str(copied / file.relative_to(before)), shallow=False)
    ]
    if changed:
        faults.append(f"{when}, another run of plumpy-migrate changes {', '.join(changed)}")
    return left


def _run_migrator(copied: Path, migrator: Sequence[str], scratch: Path) -> List[LeftOver]:
    """Run plumpy-migrate over a copy, and give what it left to do."""
    report = scratch / "report.json"
    command = [*migrator, "--allow-dirty", "--format", "json", "--output", str(report), "."]
    # The journal for --undo shall not become the user's.
    _call(command, cwd=copied, env={**os.environ, "PLUMPY_MIGRATE_STATE": str(scratch / "state")})
    return _left_overs(json.loads(report.read_text("utf-8")))


def _left_overs(report: Dict[str, Any]) -> List[LeftOver]:
    return [
        LeftOver(file["path"], found["line"], found["rule"], found["message"])
        for file in report["files"]
        for found in file["findings"]
        if found["outcome"] in ("left", "error")
    ]


def run_tests(
    copied: Path, python: str, scratch: Path, limit: int, blocked: bool, starter: Sequence[str] = ()
) -> Outcome:
    """Run the tests of a copy with an interpreter.

    :param blocked: whether tornado can't be imported.
    :param starter: the arguments that come before `-m pytest`.
    """
    report = scratch / "junit.xml"
    if report.exists():
        report.unlink()
    command = [python, *starter, "-m", "pytest", "-p", "no:cacheprovider"]
    command += ["--junitxml", str(report), "-o", "junit_family=xunit1"]
    # pytest heeds the limit of a single test if pytest-timeout is there, and else ignores it.
    command += ["-q", "-o", f"timeout={max(limit // 10, 1)}"]
    try:
        done = subprocess.run(
            command,
            cwd=str(copied),
            env=_environment(scratch if blocked else None),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        output = (error.stdout or b"").decode("utf-8", "replace")
        return Outcome([], [f"(all: not done after {limit} s)"], [], output)
    return _read(report, done.stdout.decode("utf-8", "replace"))


def _read(report: Path, output: str) -> Outcome:
    """The outcome of the tests by the JUnit report."""
    if not report.exists():
        return Outcome([], ["(all: pytest came to no end)"], [], output)
    worst: Dict[str, str] = {}
    for case in ElementTree.parse(str(report)).iter("testcase"):
        # A test that fails, and whose fixtures then fail as well, has two entries.
        name = f"{case.get('classname')}::{case.get('name')}"
        kinds = {child.tag for child in case} | {worst.get(name, "")}
        worst[name] = "failed" if kinds & {"failure", "error", "failed"} else "skipped" if "skipped" in kinds else ""
    return Outcome(
        sorted(name for name, kind in worst.items() if not kind),
        sorted(name for name, kind in worst.items() if kind == "failed"),
        sorted(name for name, kind in worst.items() if kind == "skipped"),
        output,
    )


def _environment(scratch: Optional[Path]) -> Dict[str, str]:
    """The environment for tests: without the settings of a pytest around it, and with the blocked modules, if asked."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    path = variables.pop("PYTHONPATH", "")
    if scratch is not None:
        # The path of whoever calls may lead to plumpy_compat; the legacy stack has all it needs.
        variables["PYTHONPATH"] = os.pathsep.join([str(block(scratch / "blocked")), *filter(None, [path])])
    return variables


def block(folder: Path) -> Path:
    """Fill a folder for PYTHONPATH with modules that can't be imported; so child processes don't get them either."""
    folder.mkdir(exist_ok=True)
    for name in BLOCKED:
        (folder / f"{name}.py").write_text("raise ModuleNotFoundError(f'{__name__} is blocked', name=__name__)\n")
    return folder


def check_blocked(python: str, scratch: Path) -> List[str]:
    """The modules that an interpreter can still import although they are blocked."""
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError: continue\n"
        "    print(name)"
    )
    names = [*BLOCKED, "tornado.gen", "tornado.ioloop"]
    return _call([python, "-c", code, *names], cwd=scratch, env=_environment(scratch)).split()


def compile_all(copied: Path, python: str) -> List[str]:
    """What an interpreter can't compile."""
    code = (
        "import sys\n"
        "for name in sys.argv[1:]:\n"
        "    try: compile(open(name, 'rb').read(), name, 'exec')\n"
        "    except (SyntaxError, ValueError) as error: print('%s doesn\\'t compile: %s' % (name, error))"
    )
    files = sorted(str(file.relative_to(copied)) for file in copied.rglob("*.py"))
    return _call([python, "-c", code, *files], cwd=copied).splitlines()


def differences(before: Sequence[str], outcome: Outcome, known: Collection[str] = ()) -> List[str]:
    """What isn't as it was: tests that passed and don't any longer, and tests that weren't there.

    :param known: those that must fail.
    """
    lost = set(before) - set(outcome.passed) - (set(known) & set(outcome.failed))
    missing = sorted(lost - set(outcome.failed) - set(outcome.skipped))
    new = {*outcome.passed, *outcome.failed, *outcome.skipped} - set(before)
    return [
        *(f"fails: {name}" for name in sorted(lost & set(outcome.failed))),
        *(f"passes, but {KNOWN.name} says it can't: {name}" for name in sorted(set(known) & set(outcome.passed))),
        *(f"is skipped: {name}" for name in sorted(lost & set(outcome.skipped))),
        # A module that can't be imported takes all the others along.
        *(f"is missing: {name}" for name in missing[:5]),
        *([f"are missing: {len(missing) - 5} more"] if len(missing) > 5 else []),
        *(f"wasn't there: {name}" for name in sorted(new)),
    ]


def _call(command: Sequence[str], cwd: Path, env: Optional[Dict[str, str]] = None) -> str:
    """Run a command that must succeed, and give what it prints."""
    try:
        done = subprocess.run(command, cwd=str(cwd), env=env, capture_output=True, check=False)
    except OSError as error:
        raise Problem(f"{command[0]}: {error}") from error
    if done.returncode:
        text = done.stderr.decode("utf-8", "replace").strip() or done.stdout.decode("utf-8", "replace").strip()
        raise Problem(f"{' '.join(command)} ended with {done.returncode}:\n{text}")
    return done.stdout.decode("utf-8", "replace")


def describe(python: str, kind: str) -> Stack:
    """The stack of an interpreter, by what is installed."""
    code = (
        "import sys\n"
        "try:\n"
        "    import pkg_resources\n"
        "    get = lambda name: pkg_resources.get_distribution(name).version\n"
        "except ImportError:\n"
        "    from importlib.metadata import version as get\n"
        "print('python %d.%d' % sys.version_info[:2])\n"
        "for name in ('plumpy', 'tornado'):\n"
        "    try: print(name + ' ' + get(name))\n"
        "    except Exception: pass"
    )
    lines = _call([python, "-W", "ignore", "-c", code], cwd=HERE).splitlines()
    return Stack(python, kind, dict(line.strip().split(" ", 1) for line in lines))


class Grid:
    """The results, a row for a fixture and a column for a stack."""

    def __init__(self) -> None:
        self.cells: Dict[Tuple[str, str], str] = {}
        self.results: Dict[str, Dict[str, Any]] = {}
        self.known: List[str] = []
        self.troubles: List[str] = []

    def add(
        self,
        fixture: str,
        stack: Stack,
        outcome: Outcome,
        expected: Sequence[str],
        known: Mapping[str, str],
        found: Sequence[str],
    ) -> None:
        """Note how the tests ended, those that must fail, and what was found besides."""
        failed = sorted(set(known) & set(outcome.failed))
        mark = f" ({len(failed)} known)" if failed else ""
        self.cells[fixture, stack.name] = f"{len(outcome.passed)}/{len(outcome.failed)}{mark}/{outcome.total}"
        self.known += [f"{fixture}, {stack.name}: fails as is known: {name}: {known[name]}" for name in failed]
        self.troubles += [f"{fixture}, {stack.name}: {trouble}" for trouble in found]
        result = {"kind": stack.kind, "versions": stack.versions, "fixtures": {}}
        self.results.setdefault(stack.name, result)["fixtures"][fixture] = {
            "expected": len(expected),
            "passed": len(set(expected) & set(outcome.passed)),
            "known": len(failed),
            "troubles": len(found),
        }

    def text(self) -> str:
        """The results as a table."""
        rows = list(dict.fromkeys(row for row, _ in self.cells))
        columns = list(dict.fromkeys(column for _, column in self.cells))
        table = [["passed/failed/total", *columns]]
        table += [[row, *(self.cells.get((row, column), "-") for column in columns)] for row in rows]
        widths = [max(map(len, column)) for column in zip(*table)]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table)


def run_fixture(fixture: str, options: argparse.Namespace, folder: Path, grid: Grid) -> List[str]:
    """Run a fixture on all stacks, and give the names of the tests that it must pass."""
    expected = None if options.record else recorded().get(fixture, [])
    for stack in (*options.legacy, *options.flavour):
        starter = FLAVOUR if stack.kind == "flavour" else ()
        outcome = run_tests(copy(fixture, folder / fixture), stack.python, folder, options.limit, False, starter)
        if expected is None:
            expected = outcome.passed
        _note(grid, fixture, stack, outcome, expected, [], options)
    assert expected is not None
    if options.python:
        _run_migrated(fixture, options, folder, expected, grid)
    return expected


def _run_migrated(fixture: str, options: argparse.Namespace, folder: Path, before: Sequence[str], grid: Grid) -> None:
    copied = copy(fixture, folder / fixture)
    patch = HERE / fixture / PATCH
    migrator = [options.migrate_with, "-m", "codemods"]
    migrated = migrate(copied, patch, migrator, folder)
    by_hand = f", {patch.name} applied" if patch.exists() else ""
    print(f"{fixture}: {len(migrated.reported)} left{by_hand}, {len(migrated.left)} left at last")
    for left in migrated.left:
        print(f"    {left}")
    for stack in options.python:
        # The tests may write files, and compiled ones at that.
        outcome = run_tests(copied, stack.python, folder, options.limit, blocked=True)
        faults = [*migrated.faults, *compile_all(copied, stack.python)]
        _note(grid, fixture, stack, outcome, before, faults, options)


def _note(
    grid: Grid,
    fixture: str,
    stack: Stack,
    outcome: Outcome,
    expected: Sequence[str],
    faults: Sequence[str],
    options: argparse.Namespace,
) -> None:
    known = known_failures(fixture, stack)
    found = [*faults, *differences(expected, outcome, known)]
    grid.add(fixture, stack, outcome, expected, known, found)
    if options.verbose and found:
        print(f"--- {fixture}, {stack.name}\n{outcome.output}")


def parse(arguments: Optional[Sequence[str]] = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fixtures", nargs="*", metavar="FIXTURE", help="which ones; default: all")
    several: Dict[str, Any] = {"action": "append", "default": [], "metavar": "PYTHON"}
    parser.add_argument("--legacy", **several, help="run fixtures as they are with this interpreter; repeatable")
    parser.add_argument("--flavour", **several, help="the same, on plumpy_compat's legacy flavour; repeatable")
    parser.add_argument("--python", **several, help="run migrated ones with this interpreter; repeatable")
    parser.add_argument(
        "--migrate-with", metavar="PYTHON", help="the interpreter that has plumpy-migrate; default: this"
    )
    parser.add_argument(
        "--record", action="store_true", help=f"write the tests that pass with --legacy to {RECORD.name}"
    )
    parser.add_argument("--results", metavar="FILE", help="write how many tests passed there, for matrix.py")
    parser.add_argument("--keep", metavar="FOLDER", help="work there, and keep the migrated copies")
    parser.add_argument("--limit", type=int, default=300, metavar="SECONDS", help="for one run of tests; default 300")
    parser.add_argument("-v", "--verbose", action="store_true", help="print what pytest prints where tests fail")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.fixtures) - set(fixtures()))
    if unknown:
        parser.error(f"there is no fixture {unknown[0]}; there are {', '.join(fixtures())}")
    options.fixtures = options.fixtures or fixtures()
    if not (options.legacy or options.flavour or options.python):
        parser.error("give --legacy, --flavour or --python")
    if options.record and not options.legacy:
        parser.error("--record needs --legacy")
    return options


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run what the command line says, and give the exit code."""
    options = parse(arguments)
    try:
        return _main(options)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2


def _main(options: argparse.Namespace) -> int:
    if options.results and Path(options.results).exists():
        # What an earlier run left mustn't pass for this one's, should it come to no end.
        Path(options.results).unlink()
    options.migrate_with = options.migrate_with or sys.executable
    options.legacy = [describe(_found(python), "legacy") for python in options.legacy]
    options.flavour = [describe(_found(python), "flavour") for python in options.flavour]
    options.python = [describe(_found(python), "migrated") for python in options.python]
    grid = Grid()
    record: Dict[str, List[str]] = {}
    with workspace(options.keep) as folder:
        for stack in options.python:
            grid.troubles += [f"{stack.name}: {name} isn't blocked" for name in check_blocked(stack.python, folder)]
        for fixture in options.fixtures:
            record[fixture] = run_fixture(fixture, options, folder, grid)
    print(grid.text())
    for line in (*grid.known, *grid.troubles):
        print(line)
    if options.record:
        _write({**(recorded() if RECORD.exists() else {}), **record})
    if options.results:
        _write_results(Path(options.results), grid)
    return 1 if grid.troubles else 0


def _found(python: str) -> str:
    """The path of an interpreter, which must still be right in another folder."""
    path = shutil.which(python)
    if path is None:
        raise Problem(f"there is no interpreter {python}")
    # Not resolved: an environment's python is a link out of it.
    return os.path.abspath(path)


def _write_results(file: Path, grid: Grid) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(list(grid.results.values()), indent=1) + "\n", "utf-8")


def _write(record: Dict[str, List[str]]) -> None:
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
