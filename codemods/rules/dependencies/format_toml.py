"""``pyproject.toml``: PEP 621, build requirements, Poetry, flit, PDM, Black, isort, pylint, ruff and mypy."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import arrays, dep101_shims, dep105_lint, dep107_loops, dep108_plumpy, requirement
from .arrays import Span
from .model import Action, CannotParse, Change, Document, Kind, Knowledge, Path, Slot, Verdict, finding, last_first

_SENTINEL = "plumpy-migrate-was-here"

_PLACES: Tuple[Tuple[str, Kind], ...] = (
    ("build-system/requires/*", Kind.REQUIREMENT),
    ("project/dependencies/*", Kind.REQUIREMENT),
    ("project/optional-dependencies/*/*", Kind.REQUIREMENT),
    ("project/requires-python", Kind.SPECIFIERS),
    ("project/classifiers/*", Kind.CLASSIFIER),
    ("dependency-groups/*/*", Kind.REQUIREMENT),
    ("tool/pdm/dev-dependencies/*/*", Kind.REQUIREMENT),
    ("tool/flit/metadata/requires/*", Kind.REQUIREMENT),
    ("tool/flit/metadata/dev-requires/*", Kind.REQUIREMENT),
    ("tool/flit/metadata/requires-extra/*/*", Kind.REQUIREMENT),
    ("tool/flit/metadata/requires-python", Kind.SPECIFIERS),
    ("tool/flit/metadata/classifiers/*", Kind.CLASSIFIER),
    ("tool/poetry/classifiers/*", Kind.CLASSIFIER),
    ("tool/poetry/extras/*/*", Kind.NAME),
    ("tool/black/target-version/*", Kind.BLACK),
    ("tool/distutils/bdist_wheel/universal", Kind.UNIVERSAL),
)
_POETRY_TABLES = ("tool/poetry/dependencies/*", "tool/poetry/dev-dependencies/*", "tool/poetry/group/*/dependencies/*")
_LINT = (Kind.MODULES, Kind.IMPORTS, Kind.FORCED)
_LINTERS = ("isort", "pylint", "ruff")


def read(text: str, knowledge: Knowledge) -> Document:
    """Read a ``pyproject.toml``."""
    data = load(text)
    document = Document(text, data, lambda changes: edit(text, changes))
    for path, value in _leaves(data, ()):
        kind = _kind(path)
        if kind is not None and isinstance(value, (str, bool, int)):
            document.slots.extend(_slots(text, path, str(value), kind))
        elif path[:3] == ("tool", "mypy", "overrides") and "module" in path and isinstance(value, str):
            _report(document, path, dep105_lint.judge_mypy(value))
    document.slots.sort(key=lambda each: each.start)
    _read_poetry(document, knowledge)
    return document


def load(text: str) -> Any:
    """Give the data of a TOML file."""
    import tomlkit
    from tomlkit.exceptions import ParseError, TOMLKitError

    try:
        parsed = tomlkit.parse(text)
        same, data = tomlkit.dumps(parsed) == text, parsed.unwrap()
    except ParseError as error:
        raise CannotParse(str(error), error.line) from error
    except (TOMLKitError, ValueError) as error:  # Such as a key that is there twice.
        raise CannotParse(str(error)) from error
    if not same:
        raise CannotParse("the TOML library doesn't give the file back as it is")
    return data


def _leaves(data: Any, path: Path) -> Iterator[Tuple[Path, Any]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if items is None:
        yield path, data
        return
    for key, value in items:
        yield from _leaves(value, (*path, key))


def _matches(path: Path, pattern: str) -> bool:
    parts = pattern.split("/")
    return len(parts) == len(path) and all(part in ("*", key) for part, key in zip(parts, path))


def _kind(path: Path) -> Optional[Kind]:
    kind = next((kind for pattern, kind in _PLACES if _matches(path, pattern)), None)
    if kind is not None:
        return kind
    if any(_matches(path, pattern) for pattern in _POETRY_TABLES):
        return Kind.POETRY_PYTHON if path[-1] == "python" else None
    if len(path) > 2 and path[0] == "tool" and path[1] in _LINTERS:
        setting = path[-2] if isinstance(path[-1], int) else path[-1]
        return dep105_lint.setting_kind(str(setting))
    return None


def _slots(text: str, path: Path, value: str, kind: Kind) -> List[Slot]:
    span = place(text, path)
    if span is None:
        return [Slot(kind, value, 0, 0, path, fixed="its place in the file wasn't found")]
    pieces = [piece.strip() for piece in re.split("[,\n]", value) if piece.strip()]
    if kind in _LINT and not isinstance(path[-1], int) and len(pieces) > 1:
        fixed = "it is part of a string that holds a list"
        return [Slot(kind, piece, span.start, span.end, path, fixed=fixed) for piece in pieces]
    return [Slot(kind, value, span.start, span.end, path)]


@lru_cache(maxsize=256)
def place(text: str, path: Path) -> Optional[Span]:
    """Find a value, or the element of an array: put a mark in its place and see where it comes out."""
    if isinstance(path[-1], int):
        outer = place(text, path[:-1])
        parts = arrays.strings(text, outer.start) if outer else None
        return parts[1][path[-1]] if parts and path[-1] < len(parts[1]) else None
    import tomlkit

    parsed: Any = tomlkit.parse(text)
    parent = parsed
    for key in path[:-1]:
        parent = parent[key]
    item = parent[path[-1]]
    raw = item.as_string() if hasattr(item, "as_string") else str(item).lower()  # A boolean comes unwrapped.
    parent[path[-1]] = _SENTINEL
    start = tomlkit.dumps(parsed).find(f'"{_SENTINEL}"')
    found = start >= 0 and text.startswith(raw, start)
    return Span(start, start + len(raw)) if found else None


def _report(document: Document, path: Path, verdict: Optional[Verdict]) -> None:
    if verdict is not None:
        span = place(document.text, path)
        document.findings.append(finding(document.text, span.start if span else 0, verdict))


def _read_poetry(document: Document, knowledge: Knowledge) -> None:
    """Add the requirements that Poetry keeps as keys of tables."""
    for pattern in _POETRY_TABLES:
        for path, value in _tables(document.data, tuple(pattern.split("/")), ()):
            if path[-1] != "python":
                _add_poetry(document, path, value, knowledge)


def _tables(data: Any, pattern: Tuple[str, ...], path: Path) -> Iterator[Tuple[Path, Any]]:
    if not pattern:
        yield path, data
    elif isinstance(data, dict):
        for key in list(data) if pattern[0] == "*" else [pattern[0]]:
            if key in data:
                yield from _tables(data[key], pattern[1:], (*path, key))


def _add_poetry(document: Document, path: Path, value: Any, knowledge: Knowledge) -> None:
    marker = _poetry_marker(value) if isinstance(value, dict) else ""
    name = str(path[-1])
    normal = requirement.normalise(name)
    shim = dep101_shims.judge(normal, knowledge) or dep107_loops.judge(normal, knowledge)
    apart = shim is None and dep108_plumpy.judge(poetry_text(normal, value), normal, knowledge)
    if shim is None and not marker and not apart:
        return
    span = place(document.text, path) if isinstance(value, (str, dict)) else None
    if span is None:
        if shim is not None:
            message = f"{name} was left: it isn't stated in one line"
            document.findings.append(finding(document.text, 0, Verdict(shim.rule, Action.LEAVE, message)))
        return
    start = document.text.rfind("\n", 0, span.start) + 1
    own_line = re.fullmatch(r"\s*[\"']?[\w.-]+[\"']?\s*=\s*", document.text[start : span.start])
    fixed = "" if own_line and "\n" not in document.text[span.start : span.end] else "it isn't on a line of its own"
    if apart:
        fixed = fixed or "Poetry keeps its version apart from its name"
    stated = poetry_text(name, value) if apart else name
    slot = Slot(Kind.REQUIREMENT, stated, start, span.end, path, marker=marker, fixed=fixed)
    document.slots.append(slot)


def poetry_text(name: str, value: Any) -> str:
    """Give a requirement of Poetry in the usual form, as far as its version has one."""
    version = str(value.get("version", "") if isinstance(value, dict) else value).strip()
    match = re.fullmatch(r"([~^])\s*(\d+\.\d+)([\d.]*)", version)
    if match is not None:
        return f"{name}~={match.group(2)}{match.group(3) or '.0'}"
    if re.match(r"\d", version):
        return f"{name}=={version}"
    return f"{name}{version}" if re.match(r"[<>=!~]", version) else name


def _poetry_marker(value: Dict[str, Any]) -> str:
    """Give the condition in the long form of a requirement of Poetry, if it is a plain one, as a marker."""
    if isinstance(value.get("markers"), str):
        return str(value["markers"])
    match = re.fullmatch(r"\s*(<=?|>=?|==|!=)\s*([\d.]+)\s*", str(value.get("python", "")))
    return f"python_version {match.group(1)} '{match.group(2)}'" if match else ""


def edit(text: str, changes: List[Change]) -> str:
    """Make the changes from the last to the first, so that the places before them stay right."""
    for change in last_first(changes):
        slot = change.slot
        if change.verdict.action is Action.ADD:
            text = arrays.add(text, slot, change.verdict.replacement)
        elif change.verdict.action is Action.REPLACE:
            text = text[: slot.start] + arrays.requote(text, slot, change.verdict.replacement) + text[slot.end :]
        elif isinstance(slot.path[-1], int):
            text = _cut_element(text, slot.path, slot.path[-1])
        else:
            text = _cut_line(text, slot)
    return text


def _cut_element(text: str, path: Path, index: int) -> str:
    outer = place(text, path[:-1])
    parts = arrays.strings(text, outer.start) if outer else None
    return arrays.cut(text, parts[0], parts[1], index) if parts else text


def _cut_line(text: str, slot: Slot) -> str:
    start = text.rfind("\n", 0, slot.start) + 1
    end = text.find("\n", slot.end)
    return text[:start] + (text[end + 1 :] if end >= 0 else "")
