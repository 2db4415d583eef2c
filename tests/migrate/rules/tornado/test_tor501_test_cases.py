"""TOR501: tornado's test case with a loop."""

from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import Left, Rewrites, cases, check_becomes, check_left

REWRITES: Rewrites = {
    "a test": (
        """\
        from tornado import testing


        class T(testing.AsyncTestCase):

            @testing.gen_test
            def test_it(self):
                yield self.go()
        """,
        """\
        import unittest
        from plumpy_compat import aio


        class T(unittest.IsolatedAsyncioTestCase):

            async def test_it(self):
                await aio.as_awaitable(self.go())
        """,
    ),
    "with unittest": (
        "import unittest\nfrom tornado.testing import AsyncTestCase\n\n\nclass T(Mixin, AsyncTestCase):\n    pass\n",
        "import unittest\n\n\nclass T(Mixin, unittest.IsolatedAsyncioTestCase):\n    pass\n",
    ),
    "its name by itself": (
        "from unittest import IsolatedAsyncioTestCase\nimport tornado.testing\n\n\n"
        "class T(tornado.testing.AsyncTestCase):\n    pass\n",
        "from unittest import IsolatedAsyncioTestCase\n\n\nclass T(IsolatedAsyncioTestCase):\n    pass\n",
    ),
    "a set-up stays": (
        """\
        from tornado import testing


        class T(testing.AsyncTestCase):
            def setUp(self):
                super(T, self).setUp()
                self.calls = []

            def tearDown(self):
                testing.AsyncTestCase.tearDown(self)
        """,
        """\
        import unittest


        class T(unittest.IsolatedAsyncioTestCase):
            def setUp(self):
                super(T, self).setUp()
                self.calls = []

            def tearDown(self):
                unittest.IsolatedAsyncioTestCase.tearDown(self)
        """,
    ),
}

LEFT: Left = {
    "stored": ("from tornado import testing\n\nBase = testing.AsyncTestCase\n", "isn't used as a base class"),
    "another unittest": (
        "from tornado import testing\nimport unittest2 as unittest\n\n\n"
        "class T(testing.AsyncTestCase):\n    def f(self, IsolatedAsyncioTestCase):\n        pass\n\n\n"
        "IsolatedAsyncioTestCase = None\n",
        "would hide another name",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR501")


def test_an_old_target_has_no_such_case() -> None:
    source = "from tornado import testing\n\n\nclass T(testing.AsyncTestCase):\n    pass\n"
    check_left((source, "before Python 3.8"), "TOR501", target_version=(3, 7))
