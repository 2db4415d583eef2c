"""SIX112: `six.with_metaclass`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays


def _class(before: str, after: str) -> Tuple[str, str]:
    return f"import six\n\n\nclass A{before}:  # why\n    pass\n", f"class A{after}:  # why\n    pass\n"


REWRITES: Rewrites = {
    "no base": _class("(six.with_metaclass(M))", "(metaclass=M)"),
    "object": _class("(six.with_metaclass(M, object))", "(metaclass=M)"),
    "one base": _class("(six.with_metaclass(M, B))", "(B, metaclass=M)"),
    "bases": _class("(six.with_metaclass(M, B, C))", "(B, C, metaclass=M)"),
    "keywords": _class("(six.with_metaclass(M, B), x=1)", "(B, x=1, metaclass=M)"),
    "metaclass that is a call": _class("(six.with_metaclass(f(x), B))", "(B, metaclass=f(x))"),
    "lines": _class("(\n    six.with_metaclass(M, B,),\n)", "(\n    B, metaclass=M,\n)"),
    "base of six": _class("(six.with_metaclass(M, six.Iterator))", "(metaclass=M)"),
    "by name": (
        "from six import with_metaclass\n\n\nclass A(with_metaclass(M, B)):\n    pass\n",
        "class A(B, metaclass=M):\n    pass\n",
    ),
}

LEFT: Left = {
    "other bases": (
        "import six\n\nclass A(six.with_metaclass(M, B), C):\n    pass\n",
        "it stands next to other bases",
    ),
    "starred bases": (
        "import six\n\nclass A(six.with_metaclass(M, *bases)):\n    pass\n",
        "its arguments aren't just a metaclass and bases",
    ),
    "metaclass there": (
        "import six\n\nclass A(six.with_metaclass(M, B), metaclass=N):\n    pass\n",
        "the class has a metaclass already",
    ),
    "no class statement": ("import six\n\nBase = six.with_metaclass(M, B)\n", "isn't a base in a class statement"),
    "comments between the arguments": (
        "import six\n\nclass A(six.with_metaclass(\n        M,  # meta\n        B)):\n    pass\n",
        "it would lose a comment",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
