"""The settings: where they are searched, how they combine, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from codemods.config import KEYS, ConfigError, load, parse_codes, parse_target
from codemods.settings import Settings

KNOWN = ("SIX", "SIX105", "FUT", "FUT101")
TABLE = "[tool.plumpy-migrate]\n"


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_are_the_settings() -> None:
    assert {key.replace("-", "_") for key in KEYS} == set(Settings.__dataclass_fields__)


def test_all_keys(tmp_path: Path) -> None:
    put(
        tmp_path / "pyproject.toml",
        TABLE + 'select = ["six"]\nextend-select = ["FUT101"]\nignore = ["SIX105"]\ntarget-version = "3.11"\n'
        'exclude = ["docs/"]\njobs = 2\npy2 = true\nsix-modules = ["a.six"]\nisinstance-like = ["a.check"]\n'
        'stage = "final"\nruntime = "plumpy"\nforeign = ["circus"]\ncoroutine-decorators = ["a.gen"]\ntodo = true\n',
    )
    assert load([str(tmp_path)], known=KNOWN) == Settings(
        *(("SIX",), ("FUT101",), ("SIX105",), (3, 11), 2, ("docs/",), True, ("a.six",), ("a.check",)),
        *("final", "plumpy", ("circus",), ("a.gen",), True),
    )


def test_command_line_is_stronger(tmp_path: Path) -> None:
    put(tmp_path / "pyproject.toml", TABLE + "jobs = 2\nignore = ['SIX']\n")
    settings = load([str(tmp_path)], overrides={"jobs": 0}, known=KNOWN)
    assert (settings.jobs, settings.ignore) == (0, ("SIX",))


@pytest.mark.parametrize(
    ("files", "jobs"),
    [
        ({}, 0),
        ({"pyproject.toml": TABLE + "jobs = 1"}, 1),
        ({"pyproject.toml": TABLE + "jobs = 1", "repo/pyproject.toml": TABLE + "jobs = 2"}, 2),
        ({"pyproject.toml": TABLE + "jobs = 1", "repo/pyproject.toml": "[tool.black]"}, 1),
        ({"pyproject.toml": TABLE + "jobs = 1", "repo/.git/HEAD": ""}, 0),
        ({"repo/.git/HEAD": "", "repo/pyproject.toml": TABLE + "jobs = 2"}, 2),
    ],
)
@pytest.mark.parametrize("start", ["repo/src/package", "repo/src/package/module.py"])
def test_search(tmp_path: Path, files: Any, jobs: int, start: str) -> None:
    # The folder of the tests may itself lie below a configuration file.
    put(tmp_path / ".git/HEAD", "")
    put(tmp_path / "repo/src/package/module.py", "")
    for name, text in files.items():
        put(tmp_path / name, text)
    assert load([str(tmp_path / start)]).jobs == jobs


@pytest.mark.parametrize(
    ("name", "text"),
    [("own.toml", "jobs = 3"), ("own.toml", TABLE + "jobs = 3"), ("pyproject.toml", TABLE + "jobs = 3")],
)
def test_named_file(tmp_path: Path, name: str, text: str) -> None:
    assert load([], str(put(tmp_path / name, text))).jobs == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('slect = ["SIX"]', 'unknown key "slect"; did you mean "select"?'),
        ("six_modules = []", 'unknown key "six_modules"; did you mean "six-modules"?'),
        ('select = "SIX"', '"select" must be a list of strings'),
        ("exclude = [1]", '"exclude" must be a list of strings'),
        ('ignore = ["SIX106"]', '"ignore": unknown rule or family "SIX106"; did you mean "SIX105"?'),
        ("target-version = 3.10", '"target-version" must be a string such as "3.9"'),
        ('target-version = "3.7"', '"target-version" must be a version from "3.8" to "3.14", not "3.7"'),
        ("jobs = -1", '"jobs" must be a whole number, 0 or more'),
        ("jobs = true", '"jobs" must be a whole number, 0 or more'),
        ("py2 = 1", '"py2" must be true or false'),
        ("jobs = ", "Invalid value"),
        ("[tool.black]", "there is no table [tool.plumpy-migrate]"),
        ("[tool]\nplumpy-migrate = 1", "[tool.plumpy-migrate] must be a table"),
    ],
)
def test_errors_name_the_file(tmp_path: Path, text: str, message: str) -> None:
    path = put(tmp_path / "own.toml", text)
    with pytest.raises(ConfigError) as caught:
        load([], str(path), known=KNOWN)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize("data", [b'exclude = ["\xff"]', None])
def test_unreadable_file(tmp_path: Path, data: Any) -> None:
    path = tmp_path / "own.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"own\.toml: "):
        load([], str(path))


def test_error_through_the_command(invoke: Any) -> None:
    Path("pyproject.toml").write_text(TABLE + "job = 1")
    done = invoke(".")
    assert done.code == 2
    assert 'pyproject.toml: unknown key "job"; did you mean "jobs"?' in done.err


@pytest.mark.parametrize(
    ("texts", "codes"),
    [([], ()), (["six105"], ("SIX105",)), (["SIX, FUT101", "SIX1,"], ("SIX", "FUT101", "SIX1")), ([""], ())],
)
def test_codes(texts: Any, codes: Any) -> None:
    assert parse_codes(texts, KNOWN) == codes


@given(st.integers(0, 9), st.integers(0, 99))
def test_targets(major: int, minor: int) -> None:
    text = f"{major}.{minor}"
    if (3, 8) <= (major, minor) <= (3, 14):
        assert parse_target(text) == (major, minor)
    else:
        with pytest.raises(ValueError, match="must be a version"):
            parse_target(text)


@given(st.text(max_size=8).filter(lambda text: "." not in text))
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a version"):
        parse_target(text)
