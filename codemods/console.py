"""What the command shares with the terminal: text, colours, the progress of a run."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import Callable, Iterator, Optional, TextIO

import click

Progress = Callable[[int, int], None]
"""Is told how many files are done, of how many."""

REFRESH_SECONDS = 0.1


def emit(text: str, *, err: bool = False) -> None:
    """Print text; what the stream can't encode becomes an escape.

    :param text: the text, with its newlines and with terminal colours where these are wanted.
    :param err: whether to print to standard error.
    """
    stream = sys.stderr if err else sys.stdout
    encoding = stream.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False, err=err, color=True)


def use_colour(choice: str, stream: TextIO) -> bool:
    """Tell whether to print colours.

    :param choice: ``always``, ``never`` or ``auto``, as ``--color`` says.
    :param stream: where the text goes.
    """
    if choice == "auto":
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


@contextmanager
def progress(*, quiet: bool, verbose: bool) -> Iterator[Optional[Progress]]:
    """Give a function that shows the progress of a run on standard error, or ``None`` if it shouldn't be shown.

    :param quiet: whether to show nothing.
    :param verbose: whether to print plain lines where there's no terminal.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as update:
            yield update
    else:
        yield _log_lines() if verbose else None


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich import progress as bars
    from rich.console import Console

    # rich would refresh the bar from a thread, and the engine's worker processes may be forked from this one.
    bar = bars.Progress(
        bars.TextColumn("Migrating"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
        transient=True,
    )
    task = bar.add_task("", total=None)
    shown = 0.0

    def update(done: int, total: int) -> None:
        nonlocal shown
        bar.update(task, completed=done, total=total)
        if done == total or time.monotonic() - shown > REFRESH_SECONDS:
            bar.refresh()
            shown = time.monotonic()

    with bar:
        yield update


def _log_lines() -> Progress:
    """Return a function that prints a line each time another tenth is done."""
    printed = 0

    def update(done: int, total: int) -> None:
        nonlocal printed
        tenth = 10 * done // total if total else 0
        if tenth > printed:
            printed = tenth
            emit(f"{done} of {total} files done\n", err=True)

    return update
