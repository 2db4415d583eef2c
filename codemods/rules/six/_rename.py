"""The generator behind rules that only write another dotted name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterable, Iterator

from codemods.rules.six._names import uses
from codemods.rules.six._spelling import spelling, stays

if TYPE_CHECKING:
    from codemods.index.module import Module
    from codemods.rule import Item, Rule


def renaming(rule: Rule, names: Iterable[str]) -> Callable[[Module], Iterator[Item]]:
    """A generator that rewrites the uses of `names` as `_spelling` spells them."""
    table = tuple(names)

    def find(module: Module) -> Iterator[Item]:
        for use in uses(module, *table):
            if stays(module, use):
                continue
            text = module.text(use.node)
            spelt = spelling(module, use)
            if spelt is None:
                message = f"`{text}` can't be spelt here: the names that it needs mean something else in this file"
                yield rule.left(module, use.node, message, "import it under another name by hand")
            else:
                message = f"`{text}` is `{spelt.code}`"
                yield rule.replace(use.node, spelt.code, message, settles=use.settles, needs=spelt.needs)

    return find
