"""Times and time spans: what tornado's deadlines are, and the seconds that they leave."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Tuple

from codemods.lazy import cst
from codemods.rules.tornado._loops import Receiver, is_named_loop, receiver

if TYPE_CHECKING:
    from codemods.index.module import Module


class Clock(Enum):
    """What a time is measured by."""

    LOOP = "loop"
    WALL = "wall"
    SPAN = "span"
    """It's a `timedelta` from now."""


class Time(NamedTuple):
    """A time, or a time span.

    :param where: where in the expression the number of seconds from now stands: ``left``, ``right`` (of a sum) or
        ``whole``; ``name`` if the expression is a name for a time of the clock.
    :param now: the code that asks the clock, where a name's time is meant.
    :param settles: loads of names that aren't used any more when only the seconds are kept.
    :param is_positive: whether it's certainly in the future.
    """

    clock: Clock
    where: str
    now: str = ""
    settles: Tuple[ast.AST, ...] = ()
    is_positive: bool = False

    def delay(self, node: Any) -> Any:
        """The time from now, of LibCST's node for the expression."""
        if self.where == "whole":
            return node
        if self.where == "name":
            return cst.BinaryOperation(node, cst.Subtract(), cst.parse_expression(self.now))
        return getattr(node, self.where)


def clock_of(module: Module, node: ast.AST) -> Optional[Clock]:
    """The clock that an expression asks (or asked, for a name)."""
    if isinstance(node, ast.Call):
        return _asked(module, node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        return clock_of(module, node.left) or clock_of(module, node.right)
    if isinstance(node, ast.Name):
        value = only_value(module, node)
        return clock_of(module, value) if value is not None else None
    return None


def _asked(module: Module, call: ast.Call) -> Optional[Clock]:
    if call.args or call.keywords:
        return None
    dotted = module.resolve(call.func)
    if dotted == "time.time":
        return Clock.WALL
    if isinstance(call.func, ast.Attribute) and call.func.attr == "time" and dotted is None:
        found = receiver(module, call.func)
        if found in (Receiver.LOOP, Receiver.LIKELY) or is_named_loop(call.func.value):
            return Clock.LOOP
    return None


def time_of(module: Module, node: ast.expr) -> Optional[Time]:
    """What time a deadline is; ``None`` if that can't be told."""
    if isinstance(node, ast.Call) and is_span(module, node):
        return Time(Clock.SPAN, "whole", is_positive=_is_long(node))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for asks, seconds in (("left", "right"), ("right", "left")):
            call = getattr(node, asks)
            clock = _asked(module, call) if isinstance(call, ast.Call) else None
            if clock is not None:
                root = root_name(call.func)
                settles = (root,) if root is not None else ()
                return Time(clock, seconds, settles=settles, is_positive=_is_positive(getattr(node, seconds)))
    if isinstance(node, ast.Name):
        value = only_value(module, node)
        if value is not None and is_span(module, value):
            return Time(Clock.SPAN, "whole")
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            for call in (value.left, value.right):
                clock = _asked(module, call) if isinstance(call, ast.Call) else None
                if clock is not None and "IOLoop" not in module.text(call):
                    return Time(clock, "name", module.text(call))
    return None


def _is_positive(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value > 0


def _is_long(span: ast.Call) -> bool:
    """Whether a ``timedelta(…)`` is more than nothing."""
    values = [*span.args, *(one.value for one in span.keywords)]
    return bool(values) and all(_is_positive(one) for one in values)


def root_name(node: ast.AST) -> Optional[ast.Name]:
    """The name at the left end of a chain of attributes."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def is_span(module: Module, node: ast.AST) -> bool:
    """Whether an expression is a ``datetime.timedelta(…)``."""
    return isinstance(node, ast.Call) and module.resolve(node.func) == "datetime.timedelta"


def only_value(module: Module, node: ast.Name) -> Optional[ast.expr]:
    """What a local variable is, if it's assigned once."""
    scope = module.scope_of(node).lookup(node.id)
    bound = module.bindings(scope, node.id) if scope is not None else []
    above = module.parent(bound[0]) if len(bound) == 1 and isinstance(bound[0], ast.Name) else None
    if isinstance(above, ast.Assign) and above.targets == bound:
        return above.value
    return None
