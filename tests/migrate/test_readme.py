"""What the README shows is what the command prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
