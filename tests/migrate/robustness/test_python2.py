"""The Python 2 pass: what fissix makes of syntax that only Python 2 reads."""

from __future__ import annotations

import ast
import sys

import pytest

from codemods.findings import Outcome, Status
from codemods.migrate import migrate
from codemods.python2 import ConversionError, convert
from codemods.python2_literals import integer, string
from codemods.settings import Settings

CONVERTS = {
    "print": ("print 'a', b  # why\n", "print('a', b)  # why\n"),
    "print without an end": ("print 'a',\n", "print('a', end=' ')\n"),
    "print to a file": ("print >>f, 'a'\n", "print('a', file=f)\n"),
    "a print that is a call already": ("print ('a' + b)\nexec 'x'\n", "print ('a' + b)\nexec('x')\n"),
    "a print of a tuple": ("print ('a', b)\nexec 'x'\n", "print(('a', b))\nexec('x')\n"),
    "a bare print": ("print\nexec 'x'\n", "print()\nexec('x')\n"),
    "except": ("try:\n    a\nexcept E, e:\n    b\n", "try:\n    a\nexcept E as e:\n    b\n"),
    "except of several": (
        "try:\n    a\nexcept (E, F), e:  # why\n    b\n",
        "try:\n    a\nexcept (E, F) as e:  # why\n    b\n",
    ),
    "raise": ("raise E, 'text'\n", "raise E('text')\n"),
    "raise in parentheses": ("raise (a.E), 'text'\n", "raise a.E('text')\n"),
    "raise with a traceback": ("raise E, 'text', tb\n", "raise E('text').with_traceback(tb)\n"),
    "raise again": ("raise kind, value, tb\n", "raise value.with_traceback(tb)\n"),
    "raise again by items": ("raise i[0], i[1], i[2]\n", "raise i[1].with_traceback(i[2])\n"),
    "raise a class with a traceback alone": ("raise E, None, tb\n", "raise E().with_traceback(tb)\n"),
    "raise an instance with a traceback alone": ("raise e, None, tb\n", "raise e.with_traceback(tb)\n"),
    "backticks": ("x = `1 + y`\n", "x = repr(1 + y)\n"),
    "unequal": ("x = a <> b\n", "x = a != b\n"),
    "numbers": ("x = [0777, 0777L, 10L, 0xFFL, 0]\n", "x = [0o777, 0o777, 10, 0xFF, 0]\n"),
    "raw unicode": ("x = ur'\\d+'\n", "x = r'\\d+'\n"),
    "exec": ("exec code in a, b\n", "exec(code, a, b)\n"),
    "tuple parameters": (
        "def f((a, b), c):\n    return a\n",
        "def f(xxx_todo_changeme, c):\n    (a, b) = xxx_todo_changeme\n    return a\n",
    ),
    "tuple parameters of a lambda": ("f = lambda (a, b): a\n", "f = lambda a_b: a_b[0]\n"),
    "a comprehension over a bare tuple": ("x = [i for i in 1, 2]\n", "x = [i for i in (1, 2)]\n"),
    "the print function": (
        "from __future__ import print_function\nprint('a', file=f)\nx = a <> b\n",
        "from __future__ import print_function\nprint('a', file=f)\nx = a != b\n",
    ),
    "the print function without its import": ("print('a', file=f)\nx = 0777\n", "print('a', file=f)\nx = 0o777\n"),
    "no final newline": ("print 'a'", "print('a')"),
    "Windows newlines": ("if a:\r\n\tprint 'a'\r\n# end\r\n", "if a:\r\n\tprint('a')\r\n# end\r\n"),
    "Windows newlines in a block that grows": (
        "def f((a, b)):\r\n    return a\r\n",
        "def f(xxx_todo_changeme):\r\n    (a, b) = xxx_todo_changeme\r\n    return a\r\n",
    ),
    "mixed newlines": ("print 'a'\r\nprint 'b'\n", "print('a')\r\nprint('b')\n"),
    "a form feed": ("print 'a'\n\x0c\ndef f():\n    pass\n", "print('a')\n\x0c\ndef f():\n    pass\n"),
    "a continued line": ("x = 1 + \\\n    2\nprint x\n", "x = 1 + \\\n    2\nprint(x)\n"),
}


