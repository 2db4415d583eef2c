"""NSP101: empty classes as bags of attributes."""

import re

import pytest

from codemods.findings import Outcome
from codemods.rules.namespaces.classes import EMPTY_CLASS
from tests.migrate.rules.checks import check, check_left, check_untouched, run

REWRITES = {
    "local class": (
        """
        def options():
            class Options(object):
                pass

            result = Options()
            result.name = "a"
            result.size = 1
            return result
        """,
        """
        from types import SimpleNamespace

        def options():
            result = SimpleNamespace(name="a", size=1)
            return result
        """,
    ),
    "docstring": (
        '''
        """Versions."""

        import os
        import sys


        class Config:
            """What the project is told.

            Filled in by hand.
            """


        def get_config():
            # these are filled in
            cfg = Config()
            cfg.style = "pep440"
            cfg.verbose = False
            return cfg
        ''',
        '''
        """Versions."""

        import os
        import sys
        from types import SimpleNamespace


        def get_config():
            # these are filled in
            # What the project is told.
            #
            # Filled in by hand.
            cfg = SimpleNamespace(style="pep440", verbose=False)
            return cfg
        ''',
    ),
    "the file's own spelling": (
        """
        import types

        class A: pass

        a = A()
        a.x = 1
        """,
        """
        import types

        a = types.SimpleNamespace(x=1)
        """,
    ),
    "followed where only attributes are used": (
        """
        class A(object):
            pass

        def make(again):
            a = A()
            a.x = 1
            return make(False) if again else a

        def show(first, a):
            if a and first.x:
                first.y = a.x

        b = make(True)
        show(b, a=make(False))
        """,
        """
        from types import SimpleNamespace

        def make(again):
            a = SimpleNamespace(x=1)
            return make(False) if again else a

        def show(first, a):
            if a and first.x:
                first.y = a.x

        b = make(True)
        show(b, a=make(False))
        """,
    ),
    "several instances": (
        """
        class A(object):
            pass

        def f():
            a = A()
            a.x = f()
            b = A()
            setattr(b, "y", 2)
            print(a.x)
        """,
        """
        from types import SimpleNamespace

        def f():
            a = SimpleNamespace(x=f())
            b = SimpleNamespace()
            setattr(b, "y", 2)
            print(a.x)
        """,
    ),
    "attribute of self": (
        """
        class A(object):
            pass

        class B:
            def __init__(self, size):
                self._state = A()
                self._state.size = size
                self._state.count = 0
                self._state.items = self.get_items()
        """,
        """
        from types import SimpleNamespace

        class B:
            def __init__(self, size):
                self._state = SimpleNamespace(size=size, count=0)
                self._state.items = self.get_items()
        """,
    ),
    "stores with comments stay statements": (
        """
        class A: pass

        def f():
            a = A()  # made
            a.x = 1
            b = A()
            b.x = 1
            b.y = 2  # two
            c = A()
            # one
            c.x = 1
        """,
        """
        from types import SimpleNamespace

        def f():
            a = SimpleNamespace()  # made
            a.x = 1
            b = SimpleNamespace()
            b.x = 1
            b.y = 2  # two
            c = SimpleNamespace()
            # one
            c.x = 1
        """,
    ),
    "values that refer to the object": (
        """
        class A: pass

        def f():
            a = A()
            a.x = 1
            a.y = a.x + 1
            a.z = 2
        """,
        """
        from types import SimpleNamespace

        def f():
            a = SimpleNamespace(x=1)
            a.y = a.x + 1
            a.z = 2
        """,
    ),
    "stores that aren't plain": (
        """
        class A: pass

        def f(b):
            a = A()
            a.x = 1
            a.x = 2
            a.y = b.y = 3
            a.z += 1
        """,
        """
        from types import SimpleNamespace

        def f(b):
            a = SimpleNamespace(x=1)
            a.x = 2
            a.y = b.y = 3
            a.z += 1
        """,
    ),
    "values that other code could see the absence of": (
        """
        class A: pass

        state = A()
        state.x = 1
        state.y = compute()

        def f():
            try:
                a = A()
                a.x = 1
                a.y = compute()
            finally:
                done()
            return state.x
        """,
        """
        from types import SimpleNamespace

        state = SimpleNamespace(x=1)
        state.y = compute()

        def f():
            try:
                a = SimpleNamespace(x=1)
                a.y = compute()
            finally:
                done()
            return state.x
        """,
    ),
    "semicolons and tuples": (
        """
        class A: pass
        def f():
            a = A(); a.x = 1, 2; a.y = lambda: 3; go()
        """,
        """
        from types import SimpleNamespace

        def f():
            a = SimpleNamespace(x=(1, 2), y=lambda: 3); go()
        """,
    ),
    "long and multi-line values": (
        """
        class A: pass
        def f():
            a = A()
            a.first = "a long text that doesn't leave much space on its line"
            a.second = [
                1,  # one
            ]
        """,
        """
        from types import SimpleNamespace

        def f():
            a = SimpleNamespace(
                first="a long text that doesn't leave much space on its line",
                second=[
                1,  # one
            ],
            )
        """,
    ),
    "other edits in the values": (
        """
        import six
        class A(object): pass
        def f():
            a = A()
            a.kind = six.text_type
            a.items = six.moves.range(3)
        """,
        """
        from types import SimpleNamespace

        def f():
            a = SimpleNamespace(kind=str, items=range(3))
        """,
    ),
    "a comment above stays above the instance": (
        """
        def f():
            # holds the count
            class A(object):
                pass
            a = A()
            a.count = 0
        """,
        """
        from types import SimpleNamespace

        def f():
            # holds the count
            a = SimpleNamespace(count=0)
        """,
    ),
    "comments in the class": (
        """
        class A(object):  # pylint: disable=too-few-public-methods
            # Knows nothing.
            pass

        def f():
            a = A()
            a.count = 0
        """,
        """
        from types import SimpleNamespace

        def f():
            # Knows nothing.
            a = SimpleNamespace(count=0)
        """,
    ),
}

