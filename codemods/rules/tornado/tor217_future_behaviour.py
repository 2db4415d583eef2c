"""Note what futures of asyncio do otherwise than tornado's.

For futures that are made in the file, it notes

- `cancel()` and `cancelled()`, each: a future of tornado couldn't be cancelled, and one of asyncio can;
- the first `set_result` or `set_exception` that no test of `done()` guards: who waits for a future may have cancelled
  it, and setting one that is done raises `InvalidStateError`;
- a handler of `TypeError` around one of these: that's what a future of tornado raised that was done already;
- the first `add_done_callback`: tornado ran the callbacks within `set_result`, asyncio does in the loop's next turn.

Nothing is rewritten.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, Optional

from codemods.index.origins import origins
from codemods.rule import Item, Rule, importing
from codemods.rules.tornado._gen_names import FUTURES, call_of, stays_tornado

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("TOR217", __doc__, [importing("tornado")], stages=("asyncio", "final"))


@rule.find
def find(module: Module) -> Iterator[Item]:
    if "tornado" not in module.import_roots:
        return
    for node in _methods(module, "cancel", "cancelled"):
        message = f"`{node.attr}` did nothing for a future of tornado; one of asyncio can be cancelled"
        yield rule.note(module, node, message, "check that whoever waits for it expects `asyncio.CancelledError`")
    setters = _methods(module, "set_result", "set_exception")
    for node in setters:
        handler = _type_error(module, node)
        if handler is not None:
            message = f"`{node.attr}` of a future that is done raises `asyncio.InvalidStateError`, not `TypeError`"
            yield rule.note(module, handler, message, "test `done()` instead, or catch that")
    for node in [one for one in setters if not _is_guarded(module, one)][:1]:
        message = f"`{node.attr}` raises if the future was cancelled by whoever waited for it"
        yield rule.note(module, node, message, "test `done()` before, if that can be")
    for node in _methods(module, "add_done_callback")[:1]:
        message = "tornado ran the callback within `set_result`; asyncio does in the loop's next turn"
        yield rule.note(
            module, node, message, "check that nothing reads right behind `set_result` what the callback sets"
        )


def _methods(module: Module, *names: str) -> List[ast.Attribute]:
    """The methods that are called of futures of tornado's that the file makes."""
    found = [node for name in names for node in module.attributes(name) if call_of(module, node) is not None]
    found = [node for node in found if _is_tornado(module, node.value) and not stays_tornado(module, node)]
    return sorted(found, key=module.span)


def _is_tornado(module: Module, node: ast.expr) -> bool:
    found = origins(module, node)
    return any(one.endswith("()") and module.program.derives(one[:-2], FUTURES) for one in found)


def _type_error(module: Module, node: ast.AST) -> Optional[ast.ExceptHandler]:
    """The handler of `TypeError` that sees what `node` raises."""
    for above in module.parents(node):
        if isinstance(above, ast.Try) and any(each is node for one in above.body for each in ast.walk(one)):
            for handler in above.handlers:
                kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                if any(kind is not None and module.resolve(kind) == "builtins.TypeError" for kind in kinds):
                    return handler
    return None


def _is_guarded(module: Module, node: ast.Attribute) -> bool:
    """Whether a test of `done` or `cancelled` stands around it."""
    for above in module.parents(node):
        test = above.test if isinstance(above, (ast.If, ast.IfExp, ast.While)) else None
        if test is not None and any(
            isinstance(one, ast.Attribute) and one.attr in ("done", "cancelled") for one in ast.walk(test)
        ):
            return True
    return False
