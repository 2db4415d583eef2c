"""Fold `try: import … except ImportError: …` pairs of which only one side can ever run.

Before::

    try:
        from urllib2 import urlopen
    except ImportError:
        from urllib.request import urlopen

After::

    from urllib.request import urlopen

A pair is folded if one side imports only what the standard library has on the target version (or six,
which the other rules replace) and the other what only Python 2 has, or a backport of it, and the side
that stays binds all names that the other side binds. Optional dependencies are no business of this rule.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Set

from codemods.edits import Shape
from codemods.rule import Item, Rule, needle
from codemods.rules.six._blocks import statements_of
from codemods.stdlib import STDLIB

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "SIX110", __doc__, [needle("ImportError", r"except\s+\(?\s*(ImportError|ModuleNotFoundError)")], order=1
)

ONLY_PYTHON_2 = frozenset(
    """
    BaseHTTPServer CGIHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO
    Tkinter UserDict UserList UserString __builtin__ _winreg anydbm cPickle cStringIO commands cookielib
    copy_reg dummy_thread htmlentitydefs httplib md5 repr robotparser sets sha thread tkFileDialog tkMessageBox
    urllib2 urlparse whichdb xmlrpclib
    """.split()
)
BACKPORTS = frozenset(
    """
    backports chainmap configparser2 enum34 funcsigs functools32 futures importlib2 mock pathlib2 singledispatch
    subprocess32 unittest2 scandir ordereddict counter simplejson_py2
    """.split()
)
"""Distributions whose modules the standard library has by now."""

MOVED = {
    "collections": frozenset(
        """
        Awaitable Callable Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping
        MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Set Sized ValuesView
        """.split()
    ),
    "itertools": frozenset({"izip", "imap", "ifilter", "izip_longest", "ifilterfalse"}),
    "os": frozenset({"getcwdu"}),
    "inspect": frozenset({"getargspec"}),
    "string": frozenset({"letters", "maketrans", "lowercase", "uppercase", "join"}),
    "urllib": frozenset(
        {"quote", "quote_plus", "unquote", "unquote_plus", "urlencode", "urlopen", "urlretrieve", "pathname2url"}
    ),
}
"""Names that standard library modules lost."""


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.of(ast.Try):
        side = _side(node)
        if side is None:
            continue
        keeps_body = side is node.body
        kept = module.span(side[0])[0], module.span(side[-1])[1]
        start, end = module.span(node)
        yield rule.edit(
            node,
            Shape.BLOCK,
            _keep_body if keeps_body else _keep_handler,
            f"only the {'first' if keeps_body else 'second'} of the imports can run",
            dead=((start, kept[0]), (kept[1], end)),
        )


def _keep_body(found: Any) -> List[Any]:
    return statements_of(found.body)


def _keep_handler(found: Any) -> List[Any]:
    return statements_of(found.handlers[0].body)


def _side(node: ast.Try) -> Optional[List[ast.stmt]]:
    """The side that always runs; ``None`` if that isn't certain."""
    if len(node.handlers) != 1 or node.orelse or node.finalbody or not _catches(node.handlers[0].type):
        return None
    body, handler = node.body, node.handlers[0].body
    if not all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in body):
        return None
    if _binds(body) <= _binds(handler) and _all(handler, _standard) and _any(body, _outdated):
        return handler
    if not _binds(handler) <= _binds(body):
        return None
    if _all(body, _is_six):
        return body
    if _all(body, _standard) and (_any(handler, _outdated) or _all(handler, _is_six)):
        return body
    return None


def _catches(kind: Optional[ast.expr]) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return all(isinstance(one, ast.Name) and one.id in ("ImportError", "ModuleNotFoundError") for one in names)


def _binds(block: Sequence[ast.stmt]) -> Set[str]:
    names: Set[str] = set()
    for statement in block:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.split(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.Assign):
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return names


def _all(block: Sequence[ast.stmt], holds: Any) -> bool:
    return all(isinstance(one, (ast.Import, ast.ImportFrom)) and holds(one) for one in block)


def _any(block: Sequence[ast.stmt], holds: Any) -> bool:
    return any(isinstance(one, (ast.Import, ast.ImportFrom)) and holds(one) for one in block)


def _roots(node: ast.stmt) -> Set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    assert isinstance(node, ast.ImportFrom)
    return {"." if node.level else (node.module or "").split(".")[0]}


def _lost(node: ast.stmt) -> bool:
    """Whether a name is imported that its module lost."""
    return isinstance(node, ast.ImportFrom) and any(
        alias.name in MOVED.get(node.module or "", ()) for alias in node.names
    )


def _standard(node: ast.stmt) -> bool:
    return _roots(node) <= STDLIB and not _outdated(node)


def _outdated(node: ast.stmt) -> bool:
    return bool(_roots(node) & (ONLY_PYTHON_2 | BACKPORTS)) or _lost(node)


def _is_six(node: ast.stmt) -> bool:
    return _roots(node) == {"six"}
