"""SIX108: branches on the Python version."""

from typing import Tuple

import pytest

from tests.migrate.rules.checks import check, check_untouched
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays, expressions

ALWAYS = """
six.PY3
not six.PY2
six.PY34
six.PY3 or f()
a or six.PY3
six.PY3 and not six.PY2
sys.version_info[0] >= 3
sys.version_info[0] == 3
sys.version_info[0] != 2
3 <= sys.version_info[0]
2 < sys.version_info[0]
sys.version_info.major > 2
sys.version_info >= (3,)
sys.version_info >= (3, 5)
sys.version_info > (3,)
sys.version_info > (3, 0)
sys.version_info > (2, 7, 18)
(3, 6) <= sys.version_info
sys.version_info[:2] >= (3, 6)
sys.version_info[:1] == (3,)
sys.version_info[:3] > (3, 0, 0)
sys.hexversion >= 0x03000000
sys.hexversion > 0x020700F0
sys.version[0] == '3'
platform.python_version_tuple()[0] == '3'
sys.version_info >= (3, 9)
""".strip().split("\n")

NEVER = """
six.PY2
not six.PY3
six.PY2 and f()
a and six.PY2
six.PY2 or not six.PY3
sys.version_info[0] < 3
sys.version_info[0] == 2
sys.version_info.major == 2
sys.version_info < (3,)
sys.version_info <= (3, 2)
sys.version_info < (3, 9)
sys.version_info[:2] == (2, 7)
sys.version_info[:2] < (3, 3)
sys.version_info == (2, 7)
sys.hexversion < 0x03000000
sys.version[0] == '2'
platform.python_version_tuple()[0] == '2'
""".strip().split("\n")

UNDECIDED = """
sys.version_info >= (3, 10)
sys.version_info > (3, 9, 5)
sys.version_info[:2] > (3, 9)
sys.version_info[1] >= 5
sys.version_info.minor > 6
sys.version_info[:2] == (3, 11)
sys.version_info[0:2] > (3, 3)
sys.hexversion >= 0x030a0000
sys.version > '3'
platform.python_version_tuple() > ('3', '0')
platform.python_version_tuple()[1] == '9'
tornado.version_info >= (3, 0)
sys.version_info == x
sys.version_info in supported
sys.implementation.name == 'pypy'
pkg.PY2
PY2
""".strip().split("\n")

IMPORTS = "import platform\nimport pkg\nimport sys\n"


@pytest.mark.parametrize("test", ALWAYS)
def test_keeps_a_branch_that_always_runs(test: str) -> None:
    six = "import six\n" if "six" in test else ""
    check_becomes((f"{IMPORTS}{six}\nif {test}:\n    x = 1\nelse:\n    x = 2\n", f"{IMPORTS}\nx = 1\n"))


@pytest.mark.parametrize("test", NEVER)
def test_drops_a_branch_that_never_runs(test: str) -> None:
    six = "import six\n" if "six" in test else ""
    check_becomes((f"{IMPORTS}{six}\nif {test}:\n    x = 1\nelse:\n    x = 2\n", f"{IMPORTS}\nx = 2\n"))


@pytest.mark.parametrize("test", UNDECIDED)
def test_leaves_what_may_go_either_way(test: str) -> None:
    check_untouched(f"{IMPORTS}\nif {test}:\n    x = 1\nelse:\n    x = 2\n", "SIX")


@pytest.mark.parametrize(
    ("version", "test", "value"),
    [
        ((3, 8), "sys.version_info >= (3, 8)", True),
        ((3, 8), "sys.version_info < (3, 8)", False),
        ((3, 11), "sys.version_info >= (3, 10)", True),
        ((3, 11), "sys.version_info[:2] < (3, 11)", False),
        ((3, 11), "sys.hexversion >= 0x030a0000", True),
    ],
)
def test_follows_the_target_version(version: Tuple[int, int], test: str, value: bool) -> None:
    before = f"import sys\n\nx = 1 if {test} else 2\n"
    check(before, f"import sys\n\nx = {1 if value else 2}\n", "SIX", target_version=version)


@pytest.mark.parametrize("test", ["sys.version_info >= (3, 9)", "sys.version_info < (3, 10)"])
def test_leaves_what_an_older_target_needs(test: str) -> None:
    check_untouched(f"import sys\n\nx = 1 if {test} else 2\n", "SIX", target_version=(3, 8))


