"""Ignore files and exclude patterns, compared with git where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, List

import pytest
from hypothesis import given, settings, strategies as st

from codemods.discover import DiscoverError, discover

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git program")


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(files: Dict[str, str]) -> None:
    for name, content in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content.encode())


def find(path: str = ".", *exclude: str) -> List[str]:
    return [found.path for found in discover([path], exclude).files]


FILES = ["a.py", "keep.py", "sub/a.py", "sub/deep/a.py", "sub/deep/keep.py", "gen/a.py", "gen/sub/keep.py"]


def git_finds(folder: str) -> List[str]:
    subprocess.run(["git", "init", "-q", folder], check=True)
    command = ["git", "-C", folder, "-c", "core.excludesFile=", "ls-files", "-z", "-o", "--exclude-standard", "*.py"]
    listing = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return sorted(name for name in os.fsdecode(listing).split("\0") if name)


CASES = [
    ({"": "a.py\n"}),
    ({"": "/a.py\n"}),
    ({"": "*.py\n!keep.py\n"}),
    ({"": "gen/\n!gen/sub/keep.py\n"}),
    ({"": "gen/*\n!gen/sub/\n"}),
    ({"": "*\n!*/\n!*.py\n"}),
    ({"": "*\n!*/\n!keep.py\n"}),
    ({"": "/*\n!/sub/\n"}),
    ({"": "sub/**/a.py\n"}),
    ({"": "**/deep\n"}),
    ({"": "# a.py\n\n   \nkeep.py   \n"}),
    ({"": "a.py\r\ngen/\r\n"}),
    ({"": "\ufeffa.py\n"}),
    ({"": "!\n\\\na.py"}),
    ({"": "[ak]*.py\n"}),
    ({"": "sub\n", "gen": "/a.py\n"}),
    ({"": "a.py\n", "sub": "!a.py\n", "sub/deep": "a.py\n"}),
    ({"sub": "deep/\n"}),
    ({"": "*.py\n", "sub": "!*.py\n"}),
    ({"": "deep\n", "sub": "!deep\n"}),
]


@needs_git
@pytest.mark.parametrize("rules", CASES)
def test_as_git_does(rules: Dict[str, str]) -> None:
    make(dict.fromkeys(FILES, ""))
    make({os.path.join(folder, ".gitignore"): text for folder, text in rules.items()})
    expected = git_finds(".")
    assert find() == expected


PATTERNS = ["a.py", "keep.py", "/a.py", "*.py", "sub", "sub/", "/sub/", "gen/*", "/gen/*", "deep/", "sub/deep"]
PATTERNS += ["**/deep/", "sub/**", "*/a.py", "gen/**/keep.py", "*", "/*"]


@needs_git
@settings(max_examples=15, deadline=None)
@given(
    above=st.lists(st.sampled_from(PATTERNS), max_size=4),
    below=st.lists(st.sampled_from(PATTERNS), max_size=2),
)
def test_as_git_does_for_any_patterns_without_negation(above: List[str], below: List[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        make({os.path.join(folder, name): "" for name in FILES})
        make({os.path.join(folder, ".gitignore"): "\n".join(above)})
        make({os.path.join(folder, "sub", ".gitignore"): "\n".join(below)})
        expected = git_finds(folder)
        assert [os.path.relpath(path, folder) for path in find(folder)] == expected


def test_parents_count_up_to_the_git_root() -> None:
    make({".gitignore": "b.py\n", "repo/.gitignore": "a.py\n", "repo/pkg/a.py": "", "repo/pkg/b.py": ""})
    assert find("repo/pkg") == ["repo/pkg/a.py", "repo/pkg/b.py"]
    os.mkdir("repo/.git")
    assert find("repo/pkg") == ["repo/pkg/b.py"]


def test_no_git_is_needed_inside_the_path() -> None:
    make({".gitignore": "a.py\n", "a.py": "", "sub/.gitignore": "b.py\n", "sub/b.py": "", "sub/c.py": ""})
    assert find() == ["sub/c.py"]


@pytest.mark.parametrize("path", ["gen", "gen/sub"])
def test_a_given_folder_is_visited_though_ignored_from_above(path: str) -> None:
    make({".gitignore": "gen/\n", "gen/sub/a.py": "", ".git/HEAD": ""})
    assert find() == []
    assert find(path) == ["gen/sub/a.py"]


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        (["b.py"], ["pkg/a.py", "pkg/sub/a.py"]),
        (["/a.py"], ["pkg/b.py", "pkg/sub/a.py"]),
        (["sub/"], ["pkg/a.py", "pkg/b.py"]),
        (["*.py", "!a.py"], ["pkg/a.py", "pkg/sub/a.py"]),
        (["pkg/a.py"], ["pkg/a.py", "pkg/b.py", "pkg/sub/a.py"]),
        (["# comment", ""], ["pkg/a.py", "pkg/b.py", "pkg/sub/a.py"]),
    ],
)
def test_exclude(exclude: List[str], expected: List[str]) -> None:
    make({"pkg/a.py": "", "pkg/b.py": "", "pkg/sub/a.py": ""})
    assert find("pkg", *exclude) == expected


def test_exclude_is_stronger_than_ignore_files_and_is_relative_to_each_root() -> None:
    make({".gitignore": "!a.py\n", "x/a.py": "", "y/a.py": "", "y/sub/a.py": ""})
    assert [found.path for found in discover(["x", "y"], ["/a.py"]).files] == ["y/sub/a.py"]


def test_exclude_pattern_that_means_nothing() -> None:
    with pytest.raises(DiscoverError, match="exclude pattern"):
        discover(["."], ["!"])


def test_unreadable_ignore_file_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    make({".gitignore": "a.py\n", "a.py": ""})

    def refuse(*args: object, **options: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    result = discover(["."])
    assert [found.path for found in result.files] == ["a.py"]
    assert "cannot be read" in result.passed_over[0].finding.message


def test_linked_ignore_files_do_not_count() -> None:
    make({"rules": "a.py\n", "a.py": ""})
    os.symlink("rules", ".gitignore")
    assert find() == ["a.py"]
