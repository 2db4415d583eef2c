"""TOR506: what only tornado's test helpers can do."""

from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import Left, cases, check_left, check_nothing_said

_CASE = "from tornado import testing\n\n\nclass T(testing.AsyncTestCase):\n"

LEFT: Left = {
    "stop": (f"{_CASE}    def test_it(self):\n        f(callback=self.stop)\n", "`self.stop` is gone"),
    "wait": (f"{_CASE}    def test_it(self):\n        return self.wait(timeout=1)\n", "`self.wait` is gone"),
    "a loop": (f"{_CASE}    def get_new_ioloop(self):\n        pass\n", "nothing calls `get_new_ioloop`"),
    "http": ("from tornado import testing\n\n\nclass T(testing.AsyncHTTPTestCase):\n    pass\n", "AsyncHTTPTestCase"),
    "log": ("from tornado.testing import ExpectLog\n\nwith ExpectLog('a', 'b'):\n    pass\n", "self.assertLogs"),
    "port": ("import tornado.testing\n\ntornado.testing.bind_unused_port()\n", "bind a socket"),
    "main": ("import tornado.testing\n\ntornado.testing.main()\n", "unittest.main"),
    "pytest-tornado": (
        "import pytest\n\n\n@pytest.mark.gen_test\ndef test_it(io_loop):\n    yield f()\n",
        "pytest-tornado runs this test",
    ),
    "after the migration": (
        "import unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n    def test_it(self):\n"
        "        self.wait()\n",
        "`self.wait` is gone",
    ),
}

NOTHING_SAID = {
    "its own": f"{_CASE}    def stop(self):\n        pass\n\n    def test_it(self):\n        self.stop()\n",
    "its own attribute": f"{_CASE}    def test_it(self):\n        self.wait = f\n        self.wait()\n",
    "another class": "import tornado\n\n\nclass A:\n    def f(self):\n        self.stop()\n",
}


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR506")


@cases(NOTHING_SAID)
def test_says_nothing(case: str) -> None:
    check_nothing_said(case, "TOR506")
