"""Builders of LibCST expressions that rules for calls share."""

from __future__ import annotations

from typing import Any, Sequence

from codemods.lazy import cst


def argument(call: Any, index: int) -> Any:
    """The value of a positional argument, fit to stand before a dot or bracket."""
    return primary(call.args[index].value)


def primary(node: Any) -> Any:
    """`node` in parentheses, if an attribute or subscript couldn't follow it otherwise."""
    strong = (
        cst.Name,
        cst.Attribute,
        cst.Subscript,
        cst.Call,
        cst.List,
        cst.Dict,
        cst.Set,
        cst.ListComp,
        cst.DictComp,
        cst.SetComp,
        cst.SimpleString,
        cst.FormattedString,
    )
    if isinstance(node, strong) or node.lpar:
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def method(receiver: Any, name: str, args: Sequence[Any] = (), like: Any = None) -> Any:
    """The call ``receiver.name(args)``, laid out like the call `like`."""
    call = cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name(name)), args=tuple(args))
    return _placed(call, like, bool(args))


def _placed(call: Any, like: Any, has_args: bool) -> Any:
    if like is None:
        return call
    if has_args:
        call = call.with_changes(whitespace_before_args=like.whitespace_before_args)
    return call.with_changes(lpar=like.lpar, rpar=like.rpar)


def keep_parentheses(new: Any, old: Any) -> Any:
    """`new` within the parentheses of `old`."""
    return new.with_changes(lpar=[*old.lpar, *new.lpar], rpar=[*new.rpar, *old.rpar])


def rest(call: Any, start: int) -> Any:
    """The arguments from index `start` on, the last without a trailing comma of the whole call."""
    return tuple(call.args[start:])
