"""TOR103: `gen.Return`."""

from typing import Dict, Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.tables import (
    Left,
    Rewrites,
    cases,
    check_becomes,
    check_becomes_in_part,
    check_stays,
    coroutine,
)

REWRITES: Rewrites = {
    "a value": coroutine("raise gen.Return(1)", "return 1"),
    "no value": coroutine("raise gen.Return()", "return"),
    "the class": coroutine("raise gen.Return", "return"),
    "a comment": coroutine("raise gen.Return(x)  # why", "return x  # why"),
    "a tuple": coroutine("raise gen.Return((1, 2))", "return (1, 2)"),
    "what is waited for": coroutine(
        "raise gen.Return((yield g()))", "return await aio.as_awaitable(g())", "from plumpy_compat import aio"
    ),
    "a choice": coroutine("raise gen.Return(a if b else c)", "return a if b else c"),
    "over lines": coroutine("raise gen.Return(a +\n                 b)", "return (a +\n                 b)"),
    "a call over lines": coroutine("raise gen.Return(g(\n    a,\n))", "return g(\n    a,\n)"),
    "with a cause": coroutine(
        "try:\n    g()\nexcept E as e:\n    raise gen.Return(1) from e",
        "try:\n    g()\nexcept E as e:\n    return 1",
    ),
    "in a finally": coroutine(
        "try:\n    g()\nfinally:\n    raise gen.Return(1)", "try:\n    g()\nfinally:\n    return 1"
    ),
    "in a narrower handler": coroutine(
        "try:\n    raise gen.Return(1)\nexcept KeyError:\n    pass", "try:\n    return 1\nexcept KeyError:\n    pass"
    ),
    "comments around the value": coroutine(
        "raise gen.Return(  # first\n    1,  # last\n)", "return (  # first\n    1  # last\n)"
    ),
    "on the line of an if": coroutine("if a: raise gen.Return(1)", "if a: return 1"),
    "before a semicolon": coroutine("a = 1; raise gen.Return(a)", "a = 1; return a"),
}

NOTED: Dict[str, Tuple[str, str, str]] = {
    "a handler that caught it": (
        *coroutine(
            "try:\n    raise gen.Return(1)\nexcept Exception:\n    pass",
            "try:\n    return 1\nexcept Exception:\n    pass",
        ),
        "the handler at line 9 caught `gen.Return`",
    ),
    "a context manager that saw it": (
        *coroutine("with a:\n    raise gen.Return(1)", "with a:\n    return 1"),
        "the context manager saw an exception here",
    ),
}

LEFT: Left = {
    "comments in its way": (
        "from tornado import gen\n\n@gen.coroutine\ndef f():\n"
        "    yield g()\n    raise gen.Return(\n        1  # one\n        ,  # two\n    )\n",
        "stays a coroutine of tornado: line 6: it would lose a comment",
    ),
    "in a plain function": (
        "from tornado import gen\n\ndef stop(number, frame):\n    raise gen.Return(1)\n",
        "in a plain function unwinds the coroutine",
    ),
    "as a value": ("from tornado import gen\n\nERRORS = [gen.Return]\n", "is used as a value"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    findings = check_becomes(case[:2])
    assert any(case[2] in one.message for one in findings if one.outcome is Outcome.NOTE), findings


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


def test_a_plain_function_in_a_coroutine_is_left() -> None:
    before, after = coroutine(
        "def stop():\n    raise gen.Return(1)\nyield g(stop)",
        "def stop():\n    raise gen.Return(1)\nawait aio.as_awaitable(g(stop))",
        "from plumpy_compat import aio\n\nfrom tornado import gen",
    )
    check_becomes_in_part((before, after, "in a plain function unwinds"))
