"""TOR203, TOR205, TOR206, TOR213 and TOR214: names that only become those of helpers."""

from tests.migrate.rules.tornado.gen_tables import Case, bodies, cases, check_becomes, check_left, coroutine

REWRITES = {
    **bodies(
        {
            "yield gen.multi([x, None])": "await aio.multi([x, None])",
            "yield gen.multi({1: x}, quiet_exceptions=E)": "await aio.multi({1: x}, quiet_exceptions=E)",
            "yield gen.Multi([x])": "await aio.multi([x])",
            "yield gen.multi_future([x])": "await aio.multi([x])",
            "y = gen.multi([x])\nyield y": "y = aio.multi([x])\nawait aio.as_awaitable(y)",
            "y = gen.WaitIterator(a=x)\nyield y.next()": "y = aio.WaitIterator(a=x)\nawait aio.as_awaitable(y.next())",
            "if gen.is_coroutine_function(x):\n    yield x()": (
                "if aio.is_coroutine_function(x):\n    await aio.as_awaitable(x())"
            ),
            "while gen.is_future(x):\n    x = yield x": "while aio.is_future(x):\n    x = await aio.as_awaitable(x)",
        },
    ),
    **bodies(
        {
            "if concurrent.is_future(x):\n    return 1": "if aio.is_future(x):\n    return 1",
            "return isinstance(x, concurrent.FUTURES)": "return aio.is_future(x)",
            "return isinstance(\n    x,\n    concurrent.FUTURES,\n)": "return aio.is_future(\n    x,\n)",
            "filter(concurrent.is_future, x)": "filter(aio.is_future, x)",
            "concurrent.chain_future(x, y)": "aio.chain_future(x, y)",
            "concurrent.chain_future(a=x, b=y)": "aio.chain_future(source=x, target=y)",
            "gen.chain_future(x, y)": "aio.chain_future(x, y)",
        },
        imports="from tornado import concurrent, gen",
    ),
    "a lambda": (
        "from tornado import gen\n\ngather = lambda *args: gen.multi(args)\n",
        "from plumpy_compat import aio\n\ngather = lambda *args: aio.multi(args)\n",
    ),
    "whole module": (
        "import tornado.concurrent\n\nx = tornado.concurrent.is_future(y)\n",
        "from plumpy_compat import aio\n\nx = aio.is_future(y)\n",
    ),
}

LEFT = {
    "class": (coroutine("return isinstance(x, gen.Multi)"), "`gen.Multi` is used as a class"),
    "classes": (
        coroutine("return concurrent.FUTURES", "from tornado import concurrent, gen"),
        "isn't asked for with `isinstance`",
    ),
    "patched": ("from tornado import gen\n\ngen.multi = None\n", "`gen.multi` is replaced here"),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)
