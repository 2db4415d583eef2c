"""The settings of a run: ``[tool.plumpy-migrate]`` of a TOML file, overridden by the command line."""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path
from typing import Any, Callable, Collection, Dict, Iterable, Iterator, Mapping, NoReturn, Optional, Sequence, Tuple

from codemods.settings import RUNTIMES, STAGES, Settings

TABLE = "tool.plumpy-migrate"
MIN_TARGET = (3, 8)
MAX_TARGET = (3, 14)


class ConfigError(Exception):
    """The configuration can't be used; the text says which file and key, and what is wrong."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a remark such as ``; did you mean "select"?``, or nothing where no known word is alike.

    :param word: what was given.
    :param known: what would have been right.
    """
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def parse_target(text: str) -> Tuple[int, int]:
    """Return a version such as ``3.9`` as a tuple.

    :raises ValueError: where it isn't one that the migrator knows.
    """
    found = re.fullmatch(r"([0-9])\.([0-9]{1,2})", text.strip())
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if not MIN_TARGET <= version <= MAX_TARGET:
        lowest, highest = (".".join(map(str, limit)) for limit in (MIN_TARGET, MAX_TARGET))
        raise ValueError(f'must be a version from "{lowest}" to "{highest}", not "{text}"')
    return version


def parse_codes(texts: Iterable[str], known: Collection[str]) -> Tuple[str, ...]:
    """Return the rule codes and families in comma-separated texts, in capitals.

    :param known: all codes and families there are. The beginning of a code stands for all that begin so.
    :raises ValueError: where one doesn't exist; the message suggests one that does.
    """
    codes = tuple(part.strip().upper() for text in texts for part in text.split(",") if part.strip())
    for code in codes:
        if not any(name.startswith(code) for name in known):
            raise ValueError(f'unknown rule or family "{code}"{suggestion(code, known)}')
    return codes


def load(
    paths: Sequence[str],
    config_file: Optional[str] = None,
    overrides: Optional[Mapping[str, Any]] = None,
    known: Collection[str] = (),
) -> Settings:
    """Return the settings for a run over some paths.

    :param paths: what the command line names; the file is searched from the first of them upwards.
    :param config_file: a TOML file to read instead of searching one.
    :param overrides: fields of :class:`Settings` that the command line gave.
    :param known: all rule codes and families there are.
    :raises ConfigError: where the file can't be read, or holds something that it shouldn't.
    """
    if config_file is not None:
        source: Optional[Path] = Path(config_file)
        table = _explicit_table(Path(config_file))
    else:
        source, table = _searched_table(paths)
    fields: Dict[str, Any] = {}
    for key, value in table.items():
        field, convert = _setting(key, source)
        try:
            fields[field] = convert(value, known)
        except ValueError as error:
            _fail(source, f'"{key}" {error}' if str(error).startswith("must") else f'"{key}": {error}')
    fields.update(overrides or {})
    return Settings(**fields)


def _setting(key: str, source: Optional[Path]) -> Tuple[str, Callable[[Any, Collection[str]], Any]]:
    """Return the field of :class:`Settings` that a key fills in, and the function that converts its value."""
    if key not in KEYS:
        _fail(source, f'unknown key "{key}"{suggestion(key, KEYS)}')
    return key.replace("-", "_"), KEYS[key]


def _fail(source: Optional[Path], message: str) -> NoReturn:
    raise ConfigError(f"{source}: {message}")


def _explicit_table(path: Path) -> Mapping[str, Any]:
    """Return the table of a file that ``--config`` names: a pyproject.toml, or our keys at the top level."""
    document = _read(path)
    table = _table_of(document, path)
    if table is not None:
        return table
    if "tool" in document or path.name == "pyproject.toml":
        _fail(path, f"there is no table [{TABLE}]")
    return document


def _searched_table(paths: Sequence[str]) -> Tuple[Optional[Path], Mapping[str, Any]]:
    """Return the nearest pyproject.toml that has our table, and the table."""
    start = Path(paths[0] if paths else ".").resolve()
    for folder in _upwards(start if start.is_dir() else start.parent):
        path = folder / "pyproject.toml"
        if path.is_file():
            table = _table_of(_read(path), path)
            if table is not None:
                return path, table
    return None, {}


def _upwards(folder: Path) -> Iterator[Path]:
    """Yield a folder and those above it, up to the root of its git repository or of the file system."""
    for above in (folder, *folder.parents):
        yield above
        if (above / ".git").exists():
            return


def _read(path: Path) -> Dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        _fail(path, error.strerror or str(error))
    except ValueError as error:  # both bad UTF-8 and bad TOML
        _fail(path, str(error))


def _table_of(document: Mapping[str, Any], path: Path) -> Optional[Mapping[str, Any]]:
    tool = document.get("tool", {})
    table = tool.get("plumpy-migrate") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        _fail(path, f"[{TABLE}] must be a table")
    return table


def _strings(value: Any, known: Collection[str]) -> Tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a list of strings")
    return tuple(value)


def _codes(value: Any, known: Collection[str]) -> Tuple[str, ...]:
    return parse_codes(_strings(value, known), known)


def _target(value: Any, known: Collection[str]) -> Tuple[int, int]:
    if not isinstance(value, str):
        # TOML reads an unquoted 3.10 as the number 3.1.
        raise ValueError('must be a string such as "3.9"')
    return parse_target(value)


def _flag(value: Any, known: Collection[str]) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _one_of(*choices: str) -> Callable[[Any, Collection[str]], str]:
    def convert(value: Any, known: Collection[str]) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return str(value)

    return convert


def _count(value: Any, known: Collection[str]) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("must be a whole number, 0 or more")
    return value


KEYS: Dict[str, Callable[[Any, Collection[str]], Any]] = {
    "select": _codes,
    "extend-select": _codes,
    "ignore": _codes,
    "target-version": _target,
    "exclude": _strings,
    "jobs": _count,
    "py2": _flag,
    "six-modules": _strings,
    "isinstance-like": _strings,
    "stage": _one_of(*STAGES),
    "runtime": _one_of(*RUNTIMES),
    "foreign": _strings,
    "coroutine-decorators": _strings,
    "todo": _flag,
}
"""The keys of the table: the fields of :class:`Settings`, with dashes."""
