"""Report calls, names and imports that only Python 2 knows.

For example::

    import ConfigParser, itertools, sys

    for name, value in itertools.izip(names, range(sys.maxint)):
        first = table.keys()[0]
    rows.sort(lambda a, b: cmp(a.size, b.size))

They fail on Python 3, and what they should be depends on what the values are, so nothing is rewritten: `.iteritems()`
and the like, items of what is a view or an iterator now (`d.keys()[0]`, `map(…)[0]`), comparison functions for
sorting, attributes of functions and methods (`f.func_code`), names that the standard library lost (`sys.maxint`,
`string.letters`, `types.StringType`), and modules that it lost.

Not where a `try`, a test of the version or a `hasattr` shows that there's an alternative, nor where the project
has a module or a method of that name.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Iterator, Optional

from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, importing, needle
from codemods.rules.py2.shared import conditional, expects, home_of, is_fallback, may_import
from codemods.rules.six.six110_import_fallbacks import MOVED, ONLY_PYTHON_2

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

VIEWS = ("keys", "values", "items")
METHODS = {f"{start}{view}": f".{view}()" for start in ("iter", "view") for view in VIEWS}
_STRING = "atof atoi find joinfields lower lstrip replace rstrip split splitfields strip upper zfill".split()
_TYPES = """
    BooleanType BufferType ClassType ComplexType DictType DictionaryType FileType FloatType InstanceType IntType
    ListType LongType ObjectType SliceType StringType StringTypes TupleType TypeType
    UnboundMethodType UnicodeType XRangeType
