"""Random programs of tornado's coroutines do the same before and after their migration."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Optional

import pytest
from hypothesis import HealthCheck, given, note, settings

from codemods.engine import run, run_source
from codemods.findings import FileResult
from codemods.settings import Settings
from tests.migrate.properties.programs import Program, programs

TORNADO = "PLUMPY_COMPAT_TORNADO_PYTHON"
"""The environment variable that names a Python with tornado 4.5.3."""

EXAMPLES = int(os.environ.get("PLUMPY_COMPAT_PROGRAMS", "40"))
"""How many programs are tried each way."""

TARGET = (3, 8)
ROOT = Path(__file__).resolve().parents[3]
WORKER = Path(__file__).with_name("worker.py")
PATIENCE = 90.0
"""How many seconds a program may take; the longest ones take a tenth of one."""


class Worker:
    """An interpreter that runs one program after the other."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._process: Optional[subprocess.Popen[str]] = None

    def run(self, sources: Dict[str, str]) -> Dict[str, Any]:
        """Run a program; give its result and trace, or why there are none."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(sources) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        answer = process.stdout.readline() if ready else ""
        if not answer:
            self.stop()
            return {"broken": "it ended the interpreter" if ready else "it hangs"}
        outcome: Dict[str, Any] = json.loads(answer)
        return outcome

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self._python, str(WORKER)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


@pytest.fixture(scope="module")
def tornado() -> Iterator[Worker]:
    python = os.environ.get(TORNADO)
    code = "import tornado; assert tornado.version == '4.5.3'"
    if not python or subprocess.run([python, "-c", code], capture_output=True, check=False).returncode:
        pytest.skip(f"{TORNADO} doesn't name a Python with tornado 4.5.3")
    worker = Worker(python)
    yield worker
    worker.stop()


@pytest.fixture(scope="module")
def asyncio() -> Iterator[Worker]:
    worker = Worker(sys.executable)
    yield worker
    worker.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


def migrate_alone(program: Program, folder: Path, stage: str) -> Dict[str, str]:
    """Migrate a program in one file, of which other files may know."""
    options = Settings(target_version=TARGET, stage=stage)
    return {"program": content(run_source(program.single().encode(), "program.py", options))}


def migrate_project(program: Program, folder: Path, stage: str) -> Dict[str, str]:
    """Migrate a program in three files that are all there is."""
    for name, source in program.modules().items():
        (folder / f"{name}.py").write_text(source)
    results = run([str(folder)], Settings(target_version=TARGET, stage=stage, jobs=1), write=False).files
    migrated = {Path(one.path).stem: content(one) for one in results}
    return {name: migrated[name] for name in program.modules()}


def content(result: FileResult) -> str:
    """The source that a file is to have."""
    note(f"{result.path}: {result.status}, {result.findings}")
    assert result.after is not None
    return result.after.decode()


@pytest.mark.parametrize("stage", ["asyncio", "final"])
@pytest.mark.parametrize("migrate", [migrate_alone, migrate_project])
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(program=programs())
def test_a_program_does_the_same_migrated(
    tornado: Worker,
    asyncio: Worker,
    folder: Path,
    migrate: Callable[[Program, Path, str], Dict[str, str]],
    stage: str,
    program: Program,
) -> None:
    note(program.single())
    before = tornado.run({"program": program.single()})
    assert "broken" not in before, before["broken"]
    migrated = migrate(program, folder, stage)
    for name, source in migrated.items():
        note(f"{name}, migrated:\n{source}")
    assert asyncio.run(migrated) == before
