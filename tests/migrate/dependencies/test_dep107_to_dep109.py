"""DEP107, DEP108 and DEP109: tornado and its companions go, plumpy-compat comes."""

from __future__ import annotations

from typing import Any, Dict, Tuple

import pytest

from codemods.findings import Outcome
from codemods.rules.dependencies import Knowledge
from tests.migrate.dependencies.helpers import check, codes, run

ALL = ("DEP107", "DEP108", "DEP109")


def known(*imported: str, before: Tuple[str, ...] = ("tornado", "plumpy"), **more: Any) -> Knowledge:
    """Knowledge of a project that imported some modules before, and others now."""
    complete = more.pop("complete", True)
    return Knowledge(frozenset(imported), (3, 9), complete, lambda code: code in ALL, frozenset(before), **more)


COMPAT = known("plumpy_compat", "kiwipy")
FORMATS: Dict[str, Tuple[str, str, str]] = {
    "requirements": (
        "requirements.txt",
        "kiwipy[rmq]~=0.5.5\npika~=1.1\nplumpy==0.14.5  # the engine\ntornado<5.0\nPyYAML\n",
        "kiwipy[rmq]>=0.8.4\nplumpy-compat  # the engine\nPyYAML\n",
    ),
    "hashes": (
        "requirements.txt",
        "plumpy==0.14.5 \\\n    --hash=sha256:00\ntornado==4.5.3 --hash=sha256:11\nsix\n",
        "plumpy-compat\nsix\n",
    ),
    "setup.py": (
        "setup.py",
        """\
        from setuptools import setup
        setup(
            name='x',
            install_requires=[
                'plumpy>=0.14.5,<0.16',  # why
                'tornado>=4.5.3,<5.0',
                'PyYAML',
            ],
            extras_require={'rmq': ['kiwipy[rmq]~=0.5.1', 'topika<0.3']},
        )
        """,
        """\
        from setuptools import setup
        setup(
            name='x',
            install_requires=[
                'plumpy-compat',  # why
                'PyYAML',
            ],
            extras_require={'rmq': ['kiwipy[rmq]>=0.8.4']},
        )
        """,
    ),
    "setup.json": (
        "setup.json",
        '{\n  "name": "x",\n  "install_requires": [\n    "plumpy~=0.15.1",\n    "tornado<5.0",\n'
        '    "topika~=0.2.2"\n  ]\n}\n',
        '{\n  "name": "x",\n  "install_requires": [\n    "plumpy-compat"\n  ]\n}\n',
    ),
    "pyproject": (
        "pyproject.toml",
        '[project]\nname = "x"\ndependencies = ["plumpy~=0.15.1", "tornado<5.0; python_version>=\'3\'"]\n',
        '[project]\nname = "x"\ndependencies = ["plumpy-compat"]\n',
    ),
    "setup.cfg": (
        "setup.cfg",
        "[options]\ninstall_requires =\n    plumpy~=0.15.1; sys_platform != 'win32'\n"
        "    tornado<5.0\n    nest-asyncio\n",
        '[options]\ninstall_requires =\n    plumpy-compat; sys_platform != "win32"\n',
    ),
    "conda": (
        "environment.yml",
        "dependencies:\n  - tornado=4.5\n  - numpy\n  - pip:\n      - plumpy==0.15.1\n      - topika\n",
        "dependencies:\n  - numpy\n  - pip:\n      - plumpy-compat\n",
    ),
    "poetry": (
        "pyproject.toml",
        '[tool.poetry.dependencies]\npython = ">=3.9"\ntornado = "<5"\nfrozendict = "^1.2"\n',
        '[tool.poetry.dependencies]\npython = ">=3.9"\n',
    ),
}


@pytest.mark.parametrize("case", FORMATS.values(), ids=list(FORMATS))
def test_formats(case: Tuple[str, str, str]) -> None:
    check(*case, COMPAT)


def test_conda_is_left() -> None:
    text = "dependencies:\n  - plumpy=0.15.1\n  - kiwipy=0.5.5\n"
    new, findings = run("environment.yml", text, COMPAT)
    assert new == text
    assert codes(findings, Outcome.LEFT) == ["DEP108", "DEP108"]


