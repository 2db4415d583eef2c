"""The rules under LibCST's own runner."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodContext, TransformSuccess, transform_module

from codemods.libcst_command import MigrateCommand

BEFORE = "from __future__ import print_function\nimport six\n\nisinstance(x, six.text_type)\nsuper(A, self).f()\n"
AFTER = "isinstance(x, str)\nsuper(A, self).f()\n"


def test_the_command_transforms_and_warns() -> None:
    result = transform_module(MigrateCommand(CodemodContext(filename="a.py")), BEFORE)
    assert isinstance(result, TransformSuccess)
    assert result.code == AFTER
    assert any("PY204" in warning for warning in result.warning_messages)


def test_rules_can_be_chosen() -> None:
    command = MigrateCommand(CodemodContext(filename="a.py"), rules="FUT101")
    assert command.transform_module(cst.parse_module(BEFORE)).code == BEFORE.split("\n", 1)[1]


def test_under_the_runner(tmp_path: Path) -> None:
    file = tmp_path / "old.py"
    file.write_text(BEFORE)
    command = [sys.executable, "-m", "libcst.tool", "codemod", "--no-format", "--hide-progress", "-j1"]
    subprocess.run(
        [*command, "-x", "codemods.libcst_command.MigrateCommand", str(file)],
        check=True,
        capture_output=True,
        cwd=Path.cwd(),
    )
    assert file.read_text() == AFTER
