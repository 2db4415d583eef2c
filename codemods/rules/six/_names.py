"""The names of six, what they are on Python 3, and the references to them in a file.

`STDLIB` and `MODULES` hold what is only another spelling; names with a meaning of their own have a
rule of their own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, Iterable, List, Optional, Tuple

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Reference

BUILTINS: Dict[str, str] = {
    "advance_iterator": "next",
    "callable": "callable",
    "exec_": "exec",
    "iterbytes": "iter",
    "next": "next",
    "print_": "print",
    "unichr": "chr",
    "text_type": "str",
    "binary_type": "bytes",
    "moves.filter": "filter",
    "moves.input": "input",
    "moves.map": "map",
    "moves.range": "range",
    "moves.xrange": "range",
    "moves.zip": "zip",
}
"""Names that are builtins."""

STDLIB: Dict[str, Tuple[str, str]] = {
    "MAXSIZE": ("sys", "maxsize"),
    "StringIO": ("io", "StringIO"),
    "BytesIO": ("io", "BytesIO"),
    "wraps": ("functools", "wraps"),
    "create_bound_method": ("types", "MethodType"),
    "moves.StringIO": ("io", "StringIO"),
    "moves.cStringIO": ("io", "StringIO"),
    "moves.UserDict": ("collections", "UserDict"),
    "moves.UserList": ("collections", "UserList"),
    "moves.UserString": ("collections", "UserString"),
    "moves.filterfalse": ("itertools", "filterfalse"),
    "moves.zip_longest": ("itertools", "zip_longest"),
    "moves.getcwd": ("os", "getcwd"),
    "moves.getcwdb": ("os", "getcwdb"),
    "moves.getoutput": ("subprocess", "getoutput"),
    "moves.intern": ("sys", "intern"),
    "moves.reduce": ("functools", "reduce"),
    "moves.reload_module": ("importlib", "reload"),
    "moves.shlex_quote": ("shlex", "quote"),
}
"""Names that are attributes of standard library modules."""

MODULES: Dict[str, str] = {
    "moves._dummy_thread": "_thread",
    "moves._thread": "_thread",
    "moves.BaseHTTPServer": "http.server",
    "moves.CGIHTTPServer": "http.server",
    "moves.SimpleHTTPServer": "http.server",
    "moves.builtins": "builtins",
    "moves.cPickle": "pickle",
    "moves.collections_abc": "collections.abc",
    "moves.configparser": "configparser",
    "moves.copyreg": "copyreg",
    "moves.dbm_gnu": "dbm.gnu",
    "moves.dbm_ndbm": "dbm.ndbm",
    "moves.email_mime_base": "email.mime.base",
    "moves.email_mime_image": "email.mime.image",
    "moves.email_mime_multipart": "email.mime.multipart",
    "moves.email_mime_nonmultipart": "email.mime.nonmultipart",
    "moves.email_mime_text": "email.mime.text",
    "moves.html_entities": "html.entities",
    "moves.html_parser": "html.parser",
    "moves.http_client": "http.client",
    "moves.http_cookiejar": "http.cookiejar",
    "moves.http_cookies": "http.cookies",
    "moves.queue": "queue",
    "moves.reprlib": "reprlib",
    "moves.socketserver": "socketserver",
    "moves.tkinter": "tkinter",
    "moves.tkinter_colorchooser": "tkinter.colorchooser",
    "moves.tkinter_commondialog": "tkinter.commondialog",
    "moves.tkinter_constants": "tkinter.constants",
    "moves.tkinter_dialog": "tkinter.dialog",
    "moves.tkinter_dnd": "tkinter.dnd",
    "moves.tkinter_filedialog": "tkinter.filedialog",
    "moves.tkinter_font": "tkinter.font",
    "moves.tkinter_messagebox": "tkinter.messagebox",
    "moves.tkinter_scrolledtext": "tkinter.scrolledtext",
    "moves.tkinter_simpledialog": "tkinter.simpledialog",
    "moves.tkinter_tix": "tkinter.tix",
    "moves.tkinter_tkfiledialog": "tkinter.filedialog",
    "moves.tkinter_tksimpledialog": "tkinter.simpledialog",
    "moves.tkinter_ttk": "tkinter.ttk",
    "moves.urllib.error": "urllib.error",
    "moves.urllib.parse": "urllib.parse",
    "moves.urllib.request": "urllib.request",
    "moves.urllib.response": "urllib.response",
    "moves.urllib.robotparser": "urllib.robotparser",
    "moves.urllib_error": "urllib.error",
    "moves.urllib_parse": "urllib.parse",
    "moves.urllib_request": "urllib.request",
    "moves.urllib_response": "urllib.response",
    "moves.urllib_robotparser": "urllib.robotparser",
    "moves.winreg": "winreg",
    "moves.xmlrpc_client": "xmlrpc.client",
    "moves.xmlrpc_server": "xmlrpc.server",
}
"""Names that are modules."""

_OWN = """
    PY2 PY3 PY34 string_types integer_types class_types
    iteritems itervalues iterkeys iterlists viewkeys viewvalues viewitems
    reraise raise_from u b int2byte byte2int indexbytes
    create_unbound_method get_unbound_function get_method_function get_method_self
    get_function_closure get_function_code get_function_defaults get_function_globals Iterator
    ensure_text ensure_str ensure_binary assertCountEqual assertRaisesRegex assertRegex assertNotRegex
    add_metaclass with_metaclass python_2_unicode_compatible add_move remove_move MovedModule MovedAttribute
    moves.urllib
