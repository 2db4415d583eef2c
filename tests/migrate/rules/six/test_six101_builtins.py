"""SIX101: names that are builtins."""

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

REWRITES: Rewrites = {
    **expressions(
        {
            "six.text_type(y)": "str(y)",
            "six.text_type(data, 'utf-8', errors='replace')": "str(data, 'utf-8', errors='replace')",
            "six.binary_type(text, 'ascii')": "bytes(text, 'ascii')",
            "six.unichr(233)": "chr(233)",
            "six.print_('a', file=f, end='')": "print('a', file=f, end='')",
            "six.next(iterator)": "next(iterator)",
            "six.advance_iterator(iterator, None)": "next(iterator, None)",
            "six.callable(f)": "callable(f)",
            "six.iterbytes(data)": "iter(data)",
            "map(six.iterbytes, many)": "map(iter, many)",
            "six.exec_(code, globs, locs)": "exec(code, globs, locs)",
            "six.exec_(code, _globs_=globs, _locs_=locs)": "exec(code, globs, locs)",
            "six.exec_(code, _locs_=locs, _globs_=globs)": "exec(code, globs, locs)",
            "six.exec_(code, _locs_=locs)": "exec(code, None, locs)",
            "six.exec_(_globs_=globs, _code_=code)": "exec(code, globs)",
            "six.moves.range(3)": "range(3)",
            "six.moves.xrange(3)": "range(3)",
            "list(six.moves.zip(a, b))": "list(zip(a, b))",
            "six.moves.map(f, a)[0]": "map(f, a)[0]",
            "next(six.moves.filter(None, a))": "next(filter(None, a))",
            "six.moves.input('? ')": "input('? ')",
            "{six.text_type: 1}[six.text_type]": "{str: 1}[str]",
            "click.Tuple([six.text_type, float])": "click.Tuple([str, float])",
            "six . text_type": "str",
            "(six\n     .text_type)": "(str)",
            "six.text_type.upper": "str.upper",
        }
    ),
    "decorator and default": (
        """
        import six

        @convert.register(six.text_type)
        def f(kind=six.binary_type):
            pass
        """,
        """
        @convert.register(str)
        def f(kind=bytes):
            pass
        """,
    ),
    "line continuation": ("import six\nx = six.\\\n    text_type(1)\n", "x = str(1)\n"),
    "alias of six": ("import six as s\nx = s.text_type(1)\n", "x = str(1)\n"),
    "alias of a name": ("from six import text_type as T, u as U\nx = T(U('1'))\n", "x = str('1')\n"),
    "alias of the moves": ("import six.moves as m\nx = m.range(3)\n", "x = range(3)\n"),
    "moves by name": ("from six import moves\nx = moves.zip(moves.input())\n", "x = zip(input())\n"),
    "every use of xrange": (
        "from six.moves import xrange\nfor i in xrange(3):\n    print(xrange(i))\n",
        "for i in range(3):\n    print(range(i))\n",
    ),
    "xrange under the builtin's name": ("from six.moves import xrange as range\nx = range(3)\n", "x = range(3)\n"),
    "shadowing import of next": (
        "from six import next, callable\nx = next(y), callable(z)\n",
        "x = next(y), callable(z)\n",
    ),
    "parameter with the builtin's name": (
        "import six\n\ndef f(range):\n    return six.moves.range(range)\n",
        "import builtins\n\ndef f(range):\n    return builtins.range(range)\n",
    ),
    "loop variable with the builtin's name": (
        "import six\n\nfor range in six.moves.range(3):\n    print(range)\n",
        "import builtins\n\nfor range in builtins.range(3):\n    print(range)\n",
    ),
    "inside a comprehension": (
        "import six\n\nx = [six.text_type(i) for i in six.moves.range(3) if six.callable(i)]\n",
        "x = [str(i) for i in range(3) if callable(i)]\n",
    ),
    "attribute of another thing is no six": (
        "import six\n\nself.six.text_type = six.text_type\n",
        "self.six.text_type = str\n",
    ),
}

LEFT: Left = {
    "builtins is taken, too": (
        "import six\n\ndef f(range, builtins):\n    return six.moves.range(3)\n",
        "is a builtin whose name means something else here",
    ),
    **{
        f"arguments of exec: {args}": (f"import six\n\nsix.exec_({args})\n", "arguments that `exec` may not take")
        for args in ("code='x'", "_globs_={}", "a, **b", "*a, _locs_=b", "a, _code_=b", "a, closure=b")
    },
    "in an f-string": ("import six\n\nx = f'{six.text_type(1)}'\n", "inside an f-string"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


def test_a_parameter_named_six_is_no_six() -> None:
    check_nothing_said("def f(six):\n    return six.text_type(six.moves.range(3))\n")
