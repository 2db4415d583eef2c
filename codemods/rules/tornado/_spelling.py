"""How a file spells what takes tornado's place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Optional

from codemods.edits import NewImport
from codemods.index.spelling import Spelling, spell

if TYPE_CHECKING:
    from codemods.index.module import Module


def aio(module: Module, name: str, at: ast.AST) -> Optional[Spelling]:
    """A spelling of a helper of `plumpy_compat.aio` at the node `at`: ``aio.multi``."""
    home = spell(module, "plumpy_compat", "aio", at, by_name=True, submodule=True)
    if home is None:
        return None
    need = NewImport("plumpy_compat.aio") if home.need == NewImport("plumpy_compat") else home.need
    return Spelling(f"{home.code}.{name}", need)


def asyncio_name(module: Module, name: str, at: ast.AST) -> Optional[Spelling]:
    """A spelling of a name of `asyncio` at the node `at`: ``asyncio.sleep``."""
    return spell(module, "asyncio", name, at)
