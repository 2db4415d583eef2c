"""TOR402: `locks.Lock`, `Semaphore` and `BoundedSemaphore`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import (
    Parts,
    Rewrites,
    becomes,
    becomes_with,
    cases,
    kept_in_class,
    stays,
)


def _row(before: str, after: str, made: str = "Lock()") -> Tuple[str, str]:
    return kept_in_class(f"locks.{made}", before, f"asyncio.{made}", after)


REWRITES: Rewrites = {
    "held": _row(
        "with (yield self._x.acquire()):  # alone\n    yield gen.sleep(n)",
        "async with self._x:  # alone\n    await asyncio.sleep(n)",
    ),
    "held, one within the other": _row(
        "y = locks.Semaphore(2)\nwith (yield self._x.acquire()):\n    with (yield y.acquire()):\n        return n",
        "y = asyncio.Semaphore(2)\nasync with self._x:\n    async with y:\n        return n",
    ),
    "held already": _row(
        "async with self._x:\n    g()\nyield n", "async with self._x:\n    g()\nawait aio.as_awaitable(n)"
    ),
    "acquired and released": _row(
        "yield self._x.acquire()\nself._x.release()",
        "await self._x.acquire()\nself._x.release()",
        "BoundedSemaphore(value=3)",
    ),
    "for some time": _row(
        "yield self._x.acquire(timeout=datetime.timedelta(seconds=2.5))",
        "await asyncio.wait_for(self._x.acquire(), 2.5)",
    ),
    "for what may be no time at all": _row(
        "yield self._x.acquire(timeout=datetime.timedelta(seconds=n))",
        "await aio.wait_for(self._x.acquire(), n)",
    ),
    "for some time, later": _row(
        "y = self._x.acquire(timeout=time.time() + 1)\nyield y",
        "y = aio.create_task(aio.wait_for(self._x.acquire(), 1))\nawait aio.as_awaitable(y)",
    ),
    "not waited for": _row("self._x.acquire()", "aio.create_task(self._x.acquire())"),
    "as a callback": _row("loop.add_callback(self._x.release)", "aio.add_callback(loop, self._x.release)"),
    "asked whether there is one": _row(
        "if self._x is not None:\n    self._x.release()\nself._x = None",
        "if self._x is not None:\n    self._x.release()\nself._x = None",
    ),
}

NOTED: Parts = {
    "a future of it": (
        *_row("return self._x.acquire()", "return aio.create_task(self._x.acquire())"),
        "can't release the lock in a `with`",
    ),
}


def _left(body: str, more: str = "") -> str:
    return (
        "from tornado import locks\n\n\nclass A:\n    def __init__(self):\n        self._x = locks.Lock()\n\n"
        f"    async def f(self, n):\n        {body}\n{more}"
    )


LEFT: Rewrites = {
    "handed on": (_left("g(self._x)"), "`self._x` is handed on"),
    "returned": (_left("return self._x"), "`self._x` is handed on"),
    "what it gives is kept": (_left("y = await self._x.acquire()"), "what waiting for it gives is used"),
    "held by a plain with": (
        _left("pass", "\n    def g(self):\n        with self._x:\n            pass\n"),
        "a plain `with` can't hold it",
    ),
    "until some time": (_left("await self._x.acquire(timeout=n)"), "what time `n` is can't be told"),
    "in a generator": (
        _left("pass", "\n    def g(self):\n        yield self._x.acquire()\n"),
        "a function that doesn't become a coroutine",
    ),
    "of another object": (
        _left("pass", "\ndef g(a):\n    a._x.release()\n"),
        "`a._x` may be the same or another one",
    ),
    "one of two": (_left("y = locks.Semaphore()\n        g(y)"), "`y` is handed on"),
    "a variable that another module imports": (
        "from tornado import locks\n\n__all__ = ['x']\n\nx = locks.Lock()\n",
        "another module may use `x`",
    ),
}


def _part(before: str, after: str, reason: str) -> Tuple[str, str, str]:
    old, new = kept_in_class("locks.Lock()", before, "locks.Lock()", after)
    new = new.replace("import asyncio\n", "").replace("from plumpy_compat import aio\n", "")
    return (
        old,
        new.replace("import time\n", "import time\nfrom plumpy_compat import aio\nfrom tornado import locks\n"),
        reason,
    )


PARTS: Parts = {
    "a comment says to leave it": _part(
        "with (yield self._x.acquire(\n)):  # plumpy-migrate: ignore[TOR402]\n    pass",
        "with (await aio.as_awaitable(self._x.acquire(\n))):  # plumpy-migrate: ignore[TOR402]\n    pass",
        "is still imported",
    ),
    "held, with a comment among the arguments": _part(
        "with (yield self._x.acquire(  # why\n)):\n    pass",
        "with (await aio.as_awaitable(self._x.acquire(  # why\n))):\n    pass",
        "a `with` that does more",
    ),
    "held under a name": _part(
        "with (yield self._x.acquire()) as y:\n    y()",
        "with (await aio.as_awaitable(self._x.acquire())) as y:\n    y()",
        "a `with` that does more",
    ),
    "held among others": _part(
        "with (yield self._x.acquire()), n:\n    pass",
        "with (await aio.as_awaitable(self._x.acquire())), n:\n    pass",
        "a `with` that does more",
    ),
    "held for some time": _part(
        "with (yield self._x.acquire(datetime.timedelta(n))):\n    pass",
        "with (await aio.as_awaitable(self._x.acquire(datetime.timedelta(n)))):\n    pass",
        "a `with` that does more",
    ),
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    becomes(*case)


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.NOTE)


@cases(LEFT)
def test_leaves(case: Tuple[str, str]) -> None:
    stays(*case)


@cases(PARTS)
def test_leaves_the_locks(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.LEFT)
