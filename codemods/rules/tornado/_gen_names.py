"""The uses of names of `tornado.gen` and `tornado.concurrent`, and what the rules for them share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from codemods.index.coroutines import SCHEDULED, WAITERS, coroutine_decorator, how_used
from codemods.index.origins import origins
from codemods.index.program import TORNADO_KINDS
from codemods.index.scopes import FUNCTIONS
from codemods.lazy import cst
from codemods.rules.tornado._coroutines import conversions, is_converted
from codemods.rules.tornado._spelling import aio

if TYPE_CHECKING:
    from codemods.index.module import Module
    from codemods.index.spelling import Spelling
    from codemods.rule import Item, Rule

ALIASES = {
    **{f"tornado.{home}.Future": "tornado.concurrent.Future" for home in ("concurrent", "gen", "locks", "queues")},
    **{f"tornado.{home}.TracebackFuture": "tornado.concurrent.Future" for home in ("concurrent", "gen", "ioloop")},
    **{f"tornado.{home}.is_future": "tornado.concurrent.is_future" for home in ("concurrent", "gen", "ioloop")},
    **{f"tornado.{home}.chain_future": "tornado.concurrent.chain_future" for home in ("concurrent", "gen", "ioloop")},
    **{f"tornado.gen.{name}": "tornado.gen.multi" for name in ("Multi", "multi_future")},
}
"""Where tornado has the same thing under several names, each with the one that rules ask for."""
FUTURES = frozenset(one for one, name in ALIASES.items() if name == "tornado.concurrent.Future")
MADE_FUTURES = frozenset([*(f"{one}()" for one in FUTURES), "plumpy_compat.aio.create_future()", "asyncio.Future()"])
"""The origins of futures that this project makes, before and after the migration."""


class Use(NamedTuple):
    """A use of a name of tornado.

    :param name: its canonical name, without aliases.
    :param node: the expression that means it; attributes of what it means are outside.
    :param settles: for the field `Edit.settles`.
    """

    name: str
    node: ast.expr
    settles: Tuple[ast.AST, ...]


def uses(module: Module, *names: str) -> Iterator[Use]:
    """The live uses of names of tornado, in source order, without those in coroutines that stay tornado's."""
    wanted = frozenset(names)
    for reference in module.references("tornado"):
        node, dotted = reference.node, reference.canonical
        while True:
            name = ALIASES.get(dotted, dotted)
            if name in wanted:
                if not stays_tornado(module, node):
                    yield Use(name, node, (reference.name,))
                break
            if not isinstance(node, ast.Attribute):
                break
            node, dotted = node.value, dotted.rpartition(".")[0]


def stays_tornado(module: Module, node: ast.AST) -> bool:
    """Whether `node` stands in a coroutine that isn't rewritten: there, tornado's names must stay."""
    kept = _kept(module)
    return bool(kept) and any(above in kept for above in module.parents(node))


def _kept(module: Module) -> FrozenSet[ast.AST]:
    if "kept coroutines" not in module.cache:
        done = {one.function for one in conversions(module) if is_converted(one)}
        kept = []
        for function in module.of(*FUNCTIONS):
            found = coroutine_decorator(module, function)
            if found is not None and found[1] in TORNADO_KINDS and function not in done:
                kept.append(function)
        module.cache["kept coroutines"] = frozenset(kept)
    found_: FrozenSet[ast.AST] = module.cache["kept coroutines"]
    return found_


def call_of(module: Module, node: ast.AST) -> Optional[ast.Call]:
    """The call of `node`, if it's called."""
    above = module.parent(node)
    return above if isinstance(above, ast.Call) and above.func is node else None


def is_read(node: ast.expr) -> bool:
    """Whether a name or attribute is read, not set or deleted."""
    return isinstance(getattr(node, "ctx", None), ast.Load)


def is_consumed(module: Module, node: ast.expr) -> bool:
    """Whether what a call of `node` gives is waited for at once, or where a loop calls it: a coroutine will do."""
    return how_used(module, node) == SCHEDULED or is_awaited(module, module.parent(node))


