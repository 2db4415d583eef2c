"""DEP104: pre-commit hooks that put Python 2 support back in.

Before::

    repos:
    - repo: local
      hooks:
      - id: python-modernize
        entry: python-modernize
      - id: yapf

After::

    repos:
    - repo: local
      hooks:
      - id: yapf

The hooks of python-modernize, futurize and pasteurize go, and with the last hook of a repository its whole block.
Comments above a block stay. ``fix-encoding-pragma`` is noted, and so is any other hook that is told to add a
``__future__`` import. ``pyupgrade`` and its arguments stay as they are.

Refuses, and reports, when the hooks are written in one line (``hooks: [{id: python-modernize}]``).
"""

from __future__ import annotations

from typing import Optional

from .model import Action, DependencyRule, Verdict

RULE = DependencyRule("DEP104", "remove pre-commit hooks that put Python 2 support back in", __doc__ or "")

_RESTORING = {"python-modernize", "modernize", "futurize", "python-futurize", "pasteurize"}


def judge(hook: str) -> Optional[Verdict]:
    """Judge a hook by its id."""
    if hook not in _RESTORING:
        return None
    return Verdict(RULE.code, Action.REMOVE, f"hook {hook} removed: it would put back what the migration removes")


def judge_argument(hook: str, argument: str) -> Optional[Verdict]:
    """Judge one argument of another hook."""
    if "from __future__" in argument and "annotations" not in argument:
        message = f"hook {hook} is told to add a __future__ import"
        return Verdict(RULE.code, Action.LEAVE, message, advice="Remove the argument.")
    return None


def encoding_pragma() -> Verdict:
    """Say what the hook that adds encoding lines is good for."""
    message = "fix-encoding-pragma adds an encoding line that Python 3 doesn't need"
    return Verdict(RULE.code, Action.NOTE, message, advice="Remove the hook, or give it the argument --remove.")