BAG = """
        class A(object):
            pass

        def f(other):
            a = A()
            a.x = 1
            {}
        """

LEFT = {
    "compared": ("return a == other", "is compared"),
    "member": ("return a in other", "is compared"),
    "compared under another name": ("b = a\n            return b != other", "is compared"),
    "key": ("other[a] = 1", "is hashed"),
    "key of a display": ("return {a: 1}", "is hashed"),
    "key in a tuple": ("return {(a, 1): 1}", "is hashed"),
    "set": ("return {a}", "is hashed"),
    "set by method": ("other.add(a)", "is hashed"),
    "hash": ("return hash(a)", "is hashed"),
    "printed": ("print(a)", "is turned into text"),
    "formatted": ("return '%s' % a", "is turned into text"),
    "f-string": ("return f'{a}'", "is turned into text"),
    "logged": ("other.debug('%s', a)", "is turned into text"),
    "type": ("return type(a)", "is asked for its type"),
    "yielded": ("yield a", "can't be followed"),
    "in a list": ("return [a]", "can't be followed"),
    "in a tuple": ("return a, other", "can't be followed"),
    "value of a display": ("return {1: a}", "can't be followed"),
    "value of an item": ("other[1] = a", "can't be followed"),
    "appended": ("other.append(a)", "can't be followed"),
    "attribute of something else": ("other.a = a", "can't be followed"),
    "attribute by setattr": ("setattr(other, 'a', a)", "can't be followed"),
    "default": ("return lambda b=a: b.x", "can't be followed"),
    "compared by another function": ("def g(c):\n                return c == other\n            g(a)", "is compared"),
    "hashed by another function": ("def g(*, c):\n                other.add(c)\n            g(c=a)", "is hashed"),
    "collected by another function": ("def g(*c):\n                pass\n            g(a)", "can't be followed"),
    "its class": ("a.__class__ = other", "has a special attribute used"),
    "its dictionary replaced": ("a.__dict__ = other", "has a special attribute used"),
    "isinstance": ("return isinstance(other, A)", "otherwise than by calling it"),
    "class attribute": ("A.y = 1", "otherwise than by calling it"),
    "called with arguments": ("return A(1)", "with arguments"),
    "without a name": ("return A()", "doesn't give the object a name"),
    "without attributes": ("b = A()", "makes an object without attributes"),
    "named in a string": ("return other['snippet.A']", "in a string"),
    "type comment": ("b = other  # type: A", "type comment"),
}

