"""One run of ``--init-tox``: adds what is missing, and says what was added."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from codemods import __version__
from codemods.console import emit, use_colour
from codemods.findings import FileResult, RunResult
from codemods.journal import Journal, run_root
from codemods.report import diff
from codemods.write import Change, write_all

if TYPE_CHECKING:
    from codemods.run import Options

    from .plan import Result


def show_diff(options: Options, path: str, result: Result) -> None:
    """Print what would change."""
    file = FileResult(path, before=result.before or b"", after=result.after)
    colour = use_colour(options.color, sys.stdout)
    click.echo(diff.render(RunResult([file]), colour=colour), nl=False, color=True)


def write(folder: str, path: str, result: Result) -> str:
    """Write the configuration, with its old content in the journal.

    :return: why it couldn't be written; empty if it was.
    :raises codemods.journal.JournalError: if the journal can't be written; then nothing was.
    """
    absolute = os.path.realpath(path)
    changes = [Change(path, absolute, result.before, result.after)]
    errors = write_all(changes, Journal.create(run_root([folder]), changes, __version__))
    return "".join(map(str, errors))


def tell(options: Options, path: str, result: Result) -> None:
    """Say what was added, or would be."""
    shown = click.format_filename(path)
    if not result.added:
        emit(f"{shown} has these environments already.\n", err=options.diff)
        return
    written = not (options.diff or options.check)
    made = "" if result.before is not None else ", which is new" if written else ", which would be new"
    width = max(len(one.pattern) for one in result.added)
    lines = [f"{'Added' if written else 'Would add'} to {shown}{made}:"]
    lines += [f"  {one.pattern.ljust(width)}  {one.description}" for one in result.added]
    lines += [f"Note: {note}." for note in result.notes]
    lines += [f"Run one, for instance: tox run -e {result.added[0].names[-1]}"] if written else []
    emit("".join(f"{line}\n" for line in lines), err=options.diff)
