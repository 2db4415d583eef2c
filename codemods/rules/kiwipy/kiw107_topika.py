"""Use aio_pika instead of topika.

Before::

    import topika

    message = topika.Message(body, delivery_mode=topika.DeliveryMode.NOT_PERSISTENT)
    connection = yield topika.connect_robust(url)

After::

    import aio_pika

    message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.NOT_PERSISTENT)
    connection = await aio.as_awaitable(aio_pika.connect_robust(url))

topika is aio_pika for tornado, which needs a tornado loop; the names that both have are rewritten, and a note says to
check what is called on them: the versions differ.

Left are other names, `from topika import …` and imports that may fail.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.edits import NewImport
from codemods.rule import Item, Rule, importing

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module

rule = Rule("KIW107", __doc__, [importing("topika")], order=90, stages=("asyncio", "final"))

_BOTH = frozenset(
    "Channel Connection DeliveryMode Exchange ExchangeType IncomingMessage Message Queue RobustConnection connect"
    " connect_robust".split()
)
_ADVICE = "use aio_pika"
_NOTE = "aio_pika takes topika's place; check what is called on its objects"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for one in module.live_imports():
        if one.canonical.split(".")[0] != "topika" or module.project.has_module("topika"):
            continue
        reason = _refusal(module, one)
        if reason:
            yield rule.left(module, one.statement, f"topika needs tornado's loop: {reason}", _ADVICE)
            continue
        yield rule.reimport(one, "aio_pika takes topika's place", NewImport("aio_pika", None, one.alias.asname))
        yield rule.note(module, one.statement, _NOTE)
        for load in module.uses(one) if not one.alias.asname else ():
            yield rule.replace(load, "aio_pika", "aio_pika takes topika's place", settles=(load,))


def _refusal(module: Module, one: ImportedName) -> str:
    """Why an import of topika stays; empty if it doesn't."""
    if not isinstance(one.statement, ast.Import) or one.alias.name != "topika":
        return "names are imported from it"
    if not one.top or (one.alias.asname is None and "aio_pika" in module.bound):
        return "it's imported in a block, or beside aio_pika"
    for load in module.uses(one):
        above = module.parent(load)
        if not isinstance(above, ast.Attribute):
            return "it's used as a whole"
        if above.attr not in _BOTH:
            return f"aio_pika may have no `{above.attr}`"
    if one.local in module.exported or module.project.imports_from(module.name, one.local):
        return "other modules take it from here"
    return ""
