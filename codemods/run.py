"""One run of the command: settings, guards, the engine, the report, and the exit code."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import Any, Dict, Optional, Sequence, Tuple

import click

from codemods.config import ConfigError, load, parse_codes
from codemods.console import emit, progress, use_colour
from codemods.findings import FileResult, Outcome, RunResult, Status
from codemods.report import plural
from codemods.settings import Settings

DONE = 0
WOULD_CHANGE = 1
FAILED = 2
INTERRUPTED = 130

STDIN = "-"
NAMED_CHANGES = 5


class Failure(click.ClickException):
    """Something that stops the run."""

    exit_code = FAILED


@dataclass(frozen=True)
class Options:
    """What the command line gave; the fields are the options."""

    paths: Tuple[str, ...] = ()
    diff: bool = False
    check: bool = False
    undo: bool = False
    init_tox: bool = False
    allow_dirty: bool = False
    jobs: Optional[int] = None
    select: Tuple[str, ...] = ()
    extend_select: Tuple[str, ...] = ()
    ignore: Tuple[str, ...] = ()
    target_version: Optional[Tuple[int, int]] = None
    py2: bool = False
    six_modules: Tuple[str, ...] = ()
    stage: Optional[str] = None
    runtime: Optional[str] = None
    todo: bool = False
    exclude: Tuple[str, ...] = ()
    stdin_filename: Optional[str] = None
    config: Optional[str] = None
    format: str = "text"
    output: Optional[str] = None
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"

    @property
    def filters(self) -> bool:
        """Whether standard input is to be rewritten."""
        return STDIN in self.paths

    @property
    def writes(self) -> bool:
        """Whether files are to be rewritten."""
        return not (self.diff or self.check or self.filters)


def execute(options: Options) -> int:
    """Do what the command line says.

    :return: the exit code.
    :raises click.ClickException: where it can't be done.
    """
    _check_usage(options)
    try:
        if options.undo:
            return _undo(options)
        if options.init_tox:
            return _init_tox(options)
        settings = _settings(options)
        result = _filter(options, settings) if options.filters else _migrate(options, settings)
        _report(options, result)
        return _exit_code(options, result)
    except KeyboardInterrupt:
        hint = "; plumpy-migrate --undo takes back what was written" if options.writes and not options.undo else ""
        emit(f"Interrupted. Each file is as it was, or completely rewritten{hint}.\n", err=True)
        return INTERRUPTED


def _check_usage(options: Options) -> None:
    """Refuse what can't be meant."""
    if options.init_tox:
        _check_init_tox(options)
    elif not options.paths:
        raise click.UsageError("Name what to migrate, such as . for the folder you are in.")
    if options.filters and (len(options.paths) > 1 or options.undo):
        raise click.UsageError('"-" goes neither with other paths nor with --undo.')
    if options.undo and (options.diff or options.check):
        raise click.UsageError("--undo goes neither with --diff nor with --check.")
    if options.stdin_filename and not options.filters:
        raise click.UsageError('--stdin-filename goes with the path "-" only.')
    if options.quiet and options.verbose:
        raise click.UsageError("--quiet and --verbose exclude each other.")
    for path in options.paths:
        if path != STDIN and not os.path.lexists(path):
            raise click.UsageError(f"There is no file or folder {click.format_filename(path)}.")
    folder = os.path.dirname(options.output or "")
    if folder and not os.path.isdir(folder):
        raise click.UsageError(f"There is no folder {click.format_filename(folder)} for --output.")


def _check_init_tox(options: Options) -> None:
    if options.undo or options.filters or options.output or options.format != "text":
        raise click.UsageError('--init-tox goes neither with --undo nor with "-", --output or --format.')
    if len(options.paths) > 1 or not os.path.isdir(_project(options)):
        raise click.UsageError("--init-tox takes one folder.")


def _project(options: Options) -> str:
    return next(iter(options.paths), ".")


def _settings(options: Options) -> Settings:
    """Combine the configuration file and the command line."""
    from codemods.registry import all_rules

    known = [name for rule in all_rules() for name in (rule.family, rule.code)]
    overrides: Dict[str, Any] = {}
    for name in ("select", "extend_select", "ignore"):
        try:
            overrides[name] = parse_codes(getattr(options, name), known)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--" + name.replace("_", "-")) from error
    for name in ("jobs", "target_version", "py2", "six_modules", "exclude", "stage", "runtime", "todo"):
        overrides[name] = getattr(options, name)
    # What wasn't given is empty, None or False; but `--jobs 0` was given.
    given = {name: value for name, value in overrides.items() if value or (name == "jobs" and value is not None)}
    start = [options.stdin_filename or "."] if options.filters else options.paths
    try:
        return load(start, options.config, given, known)
    except ConfigError as error:
        raise Failure(str(error)) from error


def _migrate(options: Options, settings: Settings) -> RunResult:
    """Run the engine over the paths."""
    from codemods.discover import DiscoverError
    from codemods.engine import run
    from codemods.journal import JournalError

    if options.writes and not options.allow_dirty:
        _refuse_uncommitted(options.paths)
    with progress(quiet=options.quiet, verbose=options.verbose) as update:
        try:
            return run(options.paths, settings, write=options.writes, progress=update)
        except (DiscoverError, JournalError) as error:
            raise Failure(str(error)) from error


