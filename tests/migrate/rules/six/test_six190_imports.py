"""SIX190: the imports of six."""

from typing import Tuple

import pytest

from tests.migrate.rules.checks import check, check_left, run
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_nothing_said, check_stays

DROPPED: Rewrites = {
    "unused": ("import six\nimport os\n", "import os\n"),
    "alias": ("import six as s\nimport os\n", "import os\n"),
    "unused name": ("from six import iteritems, text_type\nimport os\n", "import os\n"),
    "one of several modules": ("import six, os, \\\n    sys\n", "import os, \\\n    sys\n"),
    "last of several modules": ("import os, six\n", "import os\n"),
    "before a semicolon": ("import six; import os; x = six.text_type\n", "import os; x = str\n"),
    "behind a semicolon": ("import os; import six\nx = six.text_type\n", "import os\nx = str\n"),
    "on the line of an if": ("if a: import six\nelse: b = 1\n", "if a: pass\nelse: b = 1\n"),
    "on the line of an if, with a comment": ("if a: import six  # why\n", "if a: pass  # why\n"),
    "alone in a block": ("if a:\n    import six\nelse:\n    b = 1\n", "if a:\n    pass\nelse:\n    b = 1\n"),
    "alone in a block, with a comment": ("if a:\n    import six  # why\n", "if a:\n    # why\n    pass\n"),
    "alone in a block, below a comment": ("if a:\n    # why\n    import six\n", "if a:\n    # why\n    pass\n"),
    "all of a block": ("if a:\n    import six; import six.moves\n    from six import b\n", "if a:\n    pass\n"),
    "first in a function": (
        "def f():\n    import six\n\n    return six.text_type\n",
        "def f():\n    return str\n",
    ),
    "below a docstring": ("def f():\n    '''Doc.'''\n    import six\n", "def f():\n    '''Doc.'''\n"),
    "in a class": (
        "class A:\n    from six.moves import range\n    import six\n\n    x = six.PY3\n    y = [i for i in range(3)]\n",
        "class A:\n    x = True\n    y = [i for i in range(3)]\n",
    ),
    "in a try": ("try:\n    import six\nfinally:\n    f()\n", "try:\n    pass\nfinally:\n    f()\n"),
    "linter's comments": (
        "from six.moves import range  # pylint: disable=redefined-builtin\nimport os  # noqa\n",
        "import os  # noqa\n",
    ),
    "comments": ("import six  # for text\nimport os\n", "# for text\nimport os\n"),
    "comments between names": (
        "from six.moves import (\n    range,  # numbers\n    zip,\n)\n\nx = zip(range(3))\n",
        "# numbers\n\nx = zip(range(3))\n",
    ),
    "global": (
        "import six\n\ndef f():\n    global six\n    import six\n    return six.text_type\n",
        "def f():\n    global six\n    return str\n",
    ),
    "rebound by another import of six": ("import six\nimport six\n\nx = six.text_type\n", "x = str\n"),
    "whole file": ("import six", ""),
    "whole file but for comments": ("# only\nimport six\n# end\n", "# only\n# end\n"),
}

MOVED: Rewrites = {
    "some go and some move": (
        "from six.moves import (range, zip,\n                       StringIO)\n\nx = range, zip, StringIO\n",
        "from io import StringIO\n\nx = range, zip, StringIO\n",
    ),
    "backslashes": (
        "from six.moves import range, \\\n    zip, \\\n    StringIO\n\nx = range, zip, StringIO\n",
        "from io import StringIO\n\nx = range, zip, StringIO\n",
    ),
    "beside another module": (
        "import six.moves.urllib.parse as p, os\n\nx = p.quote, os\n",
        "import os\nimport urllib.parse as p\n\nx = p.quote, os\n",
    ),
    "before its use on the line": (
        "import os; from six.moves import StringIO; x = StringIO()\n",
        "from io import StringIO\nimport os; x = StringIO()\n",
    ),
    "on the line of an if": (
        "if a: from six.moves import StringIO, queue; x = StringIO\n",
        "if a: from io import StringIO; import queue; x = StringIO\n",
    ),
    "comment": (
        "from six.moves import configparser  # why\n\nx = configparser\n",
        "import configparser  # why\n\nx = configparser\n",
    ),
    "linter's comment": (
        "from six.moves import configparser  # noqa: F401\n",
        "import configparser  # noqa: F401\n",
    ),
    "exported": (
        "from six.moves import StringIO\n\n__all__ = ['StringIO']\n",
        "from io import StringIO\n\n__all__ = ['StringIO']\n",
    ),
    "in a function": (
        "def f():\n\tfrom six.moves import queue\n\treturn queue.Queue\n",
        "def f():\n\timport queue\n\treturn queue.Queue\n",
    ),
}

