"""Which expressions are tornado's loops, and what becomes of calls of their methods."""

from __future__ import annotations

import ast
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from codemods.index.coroutines import callee
from codemods.index.origins import origins
from codemods.index.program import Callee
from codemods.lazy import cst
from codemods.rules.tornado._spelling import aio
from codemods.stdlib import EVER_STDLIB

if TYPE_CHECKING:
    from codemods.edits import Edit
    from codemods.index.module import Module, Reference
    from codemods.index.spelling import Spelling
    from codemods.rule import Item, Rule

IOLOOP = "tornado.ioloop.IOLoop"
STAGES = ("asyncio", "final")

_LEGACY = ("plumpy", "plumpy_compat.legacy")
_EVENTS = [f"{root}.{home}" for root in _LEGACY for home in ("", "events.")]
_MADE = frozenset(
    [
        *(f"{IOLOOP}{how}()" for how in ("", ".current", ".instance")),
        *(f"tornado.platform.asyncio.{name}()" for name in ("AsyncIOMainLoop", "AsyncIOLoop")),
        *(f"{home}{name}()" for home in _EVENTS for name in ("get_event_loop", "new_event_loop")),
        *(f"{root}.processes.Process().{name}" for root in _LEGACY for name in ("loop", "loop()")),
    ]
)
"""The origins that are certainly loops of tornado's."""
_ASYNCIO = ("asyncio.", "plumpy_compat.aio", "uvloop.")
_MADE_BY_ASYNCIO = frozenset(
    [
        *(f"asyncio.{name}()" for name in ("get_event_loop", "get_running_loop", "new_event_loop")),
        *(f"asyncio.{name}()" for name in ("AbstractEventLoop", "BaseEventLoop")),
        *(f"plumpy_compat.aio.{name}()" for name in ("get_or_create_event_loop", "current_event_loop")),
    ]
)
_OURS = frozenset(["tornado", "plumpy", "plumpy_compat", "kiwipy", "topika", "aiida"])
"""The packages besides the project's own whose loops become asyncio's."""
_NAMED = re.compile(r"_*(?:io|event|main|tornado)?_?loop_?\d*")
ONLY_LOOPS = frozenset(
    [
        *("run_sync", "add_callback", "spawn_callback", "add_callback_from_signal", "add_future"),
        *("add_timeout", "remove_timeout", "make_current", "clear_current", "clear_instance"),
    ]
)
"""Methods that nothing but a loop of tornado's is likely to have."""
GONE = ONLY_LOOPS | frozenset(
    [
        *("add_handler", "update_handler", "remove_handler", "handle_callback_exception", "close_fd", "split_fd"),
        *("set_blocking_log_threshold", "set_blocking_signal_threshold", "log_stack", "asyncio_loop"),
    ]
)
"""What asyncio's loops don't have: a use that is left is still one when its loop is asyncio's."""


class Receiver(Enum):
    """What a method belongs to."""

    LOOP = "loop"
    LIKELY = "likely"
    """By its name, or because nothing else has such a method."""
    FOREIGN = "foreign"
    """The loop of a library that keeps tornado."""
    OTHER = "other"


class LoopCall(NamedTuple):
    """A use of a loop's method.

    :param call: the call; ``None`` where the method is only read.
    """

    node: ast.Attribute
    call: Optional[ast.Call]
    receiver: Receiver

    @property
    def certain(self) -> bool:
        return self.receiver is Receiver.LOOP


def loop_calls(module: Module, *methods: str) -> Iterator[LoopCall]:
    """The uses of the given methods on tornado's loops, in source order."""
    for method in methods:
        for node in module.attributes(method):
            if not isinstance(node.ctx, ast.Load):
                continue
            found = receiver(module, node)
            if found in (Receiver.LOOP, Receiver.LIKELY):
                yield LoopCall(node, called(module, node), found)


def called(module: Module, node: ast.AST) -> Optional[ast.Call]:
    """The call of `node`, if it's called."""
    above = module.parent(node)
    return above if isinstance(above, ast.Call) and above.func is node else None


def receiver(module: Module, node: ast.Attribute) -> Receiver:
    """What the method `node` belongs to."""
    key = "receivers"
    known = module.cache.setdefault(key, {})
    if node not in known:
        known[node] = _receiver(module, node)
    found: Receiver = known[node]
    return found


