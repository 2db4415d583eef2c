"""What ``.gitignore`` files and exclude patterns say about a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List, Optional, Sequence, Tuple

from codemods.gitstate import git_root

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, PathSpec

IGNORE_FILE = ".gitignore"


@dataclass(frozen=True)
class IgnoreRules:
    """The patterns of one ignore file.

    :param base: absolute path of the folder that the patterns are relative to.
    :param files: the patterns, for files.
    :param folders: the same for folders, with the last pattern that matches winning. ``GitIgnoreSpec``
        is made for files: it ranks ``!*/`` below an earlier ``*``, where git enters the folder.
    """

    base: str
    files: GitIgnoreSpec
    folders: PathSpec  # type: ignore[type-arg,unused-ignore]  # generic from pathspec 1.0 on

    def verdict(self, path: str, is_folder: bool) -> Optional[bool]:
        """Tell whether a path below the base is ignored; ``None`` if no pattern speaks of it."""
        relative = path[len(self.base) :].lstrip(os.sep)
        if is_folder:
            return self.folders.check_file(relative + "/").include
        return self.files.check_file(relative).include


Chain = Tuple[IgnoreRules, ...]
"""Rules that hold in a folder, the strongest (deepest) first."""


def is_ignored(chain: Chain, path: str, is_folder: bool) -> bool:
    """Tell whether the first rules of a chain that speak of a path ignore it."""
    for rules in chain:
        verdict = rules.verdict(path, is_folder)
        if verdict is not None:
            return verdict
    return False


def compile_rules(base: str, lines: Sequence[str]) -> Optional[IgnoreRules]:
    """Compile patterns in ``.gitignore`` syntax.

    :return: ``None`` if there isn't a single pattern.
    :raises ValueError: for a pattern that means nothing.
    """
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    # Late, as it's the most expensive import of this stage and not every tree needs it.
    from pathspec import GitIgnoreSpec, PathSpec

    spec = GitIgnoreSpec.from_lines(lines)
    return IgnoreRules(base, spec, PathSpec(spec.patterns))


class IgnoreFiles:
    """The ``.gitignore`` files of one run, each read and compiled once."""

    def __init__(self) -> None:
        self._compiled: Dict[str, Optional[IgnoreRules]] = {}
        self.unreadable: List[Tuple[str, str]] = []
        """Ignore files that could not be read, and why."""

    def in_folder(self, folder: str) -> Optional[IgnoreRules]:
        """Give the rules of the ``.gitignore`` in a folder (absolute path), if there are any."""
        if folder not in self._compiled:
            self._compiled[folder] = self._read(folder)
        return self._compiled[folder]

    def above(self, folder: str) -> Chain:
        """Give the rules that hold for a folder from outside: those of its parents up to the git root.

        They are left out if they ignore the folder itself: then it was named on purpose.
        """
        chain: List[IgnoreRules] = []
        for parent in _parents_to_git_root(folder):
            rules = self.in_folder(parent)
            if rules is not None:
                chain.append(rules)
        ancestors = [folder, *_parents_to_git_root(folder)[:-1]]
        return () if any(is_ignored(_holding(chain, path), path, True) for path in ancestors) else tuple(chain)

    def _read(self, folder: str) -> Optional[IgnoreRules]:
        path = os.path.join(folder, IGNORE_FILE)
        # As git does since 2.32: an ignore file that is a symbolic link isn't one.
        if os.path.islink(path) or not os.path.isfile(path):
            return None
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            self.unreadable.append((path, error.strerror or str(error)))
            return None
        # File names are decoded in the same way, so that undecodable ones can match.
        text = content.decode("utf-8", "surrogateescape")
        lines = [line[:-1] if line.endswith("\r") else line for line in text.lstrip("\ufeff").split("\n")]
        try:
            return compile_rules(folder, lines)
        except ValueError:  # git passes over a pattern that means nothing
            return compile_rules(folder, [line for line in lines if _is_pattern(line)])


def _holding(chain: Sequence[IgnoreRules], path: str) -> Chain:
    """Give the rules of a chain whose base is above a path."""
    return tuple(rules for rules in chain if path.startswith(os.path.join(rules.base, "")))


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _parents_to_git_root(folder: str) -> List[str]:
    """List the parents of a folder up to its git root, the nearest first; none without a git root."""
    root = git_root(folder)
    parents: List[str] = []
    while root is not None and folder != root:
        folder = os.path.dirname(folder)
        parents.append(folder)
    return parents
