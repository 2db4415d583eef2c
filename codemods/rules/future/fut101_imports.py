"""Remove imports from `__future__` that do nothing on Python 3.

Before::

    from __future__ import absolute_import, annotations, print_function

After::

    from __future__ import annotations

On Python 3 all of `absolute_import`, `division`, `generators`, `nested_scopes`, `print_function`,
`unicode_literals`, `with_statement` and (since 3.7) `generator_stop` are always on, so removing
them changes nothing there.

A feature whose name the code looks at (`print(division)`) is left.

`annotations` is never removed: without it annotations are evaluated when the module is
imported. `barry_as_FLUFL` isn't touched either.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "FUT101", __doc__, [needle("__future__", r"from\s+__future__\s+import\b(?!\s+annotations\s*(?:[#\r\n]|\Z))")]
)

REMOVABLE = frozenset(
    "absolute_import division generators nested_scopes print_function unicode_literals with_statement".split()
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    removable = REMOVABLE | {"generator_stop"} if module.settings.target_version >= (3, 7) else REMOVABLE
    for one in module.live_imports():
        if not isinstance(one.statement, ast.ImportFrom) or one.statement.module != "__future__":
            continue
        if one.alias.name in removable and one.alias.asname is None:
            if module.uses(one):
                message = f"`{one.local}` is used as a name"
                yield rule.left(module, one.statement, message, "drop what looks at the feature, then the import")
                continue
            yield rule.reimport(one, f"`{one.alias.name}` is always on in Python 3", inert=True)
