"""One file from bytes to bytes: index, plan, rewrite, verify; any trouble becomes a finding."""

from __future__ import annotations

import ast
import re
import symtable
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Dict, FrozenSet, List, Optional, Sequence, Tuple

from codemods.edits import Edit, Shape
from codemods.findings import FileResult, Finding, Outcome, Status
from codemods.fragments import EditFailed, RoundTripError
from codemods.index.coroutines import TOGETHER
from codemods.index.facts import Facts, gather, qualified
from codemods.index.module import Module
from codemods.index.program import Program, concerns_program
from codemods.index.project import Assumptions, ProjectView, Question
from codemods.index.scopes import FUNCTIONS
from codemods.plan import EditKey, Plan, anchor, plan
from codemods.rewrite import rewrite
from codemods.source import Source, SourceError
from codemods.suppress import skips_file
from codemods.verify import Unsound, verify

if TYPE_CHECKING:
    from codemods.rule import Rule
    from codemods.settings import Settings

REPORT_BUG = "please report it with the file, or the lines around the place: see CONTRIBUTING.md"


@dataclass
class Migrated:
    """What became of one file, and what it means for the others.

    :param facts: of the new text if it changed, else of the old; ``None`` if it doesn't parse.
    :param asked: the questions whose answers were assumed.
    """

    result: FileResult
    facts: Optional[Facts] = None
    asked: Tuple[Question, ...] = ()


@dataclass
class _Job:
    """The file under work."""

    data: bytes
    path: str
    name: str
    rules: Tuple[Rule, ...]
    settings: Settings
    project: ProjectView
    program: Optional[Program] = None
    blocked: Dict[EditKey, str] = field(default_factory=dict)
    indexed: Optional[Module] = None

    def original(self) -> Module:
        """The index of the file as it came."""
        indexed, self.indexed = self.indexed, None
        return self.index(Source(self.data)) if indexed is None else indexed

    def index(self, source: Source, version: Optional[Tuple[int, int]] = None) -> Module:
        module = Module(source, self.name, self.path, self.settings, self.project, version, self.program)
        if self.program is None and concerns_program(self.data, self.settings.coroutine_decorators):
            # What a file's functions become is decided on the original, not on what it is between two rounds.
            self.program = module.program
        return module


def migrate(
    data: bytes,
    path: str,
    name: str,
    rules: Sequence[Rule],
    settings: Settings,
    project: Optional[ProjectView] = None,
    program: Optional[Program] = None,
    modules: FrozenSet[str] = frozenset(),
    indexed: Optional[Module] = None,
) -> Migrated:
    """Migrate one file.

    :param path: as shown to the user.
    :param name: the dotted module name.
    :param project: the answers to the rules' questions; by default the usual ones are assumed.
    :param program: what becomes of the project's coroutines; by default it's decided on this file alone.
    :param modules: the dotted names of all modules of the project.
    :param indexed: the file's index, if somebody has it already.
    """
    view = Assumptions(modules) if project is None else project
    job = _Job(data, path, name, in_order(tuple(rules)), settings, view, program)
    if indexed is not None:
        indexed.adopt(view, program)
        job.indexed = indexed
    migrated = _migrate(job)
    if isinstance(view, Assumptions):
        migrated.asked = tuple(dict.fromkeys(view.asked))
    return migrated


@lru_cache(maxsize=4)
def in_order(rules: Tuple[Rule, ...]) -> Tuple[Rule, ...]:
    """Rules in the order in which they plan."""
    return tuple(sorted(rules, key=lambda rule: (rule.order, rule.code)))


def _migrate(job: _Job) -> Migrated:
    result = FileResult(job.path, before=job.data)
    try:
        module = job.original()
    except SourceError as error:
        result.findings.append(_left("PM003", error.line, error.message, "re-encode the file, or exclude it"))
        return Migrated(result)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if not isinstance(error, SyntaxError) or not job.settings.py2 or skips_file(job.data):
            result.findings.append(_unparsable(error))
            return Migrated(result)
        return _from_python2(job, error, result)
    if skips_file(job.data):
        return Migrated(result, gather(module))
    return _attempt(job, module, result)


