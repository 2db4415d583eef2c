"""What several rules of this family need."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING, AbstractSet, Any, Callable, FrozenSet, Iterator, List, Optional, Tuple

from codemods.edits import Shape
from codemods.imports import PRAGMA
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rule import needle

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module
    from codemods.rule import Item, Rule

_VERSION_TEST = re.compile(r"PY2|PY3|version_info|hexversion|sys\.version|python_version")
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})

PY2_SIGNS = (
    ("__future__", r"^from __future__ import (?!annotations\b)"),
    ("six", r"^[ \t]*(?:import|from) six\b"),
    ("(object):", r"^[ \t]*class \w+\(object\):"),
    ("u'", r"u'(?<![\w'\"`]u')"),
    ('u"', r"u\"(?<![\w'\"`]u\")"),
    ("super(", r"super\(\w+, *self\)"),
    *((f"{name}(", rf"{name}\((?<![\w.`]{name}\()") for name in ("xrange", "unicode", "basestring", "raw_input")),
    *((f".iter{view}()",) for view in ("items", "values", "keys")),
)
"""What only code with a past on Python 2 contains: texts, and regular expressions around them."""
_SIGNS = tuple(needle(*sign) for sign in PY2_SIGNS)

PY2_MENTION = re.compile(r"\b(?:py|Py|PY|python|Python|PYTHON)[ \-]?2")


def has_past(module: Module) -> bool:
    """Whether the file contains a sign of Python 2."""
    data = module.source.text.encode("utf-8", "surrogatepass")
    return any(sign.occurs_in(data) for sign in _SIGNS)


def unused(module: Module, imported: ImportedName) -> bool:
    """Whether the accepted edits leave no use of an imported name, here or in other files."""
    if imported.local in module.exported or imported.local in module.walk.global_names:
        return False
    if any(name not in module.settled for name in module.uses(imported)):
        return False
    if imported.scope is not module.walk.module_scope:
        return True
    return not module.project.imports_from(module.name, imported.local)


def drop_unused(rule: Rule, module: Module, dotted: str, message: str) -> Iterator[Item]:
    """Edits that drop the imports of the module `dotted` of which accepted edits settled all uses."""
    for one in module.live_imports():
        if one.canonical != dotted or not isinstance(one.statement, ast.Import) or one.alias in module.leaving:
            continue
        if one.alias.name == dotted and module.uses(one) and unused(module, one):
            yield rule.reimport(one, message)


def conditional(module: Module, node: ast.AST) -> bool:
    """Whether `node` stands in a branch or a `try`, where it may be a fallback or have one."""
    for above in module.parents(node):
        if isinstance(above, (*FUNCTIONS, ast.ClassDef)):
            return False
        if isinstance(above, (ast.If, ast.Try)):
            return True
    return False


def is_fallback(module: Module, node: ast.AST) -> bool:
    """Whether `node` stands in a `try` that expects an import to fail, or handles that."""
    return _caught(module, node, _IMPORT_ERRORS)


def expects(module: Module, node: ast.AST, error: str) -> bool:
    """Whether a `try` around `node` catches `error` by name, or `node` stands in a test of the Python version."""
    if _caught(module, node, frozenset({error})):
        return True
    tests = (above.test for above in module.parents(node) if isinstance(above, (ast.If, ast.IfExp)))
    return any(_VERSION_TEST.search(module.text(test)) for test in tests)


def _caught(module: Module, node: ast.AST, errors: FrozenSet[str]) -> bool:
    for above in module.parents(node):
        if isinstance(above, ast.Try) and any(names_error(handler, errors) for handler in above.handlers):
            return True
    return False


def names_error(handler: ast.ExceptHandler, errors: FrozenSet[str]) -> bool:
    """Whether a handler catches one of the builtin exceptions `errors`; a bare one catches all."""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in errors for kind in kinds)


def methods(cls: ast.ClassDef, name: str) -> List[Any]:
    """The functions called `name` directly in the body of a class."""
    return [one for one in cls.body if isinstance(one, FUNCTIONS) and one.name == name]


def defines(cls: ast.ClassDef, name: str) -> bool:
    """Whether the body of a class directly binds `name`, by a function or an assignment."""
    return bool(methods(cls, name)) or bool(assignments(cls, name))


def assignments(cls: ast.ClassDef, name: str) -> List[ast.Assign]:
    """The statements ``name = …`` directly in the body of a class."""
    return [
        one
        for one in cls.body
        if isinstance(one, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in one.targets)
    ]


def owns_line(module: Module, statement: ast.stmt) -> bool:
    """Whether nothing else stands on the lines of a statement."""
    source = module.source
    start, end = module.full_span(statement)
    line = source.line_starts[source.position(start)[0] - 1]
    rest = source.text[end : source.line_end(end)].strip()
    return not source.text[line:start].strip() and (not rest or rest.startswith("#"))


def removal(
    rule: Rule, module: Module, statement: ast.stmt, message: str, settles: Tuple[ast.AST, ...] = ()
) -> Iterator[Item]:
    """Edits that take a statement out, with the comments in it and those above it that mention Python 2."""
    from codemods.rewrite import block_span

    dead = (block_span(module, statement),)
    yield rule.edit(statement, Shape.BLOCK, lambda _: [], message, dead=dead, settles=settles, empties=True)
    if not module.is_dead(statement):
        return
    source = module.source
    end = source.line_starts[source.position(dead[0][0])[0] - 1]
    start = end
    for line in range(source.position(end)[0] - 1, 0, -1):
        if not source.line_text(line).lstrip().startswith("#"):
            break
        start = source.line_starts[line - 1]
    if PY2_MENTION.search(source.text[start:end]):
        yield rule.inside((start, end), "", "the comment is about what goes", removes=True)


def renaming(name: str) -> Callable[[Any], Any]:
    """A transform of a function's or class's header (or of a name) that renames it."""

    def transform(node: Any) -> Any:
        if isinstance(node, cst.Name):
            return node.with_changes(value=name)
        if isinstance(node, cst.Attribute):
            return node.with_changes(attr=node.attr.with_changes(value=name))
        return node.with_changes(name=node.name.with_changes(value=name))

    return transform


def without_decorator(code: str) -> Callable[[Any], Any]:
    """A transform of a header that drops the decorator whose expression is `code`; comments stay."""

    def transform(node: Any) -> Any:
        kept: List[Any] = []
        pending: List[Any] = []
        for decorator in node.decorators:
            if cst.Module([]).code_for_node(decorator.decorator) == code:
                pending += [line for line in decorator.leading_lines if line.comment or kept]
                comment = decorator.trailing_whitespace.comment
                if comment is not None and not PRAGMA.match(comment.value):
                    pending.append(cst.EmptyLine(comment=comment))
                continue
            kept.append(decorator.with_changes(leading_lines=[*pending, *decorator.leading_lines]))
            pending = []
        # Above the first decorator LibCST keeps the comments of the whole statement.
        lines = [*pending, *node.lines_after_decorators]
        return node.with_changes(decorators=kept, lines_after_decorators=lines)

    return transform


def first_parameter(module: Module, node: ast.AST) -> Optional[ast.ClassDef]:
    """The class whose method's first parameter (`self` or `cls`) the name `node` is, or is bound to once."""
    if not isinstance(node, ast.Name):
        return None
    scope = module.scope_of(node).lookup(node.id)
    function = scope.node if scope is not None else None
    if scope is None or not isinstance(function, FUNCTIONS) or len(scope.bindings[node.id]) != 1:
        return None
    bound = module.parent(scope.bindings[node.id][0])
    if isinstance(bound, ast.Assign) and isinstance(bound.value, ast.Name) and bound.value.id != node.id:
        return first_parameter(module, bound.value) if len(bound.targets) == 1 else None
    cls = module.parent(function)
    positional = [*getattr(function.args, "posonlyargs", ()), *function.args.args]
    if not isinstance(cls, ast.ClassDef) or not positional or positional[0].arg != node.id:
        return None
    return cls


