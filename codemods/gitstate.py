"""What git knows about the paths of a run: their work tree, and what isn't committed yet."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence

_CHUNK = 500
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class GitState:
    """What git said.

    :param changes: paths with uncommitted changes (untracked ones too), relative to the current
        folder; ``None`` if it isn't known.
    :param note: why it isn't known; empty if it is, or if no path lies in a work tree.
    """

    changes: Optional[List[str]]
    note: str = ""


def git_root(folder: str) -> Optional[str]:
    """Find the work tree that an absolute path lies in: the nearest folder with a ``.git``."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def git_state(paths: Sequence[str]) -> GitState:
    """Ask git for the uncommitted changes below some paths."""
    by_root: Dict[str, List[str]] = {}
    for path in paths:
        real = os.path.realpath(path)
        root = git_root(real)
        if root is not None:
            by_root.setdefault(root, []).append(real)
    if not by_root:
        return GitState(None)
    changes: List[str] = []
    for root, inside in sorted(by_root.items()):
        for start in range(0, len(inside), _CHUNK):
            state = _status(root, inside[start : start + _CHUNK])
            if state.changes is None:
                return state
            changes += state.changes
    return GitState(sorted(set(changes)))


def _status(root: str, paths: Sequence[str]) -> GitState:
    import subprocess

    command = ["git", "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false"]
    command += ["status", "--porcelain", "-z", "--", *paths]
    # We found the work tree ourselves; inside a git hook these two speak of another one.
    environment = {name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")}
    environment["LC_ALL"] = "C"
    try:
        answer = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        return GitState(None, "there is no git program, so uncommitted changes are not known")
    except (OSError, subprocess.TimeoutExpired) as error:
        return GitState(None, f"git could not be run: {error}")
    if answer.returncode != 0:
        reason = answer.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        return GitState(None, f"git cannot tell what is uncommitted: {reason}")
    return GitState([_relative(os.path.join(root, name)) for name in _names(answer.stdout)])


def _names(status: bytes) -> List[str]:
    """Take the paths out of the output of ``git status --porcelain -z``."""
    names: List[str] = []
    entries = iter(status.split(b"\0"))
    for entry in entries:
        if not entry:
            continue
        names.append(os.fsdecode(entry[3:]))
        if b"R" in entry[:2] or b"C" in entry[:2]:
            next(entries, None)  # the name that a renamed file had before
    return names


def _relative(path: str) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive on Windows
        return path
