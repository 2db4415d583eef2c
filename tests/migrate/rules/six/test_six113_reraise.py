"""SIX113: `six.reraise`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays


def _plain(before: str, after: str) -> Tuple[str, str]:
    return f"import sys\n\nimport six\n\n{before}\n", f"import sys\n\n{after}\n"


def _handler(before: str, after: str) -> Tuple[str, str]:
    frame = "try:\n    f()\nexcept Exception as error:\n    {}"
    return _plain(frame.format(before), frame.format(after))


REWRITES: Rewrites = {
    "the current one": _handler("six.reraise(*sys.exc_info())  # why", "raise  # why"),
    "the current one, deeper": _handler("if a:\n        six.reraise(*sys.exc_info())", "if a:\n        raise"),
    "the current one, in a function": _handler(
        "def g():\n        six.reraise(*sys.exc_info())",
        "def g():\n        _type, _value, _traceback = sys.exc_info()\n        raise _value.with_traceback(_traceback)",
    ),
    "a new one": _handler(
        "six.reraise(E, E(str(error)), sys.exc_info()[2])", "raise E(str(error)).with_traceback(sys.exc_info()[2])"
    ),
    "the caught one": _handler("six.reraise(E, error, tb)", "raise error.with_traceback(tb)"),
    "no traceback": _handler("six.reraise(E, error)", "raise error.with_traceback(None)"),
    "type of the value": _plain("six.reraise(type(e), e, tb)", "raise e.with_traceback(tb)"),
    "class of the value": _plain("six.reraise(e.__class__, e, tb)", "raise e.with_traceback(tb)"),
    "unpacked before": _plain(
        "kind, value, tb = sys.exc_info()\nsix.reraise(kind, value, tb)",
        "kind, value, tb = sys.exc_info()\nraise value.with_traceback(tb)",
    ),
    "value that may be missing": _plain(
        "six.reraise(kind, value, tb)", "raise (value if value is not None else kind()).with_traceback(tb)"
    ),
    "items of a triple": _plain(
        "six.reraise(e[0], e[1], e[2])", "raise (e[1] if e[1] is not None else e[0]()).with_traceback(e[2])"
    ),
    "value that is missing": _plain("six.reraise(E, None, tb)", "raise E().with_traceback(tb)"),
    "a triple": _plain(
        "six.reraise(*triple)  # why",
        "_type, _value, _traceback = triple\nraise _value.with_traceback(_traceback)  # why",
    ),
    "a triple on the line of an if": _plain(
        "if a: six.reraise(*triple)",
        "if a: _type, _value, _traceback = triple; raise _value.with_traceback(_traceback)",
    ),
    "a triple behind a semicolon": _plain(
        "if a:\n    b = 1; six.reraise(*triple)",
        "if a:\n    b = 1; _type, _value, _traceback = triple; raise _value.with_traceback(_traceback)",
    ),
    "a triple before a semicolon": _plain(
        "if a:\n    six.reraise(*triple); b = 1",
        "if a:\n    _type, _value, _traceback = triple\n    raise _value.with_traceback(_traceback); b = 1",
    ),
    "a triple, with names that are taken": _plain(
        "_value = 3\n\ndef f(ei):\n    x = _value, _type_\n    six.reraise(*ei)\n\ndef g(_type):\n    pass",
        "_value = 3\n\ndef f(ei):\n    x = _value, _type_\n    _type__, _value_, _traceback = ei\n"
        "    raise _value_.with_traceback(_traceback)\n\ndef g(_type):\n    pass",
    ),
    "weak value": _plain("six.reraise(type(a or b), a or b, tb)", "raise (a or b).with_traceback(tb)"),
}

LEFT: Left = {
    "expression": ("import six\n\ndef f():\n    return six.reraise(a, b, c)\n", "can't be written as a `raise`"),
    "lambda": ("import six\n\nf = lambda: six.reraise(a, b, c)\n", "can't be written as a `raise`"),
    "handed on": ("import six\n\nf = six.reraise\n", "can't be written as a `raise`"),
    "keywords": ("import six\n\nsix.reraise(a, value=b)\n", "can't be written as a `raise`"),
    "one argument": ("import six\n\nsix.reraise(a)\n", "can't be written as a `raise`"),
    "value that is computed twice": ("import six\n\nsix.reraise(a, f() or b, c)\n", "can't be written as a `raise`"),
    "comments between the arguments": (
        "import six\n\nsix.reraise(\n    E,\n    E('x'),  # value\n    tb,\n)\n",
        "it would lose a comment",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
