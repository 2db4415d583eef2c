"""`--init-tox`: what becomes of each form of tox configuration, and the modes and refusals of the option."""

from __future__ import annotations

import configparser
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import Any, Callable, Dict, List

import pytest

from codemods.rules.dependencies import DependencyFile, Knowledge, migrate
from codemods.rules.dependencies.format_toml import load

SETUP = """\
    from setuptools import setup

    setup(
        name='stations',
        install_requires=['plumpy~=0.14.5', 'tornado<5.0', 'six>=1.12', 'enum34; python_version<"3.4"'],
        extras_require={'testing': ['pytest>=4.6', 'kiwipy[rmq]']},
    )
"""
NAMES = [
    "py38-plumpy0145-tornado45",
    "py{38,39}-legacy-tornado45",
    "py{311,313}-legacy-tornado6",
    "py{39,311,313}-migrated",
]
FLAVOUR = "python -m plumpy_compat.as_plumpy --legacy -m pytest"

Write = Callable[..., None]


@pytest.fixture
def write(invoke: Any, tmp_path: Path) -> Write:
    """A function that writes indented texts to files of the project."""

    def write(files: Dict[str, str]) -> None:
        for name, text in files.items():
            (tmp_path / name).write_bytes(dedent(text).encode("utf-8"))

    write({"setup.py": SETUP})
    return write


def sections(text: str) -> Dict[str, Dict[str, List[str]]]:
    """The options of an INI text, as lists of lines."""
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {name: {key: value.strip().splitlines() for key, value in parser.items(name)} for name in parser.sections()}


def test_a_project_without_configuration(invoke: Any, write: Write) -> None:
    done = invoke("--init-tox")
    assert done.code == 0
    assert done.out.startswith("Added to tox.ini, which is new:\n  py38-plumpy0145-tornado45 ")
    assert "tox run -e py38-plumpy0145-tornado45" in done.out
    found = sections(Path("tox.ini").read_text())
    assert found["tox"]["env_list"] == NAMES
    assert found["testenv"] == {"extras": ["testing"], "commands": ["python -m pytest {posargs}"]}


def test_the_old_stack_is_what_the_project_asks_for(invoke: Any, write: Write) -> None:
    invoke("--init-tox")
    old = sections(Path("tox.ini").read_text())["testenv:py38-plumpy0145-tornado45"]
    assert old["deps"] == [
        "plumpy==0.14.5",
        "kiwipy[rmq]==0.5.5",
        "frozendict<2",
        "tornado==4.5.3",
        "pytest<8.2",
    ]
    assert "commands" not in old


def test_the_flavour_has_all_but_what_it_replaces(invoke: Any, write: Write) -> None:
    invoke("--init-tox")
    found = sections(Path("tox.ini").read_text())
    assert found["testenv:py{38,39}-legacy-tornado45"] == {
        "description": ["the code as it was, on the legacy flavour of plumpy-compat"],
        "skip_install": ["true"],
        "deps": ["six>=1.12", "pytest>=4.6", "plumpy-compat", "tornado==4.5.3", "pytest<8.2"],
        "commands_pre": ["python -m pip install --no-deps ."],
        "commands": [FLAVOUR + " {posargs}"],
    }
    assert "tornado>=6" in found["testenv:py{311,313}-legacy-tornado6"]["deps"]
    assert found["testenv:py{39,311,313}-migrated"]["deps"] == ["plumpy-compat"]


TOX_INI = """\
    # Our matrix.
    [tox]
    envlist = py36,py37  ; the usual
    requires = tox>=3

    [testenv]
    # what tests need
    deps =
        pytest
        -r{toxinidir}/requirements-tests.txt
    commands =
        pytest --verbose \\
            tests {posargs}
        coverage run -m pytest more
        - flake8

    [testenv:lint]
    skip_install = true
"""


