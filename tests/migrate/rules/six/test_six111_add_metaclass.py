"""SIX111: `six.add_metaclass`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays


def _class(before: str, after: str) -> Tuple[str, str]:
    return f"import six\n\n\n{before}:\n    pass\n", f"{after}:\n    pass\n"


REWRITES: Rewrites = {
    "object": _class("@six.add_metaclass(abc.ABCMeta)\nclass A(object)", "class A(metaclass=abc.ABCMeta)"),
    "no parentheses": _class("@six.add_metaclass(M)\nclass A", "class A(metaclass=M)"),
    "empty parentheses": _class("@six.add_metaclass(M)\nclass A()", "class A(metaclass=M)"),
    "bases": _class("@six.add_metaclass(M)\nclass A(B, C)", "class A(B, C, metaclass=M)"),
    "object among bases": _class("@six.add_metaclass(M)\nclass A(B, object)", "class A(B, object, metaclass=M)"),
    "keywords": _class("@six.add_metaclass(M)\nclass A(B, x=1)", "class A(B, x=1, metaclass=M)"),
    "starred bases": _class("@six.add_metaclass(M)\nclass A(*bases)", "class A(*bases, metaclass=M)"),
    "trailing comma": _class("@six.add_metaclass(M)\nclass A(B, )", "class A(B, metaclass=M, )"),
    "metaclass that is an expression": _class(
        "@six.add_metaclass(lambda *a: type(*a))\nclass A(object)", "class A(metaclass=lambda *a: type(*a))"
    ),
    "names of six in it": _class(
        "@six.add_metaclass(make(six.text_type))\nclass A(make(six.binary_type))",
        "class A(make(bytes), metaclass=make(str))",
    ),
    "bases on lines": _class(
        "@six.add_metaclass(M)\nclass A(\n    B,  # b\n    C,  # c\n)",
        "class A(\n    B,  # b\n    C, metaclass=M,  # c\n)",
    ),
    "below another decorator": _class("@deco\n@six.add_metaclass(M)\nclass A(B)", "@deco\nclass A(B, metaclass=M)"),
    "comments": (
        """
        import six


        # above
        @six.add_metaclass(M)  # meta
        # below
        class A(B):  # trailing
            pass
        """,
        """
        # above
        # meta
        # below
        class A(B, metaclass=M):  # trailing
            pass
        """,
    ),
    "comments among decorators": (
        """
        import six


        @first
        # why
        @six.add_metaclass(M)  # pylint: disable=all
        class A(B):
            pass
        """,
        """
        @first
        # why
        class A(B, metaclass=M):
            pass
        """,
    ),
    "other rules on the same header": (
        """
        import six


        @six.python_2_unicode_compatible
        @six.add_metaclass(M)
        class A(six.Iterator):
            pass
        """,
        """
        class A(metaclass=M):
            pass
        """,
    ),
    "in a function, by name": (
        "from six import add_metaclass as meta\n\n\ndef f():\n    @meta(M)\n    class A(object):\n        pass\n",
        "def f():\n    class A(metaclass=M):\n        pass\n",
    ),
}

LEFT: Left = {
    "metaclass there": (
        "import six\n\n@six.add_metaclass(M)\nclass A(B, metaclass=N):\n    pass\n",
        "the class has a metaclass already",
    ),
    "twice": (
        "import six\n\n@six.add_metaclass(M)\n@six.add_metaclass(N)\nclass A(B):\n    pass\n",
        "the class has a metaclass already",
    ),
    "unknown keywords": (
        "import six\n\n@six.add_metaclass(M)\nclass A(B, **options):\n    pass\n",
        "may have a metaclass among its keywords",
    ),
    "other arguments": ("import six\n\n@six.add_metaclass(*m)\nclass A(B):\n    pass\n", "other arguments than one"),
    "as a function": ("import six\n\nA = six.add_metaclass(M)(B)\n", "isn't used as a decorator of a class"),
    "handed on": ("import six\n\nmeta = six.add_metaclass\n", "isn't used as a decorator of a class"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


def test_notes_decorators_that_now_come_later() -> None:
    case = _class("@six.add_metaclass(M)\n@deco\nclass A(B)", "@deco\nclass A(B, metaclass=M)")
    findings = check_becomes(case)
    assert [one.message for one in findings if one.outcome is Outcome.NOTE] == [
        "the metaclass now comes before the decorators that stood below it"
    ]
