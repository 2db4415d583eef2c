"""The changes as unified diffs."""

from __future__ import annotations

import difflib
import io
import tokenize
from pathlib import PurePath
from typing import Iterator, List

from codemods.findings import FileResult, RunResult

COLOURS = {b"---": "1", b"+++": "1", b"@@": "36", b"-": "31", b"+": "32"}
NO_NEWLINE = b"\n\\ No newline at end of file\n"


def render(result: RunResult, *, colour: bool = False, encoding: str = "") -> bytes:
    """Return the changes of a run, as ``patch`` and ``git apply`` read them.

    A diff is bytes: files have encodings of their own, or none that is right.

    :param colour: whether to mark removed and added lines with terminal colours.
    :param encoding: the encoding of the terminal; empty to keep the bytes of the files.
    """
    lines: List[bytes] = []
    for file in sorted(result.files, key=lambda file: file.path):
        own = _encoding(file.before or b"")
        for line in _file_lines(file):
            shown = _recode(line, own, encoding) if encoding else line
            lines.append(_coloured(shown) if colour else shown)
    return b"".join(lines)


def _file_lines(file: FileResult) -> Iterator[bytes]:
    if file.before is None or file.after is None:
        return
    path = PurePath(file.path).as_posix().lstrip("/").encode("utf-8", "surrogateescape")
    # Only newlines end lines here: form feeds and lone carriage returns are content.
    before, after = (io.BytesIO(data).readlines() for data in (file.before, file.after))
    for line in difflib.diff_bytes(difflib.unified_diff, before, after, b"a/" + path, b"b/" + path):
        yield line if line.endswith(b"\n") else line + NO_NEWLINE


def _encoding(data: bytes) -> str:
    """Return the encoding that a file declares, or UTF-8 where it declares none that exists."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:
        return "utf-8"


def _recode(line: bytes, own: str, encoding: str) -> bytes:
    """Return a line in the encoding of the terminal; what can't be shown there becomes an escape."""
    try:
        text = line.decode(own, "backslashreplace")
    except (LookupError, UnicodeError):  # codecs that aren't for text, such as hex
        text = line.decode("utf-8", "backslashreplace")
    return text.encode(encoding, "backslashreplace")


def _coloured(line: bytes) -> bytes:
    for start, code in COLOURS.items():
        if line.startswith(start):
            body = line.rstrip(b"\r\n")
            return b"\x1b[%sm%s\x1b[0m%s" % (code.encode(), body, line[len(body) :])
    return line
