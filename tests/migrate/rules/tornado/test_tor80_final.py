"""TOR801, TOR802, TOR809: what helped on the way goes in stage final."""

from typing import Tuple

from tests.migrate.rules import checks
from tests.migrate.rules.tornado.tables import Rewrites, cases, check_becomes, text

FINAL: Rewrites = {
    "a coroutine by now": (
        """
        from plumpy_compat import aio


        async def fetch():
            return 1


        async def main():
            await aio.as_awaitable(fetch())
        """,
        """
        async def fetch():
            return 1


        async def main():
            await fetch()
        """,
    ),
    "a choice of two": (
        """
        from plumpy_compat import aio


        async def a():
            return 1


        async def main(x):
            await aio.as_awaitable(a() if x else a())
        """,
        """
        async def a():
            return 1


        async def main(x):
            await (a() if x else a())
        """,
    ),
    "it stays where it's needed": (
        """
        from plumpy_compat import aio


        async def main(x):
            await aio.as_awaitable(x)
        """,
        """
        from plumpy_compat import aio


        async def main(x):
            await aio.as_awaitable(x)
        """,
    ),
    "an eager coroutine that is always waited for": (
        """
        from plumpy_compat import aio


        @aio.eager_coroutine  # why
        async def fetch():
            return 1


        async def main():
            await fetch()
        """,
        """
        # why
        async def fetch():
            return 1


        async def main():
            await fetch()
        """,
    ),
    "an eager coroutine that isn't": (
        """
        from plumpy_compat import aio


        @aio.eager_coroutine
        async def fetch():
            return 1


        async def main():
            fetch()
        """,
        """
        from plumpy_compat import aio


        @aio.eager_coroutine
        async def fetch():
            return 1


        async def main():
            fetch()
        """,
    ),
    "from the original": (
        """
        from tornado import gen


        @gen.coroutine
        def fetch():
            return 1


        @gen.coroutine
        def main(x):
            yield fetch()
            yield x

        loop.run_sync(main)
        """,
        """
        from plumpy_compat import aio


        async def fetch():
            return 1


        async def main(x):
            await fetch()
            await aio.as_awaitable(x)

        loop.run_sync(main)
        """,
    ),
}


@cases(FINAL)
def test_final(case: Tuple[str, str]) -> None:
    checks.check(text(case[0]), text(case[1]), "TOR10", "TOR80", "TOR901", stage="final")


@cases({name: FINAL[name] for name in ("it stays where it's needed", "an eager coroutine that isn't")})
def test_nothing_goes_before(case: Tuple[str, str]) -> None:
    check_becomes(case)
