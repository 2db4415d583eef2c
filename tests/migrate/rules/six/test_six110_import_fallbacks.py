"""SIX110: `try: import … except ImportError: import …`."""

from typing import Tuple

import pytest

from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_nothing_said, check_stays


def _pair(body: str, handler: str, error: str = " ImportError") -> str:
    return f"try:\n    {body}\nexcept{error}:\n    {handler}\n"


KEEPS_HANDLER = {
    "import Queue": "import queue as Queue",
    "import ConfigParser as configparser": "import configparser",
    "import urllib2": "import urllib.request as urllib2",
    "from urllib2 import urlopen": "from urllib.request import urlopen",
    "from urlparse import urljoin": "from urllib.parse import urljoin",
    "from urllib import quote": "from urllib.parse import quote",
    "import httplib": "import http.client as httplib",
    "from StringIO import StringIO": "from io import StringIO",
    "from cStringIO import StringIO": "from io import StringIO",
    "import cPickle as pickle": "import pickle",
    "from collections import Mapping": "from collections.abc import Mapping",
    "from itertools import izip as zip": "from builtins import zip",
    "from itertools import izip": "izip = zip",
    "from itertools import izip, imap": "izip, imap = zip, map",
    "import thread": "import _thread as thread",
    "from imp import reload": "from importlib import reload",
    "from os import getcwdu": "from os import getcwd as getcwdu",
    "import __builtin__ as builtins": "import builtins",
    "import unittest2 as unittest": "import unittest",
    "import unittest2": "import unittest as unittest2",
    "import subprocess32 as subprocess": "import subprocess",
    "import mock": "from unittest import mock",
    "from singledispatch import singledispatch": "from functools import singledispatch",
    "import pathlib2 as pathlib": "import pathlib",
    "from chainmap import ChainMap": "from collections import ChainMap",
    "from funcsigs import signature": "from inspect import signature",
}

KEEPS_BODY = {
    "from collections.abc import Mapping, Sequence": "from collections import Mapping, Sequence",
    "from functools import lru_cache": "from backports.functools_lru_cache import lru_cache",
    "from tempfile import TemporaryDirectory": "from backports.tempfile import TemporaryDirectory",
    "from shutil import which": "from backports.shutil_which import which",
    "import configparser": "from backports import configparser",
    "from unittest import mock": "import mock",
    "from urllib.parse import quote": "from urllib import quote",
    "from importlib import reload": "from imp import reload",
    "from inspect import getfullargspec": "from inspect import getargspec as getfullargspec",
    "import queue": "import Queue as queue",
}

UNTOUCHED = {
    "optional": _pair("import psutil", "psutil = None"),
    "two libraries": _pair("import simplejson as json", "import json"),
    "a library first": _pair("import json", "import simplejson as json"),
    "too new for the target": _pair("import tomllib", "import tomli as tomllib"),
    "backport of what is newer": _pair("from enum import StrEnum", "from backports.strenum import StrEnum"),
    "zone names": _pair("import zoneinfo", "from backports import zoneinfo"),
    "other names": _pair("import Queue", "import queue"),
    "another error": _pair("import urllib2", "import urllib.request as urllib2", " ValueError"),
    "else": _pair("import urllib2", "import urllib.request as urllib2") + "else:\n    f()\n",
    "finally": _pair("import urllib2", "import urllib.request as urllib2") + "finally:\n    f()\n",
    "two handlers": _pair("import urllib2", "import urllib.request as urllib2") + "except ValueError:\n    f()\n",
    "more than imports": _pair("import urllib2; f()", "import urllib.request as urllib2"),
    "own module": _pair("from .compat import quote", "from urllib import quote"),
    "handler raises": _pair("import httplib", "raise"),
}

