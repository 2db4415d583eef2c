"""Rename tornado's classes in type comments and in annotations that are strings.

Before::

    def run(loop):
        # type: (ioloop.IOLoop) -> None

After::

    def run(loop):
        # type: (asyncio.AbstractEventLoop) -> None

These are the loop, locks and queues; futures are TOR211's business. The import is added. A type where `asyncio` is
the name of something else stays, with a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import FUTURES
from codemods.rules.tornado._gen_types import type_names
from codemods.rules.tornado._spelling import asyncio_name
from codemods.rules.tornado._text import BECOMES

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule(
    "TOR602", __doc__, [needle("tornado", r"#\s*type:|:\s*['\"]|->\s*['\"]")], stages=("asyncio", "final"), scans=True
)

_TYPES = frozenset(
    name for name, new in BECOMES.items() if name not in FUTURES and new.startswith("asyncio.") and new[8].isupper()
)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for name in sorted(_TYPES):
        for one in type_names(module, frozenset([name])):
            spelling = asyncio_name(module, BECOMES[name].partition(".")[2], one.at)
            if spelling is None:
                advice = f"import asyncio under another name, and write `{BECOMES[name]}` by that"
                yield rule.note(module, one.at, f"a type names `{one.text}`, which is `{BECOMES[name]}` now", advice)
            else:
                message = f"the type `{one.text}` is `{spelling.code}`"
                yield rule.inside(one.span, spelling.code, message, needs=spelling.needs)