def _receiver(module: Module, node: ast.Attribute) -> Receiver:
    found = {one for one in origins(module, node.value) if not one.startswith("builtins.None")}
    if any(_root(one) in module.settings.foreign for one in found):
        return Receiver.FOREIGN
    if any(one in _MADE or (one in _MADE_BY_ASYNCIO and node.attr in GONE) for one in found):
        return Receiver.LOOP
    if any(one.startswith(_ASYNCIO) or _is_instance(one) or one == IOLOOP for one in found):
        return Receiver.OTHER
    if node.attr not in ONLY_LOOPS and any(
        one.startswith("plumpy_compat.") and not one.startswith(_LEGACY[1]) for one in found
    ):
        return Receiver.OTHER  # migrated already
    if _is_method_of_project(module, node):
        return Receiver.OTHER
    stranger = next((_root(one) for one in found if _is_strange(module, one)), None)
    if stranger is not None:
        return Receiver.OTHER if stranger in EVER_STDLIB or node.attr not in ONLY_LOOPS else Receiver.FOREIGN
    if not _deals_with_tornado(module, node.attr):
        return Receiver.LIKELY if node.attr in ONLY_LOOPS and is_named_loop(node.value) else Receiver.OTHER
    if is_named_loop(node.value):
        return Receiver.LIKELY
    alone = node.attr in ONLY_LOOPS and module.program.callee(f"?.{node.attr}") is Callee.UNKNOWN
    return Receiver.LIKELY if alone else Receiver.OTHER


def _root(origin: str) -> str:
    return re.split(r"[.(]", origin, maxsplit=1)[0]


def _is_instance(origin: str) -> bool:
    """Whether an origin is an instance of a class, by the look of its name; tornado's loops aside."""
    name = origin[:-2].rpartition(".")[2].lstrip("_") if origin.endswith("()") else ""
    return name[:1].isupper()


def _is_method_of_project(module: Module, node: ast.Attribute) -> bool:
    target = callee(module, node)
    return target is not None and not target.startswith("?.") and any(module.program.reached(target))


def _is_strange(module: Module, origin: str) -> bool:
    """Whether an origin is a library that has nothing to do with the migration."""
    root = _root(origin)
    if not root.isidentifier() or origin.startswith(("param:", "super:")):
        return False
    return root not in _OURS and root != module.name.split(".")[0] and not module.project.has_module(root)


def _deals_with_tornado(module: Module, method: str) -> bool:
    """Whether a file may have loops of tornado's, whose method isn't one of asyncio's loops as well."""
    data = module.source.data
    if b"tornado" in data:
        return True
    knows_asyncio = "asyncio" in module.import_roots or (b"plumpy_compat" in data and b"legacy" not in data)
    if method not in ONLY_LOOPS and (knows_asyncio or module.walk.by_type[ast.AsyncFunctionDef]):
        return False
    return any(word in data for word in (b"plumpy", b"kiwipy", b"topika"))


def is_named_loop(node: ast.AST) -> bool:
    """Whether the last name of an expression is one that loops have."""
    if isinstance(node, ast.Call):
        node = node.func
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return _NAMED.fullmatch(name) is not None


# -- the class ---------------------------------------------------------------------------------------


def class_uses(module: Module, *names: str) -> List[Tuple[Reference, str]]:
    """The uses of `IOLoop`, each with the attribute that is read of it (empty if none): of those that are named."""
    found = []
    for reference in module.references(IOLOOP):
        name = reference.canonical[len(IOLOOP) + 1 :]
        if name in names:
            found.append((reference, name))
    return found


# -- callbacks ---------------------------------------------------------------------------------------


def is_plain(module: Module, node: ast.expr) -> bool:
    """Whether a callback is certainly a function whose result a loop can forget."""
    if isinstance(node, ast.Lambda):
        return not isinstance(node.body, ast.Yield) and (
            not isinstance(node.body, ast.Call) or is_plain(module, node.body.func)
        )
    if isinstance(node, ast.Call):
        return module.resolve(node.func) == "functools.partial" and bool(node.args) and is_plain(module, node.args[0])
    target = callee(module, node)
    if target is not None and module.program.callee(target) is Callee.PLAIN and not target.startswith("?."):
        return True
    if isinstance(node, ast.Attribute) and node.attr in ("stop", "close"):
        return receiver(module, node) in (Receiver.LOOP, Receiver.LIKELY)
    return _is_of_stdlib(origins(module, node))


def _is_of_stdlib(found: FrozenSet[str]) -> bool:
    roots = {_root(one) for one in found}
    if any(one.startswith("builtins.None") for one in found):
        return False  # it's something else when it's called
    return all(one == "builtins" or (one in EVER_STDLIB and one != "asyncio") for one in roots)


