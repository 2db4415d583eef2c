"""Environments with releases of plumpy, each on a Python of its time; and how to run a script on them or on ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

HERE = Path(__file__).resolve().parent
TIMEOUT = 600.0


class Pins(NamedTuple):
    """What an environment is made of."""

    python: str
    packages: str


# Of tornado's time, of the first asyncio releases, and of today.
RELEASES: Dict[str, Pins] = {
    "0.14.5-py27": Pins(
        "2.7", "plumpy==0.14.5 tornado==4.5.3 kiwipy[rmq]==0.5.5 topika==0.2.2 pika==1.1.0 frozendict==1.2 shortuuid<1"
    ),
    "0.14.5": Pins("3.7", "plumpy==0.14.5 tornado==4.5.3 kiwipy[rmq]==0.5.5 topika==0.2.2 pika==1.1.0 frozendict==1.2"),
    "0.15.2": Pins("3.8", "plumpy==0.15.2 tornado==4.5.3 kiwipy[rmq]==0.5.5 topika==0.2.2 pika==1.1.0 frozendict==1.2"),
    "0.16.1": Pins("3.8", "plumpy==0.16.1 frozendict==1.2"),
    "0.18.6": Pins("3.9", "plumpy==0.18.6 frozendict==1.2"),
    "0.22.3": Pins("3.10", "plumpy==0.22.3"),
    "0.26.1": Pins("3.11", "plumpy==0.26.1"),
}


class Problem(Exception):
    """Something because of which nothing can be said."""


class Peer(NamedTuple):
    """A Python with a plumpy, real or ours."""

    name: str
    python: str
    flavour: Optional[str] = None
    """None for the real plumpy, else which flavour of ours."""

    @property
    def version(self) -> Tuple[int, ...]:
        """The version of a real plumpy; that whose API it is for ours."""
        text = {"modern": "0.26.1", "legacy": "0.15.2"}.get(self.flavour or "", self.name.partition("-")[0])
        return tuple(int(part) for part in text.split("."))

    @property
    def of_tornado(self) -> bool:
        """Whether it's a real plumpy of tornado's time."""
        return self.flavour is None and self.version < (0, 16)

    def command(self, script: str, *arguments: str) -> List[str]:
        """The command that runs a script of this folder."""
        path = str(HERE / script)
        if self.flavour is None:
            return [self.python, path, *arguments]
        flavour = () if self.flavour == "modern" else (self.flavour,)
        program = (
            "import runpy, sys, plumpy_compat; plumpy_compat.install_as_plumpy(*{!r}); sys.path.insert(0, {!r}); "
            "sys.argv = [{!r}] + sys.argv[1:]; runpy.run_path({!r}, run_name='__main__')"
        )
        return [self.python, "-c", program.format(flavour, str(HERE), path, path), *arguments]

    def environment(self) -> Dict[str, str]:
        """The environment variables to run it with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
        paths = {"PYTHONPATH": str(HERE.parents[1])} if self.flavour else {}
        return {**kept, **paths, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}

    def run(self, script: str, *arguments: str) -> str:
        """Run a script of this folder, and give what it printed."""
        done = subprocess.run(
            self.command(script, *arguments), env=self.environment(), capture_output=True,
            encoding="utf-8", timeout=TIMEOUT, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Problem(f"{script} failed on {self.name}:\n{done.stderr[-2000:]}")
        return done.stdout


def interpreter(folder: Path) -> Path:
    """The Python of an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def real_peers(folder: Path, names: Optional[Sequence[str]] = None) -> List[Peer]:
    """The releases of plumpy that a folder has environments of; all that we know, if they're there."""
    known = [name for name in RELEASES if names is None or name in names]
    return [Peer(name, str(interpreter(folder / name))) for name in known if interpreter(folder / name).exists()]


def our_peers(python: str = sys.executable, flavours: Sequence[str] = ("modern", "legacy")) -> List[Peer]:
    """Ours, in these flavours."""
    return [Peer(f"ours, {flavour}", python, flavour) for flavour in flavours]


def make(folder: Path, names: Optional[Sequence[str]] = None) -> None:
    """Make the environments that aren't there yet; a release whose Python `PATH` doesn't have is left out."""
    for name, pins in RELEASES.items():
        if (names is not None and name not in names) or interpreter(folder / name).exists():
            continue
        python = shutil.which(f"python{pins.python}")
        if python is None:
            print(f"left out {name}: there is no python{pins.python}", file=sys.stderr)
            continue
        # The module venv came with Python 3; virtualenv before 20.22 makes one for 2.7.
        maker = (
            [sys.executable, "-m", "virtualenv", "-q", "-p", python] if pins.python == "2.7" else [python, "-m", "venv"]
        )
        try:
            _call([*maker, str(folder / name)])
            _call([str(interpreter(folder / name)), "-m", "pip", "install", "-q", *pins.packages.split()])
        except Problem as problem:
            shutil.rmtree(folder / name, ignore_errors=True)
            print(f"left out {name}: {problem}", file=sys.stderr)


def _call(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    if done.returncode:
        raise Problem(f"{' '.join(command)}:\n{done.stdout[-2000:]}")
