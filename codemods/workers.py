"""The same work on many files, on several cores where that pays."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Callable, Dict, FrozenSet, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from codemods.findings import FileResult, Finding, Outcome, Status
from codemods.index.coroutines import CoroutineFacts, gather_coroutines
from codemods.index.module import Module
from codemods.index.program import Program
from codemods.index.project import Assumptions, Project
from codemods.migrate import REPORT_BUG, Migrated, migrate
from codemods.registry import chosen_code_rules
from codemods.settings import Settings
from codemods.source import Source

WORTH_A_PROCESS = 300_000
"""Bytes of source below which a second process costs more than it saves."""
_CHUNK = 120_000
_WORTH_KEEPING = 1_500_000
"""Bytes of source whose indexes are kept from one stage to the next; they take thirty times as many."""


Result = Union[Migrated, CoroutineFacts, None]


@dataclass(frozen=True)
class Work:
    """A Python file to migrate.

    :param name: its dotted module name.
    """

    path: str
    name: str
    data: bytes


@dataclass(frozen=True)
class _Context:
    """What every worker knows; a forked one inherits it, a spawned one is sent it."""

    works: Sequence[Work]
    settings: Settings
    project: Optional[Project] = None
    program: Optional[Program] = None
    modules: FrozenSet[str] = frozenset()
    indexed: Mapping[str, Module] = field(default_factory=dict)
    """What is indexed already, by path."""
    names: Optional[FrozenSet[str]] = None
    """If given, coroutine facts are gathered and nothing is migrated."""

    def do(self, index: int) -> Result:
        """The work on one file."""
        return self.migrate(index) if self.names is None else self._gather(index, self.names)

    def _gather(self, index: int, names: FrozenSet[str]) -> Optional[CoroutineFacts]:
        module = _index(self.works[index], self.settings)
        return None if module is None else gather_coroutines(module, names)

    def migrate(self, index: int) -> Migrated:
        work = self.works[index]
        rules = chosen_code_rules(self.settings)
        try:
            known = (self.project, self.program, self.modules, self.indexed.get(work.path))
            return migrate(work.data, work.path, work.name, rules, self.settings, *known)
        except Exception as error:
            message = f"left untouched: {type(error).__name__}: {error}"
            finding = Finding("PM100", 0, 0, message, Outcome.ERROR, REPORT_BUG)
            return Migrated(FileResult(work.path, Status.FAILED, [finding], work.data))


_context: Optional[_Context] = None


def _start(context: Optional[_Context], parent: int) -> None:
    global _context
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    if context is not None:
        _context = context
    # The parent is the one to be interrupted; it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    sys.setrecursionlimit(20_000)


def _die_with(parent: int) -> None:
    """End this process soon after its parent: one that was killed can't end its workers any more."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _chunk(indices: Sequence[int]) -> List[Tuple[int, Result]]:
    assert _context is not None
    pairs = [(index, _context.do(index)) for index in indices]
    for _, result in pairs:
        if isinstance(result, Migrated):
            # The parent has the old contents; they needn't travel back.
            result.result.before = None
    return pairs


def migrate_all(
    works: Sequence[Work],
    settings: Settings,
    project: Optional[Project] = None,
    progress: Optional[Callable[[int], None]] = None,
    program: Optional[Program] = None,
    modules: FrozenSet[str] = frozenset(),
    indexed: Optional[Mapping[str, Module]] = None,
) -> List[Migrated]:
    """Migrate files, in parallel if there's enough to do; the results are in the order of `works`.

    :param progress: called with the number of files done since the last call.
    """
    results: List[Optional[Migrated]] = [None] * len(works)
    for index, migrated in _pairs(_Context(works, settings, project, program, modules, indexed or {})):
        assert isinstance(migrated, Migrated)
        migrated.result.before = works[index].data
        results[index] = migrated
        if progress is not None:
            progress(1)
    return [result or _died(work) for result, work in zip(results, works)]


