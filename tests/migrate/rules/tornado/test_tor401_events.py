"""TOR401: `locks.Event`."""

from typing import Tuple

from codemods.findings import Outcome
from tests.migrate.rules.tornado.loop_tables import Parts, Rewrites, becomes, becomes_with, cases, kept_in_class, stays


def _row(before: str, after: str) -> Tuple[str, str]:
    return kept_in_class("locks.Event()", before, "asyncio.Event()", after)


REWRITES: Rewrites = {
    "of an object": _row(
        "self._x.set()\nyield self._x.wait()\nself._x.clear()\nreturn self._x.is_set()",
        "self._x.set()\nawait self._x.wait()\nself._x.clear()\nreturn self._x.is_set()",
    ),
    "for some seconds": _row(
        "yield self._x.wait(timeout=datetime.timedelta(seconds=3))",
        "await asyncio.wait_for(self._x.wait(), 3)",
    ),
    "for another span": _row(
        "yield self._x.wait(datetime.timedelta(minutes=1))",
        "await asyncio.wait_for(self._x.wait(), datetime.timedelta(minutes=1).total_seconds())",
    ),
    "for what may be no time at all": _row(
        "yield self._x.wait(timeout=datetime.timedelta(seconds=n))",
        "await aio.wait_for(self._x.wait(), n)",
    ),
    "until a time": _row(
        "yield self._x.wait(timeout=time.time() + 3)",
        "await asyncio.wait_for(self._x.wait(), 3)",
    ),
    "until some time": _row(
        "yield self._x.wait(timeout=n)",
        "await (aio.with_timeout(n, self._x.wait()) if n is not None else self._x.wait())",
    ),
    "without a time-out": _row("yield self._x.wait(timeout=None)", "await self._x.wait()"),
    "handed to what waits": _row(
        "yield [self._x.wait(), gen.with_timeout(datetime.timedelta(n), self._x.wait())]",
        "await aio.multi([self._x.wait(), aio.with_timeout(datetime.timedelta(n), self._x.wait())])",
    ),
    "a future of it": _row(
        "future = self._x.wait()\nyield future",
        "future = aio.create_task(self._x.wait())\nawait aio.as_awaitable(future)",
    ),
    "a variable": _row(
        "done = self._x\nother = locks.Event()\nother.set()\nyield done.wait()",
        "done = self._x\nother = asyncio.Event()\nother.set()\nawait done.wait()",
    ),
    "callbacks": _row(
        "loop.add_callback(self._x.set)\nloop.run_sync(self._x.wait)\nloop.run_sync(lambda: self._x.wait())",
        "aio.add_callback(loop, self._x.set)\naio.run_sync(loop, self._x.wait)\n"
        "aio.run_sync(loop, lambda: self._x.wait())",
    ),
}

NOTED: Parts = {
    "handed on": (*_row("g(self._x)", "g(self._x)"), "the event is handed on"),
    "on old Pythons": (*_row("self._x.set()", "self._x.set()"), "before Python 3.10"),
}

LEFT = {
    "of a class": ("from tornado import locks\n\nclass A:\n    x = locks.Event()\n", "whose uses can't be known"),
    "in a list": ("from tornado import locks\n\nx = [locks.Event()]\n", "isn't kept in a variable"),
    "what waiting gives": (
        "from tornado import locks\n\nx = locks.Event()\n\nasync def f():\n    y = await x.wait()\n",
        "what waiting for it gives is used",
    ),
    "may be something else": (
        "from tornado import locks\n\ndef f(x=None):\n    x = locks.Event()\n    x.set()\n",
        "`x` may be something else as well",
    ),
    "another attribute": (
        "from tornado import locks\n\nx = locks.Event()\nx._future.set_result(1)\n",
        "asyncio has no `_future`",
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


def test_no_note_where_they_belong_to_no_loop() -> None:
    findings = becomes(*_row("self._x.set()", "self._x.set()"), target_version=(3, 10))
    assert not [one for one in findings if "3.10" in one.message]