def only_value(module: Module, node: ast.AST) -> Optional[ast.expr]:
    """The expression that a name is bound to, if a single plain assignment in its own scope binds it."""
    if not isinstance(node, ast.Name):
        return None
    scope = module.scope_of(node)
    found = scope.lookup(node.id)
    if found is not scope or node.id in module.walk.global_names or len(found.bindings[node.id]) != 1:
        return None
    binding = found.bindings[node.id][0]
    statement = module.parent(binding)
    if isinstance(statement, ast.Assign) and any(binding is one for one in statement.targets):
        return statement.value
    return None


def may_import(module: Module, roots: AbstractSet[str]) -> bool:
    """Whether the file may import one of some top-level modules (which may be the home of a copy of six)."""
    return bool(module.settings.six_modules) or not roots.isdisjoint(module.import_roots)


def home_of(module: Module, imported: ImportedName) -> str:
    """The module that an import names: `a.b` of `import a.b` and of `from a.b import c`."""
    if isinstance(imported.statement, ast.Import):
        return imported.alias.name
    return module.absolute(imported.statement.module, imported.statement.level)


def is_free(module: Module, name: str, canonical: str) -> bool:
    """Whether nothing in the file binds `name`, but imports of `canonical`."""
    for scope in module.walk.scopes.values():
        for node in scope.bindings.get(name, ()):
            one = module.by_alias(node)
            if one is None or one.canonical != canonical:
                return False
    return canonical.startswith("builtins.") or not module.builtin_loads(name)


def is_redundant(module: Module, imported: ImportedName) -> bool:
    """Whether a name imported from somewhere means the builtin of that name, with or without the import."""
    name, scope = imported.local, imported.scope
    if imported.alias.asname not in (None, imported.alias.name) or conditional(module, imported.statement):
        return False
    if not hasattr(builtins, name) or name in module.exported or name in module.walk.global_names:
        return False
    if any(node is not imported.alias for node in module.bindings(scope, name)):
        return False
    if scope is module.walk.module_scope:
        return not module.project.imports_from(module.name, name)
    return scope.parent is None or scope.parent.lookup(name) is None
