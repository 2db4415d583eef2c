"""Every name of six, taken from six itself: the table has it, and code that uses it goes on doing the same."""

from __future__ import annotations

import importlib
import types
from typing import Any, Dict, List, Tuple

import pytest
import six

from codemods.findings import Outcome
from codemods.rules.six._names import BUILTINS, KNOWN, MODULES, OWN, STDLIB
from tests.migrate.rules.checks import run

INTERNAL = {
    "absolute_import",
    "functools",
    "itertools",
    "operator",
    "spec_from_loader",
    "sys",
    "types",
    "Module_six_moves_urllib",
    "Module_six_moves_urllib_error",
    "Module_six_moves_urllib_parse",
    "Module_six_moves_urllib_request",
    "Module_six_moves_urllib_response",
    "Module_six_moves_urllib_robotparser",
}
"""Names that six happens to have, but that nobody should take from it."""

ABSENT = {"moves.dbm_gnu", "moves.dbm_ndbm", "moves.winreg"}
"""Modules that not every Python has; `tkinter` is another."""


def _public() -> List[str]:
    moves = {f"moves.{one.name}" for one in six._moved_attributes}
    urllib = {f"moves.urllib.{one}" for one in ("error", "parse", "request", "response", "robotparser")}
    own = {name for name in vars(six) if not name.startswith("_")} - INTERNAL - {"moves"}
    return sorted(own | moves | urllib)


PUBLIC = _public()


def _usable(name: str) -> bool:
    """Whether this Python has what six moved."""
    if "tkinter" in name or name in ABSENT:
        return False
    try:
        _lookup(name)
    except (ImportError, AttributeError):
        return False
    return True


