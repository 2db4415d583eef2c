"""Report modules that later versions of Python removed from the standard library.

Before::

    import imp
    import cgi

    imp.reload(x)

After::

    import importlib
    import cgi  # reported: gone in Python 3.13

    importlib.reload(x)

It's a note if the target version still has the module. Only `imp.reload` is rewritten; for the others there is an
advice. An import in a `try` or a branch has an alternative and isn't reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.edits import NewImport
from codemods.index.spelling import spell
from codemods.rule import Item, Rule, importing
from codemods.rules.py2.shared import conditional, drop_unused, home_of, may_import

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

REMOVED = {
    "asynchat": (3, 12, "use `asyncio`"),
    "asyncore": (3, 12, "use `asyncio`"),
    "distutils": (3, 12, "use `setuptools`, `sysconfig`, `shutil` or `packaging.version`"),
    "imp": (3, 12, "use `importlib`"),
    "smtpd": (3, 12, "use the package aiosmtpd"),
    "binhex": (3, 11, "use `binascii`"),
    "formatter": (3, 10, "do without it"),
    "parser": (3, 10, "use `ast`"),
    "symbol": (3, 10, "use `ast`"),
    "dummy_threading": (3, 9, "use `threading`"),
    "_dummy_thread": (3, 9, "use `_thread`"),
    "macpath": (3, 8, "use `posixpath`"),
    "cgi": (3, 13, "use `email.message`, `urllib.parse`, `html` or the package legacy-cgi"),
    "cgitb": (3, 13, "use `traceback` or the package legacy-cgi"),
    "crypt": (3, 13, "use `hashlib` or the package legacycrypt"),
    "imghdr": (3, 13, "use the package filetype or Pillow"),
    "lib2to3": (3, 13, "use LibCST or fissix"),
    "mailcap": (3, 13, "use `mimetypes`"),
    "nntplib": (3, 13, "use the package standard-nntplib"),
    "pipes": (3, 13, "use `shlex.quote` or `subprocess`"),
    "telnetlib": (3, 13, "use the package telnetlib3"),
    "uu": (3, 13, "use `base64` or `binascii`"),
    "xdrlib": (3, 13, "use `struct`"),
    **dict.fromkeys(
        ("aifc", "audioop", "chunk", "msilib", "nis", "ossaudiodev", "sndhdr", "spwd", "sunau"),
        (3, 13, "use another package"),
    ),
}

rule = Rule("PY216", __doc__, [importing(*REMOVED)])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if not may_import(module, REMOVED.keys()):
        return
    yield from _reload(module)
    seen = set()
    for one in sorted(module.live_imports(), key=lambda one: one.statement.lineno):
        root = home_of(module, one).split(".")[0]
        known = root in REMOVED and (one.statement, root) not in seen and one.alias not in module.leaving
        if known and not conditional(module, one.statement) and not module.project.has_module(root):
            seen.add((one.statement, root))
            yield _report(module, one, root)


def _report(module: Module, one: ImportedName, root: str) -> Item:
    major, minor, advice = REMOVED[root]
    message = f"Python {major}.{minor} removed the module `{root}`"
    if (major, minor) <= module.settings.target_version:
        return rule.left(module, one.statement, message, advice)
    return rule.note(module, one.statement, message, advice)


def _reload(module: Module) -> Iterator[Item]:
    for one in module.references("imp.reload"):
        loaded = isinstance(one.node, ast.Attribute) and isinstance(one.node.ctx, ast.Load)
        spelling = spell(module, "importlib", "reload", one.node) if loaded else None
        if spelling is not None and one.canonical == "imp.reload":
            message = "`imp.reload` is `importlib.reload`"
            yield rule.replace(one.node, spelling.code, message, settles=(one.name,), needs=spelling.needs)
    for imported in module.live_imports():
        if imported.canonical == "imp.reload" and isinstance(imported.statement, ast.ImportFrom):
            new = NewImport("importlib", "reload", imported.alias.asname)
            yield rule.reimport(imported, "`imp.reload` is `importlib.reload`", new)
    yield from drop_unused(rule, module, "imp", "nothing uses `imp` any more")
