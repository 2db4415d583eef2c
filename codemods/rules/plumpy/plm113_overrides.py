"""Report what derives from plumpy's classes in a way that plumpy no longer knows.

Reported are

- methods that were coroutines by tornado or plain and are to be `async def` now, where a rule for coroutines doesn't
  make them so: `step`, `step_until_terminated`, `execute` of a state, those of a launcher;
- `transition_excepted` of a process: `transition_failed(initial_state, final_state, exception, trace)` took its place
  (plumpy 0.22);
- listeners of processes whose `__init__` doesn't call `super().__init__()`: they are saved with the process now;
- `SavableFuture.EXCEPTION`, which is gone;
- for plumpy, `transition_to` with a label: it takes a state; methods of processes and states that are eager
  coroutines and that plumpy may call: it takes the future that these give for what the method returns (plumpy_compat
  awaits it); and listeners that are made with something: it copies them whenever their process is saved.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Iterator

from codemods.index.facts import qualified
from codemods.index.program import Form
from codemods.index.scopes import FUNCTIONS
from codemods.rule import Item, Rule, importing
from codemods.rules.plumpy._names import (
    LAUNCHERS,
    LISTENERS,
    NEW,
    OLD,
    PROCESSES,
    STATES,
    both,
    is_instance,
    is_plumpy,
    references,
)

if TYPE_CHECKING:
    from codemods.index.module import Module

rule = Rule("PLM113", __doc__, [importing(OLD, NEW)], stages=("asyncio", "final"))

_ASYNC = (
    (PROCESSES, frozenset(["step", "step_until_terminated"])),
    (STATES, frozenset(["execute"])),
    (LAUNCHERS, frozenset(["__call__", "_launch", "_continue", "_create"])),
)

_COPYING = ("__deepcopy__", "__getstate__", "__reduce__", "__reduce_ex__")


@rule.find
def find(module: Module) -> Iterator[Item]:
    for function in module.of(*FUNCTIONS):
        cls = module.parent(function)
        if isinstance(cls, ast.ClassDef):
            for finding in _method(module, function, qualified(module, cls)):
                if not is_plumpy(module):
                    yield finding
    for use in references(module, both("persistence", "SavableFuture.EXCEPTION")):
        advice = "ask the future for its exception"
        yield rule.left(module, use.node, "`SavableFuture.EXCEPTION` is gone", advice)
    if module.settings.runtime == OLD:
        yield from _labels(module)


def _method(module: Module, function: Any, cls: str) -> Iterator[Item]:
    derives = module.program.derives
    for classes, names in _ASYNC:
        if function.name in names and derives(cls, classes) and not _becomes_async(module, function):
            advice = "make it `async def`, and await the base class's"
            yield rule.left(module, function, f"plumpy awaits `{function.name}`, a coroutine", advice)
    eager = module.settings.runtime == OLD and _is_eager(module, function)
    if (
        eager
        and not module.program.is_called_only(f"{cls}.{function.name}")
        and (derives(cls, PROCESSES) or derives(cls, STATES))
    ):
        advice = "if plumpy calls it, drop the decorator, and await it where the project calls it"
        yield rule.left(module, function, f"plumpy doesn't await `{function.name}`, an eager coroutine", advice)
    if function.name == "transition_excepted" and derives(cls, PROCESSES):
        advice = "override `transition_failed(initial_state, final_state, exception, trace)`"
        yield rule.left(module, function, "plumpy doesn't call `transition_excepted` any more", advice)
    if function.name == "__init__" and derives(cls, LISTENERS) and not _calls_base(function):
        advice = "call `super().__init__()`; and what it was made with must be possible to save"
        yield rule.left(module, function, "listeners are saved with their process, and need the base class's", advice)
    elif function.name == "__init__" and derives(cls, LISTENERS) and _is_copied(module, function):
        advice = "if what it holds can't be copied, give it a `__deepcopy__`"
        yield rule.left(module, function, "plumpy copies a listener when its process is saved", advice)


def _is_copied(module: Module, function: Any) -> bool:
    """Whether plumpy is the runtime, and a listener holds what it was made with and doesn't say how to copy that."""
    takes = module.settings.runtime == OLD and len(function.args.args) > 1
    return takes and not _says_how_to_copy(module.parent(function))


def _says_how_to_copy(cls: Any) -> bool:
    return any(isinstance(one, FUNCTIONS) and one.name in _COPYING for one in cls.body)


def _is_eager(module: Module, function: Any) -> bool:
    return any(module.resolve(one) == "plumpy_compat.aio.eager_coroutine" for one in function.decorator_list)


def _becomes_async(module: Module, function: Any) -> bool:
    if isinstance(function, ast.AsyncFunctionDef):
        return True
    decision = module.program.decision(qualified(module, function))
    return decision is not None and decision.form is not Form.KEPT


def _calls_base(function: Any) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "__init__" and isinstance(node.value, (ast.Call, ast.Name))
        for node in ast.walk(function)
    )


def _labels(module: Module) -> Iterator[Item]:
    for node in module.attributes("transition_to"):
        call = module.parent(node)
        if not isinstance(call, ast.Call) or call.func is not node or not is_instance(module, node.value, PROCESSES):
            continue
        label = call.args and "ProcessState." in (module.resolve(call.args[0]) or "")
        if (len(call.args) > 1 or label) and not is_plumpy(module):
            advice = "make the state by `self.create_state(label, …)` first"
            yield rule.left(module, call, "`transition_to` takes a state, and no label", advice)