WHOLE = {
    "weak reference": (
        "import weakref\nclass A: pass\ndef f():\n    a = A()\n    a.x = 1\n    return weakref.ref(a)\n",
        "is weakly referenced",
    ),
    "weak references elsewhere": (
        "import weakref\nclass A: pass\ndef f():\n    a = A()\n    a.x = 1\n    return a\n",
        "uses weak references",
    ),
    "cached function": (
        "import functools\nclass A: pass\n@functools.lru_cache()\ndef f(a):\n    pass\n"
        "def g():\n    a = A()\n    a.x = 1\n    return f(a)\n",
        "is hashed",
    ),
    "__all__": ("__all__ = ['A']\nclass A: pass\na = A()\na.x = 1\n", "in a string"),
    "pickle": ("import pickle\nclass A: pass\na = A()\na.x = 1\n", "pickles"),
    "comment above": ("# holds x\nclass A: pass\n\ndef f():\n    a = A()\n    a.x = 1\n", "comment above the class"),
    "annotation": ("class A: pass\ndef f(a: A):\n    a = A()\n    a.x = 1\n", "otherwise than by calling it"),
    "both names taken": (
        "types = SimpleNamespace = 1\nclass A: pass\na = A()\na.x = 1\n",
        "mean something else",
    ),
    "description that the file can't hold": (
        '# coding: ascii\nclass A:\n    "\\u20ac"\na = A()\na.x = 1\n',
        "can't be written",
    ),
}

RETURNED = {
    "compared": ("x = f() == f()", "is compared"),
    "member": ("x = f() in y", "is compared"),
    "set": ("x = {f(), f()}", "is hashed"),
    "set by call": ("x = set(f())", "is hashed"),
    "hash": ("x = hash(f())", "is hashed"),
    "frozen set": ("x = frozenset([f()])", "can't be followed"),
    "key": ("x = {f(): 1}", "is hashed"),
    "key of an item": ("x[f()] = 1", "is hashed"),
    "key of a comprehension": ("x = {f(): 1 for _ in y}", "is hashed"),
    "under a name": ("x = f()\ny = x != f", "is compared"),
    "in a function": ("def g():\n    x = f()\n    return x in y", "is compared"),
    "by another function": ("def g():\n    return f()\nx = {g()}", "is hashed"),
    "conditionally": ("x = f() if y else None\nz = {x}", "is hashed"),
    "function handed on": ("x = set(map(f, y))", "can't be followed"),
    "attribute": ("class B:\n    def g(self):\n        self.x = f()\n        return self.x == y", "is compared"),
}

UNTOUCHED = {
    "sentinel": "class A(object):\n    pass\n\nMISSING = A()\n",
    "exception": "class A(Exception):\n    pass\n\ndef f():\n    a = A()\n    a.x = 1\n    raise a\n",
    "subclass only": "class A(object):\n    pass\n\nclass B(A):\n    pass\n",
    "decorated": "@register\nclass A(object):\n    pass\n\na = A()\na.x = 1\n",
    "nested in a class": "class B:\n    class A(object):\n        pass\n\n    a = A()\n    a.x = 1\n",
    "bound twice": "class A: pass\nclass A: pass\na = A()\na.x = 1\n",
    "ignored": "class A: pass  # plumpy-migrate: ignore[NSP101]\na = A()\na.x = 1\n",
    "modern": "from types import SimpleNamespace\n\na = SimpleNamespace()\na.x = 1\n",
}


