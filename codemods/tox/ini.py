"""tox configurations as INI: ``tox.ini``, ``[tox:tox]`` of ``setup.cfg``, ``legacy_tox_ini`` of ``pyproject.toml``."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from codemods.rules.dependencies.format_ini import load, options
from codemods.rules.dependencies.ini_edit import edit, entries
from codemods.rules.dependencies.model import Action, CannotParse, Change, Kind, Slot, Verdict

from .stacks import Base, Command, Environment

_BASE = "testenv"
_TESTENV = "testenv:"
_LISTS = ("envlist", "env_list")
_INDENT = "    "
_HEADER = re.compile(r"^\[", re.MULTILINE)
_REFERENCE = re.compile(r"\{\[(?P<section>[^\]]+)\](?P<key>\w+)\}")
_TRUE = ("1", "true", "yes", "on")

_Data = Dict[str, Dict[str, Any]]


def read_base(text: str, main: str) -> Base:
    """Read what the test environments have in common.

    :param main: the section of tox itself.
    """
    data = load(text)
    section = _running(data)
    base, tox = {**data.get(_BASE, {}), **data.get(section, {})}, data.get(main, {})
    deps = tuple(_deps(data, base.get("deps", "")))
    inherited = section == _BASE
    return Base(
        deps=deps,
        own_deps=(f"{{[{_BASE}]deps}}",) if deps and inherited else deps,
        extras=tuple(re.findall(r"[\w.-]+", base.get("extras", ""))),
        commands=tuple(Command(tuple(line.split(" "))) for line in _commands(base.get("commands", ""))),
        before=(Command((f"{{[{_BASE}]commands_pre}}",)),) if data.get(_BASE, {}).get("commands_pre") else (),
        installs=_installs(base, tox),
        inherited=inherited,
        pythons=tuple(_pythons(data, main)),
    )


def _running(data: _Data) -> str:
    """Give the section that says how tests are run: what all have in common, or else one that runs pytest."""
    if not data.get(_BASE, {}).get("commands", "").strip():
        for section, content in data.items():
            if section.startswith(_TESTENV) and re.search(
                r"\b(?:pytest|py\.test|unittest)\b", content.get("commands", "")
            ):
                return section
    return _BASE


def _deps(data: _Data, value: str, depth: int = 0) -> Iterator[str]:
    """Give the lines of a list, with what they refer to in their place."""
    for line in value.splitlines():
        match = _REFERENCE.fullmatch(line.strip())
        inner = data.get(match.group("section"), {}).get(match.group("key")) if match else None
        if isinstance(inner, str) and depth < 5:
            yield from _deps(data, inner, depth + 1)
        elif line.strip():
            yield line.strip()


def _commands(value: str) -> List[str]:
    joined = re.sub(r"\s*\\\r?\n\s*", " ", value)
    return [line.strip() for line in joined.splitlines() if line.strip()]


def _installs(base: Dict[str, Any], tox: Dict[str, Any]) -> bool:
    """Say whether the environments install the project."""
    if base.get("usedevelop", "").lower() in _TRUE or base.get("use_develop", "").lower() in _TRUE:
        return True
    off = [base.get("skip_install", ""), tox.get("skipsdist", ""), tox.get("no_package", "")]
    return base.get("package", "") != "skip" and not any(one.strip().lower() in _TRUE for one in off)


def _pythons(data: _Data, main: str) -> List[str]:
    """Give the versions of Python in the names of environments."""
    named = " ".join(str(data.get(main, {}).get(key, "")) for key in _LISTS)
    found = re.findall(r"(?<!\w)py(\d{2,3})(?!\w)", named)
    for inside in re.findall(r"(?<!\w)py\{([^}]*)\}", named):
        found += re.findall(r"\d{2,3}", inside)
    return found


def has(text: str, environment: Environment) -> bool:
    """Say whether a configuration has such an environment already."""
    sections = (section for section in load(text) if section.startswith(_TESTENV))
    return environment.is_there(section[len(_TESTENV) :] for section in sections)


def add(text: str, main: str, environments: Sequence[Environment]) -> str:
    """Add environments to a configuration, and to its list of environments.

    :raises CannotParse: if the result isn't what it should be.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    new = _extend_list(text, main, [one.pattern for one in environments], newline)
    end = "" if new.endswith(("\n", "\r")) or not new else newline
    new += end + "".join(newline + _section(one).replace("\n", newline) for one in environments)
    _check(text, new, main, environments)
    return new


