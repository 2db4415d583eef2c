"""The codes of what the engine itself has to say, with a text for each; no rule stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import Tuple


@dataclass(frozen=True)
class EngineCode:
    """One code, in the shape of a rule, for the reports and for ``--explain``.

    :param text: what it means and what to do.
    """

    code: str
    title: str
    text: str
    family: str = "PM"
    default: bool = True

    @property
    def doc(self) -> str:
        """Title and text."""
        return f"{self.title}.\n\n{fill(self.text, 110)}"


ENGINE_CODES: Tuple[EngineCode, ...] = (
    EngineCode(
        "PM001",
        "a file that can't be parsed",
        "The file is left as it is, and the run goes on. A Python file has a syntax error, or syntax that only Python "
        "2 or a later Python than the running one reads: --py2 converts the former. A dependency file isn't valid "
        "TOML, YAML, JSON, INI or Python.",
    ),
    EngineCode(
        "PM002",
        "a layout that can't be edited safely",
        "LibCST, or the library of the file's format, doesn't give the piece that is to be edited back as it was, or "
        "an edit would have changed more than it should. The file is left as it is. A simpler layout helps, often the "
        "removal of a stray backslash.",
    ),
    EngineCode(
        "PM003",
        "bytes that can't be decoded",
        "The coding cookie is unknown, the bytes aren't in the encoding of the file, or there are more than 8 MiB of "
        "them. The file is left as it is.",
    ),
    EngineCode("PM004", "a file that can't be read", "The system refused to read it; an error."),
    EngineCode(
        "PM005",
        "a file that couldn't be written",
        "It is read-only, changed while the run went on, or the system refused; an error. It has its old content, and "
        "the other files are done.",
    ),
    EngineCode(
        "PM006",
        "plumpy-compat isn't required",
        "The migrated code imports plumpy_compat, but no dependency file names plumpy-compat: add it.",
    ),
    EngineCode(
        "PM007",
        "an unknown rule in a comment",
        "A comment `# plumpy-migrate: ignore[...]` names a rule or family that doesn't exist, so that part of it keeps "
        "nothing off the line. --list-rules lists those that do.",
    ),
    EngineCode(
        "PM008",
        "a copy of six",
        "The file is a copy of six itself, so it stays as it is. To let the rules treat imports of it as six, name its "
        "module with --six-module, or with six-modules in the configuration.",
    ),
    EngineCode(
        "PM011",
        "a folder, script or ignore file that can't be read",
        "What is in a folder isn't looked at, and an ignore file isn't heeded; both are errors. A file without an "
        "extension that can't be read is only noted, for it needn't be Python.",
    ),
    EngineCode(
        "PM012",
        "a symbolic link to a file outside",
        "Links to files aren't followed: a file would be rewritten under a name that isn't its own. A note; an error "
        "if the link itself is named on the command line. Name the file that it leads to.",
    ),
    EngineCode(
        "PM013",
        "a symbolic link that leads nowhere",
        "A note; an error if the link itself is named on the command line.",
    ),
    EngineCode(
        "PM014",
        "a copy of versioneer",
        "versioneer.py and the _version.py that it makes are passed over: versioneer's own command updates them.",
    ),
    EngineCode(
        "PM100",
        "a bug of plumpy-migrate",
        "A rule crashed, or the result didn't pass the checks before writing. The file is left as it is; an error. "
        "Please report it as CONTRIBUTING.md says; --ignore keeps the rule away until it's mended.",
    ),
    EngineCode(
        "PM102",
        "a worker process died",
        "The file is left as it is; an error. Memory may have run out: --jobs 1 needs the least.",
    ),
)
