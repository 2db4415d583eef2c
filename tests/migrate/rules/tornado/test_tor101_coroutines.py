"""TOR101: tornado's coroutines become native or eager ones."""

from typing import Tuple

from tests.migrate.rules.tornado.tables import Left, Rewrites, cases, check_becomes, check_stays

NATIVE: Rewrites = {
    "all calls are waited for": (
        """
        from tornado import gen


        @gen.coroutine
        def fetch():
            return 1


        @gen.coroutine
        def main():
            yield fetch()

        loop.run_sync(main)
        """,
        """
        async def fetch():
            return 1


        async def main():
            await fetch()

        loop.run_sync(main)
        """,
    ),
    "imported by name, comments around": (
        """
        from tornado.gen import coroutine


        # above
        @coroutine  # beside
        # between
        def fetch():
            return 1

        loop.add_callback(fetch)
        """,
        """
        # above
        # beside
        # between
        async def fetch():
            return 1

        loop.add_callback(fetch)
        """,
    ),
    "under other decorators that see nothing": (
        """
        from tornado import gen


        class A:
            @staticmethod
            @gen.coroutine
            def fetch():
                return 1

        loop.run_sync(A.fetch)
        """,
        """
        class A:
            @staticmethod
            async def fetch():
                return 1

        loop.run_sync(A.fetch)
        """,
    ),
    "a base method that raises follows": (
        """
        from tornado import gen


        class Base:
            def fetch(self):
                raise NotImplementedError

            @gen.coroutine
            def main(self):
                yield self.fetch()


        class Derived(Base):
            @gen.coroutine
            def fetch(self):
                return 1

        loop.run_sync(Derived().main)
        """,
        """
        class Base:
            async def fetch(self):
                raise NotImplementedError

            async def main(self):
                await self.fetch()


        class Derived(Base):
            async def fetch(self):
                return 1

        loop.run_sync(Derived().main)
        """,
    ),
    "through super and partial": (
        """
        import functools
        from tornado import gen


        class Base:
            @gen.coroutine
            def fetch(self, number):
                return number


        class Derived(Base):
            @gen.coroutine
            def fetch(self, number):
                result = yield super(Derived, self).fetch(number)
                raise gen.Return(result)

        loop.call_later(1, functools.partial(Derived().fetch, 2))
        """,
        """
        import functools


        class Base:
            async def fetch(self, number):
                return number


        class Derived(Base):
            async def fetch(self, number):
                result = await super(Derived, self).fetch(number)
                return result

        loop.call_later(1, functools.partial(Derived().fetch, 2))
        """,
    ),
    "a generator that coroutines delegate to": (
        """
        from tornado import gen


        def helper():
            yield gen.moment
            return 1


        @gen.coroutine
        def main():
            return (yield from helper())

        loop.run_sync(main)
        """,
        """
        import asyncio


        async def helper():
            await asyncio.sleep(0)
            return 1


        async def main():
            return (await helper())

        loop.run_sync(main)
        """,
    ),
    "a lambda that the loop runs": (
        """
        from tornado import gen


        @gen.coroutine
        def fetch(name):
            yield None

        loop.run_sync(lambda: fetch('a'))
        """,
        """
        import asyncio


        async def fetch(name):
            await asyncio.sleep(0)

        loop.run_sync(lambda: fetch('a'))
        """,
    ),
}


def _eager(use: str, decorators: str = "", before: str = "") -> Tuple[str, str]:
    """A row for a coroutine that is eager because of one use."""
    head = f"{decorators}\n" if decorators else ""
    body = f"def fetch():\n    return 1\n\n{use}\n"
    return (
        f"from tornado import gen\n\n{before}\n{head}@gen.coroutine\n{body}",
        f"from plumpy_compat import aio\n\n{before}\n{head}@aio.eager_coroutine\nasync {body}",
    )


EAGER: Rewrites = {
    "called and not waited for": _eager("fetch()"),
    "stored": _eager("future = fetch()"),
    "in a list": _eager("futures = [fetch(), fetch()]"),
    "handed to a function": _eager("run(fetch)"),
    "its result handed to a function": _eager("run(fetch())"),
    "returned by a plain function": _eager("def other():\n    return fetch()"),
    "asked at once": _eager("fetch().result()"),
    "nothing calls it": _eager("x = 1"),
    "a decorator that may look at the future": _eager("loop.run_sync(fetch)", decorators="@synchronized('lock')"),
    "in a dict that nobody waits for": _eager("x = {'a': fetch()}"),
    "a default": _eager("def other(get=fetch):\n    return get"),
}

MIXED: Rewrites = {
    "an override that isn't a coroutine": (
        """
        from tornado import gen


        class Base:
            @gen.coroutine
            def fetch(self):
                return 1

            @gen.coroutine
            def main(self):
                yield self.fetch()


        class Derived(Base):
            def fetch(self):
                return None

        loop.run_sync(Derived().main)
        """,
        """
        from plumpy_compat import aio


        class Base:
            @aio.eager_coroutine
            async def fetch(self):
                return 1

            async def main(self):
                await aio.as_awaitable(self.fetch())


        class Derived(Base):
            def fetch(self):
                return None

        loop.run_sync(Derived().main)
        """,
    ),
    "a decorator under it": (
        """
        from tornado import gen


        @gen.coroutine
        @logged
        def fetch():
            yield None

        fetch()
        """,
        """
        import asyncio
        from plumpy_compat import aio


        @aio.eager_coroutine
        @logged
        async def fetch():
            await asyncio.sleep(0)

        fetch()
        """,
    ),
}

LEFT: Left = {
    "a constructor": (
        "from tornado import gen\n\nclass A:\n    @gen.coroutine\n    def __init__(self):\n        yield None\n",
        "`__init__` can't be a coroutine",
    ),
    "a result for a callback": (
        "from tornado import gen\n\n@gen.engine\ndef f(callback):\n    yield None\n    callback(1)\n",
        "it gives its result to a callback",
    ),
    "in an f-string": (
        "from tornado import gen\n\n@gen.coroutine\ndef f():\n    return f'{(yield g())}'\n",
        "it yields inside an f-string",
    ),
    "a comment says so": (
        "from tornado import gen\n\n@gen.coroutine\ndef f():\n    yield g()  # plumpy-migrate: ignore[TOR102]\n",
        "a comment says to leave it",
    ),
    "it delegates to something unknown": (
        "from tornado import gen\n\n@gen.coroutine\ndef f(g):\n    yield from g()\n",
        "it delegates with `yield from`",
    ),
}


@cases(NATIVE)
def test_native(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(EAGER)
def test_eager(case: Tuple[str, str]) -> None:
    findings = check_becomes(case)
    assert any("becomes an eager coroutine: " in one.message for one in findings)


@cases(MIXED)
def test_mixed(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    check_stays(case)


def test_own_decorators_stay() -> None:
    case = (
        """
        from mine import gen_cluster


        @gen_cluster(client=True)
        def test_all(c):
            yield c.run()
        """,
        """
        from mine import gen_cluster
        from plumpy_compat import aio


        @gen_cluster(client=True)
        async def test_all(c):
            await aio.as_awaitable(c.run())
        """,
    )
    check_becomes(case, coroutine_decorators=("mine.gen_cluster",))
