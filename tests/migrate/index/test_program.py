"""What `Program` decides where plumpy is the runtime, which waits for its hooks and for what it's given to run."""

from __future__ import annotations

from typing import Tuple

import pytest

from codemods.index.coroutines import coroutine_names, gather_coroutines
from codemods.index.module import Module
from codemods.index.program import Form, Program
from codemods.index.project import Assumptions
from codemods.settings import Settings
from codemods.source import Source

SOURCE = """\
import asyncio
import plumpy
from tornado import gen


class Job(plumpy.Process):
    @gen.coroutine
    def run(self):
        yield gen.sleep(1)

    @gen.coroutine
    def go(self, *args):
        yield gen.sleep(1)

    def f(self, loop):
        {}


class Owner(object):
    def call_soon(self, callback):
        self.callback = callback
"""


def program(statement: str, native_hooks: bool = True) -> Program:
    source = Source(SOURCE.format(statement).encode())
    module = Module(source, "pkg", "pkg.py", Settings(), Assumptions())
    names = frozenset(coroutine_names(source.data))
    return Program([gather_coroutines(module, names)], native_hooks=native_hooks)


def form(made: Program, name: str) -> Form:
    decision = made.decision(name)
    assert decision is not None
    return decision.form


RUN_BY_PLUMPY = (
    "return plumpy.Continue(self.go, 1)",
    "return plumpy.process_states.Wait(self.go, 'hello')",
    "return plumpy.Wait(msg='hello', continue_fn=self.go)",
    "self.call_soon(self.go)",
    "Job().call_soon(self.go, 1)",
)


@pytest.mark.parametrize("statement", RUN_BY_PLUMPY)
def test_what_plumpy_is_given_is_native(statement: str) -> None:
    assert form(program(statement), "pkg.Job.go") is Form.NATIVE
    assert form(program(statement, native_hooks=False), "pkg.Job.go") is Form.EAGER


NOT_RUN_BY_PLUMPY = (
    "loop.call_soon(self.go)",
    "asyncio.get_event_loop().call_soon(self.go)",
    "Owner().call_soon(self.go)",
    "return plumpy.Continue(print, self.go)",
    "return plumpy.Stop(self.go, True)",
    "return plumpy.Continue(self.go, self.go())",
    "return Continue(self.go)",
)


@pytest.mark.parametrize("statement", NOT_RUN_BY_PLUMPY)
def test_what_others_are_given_is_eager(statement: str) -> None:
    assert form(program(statement), "pkg.Job.go") is Form.EAGER


CALLED_ONLY = (
    ("self.go()", True),
    ("return g(self.go(), [self.go()])", True),
    ("return g(self.go)", False),
    ("self.go(); self.callback = self.go", False),
    ("pass", False),
    ("self.run()", False),
)


@pytest.mark.parametrize("case", CALLED_ONLY, ids=str)
def test_called_only(case: Tuple[str, bool]) -> None:
    statement, expected = case
    made = program(statement)
    assert made.is_called_only("pkg.Job.go") is expected
    assert not made.is_called_only("pkg.Job.run")
    assert not made.is_called_only("pkg.Job.other")