def test_layout_and_comments_stay(invoke: Any, write: Write) -> None:
    write(
        {"tox.ini": TOX_INI, "requirements-tests.txt": "mock\n# two\ntornado==4.5.3\nfutures; python_version < '3'\n"}
    )
    assert invoke("--init-tox").code == 0
    before, after = dedent(TOX_INI), Path("tox.ini").read_text()
    head = "envlist = py36,py37  ; the usual\n"
    listed = head + "".join(f"    {name}\n" for name in NAMES)
    assert after.startswith(before.replace(head, listed) + "\n[testenv:py38-plumpy0145-tornado45]\n")


def test_deps_and_commands_of_the_flavour(invoke: Any, write: Write) -> None:
    write(
        {"tox.ini": TOX_INI, "requirements-tests.txt": "mock\n# two\ntornado==4.5.3\nfutures; python_version < '3'\n"}
    )
    invoke("--init-tox")
    found = sections(Path("tox.ini").read_text())
    legacy = found["testenv:py{311,313}-legacy-tornado6"]
    # The file also asks for tornado, so the rest of it stands here.
    assert legacy["deps"] == ["pytest", "mock", "six>=1.12", "plumpy-compat", "tornado>=6"]
    assert legacy["commands"] == [
        f"{FLAVOUR} --verbose tests {{posargs}}",
        "coverage run -m plumpy_compat.as_plumpy --legacy -m pytest more",
        "- flake8",
    ]
    assert found["testenv:py38-plumpy0145-tornado45"]["deps"][0] == "{[testenv]deps}"
    assert found["testenv:py{39,311,313}-migrated"]["deps"] == ["{[testenv]deps}", "plumpy-compat"]


def test_deps_that_do_are_referred_to(invoke: Any, write: Write) -> None:
    write({"tox.ini": "[tox]\nenvlist = py38\n[testenv]\ndeps =\n    pytest\n    py27: mock\ncommands = pytest\n"})
    invoke("--init-tox")
    legacy = sections(Path("tox.ini").read_text())["testenv:py{311,313}-legacy-tornado6"]
    assert legacy["deps"] == ["{[testenv]deps}", "six>=1.12", "plumpy-compat", "tornado>=6"]


def test_a_project_that_is_not_installed(invoke: Any, write: Write) -> None:
    write({"tox.ini": "[tox]\nenvlist = py38\nskipsdist = true\n[testenv]\ncommands = python -m unittest\n"})
    invoke("--init-tox")
    legacy = sections(Path("tox.ini").read_text())["testenv:py{38,39}-legacy-tornado45"]
    assert legacy["deps"] == ["plumpy-compat", "tornado==4.5.3"]
    assert "commands_pre" not in legacy
    assert legacy["commands"] == ["python -m plumpy_compat.as_plumpy --legacy -m unittest"]


def test_python_2_where_the_project_has_it(invoke: Any, write: Write) -> None:
    write({"tox.ini": "[tox]\nenvlist = py{27,37}\n[testenv]\ndeps = pytest\ncommands = pytest\n"})
    done = invoke("--init-tox")
    old = sections(Path("tox.ini").read_text())["testenv:py{27,38}-plumpy0145-tornado45"]
    assert old["deps"][-4:] == ["!py27: pytest<8.2", "py27: pytest<5", "py27: pika==1.1.0", "py27: shortuuid<1"]
    assert "virtualenv<20.22" in done.out


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[testenv]\ncommands = pytest\n", "[tox]\nenv_list =\n    py38-plumpy0145-tornado45\n"),
        ("[tox]\n[testenv]\ncommands = pytest\n", "[tox]\nenv_list =\n    py38-plumpy0145-tornado45\n"),
        ("[tox]\nenvlist =\n[testenv]\ncommands = pytest\n", "[tox]\nenvlist =\n    py38-plumpy0145-tornado45\n"),
        ("[tox]\nenvlist =\n  py37\n[testenv]\n", "[tox]\nenvlist =\n  py37\n  py38-plumpy0145-tornado45\n"),
    ],
)
def test_lists_of_environments(invoke: Any, write: Write, text: str, start: str) -> None:
    write({"tox.ini": text})
    assert invoke("--init-tox").code == 0
    assert Path("tox.ini").read_text().startswith(start)


