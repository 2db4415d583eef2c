"""Classes that might be ad-hoc namespaces: who refers to them, and what speaks against replacing them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Callable, Iterator, List, Optional

from codemods.index.scopes import Scope

if TYPE_CHECKING:
    from codemods.index.module import Module

_BLANK_LINE = r"[ \t\f]*(?:#[^\r\n]*)?(?:\r?\n|\r(?!\n))"
_DOCSTRING = (
    r"[uUrR]{0,2}(?:\"\"\"(?:[^\"\\]|\\[\s\S]|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''"
    r"|\"(?!\"\")(?:[^\"\\\r\n]|\\.)*\"|'(?!'')(?:[^'\\\r\n]|\\.)*')"
)
EMPTY_CLASS = (
    r"class[ \t]+\w+[ \t]*(?:\([ \t]*(?:object)?[ \t]*\))?[ \t]*:"
    rf"(?:{_BLANK_LINE})*(?P<indent>[ \t]*)"
    rf"(?:pass\b|\.\.\.|{_DOCSTRING}(?:[ \t\f]*\Z|(?:{_BLANK_LINE})+"
    r"(?:\Z|(?P=indent)(?:pass\b|\.\.\.)|(?!(?P=indent)[^\s#])(?=[ \t]*[^\s#]))))"
)
"""What the source of a class without a base and with an empty body looks like, for a needle.

It begins with a literal, so that searching is quick; it never goes back over a blank line or comment in two ways.
"""

_PICKLES = frozenset(
    ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "joblib", "jsonpickle", "copyreg", "copy_reg")
)
_REFERENCE = r"(?:[\w.|\[\]:*]|, ?)*\b{}\b(?:[\w.|\[\]:*]|, ?)*"


def plain_classes(module: Module, wanted: Callable[[ast.ClassDef], bool]) -> Iterator[ast.ClassDef]:
    """The classes without bases, decorators and keywords that stand in a module or function and are bound once.

    :param wanted: says of a class whether it's of interest; asked first.
    """
    for node in module.of(ast.ClassDef):
        cls: ast.ClassDef = node
        if not wanted(cls) or cls.decorator_list or cls.keywords or getattr(cls, "type_params", None):
            continue
        if any(module.resolve(base) != "builtins.object" for base in cls.bases):
            continue
        scope = home(module, cls)
        if scope.kind == "class" or cls.name in module.walk.global_names:
            continue
        # A comment on the class's line speaks for all that would be rewritten.
        if "plumpy-migrate" in module.source.line_text(cls.lineno):
            continue
        if module.bindings(scope, cls.name) == [cls]:
            yield cls


def home(module: Module, cls: ast.ClassDef) -> Scope:
    """The scope that the class is bound in."""
    return module.scope_of(cls)


def is_empty(cls: ast.ClassDef) -> bool:
    """Whether there's nothing in the body but a docstring, ``pass`` and ``...``."""
    return all(isinstance(one, ast.Pass) or _is_bare_constant(one) for one in cls.body)


def _is_bare_constant(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str) or statement.value.value is Ellipsis


def references(module: Module, cls: ast.ClassDef) -> List[ast.Name]:
    """The loads of the class's name, but for those within the class."""
    scope = home(module, cls)
    start, end = module.span(cls)
    found = [node for node, where in module.loads(cls.name) if where.lookup(cls.name) is scope]
    return [node for node in found if not start <= module.span(node)[0] < end]


def calls(module: Module, names: List[ast.Name]) -> List[ast.Call]:
    """The calls among the references to a class."""
    above = [(node, module.parent(node)) for node in names]
    return [call for node, call in above if isinstance(call, ast.Call) and call.func is node]


def objection(module: Module, cls: ast.ClassDef, names: List[ast.Name]) -> Optional[str]:
    """Why the class must stay, apart from what its instances do."""
    called = {id(call.func) for call in calls(module, names)}
    for node in names:
        if id(node) not in called:
            return f"line {node.lineno} uses the class otherwise than by calling it"
    line = _named_in_text(module, cls)
    if line:
        return f"line {line} names the class in a string or a type comment"
    if home(module, cls).kind == "module":
        return _seen_outside(module, cls.name)
    return None


def _named_in_text(module: Module, cls: ast.ClassDef) -> int:
    """The line of a string that may stand for the class, such as a forward reference, or 0."""
    pattern = re.compile(_REFERENCE.format(re.escape(cls.name)))
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if pattern.fullmatch(node.value) and not isinstance(module.walk.parents.get(node), ast.Expr):
            return node.lineno
    comment = re.search(rf"#[ \t]*type:[^\r\n]*\b{re.escape(cls.name)}\b", module.source.text)
    return module.source.position(comment.start())[0] if comment else 0


def _seen_outside(module: Module, name: str) -> Optional[str]:
    if name in module.exported:
        return "it is in `__all__`"
    if module.is_package and not name.startswith("_"):
        return "a package's `__init__.py` is where others import from"
    if any(one.canonical.split(".")[0] in _PICKLES or one.local in _PICKLES for one in module.imports):
        return "the module has to do with pickles, which name the class"
    if module.project.imports_from(module.name, name):
        return "another module uses the class"
    return None
