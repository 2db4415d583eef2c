"""SIX126: type comments and string annotations."""

from typing import Tuple

from tests.migrate.rules.six.tables import Rewrites, cases, check_becomes, check_nothing_said

REWRITES: Rewrites = {
    "function": (
        "import six\n\ndef f(x):\n"
        "    # type: (six.text_type, List[six.string_types]) -> six.binary_type\n    return x\n",
        "def f(x):\n    # type: (str, List[str]) -> bytes\n    return x\n",
    ),
    "variable": (
        "import six\n\nx = []  # type: List[six.integer_types]\ny = 1  # type: ignore\n",
        "x = []  # type: List[int]\ny = 1  # type: ignore\n",
    ),
    "parameter": (
        "import six\n\ndef f(x,  # type: six.text_type\n      ):\n    pass\n",
        "def f(x,  # type: str\n      ):\n    pass\n",
    ),
    "annotations": (
        "from six import text_type\n\ndef f(x: 'text_type', *y: \"Dict[text_type, int]\") -> 'text_type':\n    pass\n",
        "def f(x: 'str', *y: \"Dict[str, int]\") -> 'str':\n    pass\n",
    ),
    "variable annotation": ("import six\n\nx: 'six.text_type' = ''\n", "x: 'str' = ''\n"),
    "name that keeps its local name": (
        "from six.moves import StringIO\n\ndef f(x: 'StringIO'):\n    pass\n",
        "from io import StringIO\n\ndef f(x: 'StringIO'):\n    pass\n",
    ),
    "full name": (
        "import six\n\ndef f(x):\n    # type: (six.StringIO, six.moves.urllib.parse.ParseResult) -> None\n    pass\n",
        "def f(x):\n    # type: (io.StringIO, urllib.parse.ParseResult) -> None\n    pass\n",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


def test_leaves_other_comments_alone() -> None:
    check_nothing_said("# type of six.text_type\nx = 1  # type: six.text_type\n")
