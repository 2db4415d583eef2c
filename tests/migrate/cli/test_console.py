"""What is printed to a terminal, and to what isn't one."""

from __future__ import annotations

import io
import sys
from typing import Optional

import pytest

from codemods.console import emit, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, quiet: bool, verbose: bool) -> Optional[str]:
    """Return what three files of progress print, or ``None`` if nobody wants to know."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    with progress(quiet=quiet, verbose=verbose) as update:
        if update is None:
            return None
        for done in (1, 2, 3):
            update(done, 3)
    return stream.getvalue()


def test_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    bar = shown(monkeypatch, Terminal(), quiet=False, verbose=False)
    assert bar is not None
    assert "Migrating" in bar
    assert "3/3" in bar


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_if_quiet(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    assert shown(monkeypatch, Terminal() if terminal else io.StringIO(), quiet=True, verbose=False) is None


def test_nothing_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), quiet=False, verbose=False) is None


def test_progress_has_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(sys, "stderr", Terminal())
    before = threading.active_count()
    with progress(quiet=False, verbose=False) as update:
        assert update is not None
        update(1, 2)
        assert threading.active_count() == before


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [("utf-8", "ä \\udcff".encode()), ("ascii", b"\\xe4 \\udcff"), ("latin-1", b"\xe4 \\udcff")],
)
def test_what_cannot_be_encoded_becomes_an_escape(
    monkeypatch: pytest.MonkeyPatch, encoding: str, printed: bytes
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    emit("ä \udcff")
    assert raw.getvalue() == printed
