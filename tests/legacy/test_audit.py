"""`python -m plumpy_compat.audit`: the table of the legacy features that a run used."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

from plumpy_compat import audit

LEGACY = "import plumpy_compat.legacy as plumpy\n"
SCRIPT = """\
import plumpy, sys
process = plumpy.Process()
for _ in range(3):
    process.done()
process.loop()
print(sys.argv[1:])
sys.exit(int(sys.argv[1]))
"""


def run(folder: Path, *arguments: str, **variables: Optional[str]) -> subprocess.CompletedProcess:
    environment: Any = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **variables}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "plumpy_compat.audit", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def rows(done: subprocess.CompletedProcess) -> Any:
    """The lines of the table, without the widths of columns."""
    lines = done.stdout.split("rule ")[1].splitlines()[1:]
    return [" ".join(line.split()) for line in lines[: lines.index("")]]


@pytest.mark.parametrize("code", [0, 3])
def test_the_table_has_each_place_and_the_totals_and_the_exit_code_is_the_programs(code: int, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = run(tmp_path, "--legacy", "script.py", str(code), "more")
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines() == [
        f"['{code}', 'more']",
        "",
        "rule    legacy feature    place        uses",
        "PLM102  `Process.loop()`  script.py:5     1",
        "PLM106  `Process.done()`  script.py:4     3",
        "",
        "rule    places  uses",
        "PLM102  1          1",
        "PLM106  1          3",
        "all     2          4",
        "",
        "`plumpy-migrate --explain RULE` tells what takes the place of each.",
    ]


def test_without_the_option_the_program_imports_the_flavour_itself(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(LEGACY + "plumpy.Process().done()\n", encoding="utf-8")
    done = run(tmp_path, "-m", "mine")
    assert rows(done) == ["PLM101 `plumpy_compat.legacy` itself mine.py:1 1", "PLM106 `Process.done()` mine.py:2 1"]


@pytest.mark.parametrize("arguments", [(), ("--legacy",)])
def test_a_run_that_used_nothing_is_told_so(arguments: Any, tmp_path: Path) -> None:
    name = "plumpy" if arguments else "plumpy_compat"
    (tmp_path / "script.py").write_text(f"import {name} as plumpy; print(plumpy.Process)\n", encoding="utf-8")
    done = run(tmp_path, *arguments, "script.py")
    assert done.returncode == 0
    assert done.stdout.endswith("\n\nno legacy feature was used: plumpy_compat.legacy can go\n")


def test_uses_can_be_had_as_json(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    run(tmp_path, "--json", "uses.json", "--legacy", "script.py", "0")
    assert json.loads((tmp_path / "uses.json").read_text(encoding="utf-8")) == [
        {"rule": "PLM102", "feature": "`Process.loop()`", "file": "script.py", "line": 5, "count": 1},
        {"rule": "PLM106", "feature": "`Process.done()`", "file": "script.py", "line": 4, "count": 3},
    ]


def test_programs_that_the_program_starts_count_too(tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(LEGACY + "plumpy.Process().done()\n", encoding="utf-8")
    start = "import subprocess, sys\nfor _ in range(2):\n    subprocess.check_call([sys.executable, 'child.py'])\n"
    (tmp_path / "script.py").write_text(start, encoding="utf-8")
    done = run(tmp_path, "script.py")
    assert rows(done) == ["PLM101 `plumpy_compat.legacy` itself child.py:1 2", "PLM106 `Process.done()` child.py:2 2"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_worker_counts_what_it_used_itself(tmp_path: Path) -> None:
    code = (
        "import multiprocessing, plumpy\n"
        "def work():\n"
        "    plumpy.Process().done()\n"
        "plumpy.Process().done()\n"
        "worker = multiprocessing.get_context('fork').Process(target=work)\n"
        "worker.start()\n"
        "worker.join()\n"
    )
    (tmp_path / "script.py").write_text(code, encoding="utf-8")
    done = run(tmp_path, "--legacy", "script.py")
    assert rows(done) == ["PLM106 `Process.done()` script.py:3 1", "PLM106 `Process.done()` script.py:4 1"], done.stderr


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_of_pytest_is_audited(workers: int, tmp_path: Path) -> None:
    if workers and importlib.util.find_spec("xdist") is None:
        pytest.skip("pytest-xdist isn't installed")
    code = (
        "import pytest\n"
        "@pytest.mark.parametrize('x', range(4))\n"
        "def test_it(x):\n"
        "    assert not plumpy.Process().done()\n"
    )
    (tmp_path / "test_mine.py").write_text(LEGACY + code, encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", *(["-n", str(workers)] if workers else [])]
    done = run(tmp_path, "-m", "pytest", *options, "test_mine.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PLM106 `Process.done()` test_mine.py:5 4" in rows(done)


def test_a_program_that_was_killed_is_told_as_a_shell_does(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("there are no such signals")
    (tmp_path / "script.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", encoding="utf-8")
    assert run(tmp_path, "script.py").returncode == 137


def test_the_usage_is_printed(tmp_path: Path) -> None:
    assert run(tmp_path, "--help").stdout.startswith("Shows which legacy features")
    for wrong in ([], ["-m"], ["--wrong"], ["--legacy"], ["--json"]):
        done = run(tmp_path, *wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Shows which legacy features" in done.stderr


def test_it_imports_neither_tornado_nor_the_flavour() -> None:
    code = (
        "import sys, plumpy_compat.audit\n"
        "print([one for one in sys.modules if one.startswith(('tornado', 'plumpy_compat.legacy'))])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout == "[]\n", done.stderr


def test_counts_are_added_up_and_sorted_by_rule_place_and_line(tmp_path: Path) -> None:
    def row(line: int, count: int) -> Any:
        return {"rule": "PLM106", "feature": "x", "file": "/elsewhere/one.py", "line": line, "count": count}

    (tmp_path / "a.json").write_text(json.dumps([row(10, 1), row(9, 2)]), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps([row(10, 5)]), encoding="utf-8")
    place = audit.Use("PLM106", "x", "/elsewhere/one.py", 9)
    assert list(audit.read(tmp_path).items()) == [(place, 2), (place._replace(line=10), 6)]
