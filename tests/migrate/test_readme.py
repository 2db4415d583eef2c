"""What the README shows is what the command prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.config import KEYS, load
from codemods.registry import all_rules

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ plumpy-migrate ([^\n]+)\n(.*?)```", README, re.S)


@pytest.mark.parametrize(("options", "shown"), EXAMPLES, ids=[options for options, _ in EXAMPLES])
def test_examples_are_real(options: str, shown: str) -> None:
    command = [sys.executable, "-m", "codemods", *options.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stdout + done.stderr == shown


def test_there_is_an_example() -> None:
    assert EXAMPLES


def test_the_sample_configuration_has_all_keys(tmp_path: Path) -> None:
    [table] = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "usage.md").read_text("utf-8"), re.S)
    file = tmp_path / "pyproject.toml"
    file.write_text(table)
    assert load([], str(file), known=[name for rule in all_rules() for name in (rule.family, rule.code)])
    assert re.findall(r"^([\w-]+) =", table, re.M) == list(KEYS)


def test_the_sample_rule_is_a_rule() -> None:
    text = (ROOT / "docs" / "design-migrator.md").read_text("utf-8")
    rule = (ROOT / "codemods" / "rules" / "six" / "six114_raise_from.py").read_text("utf-8")
    sample = re.findall(r"^    (.*\S)", text[text.index("    rule = Rule(") :].split("\n(from")[0], re.M)
    assert [line for line in sample if line.strip() != "..." and line.strip() not in rule] == []


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