def _lookup(name: str) -> Any:
    found: Any = six
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_there_are_as_many_names_as_six_has() -> None:
    assert len(PUBLIC) > 120
    assert {"text_type", "iteritems", "moves.range", "moves.urllib", "moves.urllib.parse", "moves.html_parser"} < set(
        PUBLIC
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_the_table_has_a_row(name: str) -> None:
    assert name in KNOWN


def test_no_row_is_there_twice() -> None:
    rows = [*BUILTINS, *STDLIB, *MODULES, *OWN]
    assert len(rows) == len(set(rows))


# -- what a name means ---------------------------------------------------------------------------

PLAIN = [name for name in PUBLIC if name in {*BUILTINS, *STDLIB, *MODULES} and _usable(name)]


def _spellings(name: str, use: str) -> Dict[str, str]:
    """A file for each way to get at a name; `use` has ``NAME`` in its place."""
    home, _, last = f"six.{name}".rpartition(".")
    inside = f"def get():\n    from {home} import {last}\n    return {last}\n\n"
    return {
        "from six": f"import six\n\n{use.replace('NAME', f'six.{name}')}\n",
        "by name": f"from {home} import {last}\n\n{use.replace('NAME', last)}\n",
        "under another name": f"from {home} import {last} as other\n\n{use.replace('NAME', 'other')}\n",
        "six under another name": f"import six as s\n\n{use.replace('NAME', f's.{name}')}\n",
        "in a function": f"{inside}{use.replace('NAME', 'get()')}\n",
    }


def _executed(source: str) -> Dict[str, Any]:
    space: Dict[str, Any] = {"__name__": "snippet"}
    exec(compile(source, "snippet.py", "exec"), space)
    return space


def _migrated(source: str) -> str:
    result = run(source, "SIX").result
    left = [one for one in result.findings if one.outcome is not Outcome.REWRITTEN]
    assert not [one for one in left if one.outcome is Outcome.ERROR], left
    return (result.after if result.after is not None else source.encode()).decode()


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_is_the_same_object(name: str) -> None:
    expected = importlib.import_module(MODULES[name]) if name in MODULES else _lookup(name)
    for source in _spellings(name, "found = NAME").values():
        after = _migrated(source)
        assert "six" not in after, after
        found = _executed(after)["found"]
        assert found is expected or found == expected, after


# -- what a name does ----------------------------------------------------------------------------

FRAME = """
class Case:
    def assertCountEqual(self, a, b): return sorted(a) == sorted(b)
    def assertRegex(self, a, b): return a + b
    def assertNotRegex(self, a, b): return b + a
    def assertRaisesRegex(self, a, b): return (a, b)
class Meta(type):
    pass
class Lists(dict):
    def lists(self): return [("a", [1, 2])]
class A:
    def f(self, x=3, *, y=4): return x, self, d
a = A()
d = {"a": 1, "b": 2}
def raised(f, *args):
    try:
        f(*args)
    except Exception as error:
        return type(error).__name__, str(error), repr(error.__cause__), error.__suppress_context__
"""

USES: Dict[str, List[str]] = {
    "PY2": ["1 if NAME else 2", "NAME", "[NAME or d, NAME and d, not NAME]"],
    "PY3": ["1 if NAME else 2", "NAME", "[NAME or d, NAME and d, not NAME]"],
    "PY34": ["1 if NAME else 2", "NAME"],
    "string_types": [
        "isinstance('a', NAME)",
        "NAME",
        "NAME + (int,)",
        "NAME[0]",
        "[*NAME]",
        "isinstance(1, (NAME, int))",
    ],
    "integer_types": ["isinstance(True, NAME)", "NAME", "issubclass(int, NAME)"],
    "class_types": ["isinstance(A, NAME)", "NAME"],
    "iteritems": ["list(NAME(d))", "next(NAME(d))", "type(NAME(d)).__name__"],
    "itervalues": ["sum(NAME(d))", "next(NAME(d or {}))"],
    "iterkeys": ["'a' in NAME(d)", "[k for k in NAME(d)]", "next(NAME(d))"],
    "iterlists": ["list(NAME(Lists()))", "next(NAME(Lists()))"],
    "viewkeys": ["NAME(d) & {'a'}", "[list(k) for k in map(NAME, [d])]"],
    "viewvalues": ["sorted(NAME(d))"],
    "viewitems": ["sorted(NAME(d))", "[sorted(k) for k in map(NAME, [d])]"],
    "u": ["NAME('\\u00e9')", "NAME('a' 'b').upper()", "NAME('a' + 'b').upper()"],
    "b": [
        "NAME('a')",
        "NAME('\\xe9')",
        "NAME('é')",
        "NAME('\\u00e9')",
        "NAME(str(1))",
        "NAME('a' 'b')[0]",
        "NAME(r'\\d')",
    ],
    "int2byte": ["NAME(65)", "list(map(NAME, [65, 255]))"],
    "byte2int": ["NAME(b'a')", "list(map(NAME, [b'a', b'b']))"],
    "indexbytes": ["NAME(b'abc', -1)", "list(map(NAME, [b'ab'], [1]))"],
    "create_unbound_method": ["NAME(len, A)([1])"],
    "get_unbound_function": ["NAME(A.f)(1)[:2]"],
    "get_method_function": ["NAME(a.f) is A.f", "[one is A.f for one in map(NAME, [a.f])]"],
    "get_method_self": ["NAME(a.f) is a"],
    "get_function_closure": ["NAME(A.f)"],
    "get_function_code": ["NAME(A.f).co_name"],
    "get_function_defaults": ["NAME(A.f)", "list(map(NAME, [A.f]))"],
    "get_function_globals": ["NAME(A.f)['d'] is d"],
    "Iterator": ["(lambda: None, type('B', (NAME,), {}))[1].__mro__[1:]"],
    "ensure_text": [
        "NAME('a')",
        "NAME(b'a')",
        "NAME(b'\\xe9', 'latin-1')",
        "raised(NAME, 1)[0]",
        "NAME(''.join('ab'))",
    ],
    "ensure_str": ["NAME('a')", "NAME(b'a')", "NAME(b'\\xff', errors='replace')", "list(map(NAME, ['a', b'b']))"],
    "ensure_binary": ["NAME('a')", "NAME(b'a')", "NAME('é')", "NAME('é', 'latin-1')", "raised(NAME, 1)[0]"],
    "assertCountEqual": ["NAME(Case(), [1, 2], [2, 1])"],
    "assertRaisesRegex": ["NAME(Case(), ValueError, 'x')"],
    "assertRegex": ["NAME(Case(), 'a', 'b')"],
    "assertNotRegex": ["NAME(Case(), 'a', 'b')"],
    "moves.urllib": ["NAME.parse.quote('a b')", "NAME.error.URLError.__name__"],
}

STATEMENTS: Dict[str, List[str]] = {
    "reraise": [
        "def f():\n    try:\n        1 / 0\n    except Exception:\n        NAME(*sys.exc_info())\nfound = raised(f)",
        "def f(e):\n    NAME(type(e), e, None)\nfound = raised(f, KeyError(1))",
        "def f(t, v):\n    NAME(t, v)\nfound = raised(f, KeyError, None), raised(f, KeyError, ValueError(1))",
        "def f(*a):\n    NAME(*a)\nfound = raised(f, KeyError, ValueError(1), None)",
    ],
    "raise_from": ["def f(e):\n    NAME(KeyError(1), e)\nfound = raised(f, ValueError(2)), raised(f, None)"],
    "add_metaclass": ["@NAME(Meta)\nclass B(A):\n    z = 1\nfound = type(B).__name__, B.__mro__[1:] == A.__mro__, B.z"],
    "with_metaclass": ["class B(NAME(Meta, A)):\n    z = 1\nfound = type(B).__name__, len(B.__mro__), B.z"],
    "python_2_unicode_compatible": ["@NAME\nclass B(object):\n    def __str__(self): return 'é'\nfound = str(B())"],
    "Iterator": ["class B(NAME):\n    def __next__(self): return 1\nfound = next(B()), len(B.__mro__)"],
    "exec_": ["space = {}\nNAME('x = 1', space)\nfound = space['x']"],
    "print_": ["import io\nout = io.StringIO()\nNAME('a', 1, sep='-', end='', file=out)\nfound = out.getvalue()"],
    "moves.range": ["found = []\nfor i in NAME(3):\n    found.append(i)"],
}
REPORTED = {"add_move", "remove_move", "MovedModule", "MovedAttribute"}
LEFT = {"Iterator", "create_unbound_method", "get_unbound_function"}
"""Names that not all of these uses can be rewritten of; then a finding says why."""


def _rows() -> List[Tuple[str, str]]:
    rows = [(name, f"found = {use}") for name, uses in USES.items() for use in uses]
    return rows + [(name, use) for name, uses in STATEMENTS.items() for use in uses]


def test_each_name_with_a_rule_of_its_own_is_used() -> None:
    assert {*USES, *STATEMENTS} >= set(OWN) - REPORTED


@pytest.mark.parametrize(("name", "use"), _rows(), ids=[f"{name}: {use[:40]}" for name, use in _rows()])
def test_code_goes_on_doing_the_same(name: str, use: str) -> None:
    for way, source in _spellings(name, f"import sys\n{FRAME}\n{use}").items():
        if way == "in a function":
            continue
        result = run(source, "SIX").result
        after = (result.after if result.after is not None else source.encode()).decode()
        reasons = [one for one in result.findings if one.outcome is Outcome.LEFT]
        assert "six" not in after or (reasons and name in LEFT), after
        assert not [one for one in result.findings if one.outcome is Outcome.ERROR], result.findings
        assert _plain(_executed(after)["found"]) == _plain(_executed(source)["found"]), after


def _plain(value: Any) -> Any:
    """A value without the identity of what each execution makes anew."""
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return (
        repr(value) if isinstance(value, (type, types.FunctionType)) or type(value).__module__ == "snippet" else value
    )


@pytest.mark.parametrize("name", sorted(REPORTED))
def test_what_changes_six_is_reported(name: str) -> None:
    result = run(f"import six\n\nx = six.{name}\n", "SIX").result
    assert result.after is None
    assert any(name in one.message for one in result.findings)