def _from_python2(job: _Job, error: SyntaxError, result: FileResult) -> Migrated:
    """Convert the syntax first; if that can't be done, the file is left."""
    from codemods.python2 import ConversionError, convert

    try:
        job.data = convert(job.data)
        module = job.index(Source(job.data))
    except (ConversionError, SyntaxError) as failure:
        advice = "convert its syntax by hand, or exclude it"
        message = f"not Python that this interpreter reads: {error.msg}; and it can't be converted: {failure}"
        result.findings.append(_left("PM001", error.lineno or 0, message, advice))
        return Migrated(result)
    migrated = _attempt(job, module, result)
    if result.status is not Status.FAILED:
        done = Finding("PY200", error.lineno or 0, 0, "converted Python 2 syntax", Outcome.REWRITTEN)
        result.findings.insert(0, done)
        if result.findings_after is not None:
            result.findings_after.insert(0, done)
        result.after, result.status = result.after or job.data, Status.CHANGED
    return migrated


_ROUNDS = 8
"""How often a result may give rise to further edits; a fold within a fold takes two."""


@dataclass
class _Step:
    """A file between rounds.

    :ivar made: what is planned for it.
    """

    module: Module
    data: bytes
    made: Plan


def _attempt(job: _Job, module: Module, result: FileResult) -> Migrated:
    """Round after round until nothing is left to rewrite: only then would a second run change nothing."""
    step = _Step(module, job.data, _planned(job, module))
    first = step.made
    done: List[Finding] = []
    for _ in range(_ROUNDS):
        if not step.made:
            break
        try:
            opening = step.module is module
            made, step = _round(job, step)
            first = made if opening else first
        except RoundTripError as error:
            return _failed(result, first, module, "PM002", "", _line_of(module, str(error)))
        except (Unsound, EditFailed) as error:
            return _failed(result, first, module, "PM100", str(error))
        done += [one for one in made.findings if one.outcome is Outcome.REWRITTEN]
    if step.made:
        return _failed(result, first, module, "PM100", f"it doesn't settle ({', '.join(_rules(step.made))})")
    return _settled(job, result, first, done, step)


def _planned(job: _Job, module: Module) -> Plan:
    """Plan a file; a coroutine of which a part can't be rewritten stays as it is as a whole."""
    while True:
        made = plan(module, job.rules, job.blocked)
        kept: Dict[str, str] = {}
        for edit, reason in made.refused:
            if edit.rule in TOGETHER and isinstance(edit, Edit):
                whole = isinstance(edit.node, FUNCTIONS) and edit.shape is Shape.HEADER
                function = edit.node if whole else module.enclosing_function(edit.node)
                assert function is not None
                kept[qualified(module, function)] = f"line {module.source.position(anchor(module, edit))[0]}: {reason}"
        if not module.program.keep(kept):
            return made
        module.reset()


def _round(job: _Job, step: _Step) -> Tuple[Plan, _Step]:
    """Carry out a plan without the edits that turn out not to be possible."""
    made = step.made
    while True:
        try:
            return made, _carry_out(job, step, made)
        except EditFailed as failure:
            if failure.edit is None or not _block(job, step.module, failure):
                raise
        except Unsound as error:
            if not _block_branches(job, step.module, made, error):
                raise
        step.module.reset()
        made = _planned(job, step.module)


def _carry_out(job: _Job, step: _Step, made: Plan) -> _Step:
    if not made:
        return _Step(step.module, step.data, made)
    rewritten = rewrite(step.module, made)
    try:
        new = step.module.source.encode(rewritten.text)
    except SourceError as error:
        raise Unsound(error.message) from None
    if made.is_inert and all(one.outcome is Outcome.REWRITTEN for one in made.findings):
        # Nothing else in the file has changed, so neither has its index, nor what the rules find in it.
        verify(step.module, rewritten, lambda: _same_index(job, step.module, rewritten.text))
        return _Step(step.module, new, Plan())
    after = verify(step.module, rewritten, lambda: _reindexed(job, step.module, Source(new)))
    # Places have moved. An edit that failed is tried again, as what it failed for may be gone.
    job.blocked.clear()
    return _Step(after, new, _planned(job, after))


def _same_index(job: _Job, before: Module, text: str) -> Module:
    """The index of the old text, if the new one parses.

    An edit after which nothing must be looked at again brings no syntax that an older Python wouldn't read.
    """
    try:
        # It parses without making objects of the tree, which is what costs.
        symtable.symtable(text, job.path, "exec")
    except SyntaxError:
        # It finds errors that parsing doesn't; the file may have had them.
        ast.parse(text)
    return before


