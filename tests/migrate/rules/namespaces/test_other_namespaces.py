"""NSP102 to NSP105: other namespaces."""

import pytest

from codemods.findings import Outcome
from codemods.index.project import Project
from tests.migrate.rules.checks import check, check_left, check_untouched, run

REWRITES = {
    "NSP102 by name": (
        "NSP102",
        """
        import argparse
        import types

        def f():
            arguments = argparse.Namespace()
            arguments.force = True
            main(arguments)
        """,
        """
        import types

        def f():
            arguments = types.SimpleNamespace(force=True)
            main(arguments)
        """,
    ),
    "NSP102 keeps argparse where it's used": (
        "NSP102",
        """
        from argparse import ArgumentParser, Namespace

        def f():
            arguments = Namespace()
            arguments.force = True
            return ArgumentParser(), arguments.force
        """,
        """
        from argparse import ArgumentParser
        from types import SimpleNamespace

        def f():
            arguments = SimpleNamespace(force=True)
            return ArgumentParser(), arguments.force
        """,
    ),
    "NSP102 imported in a function": (
        "NSP102",
        """
        import os

        def f():
            from argparse import ArgumentParser, Namespace
            a = Namespace()
            a.x = ArgumentParser()

        def g():
            import argparse
            b = argparse.Namespace()
            b.x = os.curdir
        """,
        """
        import os
        from types import SimpleNamespace

        def f():
            from argparse import ArgumentParser
            a = SimpleNamespace(x=ArgumentParser())

        def g():
            b = SimpleNamespace(x=os.curdir)
        """,
    ),
    "NSP102 on continuation lines": (
        "NSP102",
        """
        from argparse import Namespace

        def f():
            a = \\
                Namespace()
            a.x = \\
                1
            a.y = 1 + \\
                2
        """,
        """
        from types import SimpleNamespace

        def f():
            a = \\
                SimpleNamespace(x=1)
            a.y = 1 + \\
                2
        """,
    ),
    "NSP103": (
        "NSP103",
        """
        import os
        from plumpy.utils import AttributesDict, SimpleNamespace

        a = SimpleNamespace(x=1)
        """,
        """
        import os
        from plumpy.utils import AttributesDict
        from types import SimpleNamespace

        a = SimpleNamespace(x=1)
        """,
    ),
    "NSP103 with another name": (
        "NSP103",
        "from plumpy.utils import SimpleNamespace as NS\na = NS(x=1)\n",
        "from types import SimpleNamespace as NS\na = NS(x=1)\n",
    ),
    "NSP103 through the module": (
        "NSP103",
        "from plumpy import utils\na = utils.SimpleNamespace(x=utils.AttributesDict())\n",
        "from types import SimpleNamespace\n\nfrom plumpy import utils\n"
        "a = SimpleNamespace(x=utils.AttributesDict())\n",
    ),
    "NSP104": (
        "NSP104",
        """
        class Bunch(object):
            '''A bunch.'''

            def __init__(self, **kwargs):
                self.__dict__.update(kwargs)

        def f():
            point = Bunch(x=1, y=2)  # why
            return Bunch(**point.__dict__).x
        """,
        """
        from types import SimpleNamespace

        def f():
            # A bunch.
            point = SimpleNamespace(x=1, y=2)  # why
            return SimpleNamespace(**point.__dict__).x
        """,
    ),
    "NSP104 with a loop and a comparison": (
        "NSP104",
        """
        class Bunch:
            def __init__(this, **kw):
                for name, item in kw.items():
                    setattr(this, name, item)

            def __eq__(self, other):
                return isinstance(other, Bunch) and self.__dict__ == other.__dict__

            def __ne__(self, other):
                return not self == other

        same = Bunch(x=1) == Bunch(x=1)
        """,
        """
        from types import SimpleNamespace

        same = SimpleNamespace(x=1) == SimpleNamespace(x=1)
        """,
    ),
}