def gather_all(
    works: Sequence[Work], settings: Settings, names: FrozenSet[str]
) -> Tuple[List[CoroutineFacts], Dict[str, Module]]:
    """The coroutine facts of files, those that can't be read left out; and the files' indexes, if they aren't too many.

    :param names: the functions whose uses are of interest.
    """
    if sys.platform == "linux" and sum(len(work.data) for work in works) < _WORTH_KEEPING:
        # Workers are forked, so they find the indexes in their memory.
        indexed = {work.path: module for work in works for module in [_index(work, settings)] if module is not None}
        return [gather_coroutines(module, names) for module in indexed.values()], indexed
    found = dict(_pairs(_Context(works, settings, names=names)))
    return [facts for _, facts in sorted(found.items()) if isinstance(facts, CoroutineFacts)], {}


def _index(work: Work, settings: Settings) -> Optional[Module]:
    """The index of a file; ``None`` for one with which anything is wrong: that's reported when it is migrated."""
    try:
        try:
            return Module(Source(work.data), work.name, work.path, settings, Assumptions())
        except SyntaxError:
            from codemods.python2 import convert

            if not settings.py2:
                return None
            return Module(Source(convert(work.data)), work.name, work.path, settings, Assumptions())
    except Exception:
        return None


def _pairs(context: _Context) -> Iterator[Tuple[int, Result]]:
    jobs = context.settings.jobs or _cores()
    if jobs == 1 or sum(len(work.data) for work in context.works) < WORTH_A_PROCESS:
        return _serial(context)
    return _parallel(context, jobs)


def _serial(context: _Context) -> Iterator[Tuple[int, Result]]:
    limit = sys.getrecursionlimit()
    enabled = gc.isenabled()
    sys.setrecursionlimit(max(limit, 20_000))
    # Trees and their indexes have no reference cycles, so the collector would only cost time.
    gc.disable()
    try:
        for index in range(len(context.works)):
            yield index, context.do(index)
    finally:
        sys.setrecursionlimit(limit)
        if enabled:
            gc.enable()


def _parallel(context: _Context, jobs: int) -> Iterator[Tuple[int, Result]]:
    global _context
    fork = sys.platform == "linux"
    if fork:
        if _many_edits(context.works):
            import libcst  # noqa: F401  imported once, before the workers are forked
        _context = context
        chosen_code_rules(context.settings)
        gc.freeze()
    method = multiprocessing.get_context("fork" if fork else "spawn")
    sent = None if fork else context
    try:
        with ProcessPoolExecutor(jobs, mp_context=method, initializer=_start, initargs=(sent, os.getpid())) as pool:
            futures = [pool.submit(_chunk, indices) for indices in _chunks(context.works)]
            try:
                for future in as_completed(futures):
                    yield from _result(future.result)
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
    finally:
        _context = None
        if fork:
            gc.unfreeze()


def _many_edits(works: Sequence[Work]) -> bool:
    """Whether most files look as if they had something to rewrite, so that each worker will need LibCST."""
    return 2 * sum(b"__future__" in work.data or b"six" in work.data for work in works) > len(works)


def _result(get: Callable[[], List[Tuple[int, Result]]]) -> List[Tuple[int, Result]]:
    try:
        return get()
    except BrokenProcessPool:
        return []


def _chunks(works: Sequence[Work]) -> List[List[int]]:
    """Indices in portions of similar size, the largest files first, so that no worker ends late."""
    order = sorted(range(len(works)), key=lambda index: -len(works[index].data))
    chunks: List[List[int]] = []
    size = _CHUNK
    for index in order:
        if size >= _CHUNK:
            chunks.append([])
            size = 0
        chunks[-1].append(index)
        size += len(works[index].data) + 2_000
    return chunks


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _died(work: Work) -> Migrated:
    message = "left untouched: the process that worked on it died (out of memory?)"
    finding = Finding("PM102", 0, 0, message, Outcome.ERROR, "run again with --jobs 1, or exclude the file")
    return Migrated(FileResult(work.path, Status.FAILED, [finding], work.data))
