"""The pipeline: what `plumpy-migrate` does to a tree, stage by stage (see docs/design-migrator.md)."""

from __future__ import annotations

import os
import re
import time
import warnings
from dataclasses import replace
from typing import Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Set, Tuple

from codemods import __version__
from codemods.discover import Discovery, Found, discover
from codemods.findings import FileResult, Finding, Outcome, RunResult, Status
from codemods.index.coroutines import coroutine_names, user_of
from codemods.index.module import Module
from codemods.index.program import NO_PROGRAM, Program, concerns_program
from codemods.index.project import ANY_MODULE, Project
from codemods.migrate import Migrated, unreadable
from codemods.names import module_names
from codemods.registry import chosen, chosen_code_rules, code_rules
from codemods.rule import Needles, imported_roots
from codemods.settings import Settings
from codemods.workers import Work, gather_all, migrate_all

Progress = Callable[[int, int], None]


_COPY_OF_SIX = b"class Module_six_moves_urllib("
_DOTTED_STRING = re.compile(rb"['\"]([A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)+)['\"]")
_PATCHED_NAME = re.compile(rb"(?:patch\.object|setattr)\(\s*[\w.]+\s*,\s*['\"]([A-Za-z_]\w*)['\"]")

_DYNAMIC_WORDS = (b"__import__", b"import_module", b"importorskip")
_DYNAMIC_IMPORT = re.compile(
    rb"(?:__import__|import_module|importorskip)\s*\(\s*(?:(?:name|modname)\s*=\s*)?[uUrR]?['\"]([A-Za-z_]\w*)"
)


def run(paths: Sequence[str], settings: Settings, *, write: bool, progress: Optional[Progress] = None) -> RunResult:
    """Migrate files and folders.

    :param write: whether the files are replaced; without it the result only says what would be.
    :param progress: called with the number of files done and the number of all.
    :raises DiscoverError: if a path doesn't exist.
    :raises JournalError: if the originals can't be kept; nothing is written then.
    """
    with warnings.catch_warnings():
        # What Python thinks of the sources that it parses is no news of ours.
        warnings.simplefilter("ignore")
        return _run(paths, settings, write, progress)


def _run(paths: Sequence[str], settings: Settings, write: bool, progress: Optional[Progress]) -> RunResult:
    start = time.monotonic()
    found = discover(paths, settings.exclude)
    result = RunResult(files_seen=len(found.files))
    works, results = _read(found)
    complete = any(os.path.isdir(root) for root in found.roots)
    program, indexed = _program(works, settings, complete)
    interesting = _interesting(works, settings, program.paths)
    code = _Code(works, interesting, settings, program, complete)
    for one in code.migrate(indexed, progress):
        results[one.path] = one
    _dependencies(found, code, results, settings)
    for passed in found.passed_over:
        status = Status.FAILED if passed.finding.outcome is Outcome.ERROR else Status.UNCHANGED
        results.setdefault(passed.path, FileResult(passed.path, status)).findings.append(passed.finding)
    result.files = [one for _, one in sorted(results.items()) if one.findings or one.after is not None]
    if write:
        _write(paths, found, result)
    result.seconds = time.monotonic() - start
    return result


def run_source(data: bytes, filename: str, settings: Settings) -> FileResult:
    """Migrate one file's content, as read from standard input; nothing is known of other files."""
    name = os.path.splitext(os.path.basename(filename))[0]
    work, alone = [Work(filename, name, data)], replace(settings, jobs=1)
    # As in a run over many files, a bug of ours becomes a finding.
    program, indexed = _program(work, alone, complete=False)
    return migrate_all(work, alone, program=program, indexed=indexed)[0].result


# -- read --------------------------------------------------------------------------------------------


def _read(found: Discovery) -> Tuple[List[Work], Dict[str, FileResult]]:
    """The Python files' content, and a result for each file that can't be read."""
    works: List[Work] = []
    failed: Dict[str, FileResult] = {}
    python = [one for one in found.files if one.kind == "python"]
    names = module_names(one.absolute for one in python)
    for one in python:
        data = _content(one, failed)
        if data is not None and _COPY_OF_SIX in data and os.path.basename(one.path) == "six.py":
            failed[one.path] = FileResult(one.path, findings=[_copy_of_six(names[one.absolute])])
        elif data is not None:
            works.append(Work(one.path, names[one.absolute], data))
    return works, failed


def _copy_of_six(name: str) -> Finding:
    advice = f"run with --six-module {name}, and delete it when nothing imports it any more"
    return Finding("PM008", 0, 0, "is a copy of six, and stays as it is", Outcome.LEFT, advice)


