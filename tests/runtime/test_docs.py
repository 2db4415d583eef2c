"""What the documentation says of tests is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Tuple

import pytest

ROOT = Path(__file__).parents[2]


def named_tests() -> List[Tuple[str, str]]:
    """The tests that docs/differences.md names, with their files."""
    found = []
    for row in (ROOT / "docs/differences.md").read_text().splitlines():
        cells = row.split("|")
        if len(cells) != 5 or cells[1].strip() in ("in plumpy", "---"):
            continue
        for part in cells[3].split(";"):
            module, _, names = part.strip().partition(":")
            found += [(module, name) for name in re.findall(r"`(\w+)`", names)] or [(module, "")]
    return found


def test_every_row_of_the_differences_names_tests() -> None:
    assert len(named_tests()) > 80
    assert all(name for _, name in named_tests())


@pytest.mark.parametrize(("module", "name"), named_tests())
def test_the_test_is_there(module: str, name: str) -> None:
    folder, _, file = module.rpartition("/")
    source = (ROOT / f"tests/{folder or 'runtime'}/test_{file}.py").read_text()
    assert re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert links
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []
