"""A source file as exact text: encoding, newlines and the positions that `ast` reports.

The text keeps each newline as it stands in the file, so that what isn't edited comes back byte
for byte.
"""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from codecs import BOM_UTF8
from functools import cached_property
from itertools import accumulate
from typing import List, Tuple

MAX_BYTES = 8 * 1024 * 1024
"""Larger files are data, not code; parsing one would take over a gigabyte."""

_NEWLINE = re.compile(r"\r\n?|\n")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


class SourceError(Exception):
    """The bytes can't be read as Python source.

    :param line: the line that is to blame, from 1; 0 if unknown.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def _encoding(data: bytes) -> str:
    """The encoding by BOM and coding cookie (PEP 263); UTF-8 without either."""
    head = data[:400]
    if b"coding" not in head:
        return "utf-8"
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        raise SourceError(f"the coding cookie can't be followed: {error}", 1) from None


class Source:
    """The text of one file.

    :param data: the content of the file.
    :raises SourceError: if the bytes don't decode, or would not encode to themselves again.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise SourceError(f"larger than {MAX_BYTES >> 20} MiB, which is data rather than code")
        self.data = data
        self.bom = data.startswith(BOM_UTF8)
        self.encoding = "utf-8" if self.bom and b"coding" not in data[:400] else _encoding(data)
        if self.encoding == "utf-8-sig":
            self.encoding = "utf-8"
        body = data[len(BOM_UTF8) :] if self.bom else data
        try:
            self.text = body.decode(self.encoding)
        except UnicodeDecodeError as error:
            line = body.count(b"\n", 0, error.start) + 1
            raise SourceError(f"not valid {self.encoding}: {error.reason}", line) from None
        except LookupError as error:
            raise SourceError(str(error), 1) from None
        if self.encoding != "utf-8" and self.encode(self.text) != data:
            raise SourceError(f"its bytes don't survive decoding and encoding as {self.encoding}")

    def encode(self, text: str) -> bytes:
        """The bytes of `text` in the encoding of this file, with its BOM if it has one.

        :raises SourceError: if the encoding can't represent the text.
        """
        try:
            body = text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise SourceError(f"the new text can't be written as {self.encoding}: {error.reason}") from None
        return BOM_UTF8 + body if self.bom else body

    @cached_property
    def line_starts(self) -> List[int]:
        """The offset of the first character of each line."""
        if "\r" not in self.text:
            return [0, *accumulate(map((1).__add__, map(len, self.text.split("\n")[:-1])))]
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    @cached_property
    def newline(self) -> str:
        """The newline of the first line, or the usual one."""
        match = _NEWLINE.search(self.text)
        return match.group() if match else "\n"

    def offset(self, line: int, utf8_column: int) -> int:
        """The offset in `text` of a position as `ast` gives it (line from 1, column in UTF-8 bytes)."""
        start = self.line_starts[line - 1]
        if self.text.isascii():
            return start + utf8_column
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        content = self.text[start:end]
        if content.isascii():
            return start + utf8_column
        return start + len(content.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "surrogatepass"))

    def position(self, offset: int) -> Tuple[int, int]:
        """The line and column, both from 1, in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_end(self, offset: int) -> int:
        """The offset of the newline that ends the line of `offset` (or the end of the text)."""
        match = _NEWLINE.search(self.text, offset)
        return match.start() if match else len(self.text)

    def after_newline(self, offset: int) -> int:
        """The offset behind the newline that stands at `offset`."""
        match = _NEWLINE.match(self.text, offset)
        return match.end() if match else offset

    def indentation(self, offset: int) -> str:
        """The white space before `offset` if nothing else precedes it on its line, or the line's own indentation."""
        start = self.line_starts[bisect_right(self.line_starts, offset) - 1]
        # A form feed begins the line anew.
        head = self.text[start:offset].rpartition("\f")[2]
        return head[: len(head) - len(head.lstrip(" \t"))]

    def line_text(self, line: int) -> str:
        """The text of line number `line` (from 1), without its newline."""
        start = self.line_starts[line - 1]
        return self.text[start : self.line_end(start)]
