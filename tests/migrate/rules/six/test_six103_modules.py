"""SIX103: modules of `six.moves`."""

from typing import Tuple

from codemods.rules.six._names import MODULES
from tests.migrate.rules.six.tables import Left, Rewrites, cases, check_becomes, check_stays, expressions

PLAIN = {name: home for name, home in MODULES.items() if not name.startswith("moves.urllib.")}


def _import(name: str, home: str) -> Tuple[str, str]:
    """``from six.moves import module`` and what it becomes."""
    local = name.rpartition(".")[2]
    renamed = "" if local == home else f" as {local}"
    return f"from six.moves import {local}\n\nx = {local}.y\n", f"import {home}{renamed}\n\nx = {local}.y\n"


REWRITES: Rewrites = {
    **{
        name: row
        for name, home in MODULES.items()
        for row in expressions({f"six.{name}.y": f"{home}.y"}, needs=f"import {home}").values()
    },
    **{f"from {name}": _import(name, home) for name, home in PLAIN.items()},
    "name of a module": (
        "from six.moves.urllib.parse import quote, urlparse as up\n\nx = quote, up\n",
        "from urllib.parse import quote, urlparse as up\n\nx = quote, up\n",
    ),
    "name of a flat module": (
        "from six.moves.urllib_parse import quote\n\nx = quote\n",
        "from urllib.parse import quote\n\nx = quote\n",
    ),
    "name of a renamed module": (
        "from six.moves.configparser import SafeConfigParser\n\nx = SafeConfigParser\n",
        "from configparser import SafeConfigParser\n\nx = SafeConfigParser\n",
    ),
    "submodules": (
        "from six.moves.urllib import parse, request as r\n\nx = parse.quote, r.urlopen\n",
        "from urllib import parse\nimport urllib.request as r\n\nx = parse.quote, r.urlopen\n",
    ),
    "a submodule by its full name": (
        "import six.moves.urllib.parse\n\nx = six.moves.urllib.parse.quote\n",
        "import urllib.parse\n\nx = urllib.parse.quote\n",
    ),
    "a submodule under a name": (
        "import six.moves.urllib.parse as p\n\nx = p.quote\n",
        "import urllib.parse as p\n\nx = p.quote\n",
    ),
    "a module under the new name": (
        "from six.moves import cPickle as pickle\n\nx = pickle.dumps\n",
        "import pickle\n\nx = pickle.dumps\n",
    ),
    "plain urllib has no submodules": (
        "from six.moves import urllib\n\nx = urllib.parse.quote, urllib.error.URLError, urllib.parse.unquote\n",
        "import urllib.error\nimport urllib.parse\n\n"
        "x = urllib.parse.quote, urllib.error.URLError, urllib.parse.unquote\n",
    ),
    "urllib handed on": (
        "from six.moves import urllib\n\nx = urllib\n",
        "import urllib.error\nimport urllib.parse\nimport urllib.request\nimport urllib.response\n"
        "import urllib.robotparser\n\nx = urllib\n",
    ),
    "urllib beside one of its submodules": (
        "import urllib.parse\n\nfrom six.moves import urllib\n\nx = urllib.parse.quote, urllib.request.urlopen\n",
        "import urllib.parse\n\nimport urllib.request\n\nx = urllib.parse.quote, urllib.request.urlopen\n",
    ),
    "urllib under another name": (
        "from six.moves import urllib as u\n\nx = u.parse.quote\n",
        "import urllib.parse\n\nx = urllib.parse.quote\n",
    ),
    "in a function": (
        "def f():\n    from six.moves import queue, urllib\n    return queue.Queue, urllib.parse.quote\n",
        "def f():\n    import queue\n    import urllib.parse\n    return queue.Queue, urllib.parse.quote\n",
    ),
    "patched object": (
        "import six\nfrom unittest import mock\n\nmock.patch.object(six.moves.builtins, 'open')\n",
        "import builtins\nfrom unittest import mock\n\nmock.patch.object(builtins, 'open')\n",
    ),
}

LEFT: Left = {
    "a parameter has the module's name": (
        "import six\n\ndef f(queue):\n    return six.moves.queue.Queue(queue)\n",
        "the names that it needs mean something else",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)