def test_newlines_and_encoding_stay(invoke: Any, write: Write) -> None:
    text = "\ufeff# caf\u00e9\r\n[tox]\r\nenvlist = py37\r\n[testenv]\r\ncommands = pytest"
    Path("tox.ini").write_bytes(text.encode("utf-8"))
    assert invoke("--init-tox").code == 0
    after = Path("tox.ini").read_bytes()
    assert after.startswith(text[:10].encode("utf-8"))
    assert after.count(b"\n") == after.count(b"\r\n") > 20


def test_setup_cfg(invoke: Any, write: Write) -> None:
    write({"setup.cfg": "[tool:pytest]\ntestpaths = tests\n\n[tox:tox]\nenvlist = py37\n\n[testenv]\ndeps = pytest\n"})
    assert "Added to setup.cfg:\n" in invoke("--init-tox").out
    found = sections(Path("setup.cfg").read_text())
    assert found["tox:tox"]["envlist"] == ["py37", *NAMES]
    assert found["tool:pytest"] == {"testpaths": ["tests"]}
    # There are no commands to inherit.
    assert found["testenv:py{39,311,313}-migrated"]["commands"] == ["python -m pytest {posargs}"]
    assert not Path("tox.ini").exists()


def test_setup_cfg_of_other_tools(invoke: Any, write: Write) -> None:
    write({"setup.cfg": "[tool:pytest]\ntestpaths = tests\n", "pyproject.toml": "[tool.black]\nline-length = 88\n"})
    assert "Added to tox.ini, which is new" in invoke("--init-tox").out


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_ini_in_pyproject(invoke: Any, write: Write, quotes: str) -> None:
    inside = "[tox]\nenvlist = py37\n\n[testenv]\ncommands = pytest\n"
    text = f"[tool.tox]\nlegacy_tox_ini = {quotes}\n{inside}{quotes}\n\n[tool.black]\nline-length = 88\n"
    write({"pyproject.toml": text})
    assert invoke("--init-tox").code == 0
    after = Path("pyproject.toml").read_text()
    assert after.endswith(f"{quotes}\n\n[tool.black]\nline-length = 88\n")
    assert sections(load(after)["tool"]["tox"]["legacy_tox_ini"])["tox"]["envlist"] == ["py37", *NAMES]


def test_ini_in_pyproject_with_continued_lines(invoke: Any, write: Write) -> None:
    inside = "[tox]\nenvlist = py37\n[testenv]\ncommands =\n    pytest \\\n        tests\n"
    write({"pyproject.toml": f'[tool.tox]\nlegacy_tox_ini = """\n{inside}"""\n'})
    assert invoke("--init-tox").code == 0
    after = Path("pyproject.toml").read_text()
    assert "    pytest \\\n        tests\n" in after
    found = sections(load(after)["tool"]["tox"]["legacy_tox_ini"])
    assert found["testenv:py{38,39}-legacy-tornado45"]["commands"] == [f"{FLAVOUR} tests"]


def test_tests_that_an_environment_of_its_own_runs(invoke: Any, write: Write) -> None:
    write(
        {
            "tox.ini": """\
                [tox]
                envlist = py37
                [testenv]
                usedevelop = true
                [testenv:lint]
                commands = flake8
                [testenv:py{37,38}-{a,b}]
                extras = testing
                deps =
                    py37: -r old.txt
                    py38: -r new.txt
                    mock
                commands = pytest {posargs}
                """,
            "old.txt": "plumpy==0.14.2\nclick<7\n",
            "new.txt": "plumpy==0.14.5\nclick<8\n",
        }
    )
    assert "those of the first environment that runs tests" in invoke("--init-tox").out
    found = sections(Path("tox.ini").read_text())
    old = found["testenv:py38-plumpy0145-tornado45"]
    assert old["deps"][:3] == ["py37: -r old.txt", "py38: -r new.txt", "mock"]
    assert (old["extras"], old["commands"]) == (["testing"], ["pytest {posargs}"])
    legacy = found["testenv:py{38,39}-legacy-tornado45"]
    assert legacy["deps"][:3] == ["py38: click<8", "mock", "six>=1.12"]
    assert legacy["commands"] == [FLAVOUR + " {posargs}"]


