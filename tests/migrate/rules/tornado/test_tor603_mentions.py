"""TOR603: comments, docstrings and strings that speak of tornado."""

from typing import Dict, List, Tuple

from codemods.findings import Outcome
from tests.migrate.rules import checks
from tests.migrate.rules.tornado.testing_tables import cases, check_nothing_said

NOTED: Dict[str, Tuple[str, List[Tuple[int, str]]]] = {
    "a comment": ("import plumpy  # as Tornado does\n", [(1, "a comment speaks of tornado: # as Tornado does")]),
    "code in a comment": (
        "import asyncio\n# self.loop.run_sync(f)\n",
        [(2, "a comment shows code for tornado: # self.loop.run_sync(f)")],
    ),
    "one for a docstring": (
        '"""Run it.\n\n@gen.coroutine\ndef f():\n    raise gen.Return(1)\n"""\nimport kiwipy\n',
        [(3, "a docstring shows code for tornado: @gen.coroutine")],
    ),
    "each line with the word": (
        'def f():\n    """Retry.\n\n    Gives a tornado.gen.Result.\n\n    :raises: tornado.gen.Result\n    """\n',
        [
            (4, "a docstring speaks of tornado: Gives a tornado.gen.Result."),
            (6, "a docstring speaks of tornado: :raises: tornado.gen.Result"),
        ],
    ),
    "a string": (
        "OPTION = {\n    'description': 'The level of the `tornado` logger',\n}\n",
        [(2, "a string speaks of tornado: 'The level of the `tornado` logger'")],
    ),
    "a part of a string": (
        "def f(x):\n    return (\n        'no loop '\n        f'of tornado is at {x}'\n    )\n",
        [(4, "a string speaks of tornado: f'of tornado is at {x}'")],
    ),
    "a yield": (
        'import plumpy\n\n\ndef f():\n    """Run it::\n\n        result = yield process.future()\n    """\n',
        [(7, "a docstring shows code for tornado: result = yield process.future()")],
    ),
    "a yield in a line": (
        'import plumpy\n\n\ndef f():\n    """Wait: ``yield f``."""\n',
        [(5, 'a docstring shows code for tornado: """Wait: ``yield f``."""')],
    ),
    "other names of tornado's": (
        "# a tornado.web.Application\n",
        [(1, "a comment speaks of tornado: # a tornado.web.Application")],
    ),
}

NOTHING_SAID = {
    "renamed": '"""A tornado.ioloop.IOLoop, by tornado.gen.sleep."""\n# tornado.locks.Event\n',
    "a yield of Python's": 'def f():\n    """Wait: ``yield f``."""\n',
    "prose": 'import plumpy\n\n\ndef f():\n    """This will yield results (or not)."""\n',
    "names in strings": "x = 'tornado'\ny = 'a tornado.gen.sleep at work'\n",
    "requirements": "setup(install_requires=['tornado >= 4.5', 'six'])\nx = 'tornado < 5 ; python_version < 3'\n",
    "our markers": "# TODO(plumpy-migrate TOR901): `tornado.gen` is still imported\nx = 1\n",
}


@cases(NOTED)
def test_notes(case: Tuple[str, List[Tuple[int, str]]]) -> None:
    source, expected = case
    result = checks.run(source, "TOR603").result
    assert result.after is None
    assert [(one.line, one.message) for one in result.findings] == expected
    assert all(one.outcome is Outcome.NOTE for one in result.findings)


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR603")
