"""What the benchmarks share: source archives, virtual environments and the command under test."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterable, Sequence

PROJECT = Path(__file__).resolve().parent.parent

CACHE = Path(tempfile.gettempdir()) / "plumpy-migrate-benchmarks"


class BenchmarkError(Exception):
    """Something that a benchmark needs doesn't work."""


def run(command: Sequence[str | Path], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command and give what it printed; raise :class:`BenchmarkError` if it fails.

    :param command: the program and its arguments.
    :param options: more for :func:`subprocess.run`.
    """
    words = [str(word) for word in command]
    result = attempt(words, **options)
    if result.returncode:
        raise BenchmarkError(f"{' '.join(words)} ended with {result.returncode}:\n{result.stdout[-2000:]}")
    return result


def attempt(command: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command whatever its exit status, with both its outputs in one text."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options
    )


def unpack_sdist(name: str, version: str, into: Path, python: str = sys.executable) -> Path:
    """Unpack the source archive of a release, downloading it if it isn't in the cache.

    :param name: the name of the distribution.
    :param version: the version.
    :param into: the folder to unpack to.
    :param python: the interpreter whose pip downloads; it must suit the release.
    :returns: the top folder of the release.
    """
    folder = CACHE / "sdists" / f"{name}-{version}"
    if not folder.is_dir():
        partial = Path(tempfile.mkdtemp(dir=make_folder(CACHE)))
        pip = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
        run([*pip, "--dest", partial, f"{name}=={version}"])
        make_folder(folder.parent)
        partial.rename(folder)
    archive = next(folder.glob("*.tar.gz"))
    shutil.unpack_archive(str(archive), str(into))
    return into / archive.name[: -len(".tar.gz")]


def make_folder(folder: Path) -> Path:
    """Make a folder with its parents, if it isn't there, and give it."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def make_venv(name: str, python: str, requirements: Iterable[str], without: str = "") -> Path:
    """Make a virtual environment, or take the one of an earlier run with the same requirements.

    :param name: what the folder is called, for people.
    :param python: the interpreter.
    :param requirements: what pip installs.
    :param without: a distribution to uninstall afterwards, so that only its dependencies stay.
    :returns: the folder with the environment's programs.
    """
    wanted = [python, *requirements, without]
    folder = CACHE / "venvs" / f"{name}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:8]}"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    finished = folder / "finished"
    if not finished.exists():
        shutil.rmtree(folder, ignore_errors=True)
        run([python, "-m", "venv", folder])
        run([programs / "python", "-m", "pip", "install", "--quiet", *requirements])
        if without:
            run([programs / "python", "-m", "pip", "uninstall", "--quiet", "--yes", without])
        finished.touch()
    return programs


def migrate_command(path: Path, *options: str) -> list[str]:
    """Give the command under test for a tree."""
    return [sys.executable, "-m", "codemods", "--quiet", "--allow-dirty", *options, str(path)]


def migrate_environment(state: Path) -> dict[str, str]:
    """Give the environment variables of the command under test.

    :param state: the folder for its journals.
    """
    return {**os.environ, "PYTHONPATH": str(PROJECT), "PLUMPY_MIGRATE_STATE": str(state)}
