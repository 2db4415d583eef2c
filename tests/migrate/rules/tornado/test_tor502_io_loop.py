"""TOR502: the loop of a test case."""

from textwrap import indent
from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import (
    Left,
    Rewrites,
    cases,
    check_becomes,
    check_left,
    check_nothing_said,
)


def _row(before: str, after: str, imports: str) -> Tuple[str, str]:
    """Methods of a test case, and what they become."""
    return _source(before), f"{imports}\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n" + indent(after, "    ")


def _source(methods: str) -> str:
    return "from tornado import testing\n\n\nclass T(testing.AsyncTestCase):\n" + indent(methods, "    ")


_ASYNCIO = "import asyncio\nimport unittest"
_AIO = "import unittest\nfrom plumpy_compat import aio"
_BOTH = "import asyncio\nimport unittest\nfrom plumpy_compat import aio"

REWRITES: Rewrites = {
    "set-up": _row(
        "def setUp(self):\n    super().setUp()\n    self.loop = self.io_loop\n",
        "def setUp(self):\n    super().setUp()\n    self.loop = aio.get_or_create_event_loop()\n",
        _AIO,
    ),
    "in a coroutine": _row(
        "@testing.gen_test\ndef test_it(self):\n    x.f(io_loop=self.io_loop)\n",
        "async def test_it(self):\n    x.f(io_loop=asyncio.get_running_loop())\n",
        _ASYNCIO,
    ),
    "a method of tornado's": _row(
        "@testing.gen_test\ndef test_it(self):\n    self.io_loop.add_callback(print, 'x')\n",
        "async def test_it(self):\n    aio.add_callback(asyncio.get_running_loop(), print, 'x')\n",
        _BOTH,
    ),
    "in a plain test": _row(
        "def test_it(self):\n    self.io_loop.run_sync(self.go)\n",
        "def test_it(self):\n    aio.run_sync(aio.get_or_create_event_loop(), self.go)\n",
        _AIO,
    ),
    "in a callback": _row(
        "@testing.gen_test\ndef test_it(self):\n    self.io_loop.call_later(1, lambda: f(self.io_loop))\n",
        "async def test_it(self):\n"
        "    aio.call_later(asyncio.get_running_loop(), 1, lambda: f(asyncio.get_running_loop()))\n",
        _BOTH,
    ),
    "in a function": _row(
        """\
@testing.gen_test
def test_it(self):
    def told():
        self.io_loop.add_callback(print)

    def again():
        f(self.io_loop)

    Thread(target=told).start()
    f(again)
""",
        """\
async def test_it(self):
    loop = asyncio.get_running_loop()

    def told():
        aio.add_callback(loop, print)

    def again():
        f(loop)

    Thread(target=told).start()
    f(again)
""",
        _BOTH,
    ),
}

LEFT: Left = {
    "no such method": (_source("def test_it(self):\n    self.io_loop.add_handler(f)\n"), "have no `add_handler`"),
    "in another thread": (
        _source("def test_it(self):\n    Thread(target=self.go)\n\ndef go(self):\n    f(self.io_loop)\n"),
        "may run where the test's loop isn't the current one",
    ),
    "a lambda": (
        _source("def test_it(self):\n    f(lambda: self.io_loop)\n"),
        "may run where the test's loop isn't the current one",
    ),
    "the name is taken": (
        _source("def test_it(self, loop):\n    def g():\n        f(self.io_loop)\n    f(g)\n"),
        "may run where the test's loop isn't the current one",
    ),
    "set": (_source("def setUp(self):\n    self.io_loop = None\n"), "sets its own `io_loop`"),
}

NOTHING_SAID = {
    "another class": "import tornado\n\n\nclass A:\n    def f(self):\n        self.io_loop.stop()\n",
    "another object": _source("def test_it(self):\n    return other.io_loop\n"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR502")


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR502")
