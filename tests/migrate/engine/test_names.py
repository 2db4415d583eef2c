"""The dotted names of modules, from where their files lie."""

from __future__ import annotations

import pytest

from codemods.names import module_names

FILES = [
    "/p/setup.py",
    "/p/pkg/__init__.py",
    "/p/pkg/a.py",
    "/p/pkg/sub/__init__.py",
    "/p/pkg/sub/b.pyi",
    "/p/pkg/no/c.py",
]
NAMES = {
    "/p/setup.py": "setup",
    "/p/pkg/__init__.py": "pkg",
    "/p/pkg/a.py": "pkg.a",
    "/p/pkg/sub/__init__.py": "pkg.sub",
    "/p/pkg/sub/b.pyi": "pkg.sub.b",
    "/p/pkg/no/c.py": "c",
}


@pytest.mark.parametrize("path", FILES)
def test_packages_are_folders_with_init(path: str) -> None:
    assert module_names(FILES)[path] == NAMES[path]


def test_the_order_does_not_matter() -> None:
    assert module_names(reversed(FILES)) == module_names(FILES)
