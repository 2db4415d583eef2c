"""Rename what comments and docstrings call by tornado's dotted names.

Before::

    :type loop: :class:`tornado.ioloop.IOLoop`
    # waits as long as tornado.gen.sleep does

After::

    :type loop: :class:`asyncio.AbstractEventLoop`
    # waits as long as asyncio.sleep does

Only whole dotted names are renamed. A line that speaks of tornado besides stays (see TOR603), and so do other names.
`tornado.concurrent.Future` in a docstring is TOR211's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._gen_names import FUTURES
from codemods.rules.tornado._text import BECOMES, names, texts

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR601", __doc__, [needle("tornado.")], stages=("asyncio", "final"), scans=True)


@rule.find
def find(module: Module) -> Iterator[Item]:
    for text in texts(module):
        for match in names(module, text):
            name = match.group()
            if text.is_comment or name not in FUTURES:
                where = "a comment" if text.is_comment else "a docstring"
                message = f"{where} names `{name}`, which is `{BECOMES[name]}`"
                yield rule.inside(match.span(), BECOMES[name], message)
