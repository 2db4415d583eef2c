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
that stays binds all names that the other side binds. Of a fallback within the fallback only the one that
always works stays. Optional dependencies are no business of this rule. Left is the import of a six that the file
hands on or asks for (`if six is None`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from codemods.edits import Shape
from codemods.rule import Item, Rule, importing, needle
from codemods.rules.six._blocks import block_end, statements_of
from codemods.stdlib import STDLIB

if TYPE_CHECKING:
    from codemods.index.module import Module

_ONLY_PYTHON_2 = """
    BaseHTTPServer CGIHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO
    Tkinter UserDict UserList UserString __builtin__ _winreg anydbm cPickle cStringIO commands cookielib
    copy_reg dummy_thread htmlentitydefs httplib md5 repr robotparser sets sha thread tkFileDialog tkMessageBox
    urllib2 urlparse whichdb xmlrpclib
"""
ONLY_PYTHON_2 = frozenset(_ONLY_PYTHON_2.split())

_BACKPORTS = """
    chainmap configparser2 enum34 funcsigs functools32 futures importlib2 mock pathlib2 singledispatch
    subprocess32 unittest2 scandir ordereddict counter simplejson_py2
    backports.abc backports.configparser backports.csv backports.functools_lru_cache backports.inspect
    backports.lzma backports.pathlib backports.shutil_get_terminal_size backports.shutil_which backports.ssl
    backports.ssl_match_hostname backports.statistics backports.tempfile backports.unittest_mock
    backports.weakref
"""
BACKPORTS = frozenset(_BACKPORTS.split())
"""Distributions of what the standard library of all supported versions has."""

_ABCS = """
    Awaitable Callable Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping
    MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Set Sized ValuesView
"""
MOVED = {
    "collections": frozenset(_ABCS.split()),
    "imp": frozenset({"reload"}),
    "itertools": frozenset({"izip", "imap", "ifilter", "izip_longest", "ifilterfalse"}),
    "os": frozenset({"getcwdu"}),
    "inspect": frozenset({"getargspec"}),
    "string": frozenset({"letters", "maketrans", "lowercase", "uppercase", "join"}),
    "urllib": frozenset(
        {"quote", "quote_plus", "unquote", "unquote_plus", "urlencode", "urlopen", "urlretrieve", "pathname2url"}
    ),
}
"""Names that standard library modules lost."""


rule = Rule(
    "SIX110",
    __doc__,
    [
        importing("six", *(name.split(".")[0] for name in (*ONLY_PYTHON_2, *BACKPORTS))),
        *(needle(f"from {home} import", r"try[ \t]*:\s*(?:#[^\n]*\s*)*(?:from|import)\b") for home in MOVED),
    ],
    order=1,
)

ERRORS = frozenset({"AttributeError", "Exception", "ImportError", "ModuleNotFoundError"})


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in module.of(ast.Try):
        if module.is_dead(node):
            continue
        path = _side(node)
        if path is None:
            continue
        kept = path.statements
        bare = _bare_six(module, node)
        if bare is not None:
            message = f"line {bare.lineno} asks whether six is there, so that its import can't be made a certain one"
            yield rule.left(module, node, message, "rewrite that place by hand, and run again")
            continue
        start, end = module.span(node)[0], block_end(module, node)
        yield rule.edit(
            node,
            Shape.BLOCK,
            path.lift,
            f"only the {'first' if path.fields == ('body',) else 'second'} of the imports can run",
            dead=((start, module.span(kept[0])[0]), (module.span(kept[-1])[1], end)),
            lifts=tuple(kept),
        )


def _bare_six(module: Module, node: ast.Try) -> Optional[ast.Name]:
    """The first use of six itself, not of a name in it, if `node` imports six as a module."""
    names = [alias for one in node.body if isinstance(one, ast.Import) for alias in one.names if alias.name == "six"]
    for alias in names:
        for load, _ in module.loads(alias.asname or "six"):
            if not isinstance(module.parent(load), ast.Attribute):
                return load
    return None


class _Path(NamedTuple):
    """The statements that always run, and how to get there: ``body``, or ``handlers`` and on from there."""

    fields: Tuple[str, ...]
    statements: List[ast.stmt]

    def lift(self, found: Any) -> List[Any]:
        """The same statements of a LibCST node."""
        for field in self.fields[:-1]:
            found = found.handlers[0].body.body[0] if field == "handlers" else found.body.body[0]
        return statements_of(found.handlers[0].body if self.fields[-1] == "handlers" else found.body)


def _side(node: ast.Try) -> Optional[_Path]:
    """The side that always runs; ``None`` if that isn't certain."""
    if not _is_fallback(node):
        return None
    body, handler = node.body, node.handlers[0].body
    gone = any(map(_is_gone, body))
    if (gone or _all(body, _outdated)) and _binds(body) <= _binds(handler):
        if _all(handler, _standard) or (gone and all(isinstance(one, SIMPLE) for one in handler)):
            return _Path(("handlers",), handler)
        nested = _nested(handler)
        if nested is not None and _binds(body) <= _binds(nested.statements):
            return _Path(("handlers", *nested.fields), nested.statements)
    if not _binds(handler) <= _binds(body):
        return None
    if _all(body, _is_six) or (_all(body, _standard) and (_any(handler, _outdated) or _all(handler, _is_six))):
        return _Path(("body",), body)
    return None


SIMPLE = (ast.Import, ast.ImportFrom, ast.Assign)


def _is_fallback(node: ast.Try) -> bool:
    """Whether a ``try`` only imports, and has nothing but one handler for failing imports."""
    if len(node.handlers) != 1 or node.orelse or node.finalbody or not _catches(node.handlers[0].type):
        return False
    return all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in node.body)


def _nested(handler: Sequence[ast.stmt]) -> Optional[_Path]:
    """The side of a fallback within the fallback that always runs."""
    inner = handler[0]
    if len(handler) > 1 or not isinstance(inner, ast.Try) or not _is_fallback(inner):
        return None
    return _Path(("body",), inner.body) if _all(inner.body, _standard) else _side(inner)


def _catches(kind: Optional[ast.expr]) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return kind is None or all(isinstance(one, ast.Name) and one.id in ERRORS for one in names)


def _binds(block: Sequence[ast.stmt]) -> Set[str]:
    names: Set[str] = set()
    for statement in block:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.split(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.Assign):
            stored = (node for target in statement.targets for node in ast.walk(target))
            names |= {node.id for node in stored if isinstance(node, ast.Name)}
        elif isinstance(statement, ast.Try):
            names |= _binds([*statement.body, *(one for handler in statement.handlers for one in handler.body)])
    return names


def _imports(block: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The imports of a block, those of a fallback within it included."""
    for one in block:
        if isinstance(one, (ast.Import, ast.ImportFrom)):
            yield one
        elif isinstance(one, ast.Try):
            yield from _imports([*one.body, *(below for handler in one.handlers for below in handler.body)])


def _all(block: Sequence[ast.stmt], holds: Callable[[ast.stmt], bool]) -> bool:
    return all(isinstance(one, (ast.Import, ast.ImportFrom)) and holds(one) for one in block)


def _any(block: Sequence[ast.stmt], holds: Callable[[ast.stmt], bool]) -> bool:
    return any(holds(one) for one in _imports(block))


def _roots(node: ast.stmt) -> Set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    assert isinstance(node, ast.ImportFrom)
    return {"." if node.level else (node.module or "").split(".")[0]}


def _backported(node: ast.stmt) -> bool:
    """Whether a module is imported that the standard library has by now."""
    if not _roots(node) <= {"backports"}:
        return bool(_roots(node) & BACKPORTS)
    if isinstance(node, ast.ImportFrom) and node.module == "backports":
        names = {f"backports.{alias.name}" for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
        names = {node.module or ""}
    else:
        names = {alias.name for alias in getattr(node, "names", ())}
    return {".".join(name.split(".")[:2]) for name in names} <= BACKPORTS


def _lost(node: ast.stmt) -> bool:
    """Whether a name is imported that its module lost."""
    return isinstance(node, ast.ImportFrom) and any(
        alias.name in MOVED.get(node.module or "", ()) for alias in node.names
    )


def _standard(node: ast.stmt) -> bool:
    return _roots(node) <= STDLIB and not _outdated(node)


def _is_gone(node: ast.stmt) -> bool:
    """Whether the import certainly fails."""
    return bool(_roots(node) & ONLY_PYTHON_2) or _lost(node)


def _outdated(node: ast.stmt) -> bool:
    return _backported(node) or _is_gone(node)


def _is_six(node: ast.stmt) -> bool:
    return _roots(node) == {"six"}
