"""TOR403: `locks.Condition`."""

from typing import Tuple

from tests.migrate.rules.tornado.loop_tables import Rewrites, becomes, cases, kept_in_class, stays

REWRITES: Rewrites = {
    "waited for": kept_in_class(
        "locks.Condition()",
        "self._x.notify_all()\nyield gen.sleep(1)\nreturn (yield self._x.wait(timeout=datetime.timedelta(n)))",
        "aio.Condition()",
        "self._x.notify_all()\nawait asyncio.sleep(1)\n"
        "return (await aio.as_awaitable(self._x.wait(timeout=datetime.timedelta(n))))",
    ),
    "a type": (
        "from tornado.locks import Condition\n\nx = isinstance(y, Condition)\n",
        "from plumpy_compat import aio\n\nx = isinstance(y, aio.Condition)\n",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


def test_leaves_a_class_that_derives_from_it() -> None:
    stays("from tornado import locks\n\nclass A(locks.Condition):\n    pass\n", "more than used")
