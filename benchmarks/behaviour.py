"""Run the own tests of released packages before and after they are migrated, and compare each test.

The packages are from the years of six and ``__future__``. For each one this program takes the source archive and an
environment with the dependencies, runs the tests, migrates the tree, and runs the same tests in the same environment.
Each test must come out as it did before.

    python benchmarks/behaviour.py [--python PYTHON] [--keep FOLDER] [NAME ...]

The exit status is 1 if any test came out differently, or if a file doesn't compile any more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Sequence

from common import BenchmarkError, attempt, make_venv, migrate_command, migrate_environment, run, unpack_sdist
from residue import Counts, scan_tree

Outcomes = Dict[str, str]
"""What became of each test, by the test's name."""


@dataclass(frozen=True)
class Package:
    """A release and how to run its tests.

    :param name: the name of the distribution.
    :param version: the version.
    :param module: a module that the tests import, to check that it's the copy's.
    :param tests: arguments for pytest, relative to the top of the source archive.
    :param requirements: what the tests need besides the package's dependencies.
    :param source: the folder that must be on the module path.
    """

    name: str
    version: str
    module: str
    tests: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    source: str = "."


PACKAGES = (
    Package("plumpy", "0.14.5", "plumpy", ("test", "--ignore=test/rmq"), ("shortuuid", "frozendict<2")),
    Package("kiwipy", "0.5.5", "kiwipy", ("test", "--ignore=test/rmq"), ("shortuuid",)),
    Package(
        "html5lib",
        "1.0.1",
        "html5lib",
        ("--assert=plain", "-p", "no:doctest", "html5lib/tests"),
        ("mock", "pytest<4", "pytest-expect", "attrs<19.2"),
    ),
    Package("fs", "2.4.4", "fs", ("tests",), ("mock", "pyftpdlib<2", "psutil", "parameterized", "nose")),
    Package(
        "python-dateutil",
        "2.8.0",
        "dateutil",
        ("-o", "filterwarnings=", "dateutil/test"),
        ("freezegun", "hypothesis", "pytest-cov"),
    ),
    Package("prompt_toolkit", "2.0.9", "prompt_toolkit", ("tests",)),
    Package("structlog", "19.1.0", "structlog", ("tests",), ("freezegun", "pretend", "simplejson", "twisted"), "src"),
    Package("tenacity", "5.1.1", "tenacity", ("tenacity/tests",), ("tornado",)),
    Package("traitlets", "4.3.2", "traitlets", ("traitlets",)),
    Package("more-itertools", "5.0.0", "more_itertools", ("more_itertools",)),
    Package("pyrsistent", "0.14.11", "pyrsistent", ("tests",), ("hypothesis",)),
    Package(
        "Flask-RESTful",
        "0.3.7",
        "flask_restful",
        # The test checks that `six.text_type` is called, by a mock in the place of the module's `six`.
        ("tests", "--deselect=tests/test_reqparse.py::ReqParseTestCase::test_default_type"),
        # Later releases of mock refuse what one of the tests does; the standard library's of Python 3.9 doesn't.
        ("mock<5", "nose", "blinker", "flask<1.1", "werkzeug<1", "jinja2<3", "markupsafe<2.1", "itsdangerous<2.1"),
    ),
    Package("isodate", "0.6.0", "isodate", ("src/isodate/tests",), (), "src"),
)


def read_outcomes(report: Path) -> Outcomes:
    """Read a JUnit report.

    :param report: the file that pytest wrote.
    """
    outcomes: Outcomes = {}
    for case in ElementTree.parse(report).iter("testcase"):
        bad = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        name = "{}::{}".format(case.get("classname"), case.get("name"))
        outcomes[name] = bad[0] if bad else "passed"
    return outcomes