LEFT = {
    "NSP102 parsed into": (
        "NSP102",
        "import argparse\nn = argparse.Namespace()\nn.x = 1\nparser.parse_args(args, namespace=n)\n",
        "argument parser",
    ),
    "NSP102 tested": ("NSP102", "import argparse\nn = argparse.Namespace()\nn.x = 1\n'x' in n\n", "is compared"),
    "NSP102 and an annotation": (
        "NSP102",
        "import argparse\ndef f(n: argparse.Namespace): pass\nn = argparse.Namespace()\nn.x = 1\nf(n)\n",
        "mentions its class",
    ),
    "NSP103 derived": (
        "NSP103",
        "from plumpy.utils import SimpleNamespace\nclass A(SimpleNamespace): pass\n",
        "derived from plumpy's",
    ),
    "NSP104 positional": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\nb = B(x)\n",
        "positional",
    ),
    "NSP104 compared": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\nb = B() == B()\n",
        "is compared",
    ),
    "NSP104 derived": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\nclass C(B):\n    _x = B()\n",
        "otherwise than by calling it",
    ),
    "NSP104 never called": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\nregister(B)\n",
        "otherwise than by calling it",
    ),
    "NSP104 with a text of its own": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\n"
        "    def __repr__(self):\n        return 'B'\nb = f(B())\n",
        "its text would differ",
    ),
    "NSP104 returned": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\ndef f():\n    return B(x=1)\n",
        "may be compared or hashed there",
    ),
    "NSP104 handed on": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\nb = B(x=1)\nregister(b)\n",
        "may be compared or hashed there",
    ),
    "NSP104 in a list": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\ndef f():\n    return len([B(x=1)])\n",
        "is put where it can't be followed",
    ),
    "NSP105 class": ("NSP105", "class state:\n    pass\n\nstate.x = 1\nf(state.x)\n", "itself is used"),
    "NSP105 type": ("NSP105", "a = type('A', (), {'x': 1})()\n", "for a single namespace"),
    "NSP105 lambda": ("NSP105", "a = lambda: None\na.x = 1\n", "only used as a namespace"),
    "NSP105 function": (
        "NSP105",
        "def f():\n    def a(): pass\n    a.x = 1\n    return a.x\n",
        "only used as a namespace",
    ),
}

UNTOUCHED = {
    "NSP102 of a parser": ("NSP102", "import argparse\nn = argparse.ArgumentParser().parse_args()\nn.x = 1\n"),
    "NSP102 not filled": ("NSP102", "import argparse\nn = argparse.Namespace()\nf(n)\n"),
    "NSP103 of types": ("NSP103", "import plumpy\nfrom types import SimpleNamespace\na = SimpleNamespace()\n"),
    "NSP104 with a method": (
        "NSP104",
        "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\n    def f(self): pass\nb = B()\n",
    ),
    "NSP104 dictionary": (
        "NSP104",
        "class B(dict):\n    def __init__(self, **k):\n        self.__dict__.update(k)\nb = B()\n",
    ),
    "NSP104 with a parameter": (
        "NSP104",
        "class B:\n    def __init__(self, x, **k):\n        self.__dict__.update(k)\nb = B(1)\n",
    ),
    "NSP104 unused": ("NSP104", "class B:\n    def __init__(self, **k):\n        self.__dict__.update(k)\n"),
    "NSP105 class that is called": ("NSP105", "class A:\n    pass\n\nA.x = 1\na = A()\n"),
    "NSP105 constants": ("NSP105", "class A:\n    x = 1\n\nA.y = 1\n"),
    "NSP105 callback": ("NSP105", "a = lambda: None\na.x = 1\nrun(a)\n"),
    "NSP105 method": ("NSP105", "def f(self): pass\na = type('A', (), {'f': f})()\n"),
    "NSP105 decorated": ("NSP105", "@task\ndef a(): pass\na.x = 1\n"),
    "NSP105 plain lambda": ("NSP105", "a = lambda: None\na()\n"),
}


@pytest.mark.parametrize(("code", "before", "after"), REWRITES.values(), ids=REWRITES)
def test_rewrites(code: str, before: str, after: str) -> None:
    check(before, after, code)


@pytest.mark.parametrize(("code", "source", "reason"), LEFT.values(), ids=LEFT)
def test_leaves(code: str, source: str, reason: str) -> None:
    check_left(source, reason, code)


@pytest.mark.parametrize(("code", "source"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing(code: str, source: str) -> None:
    check_untouched(source, code)


def test_leaves_plumpy_itself_alone() -> None:
    project = Project(["plumpy.utils"], [])
    migrated = run("from plumpy.utils import SimpleNamespace\na = SimpleNamespace()\n", "NSP103", project=project)
    assert (migrated.result.after, migrated.result.findings) == (None, [])


def test_nsp104_notes_what_escapes() -> None:
    equal = "    def __eq__(self, other):\n        return self.__dict__ == other.__dict__\n"
    source = f"class B:\n    def __init__(self, **k):\n        self.__dict__ = k\n{equal}def f():\n    return B(x=1)\n"
    findings = run(source, "NSP104").result.findings
    assert [one.line for one in findings if one.outcome is Outcome.NOTE] == [7]
