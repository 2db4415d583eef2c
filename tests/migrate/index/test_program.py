"""What `Program` decides where plumpy is the runtime, which waits for its hooks and for what it's given to run."""

from __future__ import annotations

from typing import Any, Tuple

import pytest

from codemods.index.coroutines import coroutine_names, gather_coroutines
from codemods.index.module import Module
from codemods.index.program import Form, Program
from codemods.index.project import Assumptions
from codemods.settings import Settings
from codemods.source import Source
from tests.migrate.rules import checks

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


VERSIONS = """\
import six
from tornado import gen


class Job(object):
    @gen.coroutine
    def go(self):
        yield gen.sleep(1)

    @gen.coroutine
    def f(self):
        yield self.go()


if six.PY2:
    Job().go()
elif {}:
    class Other(Job):
        def go(self):
            return 1
"""


def decided(test: str, **settings: Any) -> Form:
    source = Source(VERSIONS.format(test).encode())
    module = Module(source, "pkg", "pkg.py", Settings(**settings), Assumptions())
    made = Program([gather_coroutines(module, frozenset(coroutine_names(source.data)))])
    assert not module.dead
    return form(made, "pkg.Job.go")


def test_branches_that_never_run_do_not_count() -> None:
    assert decided("not six.PY3") is Form.NATIVE
    fallback = "other:\n    pass\ntry:\n    import builtins\nexcept ImportError:\n    import __builtin__ as builtins\n"
    assert decided(f"{fallback}    Job().go()\nif six.PY2") is Form.NATIVE
    assert decided(f"{fallback.replace('__builtin__', 'optional')}    Job().go()\nif six.PY2") is Form.EAGER
    assert decided("other") is Form.EAGER
    assert decided("not six.PY3", ignore=("SIX108",)) is Form.EAGER


def test_a_second_run_decides_the_same() -> None:
    source = VERSIONS.format("sys.version_info < (3,)").replace("import six", "import sys\n\nimport six")
    first = migrated(source)
    assert "async def go" in first
    assert "PY2" not in first
    assert migrated(first) == first


def migrated(source: str) -> str:
    result = checks.run(source, stage="final").result
    return result.after.decode() if result.after is not None else source
