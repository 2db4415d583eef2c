"""PY203: the base class `object`."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "alone": ("class A(object):  # why\n    pass\n", "class A:  # why\n    pass\n"),
    "with spaces and a comma": ("class A ( object, ) : pass\n", "class A : pass\n"),
    "last": ("class A(B, object):\n    pass\n", "class A(B):\n    pass\n"),
    "with a keyword": ("class A(object, metaclass=M):\n    pass\n", "class A(metaclass=M):\n    pass\n"),
    "last, with a keyword": ("class A(B, object, metaclass=M):\n    pass\n", "class A(B, metaclass=M):\n    pass\n"),
    "on lines": ("class A(\n    B,  # b\n    object,\n):\n    pass\n", "class A(\n    B,  # b\n):\n    pass\n"),
    "pragma": ("class A(object):  # pylint: disable=useless-object-inheritance\n    x = 1\n", "class A:\n    x = 1\n"),
    "longer pragma": (
        "class A(object):  # pylint: disable=useless-object-inheritance,no-init\n    x = 1\n",
        "class A:  # pylint: disable=useless-object-inheritance,no-init\n    x = 1\n",
    ),
    "decorated and nested": (
        "class A(object):\n\t@d(object)\n\tclass B(object): x = object\n",
        "class A:\n\t@d(object)\n\tclass B: x = object\n",
    ),
    "windows newlines": ("class A(object):\r\n    pass\r\n", "class A:\r\n    pass\r\n"),
}

UNTOUCHED = {
    "own object": "from x import object\nclass A(object):\n    pass\n",
    "in front": "class A(object, B):\n    pass\n",
    "no base": "class A:\n    x = object\n",
    "attribute": "class A(x.object):\n    pass\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY203")


def test_keeps_a_comment_in_the_parentheses() -> None:
    check_left("class A(  # why\n    object\n):\n    pass\n", "it would lose a comment", "PY203")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_other_bases(source: str) -> None:
    check_untouched(source, "PY203")