NATIVE = """\
    [tool.tox]
    env_list = [
        "py38",  # the usual
        { product = [["py39"], ["a", "b"]] },
    ]

    [tool.tox.env_run_base]
    deps = ["pytest"]
    extras = ["testing"]
    commands = [["pytest", "-q", { replace = "posargs", extend = true }]]

    [tool.black]
    line-length = 88
"""
FLAT = [
    "py38-plumpy0145-tornado45",
    "py38-legacy-tornado45",
    "py39-legacy-tornado45",
    "py311-legacy-tornado6",
    "py313-legacy-tornado6",
    "py39-migrated",
    "py311-migrated",
    "py313-migrated",
]


def test_native_tables(invoke: Any, write: Write) -> None:
    write({"pyproject.toml": NATIVE})
    assert invoke("--init-tox").code == 0
    before, after = dedent(NATIVE), Path("pyproject.toml").read_text()
    last = '{ product = [["py39"], ["a", "b"]] }'
    assert after.startswith(before.replace(last, ",\n".join([last, *(f'    "{name}"' for name in FLAT)])))
    tox = load(after)["tool"]["tox"]
    assert list(tox["env"]) == FLAT
    same = {"replace": "ref", "of": ["tool", "tox", "env_run_base", "deps"], "extend": True}
    assert tox["env"]["py39-legacy-tornado45"] == {
        "description": "the code as it was, on the legacy flavour of plumpy-compat",
        "skip_install": True,
        "deps": [same, "six>=1.12", "pytest>=4.6", "plumpy-compat", "tornado==4.5.3", "pytest<8.2"],
        "commands_pre": [["python", "-m", "pip", "install", "--no-deps", "."]],
        "commands": [[*FLAVOUR.split(), "-q", {"replace": "posargs", "extend": True}]],
    }


def test_tox_toml(invoke: Any, write: Write) -> None:
    write({"tox.toml": "# ours\n[env_run_base]\ndeps = ['pytest']\n"})
    assert invoke("--init-tox").code == 0
    data = load(Path("tox.toml").read_text())
    assert data["env_list"] == FLAT
    same = {"replace": "ref", "of": ["env_run_base", "deps"], "extend": True}
    assert data["env"]["py39-migrated"]["deps"] == [same, "plumpy-compat"]
    assert data["env"]["py39-migrated"]["commands"] == [
        ["python", "-m", "pytest", {"replace": "posargs", "extend": True}]
    ]


@pytest.mark.parametrize(
    ("setup", "name", "pin"),
    [
        ("plumpy>=0.14,<0.16", "py38-plumpy0152-tornado45", "plumpy[rmq]==0.15.2"),
        ("plumpy[rmq]==0.15.1", "py38-plumpy0151-tornado45", "plumpy[rmq]==0.15.1"),
        ("tornado>=5", "py38-tornado51", "tornado==5.1.1"),
        ("tornado==4.5.2", "py38-tornado45", "tornado==4.5.2"),
        ("six", "py38-plumpy0152-tornado45", "plumpy[rmq]==0.15.2"),
    ],
)
def test_old_stacks(invoke: Any, write: Write, setup: str, name: str, pin: str) -> None:
    write({"setup.py": f"from setuptools import setup\nsetup(name='a', install_requires=['{setup}'])\n"})
    invoke("--init-tox")
    assert pin in sections(Path("tox.ini").read_text())[f"testenv:{name}"]["deps"]


