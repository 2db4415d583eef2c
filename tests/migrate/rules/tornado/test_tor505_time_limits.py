"""TOR505: the time limits of tests."""

from typing import Tuple

from tests.migrate.rules.tornado.testing_tables import Left, Rewrites, cases, check_becomes, check_left


def _source(limit: str, body: str, parameters: str = "self") -> str:
    return (
        "from tornado import gen, testing\n\n\nclass T(testing.AsyncTestCase):\n"
        f"    @testing.gen_test(timeout={limit})\n    def test_it({parameters}):\n        {body}\n"
    )


def _limited(limit: str) -> str:
    return (
        "import asyncio\nimport unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def test_it(self):\n        async def limited():\n            await asyncio.sleep(1)\n\n"
        f"        await asyncio.wait_for(limited(), {limit})\n"
    )


REWRITES: Rewrites = {
    "tornado's": (
        "import tornado.testing\n\nTIMEOUT = 2 * tornado.testing.get_async_test_timeout()\n",
        "TIMEOUT = 2 * 5\n",
    ),
    "a number": (_source("10", "yield gen.sleep(1)"), _limited("10")),
    "an expression": (_source("2 * LIMIT", "yield gen.sleep(1)"), _limited("2 * LIMIT")),
    "tornado's in a decorator": (
        _source("testing.get_async_test_timeout()", "yield gen.sleep(1)"),
        _limited("5"),
    ),
    "none": (
        _source("None", "yield gen.sleep(1)"),
        "import asyncio\nimport unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def test_it(self):\n        await asyncio.sleep(1)\n",
    ),
    "docstring, comments and strings": (
        _source("10", '"""Doc."""\n        # why\n        yield gen.sleep(1)\n        x = """\n  a"""\n        # end'),
        "import asyncio\nimport unittest\n\n\nclass T(unittest.IsolatedAsyncioTestCase):\n"
        '    async def test_it(self):\n        """Doc."""\n        async def limited():\n            # why\n'
        '            await asyncio.sleep(1)\n            x = """\n  a"""\n            # end\n\n'
        "        await asyncio.wait_for(limited(), 10)\n",
    ),
}

LEFT: Left = {
    "handed on": ("from tornado import testing\n\nf(testing.get_async_test_timeout)\n", "isn't just called"),
    "super": (_source("10", "yield super().go()"), "the test uses `super`"),
    "a parameter": (_source("10", "a = yield gen.sleep(1)", "self, a=1"), "assigns to a parameter"),
    "its name": (_source("10", "limited = yield gen.sleep(1)"), "something called `limited`"),
    "computed by tornado": (_source("2 * testing.get_async_test_timeout()", "yield gen.sleep(1)"), "from tornado"),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_left(case, "TOR505")