def is_simple_call(call: ast.Call) -> bool:
    """Whether no argument is starred."""
    return not any(isinstance(one, ast.Starred) for one in call.args) and all(one.arg for one in call.keywords)


def argument(call: ast.Call, position: int, name: str) -> Optional[ast.expr]:
    """An argument of a call, by its position or its name."""
    if len(call.args) > position:
        return call.args[position]
    return next((one.value for one in call.keywords if one.arg == name), None)


# -- what they become --------------------------------------------------------------------------------


class Handed:
    """``loop.method(…)`` becomes ``helper(loop, …)``.

    :param helper: the code of the function.
    :param renamed: keyword arguments with another name.
    """

    def __init__(self, helper: str, **renamed: str) -> None:
        self.helper = helper
        self.renamed = renamed

    def __call__(self, call: Any) -> Any:
        args = [self._renamed(one) for one in call.args]
        func = cst.parse_expression(self.helper)
        return call.with_changes(func=func, args=[cst.Arg(call.func.value), *args], whitespace_after_func=_nothing())

    def _renamed(self, arg: Any) -> Any:
        name = self.renamed.get(arg.keyword.value) if arg.keyword is not None else None
        return arg if name is None else arg.with_changes(keyword=cst.Name(name))


class Bound:
    """``partial(loop.method, …)`` becomes ``partial(helper, loop, …)``."""

    def __init__(self, helper: str) -> None:
        self.helper = helper

    def __call__(self, call: Any) -> Any:
        first = call.args[0]
        helper = cst.Arg(cst.parse_expression(self.helper))
        return call.with_changes(args=[helper, first.with_changes(value=first.value.value), *call.args[1:]])


class Read:
    """``loop.method`` becomes ``partial(helper, loop)``."""

    def __init__(self, partial: str, helper: str) -> None:
        self.partial = partial
        self.helper = helper

    def __call__(self, node: Any) -> Any:
        args = [cst.Arg(cst.parse_expression(self.helper)), cst.Arg(node.value)]
        return cst.Call(func=cst.parse_expression(self.partial), args=args)


def _nothing() -> Any:
    return cst.SimpleWhitespace("")


def renamed(name: str) -> Callable[[Any], Any]:
    """A transform of ``loop.method(…)`` that changes the method's name and drops all arguments."""

    def rename(call: Any) -> Any:
        return call.with_changes(func=call.func.with_changes(attr=cst.Name(name)), args=[])

    return rename


def handed(rule: Rule, module: Module, use: LoopCall, name: str, message: str, **names: str) -> Iterator[Item]:
    """The edit that hands a loop to a helper of `plumpy_compat.aio` instead of calling its method."""
    helper = aio(module, name, use.node)
    if helper is None:
        yield no_name(rule, module, use.node, "plumpy_compat.aio")
        return
    if use.call is not None:
        yield rule.expression(use.call, Handed(helper.code, **names), message, needs=helper.needs)
        return
    yield from _uncalled(rule, module, use, helper, message)


def _uncalled(rule: Rule, module: Module, use: LoopCall, helper: Spelling, message: str) -> Iterator[Item]:
    from codemods.index.spelling import spell

    above = module.parent(use.node)
    first = isinstance(above, ast.Call) and above.args[:1] == [use.node]
    if first and module.resolve(above.func) == "functools.partial":  # type: ignore[attr-defined]
        yield rule.expression(above, Bound(helper.code), message, needs=helper.needs)
        return
    partial = spell(module, "functools", "partial", use.node)
    if partial is None:
        yield no_name(rule, module, use.node, "functools.partial")
        return
    transform = Read(partial.code, helper.code)
    yield rule.expression(use.node, transform, message, needs=(*helper.needs, *partial.needs))


def no_name(rule: Rule, module: Module, node: ast.AST, what: str) -> Item:
    """The finding for a place where something else has the name that is needed."""
    message = f"`{what}` is needed here, but its name means something else"
    return rule.left(module, node, message, "rename what has the name, and run again")


def replaced(
    rule: Rule, module: Module, node: ast.AST, spelling: Optional[Spelling], call: str, message: str, **options: Any
) -> Item:
    """The edit that puts a spelling and what follows it (``()``) in the place of `node`."""
    if spelling is None:
        return no_name(rule, module, node, "asyncio")
    edit: Edit = rule.replace(node, f"{spelling.code}{call}", message, needs=spelling.needs, **options)
    return edit