INSTEAD: Dict[str, Tuple[str, str, str]] = {
    "requirements": ("requirements.txt", "numpy\ntornado<5.0  # loop\nsix\n", "numpy\nplumpy-compat  # loop\nsix\n"),
    "setup.py": (
        "setup.py",
        "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5', 'six'])\n",
        "from setuptools import setup\nsetup(name='x', install_requires=['plumpy-compat', 'six'])\n",
    ),
    "twice": (
        "setup.cfg",
        "[options]\ninstall_requires =\n    tornado<5.0\n[options.extras_require]\ntest =\n    tornado\n    pytest\n",
        "[options]\ninstall_requires =\n    plumpy-compat\n[options.extras_require]\ntest =\n    pytest\n",
    ),
}


@pytest.mark.parametrize("case", INSTEAD.values(), ids=list(INSTEAD))
def test_plumpy_compat_takes_tornados_place(case: Tuple[str, str, str]) -> None:
    check(*case, known("plumpy_compat", before=("tornado",)))


BEHIND: Dict[str, Tuple[str, str, str]] = {
    "requirements": ("requirements.txt", "tornado<5.0  # loop\nsix\n", "tornado<5.0  # loop\nplumpy-compat\nsix\n"),
    "last line": ("requirements.txt", "six\ntornado<5.0\n", "six\ntornado<5.0\nplumpy-compat\n"),
    "setup.py": (
        "setup.py",
        "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5', 'six'])\n",
        "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5', 'plumpy-compat', 'six'])\n",
    ),
    "setup.py, alone": (
        "setup.py",
        "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5'])\n",
        "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5', 'plumpy-compat'])\n",
    ),
    "setup.py, lines": (
        "setup.py",
        "from setuptools import setup\nsetup(\n    name='x',\n    install_requires=[\n"
        "        'six',\n        'tornado<5',  # loop\n"
        "    ],\n)\n",
        "from setuptools import setup\nsetup(\n    name='x',\n    install_requires=[\n"
        "        'six',\n        'tornado<5',\n"
        "        'plumpy-compat',  # loop\n    ],\n)\n",
    ),
    "setup.json": (
        "setup.json",
        '{\n  "name": "x",\n  "install_requires": [\n    "tornado<5.0",\n    "six"\n  ]\n}\n',
        '{\n  "name": "x",\n  "install_requires": [\n    "tornado<5.0",\n    "plumpy-compat",\n    "six"\n  ]\n}\n',
    ),
    "pyproject": (
        "pyproject.toml",
        '[project]\nname = "x"\ndependencies = [\n    "tornado<5.0",\n]\n',
        '[project]\nname = "x"\ndependencies = [\n    "tornado<5.0",\n    "plumpy-compat",\n]\n',
    ),
    "pyproject, one line": (
        "pyproject.toml",
        "[project]\nname = 'x'\ndependencies = ['tornado<5.0']\n",
        "[project]\nname = 'x'\ndependencies = ['tornado<5.0', 'plumpy-compat']\n",
    ),
    "conda": (
        "environment.yml",
        "dependencies:\n  - pip:\n    - tornado<5.0  # loop\n    - six\n",
        "dependencies:\n  - pip:\n    - tornado<5.0  # loop\n    - plumpy-compat\n    - six\n",
    ),
    "setup.cfg": (
        "setup.cfg",
        "[options]\ninstall_requires =\n    tornado<5.0  # loop\n    six\n",
        "[options]\ninstall_requires =\n    tornado<5.0  # loop\n    plumpy-compat\n    six\n",
    ),
}


@pytest.mark.parametrize("case", BEHIND.values(), ids=list(BEHIND))
def test_plumpy_compat_is_added_behind_what_stays(case: Tuple[str, str, str]) -> None:
    check(*case, known("plumpy_compat", "tornado", before=("tornado",)))


def test_shim() -> None:
    shim = known("plumpy_compat", "tornado", "kiwipy", stage="shim")
    check(
        "requirements.txt",
        "tornado<5.0\nplumpy~=0.15.1\npika\nkiwipy<0.6\n",
        "tornado<5.0\nplumpy-compat\npika\nkiwipy>=0.8.4\n",
        shim,
    )


