"""The command with a registry and an engine of two rules, so that it can be tested for itself."""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, List, Optional, Sequence

import pytest
from click.testing import CliRunner

from codemods.cli import command
from codemods.findings import FileResult, Finding, Outcome, RunResult, Status
from codemods.settings import Settings


@dataclass(frozen=True)
class FakeRule:
    code: str
    title: str
    doc: str
    family: str
    default: bool = True


RULES = (
    FakeRule("SIX101", "old becomes new", "old becomes new.\n\nBefore: old\nAfter: new", "SIX"),
    FakeRule("SIX102", "stuck can't be rewritten", "", "SIX"),
    FakeRule("PY201", "only if wanted", "only if wanted", "PY2", default=False),
)


class FakeEngine:
    """Rewrites ``old``; leaves ``stuck``; fails on ``broken``. Keeps the settings that it was given."""

    def __init__(self) -> None:
        self.settings: Optional[Settings] = None
        self.interrupt = False

    def run(
        self,
        paths: Sequence[str],
        settings: Settings,
        *,
        write: bool,
        progress: Optional[Callable[[int, int], None]] = None,
    ) -> RunResult:
        if self.interrupt:
            raise KeyboardInterrupt
        files: List[Path] = []
        for path in map(Path, paths):
            files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
        results = []
        for number, file in enumerate(files, 1):
            result = self.run_source(file.read_bytes(), str(file), settings)
            if write and result.after is not None:
                file.write_bytes(result.after)
            results.append(result)
            if progress is not None:
                progress(number, len(files))
        return RunResult([one for one in results if one.findings], len(files), wrote=write)

    def run_source(self, data: bytes, filename: str, settings: Settings) -> FileResult:
        self.settings = settings
        result = FileResult(filename, before=data)
        if b"stuck" in data:
            result.findings.append(Finding("SIX102", 1, 1, "stuck [red]can't[/red] be rewritten", advice="Do it."))
        if b"broken" in data:
            result.findings.append(Finding("PM001", 1, 0, "can't be parsed", Outcome.ERROR))
            result.status = Status.FAILED
        elif b"old" in data:
            result.findings.append(Finding("SIX101", 1, 1, "old", Outcome.REWRITTEN))
            result.status, result.after = Status.CHANGED, data.replace(b"old", b"new")
        return result


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """Put a fake engine and registry in the place of the real ones."""
    fake = FakeEngine()
    for name, members in (
        ("codemods.engine", {"run": fake.run, "run_source": fake.run_source}),
        ("codemods.registry", {"all_rules": lambda: RULES}),
    ):
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    return fake


@pytest.fixture
def invoke(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A function that runs the command in an empty folder, and gives its output and exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLUMPY_MIGRATE_STATE", str(tmp_path.parent / "state"))

    def run(*args: str, stdin: Optional[bytes] = None) -> SimpleNamespace:
        # click 8.2 has both streams always, and doesn't know the argument that it took before.
        separate = "mix_stderr" in inspect.signature(CliRunner).parameters
        keywords: Any = {"mix_stderr": False} if separate else {}
        result = CliRunner(**keywords).invoke(command, args, input=stdin, prog_name="plumpy-migrate")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr, raw=result.stdout_bytes)

    return run
