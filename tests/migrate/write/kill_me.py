"""Replaces all files of a folder, or undoes that; kills itself at a given system call."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from codemods.journal import Journal, run_root, undo
from codemods.write import Change, write_all


def kill_at(count: int) -> None:
    """Make the given call of those that reach the disk the last one; 0 for none."""
    calls = [0]

    def wrap(name: str) -> None:
        real = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            calls[0] += 1
            if calls[0] == count:
                if name == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        setattr(os, name, call)

    for name in ("write", "fsync", "replace", "mkdir"):
        wrap(name)


def main() -> None:
    action, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    changes = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.startswith("."):
            with open(path, "rb") as file:
                before = file.read()
            changes.append(Change(name, path, before, before.replace(b"old", b"NEW")))
    kill_at(count)
    print("ready", flush=True)
    if action == "undo":
        undo(run_root([folder]))
    else:
        write_all(changes, Journal.create(run_root([folder]), changes))


main()
