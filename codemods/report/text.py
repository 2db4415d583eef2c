"""The report for people."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, List, Optional, Sequence

from codemods.engine_codes import ENGINE_CODES
from codemods.findings import FileResult, Finding, Outcome, RunResult, Status
from codemods.report import (
    FAMILIES,
    RuleInfo,
    Tally,
    count_status,
    family_of,
    findings_of,
    plural,
    reportable,
    tallies,
    total,
)

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {Outcome.LEFT: "yellow", Outcome.NOTE: "cyan", Outcome.ERROR: "bold red"}


def render(
    result: RunResult,
    *,
    rules: Sequence[RuleInfo] = (),
    verbose: bool = False,
    quiet: bool = False,
    colour: bool = False,
    width: int = 100,
) -> str:
    """Return the report as text.

    :param result: what the run did.
    :param rules: all rules there are, for their titles.
    :param verbose: whether to count by rule, and to print the notes.
    :param quiet: whether to leave out all but what is left to do and the errors.
    :param colour: whether to use terminal colours.
    :param width: the width of the terminal; only tables mind it.
    """
    console = _console(colour, width)
    if not quiet:
        _changed_files(console, result)
        _summary(console, result, rules if verbose else None)
    _places(console, result, Outcome.LEFT, "Left to do by hand")
    if verbose:
        _places(console, result, Outcome.NOTE, "Notes")
    _places(console, result, Outcome.ERROR, "Errors")
    if not quiet:
        _print(console, closing_line(result, verbose))
    file = console.file
    assert isinstance(file, io.StringIO)
    # Tables pad the lines of cells that wrap.
    return re.sub(r" +$", "", file.getvalue(), flags=re.MULTILINE)


def _console(colour: bool, width: int) -> Console:
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        force_terminal=colour,
        color_system="standard" if colour else None,
        # Without this, rich reads NO_COLOR itself, and `--color always` couldn't overrule it.
        no_color=not colour,
        legacy_windows=False,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _print(console: Console, *parts: object, style: Optional[str] = None) -> None:
    """Print a line that isn't wrapped, whatever the width of the terminal is."""
    console.print(*parts, style=style, soft_wrap=True)


def _changed_files(console: Console, result: RunResult) -> None:
    verb = "Rewrote" if result.wrote else "Would rewrite"
    changed = sorted(file.path for file in result.files if file.status is Status.CHANGED)
    for path in changed:
        _print(console, f"{verb} {path}")
    if changed:
        console.print()


def _summary(console: Console, result: RunResult, rules: Optional[Sequence[RuleInfo]]) -> None:
    """Print a table of what was found, by family, or by rule if these are given."""
    from rich.table import Table

    counted = tallies(result, family_of if rules is None else str)
    groups = {code: tally for code, tally in counted.items() if tally.found}
    if not groups:
        return
    titles = FAMILIES if rules is None else {rule.code: rule.title for rule in (*rules, *ENGINE_CODES)}
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Family" if rules is None else "Rule", no_wrap=True)
    table.add_column("", overflow="fold")
    for heading in ("found", "rewritten" if result.wrote else "to rewrite", "left to do"):
        table.add_column(heading, justify="right", no_wrap=True)
    for code in sorted(groups, key=_order):
        table.add_row(code, titles.get(code, ""), *_cells(groups[code]))
    if len(groups) > 1:
        table.add_row("Total", "", *_cells(total(result)), style="bold")
    console.print(table)
    console.print()


def _order(code: str) -> List[object]:
    """Return a sort key that keeps the families in their order."""
    families = list(FAMILIES)
    family = family_of(code)
    return [families.index(family) if family in families else len(families), code]


def _cells(tally: Tally) -> List[str]:
    return [str(tally.found), str(tally.rewritten), str(tally.left)]


def _places(console: Console, result: RunResult, outcome: Outcome, title: str) -> None:
    """Print the findings with an outcome, each at its place."""
    places = [(file, finding) for file, finding in findings_of(result) if finding.outcome is outcome]
    if not places:
        return
    _print(console, f"{title} ({len(places)}):", style=STYLES[outcome])
    for file, finding in places:
        for line in _place_lines(file, finding):
            _print(console, line)
    console.print()


def _place_lines(file: FileResult, finding: Finding) -> List[str]:
    place = file.path
    if finding.line:
        place += f":{finding.line}" + (f":{finding.column}" if finding.column else "")
    lines = [f"{place}  {finding.rule}  {finding.message}"]
    lines += [f"    {line}" for line in finding.advice.splitlines()]
    return lines


def closing_line(result: RunResult, verbose: bool = False) -> str:
    """Say in one line what happened.

    :param result: what the run did.
    :param verbose: whether the notes are printed too, so that the option needn't be named.
    """
    seen = plural(result.files_seen, "file")
    changed = count_status(result, Status.CHANGED)
    counts = total(result)
    if not changed and not any(True for _ in reportable(result)):
        return f"Nothing to migrate in {seen}."
    if changed:
        verb = "Rewrote" if result.wrote else "Would rewrite"
        parts = [f"{verb} {plural(counts.rewritten, 'place')} in {changed} of {seen}"]
    else:
        parts = [f"Nothing to rewrite in {seen}"]
    if counts.left:
        parts.append(f"{counts.left} left to do")
    if counts.notes:
        parts.append(plural(counts.notes, "note") + ("" if verbose else " (see --verbose)"))
    if counts.errors:
        parts.append(plural(counts.errors, "error"))
    return "; ".join(parts) + "."
