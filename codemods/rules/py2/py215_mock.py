"""Import `mock` from `unittest`.

Before::

    import mock
    from mock import patch

After::

    from unittest import mock
    from unittest.mock import patch

The package `mock` is a copy of `unittest.mock` for older versions of Python. An import in a `try` or a branch is left
alone, as it has an alternative. What only the package has, such as `mock.version_info`, is reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.edits import NewImport
from codemods.rule import Item, Rule, importing
from codemods.rules.py2.shared import conditional, may_import

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule("PY215", __doc__, [importing("mock")])

ONLY_IN_PACKAGE = frozenset({"version_info", "__version__", "mock", "backports", "*"})


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not may_import(module, frozenset(["mock"])):
        return
    for one in module.live_imports():
        home = one.alias.name
        if isinstance(one.statement, ast.ImportFrom):
            home = module.absolute(one.statement.module, one.statement.level)
        if home.split(".")[0] != "mock" or conditional(module, one.statement) or module.project.has_module("mock"):
            continue
        new = _new(module, one, home)
        if new is None:
            advice = "import `unittest.mock`, and do without what it doesn't have"
            yield rule.left(module, one.statement, "only the package `mock` has this", advice)
        else:
            yield rule.reimport(one, "the package `mock` is part of Python as `unittest.mock`", new)


def _new(module: Module, one: ImportedName, home: str) -> Optional[NewImport]:
    if isinstance(one.statement, ast.Import):
        used = (reference.canonical for reference in module.references("mock"))
        if home != "mock" or any(name.split(".")[1:2] and name.split(".")[1] in ONLY_IN_PACKAGE for name in used):
            return None
        return NewImport("unittest", "mock", one.alias.asname)
    if home not in ("mock", "mock.mock") or one.alias.name in ONLY_IN_PACKAGE:
        return None
    return NewImport("unittest.mock", one.alias.name, one.alias.asname)
