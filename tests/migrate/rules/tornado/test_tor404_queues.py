"""TOR404: `queues.Queue`, `PriorityQueue`, `LifoQueue`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Parts, Rewrites, becomes, becomes_with, cases, kept_in_class, stays


def _row(before: str, after: str, made: str = "Queue()") -> Tuple[str, str]:
    return kept_in_class(f"queues.{made}", before, f"asyncio.{made}", after)


REWRITES: Rewrites = {
    "waited for": _row(
        "yield self._x.put(n)\ny = yield self._x.get()\nyield self._x.join()",
        "await self._x.put(n)\ny = await self._x.get()\nawait self._x.join()",
    ),
    "put and not waited for": _row("self._x.put(n)", "self._x.put_nowait(n)"),
    "put and not waited for, where there may be no room": _row(
        "self._x.put(n)", "aio.create_task(self._x.put(n))", "Queue(maxsize=3)"
    ),
    "a future of a put": _row("y = self._x.put(n)", "y = aio.create_task(self._x.put(n))"),
    "for some time": _row(
        "yield self._x.put(n, datetime.timedelta(seconds=1))\n"
        "return (yield self._x.get(timeout=datetime.timedelta(seconds=n)))",
        "await asyncio.wait_for(self._x.put(n), 1)\nreturn (await aio.wait_for(self._x.get(), n))",
        "PriorityQueue(maxsize=3)",
    ),
    "until a time, later": _row(
        "y = self._x.join(timeout=time.time() + 1)",
        "y = aio.create_task(aio.wait_for(self._x.join(), 1))",
        "LifoQueue()",
    ),
    "without a time-out": _row("yield self._x.put(n, timeout=None)", "await self._x.put(n)"),
    "at once": _row(
        "self._x.put_nowait(n)\nself._x.task_done()\nreturn self._x.get_nowait(), self._x.qsize(), self._x.maxsize",
        "self._x.put_nowait(n)\nself._x.task_done()\nreturn self._x.get_nowait(), self._x.qsize(), self._x.maxsize",
    ),
    "nothing there": _row(
        "try:\n    self._x.get_nowait()\nexcept queues.QueueEmpty:\n    pass",
        "try:\n    self._x.get_nowait()\nexcept asyncio.QueueEmpty:\n    pass",
    ),
    "in a list": _row("yield [self._x.get(), self._x.get()]", "await aio.multi([self._x.get(), self._x.get()])"),
    "a variable": _row(
        "y = queues.Queue()\ny.put(n)\nyield y.get()",
        "y = asyncio.Queue()\ny.put_nowait(n)\nawait y.get()",
    ),
    "an attribute of another object of the class": _row(
        "other = A()\nother._x.put(n)", "other = A()\nother._x.put_nowait(n)"
    ),
}

NOTED: Parts = {
    "a base class can": (
        """
        from tornado import queues
        from snippet.base import Base

        class A(Base):
            def __init__(self):
                self._x = queues.Queue()
        """,
        """
        import asyncio

        from snippet.base import Base

        class A(Base):
            def __init__(self):
                self._x = asyncio.Queue()
        """,
        "must be awaited there",
    ),
    "others can reach it": (
        "from tornado import queues\n\nclass A:\n    def __init__(self):\n        self.x = queues.Queue()\n",
        "import asyncio\n\nclass A:\n    def __init__(self):\n        self.x = asyncio.Queue()\n",
        "other files can use `x`",
    ),
}


def _left(body: str) -> str:
    return (
        "from tornado import queues\n\n\nclass A:\n    def __init__(self, q=None):\n        self._x = queues.Queue()\n"
        f"        self._y = queues.Queue()\n\n    async def f(self, n):\n        {body}\n"
    )


LEFT: Rewrites = {
    "a comment among the arguments": (
        _left("await self._x.get(  # why\n            timeout=None)"),
        "a comment among its arguments",
    ),
    "handed on": (_left("g(self._x)"), "`self._x` is handed on"),
    "iterated over": (_left("async for y in self._x:\n            pass"), "`self._x` is handed on"),
    "its inner workings": (_left("self._x._queue.clear()"), "asyncio has no `_queue`"),
    "until some time": (_left("await self._x.get(timeout=n)"), "what time `n` is can't be told"),
    "arguments in a tuple": (_left("await self._x.put(*n)"), "its arguments can't be told"),
    "may be something else": (_left("self._x = n"), "`self._x` may be something else as well"),
    "a method that is handed on": (_left("g(self._x.put)"), "`self._x.put` is handed on"),
    "a class that derives from it": (
        "from tornado import queues\n\nclass A(queues.Queue):\n    pass\n",
        "a class derives from a queue",
    ),
    "one or another": (
        "from tornado import queues\n\ndef f(x):\n    x = x or queues.Queue()\n    x.put(1)\n",
        "isn't kept in a variable",
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