"""
OWN: Tuple[str, ...] = tuple(_OWN.split())
"""Names with a rule of their own."""

KNOWN = frozenset((*BUILTINS, *STDLIB, *MODULES, *OWN))


@dataclass(frozen=True)
class SixUse:
    """A use of a name of six.

    :param name: the name without ``six.``, as in `KNOWN`.
    :param node: the expression that means it; attributes of what it means are outside.
    :param load: the load of the imported name at the left end of `node`.
    """

    name: str
    node: ast.expr
    load: ast.Name
    imported: Tuple[ImportedName, ...]

    @property
    def settles(self) -> Tuple[ast.AST, ...]:
        """For the field `Edit.settles`."""
        return (self.load,)


def uses(module: Module, *names: str) -> List[SixUse]:
    """The live uses of the given names of six, in source order."""
    if "six" not in module.cache:
        module.cache["six"] = _by_name(module)
    by_name: Dict[str, List[SixUse]] = module.cache["six"]
    found = [use for name in names for use in by_name.get(name, ()) if not module.is_dead(use.node)]
    return sorted(found, key=lambda use: module.span(use.node))


def _by_name(module: Module) -> Dict[str, List[SixUse]]:
    found: Dict[str, List[SixUse]] = {}
    for reference in module.references("six"):
        use = _use(reference)
        if use is not None:
            found.setdefault(use.name, []).append(use)
    return found


def _use(reference: Reference) -> Optional[SixUse]:
    """The longest known name that the chain begins with."""
    parts = reference.canonical.split(".")[1:]
    node = reference.node
    while parts:
        name = ".".join(parts)
        if name in KNOWN:
            return SixUse(name, node, reference.name, reference.imported)
        parts.pop()
        if not isinstance(node, ast.Attribute):
            return None
        node = node.value
    return None


def call_of(module: Module, node: ast.expr) -> Optional[ast.Call]:
    """The call of `node`, if it's called."""
    above = module.parent(node)
    return above if isinstance(above, ast.Call) and above.func is node else None


def known(dotted: str) -> str:
    """The longest name in `KNOWN` that the dotted name (without ``six.``) begins with; empty if none."""
    parts = dotted.split(".")
    while parts and ".".join(parts) not in KNOWN:
        parts.pop()
    return ".".join(parts)


def simple_target(dotted: str) -> Optional[str]:
    """What a dotted name below six is on Python 3, where that's only another dotted name."""
    name = known(dotted)
    rest = dotted[len(name) :]
    if name in BUILTINS:
        return BUILTINS[name] + rest
    if name in STDLIB:
        return ".".join(STDLIB[name]) + rest
    if name in MODULES:
        return MODULES[name] + rest
    return "urllib" + rest if name == "moves.urllib" else None


def names(table: Iterable[str]) -> Tuple[str, ...]:
    """The names of a table, for `uses`."""
    return tuple(table)
