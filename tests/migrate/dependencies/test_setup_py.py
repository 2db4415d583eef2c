"""``setup.py``."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codemods.findings import Outcome
from codemods.rules.dependencies.setup_py import migrate_setup_py
from tests.migrate.dependencies.helpers import check, codes, knowledge, run

LISTS = [
    ("['six']", "[]"),
    ("['six', 'numpy']", "['numpy']"),
    ("['numpy', 'six']", "['numpy']"),
    ("['numpy', 'six', ]", "['numpy', ]"),
    ("[ 'a', u'six', 'b' ]", "[ 'a', 'b' ]"),
    (
        "[\n    'six',  # goes\n    # about numpy\n    'numpy',  # stays\n]",
        "[\n    # about numpy\n    'numpy',  # stays\n]",
    ),
    ("[\n    'numpy',  # stays\n    'six'  # goes\n]", "[\n    'numpy'  # stays\n]"),
    ("[\n    'numpy',\n    'six',\n]", "[\n    'numpy',\n]"),
    ("[\n    'numpy', 'six',\n    'mock', 'scipy'\n]", "[\n    'numpy',\n    'scipy'\n]"),
    ("[\n    # none\n    'six',\n]", "[\n    # none\n]"),
    ("[\n    'six',\n]", "[]"),
    ("('six', 'mock', 'numpy')", "('numpy',)"),
    ("{'six', 'numpy', 'scipy'}", "{'numpy', 'scipy'}"),
    ("['numpy'] + ['six']", "['numpy'] + []"),
    ("list(['numpy', 'six'])", "list(['numpy'])"),
    ("['a; python_version < \"3\"', \"b ; python_version >= '3'\"]", '["b"]'),
    ("[read('six'), 'six']", "[read('six')]"),
]


@pytest.mark.parametrize(("before", "after"), LISTS)
@pytest.mark.parametrize(
    "around",
    [
        "from setuptools import setup\nsetup(python_requires='>=3.9', install_requires={})\n",
        "import setuptools\nREQUIRED = {}\nsetuptools.setup(python_requires='>=3.9', install_requires=REQUIRED)\n",
        "from setuptools import setup\nGIVEN = dict(python_requires='>=3.9', tests_require={})\nsetup(**GIVEN)\n",
        "from setuptools import setup\nsetup(python_requires='>=3.9', extras_require={{'dev': {}}})\n",
    ],
)
def test_lists(around: str, before: str, after: str) -> None:
    check("setup.py", around.format(before), around.format(after), knowledge())


def test_names_appended_to_and_stored_in() -> None:
    before = """\
        from setuptools import setup
        install_requires = ['é', 'six']
        install_requires += ['six', 'a']
        extras_require = {':python_version<"3"': ['b'], 'x': ['six', 'c']}
        extras_require['all'] = ['d', 'six']
        PYTHON = ">=2.7"
        other = ['six']
        setup(name='x', install_requires=install_requires, extras_require=extras_require, python_requires=PYTHON)
        """
    after = """\
        from setuptools import setup
        install_requires = ['é']
        install_requires += ['a']
        extras_require = {':python_version<"3"': [], 'x': ['c']}
        extras_require['all'] = ['d']
        PYTHON = ">=3.9"
        other = ['six']
        setup(name='x', install_requires=install_requires, extras_require=extras_require, python_requires=PYTHON)
        """
    check("setup.py", before, after, knowledge())


@pytest.mark.parametrize(
    "value",
    [
        "('six',)",
        "'six', 'numpy', 'scipy'",
        "['six' '>=1', 'numpy']",
        "'''\nsix\nnumpy\n'''.split()",
        "'six'",
    ],
)
def test_left_for_a_human(value: str) -> None:
    text = f"from setuptools import setup\ninstall_requires = {value}\nsetup(**globals())\n"
    new, findings = run("setup.py", text, knowledge())
    assert new == text
    assert codes(findings, Outcome.LEFT) == ["DEP101"]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("use_2to3=True", 1),
        ("use_2to3=sys.version_info >= (3,)", 1),
        ("use_2to3=False", 0),
        ("**{'use_2to3': True}", 1),
        ("options={'bdist_wheel': {'universal': True}}", 1),
        ("options=dict(bdist_wheel=dict(universal='1'))", 1),
        ("options={'bdist_wheel': {'universal': 0}}", 0),
        ("options={'bdist_rpm': {'universal': 1}}", 0),
    ],
)
def test_builds_for_python_2_are_left_for_a_human(given: str, left: int) -> None:
    text = f"from setuptools import setup\nsetup(python_requires='>=3.9', {given})\n"
    new, findings = run("setup.py", text, knowledge())
    assert (new, codes(findings, Outcome.LEFT)) == (text, ["DEP103"] * left)
    assert all(one.line == 2 and one.advice for one in findings)


def test_one_classifier_stays() -> None:
    text = "setup(python_requires='>=3.9', classifiers=[{}'Framework :: AiiDA'])\n"
    old, new = (f"'Programming Language :: Python :: {version}', " for version in ("2.7", "3"))
    check("setup.py", text.format(old + old.replace("2.7", "3.6")), text.format(new), knowledge())
    check("setup.py", text.format(old + new), text.format(new), knowledge())


def test_a_requirement_that_is_appended_alone_is_left() -> None:
    text = "from setuptools import setup\ninstall_requires = []\ninstall_requires.append('six')\nsetup()\n"
    new, findings = migrate_setup_py(text, knowledge())
    assert new == text
    assert codes(findings, Outcome.LEFT) == ["DEP101"]


def test_a_call_that_says_nothing_about_python_is_noted() -> None:
    text = dedent(
        """\
        from setuptools import setup

        setup(name='x')
        """
    )
    findings = migrate_setup_py(text, knowledge())[1]
    assert [(each.rule, each.line, each.outcome) for each in findings] == [("DEP103", 3, Outcome.NOTE)]


@pytest.mark.parametrize("text", ["install_requires = ['six']\n", "from setuptools import setup\nsetup()\n", ""])
def test_modules_that_set_nothing_up(text: str) -> None:
    assert migrate_setup_py(text, knowledge()) == (text, [])