""".split()
NAMES = {
    "sys.maxint": "use `sys.maxsize`, if any large number will do",
    "os.getcwdu": "call `os.getcwd`",
    **{f"itertools.{name}": f"use the builtin `{name[1:]}`" for name in ("izip", "imap", "ifilter")},
    **{f"itertools.i{name}": f"use `itertools.{name}`" for name in ("zip_longest", "filterfalse")},
    **{f"string.{name}": f"use `string.ascii_{name}`" for name in ("letters", "lowercase", "uppercase")},
    **{f"string.{name}": "call the method of the string" for name in ("join", *_STRING)},
    "string.maketrans": "call `str.maketrans`, or `bytes.maketrans` for bytes",
    **{f"urllib.{name}": "import it from `urllib.parse` or `urllib.request`" for name in sorted(MOVED["urllib"])},
    **{f"types.{name}": "name the type itself, such as `str`" for name in _TYPES},
}
ATTRIBUTES = {
    **{f"func_{name}": f"__{name}__" for name in ("closure", "code", "defaults", "dict", "doc", "globals", "name")},
    "im_func": "__func__",
    "im_self": "__self__",
    "im_class": "__self__.__class__",
}
_MADE = ("map", "filter", "zip")
_HOMES = tuple(dict.fromkeys(name.split(".")[0] for name in NAMES))
_ROOTS = frozenset((*ONLY_PYTHON_2, *_HOMES))


def _below(home: str) -> str:
    return "|".join(name[len(home) + 1 :] for name in sorted(NAMES) if name.startswith(f"{home}."))


def _attributes(start: str) -> str:
    return "|".join(f".{name}"[len(start) :] for name in ATTRIBUTES if f".{name}".startswith(start))


rule = Rule(
    "PY222",
    __doc__,
    [
        importing(*ONLY_PYTHON_2),
        *(needle(f".{start}", rf"\.{start}(?:keys|values|items)\(") for start in ("iter", "view")),
        *(needle(f"(){after}", rf"\(\){re.escape(after)}(?<=s\(\){re.escape(after)})") for after in ("[", ".sort(")),
        *(needle(f"{name}(", rf"{name}\((?<![\w.]{name}\()[^\n]*\)\[") for name in _MADE),
        *(needle(f"{home}.", rf"{home}\.(?<![\w.]{home}\.)(?:{_below(home)})\b") for home in _HOMES),
        *(needle(f"from {home} import", rf"from {home} import[^\n]*(?:\(|\b(?:{_below(home)})\b)") for home in _HOMES),
        needle(" as ", rf"import (?:{'|'.join(_HOMES)}) as "),
        *(needle(start, rf"\{start}(?:{_attributes(start)})\b") for start in (".func_", ".im_")),
        needle("sorted(", r"sorted\(\w[\w.()]*, *(?:lambda\b|[\w.]+\))"),
        needle(".sort(", r"\.sort\((?:lambda\b|\w+\))"),
        needle("cmp=", r"cmp=(?<=[(, ]cmp=)"),
    ],
    order=95,
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    attributes = module.walk.attributes
    if not _ROOTS.isdisjoint(module.import_roots):
        yield from _imports(module)
        for home in _HOMES:
            yield from _names(module, home)
    for name in sorted(METHODS.keys() & attributes.keys()):
        yield from _method(module, name, METHODS[name])
    for view in VIEWS:
        yield from _view(module, view)
    for made in _MADE:
        for load in module.builtin_loads(made):
            yield from _items(module, module.parent(load), load, f"`{made}(…)`")
    for name in sorted(ATTRIBUTES.keys() & attributes.keys()):
        yield from _attribute(module, name, ATTRIBUTES[name])
    yield from _sorting(module)


def _has_alternative(module: Module, node: ast.AST, name: str) -> bool:
    """Whether the code around `node` asks first whether it works."""
    if is_fallback(module, node) or expects(module, node, "AttributeError"):
        return True
    tests = (above.test for above in module.parents(node) if isinstance(above, (ast.If, ast.IfExp)))
    return any("hasattr" in text and name in text for text in map(module.text, tests))


def _imports(module: Module) -> Iterator[Item]:
    seen = set()
    found = module.live_imports()
    if not may_import(module, ONLY_PYTHON_2) and not any(one.canonical in NAMES for one in found):
        return
    for one in sorted(found, key=lambda one: one.statement.lineno):
        root = home_of(module, one).split(".")[0]
        if root in ONLY_PYTHON_2 and (one.statement, root) not in seen and _is_needed(module, one, root):
            seen.add((one.statement, root))
            yield rule.left(module, one.statement, f"Python 3 has no module `{root}`", "import what replaces it")
        elif one.canonical in NAMES and isinstance(one.statement, ast.ImportFrom) and _is_needed(module, one, root):
            yield rule.left(module, one.statement, f"Python 3 has no `{one.canonical}`", NAMES[one.canonical])


def _is_needed(module: Module, imported: ImportedName, root: str) -> bool:
    """Whether an import is the only one that there is for its purpose."""
    statement = imported.statement
    if imported.alias in module.leaving or conditional(module, statement) or is_fallback(module, statement):
        return False
    return not expects(module, statement, "ImportError") and not _is_own(module, root)


def _is_own(module: Module, root: str) -> bool:
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    beside = f"{package}.{root}" if package else root
    return module.project.has_module(root) or module.project.has_module(beside)


def _names(module: Module, home: str) -> Iterator[Item]:
    for one in module.references(home):
        name = ".".join(one.canonical.split(".")[:2])
        if name not in NAMES or isinstance(one.imported[0].statement, ast.ImportFrom) or one.name in module.settled:
            continue
        if not _has_alternative(module, one.node, name.rpartition(".")[2]) and not module.project.has_module(home):
            yield rule.left(module, one.node, f"Python 3 has no `{name}`", NAMES[name])


def _plain_call(module: Module, node: ast.AST) -> Optional[ast.Call]:
    """The call of `node` without arguments."""
    call = module.parent(node)
    if isinstance(call, ast.Call) and call.func is node and not call.args and not call.keywords:
        return call
    return None


def _method(module: Module, name: str, instead: str) -> Iterator[Item]:
    found = [node for node in module.attributes(name) if _plain_call(module, node) is not None]
    if not found or any(one.name == name for one in module.of(*FUNCTIONS)) or module.project.defines_method(name):
        return
    for node in found:
        if not _has_alternative(module, node, name):
            yield rule.left(module, node, f"dicts have no `{name}` on Python 3", f"call `{instead}` if it's a dict")


def _view(module: Module, view: str) -> Iterator[Item]:
    for node in module.attributes(view):
        call = _plain_call(module, node)
        above = module.parent(call) if call is not None else None
        if isinstance(above, ast.Attribute) and above.attr == "sort":
            message = f"`.{view}()` of a dict is a view on Python 3, which can't be sorted"
            yield rule.left(module, above, message, "call `sorted` if it's a dict")
        elif call is not None:
            yield from _items(module, call, node, f"`.{view}()` of a dict")


def _items(module: Module, call: ast.AST, func: ast.AST, what: str) -> Iterator[Item]:
    above = module.parent(call) if isinstance(call, ast.Call) and call.func is func else None
    if isinstance(above, ast.Subscript) and above.value is call and not _has_alternative(module, above, "keys"):
        yield rule.left(module, above, f"{what} has no items by number on Python 3", "make a list of it first")


def _attribute(module: Module, name: str, instead: str) -> Iterator[Item]:
    found = module.attributes(name)
    if not found or name in module.bound or any(isinstance(node.ctx, ast.Store) for node in found):
        return
    # Anything may have an attribute `func_name` of its own.
    if name == "func_name" and (f"'{name}'" in module.source.text or f'"{name}"' in module.source.text):
        return
    for node in found:
        own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        if not own and not _has_alternative(module, node, name):
            yield rule.left(module, node, f"functions have no `{name}` on Python 3", f"read `{instead}`")


def _sorting(module: Module) -> Iterator[Item]:
    for func in [*module.builtin_loads("sorted"), *module.attributes("sort")]:
        call = module.parent(func)
        if isinstance(call, ast.Call) and call.func is func and _compares(module, call, isinstance(func, ast.Name)):
            advice = "give a `key`, or `key=functools.cmp_to_key(…)`"
            yield rule.left(module, call, "Python 3 doesn't sort by a comparison function", advice)


def _compares(module: Module, call: ast.Call, is_builtin: bool) -> bool:
    """Whether a call of `sorted`, or of a method `sort` that may be anything's, gets a comparison function."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return False
    given: Any = next((one.value for one in call.keywords if one.arg == "cmp"), None)
    if given is not None:
        return not (isinstance(given, ast.Constant) and given.value is None)
    rest = call.args[1:] if is_builtin else call.args
    return bool(rest) and (is_builtin or _takes_two(module, rest[0]))


def _takes_two(module: Module, node: ast.expr) -> bool:
    """Whether an expression is a function with two parameters, as far as the file tells."""
    if isinstance(node, ast.Lambda):
        return len(node.args.args) == 2
    if not isinstance(node, ast.Name):
        return False
    scope = module.scope_of(node).lookup(node.id)
    found = module.bindings(scope, node.id) if scope is not None else []
    if not found:
        return node.id == "cmp"
    return all(isinstance(one, FUNCTIONS) and len(one.args.args) == 2 for one in found)
