"""SIX126: type comments and string annotations."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_nothing_said, check_stays

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
    "modules that the file doesn't import": (
        "import six\n\ndef f(x):\n    # type: (six.StringIO, six.moves.urllib.parse.ParseResult) -> None\n    pass\n",
        "import io\nimport urllib.parse\n\n"
        "def f(x):\n    # type: (io.StringIO, urllib.parse.ParseResult) -> None\n    pass\n",
    ),
    "modules that the file doesn't import, in an annotation": (
        "import six\n\nx: 'Dict[six.StringIO, six.moves.urllib.parse.ParseResult]' = {}\n",
        "import io\nimport urllib.parse\n\nx: 'Dict[io.StringIO, urllib.parse.ParseResult]' = {}\n",
    ),
    "a module that the file imports": (
        "import io as sio\nimport six\n\nx: 'six.StringIO' = sio.StringIO()\n",
        "import io as sio\n\nx: 'sio.StringIO' = sio.StringIO()\n",
    ),
    "a module that other edits import": (
        "import six\n\nx: 'six.StringIO' = six.StringIO()\n",
        "import io\n\nx: 'io.StringIO' = io.StringIO()\n",
    ),
    "a name that's imported from where it lives": (
        "import six\nfrom six.moves import StringIO\n\nx: 'six.StringIO' = StringIO()\n",
        "from io import StringIO\n\nx: 'StringIO' = StringIO()\n",
    ),
    "in a branch that goes": (
        "import six\n\nif six.PY2:\n    x = []  # type: List[six.StringIO]\ny = 1\n",
        "y = 1\n",
    ),
}

LEFT: Left = {
    "no other spelling": ("import six\n\nx: 'six.Iterator' = y\n", "a type names `six.Iterator`"),
    "import that an annotation needs": (
        "import six\n\nx: 'six.Iterator' = y\n",
        "in a comment or a string still names",
    ),
    "names that are taken": (
        "import six\n\nio = StringIO = None\nx = y  # type: six.StringIO\n",
        "a type names `six.StringIO`",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


def test_leaves_other_comments_alone() -> None:
    check_nothing_said("# type of six.text_type\nx = 1  # type: six.text_type\n")
