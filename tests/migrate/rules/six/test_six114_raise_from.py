"""SIX114: `six.raise_from`."""

from typing import Tuple

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays


def _row(before: str, after: str) -> Tuple[str, str]:
    return f"import six\n\n{before}\n", f"{after}\n"


REWRITES: Rewrites = {
    "plain": _row("six.raise_from(E('x'), e)  # why", "raise E('x') from e  # why"),
    "no cause": _row("six.raise_from(E('x'), None)", "raise E('x') from None"),
    "trailing comma": _row("six.raise_from(E('x'), e,)", "raise E('x') from e"),
    "lines": _row("six.raise_from(\n    E(\n        'x'),\n    e)", "raise E(\n        'x') from e"),
    "in a block": _row(
        "try:\n    f()\nexcept E as e:\n    six.raise_from(F(e), e)",
        "try:\n    f()\nexcept E as e:\n    raise F(e) from e",
    ),
    "on the line of an if": _row("if a: six.raise_from(E('x'), e)", "if a: raise E('x') from e"),
    "before a semicolon": _row("six.raise_from(E('x'), e); b = 1", "raise E('x') from e; b = 1"),
    "names of six in it": _row("six.raise_from(E(six.text_type(e)), e)", "raise E(str(e)) from e"),
    "a choice": _row("six.raise_from(a if b else c, d or e)", "raise a if b else c from d or e"),
    "by name": ("from six import raise_from\n\nraise_from(E(), e)\n", "raise E() from e\n"),
}

LEFT: Left = {
    "expression": ("import six\n\nx = six.raise_from(a, b)\n", "can't be written as a `raise` statement"),
    "handed on": ("import six\n\nx = six.raise_from\n", "can't be written as a `raise` statement"),
    "starred": ("import six\n\nsix.raise_from(*a)\n", "can't be written as a `raise` statement"),
    "keywords": ("import six\n\nsix.raise_from(value=a, from_value=b)\n", "can't be written as a `raise` statement"),
    "comments between the arguments": (
        "import six\n\nsix.raise_from(\n    E('x'),  # what\n    e)\n",
        "it would lose a comment",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