def _content(one: Found, failed: Dict[str, FileResult]) -> Optional[bytes]:
    try:
        with open(one.absolute, "rb") as file:
            return file.read()
    except OSError as error:
        failed[one.path] = unreadable(one.path, error)
        return None


def _interesting(works: Sequence[Work], settings: Settings, others: Set[str]) -> List[Work]:
    """The files in which some selected rule may have something to do.

    :param others: paths of files that have it for what is known of the project.
    """
    needles = Needles([*chosen_code_rules(settings), *(rule for rule in code_rules() if rule.code == "PY200")])
    vendored = [module.rpartition(".")[2].encode() for module in settings.six_modules]
    return [
        work
        for work in works
        if needles.any_in(work.data) or any(name in work.data for name in vendored) or work.path in others
    ]


# -- code --------------------------------------------------------------------------------------------


def _has_word(data: bytes, words: Set[bytes]) -> bool:
    """Whether a file has one of some pieces of text, and not as a part of a longer name."""
    # A piece may begin with a dot, which has a name before it.
    return any(
        word in data and re.search((rb"\b" if word[:1].isalnum() else b"") + re.escape(word) + rb"(?!\w)", data)
        for word in words
    )


class _Code:
    """The Python files of a run: first migrated on assumptions, then again where these were wrong."""

    def __init__(
        self,
        works: Sequence[Work],
        interesting: Sequence[Work],
        settings: Settings,
        program: Program,
        complete: bool,
    ) -> None:
        self.works = works
        self.program = program
        self.complete = complete
        self.interesting = interesting
        self.settings = settings
        self.modules = frozenset(work.name for work in works)
        self.done: List[Migrated] = []

    def migrate(self, indexed: Mapping[str, Module], progress: Optional[Progress]) -> List[FileResult]:
        total, count = len(self.interesting), 0

        def tick(number: int) -> None:
            nonlocal count
            count += number
            if progress is not None:
                progress(count, total)

        known = (self.program, self.modules, indexed)
        self.done = migrate_all(self.interesting, self.settings, None, tick, *known)
        self._again_where_wrong()
        return [one.result for one in self.done]

    def _again_where_wrong(self) -> None:
        asked = {question for one in self.done for question in one.asked}
        if not asked:
            return
        clues = {question.clue for question in asked}
        if any(question.kind == "takes_by_star" for question in asked):
            # A name may come through files that only pass it on.
            clues.add(b"import *")
        seen = {work.path for work in self.interesting}
        others = [work for work in self.works if work.path not in seen and _has_word(work.data, clues)]
        facts = [one.facts for one in (*self.done, *self._index(others)) if one.facts is not None]
        project = Project(self.modules, facts, self._patched())
        wrong = [i for i, one in enumerate(self.done) if not all(map(project.holds, one.asked))]
        again = [self.interesting[index] for index in wrong]
        redone = migrate_all(again, self.settings, project, program=self.program)
        for index, one in zip(wrong, redone):
            self.done[index] = one

    def _patched(self) -> Set[str]:
        """The dotted names in strings of files that patch something, and the names that they patch in modules."""
        texts = [work.data for work in self.works if b"patch" in work.data or b"setattr(" in work.data]
        dotted = {name.decode() for data in texts for name in _DOTTED_STRING.findall(data)}
        return dotted | {f"{ANY_MODULE}.{name.decode()}" for data in texts for name in _PATCHED_NAME.findall(data)}

    def _index(self, works: Sequence[Work]) -> List[Migrated]:
        """Index files that no rule is interested in."""
        return migrate_all(works, replace(self.settings, select=("-",), extend_select=()), program=NO_PROGRAM)

    def imported(self) -> FrozenSet[str]:
        """The top-level modules that the project's files import once they're migrated."""
        roots: Set[str] = set()
        for one in self.done:
            if one.facts is not None:
                roots |= one.facts.roots
        indexed = {work.path for work, one in zip(self.interesting, self.done) if one.facts is not None}
        after = {one.result.path: one.result.after for one in self.done}
        for work in self.works:
            data = after.get(work.path) or work.data
            if work.path not in indexed:
                roots.update(root.decode("ascii", "replace") for root in imported_roots(data))
            if any(word in data for word in _DYNAMIC_WORDS):
                roots.update(root.decode() for root in _DYNAMIC_IMPORT.findall(data))
        return frozenset(roots)

    def imported_before(self, modules: FrozenSet[str]) -> FrozenSet[str]:
        """Those of some top-level modules that the project's files import before they're migrated."""

        def is_imported(root: bytes) -> bool:
            return any(root in work.data and root in imported_roots(work.data) for work in self.works)

        return frozenset(module for module in modules if is_imported(module.encode()))


