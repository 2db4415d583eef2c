"""TOR503: set-ups that start coroutines."""

from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import (
    Left,
    Rewrites,
    cases,
    check_becomes,
    check_left,
    check_nothing_said,
)

_HEAD = """\
from tornado import gen, testing


@gen.coroutine
def serve():
    pass


"""
_AFTER = """\
import unittest
from plumpy_compat import aio


@aio.eager_coroutine
async def serve():
    pass


"""

REWRITES: Rewrites = {
    "beside another test case": (
        f"{_HEAD}class Other(testing.AsyncTestCase):\n    def setUp(self):\n        super().setUp()\n\n\n"
        "class T(testing.AsyncTestCase):\n    def setUp(self):\n        super().setUp()\n        serve()\n",
        f"{_AFTER}class Other(unittest.IsolatedAsyncioTestCase):\n    def setUp(self):\n        super().setUp()\n\n\n"
        "class T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def asyncSetUp(self):\n        await super().asyncSetUp()\n        serve()\n",
    ),
    "starts one": (
        f"{_HEAD}class T(testing.AsyncTestCase):\n"
        "    def setUp(self):\n        super(T, self).setUp()\n        self.serving = serve()\n\n"
        "    def tearDown(self):\n        super(T, self).tearDown()\n",
        f"{_AFTER}class T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def asyncSetUp(self):\n        await super(T, self).asyncSetUp()\n        self.serving = serve()\n\n"
        "    def tearDown(self):\n        super(T, self).tearDown()\n",
    ),
    "with all that belong together": (
        f"{_HEAD}class Base(testing.AsyncTestCase):\n    def tearDown(self):\n        super().tearDown()\n\n\n"
        "class T(Base):\n    def tearDown(self):\n        serve()\n        Base.tearDown(self)\n",
        f"{_AFTER}class Base(unittest.IsolatedAsyncioTestCase):\n"
        "    async def asyncTearDown(self):\n        await super().asyncTearDown()\n\n\n"
        "class T(Base):\n    async def asyncTearDown(self):\n        serve()\n        await Base.asyncTearDown(self)\n",
    ),
}


def _stays(more: str, bases: str = "testing.AsyncTestCase") -> str:
    return f"{_HEAD}class T({bases}):\n    def setUp(self):\n        self.serving = serve()\n{more}"


LEFT: Left = {
    "another base": (_stays("", "Other, testing.AsyncTestCase"), "it has other bases"),
    "runs a loop": (_stays("        self.io_loop.run_sync(serve)\n"), "line 12 runs a loop"),
    "called by name": (_stays("\n    def test_it(self):\n        self.setUp()\n"), "line 14 calls it by name"),
    "decorated": (
        f"{_HEAD}class T(testing.AsyncTestCase):\n    @logged\n    def setUp(self):\n        self.serving = serve()\n",
        "one of them is decorated",
    ),
}

NOTHING_SAID = {
    "runs it": f"{_HEAD}class T(testing.AsyncTestCase):\n    def setUp(self):\n        self.io_loop.run_sync(serve)\n",
    "no loop": f"{_HEAD}class T(unittest.TestCase):\n    def setUp(self):\n        serve()\n",
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR503")


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR503")