def _reindexed(job: _Job, before: Module, source: Source) -> Module:
    """The index of a result by the grammar of the target version, or the running one if it was never meant for that."""
    target = job.settings.target_version
    try:
        return job.index(source, target)
    except SyntaxError:
        try:
            job.index(before.source, target)
        except SyntaxError:
            return job.index(source)
        raise


def _settled(job: _Job, result: FileResult, first: Plan, done: List[Finding], step: _Step) -> Migrated:
    """The result, with what is left at its place in the old text and in the new one."""
    left = [one for one in step.made.findings if one.outcome is not Outcome.REWRITTEN]
    remaining = Counter((one.rule, one.message) for one in left)
    before = []
    for one in first.findings:
        if one.outcome is not Outcome.REWRITTEN and remaining[one.rule, one.message]:
            remaining[one.rule, one.message] -= 1
            before.append(one)
        elif one.outcome is Outcome.NOTE:
            # It says something about a place that was rewritten, so the last plan doesn't have it.
            done.append(one)
    for one in left:
        if remaining[one.rule, one.message]:
            remaining[one.rule, one.message] -= 1
            before.append(one)
    result.findings = sorted([*done, *before], key=lambda one: (one.line, one.column, one.rule))
    result.findings_after = [*done, *left]
    data = step.data
    if job.settings.todo:
        from codemods.todo import mark

        data, left = mark(data, left, {one.code for one in job.rules})
        result.findings_after = [*done, *left]
    if data != job.data:
        result.after, result.status = data, Status.CHANGED
    return Migrated(result, gather(step.module))


def _block_branches(job: _Job, module: Module, made: Plan, error: Unsound) -> bool:
    """Block the folds whose dead branches bind the names that became unbound."""
    found = False
    for edit in made.edits:
        dead = " ".join(module.source.text[start:end] for start, end in edit.dead)
        names = [name for name in error.unbound if re.search(rf"\b{name}\b", dead)]
        key = (edit.rule, anchor(module, edit))
        if names and key not in job.blocked:
            job.blocked[key] = f"`{names[0]}` is bound only there and used elsewhere"
            found = True
    return found


def _rules(made: Plan) -> List[str]:
    return sorted({edit.rule for edit in made.all()})


def _block(job: _Job, module: Module, failure: EditFailed) -> bool:
    assert failure.edit is not None
    key = (failure.edit.rule, anchor(module, failure.edit))
    if key in job.blocked:
        return False
    job.blocked[key] = failure.reason
    return True


def _failed(result: FileResult, first: Plan, module: Module, code: str, reason: str, line: int = 0) -> Migrated:
    """The file stays as it is; what it would have gained is still to do."""
    result.findings = [one for one in first.findings if one.outcome is not Outcome.REWRITTEN]
    if code == "PM002":
        message = "LibCST doesn't reproduce this piece of the file, so editing it could corrupt it"
        result.findings.append(
            _left(code, line, message, "simplify the layout (often a stray backslash) and run again")
        )
    else:
        result.findings.append(Finding(code, line, 0, f"left untouched: {reason}", Outcome.ERROR, REPORT_BUG))
        result.status = Status.FAILED
    return Migrated(result, gather(module))


def _line_of(module: Module, text: str) -> int:
    offset = module.source.text.find(text)
    return module.source.position(offset)[0] if offset >= 0 else 0


def _left(code: str, line: int, message: str, advice: str) -> Finding:
    return Finding(code, line, 0, message, Outcome.LEFT, advice)


def _unparsable(error: Exception) -> Finding:
    line: int = getattr(error, "lineno", None) or 0
    what = error.msg if isinstance(error, SyntaxError) else (str(error) or type(error).__name__)
    advice = "correct it, convert Python 2 syntax with --py2, or exclude it"
    return _left("PM001", line, f"not Python that this interpreter reads: {what}", advice)


def unreadable(path: str, error: OSError) -> FileResult:
    """The result for a file that can't be read."""
    message = f"cannot be read: {error.strerror or error}"
    finding = Finding("PM004", 0, 0, message, Outcome.ERROR, "check its permissions")
    return FileResult(path, Status.FAILED, [finding])


__all__: List[str] = ["Migrated", "migrate", "unreadable"]
