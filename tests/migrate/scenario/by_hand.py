"""What is edited by hand in plumpy 0.15.2 once it was migrated: what `plumpy-migrate` leaves, and no more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import List, NamedTuple

STAND_INS = Path(__file__).resolve().with_name("stand_ins.py")


class HandEdit(NamedTuple):
    """A place that the tool leaves, and what takes its place there.

    :param file: relative to the folder of the packages.
    :param why: the finding that asks for it.
    """

    file: str
    why: str
    pattern: str
    replacement: str


EDITS = (
    HandEdit("plumpy/futures.py", "TOR901", r"^from tornado import concurrent$", "import stand_ins"),
    HandEdit("plumpy/futures.py", "TOR212", r"\(concurrent\.Future\):", "(stand_ins.Future):"),
    HandEdit("plumpy/processes.py", "TOR901", r"^import tornado\.stack_context$", "import stand_ins"),
    HandEdit("plumpy/processes.py", "TOR207", r"_process_stack\(\)\.append\(self\)", "token = stand_ins.push(self)"),
    HandEdit("plumpy/processes.py", "TOR207", r"_process_stack\(\)\.pop\(\)", "stand_ins.STACK.reset(token)"),
    HandEdit("plumpy/processes.py", "TOR207", r"(?<!def )_process_stack\(\)", "stand_ins.STACK.get()"),
    HandEdit(
        "plumpy/processes.py",
        "TOR207",
        r"( +)result = await aio\.as_awaitable\(tornado\.stack_context\.run_with_stack_context\(\s+"
        r"tornado\.stack_context\.StackContext\((.+?)\), functools\.partial\((\w+), (.+?)\)\s+\)\)$",
        r"\1with \2():\n\1    result = await \3(\4)",
    ),
)


def finish(packages: Path) -> List[str]:
    """Make the edits in a folder of migrated packages; give a line for each."""
    lines = []
    for edit in EDITS:
        path = packages / edit.file
        text, count = re.subn(edit.pattern, edit.replacement, path.read_text(), flags=re.MULTILINE)
        if count:
            path.write_text(text)
            lines.append(f"by hand: {edit.file}, for {edit.why}: {edit.replacement!r}")
    if lines:
        shutil.copy(STAND_INS, packages)
    return lines