@pytest.mark.parametrize(("before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check(before, after, "NSP101", "SIX")


@pytest.mark.parametrize(("line", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(line: str, reason: str) -> None:
    check_left(BAG.format(line), reason, "NSP101")


@pytest.mark.parametrize(("source", "reason"), WHOLE.values(), ids=WHOLE)
def test_leaves_module(source: str, reason: str) -> None:
    check_left(source, reason, "NSP101")


@pytest.mark.parametrize(("lines", "reason"), RETURNED.values(), ids=RETURNED)
def test_leaves_what_is_returned(lines: str, reason: str) -> None:
    source = f"class A: pass\ndef f():\n    a = A()\n    a.x = 1\n    return a\n{lines}\n"
    check_left(source, reason, "NSP101")


@pytest.mark.parametrize(
    ("make", "use", "reason"),
    [
        ("def f(self):", "{self.f()}", "is hashed"),
        ("@property\n    def f(self):", "self.f == 1", "is compared"),
        ("@fixture\n    def f(self):", "self.f().x", "can't be followed"),
    ],
)
def test_leaves_what_a_method_returns(make: str, use: str, reason: str) -> None:
    body = "        a = A()\n        a.x = 1\n        return a\n"
    check_left(f"class A: pass\nclass B:\n    {make}\n{body}    def g(self):\n        {use}\n", reason, "NSP101")


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing(source: str) -> None:
    check_untouched(source, "NSP101")


def test_ignored_instance_keeps_the_class() -> None:
    migrated = run("class A: pass\na = A()  # plumpy-migrate: ignore\na.x = 1\nb = A()\nb.x = 1\n", "NSP101")
    expected = (
        "from types import SimpleNamespace\n\nclass A: pass\n"
        "a = A()  # plumpy-migrate: ignore\na.x = 1\nb = SimpleNamespace(x=1)\n"
    )
    assert (migrated.result.after or b"").decode() == expected


def test_notes_what_escapes() -> None:
    findings = run("class A: pass\ndef f():\n    a = A()\n    a.x = 1\n    return a\n", "NSP101").result.findings
    assert [one.line for one in findings if one.outcome is Outcome.NOTE] == [3]


def test_asks_whether_others_use_the_class() -> None:
    asked = run("class A: pass\na = A()\na.x = 1\n", "NSP101").asked
    assert {(one.kind, one.words) for one in asked} >= {("imports_from", ("snippet", "A"))}


NEEDLE = re.compile(EMPTY_CLASS, re.MULTILINE)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("class A: pass", True),
        ("class A():\n    ...\n", True),
        ("    class A(object):  # comment\n        # more\n        pass\n", True),
        ("class A:\n    '''doc'''\n", True),
        ('class A:\n    """doc \\""" "" """\n\n    pass\n', True),
        ('class A:\n    """doc"""\n\n    # comment\n\n\nx = 1\n', True),
        ('  class A:\n    """doc"""\nx = 1\n', True),
        ("class A(object):\r\n    'doc'\r\n\r\nx = 1\r\n", True),
        ("class A(B): pass", False),
        ("class A:\n    x = 1\n", False),
        ('class A:\n    """doc"""\n    x = 1\n', False),
        ('class A:\n    """doc"""\n\n    # comment\n    def f(self):\n        pass\n', False),
        ("class A:\n" + "    # ####\n" * 500 + "    x = 1\n", False),
        ('class A:\n    """doc"""\n' + "\n    # ####\n" * 500 + "    x = 1\n", False),
    ],
)
def test_needle(source: str, found: bool) -> None:
    assert bool(NEEDLE.search(source)) is found
