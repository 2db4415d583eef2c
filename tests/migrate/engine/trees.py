"""What the tests of the engine share: small trees, and runs over them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Dict, List

from codemods import engine
from codemods.findings import FileResult, Finding, Outcome, RunResult
from codemods.settings import Settings


def put(root: Path, path: str, text: str) -> None:
    """Write one file."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(dedent(text).encode())


def grow(root: Path, files: Dict[str, str]) -> Path:
    """Write files, by their paths."""
    for path, text in files.items():
        put(root, path, text)
    return root


def run(root: Path, *, write: bool = False, **settings: object) -> RunResult:
    """Run the engine over a tree."""
    return engine.run([str(root)], Settings(**settings), write=write)  # type: ignore[arg-type]


def result_of(result: RunResult, name: str) -> FileResult:
    """What became of the file whose path ends in `name`."""
    found = [one for one in result.files if one.path.replace("\\", "/").endswith(name)]
    assert len(found) == 1, [one.path for one in result.files]
    return found[0]


def left(result: RunResult, name: str) -> List[Finding]:
    """What was left to a human in a file."""
    return [one for one in result_of(result, name).findings if one.outcome is Outcome.LEFT]


def after(result: RunResult, name: str) -> str:
    """The new text of a file."""
    data = result_of(result, name).after
    assert data is not None, result_of(result, name).findings
    return data.decode()


def texts(root: Path) -> Dict[str, bytes]:
    """The content of all files of a tree."""
    return {str(one.relative_to(root)): one.read_bytes() for one in sorted(root.rglob("*")) if one.is_file()}
