"""What a run is told: the settings that the command line and the configuration file fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

DEFAULT_TARGET = (3, 9)
STAGES = ("shim", "asyncio", "final")
"""How far a run goes: tornado stays and imports change, tornado goes, or the crutches that replaced it go as well."""
RUNTIMES = ("plumpy_compat", "plumpy")
FOREIGN = ("circus", "zmq", "notebook", "bokeh")
"""Libraries whose objects bring tornado along."""


@dataclass(frozen=True)
class Settings:
    """The settings of one run; plain data, so that worker processes can have it.

    :param select: rule codes or families (``SIX``, ``SIX105``) to run; empty for the default set.
    :param extend_select: rules that are off by default (``PY201``), to run as well.
    :param ignore: rule codes or families not to run; stronger than ``select``.
    :param target_version: the oldest Python version that the result must run on.
    :param jobs: worker processes; 0 for one a core.
    :param exclude: patterns in ``.gitignore`` syntax, on top of the default excludes.
    :param py2: convert files with syntax that only Python 2 reads, through fissix, before the rules.
    :param six_modules: dotted names of modules that stand for ``six`` (vendored copies).
    :param isinstance_like: names of callables that take a type or a tuple of types as ``isinstance`` does.
    :param stage: one of `STAGES`.
    :param runtime: the package that takes plumpy's place in imports, one of `RUNTIMES`.
    :param foreign: top-level packages whose tornado objects stay as they are.
    :param coroutine_decorators: dotted names of decorators that make a coroutine as tornado's does, and stay.
    :param todo: whether what is left is marked with comments in the source.
    """

    select: Tuple[str, ...] = ()
    extend_select: Tuple[str, ...] = ()
    ignore: Tuple[str, ...] = ()
    target_version: Tuple[int, int] = DEFAULT_TARGET
    jobs: int = 0
    exclude: Tuple[str, ...] = ()
    py2: bool = False
    six_modules: Tuple[str, ...] = ()
    isinstance_like: Tuple[str, ...] = ()
    stage: str = "asyncio"
    runtime: str = "plumpy_compat"
    foreign: Tuple[str, ...] = FOREIGN
    coroutine_decorators: Tuple[str, ...] = ()
    todo: bool = False
