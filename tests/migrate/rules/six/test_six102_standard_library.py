"""SIX102: names that live in the standard library."""

from typing import Tuple

from tests.migrate.rules.six.tables import (
    Left,
    Rewrites,
    cases,
    check_becomes,
    check_nothing_said,
    check_stays,
    expressions,
)

HOMES = {
    "six.StringIO": "io.StringIO",
    "six.BytesIO": "io.BytesIO",
    "six.wraps": "functools.wraps",
    "six.MAXSIZE": "sys.maxsize",
    "six.create_bound_method": "types.MethodType",
    "six.moves.StringIO": "io.StringIO",
    "six.moves.cStringIO": "io.StringIO",
    "six.moves.UserDict": "collections.UserDict",
    "six.moves.UserList": "collections.UserList",
    "six.moves.UserString": "collections.UserString",
    "six.moves.filterfalse": "itertools.filterfalse",
    "six.moves.zip_longest": "itertools.zip_longest",
    "six.moves.getcwd": "os.getcwd",
    "six.moves.getcwdb": "os.getcwdb",
    "six.moves.getoutput": "subprocess.getoutput",
    "six.moves.intern": "sys.intern",
    "six.moves.reduce": "functools.reduce",
    "six.moves.reload_module": "importlib.reload",
    "six.moves.shlex_quote": "shlex.quote",
}

REWRITES: Rewrites = {
    **{
        name: row
        for name, home in HOMES.items()
        for row in expressions({name: home}, needs=f"import {home.split('.')[0]}").values()
    },
    **{
        f"from {name}": (
            f"from {name.rpartition('.')[0]} import {name.rpartition('.')[2]}\n\nx = {name.rpartition('.')[2]}\n",
            f"from {home.split('.')[0]} import {home.split('.')[1]}"
            + (f" as {name.rpartition('.')[2]}" if name.rpartition(".")[2] != home.split(".")[1] else "")
            + f"\n\nx = {name.rpartition('.')[2]}\n",
        )
        for name, home in HOMES.items()
    },
    "local alias stays": (
        "from six.moves import cStringIO as StringIO\n\nx = StringIO()\n",
        "from io import StringIO\n\nx = StringIO()\n",
    ),
    "the module is there": (
        "import io\nimport six\n\nx = six.StringIO(), io.open\n",
        "import io\n\nx = io.StringIO(), io.open\n",
    ),
    "the module is there under another name": (
        "import io as io_\nimport six\n\nx = six.StringIO(), io_.open\n",
        "import io as io_\n\nx = io_.StringIO(), io_.open\n",
    ),
    "the name is there": (
        "from io import StringIO\nimport six\n\nx = six.StringIO(), StringIO\n",
        "from io import StringIO\n\nx = StringIO(), StringIO\n",
    ),
    "a submodule of it is there": (
        "import os.path\nimport six\n\nx = six.moves.getcwd(), os.path\n",
        "import os\nimport os.path\n\nx = os.getcwd(), os.path\n",
    ),
    "a parameter has the module's name": (
        "import six\n\ndef f(io):\n    return six.StringIO(io)\n",
        "from io import StringIO\n\ndef f(io):\n    return StringIO(io)\n",
    ),
    "a global has the module's name": (
        "import six\n\nio = 3\nx = six.StringIO()\n",
        "from io import StringIO\n\nio = 3\nx = StringIO()\n",
    ),
    "a relative import has the module's name": (
        "import six\n\nfrom . import io\n\nx = six.StringIO(), io\n",
        "from io import StringIO\n\nfrom . import io\n\nx = StringIO(), io\n",
    ),
    "a function rebinds it": (
        "import six\n\nx = six.StringIO()\n\ndef f():\n    global io\n    io = 3\n",
        "from io import StringIO\n\nx = StringIO()\n\ndef f():\n    global io\n    io = 3\n",
    ),
}

LEFT: Left = {
    "both names are taken": (
        "import six\n\nio = 3\nStringIO = 4\nx = six.StringIO()\n",
        "the names that it needs mean something else",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


def test_says_nothing_about_modern_code() -> None:
    check_nothing_said("import io\n\nx = io.StringIO('six')\n")
