"""PY206: `python_2_unicode_compatible` and `__unicode__`."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

IMPORT = "from django.utils.encoding import python_2_unicode_compatible\n"

REWRITES = {
    "alone": (
        f"import a\n{IMPORT}\n@python_2_unicode_compatible\nclass A:\n    pass\n",
        "import a\n\nclass A:\n    pass\n",
    ),
    "among others": (
        f"{IMPORT}\n# zero\n@a\n# one\n@python_2_unicode_compatible  # two\n# three\n@b\nclass A(B): pass\n",
        "# zero\n@a\n# one\n# two\n# three\n@b\nclass A(B): pass\n",
    ),
    "with a comment, first": (
        f"{IMPORT}\n# zero\n@python_2_unicode_compatible  # two\nclass A(B): pass\n",
        "# zero\n# two\nclass A(B): pass\n",
    ),
    "with a pragma": (
        f"{IMPORT}\n@python_2_unicode_compatible  # pylint: disable=no-init\nclass A(B): pass\n",
        "class A(B): pass\n",
    ),
    "through the module": (
        "from django.utils import encoding\n\n@encoding.python_2_unicode_compatible\nclass A: pass\nencoding.x\n",
        "from django.utils import encoding\n\nclass A: pass\nencoding.x\n",
    ),
    "two classes": (
        "from future.utils import python_2_unicode_compatible as u, x\n@u\nclass A: pass\n@u\nclass B: pass\n",
        "from future.utils import x\nclass A: pass\nclass B: pass\n",
    ),
}

LEFT = {
    "called": (f"{IMPORT}A = python_2_unicode_compatible(A)\n", "isn't used as a decorator"),
    "unicode": ("class A:\n    def __unicode__(self): pass\n", "no `__str__`"),
    "unicode and str": ("class A:\n    def __unicode__(self): pass\n    __str__ = f\n", "never `__unicode__`"),
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY206")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY206")


def test_says_nothing_about_modern_code() -> None:
    check_untouched("@deco\nclass A:\n    def __str__(self): pass\n", "PY206")