def _refuse_uncommitted(paths: Sequence[str]) -> None:
    """Stop where git couldn't tell our changes from others."""
    from codemods.gitstate import git_state

    state = git_state(paths)
    if state.note:
        emit(f"Warning: {state.note}.\n", err=True)
    changes = state.changes
    if changes:
        named = [f"  {click.format_filename(path)}" for path in changes[:NAMED_CHANGES]]
        if len(changes) > NAMED_CHANGES:
            named.append(f"  and {len(changes) - NAMED_CHANGES} more")
        head = "There are uncommitted changes, which would mix with those of the migration:"
        raise Failure("\n".join([head, *named, "Commit or stash them, or give --allow-dirty."]))


def _filter(options: Options, settings: Settings) -> RunResult:
    """Rewrite standard input to standard output."""
    from codemods.engine import run_source

    started = time.monotonic()
    data = sys.stdin.buffer.read()
    file = run_source(data, options.stdin_filename or "<stdin>", settings)
    if not (options.diff or options.check):
        # A file that can't be processed passes unchanged: an editor would replace its text by what we print.
        click.echo(data if file.after is None else file.after, nl=False)
    return RunResult([file], files_seen=1, seconds=time.monotonic() - started)


def _undo(options: Options) -> int:
    """Put back what the last run replaced."""
    from codemods.journal import JournalError, run_root, undo

    try:
        undone = undo(run_root(options.paths))
    except JournalError as error:
        raise Failure(str(error)) from error
    if not undone.run:
        raise Failure("There is no run to take back here.")
    if not options.quiet:
        lines = [f"Restored {os.path.relpath(path)}\n" for path in undone.restored]
        emit("".join([*lines, f"Restored {plural(len(undone.restored), 'file')}.\n"]))
    for refused in undone.refused:
        emit(f"Not restored: {refused}\n", err=True)
    return DONE if undone.complete else FAILED


def _init_tox(options: Options) -> int:
    """Add environments to a project's tox configuration."""
    from codemods.journal import JournalError
    from codemods.tox import command
    from codemods.tox.plan import CannotAdd, plan

    folder = _project(options)
    try:
        result = plan(folder)
        path = os.path.normpath(os.path.join(folder, result.name))
        if result.added and options.writes:
            if not options.allow_dirty:
                _refuse_uncommitted([path])
            trouble = command.write(folder, path, result)
            if trouble:
                raise Failure(trouble)
    except (CannotAdd, JournalError) as error:
        raise Failure(str(error)) from error
    if options.diff and result.added:
        command.show_diff(options, path, result)
    if not options.quiet:
        command.tell(options, path, result)
    return WOULD_CHANGE if result.added and not options.writes else DONE


def _report(options: Options, result: RunResult) -> None:
    """Print or write the diff and the report."""
    if options.diff:
        _print_diff(options, result)
    to_stderr = options.diff or options.filters
    if options.output is None:
        colour = use_colour(options.color, sys.stderr if to_stderr else sys.stdout)
        emit(_rendered(options, result, colour), err=to_stderr)
        return
    try:
        with open(options.output, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(_rendered(options, result, colour=False))
    except OSError as error:
        name = click.format_filename(options.output)
        raise Failure(f"The report could not be written to {name}: {error.strerror}") from error
    if not options.quiet:
        from codemods.report.text import closing_line

        emit(closing_line(result) + "\n", err=True)


def _rendered(options: Options, result: RunResult, colour: bool) -> str:
    """Return the report in the form that is wanted."""
    if options.format == "json":
        from codemods.report import json

        return json.render(result)
    if options.format == "github":
        from codemods.report import github

        return github.render(result)
    from codemods.registry import all_rules

    if options.format == "sarif":
        from codemods.report import sarif

        return sarif.render(result, all_rules())
    import shutil

    from codemods.report import text

    return text.render(
        result,
        rules=all_rules(),
        verbose=options.verbose,
        quiet=options.quiet,
        colour=colour,
        width=max(shutil.get_terminal_size((100, 24)).columns, 60),
    )


def _print_diff(options: Options, result: RunResult) -> None:
    from codemods.report import diff

    # On a terminal all must be in its encoding; a pipe gets the bytes, so that they can be applied.
    encoding = sys.stdout.encoding if sys.stdout.isatty() else ""
    click.echo(
        diff.render(result, colour=use_colour(options.color, sys.stdout), encoding=encoding), nl=False, color=True
    )


def _exit_code(options: Options, result: RunResult) -> int:
    if any(_failed(file) for file in result.files):
        return FAILED
    changes = any(file.status is Status.CHANGED for file in result.files)
    return WOULD_CHANGE if changes and (options.diff or options.check) else DONE


def _failed(file: FileResult) -> bool:
    return file.status is Status.FAILED or any(finding.outcome is Outcome.ERROR for finding in file.findings)
