"""SIX125: names in strings, as tests patch them."""

from typing import Tuple

import pytest

from tests.migrate.rules.checks import check
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_nothing_said, check_stays


def _call(before: str, after: str) -> Tuple[str, str]:
    return f"from unittest import mock\n\nmock.patch({before})\n", f"from unittest import mock\n\nmock.patch({after})\n"


REWRITES: Rewrites = {
    "builtins": _call("'six.moves.builtins.open'", "'builtins.open'"),
    "builtin": _call("'six.moves.input', f", "'builtins.input', f"),
    "module": _call("'six.moves.urllib.request.urlopen'", "'urllib.request.urlopen'"),
    "flat module": _call("'six.moves.urllib_parse.quote'", "'urllib.parse.quote'"),
    "standard library": _call("'six.moves.getcwd'", "'os.getcwd'"),
    "prefix and quotes": _call('u"six.moves.queue.Queue"', 'u"queue.Queue"'),
    "keyword": _call("target='six.moves.builtins.print'", "target='builtins.print'"),
    "decorator": (
        "import mock\n\n@mock.patch('six.moves.builtins.open')\ndef test(f):\n    pass\n",
        "import mock\n\n@mock.patch('builtins.open')\ndef test(f):\n    pass\n",
    ),
    "imported by name": (
        "import importlib\n\nx = importlib.import_module('six.moves.urllib.parse')\n",
        "import importlib\n\nx = importlib.import_module('urllib.parse')\n",
    ),
    "type for a checker": (
        "from typing import cast\n\nx = cast('six.text_type', y)\n",
        "from typing import cast\n\nx = cast('str', y)\n",
    ),
}

LEFT: Left = {
    "unknown name": ("mock.patch('six.moves.other')\n", "the string names `six.moves.other`"),
    "all moves": ("__import__('six.moves')\n", "the string names `six.moves`"),
    "name of its own": ("mock.patch('six.iteritems')\n", "the string names `six.iteritems`"),
    "six of another module": ("mock.patch('pkg.mod.six.moves.input')\n", "the string names `pkg.mod.six.moves.input`"),
    "in pieces": ("mock.patch('six.moves.' 'input')\n", "the string names `six.moves.input`"),
}

UNTOUCHED = ["x = 'six.moves.input'\n", "f('use six.moves.input here')\n", "f('sixer.moves.input')\n", "# six.moves\n"]


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


@pytest.mark.parametrize("source", UNTOUCHED)
def test_other_strings_are_prose(source: str) -> None:
    check_nothing_said(source)


def test_follows_vendored_copies() -> None:
    before = "mock.patch('django.utils.six.moves.input')\n"
    check(before, "mock.patch('builtins.input')\n", "SIX", six_modules=("django.utils.six",))
