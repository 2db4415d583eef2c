"""Configurations of continuous integration: only reported."""

from __future__ import annotations

from . import dep106_matrix, yaml_nodes
from .model import Document, Knowledge, finding

_KEYS = {"python", "python-version", "python_version", "pythonVersion", "PYTHON_VERSION"}


def read(text: str, knowledge: Knowledge) -> Document:
    """Find the Python versions in a YAML file below the keys that hold them."""
    root = yaml_nodes.compose(text)
    document = Document(text, yaml_nodes.plain(root), lambda changes: text)
    for path, node in yaml_nodes.scalars(root):
        if not _KEYS.intersection(path):
            continue
        verdict = dep106_matrix.report_version(str(node.value), knowledge.target_version)
        if verdict is not None:
            document.findings.append(finding(text, node.start_mark.index, verdict))
    return document