@pytest.mark.parametrize(
    "files",
    [
        {"setup.json": '{"install_requires": ["plumpy==0.14.4", "click"]}'},
        {"setup.cfg": "[options]\ninstall_requires =\n    plumpy==0.14.4\n    click\n"},
        {"pyproject.toml": "[project]\nname = 'a'\ndependencies = ['plumpy==0.14.4', 'click']\n"},
        {"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.8'\nplumpy = '0.14.4'\nclick = '*'\n"},
        {"setup.py": "R = ['plumpy==0.14.4', 'click']\nsetup(name='a', install_requires=R)\n"},
        {
            "requirements.txt": "plumpy==0.14.4\n",
            "setup.cfg": "[options]\ninstall_requires =\n    plumpy~=0.14\n    click\n",
        },
    ],
)
def test_dependency_files(invoke: Any, write: Write, files: Dict[str, str]) -> None:
    Path("setup.py").unlink()
    write(files)
    invoke("--init-tox")
    found = sections(Path("tox.ini").read_text())
    assert "plumpy==0.14.4" in found["testenv:py38-plumpy0144-tornado45"]["deps"]
    assert "click" in found["testenv:py{38,39}-legacy-tornado45"]["deps"]


@pytest.mark.parametrize("files", [{}, {"tox.ini": TOX_INI}, {"pyproject.toml": NATIVE}])
def test_again_and_after_the_migration(invoke: Any, write: Write, files: Dict[str, str]) -> None:
    write(files)
    invoke("--init-tox", "-q")
    name = next(iter(files), "tox.ini")
    once = Path(name).read_bytes()
    again = invoke("--init-tox")
    assert (again.code, again.out) == (0, f"{name} has these environments already.\n")
    # The dependency files change meanwhile, so the old stack can't be told from them any more.
    write({"setup.py": "from setuptools import setup\nsetup(name='a', install_requires=['plumpy-compat'])\n"})
    assert invoke("--init-tox", "--check").code == 0
    assert Path(name).read_bytes() == once


@pytest.mark.parametrize("mode", [["--check"], ["--diff"]])
@pytest.mark.parametrize("files", [{}, {"tox.ini": "[testenv]\ncommands = pytest\n"}])
def test_modes_that_write_nothing(invoke: Any, write: Write, mode: List[str], files: Dict[str, str]) -> None:
    write(files)
    done = invoke("--init-tox", *mode)
    assert done.code == 1
    assert "Would add to tox.ini" in done.out + done.err
    assert Path("tox.ini").exists() == bool(files)
    if mode == ["--diff"]:
        assert "+[testenv:py38-plumpy0145-tornado45]\n" in done.out


@pytest.mark.parametrize("text", [None, "[testenv]\ncommands = pytest\n"])
def test_undo(invoke: Any, write: Write, text: str) -> None:
    write({} if text is None else {"tox.ini": text})
    invoke("--init-tox")
    assert invoke("--undo", ".").code == 0
    assert (Path("tox.ini").read_text() if Path("tox.ini").exists() else None) == text


def test_undo_keeps_a_new_file_that_was_changed(invoke: Any, write: Write) -> None:
    invoke("--init-tox")
    with open("tox.ini", "a") as file:
        file.write("# mine\n")
    done = invoke("--undo", ".")
    assert (done.code, Path("tox.ini").exists()) == (2, True)
    assert "it was changed since; the run created it" in done.err


def test_undo_leaves_what_took_the_place_of_a_new_file(invoke: Any, write: Write) -> None:
    invoke("--init-tox")
    Path("tox.ini").rename("mine.ini")
    Path("tox.ini").symlink_to("mine.ini")
    done = invoke("--undo", ".")
    assert (done.code, Path("mine.ini").exists()) == (2, True)
    assert "it is a symbolic link now; the run created it" in done.err


def test_a_new_file_that_is_gone_is_undone(invoke: Any, write: Write) -> None:
    invoke("--init-tox")
    Path("tox.ini").unlink()
    assert invoke("--undo", ".").code == 0


