"""Build messages by `MessageBuilder`.

Before::

    communicator.rpc_send(pid, plumpy.KILL_MSG)
    text = message[process_comms.MESSAGE_KEY]

After::

    communicator.rpc_send(pid, plumpy.MessageBuilder.kill())
    text = message[process_comms.MESSAGE_TEXT_KEY]

`KILL_MSG`, `PAUSE_MSG`, `PLAY_MSG` and `STATUS_MSG` are gone from plumpy 0.24; plumpy_compat has them still.

Only messages that are sent (`rpc_send`) are rewritten: built ones have keys more. Others, such as those that are
compared, are left if plumpy is the runtime.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, Optional

from codemods.index.spelling import Spelling, spell
from codemods.rule import Item, Rule, needle
from codemods.rules.plumpy._names import OLD, both, references, tail

if TYPE_CHECKING:
    from codemods.index.module import Module, Reference

rule = Rule("PLM108", __doc__, [needle("_MSG"), needle("MESSAGE_KEY")], stages=("asyncio", "final"))

_MESSAGES = {f"{name}_MSG": name.lower() for name in ("KILL", "PAUSE", "PLAY", "STATUS")}


@rule.find
def find(module: Module) -> Iterator[Item]:
    for use in references(module, both("process_comms", *_MESSAGES)):
        name = use.canonical.rpartition(".")[2]
        if _is_sent(module, use.node):
            code = f"MessageBuilder.{_MESSAGES[name]}()"
            yield from _replace(module, use, name, "MessageBuilder", code, f"`{name}` is built by `MessageBuilder`")
        elif module.settings.runtime == OLD:
            advice = "build it by `MessageBuilder`, whose messages have more keys"
            yield rule.left(module, use.node, f"plumpy has no `{name}` any more", advice)
    for use in references(module, ["process_comms.MESSAGE_KEY"]):
        message = "`MESSAGE_KEY` is called `MESSAGE_TEXT_KEY`"
        yield from _replace(module, use, "MESSAGE_KEY", "MESSAGE_TEXT_KEY", "MESSAGE_TEXT_KEY", message)


def _is_sent(module: Module, node: ast.AST) -> bool:
    call = module.parent(node)
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "rpc_send"


def _replace(module: Module, use: Reference, old: str, new: str, code: str, message: str) -> Iterator[Item]:
    spelling = _spelling(module, use, old, new)
    if spelling is None:
        advice = f"use `process_comms.{code}`"
        yield rule.left(module, use.node, f"{message}, whose name is taken here", advice)
        return
    settles = (use.name,) if isinstance(use.node, ast.Name) else ()
    yield rule.replace(use.node, spelling.code + code[len(new) :], message, settles=settles, needs=spelling.needs)


def _spelling(module: Module, use: Reference, old: str, new: str) -> Optional[Spelling]:
    """The new name, in the way that the file has the old one."""
    if isinstance(use.node, ast.Attribute):
        text = module.text(use.node)
        return Spelling(text[: -len(old)] + new, None)
    home = use.canonical[: -len(old) - 1]
    if tail(use.canonical) is None:
        return None
    return spell(module, home, new, use.node, by_name=True)