REWRITES: Rewrites = {
    "one of two yields": (
        "import six\n\ndef f():\n    if six.PY2:\n        yield 1\n    else:\n        yield 2\n",
        "def f():\n    yield 2\n",
    ),
    "yield of a function that goes": (
        "import six\n\ndef f():\n    if six.PY2:\n        def g():\n            yield 1\n    return 2\n",
        "def f():\n    return 2\n",
    ),
    **expressions(
        {
            "1 if six.PY2 else (2, 3)": "(2, 3)",
            "(a if six.PY3 else b).c": "(a).c",
            "1 if six.PY2 else 2 if six.PY34 else 3": "2",
            "(1 if six.PY2 else 2) if six.PY3 else 3": "(2)",
            "a and six.PY3 and b": "a and b",
            "six.PY3 and b": "b",
            "a or six.PY2 or b": "a or b",
            "not (six.PY2 or a)": "not (a)",
            "not (a or six.PY2)": "not (a)",
            "not (b and (a or six.PY2))": "not (b and (a))",
            "1 if a and six.PY3 else 2": "1 if a else 2",
            "[b for b in c if b and six.PY3]": "[b for b in c if b]",
            "[] or six.PY2": "[] or False",
            "a and six.PY3": "a and True",
            "(a or six.PY2) and b": "(a or False) and b",
            "[b and six.PY3 for b in c]": "[b and True for b in c]",
            "1 if f(a or six.PY2) else 2": "1 if f(a or False) else 2",
            "f('b' if six.PY3 else u'b', # why\n    2)": "f('b', # why\n    2)",
        }
    ),
    "comments": (
        """
        import six

        # above
        if six.PY2:  # two
            # old
            import a
        # between
        else:  # three
            # new
            import b  # here
            # end
        # below
        print()
        """,
        """
        # above
        # new
        import b  # here
        # end
        # below
        print()
        """,
    ),
    "no else": ("import six\n\na = 1\nif six.PY2:\n    a = 2\nb = 3\n", "a = 1\nb = 3\n"),
    "nothing left of a function": ("import six\n\ndef f():\n    if six.PY2:\n        g()\n", "def f():\n    pass\n"),
    "nothing left of a class": (
        "import six\n\nclass A:\n    if six.PY2:\n        def f(self):\n            pass\n",
        "class A:\n    pass\n",
    ),
    "nothing left but a comment": (
        "import six\n\nfor a in b:\n    if six.PY2:\n        f()\n    # end of loop\n",
        "for a in b:\n    pass\n    # end of loop\n",
    ),
    "the other branch does nothing": (
        "import six\n\nif six.PY3:\n    pass\nelse:\n    import a\nb = 1\n",
        "b = 1\n",
    ),
    "the other branch only has a comment": (
        "import six\n\nif a:\n    if six.PY2:\n        import b\n    else:\n        # not needed\n        pass\n",
        "if a:\n    # not needed\n    pass\n",
    ),
    "the branch only imports six": (
        "import six\n\nif six.PY3:\n    from six.moves import range\nfor i in range(3):\n    pass\n",
        "for i in range(3):\n    pass\n",
    ),
    "elif": (
        """
        import six

        if a:
            b = 1
            # one
        elif six.PY2:
            # two
            b = 2
        elif six.PY3:
            # three
            b = 3
        else:
            b = 4
        """,
        """
        if a:
            b = 1
            # one
        else:
            # three
            b = 3
        """,
    ),
    "elif that never runs, last": (
        "import six\n\nif a:\n    b = 1\nelif six.PY2:\n    # two\n    b = 2\nc = 3\n",
        "if a:\n    b = 1\nc = 3\n",
    ),
    "elif that never runs, before another": (
        "import six\n\nif a:\n    b = 1\nelif six.PY2:\n    b = 2\nelif c:\n    # three\n    b = 3\n",
        "if a:\n    b = 1\nelif c:\n    # three\n    b = 3\n",
    ),
    "elif becomes if": (
        "import six\n\n# why\nif six.PY2:\n    b = 1\nelif c:\n    # two\n    b = 2\nelse:\n    b = 3\n",
        "# why\nif c:\n    # two\n    b = 2\nelse:\n    b = 3\n",
    ),
    "nested": (
        """
        import six

        def f():
            if six.PY3:
                if six.PY2:
                    return 1
                else:
                    if not six.PY3:
                        return 2
                    return 3
            return 4
        """,
        """
        def f():
            return 3
            return 4
        """,
    ),
    "nested in a branch that goes": (
        "import six\n\nif six.PY2:\n    if six.PY3:\n        a = six.foo(1)\nb = 1\n",
        "b = 1\n",
    ),
    "one line": ("import six\n\nif six.PY3: a = 1; b = 2\nelse: a = 3\n", "a = 1; b = 2\n"),
    "one line in a block": (
        "import six\n\ndef f():\n    if six.PY2: return 1\n    return 2\n",
        "def f():\n    return 2\n",
    ),
    "tabs": (
        "import six\n\nif a:\n\tif not six.PY2:\n\t\tb = 1\n\telse:\n\t\tb = 2\n",
        "if a:\n\tb = 1\n",
    ),
    "long strings": (
        "import six\n\nif six.PY2:\n    a = '''\n1\n'''\nelse:\n    a = '''\n  2\n'''\n",
        "a = '''\n  2\n'''\n",
    ),
    "other names of six in the branch": (
        """
        import six

        if six.PY3:
            @six.python_2_unicode_compatible
            class A(six.with_metaclass(M, six.Iterator)):
                def f(self):
                    return six.text_type(1)
        """,
        """
        class A(metaclass=M):
            def f(self):
                return str(1)
        """,
    ),
    "the operand of a test": (
        "import six\n\nif six.PY3 and a:\n    b = 1\nwhile a or six.PY2:\n    pass\n",
        "if a:\n    b = 1\nwhile a:\n    pass\n",
    ),
    "imported both ways": (
        "import six\n\nif six.PY2:\n    import collections\nelse:\n    import collections.abc as collections\n",
        "import collections.abc as collections\n",
    ),
    "own constant": (
        "import sys\n\nPY2 = sys.version_info[0] == 2\nPY3 = not PY2\nif PY2:\n    a = 1\nif PY3:\n    a = 2\n",
        "import sys\n\nPY2 = sys.version_info[0] == 2\nPY3 = not PY2\na = 2\n",
    ),
    "own constant from six": (
        "import six\n\nPY2 = six.PY2\n\ndef f():\n"
        "    if a:\n        if PY2:\n            return 1\n    return 2 if PY2 else 3\n",
        "PY2 = False\n\ndef f():\n    if a:\n        pass\n    return 3\n",
    ),
}

