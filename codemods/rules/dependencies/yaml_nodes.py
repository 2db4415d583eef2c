"""Reading YAML as nodes with places, and cutting items of its sequences."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import arrays
from .arrays import Span
from .model import Action, CannotParse, Change, Path, Slot, last_first

_BLANK_OR_COMMENT = re.compile(r"[ \t]*(#.*)?$")


def compose(text: str) -> Any:
    """Give the root node of a YAML text; ``None`` if it is empty."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise CannotParse(str(error.problem), line) from error
    except (YAMLError, RecursionError) as error:
        raise CannotParse("not a YAML file") from error


def plain(node: Any) -> Any:
    """Give the data of a node; scalars as they are written, with their tag."""
    if node is None:
        return None
    if node.id == "mapping":
        return _plain_mapping(node)
    if node.id == "sequence":
        return [plain(item) for item in node.value]
    return str(node.value)


def _plain_mapping(node: Any) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for key, value in node.value:
        name = str(plain(key))
        if name in found:
            raise CannotParse(f"the key {name!r} is there twice", key.start_mark.line + 1)
        found[name] = plain(value)
    return found


def get(node: Any, key: str) -> Any:
    """Give the value node of a key; ``None`` if there is none."""
    if node is None or node.id != "mapping":
        return None
    return next((value for name, value in node.value if name.value == key), None)


def items(node: Any) -> List[Any]:
    """Give the items of a sequence node; none for any other node."""
    return list(node.value) if node is not None and node.id == "sequence" else []


def scalars(node: Any, path: Path = ()) -> Iterator[Tuple[Path, Any]]:
    """Give all scalars below a node that are values, with their paths."""
    if node is None:
        return
    if node.id == "scalar":
        yield path, node
    elif node.id == "sequence":
        for index, item in enumerate(node.value):
            yield from scalars(item, (*path, index))
    else:
        for key, value in node.value:
            yield from scalars(value, (*path, str(key.value)))


def span(node: Any) -> Span:
    """Give the place of a scalar."""
    return Span(node.start_mark.index, node.end_mark.index)


def edit(text: str, changes: List[Change]) -> str:
    """Cut, replace and add items of sequences, from the last to the first."""
    for change in last_first(changes):
        slot, new = change.slot, change.verdict.replacement
        if change.verdict.action is Action.REPLACE:
            text = text[: slot.start] + arrays.requote(text, slot, new) + text[slot.end :]
        elif change.verdict.action is Action.ADD:
            text = _add(text, slot, new)
        else:
            text = cut(text, slot.path)
    return text


def _add(text: str, slot: Slot, new: str) -> str:
    """Put an item behind another, in the style of the sequence."""
    prefix = text[_line_start(text, slot.start) : slot.start]
    if prefix.strip() != "-":
        return arrays.add(text, slot, new)
    newline = "\r\n" if "\r\n" in text else "\n"
    end = slot.end + len(re.split(r"[\r\n]", text[slot.end :], maxsplit=1)[0])
    return f"{text[:end]}{newline}{prefix}{new}{text[end:]}"


def find(root: Any, path: Path) -> Any:
    """Give the node at a path."""
    for key in path:
        root = root.value[key] if isinstance(key, int) else get(root, key)
    return root


def can_cut(text: str, root: Any, path: Path) -> bool:
    """Say whether an item can be cut: it is in a flow sequence of scalars, or the dashes begin the lines."""
    sequence = find(root, path[:-1])
    if sequence.flow_style:
        return all(each.id == "scalar" for each in sequence.value)
    starts = [item.start_mark.index for item in sequence.value]
    return all(text[_line_start(text, start) : start].strip(" \t") == "-" for start in starts)


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def cut(text: str, path: Path) -> str:
    """Cut an item of a sequence."""
    root = compose(text)
    sequence, index = find(root, path[:-1]), path[-1]
    if not isinstance(index, int):
        return text
    if sequence.flow_style:
        inner = Span(sequence.start_mark.index + 1, sequence.end_mark.index - 1)
        return arrays.cut(text, inner, [span(item) for item in sequence.value], index)
    start, end = _block(text, sequence, index)
    text_after = text[:start] + text[end:]
    newline = "\r\n" if "\r\n" in text else "\n"
    return text_after if len(sequence.value) > 1 else _emptied(text_after, root, path[:-1], newline)


def _block(text: str, sequence: Any, index: int) -> Tuple[int, int]:
    """Give the lines of an item, without the blank lines and comments behind it that aren't indented deeper."""
    start = _line_start(text, sequence.value[index].start_mark.index)
    following = sequence.value[index + 1] if index + 1 < len(sequence.value) else None
    end = _line_start(text, following.start_mark.index) if following else _end(text, sequence)
    lines = text[start:end].splitlines(keepends=True)
    dash = len(lines[0]) - len(lines[0].lstrip(" "))
    while len(lines) > 1 and _BLANK_OR_COMMENT.match(lines[-1].rstrip("\r\n")) and _shallow(lines[-1], dash):
        lines.pop()
    return _with_blank_lines(text, start, start + sum(map(len, lines)), first=index == 0)


def _with_blank_lines(text: str, start: int, end: int, first: bool) -> Tuple[int, int]:
    """Take blank lines along that would otherwise come double, begin the sequence or end the file."""
    before = re.search(r"(?:(?<=\n)[ \t]*\r?\n)*\Z", text[:start])
    behind = re.compile(r"(?:[ \t]*\r?\n)*").match(text, end)
    blank_before = before is not None and before.group() != ""
    if behind is not None and (first or blank_before):
        end = behind.end()
    if before is not None and end == len(text):
        start = before.start()
    return start, end


def _end(text: str, sequence: Any) -> int:
    end: int = sequence.end_mark.index
    return end if text[end : end + 1] == "" else _line_start(text, end)


def _shallow(line: str, dash: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip(" ")) <= dash


def _emptied(text: str, root: Any, path: Path, newline: str) -> str:
    """Write ``[]`` behind the key whose last item went."""
    key = _key_node(root, path)
    if key is None:
        return text + (newline if text and not text.endswith("\n") else "") + "[]" + newline
    colon = text.index(":", key.end_mark.index) + 1
    return text[:colon] + " []" + text[colon:]


def _key_node(root: Any, path: Path) -> Optional[Any]:
    if not path:
        return None
    parent = find(root, path[:-1])
    return next((name for name, _ in parent.value if name.value == path[-1]), None)
