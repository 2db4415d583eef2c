"""What is found below a path, and what is passed over."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Dict, List, Sequence, Union

import pytest

from codemods import discover as discover_module
from codemods.discover import _NEVER_ENTERED, DEPENDENCY, PYTHON, DiscoverError, Discovery, discover
from codemods.findings import Outcome

Content = Union[str, bytes]


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(files: Dict[str, Content]) -> None:
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def make_empty(*names: str) -> None:
    make(dict.fromkeys(names, ""))


def shown(result: Discovery) -> List[str]:
    return [found.path for found in result.files]


def find(*paths: str, exclude: Sequence[str] = ()) -> List[str]:
    return shown(discover(paths or ["."], exclude))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.py", "", PYTHON),
        ("a.pyi", "", PYTHON),
        ("setup.py", "", PYTHON),
        ("a.pyc", "", None),
        ("a.txt", "", None),
        ("README", "python\n", None),
        ("empty", "", None),
        ("run", "#!/usr/bin/env python\n", PYTHON),
        ("run", "#! /usr/bin/python2.7 -u\n", PYTHON),
        ("run", "#!/usr/bin/env -S python3 -E\n", PYTHON),
        ("run", "#!/usr/bin/pypy3\r\n", PYTHON),
        ("run", "#!/bin/sh\n# python\n", None),
        ("run", "#!/usr/bin/ipythonic\n", None),
        ("run", b"\x7fELF\x00python", None),
        ("run.sh", "#!/usr/bin/env python\n", None),
        (".hidden", "#!/usr/bin/env python\n", None),
        ("setup.cfg", "", DEPENDENCY),
        ("setup.json", "", DEPENDENCY),
        ("pyproject.toml", "", DEPENDENCY),
        ("requirements.txt", "", DEPENDENCY),
        ("requirements-dev.txt", "", DEPENDENCY),
        ("requirements.in", "", DEPENDENCY),
        ("requirements/base.txt", "", DEPENDENCY),
        ("requirements/base.in", "", DEPENDENCY),
        ("other/base.txt", "", None),
        ("environment.yml", "", DEPENDENCY),
        ("environment-dev.yaml", "", DEPENDENCY),
        ("conda-dev-env.yml", "", DEPENDENCY),
        ("other.yml", "", None),
        ("tox.ini", "", DEPENDENCY),
        ("pytest.ini", "", None),
        (".pre-commit-config.yaml", "", DEPENDENCY),
        (".pylintrc", "", DEPENDENCY),
        ("pylintrc", "", DEPENDENCY),
        (".isort.cfg", "", DEPENDENCY),
        ("MANIFEST.in", "", None),
    ],
)
def test_kinds(name: str, content: Content, kind: object) -> None:
    make({name: content})
    assert [found.kind for found in discover(["."]).files] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["."], ["a.py", "pkg/b.py"]),
        (["./"], ["a.py", "pkg/b.py"]),
        (["pkg"], ["pkg/b.py"]),
        (["pkg/"], ["pkg/b.py"]),
        (["./pkg"], ["pkg/b.py"]),
        (["pkg/../pkg"], ["pkg/../pkg/b.py"]),
        (["a.py"], ["a.py"]),
        (["a.py", "./a.py", "a.py"], ["a.py"]),
        ([".", "pkg", "a.py"], ["a.py", "pkg/b.py"]),
        (["pkg", "."], ["a.py", "pkg/b.py"]),
    ],
)
def test_paths_are_shown_as_given_and_merged(given: List[str], expected: List[str]) -> None:
    make_empty("a.py", "pkg/b.py")
    result = discover(given)
    assert shown(result) == expected
    assert [found.absolute for found in result.files] == [os.path.realpath(path) for path in expected]
    assert len(result.roots) == len({os.path.realpath(path) for path in given})


def test_absolute_paths_stay_absolute(tmp_path: Path) -> None:
    make_empty("a.py")
    assert find(str(tmp_path)) == [str(tmp_path / "a.py")]


def test_given_files_are_always_taken() -> None:
    make({".gitignore": "*.py\nbuild/\n", "a.py": "", "odd.wsgi": "", "build/x.py": "", "versioneer.py": VERSIONEER})
    names = ["a.py", "build/x.py", "odd.wsgi", "versioneer.py"]
    assert find(*names) == names
    assert discover(["odd.wsgi"]).files[0].kind == PYTHON


@pytest.mark.parametrize("path", ["missing", "missing/a.py", "a.py/b.py"])
def test_missing_path(path: str) -> None:
    make_empty("a.py")
    with pytest.raises(DiscoverError, match=path):
        discover(["a.py", path])


def test_nothing_found() -> None:
    assert discover(["."]).files == []


@pytest.mark.parametrize(
    "folder",
    sorted({*_NEVER_ENTERED, "x.egg-info", "build", "dist"}),
)
def test_folders_left_out(folder: str) -> None:
    make_empty(f"{folder}/a.py", f"sub/{folder}/deep/a.py", "b.py")
    assert find() == ["b.py"]
    assert find(folder) == [f"{folder}/a.py"]


def test_folders_that_look_left_out_but_are_not() -> None:
    make_empty("build/__init__.py", "build/a.py", "venv/a.py", "foo.py/inner.py", "distance/a.py")
    assert find() == ["build/__init__.py", "build/a.py", "distance/a.py", "foo.py/inner.py", "venv/a.py"]


def test_virtual_environments_are_left_out_by_their_marker() -> None:
    make_empty("venv/pyvenv.cfg", "venv/a.py", "py38/pyvenv.cfg", "py38/lib/a.py", "b.py")
    assert find() == ["b.py"]


VERSIONEER = "# Version: 0.18\n\n" + '"""The Versioneer - like a rocketeer, but for versions.\n"""\n'
GENERATED = "\n# This file is released into the public domain. Generated by\n# versioneer-0.18 (https://example.org)\n"


def test_versioneer_is_passed_over_by_content() -> None:
    make({"versioneer.py": VERSIONEER, "pkg/_version.py": GENERATED, "own/_version.py": "__version__ = '1'\n"})
    make({"own/versioneer.py": "x = 1\n", "sdist/_version.py": "# This file was generated by 'versioneer.py' (0.18)\n"})
    result = discover(["."])
    assert shown(result) == ["own/_version.py", "own/versioneer.py"]
    assert [item.path for item in result.passed_over] == ["pkg/_version.py", "sdist/_version.py", "versioneer.py"]
    assert {item.finding.outcome for item in result.passed_over} == {Outcome.NOTE}


def test_odd_names() -> None:
    names = ["a b.py", "é.py", "new\nline.py", "-x.py", "#a.py"]
    make_empty(*names)
    assert find() == sorted(names)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_undecodable_names() -> None:
    for name in (b"caf\xe9.py", b"skip\xff.py"):
        with open(name, "wb"):
            pass
    with open(".gitignore", "wb") as file:
        file.write(b"skip\xff.py\n")
    assert find() == ["caf\udce9.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_special_files() -> None:
    os.mkfifo("pipe.py")
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("sock.py")
        assert find() == []
    with pytest.raises(DiscoverError, match="neither a file nor a folder"):
        discover(["pipe.py"])


class TestLinks:
    def test_folder_links_are_not_followed(self, tmp_path: Path) -> None:
        make_empty("tree/a.py", "outside/b.py")
        os.symlink(".", "tree/loop")
        os.symlink(str(tmp_path / "outside"), "tree/out")
        os.symlink("../tree", "tree/up.py")
        result = discover(["tree"])
        assert shown(result) == ["tree/a.py"]
        assert result.passed_over == []

    def test_a_given_folder_link_is_followed(self, tmp_path: Path) -> None:
        make_empty("tree/a.py")
        os.symlink("tree", "link")
        result = discover(["link", "tree"])
        assert shown(result) == ["link/a.py"]
        assert result.files[0].absolute == str((tmp_path / "tree/a.py").resolve())

    def test_link_to_a_file_inside(self) -> None:
        make_empty("tree/a.py", "other/c.py")
        os.symlink("a.py", "tree/b.py")
        os.symlink("../other/c.py", "tree/c.py")
        result = discover(["tree", "other"])
        assert shown(result) == ["other/c.py", "tree/a.py"]
        assert result.passed_over == []

    def test_link_to_a_file_outside(self) -> None:
        make_empty("tree/a.py", "outside.py")
        os.symlink("../outside.py", "tree/out.py")
        result = discover(["tree"])
        assert shown(result) == ["tree/a.py"]
        assert [(item.path, item.finding.rule) for item in result.passed_over] == [("tree/out.py", "PM012")]
        assert "outside.py" in result.passed_over[0].finding.message

    @pytest.mark.parametrize("target", ["nowhere.py", "a.py"])
    def test_link_that_leads_nowhere(self, target: str) -> None:
        os.mkdir("tree")
        os.symlink(target, "tree/a.py")
        for given in ("tree", "tree/a.py"):
            result = discover([given])
            assert result.files == []
            assert [(item.path, item.finding.rule) for item in result.passed_over] == [("tree/a.py", "PM013")]
            assert result.passed_over[0].finding.outcome is (Outcome.NOTE if given == "tree" else Outcome.ERROR)

    def test_a_given_file_link_is_not_followed(self) -> None:
        make_empty("a.py")
        os.symlink("a.py", "link.py")
        result = discover(["link.py"])
        assert result.files == []
        assert [(item.finding.rule, item.finding.outcome) for item in result.passed_over] == [("PM012", Outcome.ERROR)]
        assert result.passed_over[0].finding.advice == f"name the file itself: {os.path.realpath('a.py')}"
        assert discover(["link.py", "a.py"]).passed_over == []
        assert find("link.py", "a.py") == ["a.py"]

    def test_ignored_links_are_not_reported(self) -> None:
        make({".gitignore": "a.py\n"})
        os.symlink("nowhere", "a.py")
        assert discover(["."]).passed_over == []


class TestUnreadable:
    def test_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make_empty("a.py", "closed/b.py")
        scandir = os.scandir

        def refuse(path: str) -> object:
            if path.endswith("closed"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(discover_module.os, "scandir", refuse)
        result = discover(["."])
        assert shown(result) == ["a.py"]
        assert [(item.path, item.finding.outcome) for item in result.passed_over] == [("closed", Outcome.ERROR)]

    def test_file_that_may_be_a_script(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make_empty("a.py", "script")

        def refuse(*args: object, **options: object) -> object:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", refuse)
        result = discover(["."])
        assert shown(result) == ["a.py"]
        assert [item.path for item in result.passed_over] == ["script"]


def test_order_does_not_depend_on_the_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    make_empty("b.py", "a/z.py", "a.py", "a/b/c.py", "Z.py")
    expected = find()
    scandir = os.scandir

    class Reversed:
        def __init__(self, path: str) -> None:
            with scandir(path) as listing:
                self.entries = list(listing)[::-1]

        def __enter__(self) -> List[object]:
            return list(self.entries)

        def __exit__(self, *error: object) -> None:
            pass

    monkeypatch.setattr(discover_module.os, "scandir", Reversed)
    assert find() == expected == sorted(expected)


def test_pathspec_is_not_imported_without_need() -> None:
    import subprocess

    make_empty("a.py")
    code = "import sys; from codemods.discover import discover; discover(['.']); sys.exit('pathspec' in sys.modules)"
    root = str(Path(discover_module.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
