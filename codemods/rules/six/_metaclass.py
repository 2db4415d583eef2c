"""Class statements with a metaclass, in LibCST."""

from __future__ import annotations

from typing import Any

from codemods.lazy import cst


def drop_object(cls: Any) -> Any:
    """The class without its only base."""
    return cls.with_changes(bases=[])


def with_metaclass(cls: Any, metaclass: Any) -> Any:
    """The class with ``metaclass=…`` as its last keyword."""
    plain = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    keyword = cst.Arg(value=metaclass, keyword=cst.Name("metaclass"), equal=plain)
    bases, keywords = list(cls.bases), list(cls.keywords)
    before = keywords or bases
    if before:
        last = before[-1]
        keyword = keyword.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        before[-1] = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
    return cls.with_changes(
        bases=bases,
        keywords=[*keywords, keyword],
        lpar=cls.lpar if isinstance(cls.lpar, cst.LeftParen) else cst.LeftParen(),
        rpar=cls.rpar if isinstance(cls.rpar, cst.RightParen) else cst.RightParen(),
    )