def test_a_new_file_in_a_folder_that_is_read_only(invoke: Any, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("codemods.write._create_temporary", refuse)
    done = invoke("--init-tox")
    assert (done.code, Path("tox.ini").exists()) == (2, False)
    assert "make the file and its folder writable" in done.err


def test_uncommitted_changes_of_the_configuration(invoke: Any, write: Write, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)
    # Other files that aren't committed don't matter.
    assert invoke("--init-tox", "-q").code == 0
    Path("tox.ini").write_text("[testenv]\ncommands = pytest\n")
    assert invoke("--init-tox").code == 2
    assert invoke("--init-tox", "--allow-dirty").code == 0


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"tox.ini": "[tox\n"}, "tox.ini, line 1: "),
        ({"tox.ini": "[tox]\na = 1\na = 2\n"}, "a section or option is there twice"),
        ({"tox.toml": "a = \n"}, "tox.toml, line 1: "),
        ({"pyproject.toml": "[tool.tox]\nlegacy_tox_ini = '[tox]'\n"}, "isn't a plain multi-line string"),
        ({"pyproject.toml": "[tool.tox]\nenv_list = 'py38'\n"}, "its env_list isn't a plain list"),
        ({"setup.py": "setup(name='a', install_requires=['plumpy>=0.20'])"}, "plumpy>=0.20, which is on asyncio"),
    ],
)
def test_refusals(invoke: Any, write: Write, files: Dict[str, str], message: str) -> None:
    write(files)
    done = invoke("--init-tox")
    assert done.code == 2
    assert message in done.err
    for name, text in files.items():
        assert Path(name).read_text() == text


@pytest.mark.parametrize(
    "options", [["--undo", "."], ["-"], ["--format", "json"], ["--output", "x"], [".", "."], ["setup.py"]]
)
def test_wrong_usage(invoke: Any, write: Write, options: List[str]) -> None:
    done = invoke("--init-tox", *options)
    assert done.code == 2
    assert "--init-tox" in done.err or "goes neither" in done.err


def test_a_migration_leaves_the_environments_as_they_are(invoke: Any, write: Write) -> None:
    write({"tox.ini": "[tox]\nenvlist = py27\n[testenv]\ndeps =\n    pytest\n    tornado==4.5.3\ncommands = pytest\n"})
    invoke("--init-tox")
    text = Path("tox.ini").read_text()
    known = Knowledge(frozenset(["plumpy_compat"]), (3, 9), True, lambda code: True, before=frozenset(["plumpy"]))
    new, findings = migrate(DependencyFile("tox.ini", text), known)
    assert new == text.replace("    tornado==4.5.3\ncommands", "commands", 1)
    # What is there besides is reported as ever.
    assert [(one.rule, one.line) for one in findings] == [("DEP106", 2), ("DEP107", 10)]


@pytest.mark.parametrize(
    ("asked", "collectable", "noted"),
    [("pytest", True, False), ("pytest<5", False, True), ("pytest>=6,<8", False, False), ("pytest~=8.4", True, False)],
)
def test_the_pytest_that_is_asked_for(invoke: Any, write: Write, asked: str, collectable: bool, noted: bool) -> None:
    write({"tox.ini": f"[testenv]\ndeps = {asked}\ncommands = pytest\n"})
    done = invoke("--init-tox")
    legacy = sections(Path("tox.ini").read_text())["testenv:py{38,39}-legacy-tornado45"]
    assert ("pytest<8.2" in legacy["deps"]) == collectable
    assert (f"Note: {asked} is kept" in done.out) == noted


def test_an_old_stack_that_was_guessed_is_noted(invoke: Any, write: Write) -> None:
    assert "guessed" not in invoke("--init-tox", "--check").out
    write({"setup.py": "from setuptools import setup\nsetup(name='a')\n"})
    assert "what the old stack is was guessed" in invoke("--init-tox", "--check").out


def test_what_is_not_read_is_noted(invoke: Any, write: Write) -> None:
    write(
        {
            "tox.ini": "[testenv]\ndeps = -r missing.txt\ncommands = make test\n",
            "setup.py": "print 'Python 2'\n",
        }
    )
    out = invoke("--init-tox").out
    assert "Note: there is no missing.txt.\n" in out
    assert "Note: setup.py can't be read: not Python 3.\n" in out
    assert "none of the commands starts Python" in out
