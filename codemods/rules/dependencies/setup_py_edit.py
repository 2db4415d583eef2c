"""Editing a list display with LibCST; comments on lines that stay, and above lines that go, stay."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Set, Tuple, Union

import libcst as cst

from .model import CannotParse

_Display = Union[cst.List, cst.Tuple, cst.Set]
_Elements = List[cst.BaseElement]
_Blanks = cst.BaseParenthesizableWhitespace
_NOTHING = cst.SimpleWhitespace("")


def edit_list(fragment: str, removed: Set[int], replaced: Dict[int, str], added: Dict[int, str]) -> str:
    """Give the source of a list without some elements, with others replaced, and with new ones behind some.

    :param fragment: the source of a list, tuple or set with its brackets.
    """
    module = cst.parse_module(fragment)
    if module.code != fragment:
        raise CannotParse("LibCST doesn't give a list back as it is")
    statement = module.body[0]
    assert isinstance(statement, cst.SimpleStatementLine)
    expression = statement.body[0]
    assert isinstance(expression, cst.Expr)
    display = expression.value
    if not isinstance(display, (cst.List, cst.Tuple, cst.Set)) or (isinstance(display, cst.Tuple) and not display.lpar):
        raise CannotParse("LibCST doesn't see a list where there is one")
    elements = [_replace(element, replaced.get(index)) for index, element in enumerate(display.elements)]
    display = _remove(display, elements, removed)
    for index, value in sorted(added.items(), reverse=True):
        at = index - sum(one < index for one in removed)
        display = display.with_changes(elements=_added(display, list(display.elements), at, value))
    return module.code_for_node(display)


def replace_string(fragment: str, value: str) -> str:
    """Give the source of a string with another value, in the quotes and with the prefix that it has."""
    node = cst.parse_expression(fragment)
    assert isinstance(node, cst.SimpleString)
    quote = node.quote
    if "\\" in value or quote in value:
        return repr(value)
    return f"{node.prefix}{quote}{value}{quote}"


def _replace(element: cst.BaseElement, value: Optional[str]) -> cst.BaseElement:
    if value is None:
        return element
    assert isinstance(element.value, cst.SimpleString)
    new = replace_string(element.value.value, value)
    return element.with_changes(value=element.value.with_changes(value=new))


def _remove(display: _Display, elements: _Elements, removed: Set[int]) -> _Display:
    for index in sorted(removed, reverse=True):
        display, elements = _remove_one(display, elements, index)
    return display.with_changes(elements=elements)


def _remove_one(display: _Display, elements: _Elements, index: int) -> Tuple[_Display, _Elements]:
    """Take out an element: the blanks before it merge with those behind it."""
    rest = elements[:index] + elements[index + 1 :]
    behind = _behind(display, elements, index)
    if index == 0:
        merged = _merge(_opening(display), behind)
        return (_open(display, merged), rest) if rest else (_close(_open(display, _NOTHING), _comments(merged)), rest)
    previous = elements[index - 1]
    before = _behind(display, elements, index - 1)
    if index < len(rest):
        rest[index - 1] = _with_comma(previous, _merge(before, behind))
        return display, rest
    keep = isinstance(elements[index].comma, cst.Comma) or (isinstance(display, cst.Tuple) and len(rest) == 1)
    rest[-1] = _with_comma(previous, _NOTHING) if keep else previous.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    one_line = not isinstance(behind, cst.ParenthesizedWhitespace) and not _has_comment(before)
    return _close(display, behind if one_line else _merge(before, behind)), rest


def _with_comma(element: cst.BaseElement, blanks: _Blanks) -> cst.BaseElement:
    assert isinstance(element.comma, cst.Comma)
    return element.with_changes(comma=element.comma.with_changes(whitespace_after=blanks))


def _opening(display: _Display) -> _Blanks:
    """Give the blanks behind the opening bracket."""
    if isinstance(display, cst.List):
        return display.lbracket.whitespace_after
    return display.lbrace.whitespace_after if isinstance(display, cst.Set) else display.lpar[-1].whitespace_after


def _closing(display: _Display) -> _Blanks:
    """Give the blanks before the closing bracket."""
    if isinstance(display, cst.List):
        return display.rbracket.whitespace_before
    return display.rbrace.whitespace_before if isinstance(display, cst.Set) else display.rpar[0].whitespace_before


def _open(display: _Display, blanks: _Blanks) -> _Display:
    if isinstance(display, cst.List):
        return display.with_changes(lbracket=display.lbracket.with_changes(whitespace_after=blanks))
    if isinstance(display, cst.Set):
        return display.with_changes(lbrace=display.lbrace.with_changes(whitespace_after=blanks))
    return display.with_changes(lpar=[*display.lpar[:-1], display.lpar[-1].with_changes(whitespace_after=blanks)])


def _close(display: _Display, blanks: _Blanks) -> _Display:
    if isinstance(display, cst.List):
        return display.with_changes(rbracket=display.rbracket.with_changes(whitespace_before=blanks))
    if isinstance(display, cst.Set):
        return display.with_changes(rbrace=display.rbrace.with_changes(whitespace_before=blanks))
    return display.with_changes(rpar=[display.rpar[0].with_changes(whitespace_before=blanks), *display.rpar[1:]])


def _behind(display: _Display, elements: Sequence[cst.BaseElement], index: int) -> _Blanks:
    """Give the blanks behind an element and its comma, up to the next element or the bracket."""
    comma = elements[index].comma
    if isinstance(comma, cst.Comma) and index + 1 < len(elements):
        return comma.whitespace_after
    return _closing(display)


def _merge(before: _Blanks, behind: _Blanks) -> _Blanks:
    """Join the blanks around an element that goes; the comment on its own line goes with it."""
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return behind if isinstance(behind, cst.ParenthesizedWhitespace) else before
    if not isinstance(behind, cst.ParenthesizedWhitespace):
        return before
    lines = [*before.empty_lines, *behind.empty_lines]
    return before.with_changes(empty_lines=lines, indent=behind.indent, last_line=behind.last_line)


def _comments(blanks: _Blanks) -> _Blanks:
    """Give what is to stay between the brackets of a list that is empty now: comments, or nothing."""
    return blanks if _has_comment(blanks) else _NOTHING


def _has_comment(blanks: _Blanks) -> bool:
    if not isinstance(blanks, cst.ParenthesizedWhitespace):
        return False
    lines: List[Union[cst.TrailingWhitespace, cst.EmptyLine]] = [blanks.first_line, *blanks.empty_lines]
    return any(line.comment is not None for line in lines)


def _added(display: _Display, elements: _Elements, index: int, value: str) -> _Elements:
    """Put an element behind another, with blanks as they are before that one."""
    old = elements[index]
    assert isinstance(old.value, cst.SimpleString)
    new = cst.Element(old.value.with_changes(value=replace_string(old.value.value, value)), comma=old.comma)
    before = _behind(display, elements, index - 1) if index else _opening(display)
    if before is _NOTHING or not isinstance(before, cst.ParenthesizedWhitespace):
        before = cst.SimpleWhitespace(" ")
    else:
        before = before.with_changes(
            first_line=cst.TrailingWhitespace(newline=before.first_line.newline), empty_lines=[]
        )
    first = old.with_changes(comma=cst.Comma(whitespace_after=before))
    return [*elements[:index], first, new, *elements[index + 1 :]]
