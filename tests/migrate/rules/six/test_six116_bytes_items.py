"""SIX116: `int2byte`, `byte2int` and `indexbytes`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays, expressions

REWRITES: Rewrites = {
    **expressions(
        {
            "six.int2byte(y)": "bytes((y,))",
            "six.int2byte(y + 1)": "bytes((y + 1,))",
            "b''.join(six.int2byte(i) for i in y)": "b''.join(bytes((i,)) for i in y)",
            "six.byte2int(y)": "y[0]",
            "six.byte2int(y or z)": "(y or z)[0]",
            "six.byte2int(b'a')": "b'a'[0]",
            "six.indexbytes(y, 3)": "y[3]",
            "six.indexbytes(y + z, i + 1)": "(y + z)[i + 1]",
            "six.indexbytes(f(y), -1) & 7": "f(y)[-1] & 7",
        }
    ),
    **expressions({"map(six.int2byte, y)": 'map(struct.Struct(">B").pack, y)'}, needs="import struct"),
    **expressions({"map(six.byte2int, y)": "map(operator.itemgetter(0), y)"}, needs="import operator"),
    **expressions({"map(six.indexbytes, y, z)": "map(operator.getitem, y, z)"}, needs="import operator"),
    "the module is there": (
        "import operator as op\nimport six\n\nx = map(six.byte2int, y), op\n",
        "import operator as op\n\nx = map(op.itemgetter(0), y), op\n",
    ),
}

LEFT: Left = {
    "keywords": ("import six\n\nx = six.indexbytes(buf=y, i=0)\n", "with unusual arguments"),
    "starred": ("import six\n\nx = six.int2byte(*y)\n", "with unusual arguments"),
    "names taken": (
        "import six\n\ndef f(operator, itemgetter):\n    return map(six.byte2int, operator)\n",
        "is handed on",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
