"""Properties of the formats over generated files."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import Callable, Dict, List

import pytest
from hypothesis import given, settings, strategies as st

from codemods.rules.dependencies import DependencyFile, migrate
from tests.migrate.dependencies.helpers import knowledge
from tests.migrate.dependencies.test_formats import CASES

_NAMES = st.sampled_from(["numpy", "sixer", "six-extra", "Six.moves", "mocker", "aiida-core", "seven"])
_TAILS = st.sampled_from(["", ">=1", " >= 1, <2", "[a,b]==1", "; sys_platform == 'win32'", "==1 ; extra == 'x'"])
_OTHERS = st.builds("{}{}".format, _NAMES, _TAILS)
_SIXES = st.builds("{}{}".format, st.sampled_from(["six", "Six", "SIX"]), _TAILS)
_MIXED = st.lists(st.one_of(_OTHERS, _SIXES), max_size=8)


def _is_six(requirement: str) -> bool:
    name = requirement.lower()
    return name.startswith("six") and not name.startswith(("sixer", "six-extra", "six.moves"))


def _requirements(items: List[str]) -> str:
    return "# top\n" + "".join(f"{item}  # {index}\n" for index, item in enumerate(items))


def _json(items: List[str]) -> str:
    return json.dumps({"python_requires": ">=3.9", "install_requires": items, "z": ["six"]}, indent=2)


def _json_line(items: List[str]) -> str:
    return json.dumps({"extras_require": {"a": items, "six": []}})


def _toml(items: List[str]) -> str:
    lines = "".join(f"    {json.dumps(item)},\n" for item in items)
    return f"[project]\nname = 'six'\ndependencies = [\n{lines}]\n" if items else "[project]\n"


def _toml_line(items: List[str]) -> str:
    return f"[build-system]\nrequires = [{', '.join(map(json.dumps, items))}]  # six\n"


def _cfg(items: List[str]) -> str:
    return (
        "[options]\nzip_safe = no\n" + ("install_requires =\n" if items else "") + "".join(f"    {i}\n" for i in items)
    )


def _yaml(items: List[str]) -> str:
    lines = "".join(f"    - {json.dumps(item)}\n" for item in items)
    return f"dependencies:\n  - pip:\n{lines}  - python\n" if items else "dependencies:\n  - python\n"


def _python(items: List[str]) -> str:
    lines = "".join(f"        {item!r},\n" for item in items)
    value = f"[\n{lines}    ]" if items else "[]"
    return f"from setuptools import setup\nsetup(\n    name='six',\n    install_requires={value},\n    **x\n)\n"


WRITERS: Dict[str, Callable[[List[str]], str]] = {
    "requirements.txt": _requirements,
    "setup.json": _json,
    "a/setup.json": _json_line,
    "pyproject.toml": _toml,
    "a/pyproject.toml": _toml_line,
    "setup.cfg": _cfg,
    "environment.yml": _yaml,
    "setup.py": _python,
}


@pytest.mark.parametrize("path", sorted(WRITERS))
@settings(deadline=None)
@given(items=st.lists(_OTHERS, max_size=8))
def test_nothing_to_remove(path: str, items: List[str]) -> None:
    text = WRITERS[path](items)
    assert migrate(DependencyFile(path, text), knowledge("os"))[0] == text


@pytest.mark.parametrize("path", sorted(set(WRITERS) - {"requirements.txt"}))
@settings(deadline=None)
@given(items=_MIXED)
def test_exactly_six_goes(path: str, items: List[str]) -> None:
    write = WRITERS[path]
    new = migrate(DependencyFile(path, write(items)), knowledge("os"))[0]
    kept = [item for item in items if not _is_six(item)]
    empty = "[project]\ndependencies = []\n"
    assert new.replace("name = 'six'\n", "") in (write(kept).replace("name = 'six'\n", ""), empty)


@settings(deadline=None)
@given(items=_MIXED)
def test_exactly_the_lines_of_six_go(items: List[str]) -> None:
    lines = _requirements(items).splitlines(keepends=True)
    new = migrate(DependencyFile("requirements.txt", "".join(lines)), knowledge("os"))[0]
    assert new == "".join(line for line in lines if not _is_six(line))


@pytest.mark.parametrize("path", [*sorted(WRITERS), "tox.ini", ".pre-commit-config.yaml", ".travis.yml"])
@settings(deadline=None)
@given(text=st.text(alphabet="six=[]{}:,-#'\" \n\r\tpy27;\\<>.", max_size=60))
def test_any_text_is_survived(path: str, text: str) -> None:
    known = knowledge("os")
    new, findings = migrate(DependencyFile(path, text), known)
    assert "PM002" not in [each.rule for each in findings]
    assert migrate(DependencyFile(path, new), known)[0] == new


@settings(deadline=None)
@given(case=st.sampled_from(sorted(CASES)), data=st.data())
def test_broken_files_are_survived(case: str, data: st.DataObject) -> None:
    """A file with a line gone, there twice or torn in two is migrated, or left with a report."""
    path, text, _ = CASES[case]
    lines = dedent(text).splitlines(keepends=True)
    where = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[where])))
    torn = lines[where][:at] + data.draw(st.sampled_from(["\n", " # ", ",", ""])) + lines[where][at:]
    new_line = data.draw(st.sampled_from(["", lines[where] * 2, torn, "    " + lines[where], lines[where].strip()]))
    text, known = "".join([*lines[:where], new_line, *lines[where + 1 :]]), knowledge("os")
    new, findings = migrate(DependencyFile(path, text), known)
    assert "PM002" not in [each.rule for each in findings]
    assert migrate(DependencyFile(path, new), known)[0] == new
