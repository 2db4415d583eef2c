"""``.pre-commit-config.yaml``."""

from __future__ import annotations

from typing import Any, List

from . import dep104_hooks, dep106_matrix, yaml_nodes
from .judge import judge
from .model import Document, Kind, Knowledge, Path, Slot, finding

_FIXED = "the hooks aren't one to a block of lines"


def read(text: str, knowledge: Knowledge) -> Document:
    """Read the configuration of pre-commit; in its oldest form the list of repositories is the whole file."""
    root = yaml_nodes.compose(text)
    document = Document(text, yaml_nodes.plain(root), lambda changes: yaml_nodes.edit(text, changes))
    old_form = root is not None and root.id == "sequence"
    base: Path = () if old_form else ("repos",)
    for index, repo in enumerate(yaml_nodes.items(root if old_form else yaml_nodes.get(root, "repos"))):
        _read_repo(document, root, repo, (*base, index), knowledge)
    for path, node in yaml_nodes.scalars(root):
        if "language_version" in path or "default_language_version" in path:
            verdict = dep106_matrix.report_version(str(node.value), knowledge.target_version)
            if verdict is not None:
                document.findings.append(finding(text, node.start_mark.index, verdict))
    return document


def _read_repo(document: Document, root: Any, repo: Any, path: Path, knowledge: Knowledge) -> None:
    slots: List[Slot] = []
    for index, hook in enumerate(yaml_nodes.items(yaml_nodes.get(repo, "hooks"))):
        name = yaml_nodes.get(hook, "id")
        if name is None or name.id != "scalar":
            continue
        at = (*path, "hooks", index)
        fixed = "" if yaml_nodes.can_cut(document.text, root, at) else _FIXED
        slots.append(Slot(Kind.HOOK, str(name.value), hook.start_mark.index, hook.start_mark.index, at, fixed=fixed))
        _read_arguments(document, hook, str(name.value))
    going = [slot for slot in slots if _goes(slot, knowledge)]
    if slots and len(going) == len(yaml_nodes.items(yaml_nodes.get(repo, "hooks"))):
        fixed = "" if yaml_nodes.can_cut(document.text, root, path) else _FIXED
        start = going[0].start if fixed else repo.start_mark.index
        slots = [Slot(Kind.HOOK, going[0].value, start, start, path, fixed=fixed)]
    document.slots.extend(slots)


def _goes(slot: Slot, knowledge: Knowledge) -> bool:
    return any(verdict.edits for verdict in judge(slot, knowledge))


def _read_arguments(document: Document, hook: Any, name: str) -> None:
    arguments = yaml_nodes.items(yaml_nodes.get(hook, "args"))
    if name == "fix-encoding-pragma" and all(argument.value != "--remove" for argument in arguments):
        pragma = dep104_hooks.encoding_pragma()
        document.findings.append(finding(document.text, hook.start_mark.index, pragma))
    for argument in arguments:
        verdict = dep104_hooks.judge_argument(name, str(argument.value))
        if verdict is not None:
            document.findings.append(finding(document.text, argument.start_mark.index, verdict))
