"""One file from bytes to bytes: index, plan, rewrite, verify; any trouble becomes a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Sequence, Tuple

from codemods.findings import FileResult, Finding, Outcome, Status
from codemods.fragments import EditFailed, RoundTripError
from codemods.index.facts import Facts, gather
from codemods.index.module import Module
from codemods.index.project import Assumptions, ProjectView, Question
from codemods.plan import EditKey, Plan, anchor, plan, skips_file
from codemods.rewrite import rewrite
from codemods.source import Source, SourceError
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
    rules: Sequence[Rule]
    settings: Settings
    project: ProjectView
    blocked: Dict[EditKey, str] = field(default_factory=dict)

    def index(self, source: Source, version: Optional[Tuple[int, int]] = None) -> Module:
        return Module(source, self.name, self.path, self.settings, self.project, version)


def migrate(
    data: bytes, path: str, name: str, rules: Sequence[Rule], settings: Settings, project: Optional[ProjectView] = None
) -> Migrated:
    """Migrate one file.

    :param path: as shown to the user.
    :param name: the dotted module name.
    :param project: the answers to the rules' questions; by default the usual ones are assumed.
    """
    view = Assumptions() if project is None else project
    job = _Job(data, path, name, rules, settings, view)
    migrated = _migrate(job)
    if isinstance(view, Assumptions):
        migrated.asked = tuple(dict.fromkeys(view.asked))
    return migrated


def _migrate(job: _Job) -> Migrated:
    result = FileResult(job.path, before=job.data)
    try:
        source = Source(job.data)
        module = job.index(source)
    except SourceError as error:
        result.findings.append(_left("PM003", error.line, error.message, "re-encode the file, or exclude it"))
        return Migrated(result)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        result.findings.append(_unparsable(error))
        return Migrated(result)
    if skips_file(job.data):
        return Migrated(result, gather(module))
    return _attempt(job, module, result)


def _attempt(job: _Job, module: Module, result: FileResult) -> Migrated:
    """Plan and rewrite, each time without the edits that failed before."""
    while True:
        made = plan(module, job.rules, job.blocked)
        result.findings = made.findings
        if not made:
            return Migrated(result, gather(module))
        try:
            after, new = _carry_out(job, module, made)
        except EditFailed as failure:
            if failure.edit is None or not _block(job, module, failure):
                return _failed(result, module, "PM101", f"an edit failed: {failure.reason}")
            module.reset()
            continue
        except RoundTripError as error:
            return _failed(result, module, "PM002", "", _line_of(module, str(error)))
        except Unsound as error:
            return _failed(result, module, "PM100", str(error))
        if new != job.data:
            result.after, result.status = new, Status.CHANGED
        return Migrated(result, gather(after))


def _carry_out(job: _Job, module: Module, made: Plan) -> Tuple[Module, bytes]:
    rewritten = rewrite(module, made)
    again: Callable[[Module], Plan] = lambda after: plan(after, job.rules, _same_places(job))
    try:
        new = module.source.encode(rewritten.text)
    except SourceError as error:
        raise Unsound(error.message) from None
    after = verify(module, rewritten, lambda: job.index(Source(new), job.settings.target_version), again)
    return after, new


def _same_places(job: _Job) -> Dict[EditKey, str]:
    """What the second run must leave out as well: places move, so a rule with failed edits is left out."""
    rules = {rule for rule, _ in job.blocked}
    return _EveryPlace(rules) if rules else {}


class _EveryPlace(Dict[EditKey, str]):
    """Blocks rules everywhere."""

    def __init__(self, rules: "set[str]") -> None:
        super().__init__()
        self._rules = rules

    def get(self, key: EditKey, default: Optional[str] = None) -> Optional[str]:  # type: ignore[override]
        return "it failed before" if key[0] in self._rules else default


def _block(job: _Job, module: Module, failure: EditFailed) -> bool:
    assert failure.edit is not None
    key = (failure.edit.rule, anchor(module, failure.edit))
    if key in job.blocked:
        return False
    job.blocked[key] = failure.reason
    return True


def _failed(result: FileResult, module: Module, code: str, reason: str, line: int = 0) -> Migrated:
    """The file stays as it is; what it would have gained is still to do."""
    result.findings = [one for one in result.findings if one.outcome is not Outcome.REWRITTEN]
    if code == "PM002":
        message = "LibCST doesn't reproduce this piece of the file, so editing it could corrupt it"
        result.findings.append(_left(code, line, message, "simplify the layout (often a stray backslash) and run again"))
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
