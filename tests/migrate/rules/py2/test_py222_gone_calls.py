"""PY222: calls, names and imports that only Python 2 knows."""

import pytest

from codemods.findings import Outcome
from codemods.index.project import Project
from codemods.rules.py2.py222_gone_calls import ATTRIBUTES, METHODS, NAMES
from codemods.rules.six.six110_import_fallbacks import ONLY_PYTHON_2
from tests.migrate.rules.checks import check_left, check_untouched, run

LEFT = {
    "item of keys": ("x = d.keys()[0]\n", "`.keys()` of a dict has no items"),
    "slice of values": ("x = f(d).values()[1:]\n", "`.values()` of a dict has no items"),
    "sorted view": ("d.items().sort()\n", "can't be sorted"),
    "item of map": ("x = map(f, y)[0]\n", "`map(…)` has no items"),
    "item of filter": ("x = filter(f, y)[-1]\n", "`filter(…)` has no items"),
    "item of zip": ("x = zip(*y)[0]\n", "`zip(…)` has no items"),
    "sorted by a function": ("def f(a, b): pass\nx = sorted(y, f)\n", "comparison function"),
    "sorted by a lambda": ("x.sort(lambda a, b: a - b)\n", "comparison function"),
    "sort by a function": ("def f(a, b): pass\nx.sort(f)\n", "comparison function"),
    "sort by cmp": ("x.sort(cmp)\n", "comparison function"),
    "sort by keyword": ("x.sort(cmp=f)\n", "comparison function"),
    "longer chain": ("import string\nx = string.letters.index(y)\n", "no `string.letters`"),
    "renamed module": ("import itertools as it\nx = it.izip(y)\n", "no `itertools.izip`"),
    "import in a function": ("def f():\n    import Queue\n", "no module `Queue`"),
    "from import": ("from urllib2 import urlopen, Request\n", "no module `urllib2`"),
    "dotted import": ("import os, Tkinter.x\n", "no module `Tkinter`"),
}

UNTOUCHED = {
    "modern": "import queue\nfor k, v in d.items():\n    x = list(d.keys())[0], list(map(f, d))[0], sorted(d, key=f)\n",
    "with a fallback": "try:\n    import Queue\nexcept ImportError:\n    import queue as Queue\n",
    "for a version": "import sys\nif sys.version_info[0] == 2:\n    import Queue\n    x = d.iteritems()\n",
    "after a question": "x = d.iteritems() if hasattr(d, 'iteritems') else d.items()\n",
    "or else": "import sys\ntry:\n    x = sys.maxint\nexcept AttributeError:\n    x = sys.maxsize\n",
    "six": "import six\nfor k, v in six.iteritems(d):\n    pass\n",
    "own method": "class A:\n    def iteritems(self): pass\n\nA().iteritems()\n",
    "own attribute": "class A:\n    def __init__(self):\n        self.func_name = 1\n\nx = A().func_name\n",
    "field": "A = namedtuple('A', ['func_name'])\nx = a.func_name\n",
    "own builtin": "def map(f, x): pass\n\ny = map(f, x)[0]\n",
    "methods of strings": "string = 'a'\nx = string.join(y), string.lower()\n",
    "axis": "x.sort(0)\ny.sort('name', 1)\nz.sort(axis)\n",
    "key": "def f(a): pass\nx.sort(f)\n",
    "attribute of attrs": "import attr\n@attr.s(cmp=False)\nclass A: pass\n",
    "relative": "from .Queue import x\n",
    "types that remain": "import types\nx = types.FunctionType, types.NoneType\n",
    "keys with arguments": "x = d.keys(1)[0]\n",
}


def _check(source: str, reason: str) -> None:
    assert check_left(source, reason, "PY222").outcome is Outcome.LEFT


@pytest.mark.parametrize(("source", "reason"), LEFT.values(), ids=LEFT)
def test_reports(source: str, reason: str) -> None:
    _check(source, reason)


@pytest.mark.parametrize("name", METHODS)
def test_reports_each_method(name: str) -> None:
    _check(f"for x in f(y).{name}(): pass\n", f"no `{name}`")


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_reports_each_attribute(name: str) -> None:
    _check(f"x = f.{name}\n", f"no `{name}`")


@pytest.mark.parametrize("dotted", NAMES)
def test_reports_each_name_once(dotted: str) -> None:
    home, _, name = dotted.partition(".")
    for source in (f"import {home}\nx = {dotted}\n", f"from {home} import {name}\nx = {name}\n"):
        _check(source, f"no `{dotted}`")
        assert len(run(source, "PY222").result.findings) == 1


@pytest.mark.parametrize("name", sorted(ONLY_PYTHON_2))
def test_reports_each_module_once(name: str) -> None:
    source = f"import {name}, {name}.x\n"
    _check(source, f"no module `{name}`")
    assert len(run(source, "PY222").result.findings) == 1


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_says_nothing_about_the_rest(source: str) -> None:
    check_untouched(source, "PY222")


def test_knows_a_module_of_the_project() -> None:
    check_untouched("import commands\n", "PY222", project=Project(["commands"], []))
