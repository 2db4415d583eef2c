"""Make a file with syntax that only Python 2 reads parse on Python 3, through fissix.

Only syntax changes: print and exec statements, `except E, e`, `raise E, v, tb`, backticks, `<>`, ur strings, octal and
long integers, tuple parameters. What Python 3 reads but runs otherwise is the business of the rules.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from typing import Any, Counter as CounterType, List

from codemods.source import Source, SourceError


class ConversionError(Exception):
    """A file can't be converted.

    :param message: why.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def convert(data: bytes) -> bytes:
    """Convert a file to syntax that Python 3 reads; encoding, newlines and comments stay.

    :param data: the content of a file that Python 3 doesn't parse.
    :raises ConversionError: if fissix is missing, can't read the file, or leaves something that Python 3 doesn't read.
    """
    try:
        source = Source(data)
        text = _converted(source.text)
        ast.parse(text)
        return source.encode(text)
    except SourceError as error:
        raise ConversionError(error.message) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        line = getattr(error, "lineno", None)
        where = f" (line {line} of the converted text)" if line else ""
        raise ConversionError(f"Python 3 doesn't read the result: {what}{where}") from None


def _converted(text: str) -> str:
    """The text with its own newlines, whatever fissix makes of them."""
    newlines = set(re.findall(r"\r\n?|\n", text))
    newline = newlines.pop() if len(newlines) == 1 else "\n"
    plain = text.replace(newline, "\n")
    # fissix needs a newline at the end of the file.
    result = _refactored(plain + "\n")
    if not result.endswith("\n") or _comments(plain) != _comments(result):
        raise ConversionError("fissix would lose a part of the file")
    return result[:-1].replace("\n", newline)


def _refactored(text: str) -> str:
    """What fissix makes of a text.

    A file with calls such as ``print(x, file=f)`` and no import from `__future__` was meant for both
    Pythons, so it's read once more with print as a function.
    """
    errors: List[str] = []
    for tool in _tools():
        try:
            return str(tool.refactor_string(text, "source"))
        except RecursionError:
            raise ConversionError("it is nested too deeply for fissix") from None
        except Exception as error:  # fissix has no common base for its errors, and lets internal ones through.
            errors.append(str(error) or type(error).__name__)
    raise ConversionError(f"fissix can't read it: {errors[0]}")


@lru_cache(maxsize=None)
def _tools() -> Any:
    """The fissix tools to try: print as a statement (unless the file imports the function), then as a function.

    :raises ConversionError: if fissix isn't installed.
    """
    try:
        from codemods.python2_fixers import Tool
    except ImportError as error:
        message = f"--py2 needs fissix, which can't be imported ({error}): install plumpy-compat[migrate]"
        raise ConversionError(message) from None
    return Tool(print_function=False), Tool(print_function=True)


def _comments(text: str) -> CounterType[str]:
    """The comments of a text that fissix could read."""
    from fissix.pgen2 import token, tokenize

    found: CounterType[str] = Counter()
    lines = iter(text.splitlines(keepends=True))
    for kind, value, *_ in tokenize.generate_tokens(lambda: next(lines, "")):
        if kind == token.COMMENT:
            found[value.rstrip()] += 1
    return found