def run_tests(package: Package, tree: Path, programs: Path) -> Outcomes:
    """Run the tests of a copy of a package.

    :param package: the package.
    :param tree: the copy.
    :param programs: the folder with the environment's programs.
    """
    source = tree / package.source
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    where = f"import {package.module}; print({package.module}.__file__)"
    found = run([programs / "python", "-W", "ignore", "-c", where], cwd=tree, env=environment).stdout.strip()
    if source.resolve() not in Path(found.splitlines()[-1]).resolve().parents:
        raise BenchmarkError(f"{package.module} is imported from {found}, not from the copy")
    report = tree / "outcomes.xml"
    pytest = [str(programs / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    result = attempt([*pytest, f"--junit-xml={report}", *package.tests], cwd=tree, env=environment, timeout=900)
    (tree.parent / f"{tree.name}.log").write_text(result.stdout)
    if not report.exists():
        raise BenchmarkError(f"no tests ran: {result.stdout[-2000:]}")
    return read_outcomes(report)


def summary(outcomes: Outcomes) -> str:
    """Give the counts of a test run in the order passed, failed, skipped."""
    counts = Counter(outcomes.values())
    return "{} / {} / {}".format(counts["passed"], counts["failure"] + counts["error"], counts["skipped"])


def differences(before: Outcomes, after: Outcomes) -> list[str]:
    """Give one line for each test that came out differently."""
    lines = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, "absent"), after.get(name, "absent")
        if old != new:
            lines.append(f"{name}: {old} -> {new}")
    return lines


def check(package: Package, python: str, folder: Path) -> tuple[list[str], list[str]]:
    """Test, migrate and test again; print a row of the table.

    :param package: the package.
    :param python: the interpreter for the tests.
    :param folder: where the two copies go.
    :returns: what is wrong, and what the migration left to do.
    """
    pinned = f"{package.name}=={package.version}"
    needed = (pinned, "pytest<8", *package.requirements)
    programs = make_venv(package.name, python, needed, without=package.name)
    old = unpack_sdist(package.name, package.version, folder, python)
    before_migration = scan_tree(str(old))
    new = Path(shutil.copytree(old, folder / "migrated"))
    before = run_tests(package, old, programs)
    run(migrate_command(new), env=migrate_environment(folder / "state"))
    after = run_tests(package, new, programs)
    problems = differences(before, after)
    left = scan_tree(str(new))
    row = [pinned, summary(before), summary(after), str(len(problems))]
    for counts in (before_migration, left):
        row.append(f"{len(counts.six_imports)} / {len(counts.six_uses)} / {len(counts.futures)}")
    print("| {} |".format(" | ".join(row)), flush=True)
    broken = [place for place in left.unparsed + left.uncompiled if place[0] not in unread(before_migration)]
    problems += [f"{path}:{line}: {what}" for path, line, what in broken]
    return problems, [f"{path}:{line}: {what}" for path, line, what in left.six_imports + left.six_uses + left.futures]


def unread(counts: Counts) -> set[str]:
    """Give the paths of files that the compiler refused before the migration, too."""
    return {path for path, _, _ in counts.unparsed + counts.uncompiled}


def find_python() -> str:
    """Find an interpreter of a version that the packages of that time run on."""
    for name in ("python3.9", "python3.8"):
        program = shutil.which(name)
        # A version manager may put a program on the path that only says that it isn't there.
        if program and not attempt([program, "--version"]).returncode:
            return program
    return sys.executable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the result is its exit status."""
    parser = argparse.ArgumentParser(description="Compare the tests of released packages before and after migration.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="packages; all by default")
    parser.add_argument("--python", help="interpreter for the tests; by default Python 3.9 or 3.8 from the path")
    parser.add_argument("--keep", type=Path, help="an empty folder for the copies and logs; they are deleted otherwise")
    options = parser.parse_args(arguments)
    chosen = [package for package in PACKAGES if not options.names or package.name in options.names]
    python = options.python or find_python()
    print("| package | before: passed / failed / skipped | after | different | six, uses, futures before | after |")
    print("|---|---|---|---|---|---|")
    problems, leftovers = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for package in chosen:
            folder = (options.keep or Path(scratch)).resolve() / package.name
            folder.mkdir(parents=True)
            try:
                wrong, left = check(package, python, folder)
                problems += [f"{package.name}: {line}" for line in wrong]
                leftovers += [f"{package.name}: {line}" for line in left]
            except BenchmarkError as error:
                problems.append(f"{package.name}: {error}")
                print(f"| {package.name} | could not be compared | | | | |", flush=True)
    for title, lines in (("Came out differently:", problems), ("Left by the migration:", leftovers)):
        if lines:
            print("", title, *lines, sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