REWRITES: Rewrites = {
    "comments": (
        """
        # why
        try:
            # old
            import cPickle as pickle
        except ImportError:  # Python 3
            # new
            import pickle  # really
            # end
        # after
        """,
        """
        # why
        # new
        import pickle  # really
        # end
        # after
        """,
    ),
    "three ways, from old to new": (
        """
        try:
            import Queue
        except ImportError:
            try:
                import queue as Queue  # new
            except ImportError:
                Queue = None
        """,
        """
        import queue as Queue  # new
        """,
    ),
    "three ways, from new to old": (
        """
        try:
            from functools import lru_cache
        except ImportError:
            try:
                from backports.functools_lru_cache import lru_cache
            except ImportError:
                lru_cache = None
        """,
        """
        from functools import lru_cache
        """,
    ),
    "three ways, all of them old": (
        """
        try:
            from cStringIO import StringIO
        except ImportError:
            try:
                from StringIO import StringIO
            except ImportError:
                from io import StringIO
        """,
        """
        from io import StringIO
        """,
    ),
    "in a function": (
        "def f():\n    try:\n        import cPickle as pickle\n    except ImportError:\n        import pickle\n",
        "def f():\n    import pickle\n",
    ),
    "one line": ("try: import cPickle as p\nexcept ImportError: import pickle as p\n", "import pickle as p\n"),
    "several imports": (
        "try:\n    import urllib2\n    import urlparse\nexcept ImportError:\n"
        "    import urllib.request as urllib2\n    import urllib.parse as urlparse\n",
        "import urllib.request as urllib2\nimport urllib.parse as urlparse\n",
    ),
    "six itself": ("try:\n    import six\nexcept ImportError:\n    six = None\nx = six.text_type\n", "x = str\n"),
    "six or nothing": (
        "import os\ntry:\n    import six\nexcept ImportError:\n    raise SystemExit('no six')\nx = six.text_type\n",
        "import os\nx = str\n",
    ),
    "six or a copy": (
        "try:\n    from six.moves import urllib\nexcept ImportError:\n    from pkg._six.moves import urllib\n"
        "x = urllib.parse\n",
        "import urllib.parse\nx = urllib.parse\n",
    ),
    "six or plain": (
        "try:\n    from six.moves import urllib\nexcept ImportError:\n    import urllib\nx = urllib.parse\n",
        "import urllib.parse\nx = urllib.parse\n",
    ),
    "six after the module": (
        "try:\n    from urllib.parse import quote\nexcept ImportError:\n    from six.moves.urllib.parse import quote\n",
        "from urllib.parse import quote\n",
    ),
    "six before the module": (
        "try:\n    import six.moves.cPickle as pickle\nexcept ImportError:\n    import pickle\nx = pickle.dumps\n",
        "import pickle\nx = pickle.dumps\n",
    ),
}


_OPTIONAL = _pair("import six", "six = None")

LEFT: Left = {
    "asked for": (f"{_OPTIONAL}if six:\n    x = six.text_type\n", "line 5 asks whether six is there"),
    "asked for, the other way round": (
        f"{_OPTIONAL}x = 1\ny = str if six is None else six.text_type\n",
        "line 6 asks whether six is there",
    ),
}


@pytest.mark.parametrize(("body", "handler"), KEEPS_HANDLER.items())
def test_keeps_the_handler(body: str, handler: str) -> None:
    check_becomes((_pair(body, handler), f"{handler}\n"))


@pytest.mark.parametrize(("body", "handler"), KEEPS_BODY.items())
def test_keeps_the_body(body: str, handler: str) -> None:
    check_becomes((_pair(body, handler), f"{body}\n"))


@pytest.mark.parametrize("error", ["", " ModuleNotFoundError", " (ImportError, AttributeError)", " Exception as e"])
def test_any_handler_of_failing_imports_will_do(error: str) -> None:
    check_becomes((_pair("import cPickle as pickle", "import pickle", error), "import pickle\n"))


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(UNTOUCHED)
def test_leaves_optional_dependencies_alone(case: str) -> None:
    check_nothing_said(case)


@cases(LEFT)
def test_leaves_six_where_it_is_asked_for(case: Tuple[str, str]) -> None:
    check_stays(case)
