"""Which files state dependencies, and which reader understands them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from .model import DependencyFile

if TYPE_CHECKING:
    from .driver import Reader

_NAMES = (
    ("setup_py", r"(.*/)?setup\.py"),
    ("json", r"(.*/)?setup\.json"),
    ("toml", r"(.*/)?pyproject\.toml"),
    ("ini", r"(.*/)?(setup\.cfg|tox\.ini|mypy\.ini|\.?pylintrc|\.isort\.cfg|.*\.pylintrc)"),
    ("hooks", r"(.*/)?\.pre-commit-config\.ya?ml"),
    ("matrix", r"(.*/)?(\.travis|\.?appveyor|\.gitlab-ci|azure-pipelines|\.?readthedocs)\.ya?ml"),
    ("matrix", r"(.*/)?\.github/workflows/[^/]*\.ya?ml"),
    ("conda", r"(.*/)?[^/]*(environment|conda|(?<![a-z])env(?![a-z]))[^/]*\.ya?ml"),
    ("requirements", r"(.*/)?[^/]*requirements?[^/]*\.(txt|in)"),
    ("requirements", r"(.*/)?requirements?/[^/]*\.(txt|in)"),
)


def file_format(path: str) -> Optional[str]:
    """Give the name of the format of a file by its path; ``None`` if it isn't a dependency file."""
    shown = path.replace("\\", "/")
    return next((name for name, pattern in _NAMES if re.fullmatch(pattern, shown)), None)


def is_dependency_file(path: str) -> bool:
    """Say whether :func:`~codemods.rules.dependencies.migrate` has something to do with a file of this name."""
    return file_format(path) is not None


def reader_for(file: DependencyFile) -> Optional[Reader]:
    """Give the reader for a file; its imports are put off until it is needed."""
    name = file_format(file.path)
    if name == "setup_py":
        from .setup_py import read
    elif name == "json":
        from .format_json import read
    elif name == "toml":
        from .format_toml import read
    elif name == "ini":
        from .format_ini import read
    elif name == "requirements":
        from .format_requirements import read
    elif name == "hooks":
        from .format_hooks import read
    elif name == "conda":
        from .format_conda import read
    elif name == "matrix":
        from .format_matrix import read
    else:
        return None
    return read