def test_plumpy_as_runtime() -> None:
    modern = known("plumpy", "plumpy_compat", runtime="plumpy")
    check(
        "requirements.txt",
        "plumpy~=0.15.1; python_version>='3'\ntornado<5.0\n",
        "plumpy>=0.22\nplumpy-compat\n",
        modern,
    )
    for fits in ("plumpy>=0.22", "plumpy", "plumpy>=0.14", "plumpy~=0.26.0", "plumpy @ git+https://x/y"):
        assert run("requirements.txt", fits + "\n", known("plumpy", runtime="plumpy"))[0] == fits + "\n"


def test_back_to_plumpy() -> None:
    final: Dict[str, Any] = {"stage": "final", "runtime": "plumpy", "before": ("plumpy_compat",)}
    check("requirements.txt", "plumpy-compat\nsix\n", "plumpy>=0.22\nsix\n", known("plumpy", **final))
    both = known("plumpy", "plumpy_compat", **final)
    check("requirements.txt", "plumpy-compat\nsix\n", "plumpy-compat\nplumpy>=0.22\nsix\n", both)


def test_pika_becomes_aio_pika() -> None:
    now = known("aio_pika", before=("kiwipy", "pika"))
    check("requirements.txt", "pika~=1.1\nsix\n", "aio-pika\nsix\n", now)
    check("requirements.txt", "pika~=1.1\ntopika<0.3\n", "aio-pika\n", now)


@pytest.mark.parametrize(
    ("text", "knowledge", "code"),
    [
        ("tornado<5\n", known("tornado"), "DEP107"),
        ("plumpy<0.16\n", known("plumpy", "plumpy_compat"), "DEP108"),
    ],
)
def test_what_is_still_imported_stays(text: str, knowledge: Knowledge, code: str) -> None:
    new, findings = run("requirements.txt", text, knowledge)
    assert text in new
    assert code in codes(findings, Outcome.NOTE)


@pytest.mark.parametrize("text", ["tornado<5\n", "plumpy<0.16\n"])
def test_part_of_a_project(text: str) -> None:
    new, findings = run("requirements.txt", text, known("plumpy_compat", complete=False))
    assert new == text
    assert codes(findings, Outcome.LEFT)


@pytest.mark.parametrize(
    "text", ["tornado\npika\nfrozendict\nnest-asyncio\n", "plumpy<0.16\nkiwipy<0.6\n", "tornado-auth\nplumpyx\n"]
)
def test_other_projects(text: str) -> None:
    assert run("requirements.txt", text, known("os", before=("os", "bokeh"))) == (text, [])


def test_poetry_is_left() -> None:
    text = '[tool.poetry.dependencies]\npython = ">=3.9"\nplumpy = "^0.15"\nkiwipy = "~0.5.1"\nnumpy = "*"\n'
    new, findings = run("pyproject.toml", text, COMPAT)
    assert new == text
    assert codes(findings, Outcome.LEFT) == ["DEP108", "DEP108"]


def test_one_list_names_plumpy_compat_once() -> None:
    check("requirements.txt", "plumpy-compat\nplumpy<0.16\ntornado<5\n", "plumpy-compat\n", COMPAT)
    check("requirements.txt", "plumpy<0.16\nplumpy<0.15; python_version<'4'\n", "plumpy-compat\n", COMPAT)


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "tornado<5; python_version>='3'\n", "tornado<5\nplumpy-compat\n"),
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5; python_version>=\"3\"'])\n",
            "from setuptools import setup\nsetup(name='x', install_requires=['tornado<5', 'plumpy-compat'])\n",
        ),
        (
            "pyproject.toml",
            "[project]\nname = 'x'\ndependencies = ['tornado<5; python_version>=\"3\"']\n",
            "[project]\nname = 'x'\ndependencies = ['tornado<5', 'plumpy-compat']\n",
        ),
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    tornado<5; python_version>='3'\n",
            "[options]\ninstall_requires =\n    tornado<5\n    plumpy-compat\n",
        ),
    ],
)
def test_with_a_marker_that_goes(path: str, before: str, after: str) -> None:
    stays = Knowledge(
        frozenset(["plumpy_compat", "tornado"]),
        (3, 9),
        True,
        lambda code: code in (*ALL, "DEP102"),
        frozenset(["tornado"]),
    )
    check(path, before, after, stays)
