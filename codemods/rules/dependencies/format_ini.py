"""INI files: ``setup.cfg``, ``tox.ini``, ``.pylintrc``, ``.isort.cfg``, ``mypy.ini``."""

from __future__ import annotations

import configparser
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import dep105_lint, dep106_matrix, keys, requirement
from .arrays import Span
from .ini_edit import Entry, edit, entries
from .model import CannotParse, Document, Kind, Knowledge, Slot, finding

_LINT = (Kind.MODULES, Kind.IMPORTS, Kind.FORCED)
_FACTOR = re.compile(r"(?:[\w.,!{}-]+)\s*:\s+(?=[A-Za-z])|[\w.,!{}-]+:(?=[A-Za-z])")
_TOX_PART = re.compile(r"testenv(:|$)")


class Option(NamedTuple):
    """An option of an INI file.

    :param span: its lines, from the key to the newline of its last line.
    """

    section: str
    key: str
    span: Span


def read(text: str, knowledge: Knowledge) -> Document:
    """Read an INI file."""
    data = load(text)
    document = Document(text, data, lambda changes: edit(text, changes))
    for option in options(text):
        kind = _kind(option)
        found = list(entries(text, option.span, comma=kind in _LINT))
        if option.section in data and option.key in data[option.section]:
            data[option.section][option.key] = [entry.value for entry in found]
        _add_slots(document, option, kind, found)
    _report(document, knowledge)
    return document


def load(text: str) -> Dict[str, Dict[str, Any]]:
    """Give the options of an INI file by section and key."""
    parser = configparser.RawConfigParser(strict=True, default_section="\0")
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        raise CannotParse("text before the first section", error.lineno) from error
    except configparser.ParsingError as error:
        raise CannotParse("not an INI file", error.errors[0][0] if error.errors else 0) from error
    except (configparser.DuplicateSectionError, configparser.DuplicateOptionError) as error:
        raise CannotParse("a section or option is there twice", error.lineno or 0) from error
    return {section: dict(parser.items(section)) for section in parser.sections()}


def options(text: str) -> Iterator[Option]:
    """Give the options with their places, as ConfigUpdater cuts the file."""
    from configupdater import ConfigUpdater, Section

    updater = ConfigUpdater()
    try:
        updater.read_string(text)
    except configparser.Error as error:
        raise CannotParse("not an INI file") from error
    if str(updater) != text:
        raise CannotParse("the INI library doesn't give the file back as it is")
    at = 0
    for block in updater.iter_blocks():
        at += sum(map(len, block.lines))
        if not isinstance(block, Section):
            continue
        for inner in block.iter_blocks():
            size = sum(map(len, inner.lines))
            if hasattr(inner, "key"):
                yield Option(block.name, inner.key, Span(at, at + size))
            at += size


def _kind(option: Option) -> Optional[Kind]:
    key, section = option.key.replace("-", "_"), option.section
    if section == "metadata":
        return _metadata_kind(key)
    if section == "options":
        if key == "python_requires":
            return Kind.SPECIFIERS
        return Kind.REQUIREMENT if key in keys.REQUIREMENT_LISTS else None
    if section == "options.extras_require" or (key == "deps" and _TOX_PART.match(section)):
        # An environment that's there for an old stack keeps what makes it one.
        return None if dep106_matrix.is_for_old_stack(section) else Kind.REQUIREMENT
    if section in ("bdist_wheel", "wheel") and key == "universal":
        return Kind.UNIVERSAL
    return dep105_lint.setting_kind(key)


def _metadata_kind(key: str) -> Optional[Kind]:
    if key in ("classifier", "classifiers"):
        return Kind.CLASSIFIER
    return Kind.SPECIFIERS if key in ("requires_python", "python_requires") else None


def _add_slots(document: Document, option: Option, kind: Optional[Kind], found: List[Entry]) -> None:
    if kind is None:
        return
    fixed = _fixed(option, kind, found)
    for index, entry in enumerate(found):
        place = _requirement(entry, option.key == "deps") if kind is Kind.REQUIREMENT else Span(entry.start, entry.end)
        value = document.text[place.start : place.end]
        document.data[option.section][option.key][index] = value
        document.slots.append(Slot(kind, value, *place, (option.section, option.key, index), fixed=fixed))


def _fixed(option: Option, kind: Kind, found: List[Entry]) -> str:
    if kind is Kind.SPECIFIERS and len(found) > 1:
        return "it has several lines"
    # In one line, setuptools takes a semicolon as the end of a requirement.
    in_line = kind is Kind.REQUIREMENT and option.section.startswith("options") and len(found) == 1 and found[0].first
    if in_line and ";" in found[0].value and requirement.parse(found[0].value) is None:
        return "there are several requirements in one line"
    return ""


def _requirement(entry: Entry, factors: bool) -> Span:
    """Give the place of the requirement in a line: without the comment behind it and the factor of tox before it."""
    comment = re.search(r"\s+#", entry.value)
    prefix = _FACTOR.match(entry.value) if factors else None
    end = entry.start + comment.start() if comment else entry.end
    return Span(entry.start + prefix.end(), end) if prefix else Span(entry.start, end)


def _report(document: Document, knowledge: Knowledge) -> None:
    """Report mypy sections that name six, and test environments on old Python versions."""
    for match in re.finditer(r"^\[mypy-([^\]]+)\]", document.text, re.MULTILINE):
        for pattern in match.group(1).split(","):
            verdict = dep105_lint.judge_mypy(pattern)
            if verdict is not None:
                document.findings.append(finding(document.text, match.start(), verdict))
    pieces: List[Tuple[int, str]] = []
    for match in re.finditer(r"^\[testenv:([^\]]+)\]", document.text, re.MULTILINE):
        pieces.append((match.start(1), match.group(1)))
    for option in options(document.text):
        if (option.section, option.key) in (("tox", "envlist"), ("tox", "env_list"), ("tox:tox", "envlist")):
            pieces.append((option.span.start, document.text[option.span.start : option.span.end]))
    for start, piece in pieces:
        for offset, factor in dep106_matrix.old_factors(piece, knowledge.target_version):
            verdict = dep106_matrix.report(f"test environment {factor}")
            document.findings.append(finding(document.text, start + offset, verdict))
