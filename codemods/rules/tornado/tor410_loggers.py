"""Name asyncio's logger where tornado's are named.

Before::

    logging.getLogger('tornado.application').setLevel(logging.ERROR)
    LOGGING = {'loggers': {'tornado': {'handlers': ['console']}}}

After::

    logging.getLogger('asyncio').setLevel(logging.ERROR)
    LOGGING = {'loggers': {'asyncio': {'handlers': ['console']}}}

What tornado logged as `tornado.application` (errors of callbacks, exceptions that nobody took) is logged as `asyncio`
now. Left are tables that would name it twice. A note says where aiida's option `logging.tornado_loglevel` is named: it
may stand in configuration files of users, so it keeps its name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Iterator, List, Optional

from codemods.rule import Item, Rule, needle
from codemods.rules.tornado._loops import STAGES

if TYPE_CHECKING:
    from codemods.index.module import Module

_NEEDLES = [needle("tornado", r"['\"](?:tornado(?:\.\w+)?|logging\.tornado_loglevel)['\"]")]
rule = Rule("TOR410", __doc__, _NEEDLES, scans=True, stages=STAGES)

_LOGGERS = frozenset(["tornado", "tornado.application", "tornado.general", "tornado.access"])
_OPTION = "logging.tornado_loglevel"


@rule.find
def find(module: Module) -> Iterator[Item]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Dict):
            yield from _table(module, node)
        elif isinstance(node, ast.Constant) and node.value == _OPTION and not module.is_dead(node):
            message = f"the option `{_OPTION}` keeps its name, which stands in users' configuration"
            yield rule.note(module, node, message, "deprecate it when its users can follow")
        elif _is_name(node) and _names_logger(module, node) and not module.is_dead(node):
            yield from _renamed(module, node)


def _is_name(node: Optional[ast.AST]) -> bool:
    return isinstance(node, ast.Constant) and node.value in _LOGGERS


def _table(module: Module, node: ast.Dict) -> Iterator[Item]:
    """The keys of a table of loggers."""
    named: List[ast.AST] = [key for key in node.keys if key is not None and _is_name(key)]
    if not named or not _is_of_loggers(module, node) or module.is_dead(node):
        return
    has_own = any(isinstance(key, ast.Constant) and key.value == "asyncio" for key in node.keys)
    for key in named:
        if has_own or len(named) > 1:
            message = f"`{module.text(key)}` would be the logger `asyncio`, which the table would then have twice"
            yield rule.left(module, key, message, "make one entry of them")
        else:
            yield from _renamed(module, key)


def _is_of_loggers(module: Module, node: ast.Dict) -> bool:
    above = module.parent(node)
    if isinstance(above, ast.Dict):
        keys = [key for key, value in zip(above.keys, above.values) if value is node]
        return isinstance(keys[0], ast.Constant) and keys[0].value == "loggers"
    if isinstance(above, ast.keyword):
        return above.arg == "loggers"
    if isinstance(above, ast.Assign) and len(above.targets) == 1:
        target = above.targets[0]
        if isinstance(target, ast.Subscript):
            return _index(target) == "loggers"
        return getattr(target, "id", getattr(target, "attr", "")).lower() == "loggers"
    return False


def _index(node: ast.Subscript) -> Optional[object]:
    index = getattr(node.slice, "value", node.slice)  # an `ast.Index` before Python 3.9
    return index.value if isinstance(index, ast.Constant) else index if isinstance(index, str) else None


def _names_logger(module: Module, node: ast.AST) -> bool:
    """Whether a string is the name of a logger that is asked for."""
    above = module.walk.parents.get(node)
    if type(above).__name__ == "Index" and above is not None:
        node, above = above, module.walk.parents.get(above)
    if isinstance(above, ast.keyword):
        return above.arg == "logger"
    if isinstance(above, ast.Subscript) and isinstance(above.value, ast.Subscript):
        return _index(above.value) == "loggers"
    if not isinstance(above, ast.Call) or above.args[:1] != [node]:
        return False
    method = above.func.attr if isinstance(above.func, ast.Attribute) else ""
    return module.resolve(above.func) == "logging.getLogger" or method == "assertLogs"


def _renamed(module: Module, node: ast.AST) -> Iterator[Item]:
    text = module.text(node)
    name = getattr(node, "value", "")
    if text.count(name) != 1:
        yield rule.left(module, node, "a logger of tornado's is named", "name the logger `asyncio`")
        return
    message = f"what tornado logged as `{name}` is logged as `asyncio`"
    yield rule.replace(node, text.replace(name, "asyncio"), message, replaces_strings=True)
