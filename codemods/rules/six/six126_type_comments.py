"""Rename six in type comments and in annotations that are strings.

Before::

    def f(x):
        # type: (six.text_type) -> None

After::

    def f(x):
        # type: (str) -> None

Names that live in a module are written as the file can spell them, and the import is added (`io.StringIO`).
A name that has no other spelling is left, and so is the import of six that it needs.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Dict, Iterator, List, NamedTuple, Optional

from codemods.index.module import Span
from codemods.index.spelling import Spelling, spell
from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import BUILTINS, MODULES, STDLIB, known
from codemods.rules.six._spelling import keeps_local, modern

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX126", __doc__, [needle("six", r"#\s*type:|(?::|->)\s*[uU]?['\"]")])

TYPES = {"string_types": "str", "integer_types": "int", "class_types": "type"}
_COMMENT = re.compile(r"#[ \t]*type:[ \t]*(?!ignore)([^\r\n]*)")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in _names(module):
        spelt = _spelling(module, one)
        if spelt is None:
            advice = "write what it is on Python 3, and run again"
            yield rule.left(module, one.at, f"a type names `{one.text}`, which can't be spelt otherwise here", advice)
        elif spelt.code != one.text:
            message = f"`{one.text}` is `{spelt.code}`"
            yield rule.inside(one.span, spelt.code, message, needs=spelt.needs)


def still_names(module: Module, local: str) -> bool:
    """Whether a type that's text goes on using the import of six that binds `local`."""
    return any(one.text.split(".")[0] == local and _spelling(module, one) is None for one in _names(module))


class _Named(NamedTuple):
    """A name of six in a type that's text.

    :param dotted: the name below six.
    :param at: where the name is looked up: the annotation; for a comment, a statement at the module's top.
    """

    span: Span
    text: str
    dotted: str
    at: ast.AST


def _names(module: Module) -> List[_Named]:
    if "six types" not in module.cache:
        module.cache["six types"] = list(_found(module))
    found: List[_Named] = module.cache["six types"]
    return found


def _found(module: Module) -> Iterator[_Named]:
    if "six" not in module.import_roots:
        return
    homes = {
        one.local: one.canonical
        for one in module.live_imports()
        if one.canonical.split(".")[0] == "six" and one.alias.name != "*" and not keeps_local(one)
    }
    if not homes:
        return
    text = module.source.text
    locals_ = "|".join(map(re.escape, homes))
    if not re.search(rf"(?:#[ \t]*type:|(?::|->)\s*[uU]?['\"])[^\r\n]*\b(?:{locals_})\b", text):
        return
    # What a comment names must be imported at the module's top, wherever the comment stands.
    top = module.tree.body[0]
    for match in _COMMENT.finditer(text):
        yield from _within(module, homes, match.span(1), top)
    for annotation in _annotations(module):
        yield from _within(module, homes, module.span(annotation), annotation)


def _annotations(module: Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module.tree):
        for field in ("annotation", "returns"):
            found = getattr(node, field, None)
            if isinstance(found, ast.Constant) and isinstance(found.value, str) and "\\" not in module.text(found):
                yield found


def _within(module: Module, homes: Dict[str, str], span: Span, at: ast.AST) -> Iterator[_Named]:
    start, end = span
    if any(first <= start < last for first, last in module.dead):
        return
    for match in re.finditer(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*", module.source.text[start:end]):
        root, _, rest = match.group().partition(".")
        dotted = f"{homes[root]}.{rest}".rstrip(".") if root in homes else ""
        if dotted.startswith("six."):
            place = start + match.start(), start + match.end()
            yield _Named(place, match.group(), dotted[len("six.") :], at)


def _spelling(module: Module, one: _Named) -> Optional[Spelling]:
    name = known(one.dotted)
    rest = one.dotted[len(name) :]
    if name in TYPES or name in BUILTINS:
        return Spelling((TYPES.get(name) or BUILTINS[name]) + rest, None)
    spelt = None
    if name in STDLIB:
        spelt = spell(module, *STDLIB[name], at=one.at, modern=modern)
    elif name in MODULES:
        spelt = spell(module, MODULES[name], None, one.at, modern)
    return Spelling(spelt.code + rest, spelt.need) if spelt is not None else None
