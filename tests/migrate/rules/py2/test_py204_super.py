"""PY204: `super()` without arguments."""

import pytest

from tests.migrate.rules.checks import check, check_left, check_untouched

REWRITES = {
    "plain": (
        """
        class A(B):
            def f(self):
                return super(A, self).f()  # why
        """,
        """
        class A(B):
            def f(self):
                return super().f()  # why
        """,
    ),
    "class method": (
        """
        class A(B):
            @classmethod
            def f(cls):
                super(
                    A, cls
                ).f()
        """,
        """
        class A(B):
            @classmethod
            def f(cls):
                super().f()
        """,
    ),
    "class of a function, and another one of the name elsewhere": (
        """
        def f():
            class A(B):
                def f(self):
                    super(A, self).f()

        def g(A):
            A = 1
        """,
        """
        def f():
            class A(B):
                def f(self):
                    super().f()

        def g(A):
            A = 1
        """,
    ),
    "nested class by its full path": (
        """
        class A:
            class B(C):
                def f(self):
                    super(A.B, self).f()
        """,
        """
        class A:
            class B(C):
                def f(self):
                    super().f()
        """,
    ),
}

LEFT = {
    "another class": (
        "class A(B):\n    def f(self):\n        super(B, self).f()\n",
        "first argument isn't the class A",
    ),
    "self.__class__": (
        "class A(B):\n    def f(self):\n        super(self.__class__, self).f()\n",
        "first argument isn't the class A",
    ),
    "outside of a class": ("def f(self):\n    super(A, self).f()\n", "isn't a method itself"),
    "rebound parameter": (
        "class A(B):\n    def f(self):\n        self = other\n        super(A, self).f()\n",
        "isn't the method's first parameter",
    ),
    "nested function": (
        "class A(B):\n    def f(self):\n        def g():\n            super(A, self).f()\n",
        "isn't a method itself",
    ),
    "unknown decorator": (
        "@replace\nclass A(B):\n    def f(self):\n        super(A, self).f()\n",
        "may replace the class",
    ),
    "parameter of the name": (
        "class C(B):\n    def up(self, C):\n        return super(C, self).up()\n",
        "may mean something else",
    ),
    "local of the name": (
        "class C(B):\n    def up(self):\n        for C in self:\n            super(C, self).up()\n",
        "may mean something else",
    ),
    "import of the name": (
        "class C(B):\n    def up(self):\n        from m import C\n        super(C, self).up()\n",
        "may mean something else",
    ),
    "class that is replaced": (
        "class C(B):\n    def up(self):\n        super(C, self).up()\n\n\nC = replace(C)\n",
        "may mean something else",
    ),
    "class that a function replaces": (
        "class C(B):\n    def up(self):\n        super(C, self).up()\n\n\ndef f():\n    global C\n    C = new\n",
        "may mean something else",
    ),
    "outer class that is replaced": (
        "class C:\n    class D(B):\n        def up(self):\n            super(C.D, self).up()\n\n\nC = replace(C)\n",
        "may mean something else",
    ),
    "inner class that is replaced": (
        "class C:\n    class D(B):\n        def up(self):\n            super(C.D, self).up()\n\n\nC.D = replace(C.D)\n",
        "may mean something else",
    ),
    "in a comprehension": (
        "class A(B):\n    def f(self):\n        return [super(A, self).f(x) for x in y]\n",
        "comprehension",
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "PY204")


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(source: str, reason: str) -> None:
    check_left(source, reason, "PY204")


def test_says_nothing_about_modern_code() -> None:
    check_untouched("class A(B):\n    def f(self):\n        super().f()\n", "PY204")
