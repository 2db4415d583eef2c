"""DEP107: requirements on tornado and what came and went with it.

Before::

    install_requires=['plumpy~=0.15.0', 'tornado<5.0', 'topika~=0.2.2']

After, when the code no longer imports them::

    install_requires=['plumpy-compat']

The distributions are tornado, pika, topika, frozendict, nest-asyncio and aiocontextvars. They go in projects that used
tornado, plumpy or kiwipy; elsewhere they are none of our business. ``pika`` and ``topika`` become ``aio-pika`` where
the code imports that now.

Refuses, and reports, when the run didn't read all Python files of the project. Keeps, with a note, what the code still
imports. With ``--stage shim`` all stay.
"""

from __future__ import annotations

from typing import Dict, Optional

from .model import Action, DependencyRule, Knowledge, Verdict

RULE = DependencyRule("DEP107", "remove requirements on tornado and its companions", __doc__ or "")

MODULES: Dict[str, str] = {
    "aiocontextvars": "aiocontextvars",
    "frozendict": "frozendict",
    "nest-asyncio": "nest_asyncio",
    "pika": "pika",
    "topika": "topika",
    "tornado": "tornado",
}
"""The top-level module of each distribution."""
CONCERNED = frozenset(["tornado", "plumpy", "plumpy_compat", "kiwipy", "topika"])
"""What a project must have imported for the rules on tornado, plumpy and kiwipy to have a say."""


def judge(name: str, knowledge: Knowledge) -> Optional[Verdict]:
    """Judge a requirement on the distribution ``name`` (normalised)."""
    module = MODULES.get(name)
    if module is None or knowledge.stage == "shim" or knowledge.before.isdisjoint(CONCERNED):
        return None
    if module in knowledge.imported:
        return Verdict(RULE.code, Action.NOTE, f"{name} stays: the code still imports {module}")
    if not knowledge.complete:
        message = f"{name} was left: the run didn't see the whole project, so the code may still import it"
        return Verdict(RULE.code, Action.LEAVE, message, advice="Run on the whole project, or remove it by hand.")
    if name in ("pika", "topika") and "aio_pika" in knowledge.imported:
        return Verdict(RULE.code, Action.REPLACE, f"aio-pika takes the place of {name}", "aio-pika")
    return Verdict(RULE.code, Action.REMOVE, f"requirement {name} removed: the code doesn't import it")
