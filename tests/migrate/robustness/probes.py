"""Ugly files: each probe makes a folder, and says what a run must do to it."""

from __future__ import annotations

import os
import sys
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Tuple

PLAIN = '''\
# -*- coding: utf-8 -*-
"""Sch\u00f6n."""
from __future__ import absolute_import

import six


class A(object):
    def name(self, value=u"\u00e9"):
        if isinstance(value, six.string_types):
            return six.text_type(value)
        return value
'''
"""A file with something to do in it."""

DONE = '''\
# -*- coding: utf-8 -*-
"""Sch\u00f6n."""


class A:
    def name(self, value="\u00e9"):
        if isinstance(value, str):
            return str(value)
        return value
'''
"""What becomes of it."""

REWRITTEN, LEFT, UNTOUCHED, PASSED, FAILED = (
    "rewritten",
    "left, listed",
    "nothing to do",
    "passed over, listed",
    "failed",
)

Dress = Callable[[str], bytes]


@dataclass(frozen=True)
class Probe:
    """A folder with something ugly in it.

    :param make: makes it in an empty folder.
    :param outcome: one of the constants above.
    :param wanted: the content that files must have afterwards; all others must not change.
    :param says: a part of the message for what isn't rewritten.
    :param code: the exit code.
    :param options: options of the command.
    """

    name: str
    make: Callable[[Path], None]
    outcome: str
    wanted: Tuple[Tuple[str, bytes], ...] = ()
    says: str = ""
    code: int = 0
    options: Tuple[str, ...] = ()


def utf8(text: str) -> bytes:
    """The bytes of most files."""
    return text.encode("utf-8")


def _write(content: bytes, name: str = "probe.py") -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return make


def _same(name: str, dress: Dress, file: str = "probe.py") -> Probe:
    """A probe whose dress must survive the rewriting."""
    return Probe(name, _write(dress(PLAIN), file), REWRITTEN, ((file, dress(DONE)),))


def _left(name: str, content: bytes, says: str) -> Probe:
    return Probe(name, _write(content), LEFT, says=says)


def _recoded(encoding: str, name: str) -> Dress:
    def dress(text: str) -> bytes:
        return text.replace("utf-8", name, 1).encode(encoding)

    return dress


def _newlines(newline: str) -> Dress:
    return lambda text: utf8(text.replace("\n", newline))


def _mixed_newlines(text: str) -> bytes:
    # By what stands on the line, so that each line has the same newline before and after.
    lines = text.splitlines(keepends=True)
    return utf8("".join(line.replace("\n", "\r\n") if line.startswith("     ") else line for line in lines))


def _with(more: str) -> Dress:
    return lambda text: utf8(text + more)


def _form_feed(text: str) -> bytes:
    return utf8(text.replace("    def name", "\x0c    def name"))


def _tabs(text: str) -> bytes:
    return utf8(text.replace("    ", "\t"))


def _chinese(text: str) -> bytes:
    return text.replace("\u00f6", "\u4e2d").replace("\u00e9", "\u6587").replace("utf-8", "gbk", 1).encode("gbk")


def _nested(depth: int) -> str:
    return f"x = {'[' * depth}{']' * depth}\n"


def _terms(term: str) -> bytes:
    head = "import six\n" if "six" in term else ""
    return utf8(f"{head}x = {' + '.join([term] * 2_500)}\n")


def _calls(function: str, depth: int) -> bytes:
    head = "import six\n" if "six" in function else ""
    return utf8(f"{head}x = {function}({f'{function}(' * depth}1{')' * depth})\n")


def _many_lines(text: str) -> bytes:
    return utf8(text + "".join(f"value_{number} = {{'a': [{number}, f({number})]}}\n" for number in range(20_000)))


def _stray_backslash(text: str) -> bytes:
    return utf8(text + "\n\nif A:\n    pass\n\\\nb = 2\n")


def _stray_backslash_inside(folder: Path) -> None:
    text = "import six\n\nif six.PY2:\n    a = 1\nelse:\n    if x:\n        pass\n    \\\n    b = 2\n"
    (folder / "probe.py").write_text(text)


def _link_loop(folder: Path) -> None:
    _write(utf8(PLAIN), "package/probe.py")(folder)
    (folder / "package" / "again").symlink_to(folder / "package", target_is_directory=True)


def _dangling_link(folder: Path) -> None:
    _write(utf8(PLAIN))(folder)
    (folder / "link.py").symlink_to("nowhere.py")


def _link_inside(folder: Path) -> None:
    _write(utf8(PLAIN))(folder)
    (folder / "link.py").symlink_to("probe.py")


