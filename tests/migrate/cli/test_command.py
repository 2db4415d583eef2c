"""What the command does: its modes, exit codes, and what it refuses."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, List

import pytest


def write(**files: str) -> None:
    for name, text in files.items():
        Path(name + ".py").write_text(text)


def test_rewrites_in_place(invoke: Any) -> None:
    write(a="old\n", b="fine\n")
    done = invoke(".")
    assert (done.code, Path("a.py").read_text(), Path("b.py").read_text()) == (0, "new\n", "fine\n")
    assert "Rewrote a.py" in done.out
    assert "Rewrote 1 place in 1 of 2 files." in done.out


def test_left_overs_are_no_error(invoke: Any) -> None:
    write(a="stuck\n")
    done = invoke(".")
    assert done.code == 0
    assert "a.py:1:1  SIX102  stuck [red]can't[/red] be rewritten\n    Do it.\n" in done.out


@pytest.mark.parametrize("mode", [["--check"], ["--diff"], ["--check", "--diff"]])
def test_modes_that_write_nothing(invoke: Any, mode: List[str]) -> None:
    write(a="old\n")
    done = invoke(*mode, ".")
    assert (done.code, Path("a.py").read_text()) == (1, "old\n")
    assert "Would rewrite a.py" in done.out + done.err


@pytest.mark.parametrize("mode", ["--check", "--diff"])
def test_nothing_to_change(invoke: Any, mode: str) -> None:
    write(a="fine\n")
    assert invoke(mode, ".").code == 0


def test_diff_goes_to_stdout_and_the_report_to_stderr(invoke: Any) -> None:
    write(a="old\n")
    done = invoke("--diff", "a.py")
    assert done.out == "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old\n+new\n"
    assert "Would rewrite 1 place" in done.err


def test_failed_file_gives_exit_code_2(invoke: Any) -> None:
    write(a="broken\n", b="old\n")
    done = invoke("--check", ".")
    assert done.code == 2
    assert done.out.index("Would rewrite b.py") < done.out.index("a.py:1  PM001  can't be parsed")


def test_nothing_found_is_one_line(invoke: Any) -> None:
    write(a="fine\n")
    assert invoke(".").out == "Nothing to migrate in 1 file.\n"


def test_quiet(invoke: Any) -> None:
    write(a="old\n", b="stuck\n")
    assert invoke("-q", ".").out.splitlines()[0] == "Left to do by hand (1):"


def test_verbose_counts_by_rule_and_logs(invoke: Any) -> None:
    write(a="old\n", b="stuck\n")
    done = invoke("-v", ".")
    assert "old becomes new" in done.out
    assert "2 of 2 files done" in done.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "Name what to migrate, such as ."),
        (["nowhere"], "There is no file or folder nowhere"),
        (["-", "."], '"-" goes neither'),
        (["-q", "-v", "."], "exclude each other"),
        (["--undo", "--diff", "."], "--undo goes neither"),
        (["--stdin-filename", "a.py", "."], "--stdin-filename goes with"),
        (["--output", "no/where.json", "."], "no folder no for --output"),
        (["--select", "SIX10x", "."], 'unknown rule or family "SIX10X"; did you mean "SIX10'),
        (["--ignore", "SIX101,nonsense", "."], 'unknown rule or family "NONSENSE"'),
        (["--target-version", "2.7", "."], 'must be a version from "3.8" to "3.14"'),
        (["--jobs", "-1", "."], "--jobs"),
        (["--format", "xml", "."], "'xml' is not one of"),
        (["--explain", "SIX111"], 'there is no rule "SIX111"; did you mean "SIX10'),
        (["--config", "none.toml", "."], "none.toml"),
        (["--dif", "."], "--diff"),
    ],
)
def test_wrong_usage(invoke: Any, args: List[str], message: str) -> None:
    done = invoke(*args)
    assert done.code == 2
    assert message in " ".join(done.err.split())


def test_options_become_settings(invoke: Any, engine: Any) -> None:
    write(a="fine\n")
    invoke(
        *("--select", "six,PY2", "--select", "SIX101", "--ignore", "SIX102", "--extend-select", "PY201"),
        *("--target-version", "3.10", "-j", "1", "--exclude", "x/", "--py2", "--six-module", "vendor.six", "."),
    )
    settings = engine.settings
    assert settings.select == ("SIX", "PY2", "SIX101")
    assert (settings.ignore, settings.extend_select) == (("SIX102",), ("PY201",))
    assert (settings.target_version, settings.jobs, settings.py2) == ((3, 10), 1, True)
    assert (settings.exclude, settings.six_modules) == (("x/",), ("vendor.six",))


def test_filter(invoke: Any) -> None:
    done = invoke("-", "--stdin-filename", "a.py", stdin=b"old \xe9\r\n")
    assert (done.code, done.raw) == (0, b"new \xe9\r\n")
    assert "a.py" in done.err


def test_filter_passes_what_it_cannot_process(invoke: Any) -> None:
    done = invoke("-", stdin=b"broken old")
    assert (done.code, done.raw) == (2, b"broken old")


@pytest.mark.parametrize(("mode", "out"), [("--check", b""), ("--diff", b"-old\n+new\n")])
def test_filter_in_a_mode_that_only_looks(invoke: Any, mode: str, out: bytes) -> None:
    done = invoke("-", mode, stdin=b"old\n")
    assert done.code == 1
    assert done.raw.endswith(out)
    assert not done.raw.startswith(b"new")


def test_report_to_a_file(invoke: Any) -> None:
    write(a="old\n")
    done = invoke("--check", "--format", "json", "--output", "report.json", ".")
    assert done.out == ""
    assert "Would rewrite 1 place" in done.err
    assert '"plumpy-migrate-report"' in Path("report.json").read_text()


@pytest.mark.parametrize(("form", "start"), [("json", "{"), ("sarif", "{"), ("github", "::warning file=a.py,line=1")])
def test_formats(invoke: Any, form: str, start: str) -> None:
    write(a="old\n")
    assert invoke("--check", "--format", form, ".").out.startswith(start)


def test_interrupt(invoke: Any, engine: Any) -> None:
    engine.interrupt = True
    done = invoke(".")
    assert done.code == 130
    assert done.err.startswith("Interrupted. Each file is as it was")


def git(*args: str) -> None:
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.invalid"]
    subprocess.run(["git", *identity, *args], check=True, stdout=subprocess.DEVNULL)


def test_uncommitted_changes_stop_a_run_that_writes(invoke: Any) -> None:
    write(**{f"file{number}": "old\n" for number in range(7)})
    git("init", "-q")
    done = invoke(".")
    assert done.code == 2
    assert all(f"  file{number}.py\n" in done.err for number in range(5))
    assert "file5" not in done.err
    assert "and 2 more" in done.err
    assert "--allow-dirty" in done.err
    assert invoke("--check", ".").code == 1
    assert invoke("--allow-dirty", ".").code == 0


def test_committed_tree_is_rewritten(invoke: Any) -> None:
    write(a="old\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "start")
    assert (invoke(".").code, Path("a.py").read_text()) == (0, "new\n")


def test_undo_without_a_run(invoke: Any) -> None:
    done = invoke("--undo", ".")
    assert done.code == 2
    assert "There is no run to take back here." in done.err


def test_undo_restores_and_refuses(invoke: Any, tmp_path: Path) -> None:
    from codemods.journal import Journal, run_root
    from codemods.write import Change

    write(a="old\n", b="old\n")
    changes = [Change(name, str((tmp_path / name).resolve()), b"old\n", b"new\n") for name in ("a.py", "b.py")]
    Journal.create(run_root(["."]), changes)
    write(a="new\n", b="edited since\n")
    done = invoke("--undo", ".")
    assert done.code == 2
    assert (Path("a.py").read_text(), Path("b.py").read_text()) == ("old\n", "edited since\n")
    assert "Restored a.py\nRestored 1 file.\n" in done.out
    assert "b.py: it was changed since" in done.err
