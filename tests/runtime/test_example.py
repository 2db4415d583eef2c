"""The README tells what the example prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_example_prints_what_the_readme_shows() -> None:
    shown = re.search(r"\$ python docs/example-runtime/tea\.py\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown is not None
    program = [sys.executable, "docs/example-runtime/tea.py"]
    ran = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == shown.group(1)
    assert ran.stderr == ""