def _extend_list(text: str, main: str, patterns: Sequence[str], newline: str) -> str:
    option = next((one for one in options(text) if one.section == main and one.key in _LISTS), None)
    found = list(entries(text, option.span, comma=False)) if option is not None else []
    if option is not None and found:
        last = found[-1]
        slot = Slot(Kind.NAME, last.value, last.start, last.end, (main, option.key, len(found) - 1))
        for pattern in reversed(patterns):
            text = edit(text, [Change(slot, Verdict("", Action.ADD, "", pattern))])
        return text
    listed = "".join(f"{_INDENT}{pattern}{newline}" for pattern in patterns)
    if option is not None:
        return f"{text[: option.span.end]}{listed}{text[option.span.end :]}"
    header = re.compile(rf"^\[{re.escape(main)}\][^\r\n]*(?:\r?\n|\Z)", re.MULTILINE).search(text)
    if header is not None:
        return f"{text[: header.end()]}env_list ={newline}{listed}{text[header.end() :]}"
    first = _HEADER.search(text)
    at = first.start() if first else len(text)
    return f"{text[:at]}[{main}]{newline}env_list ={newline}{listed}{newline}{text[at:]}"


def _section(environment: Environment) -> str:
    lines = [f"[{_TESTENV}{environment.pattern}]", f"description = {environment.description}"]
    if not environment.installs:
        lines.append("skip_install = true")
    lines += _option("extras", environment.extras)
    lines += _option("deps", environment.deps)
    lines += _option("commands_pre", [_line(one) for one in environment.before])
    lines += _option("commands", [_line(one) for one in environment.commands])
    return "\n".join([*lines, ""])


def _option(key: str, values: Sequence[str]) -> List[str]:
    return [f"{key} =", *(_INDENT + value for value in values)] if values else []


def _line(command: Command) -> str:
    return " ".join(command.words)


def _check(old: str, new: str, main: str, environments: Sequence[Environment]) -> None:
    """Refuse a result that says anything else about what was there before."""
    before, after = _without_list(old, main), _without_list(new, main)
    for environment in environments:
        after.pop(_TESTENV + environment.pattern, None)
    if before != after:
        raise CannotParse("the edit would have changed more than it should")


def _without_list(text: str, main: str) -> _Data:
    data = load(text)
    for key in _LISTS:
        data.get(main, {}).pop(key, None)
    return {section: content for section, content in data.items() if content or section != main}


def new_file(extra: str, with_pytest: bool) -> str:
    """Give a configuration for a project that has none, to which the environments are added.

    :param extra: the extra that has what the tests need; empty if there is none.
    :param with_pytest: whether pytest is to be installed besides.
    """
    lines = ["[tox]", "skip_missing_interpreters = true", "", f"[{_BASE}]"]
    lines += [f"extras = {extra}"] if extra else []
    lines += ["deps = pytest"] if with_pytest else []
    return "\n".join([*lines, "commands = python -m pytest {posargs}", ""])


def embedded(raw: str) -> Optional[Tuple[str, str]]:
    """Give the quotes and the text of a multi-line string of TOML, as it stands there."""
    for quotes in ('"""', "'''"):
        if raw.startswith(quotes) and raw.endswith(quotes) and len(raw) >= 2 * len(quotes):
            return quotes, raw[len(quotes) : -len(quotes)]
    return None