@pytest.mark.parametrize(("before", "after"), CONVERTS.values(), ids=CONVERTS)
def test_converts(before: str, after: str) -> None:
    result = convert(before.encode()).decode()
    assert result == after
    ast.parse(result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "# coding: latin-1\nprint u'\u00e9'\n".encode("latin-1"),
            "# coding: latin-1\nprint(u'\u00e9')\n".encode("latin-1"),
        ),
        (b"\xef\xbb\xbfprint 'a'\n", b"\xef\xbb\xbfprint('a')\n"),
        ("# coding: gbk\nprint '\u4e2d'\n".encode("gbk"), "# coding: gbk\nprint('\u4e2d')\n".encode("gbk")),
    ],
)
def test_keeps_the_encoding(before: bytes, after: bytes) -> None:
    assert convert(before) == after


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(:\n", "can't read it"),
        ("print 'a'\nasync = 1\n", "Python 3 doesn't read the result"),
        ("raise 'text', x\n", "Python 3 doesn't read the result"),
        ("if a:\n\tb\n        c\nprint 1\n", "Python 3 doesn't read the result"),
    ],
)
def test_says_why_it_fails(source: str, reason: str) -> None:
    with pytest.raises(ConversionError, match=reason):
        convert(source.encode())


def test_bytes_that_are_no_source() -> None:
    with pytest.raises(ConversionError, match="not valid utf-8"):
        convert(b"print '\xff'\n")


def test_without_fissix(monkeypatch: pytest.MonkeyPatch) -> None:
    from codemods import python2

    python2._tools.cache_clear()
    monkeypatch.delitem(sys.modules, "codemods.python2_fixers", raising=False)
    monkeypatch.setitem(sys.modules, "fissix", None)
    with pytest.raises(ConversionError, match=r"--py2 needs fissix.*install plumpy-compat\[migrate\]"):
        convert(b"print 'a'\n")
    python2._tools.cache_clear()


@pytest.mark.parametrize(
    ("before", "after"),
    [("0777", "0o777"), ("0777L", "0o777"), ("0L", "0"), ("00", "00"), ("0xfl", "0xf"), ("1e5", "1e5"), ("07j", "07j")],
)
def test_integers(before: str, after: str) -> None:
    assert integer(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ur'a'", "r'a'"),
        ('UR"""a"""', 'R"""a"""'),
        ("u'a'", "u'a'"),
        (r"ur'\d\u20ac'", r"u'\\d\u20ac'"),
        (r"ur'\\u20ac'", r"r'\\u20ac'"),
        (r"""ur'\'\u20ac'""", r"""u'\\\'\u20ac'"""),
    ],
)
def test_strings(before: str, after: str) -> None:
    assert string(before) == after


def test_goes_through_the_rules() -> None:
    before = b"from __future__ import absolute_import\nprint 'a'\n"
    from codemods.registry import code_rules

    result = migrate(before, "a.py", "a", code_rules(), Settings(py2=True)).result
    assert (result.after, result.before, result.status) == (b"print('a')\n", before, Status.CHANGED)
    assert [(one.rule, one.line, one.outcome) for one in result.findings if one.rule == "PY200"] == [
        ("PY200", 2, Outcome.REWRITTEN)
    ]


def test_is_asked_for() -> None:
    result = migrate(b"print 'a'\n", "a.py", "a", [], Settings()).result
    assert result.after is None
    assert "--py2" in result.findings[0].advice


def test_reports_what_it_cannot_convert() -> None:
    result = migrate(b"def f(:\n", "a.py", "a", [], Settings(py2=True)).result
    assert result.after is None
    assert [one.rule for one in result.findings] == ["PM001"]
    assert "fissix can't read it" in result.findings[0].message