_USED = "    def f(self):\n        return self.urllib.parse.quote(self.StringIO)\n"
_URLLIB = "".join(f"    import urllib.{one}\n" for one in ("error", "parse", "request", "response", "robotparser"))
MOVED["attributes of a class"] = (
    f"class A:\n    from six.moves import urllib\n    from six.moves import StringIO\n\n{_USED}",
    f"class A:\n{_URLLIB}    from io import StringIO\n\n{_USED}",
)

PLACED: Rewrites = {
    "among the standard library": (
        "import os\nimport six\nimport sys\n\nx = six.StringIO()\n",
        "import io\nimport os\nimport sys\n\nx = io.StringIO()\n",
    ),
    "in a group of its own": (
        "import requests\nimport six\n\nx = six.StringIO()\n",
        "import io\n\nimport requests\n\nx = io.StringIO()\n",
    ),
    "below the docstring": (
        '"""Doc."""\nimport six\nx = six.StringIO()\n',
        '"""Doc."""\n\nimport io\n\nx = io.StringIO()\n',
    ),
    "below the docstring, without other imports": (
        '"""Doc."""\n\ndef f():\n    import six\n    return six.StringIO()\n',
        '"""Doc."""\n\nimport io\n\ndef f():\n    return io.StringIO()\n',
    ),
    "below the license": (
        "# license\n# more\n\nimport six\n\nx = six.StringIO()\n",
        "# license\n# more\n\nimport io\n\nx = io.StringIO()\n",
    ),
    "below __future__ that stays": (
        "from __future__ import annotations\n\nimport six\n\nx = six.StringIO()\n",
        "from __future__ import annotations\n\nimport io\n\nx = io.StringIO()\n",
    ),
    "right below __future__ that stays": (
        "from __future__ import annotations\nimport six\nx = six.StringIO()\n",
        "from __future__ import annotations\n\nimport io\n\nx = io.StringIO()\n",
    ),
    "below __future__ and nothing else": (
        "from __future__ import annotations\nx = 1\nimport six\ny = six.StringIO()\n",
        "from __future__ import annotations\n\nimport io\n\nx = 1\ny = io.StringIO()\n",
    ),
    "above the comment of the first statement": (
        "# license\n\n# f\ndef f():\n    import six\n    return six.StringIO()\n",
        "# license\n\nimport io\n\n# f\ndef f():\n    return io.StringIO()\n",
    ),
    "relative imports come last": (
        "import six\n\nfrom . import a\n\nx = six.StringIO(), a\n",
        "import io\n\nfrom . import a\n\nx = io.StringIO(), a\n",
    ),
}

BLANK_LINES: Rewrites = {
    "license": ("# license\n\nimport six\n\nimport os\n", "# license\n\nimport os\n"),
    "license right above": ("# license\nimport six\nimport os\n", "# license\nimport os\n"),
    "shebang": ("#!/usr/bin/python\nimport six\n\n\nx = 1\n", "#!/usr/bin/python\n\n\nx = 1\n"),
    "docstring": ('"""Doc."""\n\nimport six\n\n\nx = 1\n', '"""Doc."""\n\n\nx = 1\n'),
    "docstring right above": ('"""Doc."""\nimport six\n\nx = 1\n', '"""Doc."""\n\nx = 1\n'),
    "start of the file": ("import six\n\n\nx = 1\n", "x = 1\n"),
    "end of the file": ("x = 1\n\nimport six\n", "x = 1\n"),
    "group of its own": ("import os\n\nimport six\n\nfrom . import a\n", "import os\n\nfrom . import a\n"),
    "pragma pair": (
        "# pylint: disable=a\nimport six\n\n# pylint: enable=a\nx = 1\n",
        "# pylint: disable=a\n\n# pylint: enable=a\nx = 1\n",
    ),
    "mixed newlines": ("import os\r\nimport six\nimport sys\r\n", "import os\r\nimport sys\r\n"),
    "form feed": ("import six\n\x0c\nimport os\n", "\x0c\nimport os\n"),
    "cookie and Latin-1": (
        "# -*- coding: utf-8 -*-\nimport six\nx = six.u('\xe9')\n",
        "# -*- coding: utf-8 -*-\nx = '\xe9'\n",
    ),
}