_GENERATOR = "the last `yield` of the function"

LEFT: Left = {
    "last yield": ("import six\n\ndef f():\n    if six.PY2:\n        yield 1\n    return 2\n", _GENERATOR),
    "last yield of an async function": (
        "import six\n\nasync def f():\n    if not six.PY3:\n        yield 1\n    await g()\n",
        _GENERATOR,
    ),
    "last yield, in an expression": ("import six\n\ndef f():\n    x = (yield) if six.PY2 else 3\n", _GENERATOR),
    "last yield of a lambda": ("import six\n\nf = lambda: (yield) if six.PY2 else 3\n", _GENERATOR),
    "last yield, with one of a function within": (
        "import six\n\ndef f():\n    if six.PY2:\n        yield from g()\n    def g():\n        yield 1\n",
        _GENERATOR,
    ),
    "dead definition used elsewhere": (
        "import six\n\nif six.PY3:\n    a = 1\nelse:\n    def g():\n        pass\nprint(g)\n",
        "`six.PY3` is always true: `g` is bound only there and used elsewhere",
    ),
}

NOT_OWN = {
    "bound twice": "import sys\n\nPY2 = sys.version_info[0] == 2\nPY2 = other\nif PY2:\n    a = 1\n",
    "rebound by a function": (
        "import sys\n\nPY2 = sys.version_info[0] == 2\n\ndef f():\n    global PY2\n    PY2 = 1\n\nif PY2:\n    a = 1\n"
    ),
    "a parameter of that name": (
        "import sys\n\nPY2 = sys.version_info[0] == 2\n\ndef f(PY2):\n    return 1 if PY2 else 2\n"
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


@cases(NOT_OWN)
def test_other_constants_are_not_decided(case: str) -> None:
    check_untouched(case, "SIX")


def test_keeps_an_operand_that_may_have_an_effect() -> None:
    check_becomes(("import six\n\nif f() and six.PY2:\n    a = 1\n", "if f() and False:\n    a = 1\n"))


def test_keeps_the_last_of_several_yields() -> None:
    branch = "    if six.PY2:\n        yield {}\n"
    before = f"import six\n\ndef f():\n{branch.format(1)}{branch.format(2)}"
    check(before, f"import six\n\ndef f():\n{branch.format(2)}", "SIX")


def test_keeps_a_last_yield_beside_a_constant() -> None:
    before = "import six\n\ndef f():\n    x = six.PY2 and (yield)\n"
    check_becomes((before, "def f():\n    x = False and (yield)\n"))


def test_keeps_windows_newlines() -> None:
    before = "import six\r\nif six.PY2:\r\n    a = 1\r\nelse:\r\n    # new\r\n    a = six.text_type(2)\r\n    # end\r\n"
    check_becomes((before, "# new\r\na = str(2)\r\n# end\r\n"))
