"""SIX118: `six.Iterator` and `six.python_2_unicode_compatible`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays


def _class(before: str, after: str) -> Tuple[str, str]:
    return f"import six\n\n\n{before}:\n    pass\n", f"{after}:\n    pass\n"


REWRITES: Rewrites = {
    "only base": _class("class A(six.Iterator)", "class A"),
    "first base": _class("class A(six.Iterator, B)", "class A(B)"),
    "last base": _class("class A(B, six.Iterator)", "class A(B)"),
    "before a keyword": _class("class A(six.Iterator, metaclass=M)", "class A(metaclass=M)"),
    "between a base and a keyword": _class("class A(B, six.Iterator, metaclass=M)", "class A(B, metaclass=M)"),
    "trailing comma": _class("class A(B, six.Iterator, )", "class A(B, )"),
    "decorator": _class("@six.python_2_unicode_compatible\nclass A(object)", "class A(object)"),
    "decorator and base": _class("@six.python_2_unicode_compatible\nclass A(six.Iterator)", "class A"),
    "decorator above another": _class(
        "# above\n@six.python_2_unicode_compatible\n# below\n@deco\nclass A(B)",
        "# above\n# below\n@deco\nclass A(B)",
    ),
    "decorator below another": _class(
        "@deco\n# above\n@six.python_2_unicode_compatible  # why\n# below\nclass A(B)",
        "@deco\n# above\n# why\n# below\nclass A(B)",
    ),
    "by name": (
        "from six import Iterator, python_2_unicode_compatible\n\n\n@python_2_unicode_compatible\n"
        "class A(Iterator):\n    pass\n",
        "class A:\n    pass\n",
    ),
}

LEFT: Left = {
    "test": ("import six\n\nx = isinstance(y, six.Iterator)\n", "isn't used as base or decorator"),
    "called": ("import six\n\nA = six.python_2_unicode_compatible(A)\n", "isn't used as base or decorator"),
    "handed on": ("import six\n\nx = six.Iterator\n", "isn't used as base or decorator"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
