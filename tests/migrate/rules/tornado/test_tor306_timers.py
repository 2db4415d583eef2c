"""TOR306: `call_later`, `call_at`, `add_timeout`, `remove_timeout`, `loop.time()`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import (
    Parts,
    Rewrites,
    becomes,
    becomes_with,
    cases,
    nothing_said,
    on_loop,
)

_DATES = "import datetime\n"
_TIME = "import time\n"

REWRITES: Rewrites = {
    "a plain function stays": on_loop("loop.call_later(1, print, x)", "loop.call_later(1, print, x)", ""),
    "a plain lambda stays": on_loop("loop.call_later(1, lambda: print(x))", "loop.call_later(1, lambda: print(x))", ""),
    "stop stays": on_loop("loop.call_later(1, loop.stop)", "loop.call_later(1, loop.stop)", ""),
    "unknown": on_loop("return loop.call_later(1, x, 2)", "return aio.call_later(loop, 1, x, 2)"),
    "keywords": on_loop("loop.call_later(1, print, end='')", "aio.call_later(loop, 1, print, end='')"),
    "starred": on_loop("loop.call_later(1, print, *x)", "aio.call_later(loop, 1, print, *x)"),
    "names that the helper has": on_loop(
        "loop.call_later(1, x, function=2)",
        "aio.call_later(loop, 1, functools.partial(x, function=2))",
        more="import functools\n",
    ),
    "a method of the project stays": (
        """
        from tornado.ioloop import IOLoop

        class A:
            def __init__(self):
                self._loop = IOLoop.current()

            def check(self):
                self._loop.call_later(3, self.check)
        """,
        """
        from plumpy_compat import aio

        class A:
            def __init__(self):
                self._loop = aio.get_or_create_event_loop()

            def check(self):
                self._loop.call_later(3, self.check)
        """,
    ),
    "a callback that is set elsewhere": (
        """
        import plumpy

        class A:
            def __init__(self, loop):
                self._loop = loop
                self._callback = None

            def check(self):
                self._loop.call_later(3, self._callback)
        """,
        """
        import plumpy
        from plumpy_compat import aio

        class A:
            def __init__(self, loop):
                self._loop = loop
                self._callback = None

            def check(self):
                aio.call_later(self._loop, 3, self._callback)
        """,
    ),
    "a coroutine": (
        """
        from tornado import gen

        @gen.coroutine
        def poll():
            yield gen.sleep(1)

        def f(loop):
            loop.call_later(3, poll)
        """,
        """
        import asyncio
        from plumpy_compat import aio

        async def poll():
            await asyncio.sleep(1)

        def f(loop):
            aio.call_later(loop, 3, poll)
        """,
    ),
    "a span": on_loop(
        "loop.add_timeout(datetime.timedelta(minutes=1), print)",
        "aio.call_later(loop, datetime.timedelta(minutes=1), print)",
        more=_DATES,
    ),
    "a span in a variable": on_loop(
        "span = datetime.timedelta(minutes=1)\nloop.add_timeout(span, print)",
        "span = datetime.timedelta(minutes=1)\naio.call_later(loop, span, print)",
        more=_DATES,
    ),
    "a time of the wall clock": on_loop(
        "loop.add_timeout(time.time() + x, print)\nprint(time)", "loop.call_later(x, print)\nprint(time)", "", _TIME
    ),
    "a time of the wall clock, turned round": on_loop(
        "loop.call_at(3 + time.time(), x)\nprint(time)", "aio.call_later(loop, 3, x)\nprint(time)", more=_TIME
    ),
    "a time of the loop": on_loop(
        "loop.add_timeout(loop.time() + 3, print)", "loop.call_at(loop.time() + 3, print)", ""
    ),
    "a time of the loop stays": on_loop(
        "loop.call_at(loop.time() + 3, print)", "loop.call_at(loop.time() + 3, print)", ""
    ),
    "a time of the loop and what may be a coroutine": on_loop(
        "loop.call_at(loop.time() + 3, x, y=1)", "aio.call_later(loop, 3, x, y=1)"
    ),
    "a time in a variable": on_loop(
        "end = time.time() + 3\nloop.add_timeout(end, print)",
        "end = time.time() + 3\nloop.call_later(end - time.time(), print)",
        "",
        _TIME,
    ),
    "taken back": on_loop(
        "handle = loop.call_later(1, print)\nloop.remove_timeout(handle)",
        "handle = loop.call_later(1, print)\nhandle.cancel()",
        "",
    ),
    "taken back, an expression": on_loop("loop.remove_timeout(x or x)", "(x or x).cancel()", ""),
    "times that are compared": on_loop(
        "start = loop.time()\nx()\nreturn loop.time() - start > 3",
        "start = loop.time()\nx()\nreturn loop.time() - start > 3",
        "",
    ),
    "compared with the wall clock": on_loop(
        "return loop.time() - time.time() > 3", "return time.time() - time.time() > 3", "", _TIME
    ),
    "the end of a time-out": (
        "from tornado import gen, ioloop\n\n\ndef f(x):\n    loop = ioloop.IOLoop.current()\n"
        "    return gen.with_timeout(loop.time() + 3, x)\n",
        "import time\nfrom plumpy_compat import aio\n\n\ndef f(x):\n    loop = aio.get_or_create_event_loop()\n"
        "    return aio.with_timeout(time.time() + 3, x)\n",
    ),
}

LEFT: Parts = {
    "what time": (
        *on_loop("loop.add_timeout(x, print)", "loop.add_timeout(x, print)", ""),
        "what time `x` is can't be told",
    ),
    "handles in a tuple": (
        *on_loop("loop.remove_timeout(*x)", "loop.remove_timeout(*x)", ""),
        "isn't called with a handle",
    ),
    "by name": (
        *on_loop("loop.add_timeout(deadline=x, callback=x)", "loop.add_timeout(deadline=x, callback=x)", ""),
        "by position",
    ),
}

NOTED: Parts = {
    "a time that leaves": (*on_loop("return loop.time()", "return loop.time()", ""), "the time of the wall clock"),
    "a time that is kept": (
        *on_loop("x.started = loop.time()", "x.started = loop.time()", ""),
        "the time of the wall clock",
    ),
    "a call at what time": (
        *on_loop("loop.call_at(x, print)", "loop.call_at(x, print)", ""),
        "what time `x` is can't be told",
    ),
}

UNTOUCHED = {
    "asyncio's": "import asyncio\n\ndef f(x):\n    asyncio.get_event_loop().call_later(1, x)\n",
    "asyncio's, among plumpy": "import asyncio\nimport plumpy\n\ndef f(loop, x):\n    loop.call_later(1, x)\n",
    "another thing": "import plumpy\n\ndef f(timer, x):\n    timer.call_later(1, x)\n",
    "migrated": "import plumpy_compat\n\ndef f(loop, x):\n    loop.call_later(1, x)\n",
}


@cases(REWRITES)
def test_rewrites(case: Tuple[str, str]) -> None:
    assert not [one for one in becomes(*case) if one.outcome is Outcome.NOTE]


@cases(LEFT)
def test_leaves(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.LEFT)


@cases(NOTED)
def test_notes(case: Tuple[str, str, str]) -> None:
    becomes_with(case, Outcome.NOTE)


@cases(UNTOUCHED)
def test_leaves_alone(case: str) -> None:
    nothing_said(case)
