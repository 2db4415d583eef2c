"""The edits that all rules of this family share: make a SimpleNamespace instead, and take the class away."""

from __future__ import annotations

import ast
import inspect
import re
import tokenize
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Tuple

from codemods.edits import Edit, ImportEdit, NewImport, Shape
from codemods.fragments import offsets
from codemods.imports import PRAGMA
from codemods.index.scopes import FUNCTIONS
from codemods.index.spelling import spell
from codemods.lazy import cst
from codemods.rewrite import block_span
from codemods.rules.namespaces.folding import Join, foldable

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Reference
    from codemods.rule import Item, Rule
    from codemods.rules.namespaces.usage import Use

ESCAPES = "the new SimpleNamespace goes where it can't be followed"
ESCAPES_ADVICE = "check that it is never compared, hashed or weakly referenced there"


def spelling(module: Module, at: ast.AST) -> Optional[Tuple[str, Tuple[NewImport, ...]]]:
    """How ``types.SimpleNamespace`` is written at a place, and the import that it needs."""
    found = spell(module, "types", "SimpleNamespace", at, by_name=True)
    return (found.code, found.needs) if found is not None else None


def make_instead(
    rule: Rule, module: Module, call: ast.Call, settles: Sequence[ast.AST], comments: Sequence[str] = ()
) -> Iterator[Edit]:
    """The edits that make a SimpleNamespace where `call` makes something else, with the stores behind it as keywords.

    :param settles: the names that are no longer loaded.
    :param comments: text to put above the statement.
    """
    spelt = spelling(module, call)
    assert spelt is not None, "callers ask for the spelling first"
    code, needs = spelt
    message = f"`{module.text(call)}` is a plain namespace"

    def instead(node: Any) -> Any:
        return node.with_changes(func=cst.parse_expression(code))

    yield rule.expression(call, instead, message, settles=tuple(settles), needs=needs)
    statement = module.statement_of(call)
    stores = []
    if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
        stores = foldable(module, statement) if not call.args and not call.keywords else []
    if not stores and not comments:
        return
    join = Join(len(stores), comments, module.source.indentation(module.span(statement)[0]))
    what = "its attributes are given at once" if stores else "the description of the class moves here"
    until = stores[-1] if stores else statement
    yield rule.edit(statement, Shape.RUN, join, what, until=until, settles=(statement,), at=call)


def take_away(rule: Rule, module: Module, cls: ast.ClassDef) -> Edit:
    """The edit that removes a class which nothing uses any more."""
    dead = (block_span(module, cls),)
    message = f"the class `{cls.name}` is no longer needed"
    return rule.edit(cls, Shape.BLOCK, _nothing, message, dead=dead, empties=True)


def _nothing(_: Any) -> List[Any]:
    return []


def description(module: Module, cls: ast.ClassDef) -> List[str]:
    """The lines of the class's docstring and comments."""
    lines = inspect.cleandoc(ast.get_docstring(cls) or "").splitlines()
    start, end = block_span(module, cls)
    for kind, text, _ in offsets(module.source.text[start:end]):
        if kind == tokenize.COMMENT and not PRAGMA.match(text):
            lines.append(re.sub(r"^#+[ \t]?", "", text).rstrip())
    return lines


def description_fits(module: Module, cls: ast.ClassDef, call: ast.Call) -> Optional[str]:
    """Why what describes the class can't move to where it's first called; ``None`` if it can."""
    statement = module.statement_of(call)
    lines = description(module, cls)
    own_line = not module.source.text[_line_start(module, statement) : module.span(statement)[0]].strip()
    if lines and (hasattr(statement, "body") or not own_line):
        return "the description of the class would have no place"
    text = "\n".join(lines)
    try:
        text.encode(module.source.encoding)
    except UnicodeEncodeError:
        return f"the description of the class can't be written as {module.source.encoding}"
    if any(not one.isprintable() for one in text.replace("\t", " ").split("\n")):
        return "the description of the class can't become a comment"
    above = module.source.line_text(cls.lineno - 1).strip() if cls.lineno > 1 else ""
    if above.startswith("#") and not _follows(module, cls, statement):
        return "the comment above the class would be left alone"
    return None


def _line_start(module: Module, node: ast.AST) -> int:
    return module.source.line_starts[module.source.position(module.span(node)[0])[0] - 1]


def _follows(module: Module, cls: ast.ClassDef, statement: ast.stmt) -> bool:
    block = module.block_of(cls)[2]
    index = next(place for place, one in enumerate(block) if one is cls)
    return index + 1 < len(block) and block[index + 1] is statement


def drop_unused(rule: Rule, module: Module, references: Sequence[Reference]) -> Iterator[ImportEdit]:
    """Take away the imports all of whose uses were replaced."""
    seen: List[ImportedName] = []
    for reference in references:
        for one in reference.imported:
            if reference.name not in module.settled or any(one is other for other in seen):
                continue
            seen.append(one)
            if one.alias not in module.leaving and _is_unused(module, one):
                yield rule.reimport(one, f"`{one.local}` is no longer used")


def _is_unused(module: Module, one: ImportedName) -> bool:
    if one.local in module.walk.global_names or any(load not in module.settled for load in module.uses(one)):
        return False
    if isinstance(module.parent(one.statement), FUNCTIONS):
        return True
    if not one.top or one.local in module.exported or module.is_package:
        return False
    return not module.project.imports_from(module.name, one.local)


def replace_class(
    rule: Rule, module: Module, cls: ast.ClassDef, calls: List[ast.Call], what: List[List[Use]]
) -> Iterator[Item]:
    """The edits that replace all calls of a class, and then the class.

    :param what: for each call, what becomes of the object it makes.
    """
    for call in calls:
        comments = description(module, cls) if call is calls[0] else ()
        yield from make_instead(rule, module, call, [call.func], comments)
    needed: List[ast.AST] = [call.func for call in calls]
    if description(module, cls):
        needed.append(module.statement_of(calls[0]))
    if all(one in module.settled for one in needed):
        yield take_away(rule, module, cls)
    if any(use.escapes for one in what for use in one):
        yield rule.note(module, calls[0], ESCAPES, ESCAPES_ADVICE)
