"""Rename six in type comments and in annotations that are strings.

Before::

    def f(x):
        # type: (six.text_type) -> None

After::

    def f(x):
        # type: (str) -> None

Names that need an import of their own at run time are written by their full name (`io.StringIO`).
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Dict, Iterator, Optional

from codemods.rule import Item, Rule, needle
from codemods.rules.six._names import simple_target
from codemods.rules.six._spelling import keeps_local

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("SIX126", __doc__, [needle("six", r"#\s*type:|:\s*['\"]|->\s*['\"]")])

TYPES = {"string_types": "str", "integer_types": "int", "class_types": "type"}
_COMMENT = re.compile(r"#[ \t]*type:[ \t]*(?!ignore)([^\r\n]*)")


@rule.find
def find(module: Module) -> Iterator[Item]:
    homes = {
        one.local: one.canonical
        for one in module.live_imports()
        if one.canonical.split(".")[0] == "six" and one.alias.name != "*" and not keeps_local(one)
    }
    if not homes:
        return
    text = module.source.text
    locals_ = "|".join(map(re.escape, homes))
    if not re.search(rf"(?:#[ \t]*type:|:\s*['\"]|->\s*['\"])[^\r\n]*\b(?:{locals_})\b", text):
        return
    for match in _COMMENT.finditer(text):
        yield from _names(homes, text, match.start(1), match.end(1))
    for annotation in _annotations(module):
        yield from _names(homes, text, *module.span(annotation))


def _annotations(module: Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module.tree):
        for field in ("annotation", "returns"):
            found = getattr(node, field, None)
            if isinstance(found, ast.Constant) and isinstance(found.value, str) and "\\" not in module.text(found):
                yield found


def _names(homes: Dict[str, str], text: str, start: int, end: int) -> Iterator[Item]:
    for match in re.finditer(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*", text[start:end]):
        target = _target(homes, match.group())
        if target is not None:
            span = start + match.start(), start + match.end()
            yield rule.inside(span, target, f"`{match.group()}` is `{target}`")


def _target(homes: Dict[str, str], name: str) -> Optional[str]:
    root, _, rest = name.partition(".")
    if root not in homes:
        return None
    dotted = f"{homes[root]}.{rest}".rstrip(".")
    if not dotted.startswith("six."):
        return None
    dotted = dotted[len("six.") :]
    return TYPES.get(dotted) or simple_target(dotted)
