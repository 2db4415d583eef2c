"""TOR102: `yield` becomes `await`."""

from typing import Dict, Tuple

from tests.migrate.rules.tornado.tables import Rewrites, cases, check_becomes, check_becomes_in_part, coroutine

AIO = "from plumpy_compat import aio"


def _helped(pairs: Dict[str, str]) -> Rewrites:
    return {before: coroutine(before, after, AIO) for before, after in pairs.items()}


UNKNOWN: Rewrites = _helped(
    {
        "x = yield g()": "x = await aio.as_awaitable(g())",
        "return (yield g())": "return (await aio.as_awaitable(g()))",
        "x = (yield g()).name": "x = (await aio.as_awaitable(g())).name",
        "x = (yield g())[0]": "x = (await aio.as_awaitable(g()))[0]",
        "x = (yield g()) ** 2": "x = (await aio.as_awaitable(g())) ** 2",
        "x = yield a or b": "x = await aio.as_awaitable(a or b)",
        "x = yield a if b else c": "x = await aio.as_awaitable(a if b else c)",
        "x = yield not a": "x = await aio.as_awaitable(not a)",
        "x = yield lambda: 1": "x = await aio.as_awaitable(lambda: 1)",
        "x = yield (yield g())": "x = await aio.as_awaitable((await aio.as_awaitable(g())))",
        "x = yield [a, b][0]": "x = await aio.as_awaitable([a, b][0])",
        "h((yield g()), k=(yield g()))": "h((await aio.as_awaitable(g())), k=(await aio.as_awaitable(g())))",
        "assert (yield g()) == 1": "assert (await aio.as_awaitable(g())) == 1",
        "x += yield g()": "x += await aio.as_awaitable(g())",
        "x = yield (\n    g(),\n)[0]": "x = await aio.as_awaitable((\n    g(),\n)[0])",
        "x = yield g(\n    1,  # one\n)": "x = await aio.as_awaitable(g(\n    1,  # one\n))",
        "try:\n    g()\nfinally:\n    yield h()": "try:\n    g()\nfinally:\n    await aio.as_awaitable(h())",
        "with a as b:\n    yield b": "with a as b:\n    await aio.as_awaitable(b)",
    }
)
CONTAINERS: Rewrites = _helped(
    {
        "yield [a, b]": "await aio.multi([a, b])",
        "yield []": "await aio.multi([])",
        "x = yield [g(i) for i in y]": "x = await aio.multi([g(i) for i in y])",
        "x = yield {'a': g()}": "x = await aio.multi({'a': g()})",
        "x = yield {i: g(i) for i in y}": "x = await aio.multi({i: g(i) for i in y})",
        "a, b = yield [g(), [h()]]": "a, b = await aio.multi([g(), [h()]])",
    }
)
MOMENTS: Rewrites = {
    before: coroutine(before, "await asyncio.sleep(0)", "import asyncio")
    for before in ("yield", "yield None", "yield gen.moment")
}
OTHERS: Rewrites = {
    "functions inside keep their yields": coroutine(
        """
        def rows():
            yield 1
        x = [one for one in rows()]
        y = lambda: (yield)
        yield g(x)
        """,
        """
        def rows():
            yield 1
        x = [one for one in rows()]
        y = lambda: (yield)
        await aio.as_awaitable(g(x))
        """,
        AIO,
    ),
    "a coroutine inside": coroutine(
        """
        @gen.coroutine
        def inner():
            yield g()
        yield inner()
        """,
        """
        async def inner():
            await aio.as_awaitable(g())
        await inner()
        """,
        AIO,
    ),
    "a local name hides the helper's": (
        """
        from tornado import gen


        def main(loop):
            @gen.coroutine
            def f(aio):
                yield aio
            loop.run_sync(f)
        """,
        """
        import plumpy_compat.aio


        def main(loop):
            async def f(aio):
                await plumpy_compat.aio.as_awaitable(aio)
            loop.run_sync(f)
        """,
    ),
}
REFUSED: Dict[str, Tuple[str, str, str]] = {
    before: (*coroutine(before, after, AIO), "tornado refuses such a value")
    for before, after in {
        "yield 42": "await aio.as_awaitable(42)",
        "yield a, b": "await aio.as_awaitable((a, b))",
        "yield (a, b)": "await aio.as_awaitable((a, b))",
        "yield a < b": "await aio.as_awaitable(a < b)",
    }.items()
}


@cases({**UNKNOWN, **CONTAINERS, **MOMENTS, **OTHERS})
def test_rewrites(case: Tuple[str, str]) -> None:
    check_becomes(case)


@cases(REFUSED)
def test_what_tornado_refuses(case: Tuple[str, str, str]) -> None:
    check_becomes_in_part(case)
