"""tox configurations as TOML: the table ``[tool.tox]`` of ``pyproject.toml``, and ``tox.toml``."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Sequence, Tuple

from codemods.rules.dependencies import arrays
from codemods.rules.dependencies.format_toml import load, place
from codemods.rules.dependencies.model import CannotParse

from .stacks import Base, Command, Environment

Prefix = Tuple[str, ...]
_BASE = "env_run_base"
_POSARGS = {"replace": "posargs", "extend": True}


def read_base(text: str, prefix: Prefix) -> Base:
    """Read what the test environments have in common.

    :param prefix: where the table of tox is; empty in ``tox.toml``.
    """
    tox = _table(text, prefix)
    base = tox.get(_BASE, {})
    return Base(
        deps=tuple(base.get("deps", ())),
        own_deps=(_reference(prefix, "deps"),) if base.get("deps") else (),
        extras=tuple(one for one in base.get("extras", ()) if isinstance(one, str)),
        commands=tuple(Command(tuple(words)) for words in base.get("commands", ()) if isinstance(words, list)),
        before=(_reference(prefix, "commands_pre"),) if base.get("commands_pre") else (),
        installs=not (base.get("skip_install") or tox.get("no_package") or base.get("package") == "skip"),
    )


def _table(text: str, prefix: Prefix) -> Dict[str, Any]:
    data = load(text)
    for key in prefix:
        data = data.get(key, {})
    return dict(data)


def _reference(prefix: Prefix, key: str) -> Dict[str, Any]:
    return {"replace": "ref", "of": [*prefix, _BASE, key], "extend": True}


def has(text: str, prefix: Prefix, environment: Environment) -> bool:
    """Say whether a configuration has such an environment already."""
    return environment.is_there(_table(text, prefix).get("env", {}))


def add(text: str, prefix: Prefix, environments: Sequence[Environment]) -> str:
    """Add environments to a configuration, and to its list of environments.

    :raises CannotParse: if the list can't be extended, or the result isn't what it should be.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    names = [name for one in environments for name in one.names]
    new = _extend_list(text, prefix, names, newline)
    end = "" if new.endswith("\n") or not new else newline
    tables = [_environment(prefix, name, one) for one in environments for name in one.names]
    new += end + "".join(newline + table.replace("\n", newline) for table in tables)
    _check(text, new, prefix, names)
    return new


def _extend_list(text: str, prefix: Prefix, names: Sequence[str], newline: str) -> str:
    key = next((one for one in ("env_list", "envlist") if one in _table(text, prefix)), None)
    if key is None:
        return _with_list(text, prefix, names, newline)
    span = place(text, (*prefix, key))
    parts = arrays.strings(text, span.start) if span is not None and text[span.start] == "[" else None
    if parts is None:
        raise CannotParse("its env_list isn't a plain list")
    inner, elements = parts
    if not elements:
        return text[: inner.start] + ", ".join(map(_value, names)) + text[inner.end :]
    last = elements[-1]
    line_start = text.rfind("\n", 0, last.start) + 1
    indent = text[line_start : last.start]
    between = f",{newline}{indent}" if line_start > inner.start and not indent.strip() else ", "
    return text[: last.end] + "".join(between + _value(name) for name in names) + text[last.end :]


def _with_list(text: str, prefix: Prefix, names: Sequence[str], newline: str) -> str:
    listed = f"env_list = [{newline}" + "".join(f"    {_value(name)},{newline}" for name in names) + f"]{newline}"
    if not prefix:
        # In front of all tables, since it would be theirs behind them.
        return listed + text
    header = re.compile(rf"^\[{re.escape('.'.join(prefix))}\][^\n]*(?:\n|\Z)", re.MULTILINE).search(text)
    if header is not None:
        return text[: header.end()] + listed + text[header.end() :]
    return f"{text}{newline}[{'.'.join(prefix)}]{newline}{listed}"


def _environment(prefix: Prefix, name: str, environment: Environment) -> str:
    lines = [f"[{'.'.join([*prefix, 'env', name])}]", f"description = {_value(environment.description)}"]
    if not environment.installs:
        lines.append("skip_install = true")
    lines += _array("extras", environment.extras)
    lines += _array("deps", environment.deps)
    lines += _array("commands_pre", [_words(one) for one in environment.before])
    lines += _array("commands", [_words(one) for one in environment.commands])
    return "\n".join([*lines, ""])


def _words(command: Any) -> Any:
    """Give a command as an array of words; a reference to others is one already."""
    if not isinstance(command, Command):
        return command
    return [_POSARGS if word == "{posargs}" else word for word in command.words]


def _array(key: str, values: Sequence[Any]) -> List[str]:
    return [f"{key} = [", *(f"    {_value(value)}," for value in values), "]"] if values else []


def _value(value: Any) -> str:
    """Write a value in one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _check(old: str, new: str, prefix: Prefix, names: Sequence[str]) -> None:
    """Refuse a result that says anything else about what was there before."""
    before, after = _table(old, prefix), _table(new, prefix)
    for name in names:
        del after["env"][name]
    for data in (before, after):
        for key in ("env_list", "envlist"):
            data.pop(key, None)
    if not after["env"] and "env" not in before:
        del after["env"]
    if before != after:
        raise CannotParse("the edit would have changed more than it should")
