"""Whole files: what goes, what stays, and that everything else is as it was."""

from __future__ import annotations

import pytest

from codemods.findings import Outcome
from codemods.rules.dependencies import is_dependency_file
from tests.migrate.dependencies.helpers import check, codes, knowledge, run

CASES = {
    "requirements.txt, hashes and comments": (
        "requirements.txt",
        """\
        # six is needed by nobody
        -r base.txt
        six==1.12.0 \\
            --hash=sha256:abc \\
            --hash=sha256:def
        sixer>=1
        Mock [build]>=1 ; sys_platform == 'win32'  # why
        sphinx==1.8.5; python_version<'3'
        sphinx==2.2.0; python_version>='3.0'  # docs
        future
        """,
        """\
        # six is needed by nobody
        -r base.txt
        sixer>=1
        sphinx==2.2.0  # docs
        """,
    ),
    "setup.json": (
        "setup.json",
        """\
        {
            "name": "x",
            "python_requires": ">=2.7,<4",
            "classifiers": ["Programming Language :: Python :: 2.7", "Framework :: AiiDA"],
            "install_requires": [
                "aiida-core",
        \t"six >=1.12.0",
                "enum34; python_version<\\"3.5\\""
            ],
            "extras_require": {
                "dev" : ["pylint<2; python_version<'3'", "pylint ; python_version>='3'"],
                "py2": ["six"],
                ":python_version<'3'": ["unheard-of"]
            }
        }
        """,
        """\
        {
            "name": "x",
            "python_requires": ">=3.9,<4",
            "classifiers": ["Programming Language :: Python :: 3", "Framework :: AiiDA"],
            "install_requires": [
                "aiida-core"
            ],
            "extras_require": {
                "dev" : ["pylint"],
                "py2": [],
                ":python_version<'3'": []
            }
        }
        """,
    ),
    "setup.cfg": (
        "setup.cfg",
        """\
        [metadata]
        name = x
        classifiers =
            Programming Language :: Python :: 2.7
            # about the next
            Programming Language :: Python :: 3.9

        [options]
        python_requires = >=2.7, !=3.0.*, <4
        install_requires =
            six
        setup_requires =
            six >= 1  # for setup
            wheel

        [options.extras_require]
        test =
            mock; python_version < "3"
            pytest; python_version >= "3"
        six =
            six

        [bdist_wheel]
        universal = 1

        [tool:isort]
        known_third_party = numpy, six,scipy
        add_imports =
            from __future__ import absolute_import,
            from __future__ import annotations
        force_to_top = six

        [wheel]
        universal = 1
        """,
        """\
        [metadata]
        name = x
        classifiers =
            # about the next
            Programming Language :: Python :: 3.9

        [options]
        python_requires = >=3.9, <4
        setup_requires =
            wheel

        [options.extras_require]
        test =
            pytest
        six =

        [tool:isort]
        known_third_party = numpy, scipy
        add_imports =
            from __future__ import annotations
        """,
    ),
    "tox.ini keeps an empty deps, which would be inherited otherwise": (
        "tox.ini",
        """\
        [testenv]
        deps =
            six
            py39: mock
            pytest
            -rrequirements.txt
        [testenv:docs]
        deps = six
        commands = sphinx-build
        """,
        """\
        [testenv]
        deps =
            pytest
            -rrequirements.txt
        [testenv:docs]
        deps =
        commands = sphinx-build
        """,
    ),
    "tox.ini, on the line of the key and with comments": (
        "tox.ini",
        """\
        [testenv]
        deps = py39: six  # goes
           sphinx ; python_version>='3'  # docs
           py39: foo; python_version>='3'
        """,
        """\
        [testenv]
        deps =
           sphinx  # docs
           py39: foo
        """,
    ),
    "tox.ini, indented": ("tox.ini", "[testenv]\n  deps = six\n    numpy\n", "[testenv]\n  deps =\n    numpy\n"),
    "comments that would be values of an emptied option": (
        "setup.cfg",
        """\
        [options]
        setup_requires =
            six
        # stays
            wheel
        """,
        """\
        [options]
        setup_requires =
        # stays
            wheel
        """,
    ),
    ".pylintrc": (
        ".pylintrc",
        """\
        [VARIABLES]

        # Modules that may redefine builtins.
        redefining-builtins-modules=six.moves,past.builtins,future.builtins,builtins,io
        ignored-modules=six.moves
        """,
        """\
        [VARIABLES]

        # Modules that may redefine builtins.
        redefining-builtins-modules=builtins,io
        """,
    ),
    "pyproject.toml, PEP 621": (
        "pyproject.toml",
        """\
        [build-system]
        requires = ["setuptools", "six", "wheel"]  # to build

        [project]
        requires-python = '>=3.6'
        dependencies = [
          "six", # goes
          # stays
          'numpy; python_version >= "3"',
          "enum34"
        ]
        classifiers = [
            "Programming Language :: Python :: 3.6",
        ]

        [project.optional-dependencies]
        a = ["six"]
        """,
        """\
        [build-system]
        requires = ["setuptools", "wheel"]  # to build

        [project]
        requires-python = '>=3.9'
        dependencies = [
          # stays
          'numpy'
        ]
        classifiers = [
            "Programming Language :: Python :: 3",
        ]

        [project.optional-dependencies]
        a = []
        """,
    ),
    "pyproject.toml, tools": (
        "pyproject.toml",
        """\
        [tool.poetry.dependencies]
        python = "^2.7 || ^3.5"
        six = "^1.12"  # goes
        enum34 = {version = "*", python = "<3.4"}
        other = {version = "1", markers = "python_version < '3'"}
        numpy = "*"

        [tool.poetry.extras]
        z = ["six", "numpy"]

        [tool.isort]
        known_third_party = ["six", "numpy"]
        force_to_top = "six"
        """,
        """\
        [tool.poetry.dependencies]
        python = "^3.9"
        numpy = "*"

        [tool.poetry.extras]
        z = ["numpy"]

        [tool.isort]
        known_third_party = ["numpy"]
        """,
    ),
    "classifiers that would all go": (
        "setup.cfg",
        """\
        [metadata]
        classifiers =
            Framework :: AiiDA
            Programming Language :: Python
            Programming Language :: Python :: 2.7
            Programming Language :: Python :: 3.6
            License :: OSI Approved :: MIT License
        """,
        """\
        [metadata]
        classifiers =
            Framework :: AiiDA
            Programming Language :: Python
            Programming Language :: Python :: 3
            License :: OSI Approved :: MIT License
        """,
    ),
    "target versions of Black": (
        "pyproject.toml",
        """\
        [tool.black]
        target-version = ['py27', "py36", 'py39', 'py310']
        """,
        """\
        [tool.black]
        target-version = ['py39', 'py310']
        """,
    ),
    "environment.yml": (
        "environment.yml",
        """\
        name: x
        dependencies:
          - python=3.10
          - conda-forge::six=1.12  # goes
          # stays
          - numpy
          - pip:
            - mock
            - "enum34; python_version < '3'"
        # end
        """,
        """\
        name: x
        dependencies:
          - python=3.10
          # stays
          - numpy
        # end
        """,
    ),
    "environment.yml, nothing left for pip": (
        "environment.yml",
        """\
        dependencies:
          - numpy
          - pip
          - pip:
            - six
            - enum34
          - scipy
        """,
        """\
        dependencies:
          - numpy
          - pip
          - scipy
        """,
    ),
    "environment.yml, nothing left for pip at the end": (
        "environment.yml",
        "dependencies:\n- numpy\n- pip:\n  - six\n",
        "dependencies:\n- numpy\n",
    ),
    "environment.yml, a comment on pip": (
        "environment.yml",
        "dependencies:\n- numpy\n- pip:  # why\n  - six\n",
        "dependencies:\n- numpy\n- pip: []  # why\n",
    ),
    "environment.yml, nothing but pip": (
        "environment.yml",
        "dependencies:\n- pip:\n  - six\n",
        "dependencies:\n- pip: []\n",
    ),
    "environment.yml in one line": (
        "conda_dev_env.yml",
        "dependencies: [six, numpy, mock]\n",
        "dependencies: [numpy]\n",
    ),
    ".pre-commit-config.yaml": (
        ".pre-commit-config.yaml",
        """\
        repos:
        - repo: https://example.org/futurize
          rev: "1"
          hooks:
          - id: futurize
            args: [
             a
            ]

        # Our own.
        - repo: local
          hooks:
          - id: python-modernize
            exclude: >
              (?x)^(
                 docs/.*
              )$
            # deeper
          - id: yapf   # format

        - repo: https://example.org/modernize
          hooks:
          - id: python-modernize
        """,
        """\
        repos:
        # Our own.
        - repo: local
          hooks:
          - id: yapf   # format
        """,
    ),
    ".pre-commit-config.yaml of old, below a comment": (
        ".pre-commit-config.yaml",
        "# Hooks.\n- repo: local\n  hooks:\n  - id: futurize\n",
        "# Hooks.\n[]\n",
    ),
    "pyproject.toml, uneven arrays": (
        "pyproject.toml",
        """\
        [project]
        dependencies = [ "six",
          "a", # about a
          # about six
          "six", "b", # about b
          "enum34",
          # end
        ]
        [dependency-groups]
        dev = [{include-group = "six"}, "six", "mock; python_version<'3'"]
        [tool.distutils.bdist_wheel]
        universal = true
        [tool.ruff.lint.isort]
        required-imports = ["from __future__ import annotations", "from __future__ import division"]
        """,
        """\
        [project]
        dependencies = [
          "a", # about a
          # about six
          "b", # about b
          # end
        ]
        [dependency-groups]
        dev = [{include-group = "six"}]
        [tool.distutils.bdist_wheel]
        [tool.ruff.lint.isort]
        required-imports = ["from __future__ import annotations"]
        """,
    ),
    "setup.json, uneven lists": (
        "setup.json",
        """\
        {"install_requires": ["six","a"
          ,"mock","b"],"extras_require":{"t":[ "six" ],"u":["a",
           "six", "b"]}}
        """,
        """\
        {"install_requires": ["a"
          ,"b"],"extras_require":{"t":[],"u":["a",
           "b"]}}
        """,
    ),
    ".pre-commit-config.yaml of old": (
        ".pre-commit-config.yaml",
        """\
        - repo: local
          hooks:
            - id: python-modernize
              name: modernize
        """,
        "[]\n",
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_files(case: str) -> None:
    path, before, after = CASES[case]
    check(path, before, after, knowledge("os", "numpy"))


@pytest.mark.parametrize("case", sorted(CASES))
def test_nothing_changes_when_no_rule_is_selected(case: str) -> None:
    path, before, _ = CASES[case]
    known = knowledge("os", only=("XYZ",))
    new, findings = run(path, before, known)
    assert new == run(path, new, known)[0]
    assert findings == []
    check(path, before, before, known)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("setup.json", '{\n "a": 1\n "b": 2}\n', 3),
        ("pyproject.toml", "[a]\nb = \n", 2),
        ("setup.cfg", "a = b\n", 1),
        ("setup.cfg", "[a]\nb = 1\nb = 2\n", 3),
        ("setup.cfg", "[a]\nb\n  c\n", 2),
        ("environment.yml", "a: [\n", 2),
        ("environment.yml", "dependencies: [six]\ndependencies: [six]\n", 2),
        ("setup.json", '{"install_requires": ["six"], "install_requires": []}\n', 0),
        ("setup.py", "import os\nprint 'six'\n", 2),
    ],
)
def test_files_that_cannot_be_parsed_are_left(path: str, text: str, line: int) -> None:
    new, findings = run(path, text, knowledge())
    assert new == text
    assert [(each.rule, each.line, each.outcome) for each in findings] == [("PM001", line, Outcome.LEFT)]


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("requirements.txt", "-e git+https://example.org/six#egg=six\n", "DEP101"),
        ("requirements.txt", "# This file is autogenerated by pip-compile\nsix==1.12\n    # via foo\n", "DEP101"),
        ("requirements.txt", "six==one two\n", "DEP101"),
        ("setup.cfg", "[options]\ninstall_requires = six; numpy\n", "DEP101"),
        ("setup.cfg", "[mypy-six.*]\nignore_missing_imports = True\n", "DEP105"),
        ("setup.cfg", "[isort]\nadd_imports = import os; from __future__ import division\n", "DEP105"),
        ("pyproject.toml", '[tool.pylint.variables]\nredefining-builtins-modules = "six.moves,io"\n', "DEP105"),
        ("pyproject.toml", '[[tool.mypy.overrides]]\nmodule = ["six.*"]\n', "DEP105"),
        ("pyproject.toml", '[tool.poetry.dependencies.six]\nversion = "1"\n', "DEP101"),
        ("pyproject.toml", '[tool.poetry]\ndependencies = {six = "1", numpy = "1"}\n', "DEP101"),
        ("pyproject.toml", '[project]\nrequires-python = "<3.8"\n', "DEP103"),
        (".pre-commit-config.yaml", "repos: [{repo: local, hooks: [{id: futurize}]}]\n", "DEP104"),
        (".pre-commit-config.yaml", "- repo: a\n  hooks:\n  - id: futurize\n  -\n   id: yapf\n", "DEP104"),
        ("tox.ini", "[tox]\nenvlist = py27\n", "DEP106"),
        ("tox.ini", "[testenv:py27]\ndeps = pytest\n", "DEP106"),
        (".travis.yml", "python:\n- 2.7\n", "DEP106"),
        (".github/workflows/ci.yml", "jobs: {a: {strategy: {matrix: {python-version: [3.6]}}}}\n", "DEP106"),
        ("environment.yml", "dependencies:\n- python=2.7\n", "DEP106"),
        ("pyproject.toml", "[tool.black]\ntarget-version = ['py27', 'py37']\n", "DEP103"),
    ],
)
def test_left_for_a_human(path: str, text: str, rule: str) -> None:
    new, findings = run(path, text, knowledge())
    assert new == text
    assert codes(findings, Outcome.LEFT) == [rule]
    assert all(each.line > 0 for each in findings)