STARS: Rewrites = {
    "only builtins": ("from six.moves import *\n\nx = range(3), zip([])\n", "x = range(3), zip([])\n"),
    "modules and names": (
        "from six.moves import *\n\nx = queue.Queue, reduce, cPickle, http_client\n",
        "import pickle as cPickle\nimport http.client as http_client\nimport queue\nfrom functools import reduce\n\n"
        "x = queue.Queue, reduce, cPickle, http_client\n",
    ),
    "urllib": (
        "from six.moves import *\n\nx = urllib.parse.quote\n",
        "import urllib.parse\n\nx = urllib.parse.quote\n",
    ),
    "from urllib": (
        "from six.moves.urllib import *\n\nx = parse.quote\n",
        "from urllib import parse\n\nx = parse.quote\n",
    ),
    "from six itself": ("from six import *\n\nx = StringIO\n", "from io import StringIO\n\nx = StringIO\n"),
    "from a submodule": (
        "from six.moves.urllib.parse import *\n\nx = quote(y)\n",
        "from urllib.parse import *\n\nx = quote(y)\n",
    ),
    "from a module": (
        "from six.moves.configparser import *  # noqa\n\nroot = ConfigParser()\n",
        "from configparser import *  # noqa\n\nroot = ConfigParser()\n",
    ),
    "from two modules": (
        "from six.moves.tkinter import *\nfrom six.moves.tkinter_constants import *\n\nroot = Tk()\n",
        "from tkinter import *\nfrom tkinter.constants import *\n\nroot = Tk()\n",
    ),
}

_ATTRIBUTE = "may be used as an attribute of the class"

LEFT: Left = {
    "builtin as an attribute of a class": (
        "class A:\n    from six.moves import range\n\n    def f(self):\n        return self.range(3)\n",
        f"`range` {_ATTRIBUTE}",
    ),
    "another name as an attribute of a class": (
        "class A:\n    from six import iteritems\n\n\nx = A.iteritems(y)\n",
        f"`iteritems` {_ATTRIBUTE}",
    ),
    "six as an attribute of a class": (
        "class A:\n    import six\n\n    def f(self):\n        return self.six.PY2\n",
        f"`six` {_ATTRIBUTE}",
    ),
    "exported": ("import six\n\n__all__ = ['six']\n", "`__all__` exports `six`"),
    "exported builtin": ("from six.moves import range\n\n__all__ = ['range']\n", "`__all__` exports `range`"),
    "exported by a sum": ("from six import text_type\n\n__all__ = [] + ['text_type']\n", "exports `text_type`"),
    "doctest": ('"""\n>>> six.text_type(1)\n"""\nimport six\n', "a doctest uses it"),
    "handed on": ("import six\n\nx = f(six)\n", "line 3 still uses it"),
    "unknown names": ("import six\n\nx = six.a\ny = six.__version__\n", "lines 3, 4 still use it"),
    "by string": ("import six\n\nx = getattr(six, name)\n", "line 3 still uses it"),
    "deleted": ("import six\n\ndel six\n", "`six` is also bound to something else"),
    "rebound": ("import six\n\nsix = None\n", "`six` is also bound to something else"),
    "rebound builtin": ("from six.moves import range\n\nrange = 3\n", "`range` is also bound to something else"),
    "other builtin around": (
        "def f():\n    from six.moves import xrange as range\n    return range(3)\n\nrange = 4\n",
        "`range` means something else around it",
    ),
    "unknown name beside a star": (
        "from six.moves import *\n\nx = range(3), y\n",
        "nobody knows where `y` comes from",
    ),
    "two stars": ("from six.moves import *\nfrom os import *\n", "there is another star import"),
    "renamed builtin by star": ("from six.moves import *\n\nx = xrange(3)\n", "it gives builtins other names"),
    "own name by star": ("from six import *\n\nx = iteritems(d)\n", "`iteritems` must be rewritten where it's used"),
}