def _program(works: Sequence[Work], settings: Settings, complete: bool) -> Tuple[Program, Dict[str, Module]]:
    """Decide what becomes of the project's coroutines, from all files that define or use any; give their indexes, too.

    :param complete: whether these are all files of the project.
    """
    if not any(rule.asks_program for rule in chosen_code_rules(settings)):
        return NO_PROGRAM, {}
    own = [work for work in works if concerns_program(work.data, settings.coroutine_decorators)]
    names: Dict[str, bool] = {}
    for work in own:
        for name, top in coroutine_names(work.data, settings.coroutine_decorators).items():
            names[name] = top or names.get(name, False)
    if names:
        uses, seen = user_of(names), {work.path for work in own}
        own += [work for work in works if work.path not in seen and uses(work.data)]
    facts, indexed = gather_all(own, settings, frozenset(names))
    return Program(facts, complete=complete, native_hooks=settings.runtime == "plumpy"), indexed


# -- dependency files --------------------------------------------------------------------------------


def _dependencies(found: Discovery, code: _Code, results: Dict[str, FileResult], settings: Settings) -> None:
    """Let the dependency files follow the code, now that it's known what the code still imports."""
    files = [one for one in found.files if one.kind == "dependency" or os.path.basename(one.path) == "setup.py"]
    from codemods.rules.dependencies import CONCERNED, RULES, Knowledge

    selected = {rule.code for rule in chosen(RULES, settings)}
    if not files or not selected:
        return
    knowledge = Knowledge(
        code.imported(),
        settings.target_version,
        code.complete,
        selected.__contains__,
        before=code.imported_before(CONCERNED),
        stage=settings.stage,
        runtime=settings.runtime,
    )
    for one in files:
        known = results.get(one.path)
        if known is not None and (known.status is Status.FAILED or known.before is None):
            continue
        before = known.before if known is not None else _content(one, results)
        if before is not None:
            result = results.setdefault(one.path, FileResult(one.path, before=before))
            _dependency(result, knowledge)
    _require_helpers(code, [results[one.path] for one in files if one.path in results])


def _require_helpers(code: _Code, files: Sequence[FileResult]) -> None:
    """Report that the code needs plumpy-compat to run, if no dependency file says so."""
    contents = [one.after or one.before or b"" for one in files]
    if any(b"plumpy-compat" in content or b"plumpy_compat" in content for content in contents):
        return
    for one in code.done:
        if one.facts is not None and "plumpy_compat" in one.facts.roots:
            message = "the code imports plumpy_compat, but no dependency file names plumpy-compat"
            finding = Finding("PM006", 0, 0, message, Outcome.LEFT, "add plumpy-compat to the requirements")
            one.result.findings.append(finding)
            if one.result.findings_after is not None:
                one.result.findings_after.append(finding)
            return


def _dependency(result: FileResult, knowledge: object) -> None:
    from codemods.rules.dependencies import DependencyFile, Knowledge, migrate as migrate_file
    from codemods.rules.dependencies.setup_py import migrate_setup_py
    from codemods.source import Source, SourceError

    assert isinstance(knowledge, Knowledge) and result.before is not None
    try:
        source = Source(result.after or result.before)
    except SourceError as error:
        result.findings.append(Finding("PM003", error.line, 0, error.message, Outcome.LEFT, "re-encode the file"))
        return
    if result.path.endswith(".py"):
        text, findings = migrate_setup_py(source.text, knowledge)
    else:
        text, findings = migrate_file(DependencyFile(result.path, source.text), knowledge)
    result.findings += findings
    if result.findings_after is not None:
        result.findings_after += findings
    if text != source.text:
        result.after, result.status = source.encode(text), Status.CHANGED


# -- write -------------------------------------------------------------------------------------------


def _write(paths: Sequence[str], found: Discovery, result: RunResult) -> None:
    from codemods.journal import Journal, run_root
    from codemods.write import Change, write_all

    absolute = {one.path: one.absolute for one in found.files}
    changes = [
        Change(one.path, absolute[one.path], one.before, one.after)
        for one in result.files
        if one.before is not None and one.after is not None
    ]
    result.wrote = True
    if not changes:
        return
    journal = Journal.create(run_root(paths), changes, __version__)
    by_path = {one.path: one for one in result.files}
    for error in write_all(changes, journal):
        failed = by_path[error.path]
        failed.after, failed.status = None, Status.FAILED
        kept = [one for one in failed.findings if one.outcome is not Outcome.REWRITTEN]
        failed.findings = [*kept, Finding("PM005", 0, 0, error.reason, Outcome.ERROR, error.advice)]
    for one in result.files:
        if one.after is not None and one.findings_after is not None:
            one.findings = one.findings_after
