"""Where values come from."""

from __future__ import annotations

import ast
from typing import Dict, Set

import pytest

from codemods.index.module import Module
from codemods.index.origins import origins, roots
from codemods.index.project import Assumptions
from codemods.settings import Settings
from codemods.source import Source

SOURCE = """
import circus
from tornado import ioloop
from tornado.ioloop import IOLoop

top = IOLoop.current()


def make():
    return 1


class Runner(object):
    def __init__(self, loop=None, other: ioloop.IOLoop = None):
        self._loop = loop if loop is not None else ioloop.IOLoop.current()
        self.arbiter = circus.get_arbiter()
        self.twice = 1
        self.twice = make()
        self.other = other

    def loop(self):
        with self.open() as opened:
            MARK_opened
        for item in opened:
            MARK_item
        again = None
        again = again or IOLoop.current()
        itself = itself
        MARK_self
        MARK_top
        MARK_make
        return self._loop


runner = Runner()
both = runner or make()
"""

EXPECTED: Dict[str, Set[str]] = {
    "top": {"tornado.ioloop.IOLoop.current()"},
    "self._loop": {"tornado.ioloop.IOLoop.current()", "param:loop"},
    "self.arbiter.loop": {"circus.get_arbiter().loop"},
    "self.other": {"tornado.ioloop.IOLoop()"},
    "self": {"pkg.mod.Runner()"},
    "self.unknown": {"pkg.mod.Runner().unknown"},
    "again": {"tornado.ioloop.IOLoop.current()", "builtins.None"},
    "itself": {"?"},
    "runner.loop()": {"pkg.mod.Runner().loop()"},
    "both": {"pkg.mod.Runner()", "pkg.mod.make()"},
    "opened": {"pkg.mod.Runner().open()"},
    "item": {"?"},
    "super()": {"super:pkg.mod.Runner"},
    "None": {"builtins.None"},
    "1 + 1": {"?"},
}


@pytest.mark.parametrize("expression", EXPECTED)
def test_origins(expression: str) -> None:
    text = SOURCE.replace("        return self._loop", f"        return {expression}")
    module = Module(Source(text.encode()), "pkg.mod", "pkg/mod.py", Settings(), Assumptions())
    node = next(one for one in ast.walk(module.tree) if isinstance(one, ast.Return) and one.col_offset == 8).value
    assert node is not None
    assert origins(module, node) == EXPECTED[expression]


def test_roots() -> None:
    assert roots(frozenset(["circus.get_arbiter().loop", "param:loop", "make()"])) == ["circus", "make", "param:loop"]