@cases(DROPPED)
def test_drops(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(MOVED)
def test_moves(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(PLACED)
def test_places_new_imports(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(BLANK_LINES)
def test_blank_lines(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(STARS)
def test_star_imports(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


VENDORED: Rewrites = {
    "from the package": (
        "from django.utils import six\n\nx = list(six.iteritems(six.moves.range(3)))\n",
        "x = list(range(3).items())\n",
    ),
    "names": (
        "from django.utils.six import text_type, PY2\nfrom django.utils.six.moves import queue\n\n"
        "x = text_type, PY2, queue\n",
        "import queue\n\nx = str, False, queue\n",
    ),
    "by its full name": (
        "import django.utils.six\n\nx = django.utils.six.text_type, django.utils.six.moves.range\n",
        "x = str, range\n",
    ),
}


@cases(VENDORED)
def test_follows_vendored_copies(case: Tuple[str, str]) -> None:
    check(*case, "SIX", six_modules=("django.utils.six",))


def test_follows_a_vendored_copy_imported_relatively() -> None:
    source = "from .extern import six\n\nx = six.text_type\n"
    migrated = run(source, "SIX", six_modules=("extern.six",))
    assert migrated.result.after is None, "the module isn't in a package, so that nothing is known of .extern"


def test_keeps_a_package_that_is_used() -> None:
    source = "import django.utils.six\n\nx = django.conf\n"
    check_left(source, "`django` is used", "SIX", six_modules=("django.utils.six",))


def test_a_copy_that_is_not_named_is_left_alone() -> None:
    check_nothing_said("from django.utils import six\n\nx = six.text_type\n")


@pytest.mark.parametrize("name", ["sixer", "pkg.six", "six_ext"])
def test_similar_names_are_left_alone(name: str) -> None:
    check_nothing_said(f"import {name}\nfrom {name} import text_type\n\nx = text_type, {name}.PY2\n")


SUPPRESSED: Rewrites = {
    "code": (
        "import six\n\nx = six.text_type(1)  # plumpy-migrate: ignore[SIX101]\ny = six.text_type(2)\n",
        "import six\n\nx = six.text_type(1)  # plumpy-migrate: ignore[SIX101]\ny = str(2)\n",
    ),
    "family": (
        "import six\n\nx = six.text_type(six.PY2)  # plumpy-migrate: ignore[PY, SIX]\n",
        "import six\n\nx = six.text_type(six.PY2)  # plumpy-migrate: ignore[PY, SIX]\n",
    ),
    "everything": (
        "import six\n\nfor a in six.iteritems(b):  # plumpy-migrate: ignore\n    six.u('c')\n",
        "import six\n\nfor a in six.iteritems(b):  # plumpy-migrate: ignore\n    'c'\n",
    ),
    "other code": (
        "import six\n\nx = six.text_type(1)  # plumpy-migrate: ignore[SIX105]\n",
        "x = str(1)  # plumpy-migrate: ignore[SIX105]\n",
    ),
    "branch": (
        "import six\n\nif six.PY2:  # plumpy-migrate: ignore[SIX108]\n    x = six.u('a')\n",
        "import six\n\nif six.PY2:  # plumpy-migrate: ignore[SIX108]\n    x = 'a'\n",
    ),
    "import": (
        "import six  # plumpy-migrate: ignore[SIX190]\n\nx = six.text_type(1)\n",
        "import six  # plumpy-migrate: ignore[SIX190]\n\nx = str(1)\n",
    ),
}


@cases(SUPPRESSED)
def test_follows_comments_that_suppress(case: Tuple[str, str]) -> None:
    check(*case, "SIX")


def test_skips_files_that_ask_for_it() -> None:
    check_nothing_said("# plumpy-migrate: skip-file\nimport six\n\nx = six.text_type(1)\n")


def test_the_words_alone_skip_nothing() -> None:
    case = "x = '# plumpy-migrate: skip-file'\nimport six\n", "x = '# plumpy-migrate: skip-file'\n"
    check_becomes(case)
