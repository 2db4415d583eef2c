"""Catch the exceptions of aio_pika instead of pika's.

Before::

    from pika.exceptions import ConnectionClosed
    import pika.exceptions

    except pika.exceptions.UnroutableError:

After::

    from aio_pika.exceptions import ConnectionClosed
    import aio_pika.exceptions

    except aio_pika.exceptions.DeliveryError:

kiwipy 0.6 and newer speak to RabbitMQ through aio_pika, which raises exceptions of its own. `UnroutableError` and
`NackError` are its `DeliveryError`; the others that both have keep their names.

Where a test asks whether pika is there (`try: import pika`), it asks for aio_pika then, under the same name.

Only the exceptions are rewritten, in files that use kiwipy, plumpy or topika, and pika for nothing else. Other uses of
pika are left there. What uses pika without these keeps it, and nothing is said.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Tuple

from codemods.edits import NewImport
from codemods.index.spelling import spell
from codemods.rule import Item, Rule, importing

if TYPE_CHECKING:
    from codemods.index.module import ImportedName, Module, Reference

rule = Rule("KIW106", __doc__, [importing("pika")], order=90, stages=("asyncio", "final"))

_SAME = (
    *("AMQPError", "AMQPConnectionError", "AMQPChannelError", "ConnectionClosed", "ChannelClosed"),
    *("AuthenticationError", "ProbableAuthenticationError", "IncompatibleProtocolError", "DuplicateConsumerTag"),
    *("InvalidFrameError", "MethodNotImplemented", "ProtocolSyntaxError"),
)
_EXCEPTIONS = {**{name: name for name in _SAME}, "UnroutableError": "DeliveryError", "NackError": "DeliveryError"}
"""The exceptions of pika, and what aio_pika calls them."""
_NEW = "aio_pika.exceptions"
_ADVICE = "use kiwipy, or aio_pika"


_RAISERS = frozenset(["kiwipy", "plumpy", "plumpy_compat", "topika"])


@rule.find
def find(module: Module) -> Iterator[Item]:
    if _RAISERS.isdisjoint(module.import_roots) and not module.name.startswith(("kiwipy.", "plumpy.")):
        return
    needed: Dict[ast.AST, Tuple[NewImport, ...]] = {}
    others = [one for one in module.references("pika") if not one.canonical.startswith("pika.exceptions")]
    for use in module.references("pika.exceptions") if not any(_is_attribute(one) for one in others) else ():
        new = _EXCEPTIONS.get(use.canonical[len("pika.exceptions.") :])
        if new is not None:
            yield from _use(module, use, new, needed)
    for one in module.live_imports():
        if one.canonical.split(".")[0] != "pika" or module.project.has_module("pika"):
            continue
        asked = _asked(module, one)
        if asked is not None:
            yield from _ask(module, one, asked)
        else:
            yield from _import(module, one, needed.get(one.alias, ()))


def _is_attribute(use: Reference) -> bool:
    """Whether something of pika is used, and not only asked whether it's there."""
    return use.canonical != "pika"


def _asked(module: Module, one: ImportedName) -> Optional[List[ast.Attribute]]:
    """The exceptions that are used of pika where the file asks whether it's there; ``None`` if more depends on it."""
    if not isinstance(module.parent(one.statement), ast.Try) or one.local != "pika" or one.alias.asname:
        return None
    found = []
    for name, scope in module.loads("pika"):
        if scope.lookup("pika") is not one.scope:
            return None
        above, top = module.parent(name), module.parent(module.parent(name))
        if not isinstance(above, ast.Attribute):
            continue
        if above.attr != "exceptions" or not isinstance(top, ast.Attribute) or top.attr not in _EXCEPTIONS:
            return None
        found.append(top)
    return found


def _ask(module: Module, one: ImportedName, exceptions: List[ast.Attribute]) -> Iterator[Item]:
    message = f"`{one.alias.name}` is asked for as aio_pika"
    yield rule.reimport(one, message, NewImport("aio_pika", None, "pika"))
    for node in exceptions if one.alias.name == "pika" else ():
        new = _EXCEPTIONS[node.attr]
        if new != node.attr:
            code = f"{module.text(node.value)}.{new}"
            yield rule.replace(node, code, f"`{node.attr}` is called `{new}`")


def _use(module: Module, use: Reference, new: str, needed: Dict[ast.AST, Tuple[NewImport, ...]]) -> Iterator[Item]:
    """Rewrite a use; the import that it needs is kept under each import that it did without."""
    if new == use.canonical.rpartition(".")[2] and any(one.canonical == use.canonical for one in use.imported):
        return  # the import alone changes
    spelling = spell(module, _NEW, new, use.node, _modern)
    if spelling is None:
        advice = f"catch `{_NEW}.{new}`"
        yield rule.left(module, use.node, f"`{use.canonical}` isn't raised any more", advice)
        return
    message = f"`{use.canonical}` is `{_NEW}.{new}`"
    if spelling.needs:
        needed.update((one.alias, spelling.needs) for one in use.imported)
    yield rule.replace(use.node, spelling.code, message, settles=(use.name,), needs=spelling.needs)


def _modern(dotted: str) -> str:
    name = dotted[len("pika.exceptions.") :] if dotted.startswith("pika.exceptions.") else ""
    return f"{_NEW}.{name}" if _EXCEPTIONS.get(name) == name else dotted


def _import(module: Module, one: ImportedName, needed: Tuple[NewImport, ...]) -> Iterator[Item]:
    new = _taken(module, one)
    message = f"`{one.canonical}` is no longer used"
    if new is not None:
        yield rule.reimport(one, f"`{one.canonical}` comes from {_NEW}", new)
    elif all(use in module.settled for use in module.uses(one)) and not _tells(module, one):
        yield rule.reimport(one, message, *needed)
    else:
        yield rule.left(module, one.statement, f"`{one.canonical}` is still used", _ADVICE)


def _taken(module: Module, one: ImportedName) -> Optional[NewImport]:
    """The import that takes the place of an exception's."""
    name = one.canonical[len("pika.exceptions.") :] if one.canonical.startswith("pika.exceptions.") else ""
    if _EXCEPTIONS.get(name) == name:
        return NewImport(_NEW, name, one.alias.asname)
    return None


def _tells(module: Module, one: ImportedName) -> bool:
    """Whether something else depends on the import, be it on its success."""
    if isinstance(module.parent(one.statement), (ast.Try, ast.ExceptHandler, ast.If)):
        return True
    return one.scope is module.walk.module_scope and (
        one.local in module.exported or module.project.imports_from(module.name, one.local)
    )