def test_findings_say_where() -> None:
    text = '{"name": "x", "python_requires": ">=3.9",\n "install_requires": ["numpy", "six"]}\n'
    findings = run("setup.json", text, knowledge())[1]
    assert [(each.rule, each.line, each.column, each.outcome) for each in findings] == [
        ("DEP101", 2, 32, Outcome.REWRITTEN)
    ]


def test_what_is_still_imported_is_noted() -> None:
    new, findings = run("requirements.txt", "six\nmock\n", knowledge("six"))
    assert new == "six\n"
    assert codes(findings, Outcome.NOTE) == ["DEP101"]


def test_a_part_of_the_project_is_no_ground_to_remove_anything() -> None:
    text = "six\nenum34\nfutures; python_version < '3'\n"
    new, findings = run("requirements.txt", text, knowledge(complete=False))
    assert new == "six\nenum34\n"
    assert codes(findings, Outcome.LEFT) == ["DEP101", "DEP101"]


@pytest.mark.parametrize(
    ("path", "yes"),
    [
        ("setup.py", True),
        ("a/b/setup.json", True),
        ("docs/requirements_for_rtd.txt", True),
        ("requirements/dev.in", True),
        ("conda_dev_env.yml", True),
        ("environment-py3.yaml", True),
        (".pre-commit-config.yaml", True),
        ("README.txt", False),
        ("envelope.yml", False),
        ("notes.yml", False),
    ],
)
def test_which_files(path: str, yes: bool) -> None:
    assert is_dependency_file(path) is yes
