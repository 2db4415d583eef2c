"""Report what asyncio's loops do in another way, or not at all.

These are left, each with what to do: `add_handler`, `update_handler` and `remove_handler` (`add_reader`, `add_writer`),
`handle_callback_exception` (`set_exception_handler`), `set_blocking_log_threshold`, and `IOLoop.configure`, `install`,
`initialized`, `READ`, `WRITE` and `ERROR`. A note says where a method of a loop is replaced (`loop.start = …`).
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator

from codemods.index.facts import qualified
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import IOLOOP, STAGES, Receiver, class_uses, loop_calls, receiver

if TYPE_CHECKING:
    from codemods.index.module import Module

_READERS = "call `add_reader` or `add_writer`, whose callbacks get only the arguments that they're given"
_ERRORS = "give a function to the loop's `set_exception_handler`"
_METHODS = {
    "add_handler": _READERS,
    "update_handler": _READERS,
    "remove_handler": "call `remove_reader` or `remove_writer`",
    "handle_callback_exception": _ERRORS,
    "set_blocking_log_threshold": "set `slow_callback_duration` of the loop, and its debug mode",
    "set_blocking_signal_threshold": "set `slow_callback_duration` of the loop, and its debug mode",
    "close_fd": "close it with `os.close` or its own `close`",
    "split_fd": "call `fileno()` of what has one",
    "log_stack": "call `traceback.print_stack`",
}
_NAMES = {
    "configure": "drop it, or set an event loop policy",
    "install": "drop it: there's no loop of the whole program",
    "initialized": "ask `aio.current_event_loop() is not None`",
    "configured_class": "there's no such choice with asyncio",
    "configurable_base": "there's no such choice with asyncio",
    "configurable_default": "there's no such choice with asyncio",
    **dict.fromkeys(("NONE", "READ", "WRITE", "ERROR"), "use `add_reader` and `add_writer`, which have no flags"),
}

rule = Rule("TOR309", __doc__, [needle(name) for name in (*_METHODS, "IOLoop", "tornado")], stages=STAGES)


_REPLACED = ("start", "stop", "run_sync", "add_callback", "call_later", "close")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for method in _REPLACED:
        for node in module.attributes(method):
            if not isinstance(node.ctx, ast.Load) and receiver(module, node) in (Receiver.LOOP, Receiver.LIKELY):
                message = f"`{module.text(node)}` replaces a method of tornado's loop"
                yield rule.note(module, node, message, "replace what is called of asyncio's loop instead")
    for use in loop_calls(module, *_METHODS):
        advice = _METHODS[use.node.attr]
        yield rule.left(module, use.node, f"asyncio's loops have no `{use.node.attr}`", advice)
    for reference, name in class_uses(module, *_NAMES):
        yield rule.left(module, reference.node, f"asyncio has no `IOLoop.{name}`", _NAMES[name])
    for function in module.of(*FUNCTIONS):
        if function.name == "handle_callback_exception":
            cls = qualified(module, function).rpartition(".")[0]
            if module.program.derives(cls, [IOLOOP]):
                message = "asyncio's loops don't call `handle_callback_exception`"
                yield rule.left(module, function, message, _ERRORS)
