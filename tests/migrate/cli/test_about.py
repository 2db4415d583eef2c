"""What the command says about itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest

from codemods import __version__
from codemods.engine_codes import ENGINE_CODES

ROOT = Path(__file__).resolve().parents[3]


def python(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, *args], env=env, capture_output=True, text=True, check=False)


def test_version() -> None:
    done = python("-m", "codemods", "--version")
    assert (done.returncode, done.stdout.split()[-1]) == (0, __version__)


def test_version_imports_no_more_than_click() -> None:
    code = (
        "import sys; from codemods.__main__ import main; sys.argv[1:] = ['--version']\n"
        "try: main()\n"
        "finally: print(sorted(m for m in sys.modules if m.startswith(('codemods', 'rich', 'libcst', 'ruamel'))))"
    )
    assert "['codemods', 'codemods.__main__', 'codemods.cli']" in python("-c", code).stdout


@pytest.mark.parametrize("missing", ["click", "libcst"])
def test_without_the_extra(missing: str) -> None:
    code = (
        "import codemods.__main__ as entry; real = entry.find_spec\n"
        f"entry.find_spec = lambda name: None if name == {missing!r} else real(name)\n"
        "entry.main()"
    )
    done = python("-c", code)
    assert (done.returncode, done.stdout) == (2, "")
    assert 'pip install "plumpy-compat[migrate]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_pipe_is_quiet() -> None:
    command = [sys.executable, "-m", "codemods", "--help"]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(invoke: Any, shell: str) -> None:
    done = invoke("--completion", shell)
    assert done.code == 0
    assert f"_PLUMPY_MIGRATE_COMPLETE={shell}_complete" in done.out


def test_completion_of_codes() -> None:
    from click.shell_completion import ShellComplete

    from codemods.cli import command

    complete = ShellComplete(command, {}, "plumpy-migrate", "_PLUMPY_MIGRATE_COMPLETE")
    assert [item.value for item in complete.get_completions(["--color"], "a")] == ["auto", "always"]


def test_completion_of_rules(invoke: Any) -> None:
    from click.shell_completion import ShellComplete

    from codemods.cli import command

    complete = ShellComplete(command, {}, "plumpy-migrate", "_PLUMPY_MIGRATE_COMPLETE")
    assert [item.value for item in complete.get_completions(["--select"], "PY2,six1")] == ["PY2,SIX101", "PY2,SIX102"]


def test_list_rules(invoke: Any) -> None:
    lines = invoke("--list-rules").out.splitlines()
    assert lines[:7] == [
        "SIX: six and its moves",
        "  SIX101  old becomes new",
        "  SIX102  stuck can't be rewritten",
        "PY2: leftovers of Python 2",
        "  PY201  only if wanted (only if selected)",
        "PM: plumpy-migrate itself",
        "  PM001  a file that can't be parsed",
    ]


def test_every_code_of_the_engine_is_explained(invoke: Any) -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "codemods").rglob("*.py") if path.name != "engine_codes.py"]
    used = {code for text in sources for code in re.findall(r"\"(PM\d{3})\"", text)}
    assert used == {one.code for one in ENGINE_CODES}
    for code in used:
        assert invoke("--explain", code.lower()).out.startswith(f"{code}: ")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("six101", "SIX101: old becomes new.\n\nBefore: old\nAfter: new\n"),
        ("SIX102", "SIX102: stuck can't be rewritten\n"),
        ("PY201", "PY201 (only if selected): only if wanted\n"),
        ("six", "SIX: six and its moves\n  SIX101  old becomes new\n  SIX102  stuck can't be rewritten\n"),
        ("PM004", "PM004: a file that can't be read.\n\nThe system refused to read it; an error.\n"),
    ],
)
def test_explain(invoke: Any, code: str, text: str) -> None:
    assert invoke("--explain", code).out == text


def test_help_names_groups_examples_and_exit_codes(invoke: Any) -> None:
    text = invoke("--help").out
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith("  ")]
    assert headings == ["What to do:", "Rules:", "Files:", "Report:", "About:"]
    assert "Examples:" in text
    assert "Exit codes:" in text


@pytest.mark.parametrize(
    ("args", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {}, False),
    ],
)
def test_colour(invoke: Any, monkeypatch: Any, args: List[str], environment: Any, coloured: bool) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    Path("a.py").write_text("old\nstuck\n")
    done = invoke("--diff", *args, "a.py")
    assert ("\x1b[" in done.out, "\x1b[" in done.err) == (coloured, coloured)


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal(monkeypatch: Any, environment: Any, coloured: bool) -> None:
    from codemods.console import use_colour

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal: Any = Terminal()
    assert use_colour("auto", terminal) is coloured