def _link_outside(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-outside.py"
    outside.write_bytes(utf8(PLAIN))
    (folder / "link.py").symlink_to(outside)


def _read_only(folder: Path) -> None:
    _write(utf8(PLAIN))(folder)
    (folder / "probe.py").chmod(0o444)
    _write(utf8(PLAIN), "other.py")(folder)


def _executable(folder: Path) -> None:
    _write(utf8(PLAIN))(folder)
    (folder / "probe.py").chmod(0o755)


def _fifo(folder: Path) -> None:
    _write(utf8(PLAIN))(folder)
    os.mkfifo(folder / "pipe.py")


def _broken_neighbours(folder: Path) -> None:
    _write(utf8(PLAIN), "z.py")(folder)
    for name, content in {
        "a.py": b"import six\ndef f(:\n",
        "b.py": b"import six\nx = '\xff'\n",
        "c.py": b"import six\nx = 1\0\n",
        "d.py": b"# coding: no-such-codec\nimport six\n",
    }.items():
        (folder / name).write_bytes(content)


_NEW_SYNTAX = "import six\ntype X = int\nf'{'a'}'\nx = six.text_type\n"
_NEW_DONE = "type X = int\nf'{'a'}'\nx = str\n"
_PYTHON2 = "import six\ntry:\n    print six.text_type(1)\nexcept E, e:\n    pass\n"
_FROM_PYTHON2 = "try:\n    print(str(1))\nexcept E as e:\n    pass\n"
_TERMS_DONE = _terms("str(1)")
_CALLS_DONE = _calls("str", 60)
_DONE = (("probe.py", utf8(DONE)),)

PROBES = (
    _same("plain", utf8),
    _same("latin-1 by cookie", _recoded("latin-1", "latin-1")),
    _same("GBK by cookie", _chinese),
    _same("UTF-8 with a byte order mark", lambda text: BOM_UTF8 + utf8(text)),
    _same("CRLF", _newlines("\r\n")),
    _same("mixed newlines", _mixed_newlines),
    _left("CR alone", utf8(PLAIN.replace("\n", "\r")), "LibCST doesn't reproduce"),
    _same("form feed", _form_feed),
    _same("no newline at the end", lambda text: utf8(text.rstrip("\n"))),
    _same("tabs", _tabs),
    _same("20,000 lines more", _many_lines),
    _same("2,500 terms in a sum", _with(f"x = {' + '.join(['1'] * 2_500)}\n")),
    Probe(
        "2,500 terms that are rewritten", _write(_terms("six.text_type(1)")), REWRITTEN, (("probe.py", _TERMS_DONE),)
    ),
    Probe("60 calls within each other", _write(_calls("six.text_type", 60)), REWRITTEN, (("probe.py", _CALLS_DONE),)),
    _same("30,000 elements in a list", _with(f"x = [{', '.join(map(str, range(30_000)))}]\n")),
    _same("80 brackets deep", _with(_nested(80))),
    _same("stray backslash after a block", _stray_backslash),
    Probe("stray backslash in what is rewritten", _stray_backslash_inside, LEFT, says="LibCST doesn't reproduce"),
    _left("300 brackets deep", utf8(PLAIN) + _nested(300).encode(), "not Python that this interpreter reads"),
    _left("syntax of Python 2", utf8(_PYTHON2), "not Python that this interpreter reads"),
    Probe(
        "syntax of Python 2, with --py2",
        _write(utf8(_PYTHON2)),
        REWRITTEN,
        (("probe.py", utf8(_FROM_PYTHON2)),),
        options=("--py2",),
    ),
    _left("syntax error", b"import six\ndef f(:\n", "not Python that this interpreter reads"),
    Probe("syntax error, with --py2", _write(b"import six\ndef f(:\n"), LEFT, says="converted", options=("--py2",)),
    _left("undecodable bytes", b"import six\nx = '\xff'\n", "not valid utf-8"),
    _left("unknown codec in the cookie", b"# coding: no-such-codec\nimport six\n", "cookie"),
    _left("NUL byte", b"import six\nx = 1\0\n", "not Python that this interpreter reads"),
    Probe("syntax of Python 3.12", _write(utf8(_NEW_SYNTAX)), REWRITTEN, (("probe.py", utf8(_NEW_DONE)),))
    if sys.version_info >= (3, 12)
    else _left("syntax of Python 3.12", utf8(_NEW_SYNTAX), "not Python that this interpreter reads"),
    Probe("empty", _write(b""), UNTOUCHED),
    Probe("only comments", _write(b"# six\n# from __future__ import division\n"), UNTOUCHED),
    Probe("only a docstring", _write(b'"""six, and from __future__ import division."""\n'), UNTOUCHED),
    Probe("executable", _executable, REWRITTEN, _DONE),
    _same("space and accent in the name", utf8, "a b\u00e9.py"),
    _same("stub", utf8, "probe.pyi"),
    _same("folder named like a file", utf8, "probe.py/inner.py"),
    Probe("link to the folder itself", _link_loop, REWRITTEN, (("package/probe.py", utf8(DONE)),)),
    Probe("link that leads nowhere", _dangling_link, REWRITTEN, _DONE, says="leads nowhere"),
    Probe("link to a file beside it", _link_inside, REWRITTEN, _DONE),
    Probe("link to a file outside", _link_outside, PASSED, says="outside"),
    Probe("read-only file", _read_only, FAILED, (("other.py", utf8(DONE)),), says="read-only", code=2),
    Probe("named pipe", _fifo, REWRITTEN, _DONE),
    Probe("good file among broken ones", _broken_neighbours, REWRITTEN, (("z.py", utf8(DONE)),), says="not Python"),
)