def is_awaited(module: Module, node: ast.AST) -> bool:
    """Whether the value of `node` is waited for where it stands, and nowhere else, in what is or becomes `async`."""
    above = module.parent(node)
    while _hands_on(module, above, node):
        node, above = above, module.parent(above)
    if isinstance(above, ast.Await):
        return True
    function = module.enclosing_function(above) if isinstance(above, ast.Yield) else None
    return function is not None and any(one.function is function and is_converted(one) for one in conversions(module))


def _hands_on(module: Module, above: ast.AST, node: ast.AST) -> bool:
    """Whether who waits for `above` waits for `node` in it."""
    if isinstance(above, ast.IfExp):
        return node is not above.test
    if isinstance(above, ast.BoolOp):
        return node is above.values[-1]
    if isinstance(above, (ast.ListComp, ast.GeneratorExp)):
        return node is above.elt
    if isinstance(above, ast.DictComp):
        return node is above.value
    if isinstance(above, ast.Dict):
        return node in above.values
    if isinstance(above, ast.Call):
        return node is not above.func and module.resolve(above.func) in WAITERS
    return isinstance(above, (ast.List, ast.keyword, ast.Starred))


def rename(rule: Rule, module: Module, use: Use, spelling: Optional[Spelling]) -> Item:
    """The edit that puts another name in the place of a use."""
    text = module.text(use.node)
    if not is_read(use.node):
        advice = "set the name that takes its place, where that is looked up"
        return rule.left(module, use.node, f"`{text}` is replaced here", advice)
    if spelling is None:
        return taken(rule, module, use)
    message = f"`{text}` becomes `{spelling.code}`"
    return rule.replace(use.node, spelling.code, message, settles=use.settles, needs=spelling.needs)


def taken(rule: Rule, module: Module, use: Use) -> Item:
    """The finding where no new name can be imported."""
    advice = "rename what is called `aio`, `asyncio` or `plumpy_compat` here, and run again"
    return rule.left(module, use.node, f"`{module.text(use.node)}`: an import would hide another name", advice)


def task(module: Module, node: ast.expr) -> Optional[Spelling]:
    """The spelling of the helper that starts a coroutine."""
    return aio(module, "create_task", node)


class Recall:
    """The transform of a call that calls something else.

    :param code: what is called instead.
    :param keywords: the new names of its keywords.
    :param around: what the new call is handed to; empty for nothing.
    :param drop: the positions of arguments that go.
    """

    def __init__(self, code: str, keywords: Optional[Dict[str, str]] = None, around: str = "", drop: Any = ()) -> None:
        self.code = code
        self.keywords = keywords or {}
        self.around = around
        self.drop = frozenset(drop)

    def __call__(self, call: Any) -> Any:
        args = [self._renamed(one) for index, one in enumerate(call.args) if index not in self.drop]
        if args and len(args) < len(call.args):
            last = call.args[-1]
            args[-1] = args[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        new = call.with_changes(func=cst.parse_expression(self.code), args=args)
        if not self.around:
            return new
        inner = cst.Arg(new.with_changes(lpar=(), rpar=()))
        return cst.Call(func=cst.parse_expression(self.around), args=[inner], lpar=call.lpar, rpar=call.rpar)

    def _renamed(self, arg: Any) -> Any:
        name = arg.keyword.value if arg.keyword is not None else None
        return arg.with_changes(keyword=cst.Name(self.keywords[name])) if name in self.keywords else arg


def is_own_future(module: Module, node: ast.AST) -> bool:
    """Whether an expression is certainly a future that was tornado's: made here, or an instance of a subclass."""
    found = origins(module, node)
    return bool(found) and all(one in MADE_FUTURES or _is_subclass(module, one) for one in found)


def _is_subclass(module: Module, origin: str) -> bool:
    cls = origin[:-2] if origin.endswith("()") else ""
    return bool(cls) and module.program.derives(cls, [*FUTURES, "asyncio.Future"])


def loads(module: Module, node: ast.AST) -> List[ast.AST]:
    """The loads of names in an expression that goes, for the field `Edit.settles`."""
    return [one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
