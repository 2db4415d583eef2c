"""TOR207: callbacks from before there were futures."""

import pytest

from codemods.rules.tornado.tor207_callbacks import ADVICE
from tests.migrate.rules.tornado.gen_tables import Case, bodies, cases, check_becomes, check_left, coroutine

REWRITES = {
    **bodies(
        {
            "yield gen.Task(x.add_timeout, datetime.timedelta(seconds=2))": (
                "await aio.as_awaitable(asyncio.sleep(2))"
            ),
            "yield gen.Task(x.add_timeout, datetime.timedelta(0, 2))": (
                "await aio.as_awaitable(asyncio.sleep(datetime.timedelta(0, 2).total_seconds()))"
            ),
            "y = gen.Task(x.call_later, 1 + x.delay)": "y = aio.create_task(asyncio.sleep(1 + x.delay))",
        },
        imports="import datetime\nfrom tornado import gen",
        needs="import asyncio\nimport datetime",
    ),
    **bodies(
        {
            "yield gen.Task(self.loop.add_timeout, time() + x)": "await aio.as_awaitable(asyncio.sleep(x))",
            "yield gen.Task(x.add_timeout, x.time() + 1)": "await aio.as_awaitable(asyncio.sleep(1))",
        },
        imports="from time import time\nfrom tornado import gen",
        needs="import asyncio\nfrom time import time",
    ),
}

LEFT = {
    "another function": (coroutine("yield gen.Task(x.fetch, 'url')"), "`gen.Task` has no counterpart"),
    "a deadline": (coroutine("yield gen.Task(x.add_timeout, x.deadline)"), "`gen.Task` has no counterpart"),
    "arguments for the callback": (
        coroutine("yield gen.Task(x.call_later, 1, x)"),
        "`gen.Task` has no counterpart",
    ),
    "a loop of circus": (
        coroutine("yield gen.Task(arbiter.loop.call_later, 1)", "from circus import arbiter\nfrom tornado import gen"),
        "`gen.Task` has no counterpart",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Case) -> None:
    check_becomes(case)


@cases(LEFT)
def test_leaves(case: Case) -> None:
    check_left(*case)


@pytest.mark.parametrize("name", sorted(ADVICE))
def test_advises(name: str) -> None:
    home, _, last = name.rpartition(".")
    found = check_left(f"import {home}\n\nx = {name}\n", f"`{name}` has no counterpart")
    assert found.advice == ADVICE[name], last
