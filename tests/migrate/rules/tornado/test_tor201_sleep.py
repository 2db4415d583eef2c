"""TOR201: `gen.sleep` and `gen.moment`."""

import pytest

from tests.migrate.rules.tornado.gen_tables import (
    Case,
    bodies,
    cases,
    check_becomes,
    check_left,
    check_notes,
    coroutine,
)

AIO = "from plumpy_compat import aio"

REWRITES = {
    **bodies(
        {
            "yield gen.sleep(x)": "await asyncio.sleep(x)",
            "yield gen.sleep(duration=x)": "await asyncio.sleep(delay=x)",
            "yield [gen.sleep(1), gen.sleep(2)]": "await aio.multi([asyncio.sleep(1), asyncio.sleep(2)])",
            "yield gen.multi({1: gen.sleep(1)})": "await aio.multi({1: asyncio.sleep(1)})",
            "t = gen.sleep(1)\nyield t": "t = aio.create_task(asyncio.sleep(1))\nawait aio.as_awaitable(t)",
            "yield x.wait(gen.sleep(1))": "await aio.as_awaitable(x.wait(aio.create_task(asyncio.sleep(1))))",
            "a = [gen.sleep(1)]": "a = [aio.create_task(asyncio.sleep(1))]",
            "return gen.sleep(1)": "return aio.create_task(asyncio.sleep(1))",
            "yield gen.sleep(  # why\n    1)": "await asyncio.sleep(  # why\n    1)",
            "yield gen.moment": "await asyncio.sleep(0)",
            "yield [x, gen.moment]": "await aio.multi([x, asyncio.sleep(0)])",
            "yield x or gen.moment": "await aio.as_awaitable(x or asyncio.sleep(0))",
            "yield gen.sleep(1) if x else x": "await aio.as_awaitable(asyncio.sleep(1) if x else x)",
            "yield gen.sleep(1) and x": "await aio.as_awaitable(aio.create_task(asyncio.sleep(1)) and x)",
            "yield [gen.sleep(i) for i in x]": "await aio.multi([asyncio.sleep(i) for i in x])",
            "yield {i: gen.sleep(i) for i in x}": "await aio.multi({i: asyncio.sleep(i) for i in x})",
            "yield gen.multi(gen.sleep(i) for i in x)": "await aio.multi(asyncio.sleep(i) for i in x)",
            "yield gen.multi([gen.with_timeout(x, gen.sleep(1))])": (
                "await aio.multi([aio.with_timeout(x, asyncio.sleep(1))])"
            ),
        },
        needs="import asyncio",
    ),
    "native": (
        "from tornado import gen\n\nasync def f():\n    await gen.sleep(1)\n    await gen.moment\n",
        "import asyncio\n\nasync def f():\n    await asyncio.sleep(1)\n    await asyncio.sleep(0)\n",
    ),
    "plain function": (
        "from tornado import gen\n\ndef f():\n    return gen.sleep(1)\n",
        "import asyncio\nfrom plumpy_compat import aio\n\ndef f():\n    return aio.create_task(asyncio.sleep(1))\n",
    ),
    "plain generator": (
        "from tornado import gen\n\ndef f():\n    yield gen.sleep(1)\n",
        "import asyncio\nfrom plumpy_compat import aio\n\ndef f():\n    yield aio.create_task(asyncio.sleep(1))\n",
    ),
    "by name": (
        "import asyncio\nfrom tornado.gen import sleep\n\nasync def f():\n    await sleep(1)\n",
        "import asyncio\n\nasync def f():\n    await asyncio.sleep(1)\n",
    ),
}

LEFT = {
    "handed on": ("from tornado import gen\n\ndef f(x, sleep=gen.sleep):\n    x(sleep)\n", "isn't called here"),
    "replaced": ("from tornado import gen\n\ngen.sleep = None\n", "isn't called here"),
    "stored moment": (
        "from tornado import gen\n\nclass A:\n    started = gen.moment\n",
        "`gen.moment` is used as a value",
    ),
    "moment in a list": (coroutine("y = [gen.moment, x]\nyield y"), "`gen.moment` is used as a value"),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)


def test_notes_a_timer_that_nobody_waits_for() -> None:
    (case,) = bodies({"gen.sleep(1)": "aio.create_task(asyncio.sleep(1))"}, needs="import asyncio").values()
    check_notes(case, "nothing waits for `gen.sleep`")


@pytest.mark.parametrize("function", ["lambda: gen.sleep(1)", "functools.partial(gen.sleep, 1)"])
def test_gives_a_loop_a_coroutine(function: str) -> None:
    before = f"import functools\nfrom tornado import gen\n\ndef f(loop):\n    loop.run_sync({function})\n"
    after = before.replace("gen.sleep", "asyncio.sleep").replace("from tornado import gen\n", "")
    check_becomes((before, f"import asyncio\n{after}"))


def test_stays_in_a_coroutine_that_stays() -> None:
    source = (
        "from tornado import gen\n\nclass A:\n    @gen.coroutine\n    def __init__(self):\n        yield gen.sleep(1)\n"
    )
    check_left(source, "stays a coroutine of tornado")
